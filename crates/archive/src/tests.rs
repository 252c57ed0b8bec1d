//! The conformance suite on the folder and on memory, and what only a folder does.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bytes::Bytes;
use time::OffsetDateTime;

use crate::{Archive, ArchiveError, conformance::conformance};

/// The present by a file's time: clocks are passed in, and here the file system is the clock.
fn now(folder: &Path) -> OffsetDateTime {
    let file = folder.join("now");
    fs::write(&file, "").unwrap();
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    fs::remove_file(file).unwrap();
    modified.into()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[tokio::test]
async fn a_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(&folder.path().join("a/b")).unwrap();
    let now = now(folder.path());
    conformance(&archive, "run", now).await;
    assert!(archive.free_space().unwrap() > 0);
    archive
        .staging(Duration::ZERO, now + Duration::from_secs(60))
        .await
        .unwrap();
    assert_eq!(below(&folder.path().join("a/b")), <[PathBuf; 0]>::default());
}

#[tokio::test]
async fn memory_conforms() {
    conformance(&Archive::memory(), "run", OffsetDateTime::UNIX_EPOCH).await;
}

#[tokio::test]
async fn a_key_is_never_reused_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(folder.path()).unwrap();
    archive
        .put("a/b", Bytes::from_static(b"first"))
        .await
        .unwrap();
    let error = archive
        .put("a/b", Bytes::from_static(b"second"))
        .await
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Exists { .. }), "{error:?}");
    assert_eq!(archive.get("a/b", 0..5).await.unwrap(), "first");
    assert_eq!(below(folder.path()).len(), 2);
}

#[tokio::test]
async fn an_unfinished_object_is_not_listed_and_is_cleared_when_old() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(folder.path()).unwrap();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    fs::write(folder.path().join("a/b/c#1"), "left by a killed process").unwrap();
    let entries: Vec<_> = futures::TryStreamExt::try_collect(archive.list(None))
        .await
        .unwrap();
    assert_eq!(entries, []);
    let later = now(folder.path()) + Duration::from_secs(10);
    let cleared = archive
        .staging(Duration::from_secs(60), later)
        .await
        .unwrap();
    assert_eq!(cleared.objects, 0);
    let cleared = archive
        .staging(Duration::from_secs(5), later)
        .await
        .unwrap();
    assert_eq!((cleared.objects, cleared.bytes), (1, 24));
}

#[tokio::test]
async fn deleting_removes_folders_that_are_empty_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(folder.path()).unwrap();
    for key in ["i/st/se1/s/1", "i/st/se2/s/1"] {
        archive.put(key, Bytes::from_static(b"x")).await.unwrap();
    }
    archive.delete("i/st/se1/s/1").await.unwrap();
    assert!(!folder.path().join("i/st/se1").exists());
    assert!(folder.path().join("i/st/se2/s/1").exists());
    archive
        .put("i/st/se1/s/2", Bytes::from_static(b"y"))
        .await
        .unwrap();
    assert_eq!(archive.get("i/st/se1/s/2", 0..1).await.unwrap(), "y");
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_and_deletes_in_one_folder_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::local(folder.path()).unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|writer| {
            let archive = archive.clone();
            tokio::spawn(async move {
                for object in 0..20 {
                    let key = format!("i/st/se/{object}/{writer}");
                    archive.put(&key, Bytes::from_static(b"x")).await.unwrap();
                    archive.delete(&key).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// What one object costs; `cargo test -p archive -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn cost_of_an_object() {
    let base = std::env::var_os("YINGYUN_SCRATCH").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(base).unwrap();
    let archive = Archive::local(folder.path()).unwrap();
    let chunk = Bytes::from(vec![7; 128 << 10]);
    for writers in [1, 4, 8] {
        let began = Instant::now();
        let tasks: Vec<_> = (0..writers)
            .map(|writer| {
                let (archive, chunk) = (archive.clone(), chunk.clone());
                tokio::spawn(async move {
                    for object in 0..200 / writers {
                        let key = format!("i/st{writers}/se/{writer}.{object}/u");
                        let mut writer = archive.writer(&key).await.unwrap();
                        for _ in 0..4 {
                            writer.write(chunk.clone()).await.unwrap();
                        }
                        writer.finish().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        println!("{writers} writers: {:?} an object", began.elapsed() / 200);
    }
}

/// The same suite on a real service: `YINGYUN_S3=endpoint bucket access-key secret-key`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs an S3 service"]
async fn an_s3_service_conforms() {
    let text = std::env::var("YINGYUN_S3").expect("YINGYUN_S3");
    let mut words = text.split(' ').map(str::to_owned);
    let mut next = || words.next().expect("four words");
    let settings = crate::S3Settings {
        endpoint: Some(next()),
        region: "us-east-1".into(),
        bucket: next(),
        access_key: next(),
        secret_key: next(),
        allow_http: true,
        prefix: "some/prefix".into(),
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::s3(settings).unwrap();
    conformance(&archive, "run", now(folder.path())).await;
}
