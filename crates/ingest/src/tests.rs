//! The way in and its upkeep on real parts: a local folder and SQLite.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use access::{Actor, Permit, decide};
use archive::Archive;
use bytes::Bytes;
use database::{Committed, Database};
use model::{
    AeTitle, Clock, Identifiers, InstitutionId, Operation, Origin, Purpose, Receiver,
    TransferSyntax, Uid,
};
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{
    Accepted, Ingest, IngestError, Settings,
    upkeep::{self, Age, Keeping, Pair, Unread, UpkeepError},
};

mod custody;
mod heal;

#[derive(Debug)]
struct SetClock;

impl Clock for SetClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }
}

#[derive(Debug, Default)]
struct Counter(Mutex<u128>);

impl Identifiers for Counter {
    fn next(&self) -> Ulid {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        Ulid::from_parts(1_700_000_000_000, *count)
    }
}

struct House {
    archive: Archive,
    database: Database,
    pair: Pair,
    ingest: Ingest,
    identifiers: Arc<Counter>,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(&folder.path().join("objects")).unwrap();
    let database = open_database(&folder.path().join("index.sqlite")).await;
    let identifiers = Arc::new(Counter::default());
    let pair = Pair::open(archive.clone(), database.clone(), identifiers.as_ref())
        .await
        .unwrap();
    let ingest = Ingest::new(
        archive.clone(),
        database.clone(),
        Arc::new(SetClock),
        identifiers.clone(),
        Settings {
            disk_watermark_bytes: 0,
            ..Settings::default()
        },
    );
    House {
        archive,
        database,
        pair,
        ingest,
        identifiers,
        _folder: folder,
    }
}

async fn open_database(path: &std::path::Path) -> Database {
    let settings = database::Settings::new(format!("sqlite://{}", path.display()));
    Database::open(&settings, Arc::new(SetClock)).await.unwrap()
}

fn permit(operation: Operation) -> Permit {
    let operator = Actor::Operator {
        institution: InstitutionId::new("local").unwrap(),
    };
    decide(&operator, Purpose::Operation, operation).unwrap()
}

fn origin(source: &str) -> Origin {
    Origin {
        receiver: Receiver::Dimse,
        source: source.into(),
        called: Some(AeTitle::new("YINGYUN").unwrap()),
    }
}

/// An explicit VR little endian element with a two-byte length (PS3.5 §7.1.2).
fn short(group: u16, element: u16, vr: &str, value: &str) -> Vec<u8> {
    let mut value = value.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = Vec::new();
    bytes.extend(group.to_le_bytes());
    bytes.extend(element.to_le_bytes());
    bytes.extend(vr.as_bytes());
    bytes.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    bytes
}

/// A minimal CT data set of `rows` × 4 pixels, 16 bit.
fn ct(sop: &str, series: &str, rows: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(short(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"));
    bytes.extend(short(0x0008, 0x0018, "UI", sop));
    bytes.extend(short(0x0008, 0x0060, "CS", "CT"));
    bytes.extend(short(0x0010, 0x0010, "PN", "Zhang^San"));
    bytes.extend(short(0x0010, 0x0020, "LO", "P1"));
    bytes.extend(short(0x0020, 0x000D, "UI", "1.2.3"));
    bytes.extend(short(0x0020, 0x000E, "UI", series));
    for (element, value) in [(0x0002, 1), (0x0010, rows), (0x0011, 4), (0x0100, 16)] {
        bytes.extend([0x28, 0x00]);
        bytes.extend(u16::to_le_bytes(element));
        bytes.extend(b"US\x02\x00");
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(b"\xE0\x7F\x10\x00OW\x00\x00");
    let length = u32::from(rows) * 4 * 2;
    bytes.extend(length.to_le_bytes());
    bytes.extend((0..length).map(|i| i as u8));
    bytes
}

async fn store(house: &House, source: &str, bytes: &[u8]) -> Result<Accepted, IngestError> {
    let mut receiving = house.ingest.receive(
        &permit(Operation::Store),
        origin(source),
        TransferSyntax::explicit_little(),
        None,
    )?;
    for chunk in bytes.chunks(100) {
        receiving.write(Bytes::copy_from_slice(chunk)).await?;
    }
    receiving.finish().await
}

async fn dump(database: &Database) -> BTreeSet<String> {
    use futures::TryStreamExt;
    database.dump().try_collect().await.unwrap()
}

/// How much the archive holds beside its id.
async fn objects(archive: &Archive) -> usize {
    use futures::TryStreamExt;
    let all: Vec<_> = archive.list(None).try_collect().await.unwrap();
    all.iter().filter(|entry| entry.key != "archive/id").count()
}

/// The archive with a new, empty index.
async fn lost_index(house: &House) -> Pair {
    let fresh = open_database(&house._folder.path().join("fresh.sqlite")).await;
    let identifiers = Counter::default();
    Pair::open(house.archive.clone(), fresh, &identifiers)
        .await
        .unwrap()
}

async fn reindex(pair: &Pair) -> upkeep::Reindexed {
    try_reindex(pair, Unread::Incomplete).await.unwrap()
}

async fn try_reindex(pair: &Pair, unread: Unread) -> Result<upkeep::Reindexed, UpkeepError> {
    upkeep::reindex(pair, &Default::default(), unread, &mut |_| {}).await
}

const HOUR: Duration = Duration::from_secs(3600);

async fn sweep(pair: &Pair, older_than: Duration) -> Result<upkeep::Swept, UpkeepError> {
    let age = Age {
        older_than,
        floor: HOUR,
    };
    upkeep::sweep(pair, &SetClock, age, &mut |_| {}).await
}

async fn delete(house: &House, reason: &str) -> Result<upkeep::Deleted, UpkeepError> {
    let keeping = Keeping {
        pair: &house.pair,
        audit: &house.database,
        clock: &SetClock,
        identifiers: house.identifiers.as_ref(),
        floor: HOUR,
    };
    let study = Uid::new("1.2.3").unwrap();
    upkeep::delete(&keeping, &permit(Operation::Delete), &study, reason).await
}

#[tokio::test]
async fn what_was_taken_lies_under_its_key_byte_for_byte() {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 8);
    let accepted = store(&house, "CT1", &bytes).await.unwrap();
    assert_eq!(accepted.outcome, Committed::Stored);
    let rows = house.database.objects(None, 10).await.unwrap();
    let row = &rows[0];
    let kept = house
        .archive
        .get(&row.key.to_string(), 0..row.length)
        .await
        .unwrap();
    assert_eq!(&kept[row.dataset_offset as usize..], bytes);
    assert_eq!(&kept[128..132], b"DICM");
}

#[tokio::test]
async fn chunks_of_any_length_make_the_same_object() {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 20_000);
    for (source, length) in [("CT1", 1), ("CT2", 4_095), ("CT3", 4_096), ("CT4", 70_001)] {
        let mut receiving = house
            .ingest
            .receive(
                &permit(Operation::Store),
                origin(source),
                TransferSyntax::explicit_little(),
                None,
            )
            .unwrap();
        for chunk in bytes.chunks(length) {
            receiving
                .write(Bytes::copy_from_slice(chunk))
                .await
                .unwrap();
        }
        receiving.finish().await.unwrap();
    }
    let rows = house.database.objects(None, 10).await.unwrap();
    for row in &rows {
        let range = u64::from(row.dataset_offset)..row.length;
        let kept = house
            .archive
            .get(&row.key.to_string(), range)
            .await
            .unwrap();
        assert_eq!(kept, bytes);
    }
    assert_eq!(rows.len(), 1, "the same content is kept once");
}

#[tokio::test]
async fn an_identical_resend_is_success_and_kept_once() {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 8);
    store(&house, "CT1", &bytes).await.unwrap();
    let again = store(&house, "CT1", &bytes).await.unwrap();
    assert_eq!(again.outcome, Committed::Identical);
    assert_eq!(objects(&house.archive).await, 1);
}

#[tokio::test]
async fn other_bytes_never_destroy_the_first() {
    let house = house().await;
    store(&house, "CT1", &ct("1.9.1", "1.4", 8)).await.unwrap();
    let newer = store(&house, "CT1", &ct("1.9.1", "1.4", 10)).await.unwrap();
    let foreign = store(&house, "CT2", &ct("1.9.1", "1.4", 12)).await.unwrap();
    assert_eq!(newer.outcome, Committed::Replaced);
    assert_eq!(foreign.outcome, Committed::KeptAside);
    assert_eq!(objects(&house.archive).await, 3);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let house = house().await;
    let whole = ct("1.9.1", "1.4", 8);
    let cut = &whole[..whole.len() - 7];
    let error = store(&house, "CT1", cut).await.unwrap_err();
    assert!(matches!(error, IngestError::Unreadable(_)), "{error:?}");
    let nameless = ct("", "1.4", 8);
    let error = store(&house, "CT1", &nameless).await.unwrap_err();
    assert!(
        matches!(error, IngestError::MissingAttribute { .. }),
        "{error:?}"
    );
    let elsewhere = ct("../../x", "1.4", 8);
    let error = store(&house, "CT1", &elsewhere).await.unwrap_err();
    assert!(matches!(error, IngestError::InvalidUid { .. }), "{error:?}");
    assert_eq!(objects(&house.archive).await, 0);
    assert!(dump(&house.database).await.is_empty());
}

#[tokio::test]
async fn another_object_than_announced_is_refused() {
    let house = house().await;
    let announced = (
        Uid::new("1.2.840.10008.5.1.4.1.1.2").unwrap(),
        Uid::new("1.9.2").unwrap(),
    );
    let mut receiving = house
        .ingest
        .receive(
            &permit(Operation::Store),
            origin("CT1"),
            TransferSyntax::explicit_little(),
            Some(announced),
        )
        .unwrap();
    let error = receiving
        .write(ct("1.9.1", "1.4", 8).into())
        .await
        .unwrap_err();
    assert!(
        matches!(error, IngestError::InstanceMismatch { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_permit_to_search_stores_nothing() {
    let house = house().await;
    let refused = house
        .ingest
        .receive_part10(&permit(Operation::Query), origin("CT1"));
    assert!(matches!(refused, Err(IngestError::Denied(_))));
}

#[tokio::test]
async fn the_archive_alone_gives_the_same_index() {
    let house = house().await;
    for n in 1..=5 {
        store(&house, "CT1", &ct(&format!("1.9.{n}"), "1.4", 8))
            .await
            .unwrap();
    }
    store(&house, "CT1", &ct("1.9.1", "1.4", 10)).await.unwrap();
    store(&house, "CT2", &ct("1.9.1", "1.4", 12)).await.unwrap();
    let before = dump(&house.database).await;
    let fresh = lost_index(&house).await;
    let reindexed = reindex(&fresh).await;
    assert_eq!(reindexed.indexed, 7, "{reindexed:?}");
    assert_eq!(dump(fresh.database()).await, before);
}

#[tokio::test]
async fn a_deleted_study_does_not_come_back() {
    let house = house().await;
    store(&house, "CT1", &ct("1.9.1", "1.4", 8)).await.unwrap();
    let deleted = delete(&house, "sent twice").await.unwrap();
    assert_eq!(deleted.objects, 1);
    assert!(dump(&house.database).await.is_empty());
    assert_eq!(objects(&house.archive).await, 1, "only the journal entry");
    let resent = store(&house, "CT1", &ct("1.9.1", "1.4", 8)).await.unwrap();
    assert_eq!(resent.outcome, Committed::Stored);
    let before = dump(&house.database).await;
    let fresh = lost_index(&house).await;
    reindex(&fresh).await;
    assert_eq!(dump(fresh.database()).await, before);
}

#[tokio::test]
async fn verify_names_what_is_damaged_and_sweep_takes_orphans_only() {
    let house = house().await;
    for n in 1..=4 {
        store(&house, "CT1", &ct(&format!("1.9.{n}"), "1.4", 8))
            .await
            .unwrap();
    }
    let clean = upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
    assert!(clean.is_clean() && clean.objects == 4, "{clean:?}");

    let rows = house.database.objects(None, 10).await.unwrap();
    let orphan = model::ObjectKey {
        ulid: Ulid::from_parts(1_600_000_000_000, 7),
        ..rows[0].key.clone()
    };
    house
        .archive
        .put(&orphan.to_string(), Bytes::from_static(b"half"))
        .await
        .unwrap();
    house
        .archive
        .delete(&rows[1].key.to_string())
        .await
        .unwrap();
    let path = house
        ._folder
        .path()
        .join("objects")
        .join(rows[2].key.to_string());
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();

    let found = upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
    assert_eq!(found.orphans, 1);
    assert_eq!(
        found.damaged,
        [
            upkeep::Damage::Missing(rows[1].key.clone()),
            upkeep::Damage::Digest(rows[2].key.clone()),
        ]
    );
    let swept = sweep(&house.pair, 24 * HOUR).await.unwrap();
    assert_eq!((swept.orphans, swept.bytes), (1, 4));
    assert_eq!(objects(&house.archive).await, 3);
}
