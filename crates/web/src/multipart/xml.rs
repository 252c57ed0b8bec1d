//! Data sets as parts of Native DICOM Model (PS3.18 §8.7.3, PS3.19 §A.1), made one at a time.

use axum::response::Response;
use bytes::Bytes;
use dataset::json::JsonObject;
use futures::{FutureExt, Stream, StreamExt, stream};

use super::{Part, respond};
use crate::{WebError, notation::DICOM_XML};

/// Answers with a part a data set, each written when its turn comes. A failure of the first has its
/// own status; a later one ends the connection.
pub(crate) async fn data_sets(
    boundary: String,
    records: impl Stream<Item = Result<JsonObject, WebError>> + Send + 'static,
) -> Result<Response, WebError> {
    let parts = records.map(|record| {
        async move {
            let text = Bytes::from(dataset::xml::write(&record?));
            Ok(Part {
                content_type: DICOM_XML.into(),
                location: None,
                length: Some(text.len() as u64),
                bytes: stream::iter([Ok(text)]).boxed(),
            })
        }
        .boxed()
    });
    respond(DICOM_XML, boundary, parts).await
}
