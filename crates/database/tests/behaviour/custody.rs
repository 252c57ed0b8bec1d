//! What keeps archive and index together: whose index it is, locks, damage and its mending.

use std::sync::Arc;

use database::{Committed, Database, DatabaseError, IndexOf, IndexState, Settings};
use model::Clock;
use serde_json::json;
use ulid::Ulid;

use crate::fixture::{House, Object, institution, peer, study};

crate::on_both!(
    an_index_is_of_one_archive_and_the_first_claim_wins,
    one_verb_at_a_time_and_the_next_is_told_whose_turn_it_is,
    many_receive_at_once_but_nobody_while_they_are_locked_out,
    a_mark_of_damage_goes_with_its_row,
    a_moved_version_is_as_if_the_new_object_came_alone,
    forgetting_in_a_study_of_two_patients_keeps_who_is_left,
);

/// A handle of its own, as another process would have.
async fn another_handle(house: &House) -> Database {
    let clock = Arc::clone(&house.clock) as Arc<dyn Clock>;
    Database::open(&Settings::new(&house.url), clock)
        .await
        .unwrap()
}

async fn commit(house: &House, object: &Object) -> Committed {
    house.database.commit(object.build()).await.unwrap()
}

async fn an_index_is_of_one_archive_and_the_first_claim_wins(house: House) {
    assert_eq!(house.database.index_of().await.unwrap(), None);
    let (mine, other) = (Ulid::from_parts(1, 1), Ulid::from_parts(2, 2));
    let state = IndexState::Rebuilding;
    let first = IndexOf {
        archive: mine,
        state,
    };
    assert_eq!(house.database.claim(mine, state).await.unwrap(), first);
    let second = house.database.claim(other, IndexState::Complete).await;
    assert_eq!(second.unwrap(), first);
    let complete = IndexState::Complete;
    house.database.set_index_state(complete).await.unwrap();
    let now = another_handle(&house).await.index_of().await.unwrap();
    assert_eq!(
        now,
        Some(IndexOf {
            archive: mine,
            state: complete
        })
    );
}

async fn one_verb_at_a_time_and_the_next_is_told_whose_turn_it_is(house: House) {
    let other = another_handle(&house).await;
    let mut sweep = house.database.lock_upkeep("sweep").await.unwrap();
    sweep.held().await.unwrap();
    let refused = other.lock_upkeep("reindex").await.unwrap_err();
    let DatabaseError::Locked { holder } = &refused else {
        panic!("{refused:?}")
    };
    let named = format!("sweep, process {}", std::process::id());
    assert!(holder.contains(&named), "{holder}");
    sweep.release().await;
    other.lock_upkeep("reindex").await.unwrap().release().await;
    // As when the holder is killed.
    drop(house.database.lock_upkeep("delete").await.unwrap());
    other.lock_upkeep("sweep").await.unwrap().release().await;
}

async fn many_receive_at_once_but_nobody_while_they_are_locked_out(house: House) {
    let other = another_handle(&house).await;
    let one = house.database.lock_receiving("serve").await.unwrap();
    let two = other.lock_receiving("import").await.unwrap();
    assert!(
        other
            .lock_out_receivers("sweep")
            .await
            .unwrap_err()
            .is_locked()
    );
    let upkeep = other.lock_upkeep("sweep").await.unwrap();
    one.release().await;
    two.release().await;
    let alone = other.lock_out_receivers("sweep").await.unwrap();
    let refused = house.database.lock_receiving("serve").await.unwrap_err();
    assert!(refused.to_string().contains("sweep"), "{refused}");
    alone.release().await;
    upkeep.release().await;
}

async fn a_mark_of_damage_goes_with_its_row(house: House) {
    let object = Object::new(1, 1, 1);
    let key = object.key();
    house.database.mark_damaged(&key).await.unwrap();
    assert!(house.database.damaged().await.unwrap().is_empty(), "no row");
    commit(&house, &object).await;
    let row = object.build();
    let found = || async {
        let database = &house.database;
        let found = database.version_with(&key.instance, &row.digest, &row.transfer_syntax);
        found.await.unwrap().map(|(row, marked)| (row.key, marked))
    };
    assert_eq!(found().await, Some((key.clone(), false)));
    house.database.mark_damaged(&key).await.unwrap();
    house.database.mark_damaged(&key).await.unwrap();
    assert_eq!(found().await, Some((key.clone(), true)));
    house.database.unmark_damaged(&key).await.unwrap();
    assert_eq!(found().await, Some((key.clone(), false)));
    house.database.mark_damaged(&key).await.unwrap();
    assert_eq!(house.database.damaged().await.unwrap().len(), 1);
    house
        .database
        .forget(std::slice::from_ref(&key))
        .await
        .unwrap();
    assert!(house.database.damaged().await.unwrap().is_empty());
    assert_eq!(found().await, None);
}

async fn a_moved_version_is_as_if_the_new_object_came_alone(house: House) {
    let first = Object::new(1, 1, 1).at_study("00081030", "LO", json!(["first"]));
    let second = Object::new(1, 1, 2).at_study("00081030", "LO", json!(["second"]));
    let newer = Object::new(1, 1, 1).content(2);
    for object in [&first, &second, &newer] {
        commit(&house, object).await;
    }
    let resent = first.clone().again().from(peer("CT1"));
    let mut row = resent.build();
    row.length += 2;
    row.dataset_offset += 2;
    // Also where the configured issuer is another by now.
    row.issuer = "OTHER".into();
    house.database.mark_damaged(&first.key()).await.unwrap();
    let moved = house.database.move_version(&first.key(), &row).await;
    assert_eq!(moved.unwrap(), Some(Committed::Replaced));
    let gone = house.database.move_version(&first.key(), &row).await;
    assert_eq!(gone.unwrap(), None);

    let alone = house.another().await;
    for object in [&second, &newer] {
        commit(&alone, object).await;
    }
    alone.database.commit(row).await.unwrap();
    assert_eq!(house.dump().await, alone.dump().await);
    let shown = house
        .database
        .instances(&institution(), &study("1.1"))
        .await
        .unwrap();
    let keys: Vec<_> = shown.into_iter().map(|row| row.object).collect();
    assert_eq!(keys, [resent.key(), second.key()]);
}

async fn forgetting_in_a_study_of_two_patients_keeps_who_is_left(house: House) {
    let of = |object: Object, id: &str, name: &str| {
        object.patient("00100020", "LO", json!([id])).patient(
            "00100010",
            "PN",
            json!([{"Alphabetic": name}]),
        )
    };
    let owner = of(Object::new(1, 1, 1), "P1", "OWNER");
    let gone = of(Object::new(1, 1, 2), "P2", "GONE");
    let left = of(Object::new(1, 1, 3), "P2", "LEFT");
    for object in [&owner, &gone, &left] {
        commit(&house, object).await;
    }
    house.database.forget(&[gone.key()]).await.unwrap();
    let alone = house.another().await;
    for object in [&owner, &left] {
        commit(&alone, object).await;
    }
    assert_eq!(house.dump().await, alone.dump().await);
    house.database.forget(&[owner.key()]).await.unwrap();
    let last = house.another().await;
    commit(&last, &left).await;
    assert_eq!(house.dump().await, last.dump().await);
}
