//! The address under which a client reaches the server, for links in answers.

use axum::http::{HeaderMap, HeaderValue, header, uri::Authority};
use model::{AeTitle, InstanceKey, Uid};

/// Makes links: `base` is scheme, authority and path prefix without a closing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    base: String,
}

impl Address {
    /// The configured base URL; else what a proxy says (RFC 7239 Forwarded, X-Forwarded-Proto,
    /// -Host, -Prefix); else the Host header. Links are all that depends on it, never a permission.
    pub(crate) fn new(configured: Option<&str>, headers: &HeaderMap) -> Self {
        if let Some(base) = configured {
            return Self {
                base: base.trim_end_matches('/').to_owned(),
            };
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let first = |name: &str| Some(text(name)?.split(',').next()?.trim().to_owned());
        let forwarded = |name: &str| forwarded(text("forwarded")?, name);
        let scheme = forwarded("proto")
            .or_else(|| first("x-forwarded-proto"))
            .filter(|scheme| scheme == "https")
            .map_or("http", |_| "https");
        let host = forwarded("host")
            .or_else(|| first("x-forwarded-host"))
            .or_else(|| first(header::HOST.as_str()))
            .filter(|host| host.parse::<Authority>().is_ok())
            .unwrap_or_else(|| "localhost".into());
        let prefix = first("x-forwarded-prefix")
            .map(|prefix| prefix.trim_end_matches('/').to_owned())
            .filter(|prefix| is_path(prefix))
            .unwrap_or_default();
        Self {
            base: format!("{scheme}://{host}{prefix}"),
        }
    }

    /// Whether clients come over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// What a client should know: Warning 299 (PS3.18 §8.3.4.4) in the form of RFC 7234 §5.5, the
    /// service as its agent and `text`, ASCII, as a quoted text.
    pub(crate) fn warning(&self, text: &str) -> Option<HeaderValue> {
        let mut quoted = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                ' '..='~' => quoted.push(character),
                _ => quoted.push('?'),
            }
        }
        HeaderValue::from_str(&format!("299 {} \"{quoted}\"", self.service())).ok()
    }

    /// The DICOMweb service.
    pub(crate) fn service(&self) -> String {
        format!("{}/dicom-web", self.base)
    }

    /// A study.
    pub(crate) fn study(&self, study: &Uid) -> String {
        format!("{}/dicom-web/studies/{study}", self.base)
    }

    /// A series.
    pub(crate) fn series(&self, study: &Uid, series: &Uid) -> String {
        format!("{}/series/{series}", self.study(study))
    }

    /// Scheme, authority and path prefix, without a closing slash.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A workitem.
    pub(crate) fn workitem(&self, workitem: &Uid) -> String {
        format!("{}/workitems/{workitem}", self.service())
    }

    /// The WebSocket of a subscriber's event reports (PS3.18 §8.10.4).
    pub(crate) fn notifications(&self, subscriber: &AeTitle) -> String {
        let service = self.service();
        // The base begins with http or https.
        let rest = service.strip_prefix("http").unwrap_or(&service);
        let mut url = format!("ws{rest}/ws/subscribers/");
        for byte in subscriber.as_str().bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
        url
    }

    /// An instance.
    pub(crate) fn instance(&self, key: &InstanceKey) -> String {
        let series = self.series(&key.study, &key.series);
        format!("{series}/instances/{}", key.sop)
    }
}

/// A parameter of the first element of a Forwarded header.
fn forwarded(value: &str, name: &str) -> Option<String> {
    let element = value.split(',').next()?;
    element.split(';').find_map(|pair| {
        let (own, value) = pair.split_once('=')?;
        let own = own.trim().eq_ignore_ascii_case(name);
        own.then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn is_path(prefix: &str) -> bool {
    prefix.starts_with('/')
        && prefix
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(pairs: &[(&'static str, &'static str)]) -> String {
        let headers = pairs
            .iter()
            .map(|&(name, value)| {
                (
                    axum::http::HeaderName::from_static(name),
                    axum::http::HeaderValue::from_static(value),
                )
            })
            .collect();
        Address::new(None, &headers).base
    }

    #[test]
    fn links_follow_the_proxy() {
        assert_eq!(address(&[("host", "a:8080")]), "http://a:8080");
        assert_eq!(
            address(&[
                ("host", "inner"),
                ("x-forwarded-proto", "https, http"),
                ("x-forwarded-host", "outer.example"),
                ("x-forwarded-prefix", "/imaging/"),
            ]),
            "https://outer.example/imaging"
        );
        assert_eq!(
            address(&[
                ("host", "inner"),
                ("forwarded", "for=1;proto=https;host=\"o:1\"")
            ]),
            "https://o:1"
        );
    }

    #[test]
    fn a_header_cannot_write_anything_else_into_a_link() {
        assert_eq!(address(&[("host", "a b<script>")]), "http://localhost");
        assert_eq!(
            address(&[("host", "a"), ("x-forwarded-prefix", "//evil/\"")]),
            "http://a"
        );
        assert_eq!(
            address(&[("host", "a"), ("x-forwarded-proto", "javascript")]),
            "http://a"
        );
    }

    #[test]
    fn a_configured_address_wins() {
        let headers = HeaderMap::new();
        let address = Address::new(Some("https://pacs.example/x/"), &headers);
        assert_eq!(address.service(), "https://pacs.example/x/dicom-web");
    }
}
