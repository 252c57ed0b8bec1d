//! Headers as the index keeps them: compressed DICOM JSON.

use std::io::Read;

use database::InstanceRow;
use dataset::json::JsonObject;

use crate::RetrieveError;

/// The longest header, unpacked.
const LONGEST: u64 = 256 << 20;

/// Unpacks headers, off the async threads.
pub(crate) async fn unpack(
    headers: Vec<(InstanceRow, Vec<u8>)>,
) -> Result<Vec<JsonObject>, RetrieveError> {
    let work = move || headers.iter().map(|(_, header)| read(header)).collect();
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| RetrieveError::Interrupted)?
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
