//! Deleting, listing and forgetting.

use std::collections::HashSet;

use database::{Committed, outbox::Kind};
use model::{
    Uid,
    search::{Level, Search},
};
use serde_json::json;

use crate::fixture::{House, Object, institution, peer, study, study_key};

crate::on_both!(
    a_deleted_study_leaves_nothing,
    what_is_left_after_forgetting_is_as_if_it_came_alone,
    objects_are_listed_page_by_page,
    known_tells_rows_from_strangers,
    instances_are_found_by_their_uid_alone,
    instances_come_in_order,
    the_middle_image_is_of_the_first_series_that_has_any,
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

async fn a_deleted_study_leaves_nothing(house: House) {
    let empty = house.dump().await;
    assert!(empty.is_empty());
    let foreign = Object::new(1, 1, 1).content(2).from(peer("MR9"));
    let objects = [
        Object::new(1, 1, 1),
        Object::new(1, 1, 2),
        Object::new(1, 2, 1),
        foreign,
    ];
    for object in &objects {
        commit(&house, object).await;
    }
    let mut expected: Vec<_> = objects.iter().map(Object::key).collect();
    expected.sort();
    let versions = house.database.versions(&study_key("1.1")).await.unwrap();
    assert_eq!(versions, expected);
    house.database.forget(&versions).await.unwrap();
    assert_eq!(house.dump().await, empty);
    let told = house.told().await;
    let deleted = told.iter().filter(|kind| **kind == Kind::Deleted);
    assert_eq!(deleted.count(), 4);
    house.database.forget(&versions).await.unwrap();
    assert_eq!(house.told().await, told, "nothing was left to take");
}

async fn what_is_left_after_forgetting_is_as_if_it_came_alone(house: House) {
    let named = |object: Object, name: &str| {
        object
            .patient("00100010", "PN", json!([{"Alphabetic": name}]))
            .at_study("00081030", "LO", json!([name]))
            .at_series("00080060", "CS", json!([name]))
    };
    let first = named(Object::new(1, 1, 1), "A");
    let newer = named(Object::new(1, 1, 1), "B").content(2);
    let foreign = named(Object::new(1, 1, 1), "C")
        .content(3)
        .from(peer("MR9"));
    let other = named(Object::new(1, 2, 1), "D");
    for object in [&first, &newer, &foreign, &other] {
        commit(&house, object).await;
    }
    house
        .database
        .forget(&[first.key(), newer.key()])
        .await
        .unwrap();
    let alone = house.another().await;
    for object in [&foreign, &other] {
        commit(&alone, object).await;
    }
    assert_eq!(house.dump().await, alone.dump().await);
    let found = house
        .database
        .search(&institution(), &every(Level::Study))
        .await
        .unwrap();
    assert_eq!(found.records[0].modalities, ["C", "D"]);
}

async fn objects_are_listed_page_by_page(house: House) {
    for number in 1..=5 {
        commit(&house, &Object::new(1, 1, number)).await;
        commit(&house, &Object::new(1, 1, number).content(2)).await;
    }
    let all = house.database.objects(None, 100).await.unwrap();
    assert_eq!(all.len(), 10);
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = house.database.objects(after.as_ref(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert_eq!(
        (all[0].length, all[0].dataset_offset, all[0].digest),
        (525_000, 400, [1; 32])
    );
}

async fn known_tells_rows_from_strangers(house: House) {
    let mut keys = Vec::new();
    for number in 1..=3 {
        let object = Object::new(1, 1, number);
        commit(&house, &object).await;
        keys.push(object.key());
    }
    let expected: HashSet<_> = keys.iter().cloned().collect();
    keys.extend((0..500).map(|n| Object::new(2, 1, n).key()));
    assert_eq!(house.database.known(&keys).await.unwrap(), expected);
    assert!(house.database.known(&[]).await.unwrap().is_empty());
}

async fn instances_are_found_by_their_uid_alone(house: House) {
    let object = Object::new(1, 1, 1);
    commit(&house, &object).await;
    let sops = [
        object.key().instance.sop,
        Object::new(9, 9, 9).key().instance.sop,
    ];
    let found = house
        .database
        .instances_by_sop(&institution(), &sops)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].object, object.key());
}

async fn instances_come_in_order(house: House) {
    for number in [10, 2, 1] {
        commit(&house, &Object::new(1, 1, number)).await;
    }
    let rows = house
        .database
        .instances(&institution(), &study("1.1"))
        .await
        .unwrap();
    let sops: Vec<&str> = rows
        .iter()
        .map(|row| row.object.instance.sop.as_str())
        .collect();
    assert_eq!(sops, ["1.1.1.1", "1.1.1.2", "1.1.1.10"]);
    let expected = Object::new(1, 1, 10).build();
    let row = &rows[2];
    assert_eq!(row.received, expected.received);
    assert_eq!(row.origin, expected.origin);
    assert_eq!(row.pixel_offset, expected.pixel_offset);
    let mut scope = study("1.1");
    scope.sop = Some(row.object.instance.sop.clone());
    assert_eq!(
        house
            .database
            .instances(&institution(), &scope)
            .await
            .unwrap()
            .len(),
        1
    );
    scope.series = Some(row.object.instance.series.clone());
    assert_eq!(
        house
            .database
            .instances(&institution(), &scope)
            .await
            .unwrap()
            .len(),
        1
    );
    scope.sop = None;
    assert_eq!(
        house
            .database
            .instances(&institution(), &scope)
            .await
            .unwrap()
            .len(),
        3
    );
}

async fn the_middle_image_is_of_the_first_series_that_has_any(house: House) {
    let series = |series: u32, number: u32| {
        let place = json!([10 - series]);
        Object::new(1, series, number).at_series("00200011", "IS", place)
    };
    // The report is of the first series by number, the images of the second and the third.
    let mut report = series(3, 1);
    report.frame_count = 0;
    commit(&house, &report).await;
    for number in [10, 2, 1, 11] {
        commit(&house, &series(2, number)).await;
    }
    commit(&house, &series(1, 5)).await;
    let middle = async |of: Option<&str>| {
        let (institution, study) = (institution(), Uid::new("1.1").unwrap());
        let series = of.map(|uid| Uid::new(uid).unwrap());
        let found = house
            .database
            .middle_image(&institution, &study, series.as_ref());
        let row = found.await.unwrap();
        row.map(|row| row.object.instance.sop.to_string())
    };
    assert_eq!(middle(None).await.as_deref(), Some("1.1.2.2"));
    assert_eq!(middle(Some("1.1.1")).await.as_deref(), Some("1.1.1.5"));
    assert_eq!(middle(Some("1.1.3")).await, None);
}
