//! `kill -9` while eight associations send: every acknowledged instance is there.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Result, anyhow, ensure};
use testkit::{
    fixture::{Ct, fresh_uid},
    server::{Bucket, Server, Setup},
    services::{ceph, postgres},
};

use crate::support::{associate_for, at_once, dump, fetch, qido, send_all, store, verify_clean};

const SENDERS: usize = 8;

/// How often the server is killed: 3 in a routine run, 25 for a release.
fn kills() -> Result<u32> {
    Ok(match std::env::var("YINGYUN_KILLS") {
        Ok(text) => text.parse()?,
        Err(_) => 3,
    })
}

#[test]
fn every_acknowledged_instance_survives_kill_9_on_sqlite_and_a_folder() -> Result<()> {
    survives(Setup {
        quiet: true,
        ..Setup::default()
    })
}

#[test]
fn every_acknowledged_instance_survives_kill_9_on_postgresql_and_s3() -> Result<()> {
    let (postgres, ceph) = (postgres::shared()?, ceph::shared()?);
    survives(Setup {
        quiet: true,
        database: Some(postgres.database()?),
        bucket: Some(Bucket {
            endpoint: ceph.endpoint().into(),
            name: ceph.bucket()?,
        }),
        ..Setup::default()
    })
}

/// What a sender was told is kept.
#[derive(Debug)]
struct Acknowledged {
    slice: Ct,
}

fn survives(setup: Setup) -> Result<()> {
    let mut server = setup.start()?;
    let kills = kills()?;
    let acknowledged = Mutex::new(Vec::new());
    let mut interrupted = 0;
    // A new bucket takes its time for the first object.
    send_all(
        &server,
        &[Ct {
            size: 64,
            ..Ct::new("KILL")?
        }
        .object()],
    )?;
    for round in 0..kills {
        if round > 0 {
            server.start()?;
        }
        interrupted += send_until_killed(&mut server, round, &acknowledged)?;
    }
    server.start()?;
    let acknowledged = acknowledged
        .into_inner()
        .map_err(|_| anyhow!("a sender panicked"))?;
    println!(
        "{kills} kills, {} acknowledged, {interrupted} cut off",
        acknowledged.len()
    );
    ensure!(
        acknowledged.len() > kills as usize * SENDERS,
        "too few to mean anything"
    );
    ensure!(
        interrupted > 0,
        "nobody was sending when the server was killed"
    );

    at_once(4, |worker| {
        for Acknowledged { slice } in acknowledged.iter().skip(worker).step_by(4) {
            let found = qido(&server, &format!("/instances?SOPInstanceUID={}", slice.sop))?;
            ensure!(
                found.len() == 1,
                "{} found {} times",
                slice.sop,
                found.len()
            );
            let back = fetch(&server, &slice.study, &slice.series, &slice.sop)?;
            ensure!(
                back == slice.object().dataset,
                "{} came back changed",
                slice.sop
            );
        }
        Ok(())
    })?;
    // A crash may leave objects without a row: they are the sweep's, and nothing else is wrong.
    server.stop()?;
    server
        .verb(&["sweep", "--older-than", "0s"])?
        .successful()?;
    verify_clean(&server)?;
    let before = dump(&server)?;
    server.verb(&["reindex"])?.successful()?;
    ensure!(before == dump(&server)?, "reindex gave another index");
    Ok(())
}

/// Eight senders, a random moment, `kill -9`. How many were cut off in the middle.
fn send_until_killed(
    server: &mut Server,
    round: u32,
    acknowledged: &Mutex<Vec<Acknowledged>>,
) -> Result<usize> {
    let moment = 200 + random()? % 900;
    let dead = AtomicBool::new(false);
    let (cut_off, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let first = Ct::new(&format!("KILL-{round}"))?;
    let mut slices = Vec::new();
    for sender in 0..SENDERS {
        // Two senders share a study, each has a series.
        let study = if sender % 2 == 0 {
            fresh_uid()?
        } else {
            first.study.clone()
        };
        slices.push(Ct {
            study,
            series: fresh_uid()?,
            sop: fresh_uid()?,
            size: 128,
            ..first.clone()
        });
    }
    let mut associations = Vec::new();
    for slice in &slices {
        associations.push(associate_for(server, &slice.object())?);
    }
    thread::scope(|scope| -> Result<()> {
        for (mut association, mut slice) in associations.into_iter().zip(slices) {
            let (dead, cut_off, refused) = (&dead, &cut_off, &refused);
            scope.spawn(move || {
                while !dead.load(Ordering::SeqCst) {
                    match store(&mut association, &slice.object()) {
                        Ok(outcome) if outcome.status == 0 => {
                            let next = slice.next();
                            if let Ok(mut all) = acknowledged.lock() {
                                all.push(Acknowledged { slice });
                            }
                            let Ok(next) = next else { return };
                            slice = next;
                        }
                        Ok(outcome) => {
                            if let Ok(mut refused) = refused.lock() {
                                refused.push(outcome);
                            }
                            return;
                        }
                        Err(_) => {
                            cut_off.fetch_add(1, Ordering::SeqCst);
                            return;
                        }
                    }
                }
            });
        }
        thread::sleep(Duration::from_millis(moment));
        let killed = server.kill();
        dead.store(true, Ordering::SeqCst);
        killed
    })?;
    let refused = refused
        .into_inner()
        .map_err(|_| anyhow!("a sender panicked"))?;
    ensure!(refused.is_empty(), "refused: {refused:?}");
    Ok(cut_off.into_inner())
}

fn random() -> Result<u64> {
    let uid = fresh_uid()?;
    Ok(uid[uid.len() - 9..].parse()?)
}
