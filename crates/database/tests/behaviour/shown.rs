//! The version of a series follows from what is shown, and from nothing else.

use std::collections::HashMap;

use database::{Scope, SeriesSet};
use model::{SeriesKey, Uid};
use ulid::Ulid;

use crate::fixture::{House, Object, institution, peer, study, study_key};

crate::on_both!(
    a_series_has_another_version_with_each_change_of_what_it_shows,
    sets_are_those_of_the_instances_that_are_shown,
    a_piece_goes_with_its_series,
    headers_are_read_of_the_versions_asked_for_and_no_further_than_allowed,
);

async fn commit(house: &House, object: &Object) {
    house.database.commit(object.build()).await.unwrap();
}

async fn sets(house: &House, scope: &Scope) -> Vec<SeriesSet> {
    house.database.shown(&institution(), scope).await.unwrap()
}

async fn version(house: &House) -> [u8; 32] {
    sets(house, &study("1.1")).await[0].version()
}

fn series() -> SeriesKey {
    SeriesKey {
        study: study_key("1.1"),
        series: Uid::new("1.1.1").unwrap(),
    }
}

async fn a_series_has_another_version_with_each_change_of_what_it_shows(house: House) {
    let (first, second) = (Object::new(1, 1, 1), Object::new(1, 1, 2));
    let mut seen: HashMap<[u8; 32], &str> = HashMap::new();
    let mut is_new = |version, what| {
        let before = seen.insert(version, what);
        assert_eq!(before, None, "{what}");
    };
    commit(&house, &first).await;
    is_new(version(&house).await, "one instance");
    commit(&house, &second).await;
    let two = version(&house).await;
    is_new(two, "two");
    commit(&house, &second.clone().again()).await;
    commit(&house, &first.clone().content(9).from(peer("MR9")).again()).await;
    assert_eq!(
        version(&house).await,
        two,
        "what is not shown changes nothing"
    );
    let replaced = second.clone().content(2).again();
    commit(&house, &replaced).await;
    is_new(version(&house).await, "one replaced");
    let healed = replaced.clone().again();
    let (old, new) = (replaced.key(), healed.build());
    let moved = house.database.move_version(&old, &new).await;
    assert!(moved.unwrap().is_some());
    is_new(version(&house).await, "its bytes elsewhere");
    house.database.forget(&[healed.key()]).await.unwrap();
    assert_eq!(
        version(&house).await,
        two,
        "the same set as before, the same version"
    );
    house.database.forget(&[first.key()]).await.unwrap();
    // The version that was kept aside is the earliest now.
    is_new(version(&house).await, "another shown in its place");
}

async fn sets_are_those_of_the_instances_that_are_shown(house: House) {
    let objects = [
        Object::new(1, 2, 1),
        Object::new(1, 1, 2),
        Object::new(1, 1, 1),
        Object::new(2, 1, 1),
    ];
    for object in &objects {
        commit(&house, object).await;
    }
    commit(
        &house,
        &objects[0].clone().content(3).from(peer("MR9")).again(),
    )
    .await;
    let of = |objects: &[&Object]| -> Vec<Ulid> {
        let mut ulids: Vec<Ulid> = objects.iter().map(|object| object.ulid).collect();
        ulids.sort();
        ulids
    };
    let expected = [
        ("1.1.1", of(&[&objects[1], &objects[2]])),
        ("1.1.2", of(&[&objects[0]])),
    ];
    let found = sets(&house, &study("1.1")).await;
    let found: Vec<_> = found
        .iter()
        .map(|set| (set.series.as_str(), set.ulids.clone()))
        .collect();
    assert_eq!(found, expected);
    let one = Scope {
        series: Some(Uid::new("1.1.2").unwrap()),
        ..study("1.1")
    };
    assert_eq!(sets(&house, &one).await[0].ulids, expected[1].1);
    assert!(sets(&house, &study("1.9")).await.is_empty());
}

async fn a_piece_goes_with_its_series(house: House) {
    let database = &house.database;
    let series = series();
    let keep = |body: &'static [u8]| database.keep_manifest(&series, &[7; 32], body.to_vec());
    keep(b"none").await.unwrap();
    assert_eq!(
        database.manifest_version(&series).await.unwrap(),
        None,
        "no series"
    );
    let object = Object::new(1, 1, 1);
    commit(&house, &object).await;
    keep(b"one").await.unwrap();
    keep(b"two").await.unwrap();
    assert_eq!(
        database.manifest_version(&series).await.unwrap(),
        Some([7; 32])
    );
    let kept = database
        .manifests(&institution(), &study("1.1"))
        .await
        .unwrap();
    assert_eq!(kept[&series.series], b"two");
    database.forget(&[object.key()]).await.unwrap();
    assert_eq!(database.manifest_version(&series).await.unwrap(), None);
    commit(&house, &object.again()).await;
    keep(b"three").await.unwrap();
    database.forget_manifest(&series).await.unwrap();
    assert_eq!(database.manifest_version(&series).await.unwrap(), None);
}

async fn headers_are_read_of_the_versions_asked_for_and_no_further_than_allowed(house: House) {
    let objects: Vec<Object> = (1..=3).map(|number| Object::new(1, 1, number)).collect();
    for object in &objects {
        commit(&house, object).await;
    }
    let asked = [objects[0].ulid, objects[2].ulid, Ulid::nil()];
    let series = series();
    let headers = |most| house.database.headers_of(&series, &asked, most);
    let mut rows = headers(1 << 20).await.unwrap().unwrap();
    rows.sort_by_key(|row| row.number);
    let found: Vec<_> = rows.iter().map(|row| (row.ulid, row.number)).collect();
    assert_eq!(
        found,
        [(objects[0].ulid, Some(1)), (objects[2].ulid, Some(3))]
    );
    assert_eq!(rows[0].header, objects[0].build().header);
    let bytes: u64 = rows.iter().map(|row| row.header.len() as u64).sum();
    assert!(headers(bytes).await.unwrap().is_some());
    assert!(headers(bytes - 1).await.unwrap().is_none());
}
