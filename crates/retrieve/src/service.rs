//! The service: what the doors call.

use std::sync::Arc;

use access::{Episodes, Permit, Sights};
use archive::Archive;
use bytes::Bytes;
use database::{Database, PageBounds, Scope};
use dataset::part10::FileMeta;
use futures::{StreamExt, TryStreamExt, stream};
use model::{AuditPort, Clock, InstanceKey, Operation, TransferSyntax, Uid};

use crate::{
    Bulk, Content, Frame, FrameForm, Headers, Instance, RetrieveError, Settings, Stored, Unread,
    Values, bridge::Priority, convert, decoding::Decoders, frames, located::Located, metadata,
    pictures::Pictures, source::Source, whole::Whole,
};

/// Retrieves instances. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Retrieve {
    archive: Archive,
    pub(crate) database: Database,
    episodes: Arc<Episodes>,
    sights: Arc<Sights>,
    pub(crate) decoders: Decoders,
    pub(crate) pictures: Pictures,
    located: Arc<Located>,
    header_page: PageBounds,
    pub(crate) whole: Whole,
}

impl Retrieve {
    /// A service over an archive and its index.
    pub fn new(
        archive: Archive,
        database: Database,
        audit: Arc<dyn AuditPort>,
        clock: Arc<dyn Clock>,
        pictures: Pictures,
        settings: Settings,
    ) -> Self {
        let facts = Arc::new(database.clone());
        Self {
            archive,
            sights: Arc::new(Sights::new(facts, clock.clone(), Sights::LIFETIME)),
            whole: Whole::new(database.clone(), &settings),
            database,
            episodes: Arc::new(Episodes::new(audit, clock)),
            decoders: Decoders::new(&settings),
            pictures,
            located: Arc::new(Located::new(settings.located_time, settings.located_bytes)),
            header_page: PageBounds {
                rows: settings.metadata_page_instances,
                bytes: settings.metadata_page_bytes,
            },
        }
    }

    /// `permit` for the holding of `study` that its reader gets: whatever is asked of a study begins here, at every
    /// request. What another institution holds and nothing lets see is as if nobody held it.
    pub async fn sight(&self, permit: &Permit, study: &Uid) -> Result<Permit, RetrieveError> {
        permit.require(Operation::Retrieve)?;
        Ok(self.sights.on(permit, study).await?)
    }

    /// The instances of `scope` in the holding that the permit's reader gets, by series and instance number;
    /// [`RetrieveError::NotFound`] where there is none.
    pub async fn instances(
        &self,
        permit: &Permit,
        scope: &Scope,
    ) -> Result<Vec<Instance>, RetrieveError> {
        let permit = &self.sight(permit, &scope.study).await?;
        let key = one(permit, scope);
        let changes = self.database.generation();
        if let Some(instance) = key.and_then(|key| self.located.get(&key, changes)) {
            return Ok(vec![instance]);
        }
        let rows = self.database.instances(permit.institution(), scope).await?;
        let instances: Vec<_> = rows.into_iter().map(Instance::new).collect();
        match &instances[..] {
            [] => return Err(RetrieveError::NotFound),
            [instance] => self.located.put(instance, changes),
            _ => {}
        }
        Ok(instances)
    }

    /// An instance exactly as it was received.
    pub async fn stored(
        &self,
        permit: &Permit,
        instance: &Instance,
    ) -> Result<Stored, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        Ok(Stored {
            meta: meta(instance, instance.transfer_syntax()),
            dataset: as_stored(&source).await?,
        })
    }

    /// The data set in `to`: as stored where that is its transfer syntax, else re-encoded in
    /// Explicit or Implicit VR Little Endian, compressed pixel data decoded.
    pub async fn dataset(
        &self,
        permit: &Permit,
        instance: &Instance,
        to: &TransferSyntax,
    ) -> Result<Content, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        if instance.transfer_syntax() == to {
            return as_stored(&source).await;
        }
        let decoding = self.decoders.of(permit, Priority::Bulk);
        convert::dataset(&decoding, &source, &instance.row, to).await
    }

    /// The instance as a DICOM file (PS3.10) in `to`; none: as stored.
    pub async fn file(
        &self,
        permit: &Permit,
        instance: &Instance,
        to: Option<&TransferSyntax>,
    ) -> Result<Unread, RetrieveError> {
        let stored = instance.transfer_syntax();
        let to = to.unwrap_or(stored);
        let head = Bytes::from(meta(instance, to).to_bytes());
        if to == stored {
            let source = self.enter(permit, instance).await?;
            let whole = source.whole();
            return Ok(Unread::stored(head, source, whole));
        }
        let dataset = self.dataset(permit, instance, to).await?;
        let content = Content {
            length: head.len() as u64 + dataset.length,
            body: stream::iter([Ok(head)]).chain(dataset.body).boxed(),
        };
        Ok(content.into())
    }

    /// Checks the permit, and records that its holder sees something of `study`: an answer without a
    /// body is an access too. Nothing may leave before this returns, and nothing after an error.
    pub async fn record(&self, permit: &Permit, study: &Uid) -> Result<(), RetrieveError> {
        let permit = self.sight(permit, study).await?;
        Ok(self.episodes.record(&permit, Some(study)).await?)
    }

    /// Whether [`Retrieve::dataset`] can be expected to give the instance in `to`.
    pub fn can_convert(&self, instance: &Instance, to: &TransferSyntax) -> bool {
        let without_pixels = instance.row.pixel_offset.is_none();
        convert::is_possible(instance.transfer_syntax(), to)
            || (without_pixels && convert::is_possible(&TransferSyntax::explicit_little(), to))
    }

    /// The headers of the instances of `scope` as DICOM JSON (PS3.18 §F), by series and instance
    /// number, read a page at a time as the consumer takes them. Each `BulkDataURI` is relative to the
    /// instance: `bulkdata/7FE00010`. [`RetrieveError::NotFound`] where there is none; the first
    /// header is read before this returns, so what makes it fail is told here.
    pub async fn metadata(&self, permit: &Permit, scope: &Scope) -> Result<Headers, RetrieveError> {
        let permit = self.sight(permit, &scope.study).await?;
        self.episodes.record(&permit, Some(&scope.study)).await?;
        let mut headers = metadata::headers(
            self.database.clone(),
            permit.institution().clone(),
            scope.clone(),
            self.header_page,
        )
        .boxed();
        let first = headers.try_next().await?.ok_or(RetrieveError::NotFound)?;
        Ok(stream::iter([Ok(first)]).chain(headers).boxed())
    }

    /// Frame `index0`, counted from 0, read on its own. Native pixel data leaves little endian
    /// whatever `form` says. [`Priority::Interactive`] where it is all that is asked for.
    pub async fn frame(
        &self,
        permit: &Permit,
        instance: &Instance,
        index0: u32,
        form: FrameForm,
        priority: Priority,
    ) -> Result<Frame, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        let decoding = self.decoders.of(permit, priority);
        frames::frame(&decoding, &source, &instance.row, index0, form).await
    }

    /// The bulk data of an instance, whose header is read here and once.
    pub async fn values(
        &self,
        permit: &Permit,
        instance: &Instance,
    ) -> Result<Values, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        let decoding = self.decoders.of(permit, Priority::Bulk);
        Values::open(decoding, source, instance.clone()).await
    }

    /// The bulk data at `path`, as the metadata names it after `bulkdata/`.
    pub async fn bulkdata(
        &self,
        permit: &Permit,
        instance: &Instance,
        path: &str,
    ) -> Result<Bulk, RetrieveError> {
        self.values(permit, instance).await?.value(path).await
    }

    /// Ends what goes on behind: pictures on their way to disk are written.
    pub async fn close(&self) {
        self.pictures.close().await;
    }

    /// Checks the permit, records the access, and only then gives a way to the bytes.
    pub(crate) async fn enter(
        &self,
        permit: &Permit,
        instance: &Instance,
    ) -> Result<Source, RetrieveError> {
        let study = &instance.key().study;
        let permit = self.sight(permit, study).await?;
        if instance.key().institution != *permit.institution() {
            return Err(RetrieveError::NotFound);
        }
        self.episodes.record(&permit, Some(study)).await?;
        Ok(Source::new(&self.archive, &instance.row))
    }
}

/// The key of an instance, where `scope` names one by all its UIDs.
fn one(permit: &Permit, scope: &Scope) -> Option<InstanceKey> {
    Some(InstanceKey {
        institution: permit.institution().clone(),
        study: scope.study.clone(),
        series: scope.series.clone()?,
        sop: scope.sop.clone()?,
    })
}

/// File meta information for an instance that leaves: our own provenance stays here.
fn meta(instance: &Instance, transfer_syntax: &TransferSyntax) -> FileMeta {
    FileMeta {
        sop_class: instance.sop_class().clone(),
        sop: instance.key().sop.clone(),
        transfer_syntax: transfer_syntax.clone(),
        source_ae: None,
        sending_ae: None,
        receiving_ae: None,
        private: None,
    }
}

async fn as_stored(source: &Source) -> Result<Content, RetrieveError> {
    let whole = source.whole();
    Ok(Content {
        length: whole.length,
        body: source.stored(whole).await?,
    })
}
