//! Making an index of a size, and what searches and commits take there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use database::{Database, NewInstance, Settings};
use model::{
    AccessEpisode, Actor, AuditPort, AuditUnavailable, Clock, InstanceKey, InstitutionId,
    ObjectKey, Operation, Origin, Permit, Purpose, Receiver, TransferSyntax, Uid, decide,
    search::Cursor,
};
use query::Query;
use serde_json::json;
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{
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

/// What an index of a size gave.
pub(crate) struct Index {
    studies: u64,
    /// Instances a second, before it was loaded and after.
    before: f64,
    after: f64,
    /// Search, median, 99th of a hundred.
    searches: Vec<(&'static str, Duration, Duration)>,
}

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }
}

#[derive(Debug)]
struct Open;

#[async_trait::async_trait]
impl AuditPort for Open {
    async fn open(&self, _: AccessEpisode) -> Result<(), AuditUnavailable> {
        Ok(())
    }
}

/// Loads an index of so many studies and measures it.
pub(crate) async fn index(backend: &Backend, studies: u64, rounds: usize) -> Result<Index> {
    let url = backend.database(studies)?;
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
    let searches = ask(&database, studies, rounds).await?;
    database.close().await;
    Ok(Index {
        studies,
        before,
        after,
        searches,
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

async fn ask(
    database: &Database,
    studies: u64,
    rounds: usize,
) -> Result<Vec<(&'static str, Duration, Duration)>> {
    let settings = query::Settings::default();
    let query = Query::new(database.clone(), Arc::new(Open), Arc::new(Still), settings);
    let actor = Actor::User {
        name: "scale".into(),
        institution: InstitutionId::new(INSTITUTION)?,
    };
    let permit: Permit = decide(&actor, Purpose::Treatment, Operation::Query)?;
    let mut measured = Vec::new();
    for (name, search) in searches::ALL {
        let mut chance = Chance::new(2);
        let (mut taken, mut found) = (Vec::with_capacity(rounds), 0);
        let mut place: Option<Cursor> = None;
        // The first is not counted: connections are made, pages read from the disk.
        for round in 0..=rounds {
            let mut search = search(&mut chance, studies).context("a search")?;
            if name.contains("cursor") {
                search.after = place.take();
            }
            let began = Instant::now();
            let answer = query.search(&permit, &search).await?;
            if round > 0 {
                taken.push(began.elapsed());
            }
            found += answer.records.len();
            place = answer.next;
        }
        ensure!(
            found > 0 || name.starts_with("no such"),
            "{name}: nothing is ever found"
        );
        taken.sort();
        let at = |part: usize| taken[(taken.len() * part / 100).min(taken.len() - 1)];
        eprintln!(
            "{name}: {:?} {:?}, {} rows",
            at(50),
            at(99),
            found / (rounds + 1)
        );
        measured.push((*name, at(50), at(99)));
    }
    Ok(measured)
}

/// Both indexes side by side.
pub(crate) fn table(small: &Index, large: &Index) -> String {
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut text = format!(
        "| | {} studies: p50, p99 ms | {} studies: p50, p99 ms | p50, times |\n|---|---|---|---|\n",
        small.studies, large.studies
    );
    for (few, many) in small.searches.iter().zip(&large.searches) {
        text.push_str(&format!(
            "| {} | {:.2}, {:.2} | {:.2}, {:.2} | {:.2} |\n",
            few.0,
            millis(few.1),
            millis(few.2),
            millis(many.1),
            millis(many.2),
            millis(many.1) / millis(few.1),
        ));
    }
    text.push_str(&format!(
        "\ningest, instances a second: {:.0} into the empty index, {:.0} at {} studies ({:.2} times \
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
