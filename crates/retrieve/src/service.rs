//! The service: what the doors call.

use std::sync::Arc;

use archive::Archive;
use bytes::Bytes;
use database::{Database, PageBounds, Scope};
use dataset::part10::FileMeta;
use futures::{StreamExt, TryStreamExt, stream};
use model::{AuditPort, Clock, Operation, Permit, TransferSyntax};

use crate::{
    Bulk, Content, Frame, FrameForm, Headers, Instance, Rendered, Rendering, RetrieveError,
    Settings, Stored, bridge::Priority, bulk, convert, decoding::Decoders, episodes::Episodes,
    frames, metadata, pictures::Pictures, rendered, source::Source, thumbnail, whole::Whole,
};

/// Retrieves instances. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Retrieve {
    archive: Archive,
    database: Database,
    pub(crate) episodes: Arc<Episodes>,
    decoders: Decoders,
    pictures: Pictures,
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
        Self {
            archive,
            whole: Whole::new(database.clone(), &settings),
            database,
            episodes: Arc::new(Episodes::new(audit, clock)),
            decoders: Decoders::new(&settings),
            pictures,
            header_page: PageBounds {
                rows: settings.metadata_page_instances,
                bytes: settings.metadata_page_bytes,
            },
        }
    }

    /// The instances of `scope` that the permit's institution holds, by series and instance number;
    /// [`RetrieveError::NotFound`] where there is none.
    pub async fn instances(
        &self,
        permit: &Permit,
        scope: &Scope,
    ) -> Result<Vec<Instance>, RetrieveError> {
        permit.require(Operation::Retrieve)?;
        let rows = self.database.instances(permit.institution(), scope).await?;
        if rows.is_empty() {
            return Err(RetrieveError::NotFound);
        }
        Ok(rows.into_iter().map(Instance::new).collect())
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
    pub async fn part10(
        &self,
        permit: &Permit,
        instance: &Instance,
        to: Option<&TransferSyntax>,
    ) -> Result<Content, RetrieveError> {
        let to = to.unwrap_or(instance.transfer_syntax());
        let dataset = self.dataset(permit, instance, to).await?;
        let meta = Bytes::from(meta(instance, to).to_bytes());
        Ok(Content {
            length: meta.len() as u64 + dataset.length,
            body: stream::iter([Ok(meta)]).chain(dataset.body).boxed(),
        })
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
        self.episodes.enter(permit, &scope.study).await?;
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

    /// The bulk data at `path`, as the metadata names it after `bulkdata/`.
    pub async fn bulkdata(
        &self,
        permit: &Permit,
        instance: &Instance,
        path: &str,
    ) -> Result<Bulk, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        let decoding = self.decoders.of(permit, Priority::Bulk);
        bulk::bulkdata(&decoding, &source, &instance.row, path).await
    }

    /// Frame `index0` as a consumer image (PS3.18 §10.4.1.1.3).
    pub async fn rendered(
        &self,
        permit: &Permit,
        instance: &Instance,
        index0: u32,
        rendering: &Rendering,
    ) -> Result<Rendered, RetrieveError> {
        let source = self.enter(permit, instance).await?;
        let decoding = self.decoders.of(permit, Priority::Interactive);
        let (pictures, row) = (&self.pictures, &instance.row);
        rendered::rendered(pictures, &decoding, &source, row, index0, rendering).await
    }

    /// The image in the middle of `scope` in small; `index0` is the frame where `scope` is an instance.
    pub async fn thumbnail(
        &self,
        permit: &Permit,
        scope: &Scope,
        index0: Option<u32>,
        asked: Rendering,
    ) -> Result<Rendered, RetrieveError> {
        permit.require(Operation::Retrieve)?;
        let institution = permit.institution();
        let subject = thumbnail::subject(&self.database, institution, scope).await?;
        let ((instance, middle), rendering) = (subject, thumbnail::rendering(asked));
        let index0 = index0.unwrap_or(middle);
        self.rendered(permit, &instance, index0, &rendering).await
    }

    /// Ends what goes on behind: pictures on their way to disk are written.
    pub async fn close(&self) {
        self.pictures.close().await;
    }

    /// Checks the permit, records the access, and only then gives a way to the bytes.
    async fn enter(&self, permit: &Permit, instance: &Instance) -> Result<Source, RetrieveError> {
        permit.require(Operation::Retrieve)?;
        if instance.key().institution != *permit.institution() {
            return Err(RetrieveError::NotFound);
        }
        self.episodes.enter(permit, &instance.key().study).await?;
        Ok(Source::new(&self.archive, &instance.row))
    }
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
