//! Places of instances that are kept for moments.

use std::time::Duration;

use model::TransferSyntax;

use super::{World, small};
use crate::{Instance, located::Located};

const LONG: Duration = Duration::from_secs(600);

async fn instance(world: &World, sop: &str) -> Instance {
    let implicit = TransferSyntax::implicit_little();
    world.keep(&small(), &implicit, sop).await.unwrap()
}

#[tokio::test]
async fn a_place_is_kept_until_the_index_changes() {
    let world = World::new().await;
    let (one, other) = (instance(&world, "1.4").await, instance(&world, "1.5").await);
    let located = Located::new(LONG, 1 << 20);
    located.put(&one, 7);
    assert!(located.get(one.key(), 7).is_some());
    assert!(located.get(other.key(), 7).is_none());
    assert!(located.get(one.key(), 8).is_none());
    // What was read before the change does not come back after it.
    located.put(&other, 8);
    located.put(&one, 7);
    assert!(located.get(one.key(), 8).is_none());
    assert!(located.get(other.key(), 8).is_some());
}

#[tokio::test]
async fn a_place_is_of_its_own_series_and_study() {
    let world = World::new().await;
    let one = instance(&world, "1.4").await;
    let located = Located::new(LONG, 1 << 20);
    located.put(&one, 0);
    let mut key = one.key().clone();
    key.series = model::Uid::new("1.99").unwrap();
    assert!(located.get(&key, 0).is_none());
}

#[tokio::test]
async fn places_are_bounded_in_time_and_number() {
    let world = World::new().await;
    let one = instance(&world, "1.4").await;
    let brief = Located::new(Duration::from_millis(1), 1 << 20);
    brief.put(&one, 0);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(brief.get(one.key(), 0).is_none());
    for (time, capacity) in [(Duration::ZERO, 1 << 20), (LONG, 100)] {
        let none = Located::new(time, capacity);
        none.put(&one, 0);
        assert!(none.get(one.key(), 0).is_none());
    }
    let other = instance(&world, "1.5").await;
    let small = Located::new(LONG, 2000);
    small.put(&one, 0);
    small.put(&other, 0);
    assert!(small.get(one.key(), 0).is_none());
    assert!(small.get(other.key(), 0).is_some());
}
