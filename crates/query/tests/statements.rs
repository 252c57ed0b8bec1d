//! A page of a search asks the database as often for fifty matches as for one: no count for each row, no
//! query for each series.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use access::{Actor, decide};
use database::{Database, NewInstance};
use model::{
    Clock, InstanceKey, InstitutionId, ObjectKey, Operation, Origin, Purpose, Receiver,
    TransferSyntax, Uid,
    search::{Condition, Level, Matching, Search},
};
use query::{Query, Settings};
use serde_json::json;
use testkit::statements::{self, counted};
use time::OffsetDateTime;
use ulid::Ulid;

const STUDIES: u32 = 60;

#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    }
}

fn institution() -> InstitutionId {
    InstitutionId::new("local").unwrap()
}

/// An instance of study `study`, in one of its two series.
fn instance(study: u32, series: u32) -> NewInstance {
    let uid = |text: String| Uid::new(&text).unwrap();
    let value = |vr: &str, value: &str| json!({"vr": vr, "Value": [value]});
    let patient = format!("P{study}");
    let named = json!({
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": format!("Zhang^{study}")}]},
        "00100020": value("LO", &patient),
    });
    let request = json!({"00400009": value("SH", "STEP")});
    NewInstance {
        object: ObjectKey {
            instance: InstanceKey {
                institution: institution(),
                study: uid(format!("1.{study}")),
                series: uid(format!("1.{study}.{series}")),
                sop: uid(format!("1.{study}.{series}.1")),
            },
            ulid: Ulid::from_parts(study.into(), series.into()),
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
            source: "test".into(),
            called: None,
        },
        issuer: "local".into(),
        patient_id: patient,
        patient: named.to_string(),
        study: json!({"00080020": value("DA", "20260101")}).to_string(),
        series: json!({
            "00080060": value("CS", "CT"),
            "00400275": {"vr": "SQ", "Value": [request]},
        })
        .to_string(),
        instance: "{}".into(),
        header: Vec::new(),
    }
}

fn wildcard(path: &[u32], text: &str) -> Condition {
    Condition {
        path: path.to_vec(),
        matching: Matching::Wildcard(text.into()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_fifty_asks_no_more_than_a_page_of_one() {
    statements::count().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Standing);
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let database = Database::open(&database::Settings::new(url), clock.clone())
        .await
        .unwrap();
    for study in 1..=STUDIES {
        for series in 1..=2 {
            database.commit(instance(study, series)).await.unwrap();
        }
    }
    let audit = Arc::new(database.clone());
    let query = Query::new(database, audit, clock, Settings::default());
    let actor = Actor::Operator {
        institution: institution(),
    };
    let permit = decide(&actor, Purpose::Treatment, Operation::Query).unwrap();
    // The episode is recorded once.
    query
        .search(&permit, &Search::at(Level::Study))
        .await
        .unwrap();
    for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
        for (conditions, most) in [
            // One asks whether anything of other institutions is to be seen.
            (vec![], 2),
            // What the keys lead to is counted first (docs/query.md).
            (vec![wildcard(&[0x0010_0010], "zhang*")], 3),
            (vec![wildcard(&[0x0040_0275, 0x0040_0009], "ST*")], 3),
        ] {
            let mut asked = Vec::new();
            for limit in [1, 50] {
                let search = Search {
                    limit: Some(limit),
                    conditions: conditions.clone(),
                    ..Search::at(level)
                };
                let (statements, answer) = counted(query.search(&permit, &search)).await;
                let answer = answer.unwrap();
                assert_eq!(answer.records.len(), limit as usize, "{search:?}");
                assert!(answer.next.is_some(), "{search:?}");
                // What would be counted for each row is there.
                if level == Level::Study {
                    let last = &answer.records[limit as usize - 1];
                    assert_eq!(last["00201206"]["Value"][0], 2, "{last:?}");
                    assert_eq!(last["00201208"]["Value"][0], 2, "{last:?}");
                }
                asked.push(statements);
            }
            assert_eq!(asked[0], asked[1], "{level:?} {conditions:?}");
            assert!((2..=most).contains(&asked[0]), "{level:?}: {asked:?}");
        }
    }
}
