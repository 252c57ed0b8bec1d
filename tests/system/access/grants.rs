//! What another institution holds, on the real binary: by a visit, against a prohibition, in an emergency; and on two
//! nodes while frames are pulled.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::{
    fixture::{Ct, Dataset, Object, Syntax},
    http::Request,
    multipart::{STOW_TYPE, stow_body},
    peer::{Association, IMPLICIT, Proposal, STUDY_ROOT},
    scratch::Scratch,
    server::{AE_TITLE, Server, Setup},
    services::postgres,
};

use super::institutions::{PASSWORD, signed_in};

/// What the other tests of the house wait for at most; the measured time is in docs/security.md.
const PATIENCE: Duration = Duration::from_secs(60);

fn verb(server: &Server, words: &str) -> Result<String> {
    let words: Vec<&str> = words.split(' ').collect();
    Ok(server.verb(&words)?.successful()?.text)
}

/// What a verb prints of what it made.
fn made(server: &Server, words: &str) -> Result<Value> {
    let printed = verb(server, words)?;
    let line = printed.lines().find(|line| line.starts_with('{'));
    Ok(serde_json::from_str(line.context("nothing was printed")?)?)
}

/// Somebody of an institution; what authorises.
fn somebody(server: &Server, institution: &str, name: &str, role: &str) -> Result<String> {
    let words = format!("users add {name} --role {role} --institution {institution}");
    signed_in(server, institution, &made(server, &words)?.to_string())
}

/// The institution `east` at work, whose picture archive calls as EASTPACS; and a study of the archive's own.
fn with_east(server: &Server) -> Result<Object> {
    for words in [
        "institutions put east --credit-code 123502004266007916 --name East --region 350200",
        "institutions standing east testing",
        "institutions standing east active",
        "entities put east EASTPACS --host 127.0.0.1 --port 104 --operation query --operation retrieve",
    ] {
        verb(server, words)?;
    }
    let object = Ct {
        size: 64,
        ..Ct::new("SHARED")?
    }
    .object();
    let archivist = server.sign_in("archivist", &["archivist"], PASSWORD)?;
    server
        .dicom_web("POST", "/studies")
        .header("Authorization", &format!("Bearer {archivist}"))
        .header("Content-Type", STOW_TYPE)
        .send_bytes(&stow_body(&[&object.file()]))?
        .expect(200)?;
    Ok(object)
}

fn asked(server: &Server, who: &str, method: &str, path: &str, body: &Value) -> Result<Request> {
    let request = Request::new(method, &format!("{}{path}", server.url()));
    ensure!(body.is_null() || body.is_object(), "a body is an object");
    Ok(request
        .header("Authorization", who)
        .header("Content-Type", "application/json"))
}

/// The status, and what was said.
fn said(
    server: &Server,
    who: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<(u16, Value)> {
    let request = asked(server, who, method, path, body)?;
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let answer = request.send_bytes(text.as_bytes())?;
    let told = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    Ok((answer.status, told))
}

fn frame(object: &Object) -> String {
    let (study, series, sop) = (&object.study, &object.series, &object.sop);
    format!("/dicom-web/studies/{study}/series/{series}/instances/{sop}/frames/1")
}

/// What an application entity finds and gets of the patient, on an association that stays open.
fn reached(pacs: &mut Association, object: &Object) -> Result<(usize, usize)> {
    let key = |level: &str| {
        Dataset::default()
            .text(0x0008_0052, "CS", level)
            .text(0x0010_0020, "LO", "SHARED")
            .text(0x0020_000D, "UI", &object.study)
            .encode(Syntax::Implicit)
    };
    let (found, outcome) = pacs.find(STUDY_ROOT[0], &key("STUDY"))?;
    ensure!(outcome.status == 0, "{outcome:?}");
    let fetched = pacs.get(STUDY_ROOT[2], &key("STUDY"))?;
    ensure!(fetched.outcome.status == 0, "{:?}", fetched.outcome);
    if let Some(one) = fetched.objects.first() {
        ensure!(one.dataset == object.dataset, "what was stored");
    }
    Ok((found.len(), fetched.objects.len()))
}

/// Asks until the answer is as it shall be.
fn soon<T: PartialEq + std::fmt::Debug>(
    server: &Server,
    expected: T,
    mut ask: impl FnMut() -> Result<T>,
) -> Result<()> {
    let began = Instant::now();
    loop {
        let answer = ask()?;
        if answer == expected {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "{answer:?}: {}", server.log());
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_visit_lets_see_a_patient_forbids_and_an_emergency_passes() -> Result<()> {
    let server = Setup {
        guarded: true,
        ..Setup::default()
    }
    .start()?;
    let object = with_east(&server)?;
    let doctor = somebody(&server, "east", "wang.wu", "physician")?;
    let other = somebody(&server, "east", "zhao.liu", "physician")?;
    let search = "/dicom-web/studies?PatientID=SHARED";
    let (frame, why) = (
        frame(&object),
        format!("/api/studies/{}/basis", object.study),
    );
    let status = |who: &str, path: &str| -> Result<u16> {
        Ok(said(&server, who, "GET", path, &Value::Null)?.0)
    };
    let proposals = [
        Proposal::new(STUDY_ROOT[0], &[IMPLICIT]),
        Proposal::new(STUDY_ROOT[2], &[IMPLICIT]),
        Proposal::providing(&object.sop_class, &[&object.transfer_syntax]),
    ];
    let mut pacs = Association::request(server.dicom(), "EASTPACS", AE_TITLE, &proposals)?;

    // Nobody treats the patient there.
    ensure!(status(&doctor, search)? == 204 && status(&doctor, &frame)? == 404);
    ensure!(status(&doctor, &why)? == 404);
    ensure!(reached(&mut pacs, &object)? == (0, 0));

    // The hospital's system tells of a visit.
    let his = "tokens issue his --operation encounter --institution east";
    let his = made(&server, his)?;
    let his = format!("Bearer {}", his["token"].as_str().context("no token")?);
    let patient = json!({"patients": [{"issuer": "local", "id": "SHARED"}]});
    let visit = "/api/encounters/V1";
    let (opened, grant) = said(&server, &his, "PUT", visit, &patient)?;
    ensure!(opened == 200 && grant["state"] == "active", "{grant}");
    ensure!(status(&doctor, search)? == 200 && status(&doctor, &frame)? == 200);
    let (_, told) = said(&server, &doctor, "GET", &why, &Value::Null)?;
    ensure!(
        told["basis"] == "encounter" && told["holder"] == "local",
        "{told}"
    );
    ensure!(reached(&mut pacs, &object)? == (1, 1));
    let misspelt = json!({"patients": [{"issuer": "local", "id": "SHARED"}], "untill": "x"});
    ensure!(said(&server, &his, "PUT", visit, &misspelt)?.0 == 400);

    // The patient forbids it; what is open ends.
    let archivist = somebody(&server, "local", "records", "archivist")?;
    let forbidden = json!({"by": "patient", "patients": patient["patients"]});
    let (written, _) = said(&server, &archivist, "POST", "/api/prohibitions", &forbidden)?;
    ensure!(written == 201);
    soon(&server, 404, || status(&doctor, &frame))?;
    ensure!(status(&doctor, search)? == 204);
    soon(&server, (0, 0), || reached(&mut pacs, &object))?;
    pacs.release()?;

    // In an emergency one doctor passes, in the open.
    let emergency = json!({
        "patients": patient["patients"],
        "reason": "unconscious",
        "text": "brought in after a fall",
    });
    let (declared, grant) = said(&server, &doctor, "POST", "/api/emergencies", &emergency)?;
    ensure!(declared == 201 && grant["account"] == "wang.wu", "{grant}");
    ensure!(status(&doctor, &frame)? == 200 && status(&other, &frame)? == 404);
    let auditor = somebody(&server, "local", "auditor", "audit_administrator")?;
    let path = "/api/admin/emergencies";
    let (_, listed) = said(&server, &auditor, "GET", path, &Value::Null)?;
    ensure!(
        listed[0]["studies_seen"] == 1 && listed[0]["review"].is_null(),
        "{listed}"
    );
    let key = grant["grant"].as_str().context("no key")?;
    let review = format!("/api/admin/emergencies/{key}/review");
    let found =
        json!({"outcome": "justified", "note": "admitted through the emergency department"});
    ensure!(said(&server, &auditor, "PUT", &review, &found)?.0 == 204);
    ensure!(said(&server, &auditor, "PUT", &review, &found)?.0 == 409);
    let log = server.log();
    ensure!(
        log.contains("sees in an emergency") && !log.contains("SHARED"),
        "{log}"
    );
    Ok(())
}

#[test]
fn what_is_ended_at_one_node_ends_at_both_while_frames_are_pulled() -> Result<()> {
    let postgres = postgres::shared()?;
    let database = postgres.database()?;
    let objects = Scratch::new("grant-nodes")?;
    let node = || {
        Setup {
            guarded: true,
            database: Some(database.clone()),
            data_dir: Some(objects.path().to_path_buf()),
            ..Setup::default()
        }
        .start()
    };
    let (one, two) = (node()?, node()?);
    let object = with_east(&one)?;
    let doctor = somebody(&one, "east", "wang.wu", "radiologist")?;
    let consent = "grants put --basis consent --reader east --patient SHARED^^^local \
                   --until 2099-01-01T00:00:00Z --evidence form-7";
    let consent = made(&one, consent)?;
    let key = consent["grant"].as_str().context("no key")?;
    let frame = frame(&object);
    let is_ended = AtomicBool::new(false);
    let pull = |node: &Server| -> Result<(u32, Duration)> {
        let mut pulled = 0;
        let mut ended = None;
        loop {
            let (status, _) = said(node, &doctor, "GET", &frame, &Value::Null)?;
            match status {
                200 => pulled += 1,
                404 => {
                    return Ok((
                        pulled,
                        ended.map_or(Duration::MAX, |at: Instant| at.elapsed()),
                    ));
                }
                other => anyhow::bail!("{other}: {}", node.log()),
            }
            if ended.is_none() && is_ended.load(Ordering::SeqCst) {
                ended = Some(Instant::now());
            }
            ensure!(ended.is_none_or(|at| at.elapsed() < PATIENCE), "it goes on");
        }
    };
    thread::scope(|scope| {
        let pulling = [&one, &two].map(|node| scope.spawn(|| pull(node)));
        thread::sleep(Duration::from_secs(1));
        let ended = verb(&one, &format!("grants end {key}"));
        is_ended.store(true, Ordering::SeqCst);
        ended?;
        for pulling in pulling {
            let pulled = pulling.join().ok().context("a thread panicked")?;
            let (frames, after) = pulled?;
            ensure!(frames > 0, "nothing was pulled");
            println!("{frames} frames pulled; the next was refused {after:?} after the end");
        }
        Ok(())
    })
}
