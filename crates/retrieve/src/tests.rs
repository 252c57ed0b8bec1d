//! The service over a memory archive: bytes as stored, converted, frame by frame; permits and audit.

mod bridge;
mod colours;
mod located;
mod nested;
mod pictures;
mod sweep;
mod validity;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use access::{Actor, Permit, decide};
use archive::Archive;
use async_trait::async_trait;
use bytes::Bytes;
use database::{Database, InstanceRow};
use dataset::{Header, Limits, Scanner};
use futures::TryStreamExt;
use model::{
    AccessEpisode, AuditPort, AuditUnavailable, Clock, InstanceKey, InstitutionId, ObjectKey,
    Operation, Origin, Purpose, Receiver, TransferSyntax, Uid,
};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use ulid::Ulid;

use crate::{
    Content, FrameForm, Instance, Priority, Rendered, Rendering, Retrieve, RetrieveError, Settings,
    Shown,
};

#[derive(Debug, Default)]
struct Audit {
    episodes: AtomicUsize,
    broken: AtomicBool,
}

#[async_trait]
impl AuditPort for Audit {
    async fn open(&self, _episode: AccessEpisode) -> Result<(), AuditUnavailable> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(AuditUnavailable("broken".into()));
        }
        self.episodes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A clock that is set by hand.
#[derive(Debug, Default)]
struct Hands(AtomicUsize);

impl Clock for Hands {
    fn now(&self) -> OffsetDateTime {
        let seconds = self.0.load(Ordering::SeqCst);
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds as i64)
    }
}

/// A frame as a picture, as who looks at it asks for it.
async fn picture_of(
    retrieve: &Retrieve,
    permit: &Permit,
    instance: &Instance,
    index0: u32,
    rendering: &Rendering,
) -> Result<Rendered, RetrieveError> {
    let shown = Shown::all(instance.clone());
    let picture = retrieve.picture(permit, &shown, index0, rendering, Priority::Interactive);
    picture.await
}

struct World {
    retrieve: Retrieve,
    archive: Archive,
    audit: Arc<Audit>,
    clock: Arc<Hands>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hands::default());
        let url = format!("sqlite://{}", folder.path().join("index.db").display());
        let settings = database::Settings::new(url);
        let database = Database::open(&settings, clock.clone()).await.unwrap();
        let (archive, audit) = (Archive::memory(), Arc::new(Audit::default()));
        let retrieve = Retrieve::new(
            archive.clone(),
            database,
            audit.clone(),
            clock.clone(),
            pictures::kept_in_memory(1 << 20).await,
            Settings::default(),
        );
        Self {
            retrieve,
            archive,
            audit,
            clock,
            _folder: folder,
        }
    }

    /// Keeps a data set, and describes it as the index does.
    async fn keep(&self, dataset: &[u8], syntax: &TransferSyntax, sop: &str) -> Option<Instance> {
        let header = scan(dataset, syntax)?;
        let object = ObjectKey {
            instance: InstanceKey {
                institution: InstitutionId::new("local").unwrap(),
                study: Uid::new("1.2").unwrap(),
                series: Uid::new("1.3").unwrap(),
                sop: Uid::new(sop).unwrap(),
            },
            ulid: Ulid::nil(),
        };
        let before = Bytes::from_static(b"some bytes before the data set");
        let bytes = [&before, dataset].concat();
        self.archive
            .put(&object.to_string(), bytes.into())
            .await
            .unwrap();
        let pixels = header.pixel_data.as_ref();
        Some(Instance::new(InstanceRow {
            object,
            length: (before.len() + dataset.len()) as u64,
            dataset_offset: before.len() as u32,
            digest: Sha256::digest(dataset).into(),
            transfer_syntax: syntax.clone(),
            sop_class: Uid::new("1.2.3").unwrap(),
            pixel_offset: pixels.map(|pixels| pixels.offset),
            frame_count: pixels.map_or(0, |pixels| pixels.frames.count()),
            frames: pixels.map(|pixels| pixels.frames.to_bytes()),
            received: OffsetDateTime::UNIX_EPOCH,
            origin: Origin {
                receiver: Receiver::Import,
                source: "test".into(),
                called: None,
            },
        }))
    }
}

fn permit(institution: &str) -> Permit {
    let actor = Actor::Developer {
        institution: InstitutionId::new(institution).unwrap(),
    };
    decide(&actor, Purpose::Treatment, Operation::Retrieve).unwrap()
}

fn scan(dataset: &[u8], syntax: &TransferSyntax) -> Option<Header> {
    let mut scanner = Scanner::new(syntax, Limits::default());
    scanner.feed(dataset).ok()?;
    scanner.finish().ok()
}

async fn bytes(content: Content) -> Vec<u8> {
    read(content).await.expect("a whole body")
}

async fn read(content: Content) -> Result<Vec<u8>, String> {
    let pieces: Vec<Bytes> = content
        .body
        .try_collect()
        .await
        .map_err(|e| e.to_string())?;
    let bytes = pieces.concat();
    if bytes.len() as u64 != content.length {
        return Err(format!(
            "{} bytes, {} announced",
            bytes.len(),
            content.length
        ));
    }
    Ok(bytes)
}

/// An 8-bit image of 2 × 3 pixels in implicit VR.
fn small() -> Vec<u8> {
    let mut dataset = Vec::new();
    let mut element = |group: u16, element: u16, value: &[u8]| {
        dataset.extend_from_slice(&group.to_le_bytes());
        dataset.extend_from_slice(&element.to_le_bytes());
        dataset.extend_from_slice(&(value.len() as u32).to_le_bytes());
        dataset.extend_from_slice(value);
    };
    element(0x0008, 0x0016, b"1.2.3\0");
    element(0x0008, 0x0018, b"1.4\0");
    element(0x0020, 0x000D, b"1.2\0");
    element(0x0020, 0x000E, b"1.3\0");
    element(0x0028, 0x0002, &[1, 0]);
    element(0x0028, 0x0004, b"MONOCHROME2 ");
    element(0x0028, 0x0010, &[2, 0]);
    element(0x0028, 0x0011, &[3, 0]);
    element(0x0028, 0x0100, &[8, 0]);
    element(0x0028, 0x0101, &[8, 0]);
    element(0x0028, 0x0102, &[7, 0]);
    element(0x0028, 0x0103, &[0, 0]);
    element(0x7FE0, 0x0010, &[0, 50, 100, 150, 200, 250]);
    dataset
}

#[tokio::test]
async fn nothing_leaves_when_the_audit_record_cannot_be_written() {
    let world = World::new().await;
    let instance = world
        .keep(&small(), &TransferSyntax::implicit_little(), "1.4")
        .await
        .unwrap();
    let (retrieve, permit) = (&world.retrieve, permit("local"));
    world.audit.broken.store(true, Ordering::SeqCst);
    let explicit = TransferSyntax::explicit_little();
    let rendering = Rendering::default();
    let errors = [
        retrieve.stored(&permit, &instance).await.err(),
        retrieve.dataset(&permit, &instance, &explicit).await.err(),
        retrieve.file(&permit, &instance, None).await.err(),
        retrieve
            .frame(
                &permit,
                &instance,
                0,
                FrameForm::Native,
                Priority::Interactive,
            )
            .await
            .err(),
        retrieve
            .bulkdata(&permit, &instance, "7FE00010")
            .await
            .err(),
        picture_of(retrieve, &permit, &instance, 0, &rendering)
            .await
            .err(),
    ];
    for error in errors {
        assert!(matches!(error, Some(RetrieveError::Audit(_))), "{error:?}");
    }
}

#[tokio::test]
async fn an_episode_is_recorded_once_in_five_minutes() {
    let world = World::new().await;
    let instance = world
        .keep(&small(), &TransferSyntax::implicit_little(), "1.4")
        .await
        .unwrap();
    let permit = permit("local");
    let episodes = async || {
        world
            .retrieve
            .frame(
                &permit,
                &instance,
                0,
                FrameForm::Native,
                Priority::Interactive,
            )
            .await
            .unwrap();
        world.audit.episodes.load(Ordering::SeqCst)
    };
    assert_eq!(episodes().await, 1);
    world.clock.0.store(299, Ordering::SeqCst);
    assert_eq!(episodes().await, 1);
    world.clock.0.store(300, Ordering::SeqCst);
    assert_eq!(episodes().await, 2);
}

#[tokio::test]
async fn another_institution_and_another_operation_get_nothing() {
    let world = World::new().await;
    let instance = world
        .keep(&small(), &TransferSyntax::implicit_little(), "1.4")
        .await
        .unwrap();
    let error = world
        .retrieve
        .stored(&permit("other"), &instance)
        .await
        .unwrap_err();
    assert!(matches!(error, RetrieveError::NotFound), "{error:?}");
    let actor = Actor::Developer {
        institution: InstitutionId::new("local").unwrap(),
    };
    let query = decide(&actor, Purpose::Treatment, Operation::Query).unwrap();
    let error = world.retrieve.stored(&query, &instance).await.unwrap_err();
    assert!(matches!(error, RetrieveError::Denied(_)), "{error:?}");
    assert_eq!(world.audit.episodes.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn frames_beyond_the_last_and_absent_values_are_said_so() {
    let world = World::new().await;
    let instance = world
        .keep(&small(), &TransferSyntax::implicit_little(), "1.4")
        .await
        .unwrap();
    let permit = permit("local");
    let error = world
        .retrieve
        .frame(
            &permit,
            &instance,
            1,
            FrameForm::Native,
            Priority::Interactive,
        )
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            RetrieveError::NoFrame {
                number: 2,
                count: 1
            }
        ),
        "{error:?}"
    );
    for path in ["00281201", "7FE00010/1/00080018", "", "x"] {
        let error = world
            .retrieve
            .bulkdata(&permit, &instance, path)
            .await
            .unwrap_err();
        assert!(
            matches!(error, RetrieveError::NoBulkData { .. }),
            "{error:?}"
        );
    }
    let value = world
        .retrieve
        .bulkdata(&permit, &instance, "7FE00010")
        .await
        .unwrap();
    assert_eq!(
        bytes(value.value.whole().await.unwrap()).await,
        [0, 50, 100, 150, 200, 250]
    );
}

#[tokio::test]
async fn a_rendered_frame_is_a_picture_of_the_size_asked_for() {
    let world = World::new().await;
    let instance = world
        .keep(&small(), &TransferSyntax::implicit_little(), "1.4")
        .await
        .unwrap();
    let permit = permit("local");
    for (size, expected) in [(None, (3, 2)), (Some((30, 100)), (30, 20))] {
        let rendering = Rendering {
            size,
            format: crate::ImageFormat::Png,
            ..Rendering::default()
        };
        let rendered = picture_of(&world.retrieve, &permit, &instance, 0, &rendering)
            .await
            .unwrap();
        let picture = image::load_from_memory(&rendered.bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), expected);
        assert_eq!(picture.to_luma8().get_pixel(0, 0).0, [0]);
    }
}
