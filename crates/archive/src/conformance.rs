//! What every backend must do alike.
//!
//! Each check panics with what it found; keys begin with `conformance/`, so that a run against a
//! real service touches nothing else.

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use time::OffsetDateTime;

use crate::Archive;

/// Runs every check on `archive`, under keys that begin with `conformance/<run>`. `now`: the time
/// of the store, for the ages of what it holds.
pub async fn conformance(archive: &Archive, run: &str, now: OffsetDateTime) {
    what_is_written_is_read_back(archive, run).await;
    a_long_object_is_whole(archive, run).await;
    ranges_are_exact(archive, run).await;
    what_is_absent_is_said_so(archive, run).await;
    an_aborted_object_leaves_nothing(archive, run).await;
    a_dropped_object_leaves_nothing(archive, run).await;
    listings_are_complete(archive, run).await;
    keys_are_checked(archive).await;
    leftovers_are_cleared(archive, now).await;
    let left: Vec<_> = listed(archive, &format!("conformance/{run}")).await;
    for key in left {
        archive.delete(&key).await.expect("delete");
    }
}

fn pattern(length: usize, seed: u8) -> Bytes {
    (0..length)
        .map(|index| (index as u8).wrapping_mul(31) ^ (index >> 9) as u8 ^ seed)
        .collect()
}

async fn listed(archive: &Archive, prefix: &str) -> Vec<String> {
    let mut keys: Vec<_> = archive
        .list(Some(prefix))
        .map_ok(|entry| entry.key)
        .try_collect()
        .await
        .expect("list");
    keys.sort();
    keys
}

async fn what_is_written_is_read_back(archive: &Archive, run: &str) {
    for (index, length) in [0, 1, 2, 4096, 300_000, 525_000].into_iter().enumerate() {
        let key = format!("conformance/{run}/read-back/{index}");
        let bytes = pattern(length, 1);
        let mut writer = archive.writer(&key).await.expect("writer");
        for chunk in bytes.chunks(65_537) {
            writer
                .write(Bytes::copy_from_slice(chunk))
                .await
                .expect("write");
        }
        assert_eq!(writer.finish().await.expect("finish"), length as u64);
        assert_eq!(archive.size(&key).await.expect("size"), length as u64);
        let read = archive.get(&key, 0..length as u64).await.expect("get");
        assert_eq!(read, bytes, "{length} bytes");
    }
}

async fn a_long_object_is_whole(archive: &Archive, run: &str) {
    let key = format!("conformance/{run}/long/object");
    let chunk = pattern(3 << 20, 7);
    let mut writer = archive.writer(&key).await.expect("writer");
    for _ in 0..9 {
        writer.write(chunk.clone()).await.expect("write");
    }
    let length = writer.finish().await.expect("finish");
    assert_eq!(length, 27 << 20);
    let mut pieces = archive.stream(&key, 5..length).await.expect("stream");
    let (mut at, mut largest) = (5_usize, 0);
    while let Some(piece) = pieces.try_next().await.expect("piece") {
        largest = largest.max(piece.len());
        for byte in piece {
            assert_eq!(byte, chunk[at % chunk.len()], "byte {at}");
            at += 1;
        }
    }
    assert_eq!(at as u64, length);
    assert!(largest <= 8 << 20, "a piece of {largest} bytes");
}

async fn ranges_are_exact(archive: &Archive, run: &str) {
    let key = format!("conformance/{run}/ranges/object");
    let bytes = pattern(10_000, 3);
    archive.put(&key, bytes.clone()).await.expect("put");
    for range in [0..1, 9_999..10_000, 17..4_711, 5..5, 10_000..10_000] {
        let read = archive.get(&key, range.clone()).await.expect("get");
        assert_eq!(
            read,
            bytes[range.start as usize..range.end as usize],
            "{range:?}"
        );
    }
    for range in [9_999..10_001, 10_000..10_001, 20_000..20_001] {
        let error = archive
            .get(&key, range.clone())
            .await
            .expect_err("past the end");
        assert!(
            matches!(error, crate::ArchiveError::Short { .. }),
            "{range:?}: {error:?}"
        );
        let error = archive
            .stream(&key, range.clone())
            .await
            .err()
            .expect("past the end");
        assert!(
            matches!(error, crate::ArchiveError::Short { .. }),
            "{range:?}: {error:?}"
        );
    }
}

async fn what_is_absent_is_said_so(archive: &Archive, run: &str) {
    let key = format!("conformance/{run}/absent/object");
    assert!(
        archive
            .get(&key, 0..1)
            .await
            .expect_err("absent")
            .is_not_found()
    );
    assert!(archive.size(&key).await.expect_err("absent").is_not_found());
    assert!(
        archive
            .stream(&key, 0..1)
            .await
            .err()
            .expect("absent")
            .is_not_found()
    );
    archive.delete(&key).await.expect("deleting what is absent");
    archive.put(&key, pattern(10, 0)).await.expect("put");
    archive.delete(&key).await.expect("delete");
    assert!(
        archive
            .size(&key)
            .await
            .expect_err("deleted")
            .is_not_found()
    );
}

async fn an_aborted_object_leaves_nothing(archive: &Archive, run: &str) {
    let prefix = format!("conformance/{run}/aborted");
    for (index, length) in [0, 10, 600_000, 20 << 20].into_iter().enumerate() {
        let mut writer = archive
            .writer(&format!("{prefix}/{index}"))
            .await
            .expect("writer");
        writer.write(pattern(length, 5)).await.expect("write");
        writer.abort().await;
    }
    assert!(listed(archive, &prefix).await.is_empty());
}

async fn a_dropped_object_leaves_nothing(archive: &Archive, run: &str) {
    let prefix = format!("conformance/{run}/dropped");
    for (index, length) in [10, 600_000, 20 << 20].into_iter().enumerate() {
        let mut writer = archive
            .writer(&format!("{prefix}/{index}"))
            .await
            .expect("writer");
        writer.write(pattern(length, 5)).await.expect("write");
        drop(writer);
    }
    assert!(listed(archive, &prefix).await.is_empty());
}

async fn listings_are_complete(archive: &Archive, run: &str) {
    let prefix = format!("conformance/{run}/listing");
    let mut expected = Vec::new();
    for series in ["1.2", "1.20"] {
        for object in 0..3 {
            let key = format!("{prefix}/{series}/{object}");
            archive.put(&key, pattern(object, 0)).await.expect("put");
            expected.push(key);
        }
    }
    assert_eq!(listed(archive, &prefix).await, expected);
    // A prefix is whole segments.
    assert_eq!(
        listed(archive, &format!("{prefix}/1.2")).await,
        expected[..3]
    );
    let all: Vec<_> = archive.list(None).try_collect().await.expect("list");
    for key in &expected {
        let entry = all.iter().find(|entry| entry.key == *key).expect("listed");
        let object: u64 = key
            .rsplit('/')
            .next()
            .and_then(|text| text.parse().ok())
            .expect("a number");
        assert_eq!(entry.length, object);
    }
}

async fn keys_are_checked(archive: &Archive) {
    for key in [
        "",
        "/conformance",
        "conformance/../x",
        "conformance//x",
        "conformance/x#1",
        "conformance/ü",
    ] {
        let error = archive.put(key, Bytes::new()).await.expect_err("a bad key");
        assert!(
            matches!(error, crate::ArchiveError::InvalidKey { .. }),
            "{key:?}"
        );
        assert!(archive.get(key, 0..1).await.is_err(), "{key:?}");
    }
}

async fn leftovers_are_cleared(archive: &Archive, now: OffsetDateTime) {
    let day = Duration::from_secs(86_400);
    // What the dropped writers may have left is young, and stays for a day.
    assert_eq!(
        archive.staging(day, now).await.expect("clear"),
        crate::Staged::default()
    );
    let later = now + 2 * day;
    archive.staging(day, later).await.expect("clear");
    assert_eq!(
        archive.staging(day, later).await.expect("clear"),
        crate::Staged::default()
    );
}
