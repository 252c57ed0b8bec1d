//! Metadata as one answer with an ETag, encoded once and kept (docs/adr/0013).

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use retrieve::{Coding, Envelope, WholeMetadata};

use crate::{WebError, WebState};

/// Marks an answer that is as it shall leave: it is not compressed a second time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoded;

/// The codings that answers are made in, the preferred first.
const CODINGS: [(Coding, &str); 3] = [
    (Coding::Zstd, "zstd"),
    (Coding::Gzip, "gzip"),
    (Coding::Identity, "identity"),
];

/// Which coding a client takes (RFC 9110 §12.5.3): of those it likes best, the one that is made
/// fastest. Nothing asked for is nothing done.
pub(crate) fn coding(headers: &HeaderMap) -> Coding {
    let asked: Vec<(String, f32)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|element| {
            let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
            let quality = parameters.trim().strip_prefix("q=");
            let quality = quality.map_or(Some(1.0), |text| text.trim().parse().ok())?;
            Some((name.trim().to_ascii_lowercase(), quality))
        })
        .collect();
    let quality = |name: &str| {
        let of = |name: &str| asked.iter().find(|(own, _)| own == name).map(|(_, q)| *q);
        match name {
            // Acceptable unless it is said otherwise, but not asked for.
            "identity" => of(name).unwrap_or(0.001),
            _ => of(name).or_else(|| of("*")).unwrap_or(0.0),
        }
    };
    let mut best = (Coding::Identity, 0.0);
    for (coding, name) in CODINGS {
        if quality(name) > best.1 {
            best = (coding, quality(name));
        }
    }
    best.0
}

/// Whether a conditional request names what the client has (RFC 9110 §13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|own| own == "*" || own.strip_prefix("W/").unwrap_or(own) == tag)
}

/// Answers with the metadata in its envelope: 304 where the client has it. None: it cannot be one
/// answer.
pub(crate) async fn answer(
    state: &WebState,
    headers: &HeaderMap,
    metadata: &WholeMetadata,
    envelope: &Envelope,
    content_type: &'static str,
) -> Result<Option<Response>, WebError> {
    let name = envelope.name(metadata);
    let hex: String = name[..16].iter().map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{hex}\"");
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match state.retrieve.metadata_answer(metadata, envelope).await? {
            Some(bytes) => encoded(bytes, envelope.coding, content_type),
            None => return Ok(None),
        }
    };
    let own = response.headers_mut();
    let tag = HeaderValue::from_str(&tag).map_err(|_| WebError::Internal)?;
    own.insert(header::ETAG, tag);
    // Kept by the client alone, and asked for each time whether it is still so.
    let keep = HeaderValue::from_static("private, no-cache");
    own.insert(header::CACHE_CONTROL, keep);
    let vary = HeaderValue::from_static("accept, accept-encoding");
    own.insert(header::VARY, vary);
    Ok(Some(response))
}

fn encoded(bytes: Bytes, coding: Coding, content_type: &'static str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, content_type)], Body::from(bytes)).into_response();
    let name = match coding {
        Coding::Identity => None,
        Coding::Gzip => Some("gzip"),
        Coding::Zstd => Some("zstd"),
    };
    if let Some(name) = name {
        let name = HeaderValue::from_static(name);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, name);
    }
    response.extensions_mut().insert(Encoded);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_coding_is_one_the_client_takes() {
        for (asked, expected) in [
            ("gzip, deflate, br, zstd", Coding::Zstd),
            ("gzip, deflate", Coding::Gzip),
            ("zstd;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("GZIP ; q=1.0", Coding::Gzip),
            ("*", Coding::Zstd),
            ("zstd;q=0, *;q=0.1", Coding::Gzip),
            ("br", Coding::Identity),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("gzip;q=0", Coding::Identity),
            ("", Coding::Identity),
        ] {
            let headers = with(header::ACCEPT_ENCODING, asked);
            assert_eq!(coding(&headers), expected, "{asked}");
        }
        assert_eq!(coding(&HeaderMap::new()), Coding::Identity);
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        for known in ["\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(
                is_known(&with(header::IF_NONE_MATCH, known), "\"a\""),
                "{known}"
            );
        }
        for unknown in ["\"b\"", "a", ""] {
            assert!(
                !is_known(&with(header::IF_NONE_MATCH, unknown), "\"a\""),
                "{unknown}"
            );
        }
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}
