//! Unfinished multipart uploads of a bucket, which a listing of objects hides (S3
//! `ListMultipartUploads`, `AbortMultipartUpload`).

use futures::{Stream, stream};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};
use quick_xml::{events::Event, reader::Reader};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::s3::{S3Settings, install_tls_provider};
use crate::ArchiveError;

/// The largest answer that is read: 1 000 uploads with long keys.
const ANSWER: usize = 4 << 20;

/// The unfinished uploads of a bucket.
#[derive(Debug)]
pub(super) struct Uploads {
    client: HttpClient,
    credential: AwsCredential,
    region: String,
    bucket_url: String,
}

/// An unfinished upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    key: String,
    id: String,
    pub(super) initiated: OffsetDateTime,
}

/// One answer of `ListMultipartUploads`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Page {
    uploads: Vec<Upload>,
    /// Key and upload id to go on from.
    next: Option<(String, String)>,
}

impl Uploads {
    pub(super) fn new(settings: S3Settings) -> Result<Self, ArchiveError> {
        install_tls_provider();
        let client = ReqwestConnector::default()
            .connect(&settings.client_options())
            .map_err(|error| ArchiveError::Settings {
                reason: error.to_string(),
            })?;
        Ok(Self {
            client,
            bucket_url: settings.bucket_url(),
            region: settings.region,
            credential: AwsCredential {
                key_id: settings.access_key,
                secret_key: settings.secret_key,
                token: None,
            },
        })
    }

    /// The unfinished uploads whose key begins with `prefix`.
    pub(super) fn list(
        &self,
        prefix: &str,
    ) -> impl Stream<Item = Result<Upload, ArchiveError>> + Send {
        let first = Some((prefix.to_owned(), None));
        let pages = stream::try_unfold(first, move |state| async move {
            let Some((prefix, marker)) = state else {
                return Ok(None);
            };
            let page = self.page(&prefix, marker.as_ref()).await?;
            let next = page.next.map(|marker| (prefix, Some(marker)));
            Ok::<_, ArchiveError>(Some((stream::iter(page.uploads.into_iter().map(Ok)), next)))
        });
        futures::TryStreamExt::try_flatten(pages)
    }

    async fn page(
        &self,
        prefix: &str,
        marker: Option<&(String, String)>,
    ) -> Result<Page, ArchiveError> {
        let mut query = vec![("prefix", prefix), ("uploads", "")];
        if let Some((key, id)) = marker {
            query.extend([
                ("key-marker", key.as_str()),
                ("upload-id-marker", id.as_str()),
            ]);
        }
        let answer = self.send("GET", "", &query).await?;
        parse(&answer).map_err(|reason| ArchiveError::Answer { reason })
    }

    /// Ends an upload; the store drops its parts.
    pub(super) async fn abort(&self, upload: &Upload) -> Result<(), ArchiveError> {
        let path = format!("/{}", upload.key);
        match self
            .send("DELETE", &path, &[("uploadId", &upload.id)])
            .await
        {
            Err(ArchiveError::NotFound { .. }) => Ok(()),
            result => result.map(drop),
        }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, ArchiveError> {
        let failed = |reason: String| ArchiveError::Answer { reason };
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let uri = format!("{}{path}?{}", self.bucket_url, query.join("&"));
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = method.parse().map_err(|_| failed("method".into()))?;
        *request.uri_mut() = uri.parse().map_err(|_| failed("address".into()))?;
        AwsAuthorizer::new(&self.credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| failed(error.to_string()))?;
        let response = self.client.execute(request).await;
        let response = response.map_err(|error| failed(error.to_string()))?;
        let status = response.status();
        if status.as_u16() == 404 {
            return Err(ArchiveError::NotFound { key: path.into() });
        }
        if !status.is_success() {
            return Err(failed(format!("HTTP status {status}")));
        }
        let body = response.into_body().bytes().await;
        let body = body.map_err(|error| failed(error.to_string()))?;
        if body.len() > ANSWER {
            return Err(failed("the answer is too long".into()));
        }
        Ok(body.to_vec())
    }
}

/// Percent-encodes as the signature wants it: all but unreserved characters (RFC 3986 §2.3).
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Reads a `ListMultipartUploadsResult`.
fn parse(answer: &[u8]) -> Result<Page, String> {
    let mut reader = Reader::from_reader(answer);
    let (mut page, mut truncated) = (Page::default(), false);
    let (mut key, mut id, mut initiated) = (String::new(), String::new(), None);
    let (mut next_key, mut next_id) = (String::new(), String::new());
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(_) => text.clear(),
            Event::Text(part) => {
                text.push_str(&part.decode().map_err(|error| error.to_string())?);
            }
            Event::GeneralRef(_) => return Err("an entity in a listing of uploads".into()),
            Event::End(end) => {
                let value = std::mem::take(&mut text);
                match end.local_name().as_ref() {
                    b"Key" => key = value,
                    b"UploadId" => id = value,
                    b"Initiated" => initiated = OffsetDateTime::parse(&value, &Rfc3339).ok(),
                    b"NextKeyMarker" => next_key = value,
                    b"NextUploadIdMarker" => next_id = value,
                    b"IsTruncated" => truncated = value == "true",
                    b"Upload" => page.uploads.push(Upload {
                        key: std::mem::take(&mut key),
                        id: std::mem::take(&mut id),
                        initiated: initiated.take().ok_or("an upload without a time")?,
                    }),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if truncated && !next_key.is_empty() {
        page.next = Some((next_key, next_id));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_listing_of_uploads_is_read() {
        let answer = br#"<?xml version="1.0"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
            <Bucket>b</Bucket><NextKeyMarker>local/1</NextKeyMarker><NextUploadIdMarker>2~x</NextUploadIdMarker>
            <IsTruncated>true</IsTruncated>
            <Upload><Key>local/1</Key><UploadId>2~x</UploadId><Initiator><ID>test</ID></Initiator>
            <Initiated>2026-11-22T09:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>"#;
        let page = parse(answer).unwrap();
        assert_eq!(page.next, Some(("local/1".into(), "2~x".into())));
        assert_eq!(
            page.uploads,
            [Upload {
                key: "local/1".into(),
                id: "2~x".into(),
                initiated: datetime!(2026-11-22 09:00 UTC),
            }]
        );
        assert!(parse(b"<a><b></a>").is_err());
    }
}
