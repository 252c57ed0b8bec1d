//! What a client accepts: the `accept` parameter of the query, else the Accept header, else all
//! (PS3.18 §8.3.3.1, §8.7.5).

use axum::http::{HeaderMap, header};

use crate::media::{self, MediaType};

/// DICOM JSON (PS3.18 §F).
pub(crate) const DICOM_JSON: &str = "application/dicom+json";
/// A Part 10 file.
pub(crate) const DICOM: &str = "application/dicom";
/// Bytes.
pub(crate) const OCTETS: &str = "application/octet-stream";
/// Several parts.
pub(crate) const MULTIPART: &str = "multipart/related";

/// The accepted media ranges, the preferred first.
pub(crate) fn ranges(headers: &HeaderMap, query: &[(String, String)]) -> Vec<MediaType> {
    let asked: Vec<&str> = query
        .iter()
        .filter(|(name, _)| name == "accept")
        .map(|(_, value)| value.as_str())
        .collect();
    if !asked.is_empty() {
        return media::ranges(asked);
    }
    let header: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    if header.iter().all(|value| value.trim().is_empty()) {
        return media::ranges(["*/*"]);
    }
    media::ranges(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, header::HeaderValue::from_static(value))])
    }

    #[test]
    fn the_query_wins() {
        let query = [("accept".to_owned(), "image/jpeg".to_owned())];
        let ranges = ranges(&accepts("multipart/related; type=image/png"), &query);
        assert_eq!(ranges.len(), 1);
        assert_eq!(ranges[0].essence, "image/jpeg");
    }
}
