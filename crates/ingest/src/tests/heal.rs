//! A resend of the same bytes mends what was lost, and changes nothing otherwise.

use std::path::PathBuf;

use database::ObjectRow;

use super::*;

async fn row(house: &House) -> ObjectRow {
    let mut rows = house.database.objects(None, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn file(house: &House, row: &ObjectRow) -> PathBuf {
    let objects = house._folder.path().join("objects");
    objects.join(row.key.to_string())
}

/// Stores, harms the file, sends again: the index must name whole bytes again, and a reindex agree.
async fn mends(harm: impl Fn(&std::path::Path), marked_by_verify: bool) {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 8);
    store(&house, "CT1", &bytes).await.unwrap();
    let old = row(&house).await;
    harm(&file(&house, &old));
    if marked_by_verify {
        let verified = upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
        assert_eq!(verified.damaged.len(), 1);
    }
    let again = store(&house, "CT1", &bytes).await.unwrap();
    assert_eq!(again.outcome, Committed::Stored);
    let new = row(&house).await;
    assert_ne!(new.key, old.key);
    let range = u64::from(new.dataset_offset)..new.length;
    let kept = house.archive.get(&new.key.to_string(), range).await;
    assert_eq!(kept.unwrap(), bytes);
    assert_eq!(
        objects(&house.archive).await,
        1,
        "nothing is left of the old"
    );
    let verified = upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
    assert!(verified.is_clean(), "{verified:?}");
    let fresh = lost_index(&house).await;
    reindex(&fresh).await;
    assert_eq!(dump(fresh.database()).await, dump(&house.database).await);
}

#[tokio::test]
async fn a_resend_mends_a_missing_object() {
    mends(|file| std::fs::remove_file(file).unwrap(), false).await;
}

#[tokio::test]
async fn a_resend_mends_an_object_that_was_cut() {
    let cut = |file: &std::path::Path| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() - 7]).unwrap();
    };
    mends(cut, false).await;
}

fn flip(file: &std::path::Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(file, &bytes).unwrap();
}

#[tokio::test]
async fn a_resend_mends_a_changed_byte_that_verify_found() {
    mends(flip, true).await;
}

#[tokio::test]
async fn what_is_mended_by_hand_loses_its_mark() {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 8);
    store(&house, "CT1", &bytes).await.unwrap();
    let old = row(&house).await;
    for _ in 0..2 {
        flip(&file(&house, &old));
        upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
    }
    let again = store(&house, "CT1", &bytes).await.unwrap();
    assert_eq!(again.outcome, Committed::Identical);
    assert_eq!(row(&house).await.key, old.key);
}

#[tokio::test]
async fn resends_at_once_mend_it_once() {
    let house = house().await;
    let bytes = ct("1.9.1", "1.4", 8);
    store(&house, "CT1", &bytes).await.unwrap();
    std::fs::remove_file(file(&house, &row(&house).await)).unwrap();
    let resends = (0..8).map(|_| store(&house, "CT1", &bytes));
    let outcomes = futures::future::join_all(resends).await;
    let stored = outcomes
        .into_iter()
        .filter(|done| done.as_ref().unwrap().outcome == Committed::Stored)
        .count();
    assert_eq!(stored, 1);
    assert_eq!(objects(&house.archive).await, 1);
    let verified = upkeep::verify(&house.pair, &mut |_| {}).await.unwrap();
    assert!(verified.is_clean(), "{verified:?}");
}
