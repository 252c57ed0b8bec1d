//! Entity tags and what hangs on them: 304, and parts of a body (RFC 9110 §8.8, §13, §14).
//!
//! What is answered may be kept by the client that got it and is asked about every time: bytes under one
//! tag never change, but which version of an instance is shown may, and so may who is allowed to see it.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

/// Kept by nobody but the client, and only used after asking.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, no-cache");

/// An entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntityTag {
    /// With its quotes.
    opaque: String,
    weak: bool,
}

impl EntityTag {
    /// Of a representation that is made of what `parts` name, by this release: equal to the last byte.
    pub(crate) fn strong(parts: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in std::iter::once(&env!("CARGO_PKG_VERSION")).chain(parts) {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        let hex = hasher.finalize().to_hex();
        Self {
            opaque: format!("\"{}\"", &hex[..32]),
            weak: false,
        }
    }

    /// The same of one whose bytes differ where it does not matter: boundaries, pictures drawn anew.
    pub(crate) fn weak(parts: &[&str]) -> Self {
        Self {
            weak: true,
            ..Self::strong(parts)
        }
    }

    /// Whether the client has it (If-None-Match, RFC 9110 §13.1.2: compared weakly).
    pub(crate) fn is_had(&self, headers: &HeaderMap) -> bool {
        let lists = headers.get_all(header::IF_NONE_MATCH).iter();
        let tags = lists.filter_map(|list| list.to_str().ok());
        tags.flat_map(|list| list.split(',')).any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.opaque
        })
    }

    /// Says on a response what it is, and how it may be kept.
    pub(crate) fn mark(&self, response: &mut Response) {
        let weak = if self.weak { "W/" } else { "" };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&format!("{weak}{}", self.opaque)) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
        headers.append(header::VARY, HeaderValue::from_static("accept"));
    }

    /// 304: the client has it.
    pub(crate) fn not_modified(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.mark(&mut response);
        response
    }
}

/// How much of a body is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it, or what is not understood (RFC 9110 §14.2).
    Whole,
    /// This part.
    Part(Range<u64>),
    /// Nothing that is there.
    Outside,
}

/// What Range and If-Range ask of a body of `length` bytes. Ranges that touch are one; several that do
/// not are answered with everything, as a server may (RFC 9110 §14.2), and none that is there with 416.
pub(crate) fn extent(headers: &HeaderMap, tag: &EntityTag, length: u64) -> Extent {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A date cannot match: none is given (§13.1.5).
    if let Some(condition) = text(header::IF_RANGE)
        && (tag.weak || condition.trim() != tag.opaque)
    {
        return Extent::Whole;
    }
    let Some(asked) = text(header::RANGE) else {
        return Extent::Whole;
    };
    let Some(set) = asked.trim().strip_prefix("bytes=") else {
        return Extent::Whole;
    };
    let specs = set.split(',').filter(|spec| !spec.trim().is_empty());
    let ranges: Option<Vec<_>> = specs.map(|spec| range(spec, length)).collect();
    let Some(mut ranges) = ranges.filter(|ranges| !ranges.is_empty()) else {
        return Extent::Whole;
    };
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut ranges = ranges.into_iter();
    let Some(first) = ranges.next() else {
        return Extent::Outside;
    };
    let one = ranges.try_fold(first, |one, next| {
        (next.start <= one.end).then(|| one.start..one.end.max(next.end))
    });
    one.map_or(Extent::Whole, Extent::Part)
}

/// One range of `length` bytes, empty where nothing of it is there; none where it is no range.
fn range(spec: &str, length: u64) -> Option<Range<u64>> {
    let (first, last) = spec.split_once('-')?;
    match (number(first)?, number(last)?) {
        (Some(first), Some(last)) if last < first => None,
        (Some(first), Some(last)) => Some(first..last.saturating_add(1).min(length)),
        (Some(first), None) => Some(first..length),
        (None, Some(suffix)) => Some(length.saturating_sub(suffix)..length),
        (None, None) => None,
    }
}

/// A number, or none where nothing stands; nothing at all where it is no number. A larger one than
/// can be counted lies behind everything.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    /// RFC 9110 §14.1.2, §14.2.
    #[test]
    fn ranges_are_parts_or_everything_or_nothing() {
        let tag = EntityTag::strong(&["a"]);
        for (asked, expected) in [
            ("bytes=0-0", Extent::Part(0..1)),
            ("bytes=2-5", Extent::Part(2..6)),
            ("bytes=2-", Extent::Part(2..10)),
            ("bytes=-3", Extent::Part(7..10)),
            ("bytes=-30", Extent::Part(0..10)),
            ("bytes=9-99999999999999999999999", Extent::Part(9..10)),
            ("bytes=10-", Extent::Outside),
            ("bytes=99999999999999999999999-", Extent::Outside),
            ("bytes=-0", Extent::Outside),
            ("bytes=5-2", Extent::Whole),
            ("bytes=-", Extent::Whole),
            ("bytes=0-1,4-5", Extent::Whole),
            ("bytes=4-5, 0-1, 2-3", Extent::Part(0..6)),
            ("bytes=2-7,3-4", Extent::Part(2..8)),
            ("bytes=2-3,40-50", Extent::Part(2..4)),
            ("bytes=2-3,,", Extent::Part(2..4)),
            ("bytes=10-,20-30,-0", Extent::Outside),
            ("bytes=0-1,5-2", Extent::Whole),
            ("bytes=,", Extent::Whole),
            ("bytes=a-b", Extent::Whole),
            ("lines=1-2", Extent::Whole),
        ] {
            let headers = with(&[(header::RANGE, asked)]);
            assert_eq!(extent(&headers, &tag, 10), expected, "{asked}");
        }
        assert_eq!(extent(&HeaderMap::new(), &tag, 10), Extent::Whole);
        let any = with(&[(header::RANGE, "bytes=0-")]);
        assert_eq!(extent(&any, &tag, 0), Extent::Outside);
    }

    /// RFC 9110 §13.1.5: If-Range compares strongly.
    #[test]
    fn a_part_of_another_version_is_not_given() {
        let tag = EntityTag::strong(&["a"]);
        for (condition, expected) in [
            (tag.opaque.clone(), Extent::Part(2..4)),
            (format!("W/{}", tag.opaque), Extent::Whole),
            ("\"other\"".into(), Extent::Whole),
            ("Wed, 21 Oct 2015 07:28:00 GMT".into(), Extent::Whole),
        ] {
            let headers = with(&[(header::RANGE, "bytes=2-3"), (header::IF_RANGE, &condition)]);
            assert_eq!(extent(&headers, &tag, 10), expected, "{condition}");
        }
        let weak = EntityTag::weak(&["a"]);
        let headers = with(&[
            (header::RANGE, "bytes=2-3"),
            (header::IF_RANGE, &tag.opaque),
        ]);
        assert_eq!(extent(&headers, &weak, 10), Extent::Whole);
    }

    /// RFC 9110 §13.1.2: If-None-Match compares weakly.
    #[test]
    fn what_the_client_has_is_found_in_its_list() {
        let (strong, weak) = (EntityTag::strong(&["a", "b"]), EntityTag::weak(&["a", "b"]));
        let own = &strong.opaque;
        for (list, had) in [
            (own.clone(), true),
            (format!("\"x\", W/{own}"), true),
            ("*".into(), true),
            ("\"x\"".into(), false),
            (own.trim_matches('"').into(), false),
        ] {
            let headers = with(&[(header::IF_NONE_MATCH, &list)]);
            assert_eq!(strong.is_had(&headers), had, "{list}");
            assert_eq!(weak.is_had(&headers), had, "{list}");
        }
        assert_ne!(EntityTag::strong(&["ab"]), EntityTag::strong(&["a", "b"]));
    }
}
