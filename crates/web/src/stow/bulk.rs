//! Bulk data parts by the addresses that metadata names them by (PS3.18 §10.5.2, RFC 2557 §5).

use std::collections::HashMap;

use dataset::Span;

use super::syntax::Coded;

/// One part of bulk data, kept.
#[derive(Clone, Debug)]
pub(super) struct BulkPart {
    /// Where it lies in the spool.
    pub(super) span: Span,
    /// What its Content-Type says of it as pixel data.
    pub(super) coded: Coded,
}

/// The bulk data of a request. Several parts of one address are the frames of one value, in order.
#[derive(Debug, Default)]
pub(super) struct BulkData {
    named: HashMap<String, Vec<BulkPart>>,
    /// Path of the request: what relative addresses are relative to.
    base: String,
}

impl BulkData {
    /// The request came to `path`.
    pub(super) fn new(path: &str) -> Self {
        Self {
            named: HashMap::new(),
            base: path.to_owned(),
        }
    }

    /// Adds a part.
    pub(super) fn add(&mut self, location: &str, part: BulkPart) {
        let address = self.address(location);
        self.named.entry(address).or_default().push(part);
    }

    /// The parts that a BulkDataURI names.
    pub(super) fn find(&self, uri: &str) -> Option<&[BulkPart]> {
        self.named.get(&self.address(uri)).map(Vec::as_slice)
    }

    /// An address in the one form that is compared: of a web address its path and query, of a
    /// relative one what it means at the request's.
    fn address(&self, uri: &str) -> String {
        let uri = uri.trim();
        let uri = uri.strip_prefix("urn:uuid:").unwrap_or(uri);
        if let Some((scheme, rest)) = uri.split_once("://") {
            if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
                return uri.to_owned();
            }
            let path = rest.find('/').map_or("", |at| &rest[at..]);
            return path.to_owned();
        }
        if uri.starts_with('/') {
            return uri.to_owned();
        }
        let folder = self.base.rfind('/').map_or("", |at| &self.base[..=at]);
        let mut parts: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
        for part in uri.split('/') {
            match part {
                "." => {}
                ".." if parts.len() > 1 => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3986 §5.4: the same resource, absolute and relative.
    #[test]
    fn absolute_and_relative_addresses_meet() {
        let mut bulk = BulkData::new("/dicom-web/studies/1.2");
        let part = BulkPart {
            span: Span {
                offset: 0,
                length: 1,
            },
            coded: Coded::Native,
        };
        bulk.add("https://a:1/dicom-web/studies/b/1?x=y", part.clone());
        for same in [
            "/dicom-web/studies/b/1?x=y",
            "b/1?x=y",
            "./b/1?x=y",
            "c/../b/1?x=y",
        ] {
            assert!(bulk.find(same).is_some(), "{same}");
        }
        for other in ["b/2", "file:///dicom-web/studies/b/1?x=y", "/b/1?x=y"] {
            assert!(bulk.find(other).is_none(), "{other}");
        }
        bulk.add("0a-1", part);
        assert!(bulk.find("urn:uuid:0a-1").is_some());
    }
}
