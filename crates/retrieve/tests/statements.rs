//! The metadata of a series of a thousand instances is one read, not a thousand: statements are counted as
//! the database's library reports them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use access::{Actor, decide};
use database::{Database, NewInstance, Scope};
use futures::TryStreamExt;
use model::{
    Clock, InstanceKey, InstitutionId, ObjectKey, Operation, Origin, Purpose, Receiver,
    TransferSyntax, Uid,
};
use retrieve::{Coding, Envelope, Retrieve};
use serde_json::json;
use testkit::statements::{self, counted};
use time::OffsetDateTime;
use ulid::Ulid;

const INSTANCES: u32 = 1000;

#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    }
}

fn uid(text: &str) -> Uid {
    Uid::new(text).unwrap()
}

fn instance(number: u32) -> NewInstance {
    let sop = format!("1.2.3.{number}");
    let header = json!({
        "00080018": {"vr": "UI", "Value": [sop]},
        "00200013": {"vr": "IS", "Value": [number]},
        "7FE00010": {"vr": "OW", "BulkDataURI": "bulkdata/7FE00010"},
    });
    let own = json!({"00200013": {"vr": "IS", "Value": [number]}});
    NewInstance {
        object: ObjectKey {
            instance: InstanceKey {
                institution: InstitutionId::new("local").unwrap(),
                study: uid("1.2"),
                series: uid("1.2.3"),
                sop: uid(&sop),
            },
            ulid: Ulid::from_parts(number.into(), 1),
        },
        length: 1000,
        dataset_offset: 400,
        digest: [7; 32],
        transfer_syntax: TransferSyntax::explicit_little(),
        sop_class: uid("1.2.840.10008.5.1.4.1.1.2"),
        pixel_offset: None,
        frames: None,
        frame_count: 0,
        received: OffsetDateTime::UNIX_EPOCH,
        origin: Origin {
            receiver: Receiver::Import,
            source: "test".into(),
            called: None,
        },
        issuer: "local".into(),
        patient_id: "S1".into(),
        patient: "{}".into(),
        study: "{}".into(),
        series: "{}".into(),
        instance: own.to_string(),
        header: zstd::encode_all(header.to_string().as_bytes(), 1).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metadata_of_a_thousand_instances_is_one_read() {
    statements::count().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Standing);
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let database = Database::open(&database::Settings::new(url), clock.clone())
        .await
        .unwrap();
    let writes = (1..=INSTANCES).map(|number| database.commit(instance(number)));
    futures::future::try_join_all(writes).await.unwrap();
    let pictures = retrieve::PictureSettings::default();
    let retrieve = Retrieve::new(
        archive::Archive::memory(),
        database.clone(),
        Arc::new(database.clone()),
        clock,
        retrieve::Pictures::open(&pictures).await.unwrap(),
        retrieve::Settings::default(),
    );
    let actor = Actor::Operator {
        institution: InstitutionId::new("local").unwrap(),
    };
    let permit = decide(&actor, Purpose::Treatment, Operation::Retrieve).unwrap();
    let scope = Scope {
        study: uid("1.2"),
        series: Some(uid("1.2.3")),
        sop: None,
    };
    let answer = |service: &str| {
        let (retrieve, permit, scope) = (retrieve.clone(), permit.clone(), scope.clone());
        let envelope = Envelope {
            before: String::new(),
            after: String::new(),
            service: service.into(),
            coding: Coding::Identity,
        };
        async move {
            let metadata = retrieve
                .whole_metadata(&permit, &scope)
                .await
                .unwrap()
                .unwrap();
            retrieve
                .metadata_answer(&metadata, &envelope)
                .await
                .unwrap()
                .unwrap()
        }
    };
    let paged = async || -> usize {
        let headers = retrieve.metadata(&permit, &scope).await.unwrap();
        headers.try_collect::<Vec<_>>().await.unwrap().len()
    };
    // The episode is recorded once.
    let before = answer("http://first").await;
    let (statements, count) = counted(paged()).await;
    assert_eq!(count, INSTANCES as usize);
    assert!(
        statements >= 5,
        "the library reports what it runs: {statements}"
    );

    let (study, series) = (uid("1.2"), uid("1.2.3"));
    retrieve
        .keep_manifest(&permit, &study, &series)
        .await
        .unwrap();
    let (statements, kept) = counted(answer("http://second")).await;
    assert_eq!(statements, 2, "which version, and its piece");
    let (statements, again) = counted(answer("http://second")).await;
    assert_eq!(statements, 1, "which version");
    assert_eq!(again, kept);
    let moved = String::from_utf8(kept.to_vec())
        .unwrap()
        .replace("http://second", "http://first");
    assert_eq!(moved.as_bytes(), before);
}
