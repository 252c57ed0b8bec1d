//! The door is shut by default: no patient data without a credential, no answer to a stranger.

mod grants;
mod institutions;
mod openid;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use testkit::{
    fixture::{Ct, Dataset, Syntax},
    http::{Request, get, post},
    multipart::{STOW_TYPE, stow_body},
    peer::{Association, IMPLICIT, Proposal, Refused, STUDY_ROOT, VERIFICATION},
    ports,
    server::{AE_TITLE, Peer, Server, Setup},
};

use crate::support::store;

fn guarded(peers: Vec<Peer>) -> Result<Server> {
    Setup {
        guarded: true,
        peers,
        ..Setup::default()
    }
    .start()
}

fn peer(ae_title: &str, operations: &[&'static str]) -> Result<Peer> {
    Ok(Peer {
        ae_title: ae_title.into(),
        address: ports::free()?,
        operations: operations.to_vec(),
    })
}

#[test]
fn every_patient_data_route_asks_for_a_credential() -> Result<()> {
    let server = guarded(Vec::new())?;
    let slice = Ct::new("SHUT")?;
    let (study, series, sop) = (&slice.study, &slice.series, &slice.sop);
    let instance = format!("/studies/{study}/series/{series}/instances/{sop}");
    let paths = [
        "/studies".to_owned(),
        "/series".into(),
        "/instances".into(),
        format!("/studies/{study}"),
        format!("/studies/{study}/series"),
        format!("/studies/{study}/instances"),
        format!("/studies/{study}/metadata"),
        format!("/studies/{study}/series/{series}"),
        format!("/studies/{study}/series/{series}/instances"),
        format!("/studies/{study}/series/{series}/metadata"),
        instance.clone(),
        format!("{instance}/metadata"),
        format!("{instance}/frames/1"),
        format!("{instance}/rendered"),
        format!("{instance}/frames/1/rendered"),
        format!("{instance}/bulkdata/7FE00010"),
        format!("{instance}/bulkdata"),
        format!("/studies/{study}/bulkdata"),
        format!("/studies/{study}/series/{series}/bulkdata"),
    ];
    for path in paths {
        let status = server.dicom_web("GET", &path).send()?.status;
        ensure!(status == 401, "GET {path} without a credential: {status}");
        let wrong = server
            .dicom_web("GET", &path)
            .header("Authorization", "Bearer nonsense");
        let status = wrong.send()?.status;
        ensure!(status == 401, "GET {path} with a wrong token: {status}");
    }
    let stow = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", STOW_TYPE)
        .send_bytes(&stow_body(&[&slice.object().file()]))?;
    ensure!(
        stow.status == 401,
        "STOW without a credential: {}",
        stow.status
    );
    let kept = server.files("objects")?;
    ensure!(
        kept.iter().all(|(path, _)| path.ends_with("archive/id")),
        "something was kept: {kept:?}"
    );
    for open in ["/healthz", "/readyz", "/api/info", "/"] {
        let status = get(&format!("{}{open}", server.url())).send()?.status;
        ensure!(status == 200, "GET {open}: {status}");
    }
    Ok(())
}

#[test]
fn the_first_administrator_signs_in_once_with_the_printed_password() -> Result<()> {
    let server = guarded(vec![peer("MODALITY", &["store"])?])?;
    let slice = Ct {
        size: 64,
        ..Ct::new("OPEN")?
    };
    let object = slice.object();
    let proposal = Proposal::new(&object.sop_class, &[&object.transfer_syntax]);
    let mut association = Association::request(server.dicom(), "MODALITY", AE_TITLE, &[proposal])?;
    ensure!(store(&mut association, &object)?.status == 0);
    association.release()?;

    let log = server.log();
    let password = log
        .split("one-time password ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .with_context(|| format!("no password was printed:\n{log}"))?;
    let sign_in = |body: serde_json::Value| -> Result<testkit::http::Response> {
        post(&format!("{}/api/session", server.url()))
            .header("Content-Type", "application/json")
            .send_bytes(body.to_string().as_bytes())
    };
    let wrong = sign_in(json!({"user": "admin", "password": "guessed-password"}))?;
    ensure!(wrong.status == 401, "a wrong password: {}", wrong.status);
    let unchanged = sign_in(json!({"user": "admin", "password": password}))?;
    ensure!(
        unchanged.status == 403,
        "a one-time password served: {}",
        unchanged.status
    );
    let new = "a-longer-passphrase-7";
    let signed_in = sign_in(json!({"user": "admin", "password": password, "new_password": new}))?
        .expect(200)?;
    let cookie = signed_in
        .header("set-cookie")
        .context("no cookie")?
        .to_owned();
    for part in ["HttpOnly", "SameSite=Strict"] {
        ensure!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let again = sign_in(json!({"user": "admin", "password": password}))?;
    ensure!(
        again.status == 401,
        "the one-time password serves twice: {}",
        again.status
    );

    // Who keeps accounts sees no patient.
    let studies = || server.dicom_web("GET", "/studies?PatientID=OPEN");
    studies().header("Cookie", &cookie).send()?.expect(403)?;
    let accounts = || get(&format!("{}/api/admin/users", server.url()));
    accounts().header("Cookie", &cookie).send()?.expect(200)?;
    Request::new("DELETE", &format!("{}/api/session", server.url()))
        .header("Cookie", &cookie)
        .send()?
        .expect(204)?;
    let after = accounts().header("Cookie", &cookie).send()?.status;
    ensure!(after == 401, "a closed session serves: {after}");
    Ok(())
}

#[test]
fn who_keeps_the_house_and_who_sees_patients_are_different_people() -> Result<()> {
    let server = guarded(vec![peer("MODALITY", &["store"])?])?;
    let object = Ct {
        size: 64,
        ..Ct::new("ROLES")?
    }
    .object();
    let proposal = Proposal::new(&object.sop_class, &[&object.transfer_syntax]);
    let mut association = Association::request(server.dicom(), "MODALITY", AE_TITLE, &[proposal])?;
    ensure!(store(&mut association, &object)?.status == 0);
    association.release()?;
    let bearer = |token: &str| format!("Bearer {token}");
    let password = "a-longer-passphrase-7";
    let keeper = bearer(&server.sign_in("keeper", &["security_administrator"], password)?);
    let auditor = bearer(&server.sign_in("auditor", &["audit_administrator"], password)?);
    let physician = bearer(&server.sign_in("li.si", &["physician"], password)?);
    let status = |method: &str, path: &str, who: &str, body: &str| -> Result<u16> {
        let request = Request::new(method, &format!("{}{path}", server.url()))
            .header("Authorization", who)
            .header("Content-Type", "application/json");
        Ok(request.send_bytes(body.as_bytes())?.status)
    };
    let studies = "/dicom-web/studies?PatientID=ROLES";
    for (who, expected) in [
        (&keeper, [403, 200, 403]),
        (&auditor, [403, 403, 200]),
        (&physician, [200, 403, 403]),
    ] {
        let paths = [studies, "/api/admin/users", "/api/admin/deeds"];
        for (path, expected) in paths.into_iter().zip(expected) {
            ensure!(status("GET", path, who, "")? == expected, "{path}");
        }
    }
    // The physician is locked out while signed in, and back by another password.
    ensure!(status("PUT", "/api/admin/users/li.si/lock", &keeper, "")? == 204);
    ensure!(status("GET", studies, &physician, "")? == 401);
    ensure!(status("DELETE", "/api/admin/users/li.si/lock", &keeper, "")? == 204);
    ensure!(status("PUT", "/api/admin/users/keeper/lock", &keeper, "")? == 409);
    // A program's token does what it says, until it is revoked.
    let wanted = json!({"name": "his", "operations": ["query"], "days": 7}).to_string();
    let issued = post(&format!("{}/api/admin/tokens", server.url()))
        .header("Authorization", &keeper)
        .header("Content-Type", "application/json")
        .send_bytes(wanted.as_bytes())?
        .expect(201)?
        .json()?;
    let program = bearer(issued["token"].as_str().context("no token")?);
    ensure!(status("GET", studies, &program, "")? == 200);
    let study = format!("/dicom-web/studies/{}", object.study);
    ensure!(status("GET", &study, &program, "")? == 403);
    server.verb(&["tokens", "revoke", "his"])?.successful()?;
    ensure!(status("GET", studies, &program, "")? == 401);
    let deeds = server.verb(&["deeds"])?.successful()?.text;
    let actors = |deed: &str| deeds.lines().filter(|line| line.contains(deed)).count();
    ensure!(
        actors("\"user_made\"") == 3 && actors("\"user_locked\"") == 1,
        "{deeds}"
    );
    ensure!(
        actors("\"token_revoked\"") == 1 && !deeds.contains(&program[7..]),
        "{deeds}"
    );
    Ok(())
}

#[test]
fn an_application_entity_that_is_in_no_row_is_refused() -> Result<()> {
    let server = guarded(vec![peer("KNOWN", &["store"])?])?;
    let proposals = [Proposal::new(VERIFICATION, &[IMPLICIT])];
    let refused = Association::request(server.dicom(), "STRANGER", AE_TITLE, &proposals);
    let refused = refused.err().context("a stranger was let in")?;
    let refused: &Refused = refused.downcast_ref().context("not an A-ASSOCIATE-RJ")?;
    // PS3.8 Table 9-21: rejected permanent, by the service user, calling AE title not recognized.
    ensure!(
        *refused
            == Refused {
                result: 1,
                source: 1,
                reason: 3
            },
        "{refused}"
    );
    let other = Association::request(server.dicom(), "KNOWN", "ELSEWHERE", &proposals);
    let other = other.err().context("another called AE title was let in")?;
    let other: &Refused = other.downcast_ref().context("not an A-ASSOCIATE-RJ")?;
    // Called AE title not recognized.
    ensure!(
        *other
            == Refused {
                result: 1,
                source: 1,
                reason: 7
            },
        "{other}"
    );
    let mut known = Association::request(server.dicom(), "KNOWN", AE_TITLE, &proposals)?;
    ensure!(known.echo()? == 0);
    known.release()
}

#[test]
fn a_peer_does_what_its_row_says_and_no_more() -> Result<()> {
    let server = guarded(vec![
        peer("SENDER", &["store"])?,
        peer("READER", &["query"])?,
    ])?;
    let object = Ct {
        size: 64,
        ..Ct::new("ROWS")?
    }
    .object();
    let proposals = [
        Proposal::new(&object.sop_class, &[&object.transfer_syntax]),
        Proposal::new(STUDY_ROOT[0], &[IMPLICIT]),
    ];
    let identifier = Dataset::default()
        .text(0x0008_0052, "CS", "STUDY")
        .text(0x0010_0020, "LO", "ROWS")
        .encode(Syntax::Implicit);

    let mut sender = Association::request(server.dicom(), "SENDER", AE_TITLE, &proposals)?;
    ensure!(store(&mut sender, &object)?.status == 0);
    if sender.accepted_syntax(STUDY_ROOT[0]).is_some() {
        let (found, outcome) = sender.find(STUDY_ROOT[0], &identifier)?;
        ensure!(
            outcome.status != 0 && found.is_empty(),
            "a sender searched: {outcome:?}"
        );
    }
    sender.release()?;

    let mut reader = Association::request(server.dicom(), "READER", AE_TITLE, &proposals)?;
    let (found, outcome) = reader.find(STUDY_ROOT[0], &identifier)?;
    ensure!(outcome.status == 0 && found.len() == 1, "{outcome:?}");
    if reader.accepted_syntax(&object.sop_class).is_some() {
        let outcome = store(&mut reader, &object)?;
        ensure!(outcome.status != 0, "a reader stored");
    }
    reader.release()
}

#[test]
fn a_bad_configuration_is_one_line_and_exit_code_2() -> Result<()> {
    let server = Server::dev()?;
    let taken = server.url().trim_start_matches("http://").to_owned();
    let busy = server.verb(&["serve", "--dev", "--http", &taken])?;
    ensure!(
        busy.status.code() == Some(2),
        "{}: {}",
        busy.status,
        busy.text
    );
    ensure!(busy.text.trim().lines().count() == 1, "{}", busy.text);
    ensure!(
        busy.text.contains(&taken),
        "the address is not named: {}",
        busy.text
    );
    let open = server.verb(&["serve", "--dev", "--http", "0.0.0.0:0"])?;
    ensure!(
        open.status.code() == Some(2),
        "--dev listens to everybody: {}",
        open.text
    );
    Ok(())
}
