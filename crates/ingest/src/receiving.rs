//! One object on its way in: chunks are scanned, hashed and streamed; nothing waits for the whole.

use std::sync::Arc;

use archive::ObjectWriter;
use bytes::Bytes;
use database::{Committed, PreparedInstance};
use dataset::{Scanner, part10};
use model::{InstitutionId, ObjectKey, Origin, TransferSyntax, Uid};

use crate::{
    Accepted, IngestError,
    accepted::Found,
    announced::announced,
    gathered::Gathered,
    heal,
    index::{self, Extent},
    provenance::Provenance,
    rejection::{self, Note},
    service::Parts,
};

/// One object on its way in: fed in chunks, acknowledged by [`Receiving::finish`].
///
/// Holds the header and at most a part of the archive's writer, whatever the object's size.
#[derive(Debug)]
pub struct Receiving {
    parts: Arc<Parts>,
    provenance: Provenance,
    expected: Option<(Uid, Uid)>,
    study: Option<Uid>,
    seen: Option<(Uid, Uid)>,
    received: u64,
    stage: Stage,
}

/// How far an object is understood.
#[derive(Debug)]
enum Stage {
    /// The start of a Part 10 file, its file meta group not read yet.
    FileMeta(Vec<u8>),
    /// The data set is read.
    DataSet(Box<DataSet>),
    /// An error was returned; the rest is not heard.
    Failed,
}

#[derive(Debug)]
struct DataSet {
    scanner: Scanner,
    digest: blake3::Hasher,
    transfer_syntax: TransferSyntax,
    /// Scanned and hashed, on the way to become a chunk of fair length.
    gathered: Gathered,
    sink: Sink,
}

/// Where data set bytes go.
#[derive(Debug)]
enum Sink {
    /// The UIDs that make the key were not seen yet.
    Waiting { chunks: Vec<Bytes>, bytes: u64 },
    /// They stream into the archive.
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    object: ObjectKey,
    sop_class: Uid,
    dataset_offset: u32,
    writer: ObjectWriter,
}

impl Receiving {
    pub(crate) fn data_set(
        parts: Arc<Parts>,
        institution: InstitutionId,
        origin: Origin,
        transfer_syntax: TransferSyntax,
        expected: Option<(Uid, Uid)>,
    ) -> Self {
        let stage = Stage::data_set(&parts, transfer_syntax);
        Self::new(parts, institution, origin, expected, stage)
    }

    pub(crate) fn part10(parts: Arc<Parts>, institution: InstitutionId, origin: Origin) -> Self {
        Self::new(
            parts,
            institution,
            origin,
            None,
            Stage::FileMeta(Vec::new()),
        )
    }

    fn new(
        parts: Arc<Parts>,
        institution: InstitutionId,
        origin: Origin,
        expected: Option<(Uid, Uid)>,
        stage: Stage,
    ) -> Self {
        let provenance = Provenance {
            default_issuer: parts.settings.issuer(&institution),
            institution,
            received: parts.clock.now(),
            origin,
        };
        Self {
            parts,
            provenance,
            expected,
            study: None,
            seen: None,
            received: 0,
            stage,
        }
    }

    /// Refuses an object of another study, before a byte of it is written (PS3.18 §10.5.1).
    pub fn within_study(self, study: Uid) -> Self {
        Self {
            study: Some(study),
            ..self
        }
    }

    /// SOP class and instance as soon as they were seen; known after an error too.
    pub fn identity(&self) -> Option<(Uid, Uid)> {
        self.seen.clone()
    }

    /// Takes the next bytes. After an error nothing of the object is kept and further bytes are
    /// passed over, so that a door can drain its peer.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), IngestError> {
        let taken = self.take(chunk).await;
        if taken.is_err() {
            self.fail().await;
        }
        taken
    }

    async fn take(&mut self, chunk: Bytes) -> Result<(), IngestError> {
        self.received += chunk.len() as u64;
        let limit = self.parts.settings.object_bytes;
        if self.received > limit {
            return Err(IngestError::TooLarge { limit });
        }
        match &mut self.stage {
            Stage::Failed => Ok(()),
            Stage::DataSet(_) => self.take_data_set(chunk).await,
            Stage::FileMeta(head) => {
                head.extend_from_slice(&chunk);
                self.probe(false).await
            }
        }
    }

    /// Looks whether the file meta group is whole; then the rest is data set.
    async fn probe(&mut self, at_end: bool) -> Result<(), IngestError> {
        let Stage::FileMeta(head) = &mut self.stage else {
            return Ok(());
        };
        let found = part10::probe(head, at_end).map_err(IngestError::Unreadable)?;
        let part10::Probe::Found {
            dataset_offset,
            transfer_syntax,
            ..
        } = found
        else {
            return Ok(());
        };
        let rest = Bytes::from(std::mem::take(head)).slice(dataset_offset..);
        self.stage = Stage::data_set(&self.parts, transfer_syntax);
        self.take_data_set(rest).await
    }

    async fn take_data_set(&mut self, chunk: Bytes) -> Result<(), IngestError> {
        let Stage::DataSet(data_set) = &mut self.stage else {
            return Ok(());
        };
        let fed = data_set.scanner.feed(&chunk);
        if self.seen.is_none() {
            self.seen = data_set.scanner.named();
        }
        fed.map_err(IngestError::Unreadable)?;
        data_set.digest.update(&chunk);
        let length = chunk.len() as u64;
        let ready = data_set.gathered.push(chunk);
        match &mut data_set.sink {
            Sink::Open(open) => {
                for chunk in ready.into_iter().flatten() {
                    let written = open.writer.write(chunk).await;
                    written.map_err(IngestError::Archive)?;
                }
                Ok(())
            }
            Sink::Waiting { chunks, bytes } => {
                *bytes += length;
                chunks.extend(ready.into_iter().flatten());
                let waited_long = *bytes > self.parts.settings.scanner.header_bytes;
                match data_set.scanner.identity() {
                    Some(identity) => self.open(identity).await,
                    None if waited_long => Err(IngestError::MissingAttribute {
                        tag: dataset::Tag(0x0020, 0x000D),
                        name: "one of SOP Class, SOP Instance, Study and Series Instance UID",
                    }),
                    None => Ok(()),
                }
            }
        }
    }

    /// The key is known: the file meta group and all that waited go to the archive.
    async fn open(&mut self, identity: dataset::Identity) -> Result<(), IngestError> {
        let Stage::DataSet(data_set) = &mut self.stage else {
            return Ok(());
        };
        self.seen = Some((identity.sop_class.clone(), identity.sop.clone()));
        if let Some((class, instance)) = &self.expected {
            announced(class, instance, &identity)?;
        }
        if let Some(expected) = self.study.as_ref().filter(|own| **own != identity.study) {
            return Err(IngestError::StudyMismatch {
                expected: expected.clone(),
                found: identity.study,
            });
        }
        let ulid = self.parts.identifiers.next();
        let object = index::object_key(&self.provenance.institution, &identity, ulid);
        let meta = self
            .provenance
            .file_meta(
                &identity.sop_class,
                &identity.sop,
                &data_set.transfer_syntax,
            )
            .to_bytes();
        let dataset_offset = u32::try_from(meta.len()).expect("a file meta group is short");
        let mut writer = self
            .parts
            .archive
            .writer(&object.to_string())
            .await
            .map_err(IngestError::Archive)?;
        let mut written = writer.write(meta.into()).await;
        if let Sink::Waiting { chunks, .. } = &mut data_set.sink {
            for chunk in chunks.drain(..) {
                if written.is_ok() {
                    written = writer.write(chunk).await;
                }
            }
        }
        data_set.sink = Sink::Open(Box::new(Open {
            object,
            sop_class: identity.sop_class,
            dataset_offset,
            writer,
        }));
        written.map_err(IngestError::Archive)
    }

    /// Returns when the object is durable and indexed, and only then may it be acknowledged
    /// (ARCHITECTURE.md, invariant 1).
    pub async fn finish(mut self) -> Result<Accepted, IngestError> {
        if let Err(error) = self.probe(true).await {
            self.fail().await;
            return Err(error);
        }
        let Stage::DataSet(data_set) = std::mem::replace(&mut self.stage, Stage::Failed) else {
            return Err(IngestError::Interrupted);
        };
        let DataSet {
            scanner,
            digest,
            transfer_syntax,
            gathered,
            sink,
        } = *data_set;
        match sink {
            Sink::Waiting { .. } => {
                let header = scanner.finish().map_err(IngestError::Unreadable)?;
                Err(index::identity(&header)
                    .err()
                    .unwrap_or(IngestError::Interrupted))
            }
            Sink::Open(open) => {
                let Open {
                    object,
                    sop_class,
                    dataset_offset,
                    mut writer,
                } = *open;
                let header = match scanner.finish() {
                    Ok(header) => header,
                    Err(error) => {
                        writer.abort().await;
                        return Err(IngestError::Unreadable(error));
                    }
                };
                if let Err(error) = writer.write(gathered.rest()).await {
                    writer.abort().await;
                    return Err(IngestError::Archive(error));
                }
                let note = Note::of(&header, &sop_class);
                let digest = *digest.finalize().as_bytes();
                let extent = Extent {
                    length: u64::from(dataset_offset) + header.length,
                    dataset_offset,
                    digest,
                };
                // The row is made on another thread while this one writes and syncs.
                let provenance = self.provenance.clone();
                let row = tokio::task::spawn_blocking({
                    let (object, sop_class) = (object.clone(), sop_class.clone());
                    let database = self.parts.database.clone();
                    move || {
                        let row = index::row(&header, object, sop_class, extent, &provenance);
                        database.prepare(row).map_err(IngestError::Database)
                    }
                });
                let length = writer.finish().await.map_err(IngestError::Archive)?;
                let row = row.await.map_err(|_| IngestError::Interrupted)??;
                let found = Found {
                    sop_class,
                    digest,
                    transfer_syntax,
                    note,
                };
                self.commit(object, length, found, row).await
            }
        }
    }

    /// Object first, row second. A commit whose outcome is unknown leaves the object for `sweep`:
    /// its row may stand.
    async fn commit(
        self,
        object: ObjectKey,
        length: u64,
        found: Found,
        row: PreparedInstance,
    ) -> Result<Accepted, IngestError> {
        let mut outcome = self
            .parts
            .database
            .commit_prepared(row)
            .await
            .map_err(IngestError::Database)?;
        let content = (found.digest, found.transfer_syntax);
        let actor = format!("sender:{}", self.provenance.origin.source);
        if outcome == Committed::Rejected {
            outcome = rejection::resent(&self.parts, &object, &content, &actor).await?;
        } else {
            if outcome == Committed::Identical {
                outcome = heal::resent(&self.parts, &object, length, content).await?;
            }
            if let Some(note) = found.note {
                rejection::obey(&self.parts, &note, &object.instance, &actor).await?;
            }
        }
        metrics::counter!("yingyun_ingest_instances_total", "outcome" => outcome.name())
            .increment(1);
        metrics::counter!("yingyun_ingest_bytes_total").increment(length);
        Ok(Accepted {
            key: object.instance,
            sop_class: found.sop_class,
            outcome,
        })
    }

    /// Gives up: nothing is left behind.
    pub async fn abort(mut self) {
        self.fail().await;
    }

    async fn fail(&mut self) {
        if let Stage::DataSet(data_set) = std::mem::replace(&mut self.stage, Stage::Failed)
            && let Sink::Open(open) = data_set.sink
        {
            open.writer.abort().await;
        }
    }
}

impl Stage {
    fn data_set(parts: &Parts, transfer_syntax: TransferSyntax) -> Self {
        Self::DataSet(Box::new(DataSet {
            scanner: Scanner::new(&transfer_syntax, parts.settings.scanner),
            digest: blake3::Hasher::new(),
            transfer_syntax,
            gathered: Gathered::default(),
            sink: Sink::Waiting {
                chunks: Vec::new(),
                bytes: 0,
            },
        }))
    }
}
