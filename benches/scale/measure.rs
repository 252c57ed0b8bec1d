//! Making an index of a size, and what searches and commits take there.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use database::{Database, NewInstance, Settings};
use model::{
    Clock, InstanceKey, InstitutionId, ObjectKey, Origin, Receiver, TransferSyntax, Uid,
    search::Cursor,
};
use serde_json::json;
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{
    doors::{self, Door},
    holdings::day,
    load::Backend,
    people::{Chance, name},
    rows::INSTITUTION,
    searches,
};

/// Names that the server folds; the index's patients share them.
const NAMES: u64 = 20_000;

/// Studies of twenty instances that are committed to measure that, by senders at once.
const COMMITTED: u64 = 100;
const SENDERS: usize = 8;

/// A search and how long it took.
struct Taken {
    search: &'static str,
    median: Duration,
    /// 99th of a hundred.
    slow: Duration,
}

/// What an index of a size gave.
pub(crate) struct Index {
    studies: u64,
    /// Instances a second, before it was loaded and after.
    before: f64,
    after: f64,
    /// By the ways of asking: the same searches in the same order.
    doors: Vec<(&'static str, Vec<Taken>)>,
}

#[derive(Debug)]
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }
}

/// Loads an index of so many studies and measures it, by itself and behind the server of `binary`.
pub(crate) async fn index(
    backend: &Backend,
    binary: &Path,
    studies: u64,
    rounds: usize,
) -> Result<Index> {
    let url = backend.database(studies)?;
    // The first start makes the archive that the index belongs to.
    let mut server = doors::server(binary.into(), &url)?;
    server.stop()?;
    let database = open(&url).await?;
    let mut chance = Chance::new(1);
    let people = NAMES.min(studies / 2);
    commit(&database, people, 1, 10_000_000, &mut chance).await?;
    let names = backend.names(&url).await?;
    let before = commit(&database, COMMITTED, 20, 20_000_000, &mut chance).await?;
    database.close().await;
    let began = Instant::now();
    backend.load(&url, studies, &names).await?;
    eprintln!("{studies} studies loaded in {:?}", began.elapsed());
    let database = open(&url).await?;
    let after = commit(&database, COMMITTED, 20, 30_000_000, &mut chance).await?;
    let mut doors = Vec::new();
    let mut own = Door::query(&database)?;
    doors.push((own.name(), ask(&mut own, studies, rounds).await?));
    drop(own);
    database.close().await;
    server.start()?;
    for mut door in [Door::web(&server)?, Door::find(&server)?] {
        doors.push((door.name(), ask(&mut door, studies, rounds).await?));
    }
    server.stop()?;
    Ok(Index {
        studies,
        before,
        after,
        doors,
    })
}

async fn open(url: &str) -> Result<Database> {
    Ok(Database::open(&Settings::new(url), Arc::new(Still)).await?)
}

/// Commits studies of instances; returns how many instances a second.
async fn commit(
    database: &Database,
    studies: u64,
    instances: u64,
    from: u64,
    chance: &mut Chance,
) -> Result<f64> {
    let mut lines: Vec<Vec<NewInstance>> = vec![Vec::new(); SENDERS];
    for study in 0..studies {
        let name = name(chance);
        for number in 0..instances {
            let line = usize::try_from(study)? % SENDERS;
            lines[line].push(instance(from + study, number, &name)?);
        }
    }
    let began = Instant::now();
    let senders = lines.into_iter().map(|line| {
        let database = database.clone();
        tokio::spawn(async move {
            for one in line {
                database.commit(one).await?;
            }
            Ok::<_, anyhow::Error>(())
        })
    });
    for sender in futures::future::join_all(senders).await {
        sender??;
    }
    Ok((studies * instances) as f64 / began.elapsed().as_secs_f64())
}

fn instance(study: u64, number: u64, name: &str) -> Result<NewInstance> {
    let uid = |text: String| Uid::new(&text).context("a UID");
    let base = format!("1.2.826.0.1.3680043.10.2.{study}");
    let id = format!("T{study}");
    Ok(NewInstance {
        object: ObjectKey {
            instance: InstanceKey {
                institution: InstitutionId::new(INSTITUTION)?,
                study: uid(base.clone())?,
                series: uid(format!("{base}.1"))?,
                sop: uid(format!("{base}.1.{number}"))?,
            },
            ulid: Ulid::from_parts(1_700_000_000_000 + study, number.into()),
        },
        length: 525_000,
        dataset_offset: 400,
        digest: [7; 32],
        transfer_syntax: TransferSyntax::explicit_little(),
        sop_class: uid("1.2.840.10008.5.1.4.1.1.2".into())?,
        pixel_offset: None,
        frames: None,
        frame_count: 1,
        received: OffsetDateTime::UNIX_EPOCH,
        origin: Origin {
            receiver: Receiver::Stow,
            source: "scale".into(),
            called: None,
        },
        issuer: "SCALE".into(),
        patient: json!({
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]},
            "00100020": {"vr": "LO", "Value": [id]},
        })
        .to_string(),
        patient_id: id,
        study: json!({
            "00080020": {"vr": "DA", "Value": [day(study % 1825)]},
            "00080050": {"vr": "SH", "Value": [format!("T{study}")]},
        })
        .to_string(),
        series: json!({"00080060": {"vr": "CS", "Value": ["CT"]}}).to_string(),
        instance: json!({"00200013": {"vr": "IS", "Value": [number]}}).to_string(),
        // The size of a CT header.
        header: zstd::encode_all(&b"{}"[..], 1)?,
    })
}

async fn ask(door: &mut Door, studies: u64, rounds: usize) -> Result<Vec<Taken>> {
    let mut measured = Vec::new();
    for (name, search) in searches::ALL {
        let mut chance = Chance::new(2);
        let (mut taken, mut found) = (Vec::with_capacity(rounds), 0);
        let mut place: Option<Cursor> = None;
        // The first is not counted: connections are made, pages read from the disk.
        for round in 0..=rounds {
            let mut search = search(&mut chance, studies).context("a search")?;
            if !door.can(name, &search) {
                break;
            }
            if name.contains("cursor") {
                search.after = place.take();
            }
            let page = door.ask(&search).await?;
            if round > 0 {
                taken.push(page.taken);
            }
            found += page.matches;
            place = page.next;
        }
        if taken.is_empty() {
            continue;
        }
        ensure!(
            found > 0 || name.starts_with("no such"),
            "{name}: nothing is ever found"
        );
        taken.sort();
        let at = |part: usize| taken[(taken.len() * part / 100).min(taken.len() - 1)];
        let [median, slow] = [50, 99].map(at);
        let rows = found / (rounds + 1);
        eprintln!("{} {name}: {median:?} {slow:?}, {rows} rows", door.name());
        measured.push(Taken {
            search: name,
            median,
            slow,
        });
    }
    Ok(measured)
}

/// Both indexes side by side.
pub(crate) fn table(small: &Index, large: &Index) -> String {
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut text = String::new();
    for ((door, few), (_, many)) in small.doors.iter().zip(&large.doors) {
        text.push_str(&format!(
            "| {door} | {} studies: median, 99th of 100, ms | {} studies | median, times |\n\
             |---|---|---|---|\n",
            small.studies, large.studies
        ));
        for (few, many) in few.iter().zip(many) {
            text.push_str(&format!(
                "| {} | {:.2}, {:.2} | {:.2}, {:.2} | {:.2} |\n",
                few.search,
                millis(few.median),
                millis(few.slow),
                millis(many.median),
                millis(many.slow),
                millis(many.median) / millis(few.median),
            ));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "ingest, instances a second: {:.0} into the empty index, {:.0} at {} studies ({:.2} times \
         as long), {:.0} at {} ({:.2})\n",
        large.before,
        small.after,
        small.studies,
        large.before / small.after,
        large.after,
        large.studies,
        large.before / large.after,
    ));
    text
}
