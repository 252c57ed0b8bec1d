//! Searching by permit, with its audit.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use access::{Actor, Permit, Role, Roles, decide};
use database::{Database, NewInstance};
use model::{
    AccessEpisode, AuditPort, AuditUnavailable, Clock, InstanceKey, InstitutionId, ObjectKey,
    Operation, Origin, Purpose, Receiver, TransferSyntax, Uid,
    search::{Level, Search},
};
use time::OffsetDateTime;
use ulid::Ulid;

use super::{Query, QueryError, Settings};

#[derive(Debug, Default)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

#[derive(Debug, Default)]
struct Ledger {
    episodes: Mutex<Vec<AccessEpisode>>,
    broken: AtomicBool,
}

#[async_trait::async_trait]
impl AuditPort for Ledger {
    async fn open(&self, episode: AccessEpisode) -> Result<(), AuditUnavailable> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(AuditUnavailable("the disk is gone".into()));
        }
        self.episodes.lock().unwrap().push(episode);
        Ok(())
    }
}

struct House {
    query: Query,
    ledger: Arc<Ledger>,
    clock: Arc<HandClock>,
    _folder: tempfile::TempDir,
}

async fn house(max_results: u32) -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(HandClock::default());
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let settings = database::Settings::new(url);
    let database = Database::open(&settings, clock.clone()).await.unwrap();
    for number in 1..=3_u32 {
        database.commit(instance(number)).await.unwrap();
    }
    let ledger = Arc::new(Ledger::default());
    House {
        query: Query::new(
            database,
            ledger.clone(),
            clock.clone(),
            Settings { max_results },
        ),
        ledger,
        clock,
        _folder: folder,
    }
}

fn instance(number: u32) -> NewInstance {
    let uid = |text: String| Uid::new(&text).unwrap();
    NewInstance {
        object: ObjectKey {
            instance: InstanceKey {
                institution: InstitutionId::new("local").unwrap(),
                study: uid(format!("1.{number}")),
                series: uid(format!("1.{number}.1")),
                sop: uid(format!("1.{number}.1.1")),
            },
            ulid: Ulid::from_parts(number.into(), 1),
        },
        length: 10,
        dataset_offset: 0,
        digest: [0; 32],
        transfer_syntax: TransferSyntax::explicit_little(),
        sop_class: uid("1.2.840.10008.5.1.4.1.1.2".into()),
        pixel_offset: None,
        frames: None,
        frame_count: 0,
        received: OffsetDateTime::UNIX_EPOCH,
        origin: Origin {
            receiver: Receiver::Stow,
            source: "admin".into(),
            called: None,
        },
        issuer: "LOCAL".into(),
        patient_id: "P1".into(),
        patient: r#"{"00100020":{"vr":"LO","Value":["P1"]}}"#.into(),
        study: r#"{"00081030":{"vr":"LO","Value":["HEAD"]}}"#.into(),
        series: r#"{"00080060":{"vr":"CS","Value":["CT"]}}"#.into(),
        instance: "{}".into(),
        header: Vec::new(),
    }
}

fn permit(operation: Operation) -> Permit {
    let actor = Actor::User {
        name: "reader".into(),
        institution: InstitutionId::new("local").unwrap(),
        standing: model::Standing::Active,
        roles: Roles::new([Role::Radiologist]).unwrap(),
    };
    decide(&actor, Purpose::Treatment, operation).unwrap()
}

fn studies(limit: Option<u32>) -> Search {
    Search {
        limit,
        ..Search::at(Level::Study)
    }
}

#[tokio::test]
async fn a_study_comes_with_its_computed_attributes_in_ascending_order() {
    let house = house(10).await;
    let answer = house
        .query
        .search(&permit(Operation::Query), &studies(None))
        .await
        .unwrap();
    assert_eq!(answer.records.len(), 3);
    let record = &answer.records[0];
    let expected = BTreeMap::from([
        ("00080056", serde_json::json!("ONLINE")),
        ("00080061", serde_json::json!("CT")),
        ("00080062", serde_json::json!("1.2.840.10008.5.1.4.1.1.2")),
        ("00081030", serde_json::json!("HEAD")),
        ("00083002", serde_json::json!("1.2.840.10008.1.2.1")),
        ("00100020", serde_json::json!("P1")),
        ("00100021", serde_json::json!("LOCAL")),
        ("00201206", serde_json::json!(1)),
        ("00201208", serde_json::json!(1)),
    ]);
    let tags: Vec<&str> = record.keys().map(String::as_str).collect();
    assert_eq!(tags, expected.keys().copied().collect::<Vec<_>>());
    for (tag, value) in expected {
        assert_eq!(record[tag]["Value"][0], value, "{tag}");
    }
}

#[tokio::test]
async fn no_search_returns_more_than_is_configured() {
    let house = house(2).await;
    for (limit, expected) in [(None, 2), (Some(50), 2), (Some(1), 1)] {
        let search = studies(limit);
        let answer = house
            .query
            .search(&permit(Operation::Query), &search)
            .await
            .unwrap();
        assert_eq!(
            (answer.records.len(), answer.next.is_some()),
            (expected, true)
        );
    }
}

#[tokio::test]
async fn a_permit_for_something_else_finds_nothing() {
    let house = house(10).await;
    let denied = house
        .query
        .search(&permit(Operation::Retrieve), &studies(None))
        .await;
    assert!(matches!(denied, Err(QueryError::Denied(_))));
    assert!(house.ledger.episodes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn searches_of_five_minutes_are_one_episode() {
    let house = house(10).await;
    for (second, episodes) in [(0, 1), (299, 1), (300, 2), (301, 2)] {
        house.clock.0.store(second, Ordering::Relaxed);
        house
            .query
            .search(&permit(Operation::Query), &studies(None))
            .await
            .unwrap();
        assert_eq!(
            house.ledger.episodes.lock().unwrap().len(),
            episodes,
            "at {second} s"
        );
    }
    let first = house.ledger.episodes.lock().unwrap()[0].clone();
    assert_eq!(first.actor, "user:reader");
    assert_eq!(first.study, None);
}

#[tokio::test]
async fn nothing_is_shown_when_it_cannot_be_recorded() {
    let house = house(10).await;
    house.ledger.broken.store(true, Ordering::Relaxed);
    let refused = house
        .query
        .search(&permit(Operation::Query), &studies(None))
        .await;
    assert!(matches!(refused, Err(QueryError::Audit(_))));
    house.ledger.broken.store(false, Ordering::Relaxed);
    assert!(
        house
            .query
            .search(&permit(Operation::Query), &studies(None))
            .await
            .is_ok()
    );
}
