//! In which of its two notations a client takes the DICOM model: JSON (PS3.18 §F) or XML (PS3.19 §A).

use axum::http::HeaderMap;

use crate::{
    WebError,
    accept::{Accepted, DICOM_JSON, Offer},
};

/// Native DICOM Model (PS3.19 §A.1).
pub(crate) const DICOM_XML: &str = "application/dicom+xml";

/// A notation of the DICOM model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    Json,
    Xml,
}

/// Metadata and matches: JSON as it is, XML as `multipart/related` with a part an instance or match
/// (PS3.18 §8.7.3, Table 10.4.1-2, §10.6.3.2). JSON where both are wanted alike.
pub(crate) fn of_several(
    headers: &HeaderMap,
    query: &[(String, String)],
) -> Result<Notation, WebError> {
    preferred(headers, query, true).ok_or(WebError::NotAcceptable(
        "application/dicom+json, multipart/related; type=\"application/dicom+xml\"",
    ))
}

/// One data set, as the answer to a store: either as it is (PS3.18 §10.5.3).
pub(crate) fn of_one(
    headers: &HeaderMap,
    query: &[(String, String)],
) -> Result<Notation, WebError> {
    preferred(headers, query, false).ok_or(WebError::NotAcceptable(
        "application/dicom+json, application/dicom+xml",
    ))
}

fn preferred(headers: &HeaderMap, query: &[(String, String)], several: bool) -> Option<Notation> {
    let xml = match several {
        true => Offer::multipart(DICOM_XML),
        false => Offer::single(DICOM_XML),
    };
    let offers = [
        Offer::single(DICOM_JSON),
        Offer::single("application/json"),
        xml,
    ];
    let chosen = Accepted::of(headers, query).preferred(&offers)?;
    Some(match chosen.essence {
        DICOM_XML => Notation::Xml,
        _ => Notation::Json,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn several(accept: &'static str) -> Option<Notation> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        of_several(&headers, &[]).ok()
    }

    #[test]
    fn xml_comes_in_parts_to_who_asks_for_it() {
        let xml = "multipart/related; type=\"application/dicom+xml\"";
        assert_eq!(several(xml), Some(Notation::Xml));
        assert_eq!(several("*/*"), Some(Notation::Json));
        assert_eq!(
            several(
                "multipart/related; type=application/dicom+xml;q=0.9, application/dicom+json;q=0.1"
            ),
            Some(Notation::Xml)
        );
        // PS3.18 Table 10.4.1-2 has XML metadata in parts only.
        assert_eq!(several("application/dicom+xml"), None);
        assert_eq!(
            several("multipart/related; type=\"application/dicom\""),
            None
        );
    }

    /// PS3.18 §8.7.4, §8.7.5: what OHIF, browsers and scripts send to JSON resources.
    #[test]
    fn json_is_found_among_others() {
        for accepted in [
            "multipart/related; type=application/octet-stream, application/dicom+json;q=0.1",
            "application/dicom+json; charset=utf-8",
            "application/dicom+json, multipart/related; type=\"application/dicom+xml\"",
            "text/html, application/*;q=0.5",
            "*/*;q=0.1",
            "application/json",
        ] {
            assert_eq!(several(accepted), Some(Notation::Json), "{accepted}");
        }
        for refused in ["application/dicom+json;q=0", "*/*;q=0", "nonsense"] {
            assert_eq!(several(refused), None, "{refused}");
        }
        let none = "application/dicom+json;q=0, application/json;q=0, */*";
        assert_eq!(several(none), Some(Notation::Xml));
    }

    #[test]
    fn one_data_set_needs_no_parts() {
        let xml = HeaderValue::from_static("application/dicom+xml");
        let headers = HeaderMap::from_iter([(header::ACCEPT, xml)]);
        assert_eq!(of_one(&headers, &[]).ok(), Some(Notation::Xml));
        assert_eq!(of_one(&HeaderMap::new(), &[]).ok(), Some(Notation::Json));
    }
}
