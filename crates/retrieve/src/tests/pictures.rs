//! Pictures that are kept, and made once.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::{future::join_all, poll};
use model::TransferSyntax;

use super::{World, permit, picture_of, small};
use crate::{
    Instance, PictureDisk, PictureSettings, Pictures, PicturesError, Rendering, RetrieveError,
    pictures::PictureKey,
};

pub(super) async fn kept_in_memory(memory_bytes: u64) -> Pictures {
    let settings = PictureSettings {
        memory_bytes,
        disk: None,
    };
    Pictures::open(&settings).await.unwrap()
}

async fn instance(world: &World) -> Instance {
    let implicit = TransferSyntax::implicit_little();
    world.keep(&small(), &implicit, "1.4").await.unwrap()
}

#[tokio::test]
async fn twenty_who_ask_for_one_picture_have_it_drawn_once() {
    let world = World::new().await;
    let (instance, permit, rendering) = (
        instance(&world).await,
        permit("local"),
        Rendering::default(),
    );
    let key = PictureKey::new(instance.row(), 0, &rendering);
    for (capacity, again) in [(1 << 20, 1), (0, 2)] {
        let (pictures, drawn) = (kept_in_memory(capacity).await, AtomicUsize::new(0));
        let ask = || {
            pictures.get(&key, async {
                drawn.fetch_add(1, Ordering::SeqCst);
                let drawn = picture_of(&world.retrieve, &permit, &instance, 0, &rendering);
                Ok(Ok(drawn.await?.bytes))
            })
        };
        let all = join_all((0..20).map(|_| ask())).await;
        assert_eq!(drawn.load(Ordering::SeqCst), 1);
        let first = all[0].as_ref().unwrap().clone().unwrap();
        for picture in all {
            assert_eq!(picture.unwrap().unwrap(), first);
        }
        assert_eq!(ask().await.unwrap().unwrap(), first);
        assert_eq!(drawn.load(Ordering::SeqCst), again, "{capacity} bytes");
    }
}

#[tokio::test]
async fn who_draws_and_goes_leaves_it_to_the_next() {
    let world = World::new().await;
    let instance = instance(&world).await;
    let key = PictureKey::new(instance.row(), 0, &Rendering::default());
    let pictures = kept_in_memory(1 << 20).await;
    let mut gone = Box::pin(pictures.get(&key, std::future::pending()));
    assert!(poll!(gone.as_mut()).is_pending());
    let mut next = Box::pin(pictures.get(&key, async { Ok(Ok(Bytes::from_static(b"drawn"))) }));
    assert!(poll!(next.as_mut()).is_pending());
    drop(gone);
    assert_eq!(next.await.unwrap().unwrap(), "drawn");
    assert_eq!(pictures.under_way(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_left_of_what_many_threads_asked_for() {
    let world = World::new().await;
    let key = PictureKey::new(instance(&world).await.row(), 0, &Rendering::default());
    let pictures = kept_in_memory(0).await;
    for _ in 0..200 {
        let ask = |_| {
            let (pictures, key) = (pictures.clone(), key.clone());
            tokio::spawn(async move {
                let drawn = async {
                    tokio::task::yield_now().await;
                    Ok(Ok(Bytes::from_static(b"drawn")))
                };
                pictures.get(&key, drawn).await.unwrap().unwrap()
            })
        };
        for asked in join_all((0..8).map(ask)).await {
            assert_eq!(asked.unwrap(), "drawn");
        }
        assert_eq!(pictures.under_way(), 0);
    }
}

#[tokio::test]
async fn a_kept_picture_is_withheld_while_nothing_can_be_recorded() {
    let world = World::new().await;
    let (instance, permit) = (instance(&world).await, permit("local"));
    let (rendering, retrieve) = (Rendering::default(), &world.retrieve);
    let ask = || picture_of(retrieve, &permit, &instance, 0, &rendering);
    ask().await.unwrap();
    world.clock.0.fetch_add(3600, Ordering::SeqCst);
    world.audit.broken.store(true, Ordering::SeqCst);
    let withheld = ask().await;
    assert!(
        matches!(withheld, Err(RetrieveError::Audit(_))),
        "{withheld:?}"
    );
    world.audit.broken.store(false, Ordering::SeqCst);
    ask().await.unwrap();
}

#[tokio::test]
async fn what_failed_for_another_reason_than_the_frame_is_tried_again() {
    let world = World::new().await;
    let instance = instance(&world).await;
    let key = PictureKey::new(instance.row(), 0, &Rendering::default());
    let pictures = kept_in_memory(1 << 20).await;
    let busy = pictures.get(&key, async { Err(RetrieveError::Busy) }).await;
    assert!(matches!(busy, Err(RetrieveError::Busy)), "{busy:?}");
    let drawn = pictures.get(&key, async { Ok(Ok(Bytes::from_static(b"drawn"))) });
    assert_eq!(drawn.await.unwrap().unwrap(), "drawn");
}

#[tokio::test]
async fn no_more_is_kept_than_the_bound_says() {
    const BOUND: u64 = 100_000;
    let world = World::new().await;
    let instance = instance(&world).await;
    let pictures = kept_in_memory(BOUND).await;
    for quality in 1..=100 {
        let rendering = Rendering {
            quality,
            ..Rendering::default()
        };
        let key = PictureKey::new(instance.row(), 0, &rendering);
        let picture = async { Ok(Ok(Bytes::from(vec![quality; 5000]))) };
        let got = pictures.get(&key, picture).await.unwrap().unwrap();
        assert_eq!(got[..], vec![quality; 5000]);
        assert!(pictures.bytes() <= BOUND, "{}", pictures.bytes());
    }
    assert!(pictures.bytes() > BOUND / 2, "{}", pictures.bytes());
}

#[tokio::test]
async fn a_picture_comes_again_without_its_object_but_to_nobody_else() {
    let world = World::new().await;
    let (instance, here) = (instance(&world).await, permit("local"));
    let rendering = Rendering::default();
    let retrieve = &world.retrieve;
    let first = picture_of(retrieve, &here, &instance, 0, &rendering).await;
    let key = instance.row().object.to_string();
    world.archive.delete(&key).await.unwrap();
    let again = picture_of(retrieve, &here, &instance, 0, &rendering).await;
    assert_eq!(again.unwrap().bytes, first.unwrap().bytes);
    let elsewhere = permit("other");
    let refused = picture_of(retrieve, &elsewhere, &instance, 0, &rendering).await;
    assert!(
        matches!(refused, Err(RetrieveError::NotFound)),
        "{refused:?}"
    );
    let other = Rendering {
        quality: 10,
        ..rendering
    };
    let drawn_anew = picture_of(retrieve, &here, &instance, 0, &other).await;
    assert!(drawn_anew.is_err());
}

#[tokio::test]
async fn a_picture_on_disk_is_there_after_a_restart_and_nobody_else_reads_it() {
    let world = World::new().await;
    let instance = instance(&world).await;
    let key = PictureKey::new(instance.row(), 0, &Rendering::default());
    let folder = tempfile::tempdir().unwrap();
    let settings = PictureSettings {
        memory_bytes: 0,
        disk: Some(PictureDisk {
            folder: folder.path().join("pictures"),
            bytes: 64 << 20,
        }),
    };
    let pictures = Pictures::open(&settings).await.unwrap();
    let picture = Bytes::from(vec![7; 100_000]);
    let drawn = pictures.get(&key, async { Ok(Ok(picture.clone())) }).await;
    assert_eq!(drawn.unwrap().unwrap(), picture);
    let second = Pictures::open(&settings).await;
    assert!(matches!(second, Err(PicturesError::InUse)), "{second:?}");
    pictures.close().await;
    drop(pictures);

    let pictures = Pictures::open(&settings).await.unwrap();
    let drawn_again = async { panic!("it is kept") };
    assert_eq!(
        pictures.get(&key, drawn_again).await.unwrap().unwrap(),
        picture
    );
    let other = PictureKey::new(instance.row(), 1, &Rendering::default());
    let absent = pictures.get(&other, async { Ok(Ok(Bytes::new())) }).await;
    assert_eq!(absent.unwrap().unwrap(), Bytes::new());
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(folder.path().join("pictures"))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_folder_that_others_could_read_is_closed_and_a_smaller_one_gives_back() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |bytes: u64| {
        let disk = PictureDisk {
            folder: folder.path().into(),
            bytes,
        };
        let settings = PictureSettings {
            memory_bytes: 0,
            disk: Some(disk),
        };
        let pictures = Pictures::open(&settings).await.unwrap();
        pictures.close().await;
    };
    let others = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), others).unwrap();
    let blocks = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("foyer")).count()
    };
    let strange = folder.path().join("notes-2026");
    std::fs::write(&strange, "somebody's own").unwrap();
    open(320 << 20).await;
    let many = blocks();
    open(64 << 20).await;
    assert_eq!((many, blocks()), (20, 8));
    assert!(strange.exists());
    let mode = std::fs::metadata(folder.path()).unwrap().permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o700
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_told_at_the_start() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = PictureSettings {
        memory_bytes: 0,
        disk: Some(PictureDisk {
            folder: file.path().join("pictures"),
            bytes: 64 << 20,
        }),
    };
    let refused = Pictures::open(&settings).await;
    assert!(
        matches!(refused, Err(PicturesError::Folder(_))),
        "{refused:?}"
    );
}
