//! The services over a real archive and a real index in a scratch folder, and data sets to send.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use archive::Archive;
use bytes::Bytes;
use database::Database;
use dataset::{Element, Tag, VR, Value, encode};
use dimse::{Peer, Services, Settings, scu::Proposal, scu::Requestor, sop_class};
use ingest::Ingest;
use model::{AeTitle, Clock, Identifiers, InstitutionId, Operation, TransferSyntax, Uid};
use query::Query;
use retrieve::Retrieve;
use time::OffsetDateTime;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(crate) const STUDY: &str = "1.2.826.0.1.3680043.10.1.1";
pub(crate) const SERIES: &str = "1.2.826.0.1.3680043.10.1.1.1";

/// A clock that stands.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }
}

/// Identifiers in a row.
#[derive(Debug, Default)]
struct Counting(Mutex<u128>);

impl Identifiers for Counting {
    fn next(&self) -> Ulid {
        let mut last = self.0.lock().unwrap();
        *last += 1;
        Ulid::from((1_800_000_000_000_u128 << 80) + *last)
    }
}

/// A listener of ours.
pub(crate) struct Network {
    pub(crate) address: SocketAddr,
    pub(crate) database: Database,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<()>,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn aet(text: &str) -> AeTitle {
    AeTitle::new(text).unwrap()
}

pub(crate) fn uid(text: &str) -> Uid {
    Uid::new(text).unwrap()
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new(aet("YINGYUN"), InstitutionId::new("local").unwrap());
    settings.open = true;
    settings.idle_timeout = Duration::from_secs(5);
    settings.artim = Duration::from_secs(2);
    settings.drain = Duration::from_secs(5);
    settings
}

pub(crate) fn peer(ae_title: &str, port: u16, operations: &[Operation]) -> Peer {
    Peer {
        ae_title: aet(ae_title),
        host: "127.0.0.1".into(),
        port,
        operations: operations.to_vec(),
        institution: InstitutionId::new("local").unwrap(),
    }
}

impl Network {
    pub(crate) async fn start(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let objects = folder.path().join("objects");
        std::fs::create_dir(&objects).unwrap();
        let archive = Archive::local(&objects).unwrap();
        Self::over(archive, folder, settings).await
    }

    async fn over(archive: Archive, folder: tempfile::TempDir, settings: Settings) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Standing);
        let url = format!("sqlite://{}", folder.path().join("index.sqlite").display());
        let index = database::Settings::new(url);
        let database = Database::open(&index, clock.clone()).await.unwrap();
        let local = InstitutionId::new("local").unwrap();
        database.ensure_institution(&local).await.unwrap();
        let audit = Arc::new(database.clone());
        let limits = ingest::Settings {
            issuers: [(InstitutionId::new("local").unwrap(), "LOCAL".into())].into(),
            disk_watermark_bytes: 0,
            ..ingest::Settings::default()
        };
        let services = Services {
            ingest: Ingest::new(
                archive.clone(),
                database.clone(),
                clock.clone(),
                Arc::new(Counting::default()),
                limits,
            ),
            query: Query::new(
                database.clone(),
                audit.clone(),
                clock.clone(),
                query::Settings { max_results: 3 },
            ),
            retrieve: Retrieve::new(
                archive,
                database.clone(),
                audit,
                clock,
                retrieve::Pictures::open(&retrieve::PictureSettings::default())
                    .await
                    .unwrap(),
                retrieve::Settings::default(),
            ),
            database: database.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(dimse::serve(listener, services, settings, shutdown.clone()));
        Self {
            address,
            database,
            shutdown,
            task,
            folder,
        }
    }

    pub(crate) async fn connect(&self, proposals: &[Proposal]) -> Requestor {
        self.connect_as("TESTER", proposals).await
    }

    pub(crate) async fn connect_as(&self, calling: &str, proposals: &[Proposal]) -> Requestor {
        let address = self.address.to_string();
        Requestor::connect(&address, &aet(calling), &aet("YINGYUN"), proposals)
            .await
            .unwrap()
    }

    /// Stores `objects` and expects success.
    pub(crate) async fn hold(&self, objects: &[Object]) {
        let mut requestor = self.connect(&[storage()]).await;
        for object in objects {
            let stored = object.send(&mut requestor).await;
            assert_eq!((stored.status, stored.comment), (0, None));
        }
        requestor.release().await.unwrap();
    }

    /// How many of the SOP instances are indexed.
    pub(crate) async fn indexed(&self, sops: &[&str]) -> usize {
        let institution = InstitutionId::new("local").unwrap();
        let sops: Vec<Uid> = sops.iter().map(|sop| uid(sop)).collect();
        self.database
            .instances_by_sop(&institution, &sops)
            .await
            .unwrap()
            .len()
    }

    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
        self.database.close().await;
    }
}

/// CT storage in Explicit VR Little Endian.
pub(crate) fn storage() -> Proposal {
    Proposal::new(uid(CT), vec![TransferSyntax::explicit_little()])
}

pub(crate) fn proposal(class: &str) -> Proposal {
    let syntaxes = vec![
        TransferSyntax::explicit_little(),
        TransferSyntax::implicit_little(),
    ];
    Proposal::new(uid(class), syntaxes)
}

pub(crate) fn find() -> Proposal {
    proposal(sop_class::STUDY_ROOT_FIND)
}

/// A text element.
pub(crate) fn text(tag: (u16, u16), vr: VR, value: &str) -> Element {
    bytes(tag, vr, value.as_bytes())
}

pub(crate) fn bytes(tag: (u16, u16), vr: VR, value: &[u8]) -> Element {
    Element {
        tag: Tag(tag.0, tag.1),
        vr,
        value: Value::Bytes(value.to_vec()),
    }
}

/// A small CT image.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) sop: String,
    pub(crate) elements: Vec<Element>,
}

impl Object {
    /// Image `number` of the patient with `id`.
    pub(crate) fn ct(id: &str, number: u32) -> Self {
        let sop = format!("{SERIES}.{number}");
        let elements = vec![
            text((0x0008, 0x0005), VR::CS, "GB18030"),
            text((0x0008, 0x0016), VR::UI, CT),
            text((0x0008, 0x0018), VR::UI, &sop),
            text((0x0008, 0x0020), VR::DA, "20260105"),
            text((0x0008, 0x0030), VR::TM, "101500"),
            text((0x0008, 0x0050), VR::SH, "A123"),
            text((0x0008, 0x0060), VR::CS, "CT"),
            // "Zhang^San=张^三" in GB18030.
            bytes((0x0010, 0x0010), VR::PN, b"Zhang^San=\xD5\xC5^\xC8\xFD"),
            text((0x0010, 0x0020), VR::LO, id),
            text((0x0020, 0x000D), VR::UI, STUDY),
            text((0x0020, 0x000E), VR::UI, SERIES),
            text((0x0020, 0x0011), VR::IS, "1"),
            text((0x0020, 0x0013), VR::IS, &number.to_string()),
            bytes((0x0028, 0x0002), VR::US, &1_u16.to_le_bytes()),
            text((0x0028, 0x0004), VR::CS, "MONOCHROME2"),
            bytes((0x0028, 0x0010), VR::US, &64_u16.to_le_bytes()),
            bytes((0x0028, 0x0011), VR::US, &64_u16.to_le_bytes()),
            bytes((0x0028, 0x0100), VR::US, &16_u16.to_le_bytes()),
            bytes((0x0028, 0x0101), VR::US, &12_u16.to_le_bytes()),
            bytes((0x0028, 0x0102), VR::US, &11_u16.to_le_bytes()),
            bytes((0x0028, 0x0103), VR::US, &0_u16.to_le_bytes()),
            bytes((0x7FE0, 0x0010), VR::OW, &[number as u8; 64 * 64 * 2]),
        ];
        Self { sop, elements }
    }

    /// The same with another value of `tag`; none: without it.
    pub(crate) fn with(mut self, tag: (u16, u16), value: Option<&str>) -> Self {
        let tag = Tag(tag.0, tag.1);
        match value {
            None => self.elements.retain(|element| element.tag != tag),
            Some(value) => {
                for element in self
                    .elements
                    .iter_mut()
                    .filter(|element| element.tag == tag)
                {
                    element.value = Value::Bytes(value.as_bytes().to_vec());
                }
            }
        }
        self
    }

    pub(crate) fn encoded(&self, syntax: &TransferSyntax) -> Bytes {
        encode::elements(&self.elements, syntax).into()
    }

    pub(crate) async fn send(&self, requestor: &mut Requestor) -> dimse::scu::Stored {
        let syntax = TransferSyntax::explicit_little();
        let data_set = self.encoded(&syntax);
        requestor
            .store(&uid(CT), &uid(&self.sop), &syntax, data_set)
            .await
            .unwrap()
    }
}
