//! Headers as the index keeps them, compressed DICOM JSON, page by page.

use std::{collections::VecDeque, io::Read};

use database::{Database, PageBounds, Place, Scope};
use dataset::json::JsonObject;
use futures::{Stream, stream};
use model::InstitutionId;

use crate::RetrieveError;

/// The longest header, unpacked.
const LONGEST: u64 = 256 << 20;

/// Where the reading of a scope has come to.
struct Reading {
    database: Database,
    institution: InstitutionId,
    scope: Scope,
    bounds: PageBounds,
    /// Read and not yet unpacked.
    page: VecDeque<Vec<u8>>,
    next: Next,
}

/// The page after this one.
enum Next {
    First,
    After(Place),
    None,
}

/// The headers of `scope`, in order. Held at a time are one page of compressed headers and one header
/// unpacked; no connection while the consumer takes its time.
pub(crate) fn headers(
    database: Database,
    institution: InstitutionId,
    scope: Scope,
    bounds: PageBounds,
) -> impl Stream<Item = Result<JsonObject, RetrieveError>> {
    let reading = Reading {
        database,
        institution,
        scope,
        bounds,
        page: VecDeque::new(),
        next: Next::First,
    };
    stream::try_unfold(reading, |mut reading| async move {
        match reading.compressed().await? {
            Some(header) => Ok(Some((unpack(header).await?, reading))),
            None => Ok(None),
        }
    })
}

impl Reading {
    async fn compressed(&mut self) -> Result<Option<Vec<u8>>, RetrieveError> {
        if self.page.is_empty() {
            let after = match std::mem::replace(&mut self.next, Next::None) {
                Next::First => None,
                Next::After(place) => Some(place),
                Next::None => return Ok(None),
            };
            let page = self
                .database
                .headers(&self.institution, &self.scope, after.as_ref(), self.bounds)
                .await?;
            self.page = page.headers.into();
            self.next = page.next.map_or(Next::None, Next::After);
        }
        Ok(self.page.pop_front())
    }
}

/// Unpacks a header, off the async threads.
async fn unpack(header: Vec<u8>) -> Result<JsonObject, RetrieveError> {
    tokio::task::spawn_blocking(move || read(&header))
        .await
        .map_err(|_| RetrieveError::Interrupted)?
}

fn read(header: &[u8]) -> Result<JsonObject, RetrieveError> {
    let damaged = || RetrieveError::Damaged {
        reason: "a header in the index does not unpack",
    };
    let mut text = Vec::new();
    zstd::Decoder::with_buffer(header)
        .and_then(|decoder| decoder.take(LONGEST).read_to_end(&mut text))
        .map_err(|_| damaged())?;
    serde_json::from_slice(&text).map_err(|_| damaged())
}
