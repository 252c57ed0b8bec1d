//! Archive and index that do not belong together, and verbs that meet, between real processes.

use std::{fs, thread};

use anyhow::{Context, Result, ensure};
use testkit::{
    server::{Bucket, Server, Setup},
    services::{ceph, postgres},
};

use super::{file_of, series};
use crate::support::{dump, fetch, qido, send_all, verify_clean};

#[test]
fn an_archive_that_is_not_mounted_stops_every_verb_and_loses_nothing() -> Result<()> {
    let mut server = Server::dev()?;
    send_all(&server, &series("MOUNT", 2)?)?;
    let before = dump(&server)?;
    server.stop()?;
    let objects = server.data_dir().join("objects");
    let away = server.data_dir().join("away");
    fs::rename(&objects, &away)?;
    fs::create_dir(&objects)?;
    for verb in ["verify", "sweep", "reindex", "serve"] {
        let refused = server.verb(&[verb])?;
        ensure!(
            refused.status.code() == Some(2) && refused.text.contains("is it mounted"),
            "{verb}: {}\n{}",
            refused.status,
            refused.text
        );
    }
    fs::remove_dir(&objects)?;
    fs::rename(&away, &objects)?;
    server.start()?;
    ensure!(before == dump(&server)?, "the index was changed");
    verify_clean(&server)
}

#[test]
fn an_index_of_another_archive_stops_every_verb() -> Result<()> {
    let (mut one, mut other) = (Server::dev()?, Server::dev()?);
    send_all(&one, &series("ONE", 1)?)?;
    send_all(&other, &series("OTHER", 1)?)?;
    one.stop()?;
    other.stop()?;
    let own = one.data_dir().join("objects");
    fs::rename(&own, one.data_dir().join("away"))?;
    fs::rename(other.data_dir().join("objects"), &own)?;
    for verb in ["verify", "sweep", "reindex", "serve"] {
        let refused = one.verb(&[verb])?;
        ensure!(
            refused.status.code() == Some(2) && refused.text.contains("is of archive"),
            "{verb}: {}\n{}",
            refused.status,
            refused.text
        );
    }
    Ok(())
}

#[test]
fn a_lost_index_takes_nothing_until_it_is_rebuilt() -> Result<()> {
    let mut server = Server::dev()?;
    let objects = series("LOST", 3)?;
    send_all(&server, &objects)?;
    let before = dump(&server)?;
    server.stop()?;
    for file in fs::read_dir(server.data_dir())? {
        let path = file?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        }
    }
    server.start()?;
    server.stop()?;
    let refused = server.verb(&["sweep", "--older-than", "0s"])?;
    ensure!(
        !refused.status.success() && refused.text.contains("run reindex"),
        "{}",
        refused.text
    );
    server.verb(&["reindex"])?.successful()?;
    server
        .verb(&["sweep", "--older-than", "0s"])?
        .successful()?;
    ensure!(before == dump(&server)?, "another index");
    verify_clean(&server)
}

#[test]
fn a_resend_mends_what_verify_found_on_sqlite_and_a_folder() -> Result<()> {
    let server = Server::dev()?;
    let objects = series("HEAL", 2)?;
    send_all(&server, &objects)?;
    let changed = file_of(&server, &objects[1])?;
    let mut bytes = fs::read(&changed)?;
    *bytes.last_mut().context("an empty file")? ^= 1;
    fs::write(&changed, bytes)?;
    fs::remove_file(file_of(&server, &objects[0])?)?;
    ensure!(!server.verb(&["verify"])?.status.success(), "not found");
    send_all(&server, &objects)?;
    verify_clean(&server)?;
    for object in &objects {
        let back = fetch(&server, &object.study, &object.series, &object.sop)?;
        ensure!(back == object.dataset, "an object was not mended");
    }
    ensure!(!changed.exists(), "the changed bytes are left");
    Ok(())
}

#[test]
fn verbs_exclude_each_other_and_a_live_server_on_postgresql_and_s3() -> Result<()> {
    let (postgres, ceph) = (postgres::shared()?, ceph::shared()?);
    let mut server = Setup {
        database: Some(postgres.database()?),
        bucket: Some(Bucket {
            endpoint: ceph.endpoint().into(),
            name: ceph.bucket()?,
        }),
        ..Setup::default()
    }
    .start()?;
    send_all(&server, &series("NODES", 2)?)?;
    let refused = server.verb(&["sweep", "--older-than", "0s"])?;
    ensure!(
        !refused.status.success() && refused.text.contains("yingyun serve"),
        "the server may be receiving:\n{}",
        refused.text
    );
    // As if the machine had died: nothing has to expire.
    server.kill()?;
    server
        .verb(&["sweep", "--older-than", "0s"])?
        .successful()?;
    let results = thread::scope(|scope| {
        let verbs = [["reindex"]; 6].map(|verb| {
            scope.spawn({
                let server = &server;
                move || server.verb(&verb)
            })
        });
        verbs.map(|verb| verb.join().ok().and_then(Result::ok))
    });
    let mut ended = 0;
    for result in results {
        let result = result.context("a verb did not run")?;
        if result.status.success() {
            ended += 1;
        } else {
            ensure!(result.text.contains("yingyun reindex"), "{}", result.text);
        }
    }
    ensure!(ended > 0, "all were refused");
    server.start()?;
    ensure!(qido(&server, "/studies?PatientID=NODES")?.len() == 1);
    verify_clean(&server)
}
