//! Committing: what is made once, what stays, what is shown.

use database::{Committed, DatabaseError, outbox::Kind};
use model::search::{Level, Search};
use serde_json::json;

use crate::fixture::{House, Object, institution, peer, study};

crate::on_both!(
    sixteen_first_objects_of_a_study_make_one_patient_and_one_study,
    a_resend_of_the_same_data_set_is_identical,
    the_same_sources_newest_is_shown_and_the_earlier_kept,
    another_sources_version_is_kept_aside,
    versions_in_any_order_give_an_equal_index,
    a_row_that_fails_fails_alone,
    parents_come_from_the_earliest_version,
    attributes_that_are_no_json_are_refused,
    text_with_nul_is_kept_without_it,
    what_is_committed_survives_closing,
);

fn every(level: Level) -> Search {
    Search::at(level)
}

async fn commit(house: &House, object: &Object) -> Committed {
    house
        .database
        .commit(object.build())
        .await
        .expect("it is written")
}

/// The key of the shown version of the only instance.
async fn shown(house: &House, uid: &str) -> String {
    let rows = house
        .database
        .instances(&institution(), &study(uid))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    rows[0].object.to_string()
}

async fn sixteen_first_objects_of_a_study_make_one_patient_and_one_study(house: House) {
    // Two handles with a writer each, as two processes would have.
    let settings = database::Settings::new(&house.url);
    let other = database::Database::open(&settings, house.clock.clone())
        .await
        .unwrap();
    let commits = (1..=16).map(|n| {
        let handle = if n % 2 == 0 {
            house.database.clone()
        } else {
            other.clone()
        };
        let object = Object::new(1, n % 4, n);
        tokio::spawn(async move { handle.commit(object.build()).await })
    });
    for done in futures::future::join_all(commits).await {
        assert_eq!(done.unwrap().unwrap(), Committed::Stored);
    }
    let patients = house
        .database
        .search(&institution(), &every(Level::Patient))
        .await
        .unwrap();
    let studies = house
        .database
        .search(&institution(), &every(Level::Study))
        .await
        .unwrap();
    assert_eq!((patients.records.len(), studies.records.len()), (1, 1));
    assert_eq!(studies.records[0].study_instances, 16);
    assert_eq!(studies.records[0].study_series, 4);
    assert_eq!(patients.records[0].patient_instances, 16);
    other.close().await;
}

async fn a_resend_of_the_same_data_set_is_identical(house: House) {
    let object = Object::new(1, 1, 1);
    assert_eq!(commit(&house, &object).await, Committed::Stored);
    let before = house.dump().await;
    assert_eq!(
        commit(&house, &object.clone().again()).await,
        Committed::Identical
    );
    let elsewhere = object.clone().again().from(peer("MR9"));
    assert_eq!(commit(&house, &elsewhere).await, Committed::Identical);
    assert_eq!(
        commit(&house, &object).await,
        Committed::Stored,
        "the same key twice"
    );
    assert_eq!(house.dump().await, before);
    assert_eq!(house.told().await, [Kind::Stored]);
}

async fn the_same_sources_newest_is_shown_and_the_earlier_kept(house: House) {
    let (first, second) = (Object::new(1, 1, 1), Object::new(1, 1, 1).content(2));
    commit(&house, &first).await;
    assert_eq!(commit(&house, &second).await, Committed::Replaced);
    assert_eq!(shown(&house, "1.1").await, second.key().to_string());
    let objects = house.database.objects(None, 10).await.unwrap();
    assert_eq!(objects.len(), 2, "the earlier is kept");
    assert_eq!(house.told().await, [Kind::Stored, Kind::Stored]);
}

async fn another_sources_version_is_kept_aside(house: House) {
    let first = Object::new(1, 1, 1);
    let foreign = Object::new(1, 1, 1).content(2).from(peer("MR9"));
    commit(&house, &first).await;
    assert_eq!(commit(&house, &foreign).await, Committed::KeptAside);
    assert_eq!(shown(&house, "1.1").await, first.key().to_string());
    let mut compressed = Object::new(1, 1, 1).content(3).from(peer("MR9"));
    compressed.transfer_syntax = "1.2.840.10008.1.2.4.70".into();
    assert_eq!(commit(&house, &compressed).await, Committed::KeptAside);
    let studies = house
        .database
        .search(&institution(), &every(Level::Study))
        .await
        .unwrap();
    assert_eq!(studies.records[0].study_instances, 1);
    assert_eq!(
        studies.records[0].transfer_syntaxes,
        ["1.2.840.10008.1.2.1"]
    );
}

/// A small generator: tests need no better chance.
fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for at in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        items.swap(at, (state >> 33) as usize % (at + 1));
    }
    items
}

async fn versions_in_any_order_give_an_equal_index(house: House) {
    let mut versions = Vec::new();
    for number in 1..=3 {
        for (content, source) in [(1, "CT1"), (2, "MR9"), (3, "CT1"), (1, "MR9"), (2, "CT1")] {
            let named = format!("NAME^{}", versions.len());
            versions.push(
                Object::new(1, number, number)
                    .content(content)
                    .from(peer(source))
                    .patient("00100010", "PN", json!([{"Alphabetic": named}]))
                    // One study UID with two patients: seen, and must not depend on the order.
                    .patient("00100020", "LO", json!([format!("P{}", number % 2)])),
            );
        }
    }
    for version in &versions {
        commit(&house, version).await;
    }
    let expected = house.dump().await;
    assert!(expected.len() > 12, "{expected:#?}");
    for seed in 1..=4 {
        let other = house.another().await;
        for version in shuffled(&versions, seed) {
            commit(&other, &version).await;
        }
        assert_eq!(other.dump().await, expected, "order {seed}, one by one");
        other.database.close().await;
    }
    let other = house.another().await;
    let all = shuffled(&versions, 7).into_iter().map(|version| {
        let database = other.database.clone();
        async move { database.commit(version.build()).await }
    });
    for done in futures::future::join_all(all).await {
        done.unwrap();
    }
    assert_eq!(other.dump().await, expected, "at once");
}

async fn a_row_that_fails_fails_alone(house: House) {
    house.refuse("1.1.1.5").await;
    let commits = (1..=9).map(|n| {
        let database = house.database.clone();
        async move { database.commit(Object::new(1, 1, n).build()).await }
    });
    let done = futures::future::join_all(commits).await;
    for (at, done) in done.into_iter().enumerate() {
        match done {
            Err(DatabaseError::Statement(_)) => assert_eq!(at, 4),
            other => assert_eq!(other.unwrap(), Committed::Stored),
        }
    }
    let alone = house.database.commit(Object::new(2, 1, 5).build()).await;
    assert_eq!(alone.unwrap(), Committed::Stored);
    let rows = house
        .database
        .instances(&institution(), &study("1.1"))
        .await
        .unwrap();
    assert_eq!(rows.len(), 8);
}

async fn parents_come_from_the_earliest_version(house: House) {
    let early = Object::new(1, 1, 1).at_study("00081030", "LO", json!(["early"]));
    let late = Object::new(1, 1, 2).at_study("00081030", "LO", json!(["late"]));
    commit(&house, &late).await;
    commit(&house, &early).await;
    let found = house
        .database
        .search(&institution(), &every(Level::Study))
        .await
        .unwrap();
    assert_eq!(found.records[0].attributes["00081030"]["Value"][0], "early");
}

async fn attributes_that_are_no_json_are_refused(house: House) {
    let mut broken = Object::new(1, 1, 1).build();
    broken.series = "[1]".into();
    let refused = house.database.commit(broken).await;
    assert!(matches!(
        refused,
        Err(DatabaseError::Attributes {
            level: "series",
            ..
        })
    ));
}

async fn text_with_nul_is_kept_without_it(house: House) {
    let object = Object::new(1, 1, 1)
        .at_study("00081030", "LO", json!(["head\0neck"]))
        .patient("00100020", "LO", json!(["P\u{0}1"]));
    assert_eq!(commit(&house, &object).await, Committed::Stored);
    let found = house
        .database
        .search(&institution(), &every(Level::Study))
        .await
        .unwrap();
    assert_eq!(
        found.records[0].attributes["00081030"]["Value"][0],
        "headneck"
    );
}

async fn what_is_committed_survives_closing(house: House) {
    commit(&house, &Object::new(1, 1, 1)).await;
    let before = house.dump().await;
    house.database.close().await;
    assert!(matches!(
        house.database.commit(Object::new(1, 1, 2).build()).await,
        Err(DatabaseError::Closed)
    ));
    assert!(house.database.ready().await.is_err());
    let settings = database::Settings::new(&house.url);
    let again = database::Database::open(&settings, house.clock.clone())
        .await
        .unwrap();
    let after: Vec<String> = futures::TryStreamExt::try_collect(again.dump())
        .await
        .unwrap();
    assert_eq!(after, before);
    again.close().await;
}
