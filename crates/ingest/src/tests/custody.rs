//! Archive and index belong together, and the verbs believe neither blindly.

use database::{IndexState, ObjectRow};
use model::{InstanceKey, ObjectKey};

use super::*;

async fn state(pair: &Pair) -> IndexState {
    pair.database().index_of().await.unwrap().unwrap().state
}

/// Opens the archive in `folder` with the index of `house`.
async fn open(house: &House, folder: &str) -> Result<Pair, UpkeepError> {
    let archive = Archive::local(&house._folder.path().join(folder)).unwrap();
    let identifiers = house.identifiers.as_ref();
    Pair::open(archive, house.database.clone(), identifiers).await
}

async fn one(house: &House) {
    store(house, "CT1", &ct("1.9.1", "1.4", 8)).await.unwrap();
}

/// An object of the study that a crash left: received at `ms`.
async fn orphan(house: &House, ms: u64) -> ObjectKey {
    let uid = |text| Uid::new(text).unwrap();
    let rows = house.database.objects(None, 1).await.unwrap();
    let source = match rows.first() {
        Some(row) => {
            let key = row.key.to_string();
            house.archive.get(&key, 0..row.length).await.unwrap()
        }
        None => Bytes::from_static(b"half"),
    };
    let key = ObjectKey {
        instance: InstanceKey {
            institution: InstitutionId::new("local").unwrap(),
            study: uid("1.2.3"),
            series: uid("1.4"),
            sop: uid("1.9.1"),
        },
        ulid: Ulid::from_parts(ms, 99),
    };
    house.archive.put(&key.to_string(), source).await.unwrap();
    key
}

const LONG_AGO: u64 = 1_600_000_000_000;

/// A minute before the clock.
const JUST_NOW: u64 = 1_799_999_940_000;

#[tokio::test]
async fn both_get_one_id_and_keep_it() {
    let house = house().await;
    one(&house).await;
    let id = house.archive.get("archive/id", 0..27).await.unwrap();
    let index = house.database.index_of().await.unwrap().unwrap();
    assert_eq!(id, format!("{}\n", index.archive));
    assert_eq!(index.state, IndexState::Complete);
    open(&house, "objects").await.unwrap();
    assert_eq!(house.database.index_of().await.unwrap(), Some(index));
}

#[tokio::test]
async fn an_index_of_another_archive_is_refused() {
    let house = house().await;
    let archive = Archive::local(&house._folder.path().join("other")).unwrap();
    let index = open_database(&house._folder.path().join("other.sqlite")).await;
    let identifiers = Counter(Mutex::new(1000));
    let other = Pair::open(archive, index, &identifiers).await.unwrap();
    let archive = other.archive().clone();
    let refused = Pair::open(archive, house.database.clone(), &identifiers).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, UpkeepError::OtherArchive { .. }), "{error}");
}

#[tokio::test]
async fn an_archive_that_is_not_mounted_is_refused_and_given_no_id() {
    let house = house().await;
    one(&house).await;
    let error = open(&house, "empty").await.unwrap_err();
    assert!(matches!(error, UpkeepError::NoArchive), "{error}");
    let empty = Archive::local(&house._folder.path().join("empty")).unwrap();
    assert!(empty.size("archive/id").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_reindex_forgets_nothing_when_the_archive_goes_away() {
    let house = house().await;
    one(&house).await;
    let before = dump(&house.database).await;
    let objects = house._folder.path().join("objects");
    std::fs::rename(&objects, house._folder.path().join("away")).unwrap();
    std::fs::create_dir(&objects).unwrap();
    let error = try_reindex(&house.pair, Unread::Incomplete)
        .await
        .unwrap_err();
    assert!(matches!(error, UpkeepError::NoArchive), "{error}");
    // Only the id is there: the objects lie on another device.
    std::fs::create_dir(objects.join("archive")).unwrap();
    let id = house._folder.path().join("away/archive/id");
    std::fs::copy(id, objects.join("archive/id")).unwrap();
    let error = try_reindex(&house.pair, Unread::Incomplete)
        .await
        .unwrap_err();
    assert!(matches!(error, UpkeepError::NoArchive), "{error}");
    assert_eq!(dump(&house.database).await, before);
}

#[tokio::test]
async fn an_installation_without_ids_gets_them() {
    let house = house().await;
    one(&house).await;
    // As an earlier release left it: rows and objects, an id on neither side.
    let old = open_database(&house._folder.path().join("old.sqlite")).await;
    let row = &house.database.objects(None, 1).await.unwrap()[0];
    old.commit(read_row(&house, row).await).await.unwrap();
    house.archive.delete("archive/id").await.unwrap();
    let identifiers = Counter::default();
    let pair = Pair::open(house.archive.clone(), old, &identifiers).await;
    assert_eq!(state(&pair.unwrap()).await, IndexState::Complete);
    house.archive.size("archive/id").await.unwrap();
}

#[tokio::test]
async fn an_index_from_before_the_id_is_not_believed() {
    let house = house().await;
    one(&house).await;
    let backup = open_database(&house._folder.path().join("backup.sqlite")).await;
    let row = &house.database.objects(None, 1).await.unwrap()[0];
    backup.commit(read_row(&house, row).await).await.unwrap();
    let identifiers = Counter::default();
    let pair = Pair::open(house.archive.clone(), backup, &identifiers).await;
    assert_eq!(state(&pair.unwrap()).await, IndexState::Rebuilding);
}

async fn read_row(house: &House, row: &ObjectRow) -> database::NewInstance {
    let limits = Default::default();
    let row = upkeep::read_row(&house.archive, &row.key, row.length, &limits).await;
    row.unwrap()
}

#[tokio::test]
async fn a_sweep_from_an_incomplete_index_takes_nothing() {
    let house = house().await;
    one(&house).await;
    let lost = lost_index(&house).await;
    assert_eq!(state(&lost).await, IndexState::Rebuilding);
    let error = sweep(&lost, 24 * HOUR).await.unwrap_err();
    assert!(matches!(error, UpkeepError::Incomplete), "{error}");
    assert_eq!(objects(&house.archive).await, 1);
    assert!(reindex(&lost).await.complete);
    assert_eq!(sweep(&lost, 24 * HOUR).await.unwrap().orphans, 0);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_keeps_the_index_incomplete_until_given_up() {
    let house = house().await;
    orphan(&house, LONG_AGO).await;
    let reindexed = reindex(&house.pair).await;
    assert_eq!((reindexed.unreadable.len(), reindexed.complete), (1, false));
    let error = sweep(&house.pair, 24 * HOUR).await.unwrap_err();
    assert!(matches!(error, UpkeepError::Incomplete), "{error}");
    let given_up = try_reindex(&house.pair, Unread::GivenUp).await.unwrap();
    assert!(given_up.complete);
    assert_eq!(sweep(&house.pair, 24 * HOUR).await.unwrap().orphans, 1);
}

#[tokio::test]
async fn what_is_young_is_swept_only_while_nobody_receives() {
    let house = house().await;
    orphan(&house, JUST_NOW).await;
    assert_eq!(sweep(&house.pair, HOUR).await.unwrap().orphans, 0);
    let receiving = house.database.lock_receiving("serve").await.unwrap();
    let error = sweep(&house.pair, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, UpkeepError::TooYoung { .. }), "{error}");
    receiving.release().await;
    assert_eq!(sweep(&house.pair, Duration::ZERO).await.unwrap().orphans, 1);
}

#[tokio::test]
async fn one_verb_waits_for_no_other_but_says_whose_turn_it_is() {
    let house = house().await;
    one(&house).await;
    let lock = house.database.lock_upkeep("reindex").await.unwrap();
    let error = sweep(&house.pair, 24 * HOUR).await.unwrap_err();
    let UpkeepError::Busy(source) = &error else {
        panic!("{error:?}")
    };
    assert!(source.to_string().contains("yingyun reindex"), "{source}");
    lock.release().await;
    sweep(&house.pair, 24 * HOUR).await.unwrap();
}

#[tokio::test]
async fn a_deletion_takes_what_has_no_row_and_no_reindex_brings_it_back() {
    let house = house().await;
    one(&house).await;
    orphan(&house, LONG_AGO).await;
    let young = orphan(&house, JUST_NOW).await;
    let receiving = house.database.lock_receiving("serve").await.unwrap();
    let deleted = delete(&house, "a test").await.unwrap();
    assert_eq!(
        (deleted.objects, deleted.orphans, deleted.young),
        (2, 1, 1),
        "what may be on its way in is left"
    );
    house.archive.size(&young.to_string()).await.unwrap();
    receiving.release().await;
    let deleted = delete(&house, "a test").await.unwrap();
    assert_eq!((deleted.objects, deleted.orphans, deleted.young), (1, 1, 0));
    let fresh = lost_index(&house).await;
    assert_eq!(reindex(&fresh).await.indexed, 0);
    assert!(dump(fresh.database()).await.is_empty());
    assert!(matches!(
        delete(&house, "a test").await,
        Err(UpkeepError::NoSuchStudy(_))
    ));
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_is_ended_by_reindex() {
    let house = house().await;
    one(&house).await;
    let row = &house.database.objects(None, 1).await.unwrap()[0];
    let key = row.key.to_string();
    let bytes = house.archive.get(&key, 0..row.length).await.unwrap();
    let again = read_row(&house, row).await;
    delete(&house, "a test").await.unwrap();
    // As if only the decision had been written: the object is there, and the index names it.
    house.archive.put(&key, bytes).await.unwrap();
    house.database.commit(again).await.unwrap();
    reindex(&house.pair).await;
    assert!(dump(&house.database).await.is_empty());
}
