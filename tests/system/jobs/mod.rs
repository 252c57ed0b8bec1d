//! Jobs of real servers: a killed one's are done by another, a receiver is told in the end.

mod receiver;

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use testkit::{
    fixture::{Ct, Object, slices},
    http::{get, post},
    python,
    server::{Server, Setup},
    services::postgres,
};

use crate::support::send_all;
use receiver::{Receiver, Told};

const PATIENCE: Duration = Duration::from_secs(40);

/// A server whose jobs do not wait long.
fn setup(receiver: &Receiver) -> Setup {
    let hosts = format!("[\"http://{}\"]", receiver.address());
    let environment = [
        ("YINGYUN_WEBHOOKS__ALLOWED_HOSTS", hosts.as_str()),
        ("YINGYUN_JOBS__LEASE_SECONDS", "3"),
        ("YINGYUN_JOBS__FIRST_DELAY_SECONDS", "1"),
        ("YINGYUN_JOBS__POLL_MILLISECONDS", "100"),
        ("YINGYUN_CHANGES__POLL_MILLISECONDS", "50"),
        ("YINGYUN_MANIFESTS__SETTLE_SECONDS", "1"),
    ];
    Setup {
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..Setup::default()
    }
}

fn objects(count: u32) -> Result<Vec<Object>> {
    let first = Ct {
        size: 16,
        ..Ct::new("JOBS")?
    };
    slices(first, count)
}

/// Subscribes; the id and the secret.
fn subscribe(server: &Server, receiver: &Receiver) -> Result<(String, String)> {
    let body = json!({"url": format!("http://{}/hook", receiver.address())});
    let made = post(&format!("{}/api/webhooks", server.url()))
        .header("Content-Type", "application/json")
        .send_bytes(body.to_string().as_bytes())?
        .expect(201)?
        .json()?;
    let text = |key: &str| made[key].as_str().map(str::to_owned).context("a text");
    Ok((text("id")?, text("secret")?))
}

fn numbers(told: &Told) -> Result<Vec<u64>> {
    let body: Value = serde_json::from_slice(&told.body)?;
    let changes = body["data"]["changes"].as_array().context("changes")?;
    Ok(changes
        .iter()
        .filter_map(|change| change["number"].as_u64())
        .collect())
}

/// Asks until it is so.
fn until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > PATIENCE {
            bail!("not in time: {what}");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[test]
fn the_jobs_of_a_killed_server_are_done_by_another_on_sqlite() -> Result<()> {
    killed(None)
}

#[test]
fn the_jobs_of_a_killed_server_are_done_by_another_on_postgresql() -> Result<()> {
    killed(Some(postgres::shared()?.database()?))
}

/// Two servers on one archive and index; the one that sends a message is killed while the receiver has
/// not answered yet.
fn killed(database: Option<String>) -> Result<()> {
    let receiver = Receiver::open()?;
    let setup = Setup {
        database,
        ..setup(&receiver)
    };
    let mut first = setup.clone().start()?;
    subscribe(&first, &receiver)?;
    receiver.hold();
    let objects = objects(3)?;
    send_all(&first, &objects[..1])?;
    let begun = receiver.next(PATIENCE)?;
    let second = Setup {
        data_dir: Some(first.data_dir()),
        ..setup
    }
    .start()?;
    first.kill()?;
    receiver.answer(200);
    let again = receiver.next(PATIENCE)?;
    ensure!(
        again.header("webhook-id") == begun.header("webhook-id"),
        "another message"
    );
    ensure!(
        again.body == begun.body,
        "the same message says something else"
    );
    // The sequencer was the first server's too.
    send_all(&second, &objects[1..])?;
    let mut seen = numbers(&again)?;
    while seen.len() < 3 {
        seen.extend(numbers(&receiver.next(PATIENCE)?)?);
    }
    ensure!(seen == [1, 2, 3], "{seen:?}");
    let jobs = || second.verb(&["jobs", "list"])?.successful();
    until("nothing runs but the sequencer", || {
        let jobs = jobs()?.stdout;
        Ok(jobs.lines().count() == 1 && jobs.contains("\"sequence\""))
    })
}

#[test]
fn a_message_is_signed_and_sent_again_until_it_is_taken() -> Result<()> {
    let receiver = Receiver::open()?;
    receiver.refuse(2, 503);
    let server = setup(&receiver).start()?;
    let (id, secret) = subscribe(&server, &receiver)?;
    send_all(&server, &objects(1)?)?;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(receiver.next(PATIENCE)?);
    }
    for one in &told {
        ensure!(
            one.header("webhook-id") == told[0].header("webhook-id"),
            "another id"
        );
        // Python's own HMAC judges.
        let arguments = [
            secret.as_str(),
            one.header("webhook-id"),
            one.header("webhook-timestamp"),
            one.header("webhook-signature"),
            std::str::from_utf8(&one.body)?,
        ];
        python::run("webhook_judge.py", arguments, Duration::from_secs(30))?.successful()?;
    }
    let deliveries = format!("{}/api/webhooks/{id}/deliveries", server.url());
    until("the delivery is noted", || {
        let sent = get(&deliveries).send()?.expect(200)?.json()?;
        Ok(sent[0]["delivered"] == true && sent[0]["attempts"] == 3 && sent[0]["status"] == 200)
    })?;
    let body: Value = serde_json::from_slice(&told[0].body)?;
    let change = body["data"]["changes"][0].as_object().context("a change")?;
    let keys: Vec<_> = change.keys().map(String::as_str).collect();
    ensure!(
        keys == ["number", "kind", "study", "series", "instance", "at"],
        "{keys:?}"
    );
    // Once more from the beginning, by the command line.
    server
        .verb(&["webhooks", "replay", &id, "--from", "1"])?
        .successful()?;
    let replayed = receiver.next(PATIENCE)?;
    ensure!(
        replayed.body == told[0].body,
        "a replay says something else"
    );
    server.verb(&["webhooks", "delete", &id])?.successful()?;
    let left = server.verb(&["webhooks", "list"])?.successful()?;
    ensure!(left.stdout.trim().is_empty(), "{}", left.stdout);
    Ok(())
}

#[test]
fn a_receiver_that_is_down_is_told_after_a_restart() -> Result<()> {
    let receiver = Receiver::open()?;
    let mut server = setup(&receiver).start()?;
    let (id, _) = subscribe(&server, &receiver)?;
    receiver.refuse(usize::MAX, 500);
    let objects = objects(4)?;
    send_all(&server, &objects[..2])?;
    receiver.next(PATIENCE)?;
    server.stop()?;
    server.start()?;
    send_all(&server, &objects[2..])?;
    receiver.refuse(0, 500);
    let mut seen: Vec<u64> = Vec::new();
    let began = Instant::now();
    while !seen.ends_with(&[4]) {
        ensure!(began.elapsed() < PATIENCE, "{seen:?}");
        let told = receiver.next(PATIENCE)?;
        if told.status == 200 {
            seen.extend(numbers(&told)?);
        }
    }
    ensure!(seen == [1, 2, 3, 4], "{seen:?}");
    let list = get(&format!("{}/api/webhooks", server.url()))
        .send()?
        .json()?;
    ensure!(list[0]["id"] == id.as_str(), "{list}");
    Ok(())
}

#[test]
fn a_dead_letter_waits_for_the_operator() -> Result<()> {
    let receiver = Receiver::open()?;
    receiver.refuse(usize::MAX, 410);
    let mut setup = setup(&receiver);
    let attempts = ("YINGYUN_JOBS__ATTEMPTS".to_owned(), "2".to_owned());
    setup.environment.push(attempts);
    let server = setup.start()?;
    let (id, _) = subscribe(&server, &receiver)?;
    send_all(&server, &objects(1)?)?;
    let dead = || -> Result<String> {
        let listed = server.verb(&["jobs", "list", "--dead"])?.successful()?;
        Ok(listed.stdout)
    };
    until("the job is a dead letter", || Ok(dead()?.contains(&id)))?;
    ensure!(dead()?.contains("the receiver answered 410"), "{}", dead()?);
    receiver.refuse(0, 410);
    let retried = server
        .verb(&["jobs", "retry", "--kind", "deliver"])?
        .successful()?;
    ensure!(retried.stdout.starts_with('1'), "{}", retried.stdout);
    until("it is told", || Ok(receiver.next(PATIENCE)?.status == 200))?;
    until("the letter is gone", || Ok(dead()?.is_empty()))?;
    let metrics = get(&format!("{}/metrics", server.url())).send()?.text();
    for line in [
        "yingyun_jobs_total{kind=\"deliver\",outcome=\"dead\"} 1",
        "yingyun_jobs_total{kind=\"deliver\",outcome=\"failed\"} 1",
    ] {
        ensure!(metrics.contains(line), "{line} is missing");
    }
    Ok(())
}

/// The piece is made behind the doors, and what is told stays the same.
#[test]
fn a_series_is_put_in_one_piece_behind_the_doors() -> Result<()> {
    let receiver = Receiver::open()?;
    let server = setup(&receiver).start()?;
    let objects = objects(12)?;
    send_all(&server, &objects)?;
    let path = format!(
        "/studies/{}/series/{}/metadata",
        objects[0].study, objects[0].series
    );
    let before = server.dicom_web("GET", &path).send()?.expect(200)?;
    let tag = before.header("etag").context("an ETag")?.to_owned();
    until("the job is done", || {
        let metrics = get(&format!("{}/metrics", server.url())).send()?.text();
        let done = "yingyun_jobs_total{kind=\"manifest\",outcome=\"done\"}";
        Ok(metrics.contains(done))
    })?;
    let after = server.dicom_web("GET", &path).send()?.expect(200)?;
    ensure!(after.body == before.body, "the piece says something else");
    let known = server.dicom_web("GET", &path).header("If-None-Match", &tag);
    known.send()?.expect(304)?;
    Ok(())
}
