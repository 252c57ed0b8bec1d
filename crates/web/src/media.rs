//! Media types and Accept (RFC 9110 §8.3.1, §12.5.1; PS3.18 §8.7), read as clients really write them.

/// A media type or media range with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// `type/subtype`, lower case; either may be `*`.
    pub(crate) essence: String,
    /// Parameters in order, names lower case, quotes taken off, `q` left out.
    parameters: Vec<(String, String)>,
    /// Preference in thousandths.
    pub(crate) quality: u16,
}

impl MediaType {
    /// Reads one media type: quoted or bare parameter values, blanks anywhere, a `+` of the subtype
    /// that a query string turned into a blank.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pieces = split(text, ';');
        let essence = pieces.next()?.trim().to_ascii_lowercase().replace(' ', "+");
        let (kind, subtype) = essence.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() || essence.contains(['"', '=', ',']) {
            return None;
        }
        let mut parameters = Vec::new();
        let mut quality = 1000;
        for piece in pieces {
            let Some((name, value)) = piece.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim().to_ascii_lowercase(), unquoted(value.trim()));
            if name == "q" {
                quality = thousandths(&value);
            } else {
                parameters.push((name, value));
            }
        }
        Some(Self {
            essence,
            parameters,
            quality,
        })
    }

    /// The value of a parameter, by lower-case name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// How much the range says: of two that take in the same, the one that says more counts (RFC 9110
    /// §12.5.1).
    pub(crate) fn precision(&self) -> u8 {
        match self.essence.split_once('/') {
            Some(("*", _)) => 0,
            Some((_, "*")) => 1,
            _ => {
                let named = ["type", "transfer-syntax"].map(|name| self.parameter(name).is_some());
                2 + named.into_iter().map(u8::from).sum::<u8>()
            }
        }
    }

    /// Whether the range takes in `essence`.
    pub(crate) fn covers(&self, essence: &str) -> bool {
        covers(&self.essence, essence)
    }
}

/// Whether media range `range` takes in `essence`; both lower case, without parameters.
pub(crate) fn covers(range: &str, essence: &str) -> bool {
    match range.split_once('/') {
        Some(("*", _)) => true,
        Some((kind, "*")) => essence.split_once('/').is_some_and(|(own, _)| own == kind),
        _ => range == essence,
    }
}

/// Reads lists of media ranges, the preferred first, those of quality zero last; what is no media
/// range is left out.
pub(crate) fn ranges<'a>(lists: impl IntoIterator<Item = &'a str>) -> Vec<MediaType> {
    let mut ranges: Vec<_> = lists
        .into_iter()
        .flat_map(|list| split(list, ','))
        .filter_map(MediaType::parse)
        .collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
    ranges
}

/// Splits outside of quoted strings.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |c: char| {
        let separates = c == separator && !quoted;
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        }
        separates
    })
}

fn unquoted(value: &str) -> String {
    match value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => {
            let mut text = String::with_capacity(inner.len());
            let mut characters = inner.chars();
            while let Some(c) = characters.next() {
                text.extend(if c == '\\' {
                    characters.next()
                } else {
                    Some(c)
                });
            }
            text
        }
        None => value.to_owned(),
    }
}

/// `0.85` as 850; what is no number counts as 1.
fn thousandths(text: &str) -> u16 {
    match text.parse::<f64>() {
        // Between 0 and 1000: the conversion is exact enough and cannot overflow.
        Ok(quality) if quality.is_finite() => (quality.clamp(0.0, 1.0) * 1000.0).round() as u16,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn essences(list: &str) -> Vec<String> {
        ranges([list]).into_iter().map(|r| r.essence).collect()
    }

    #[test]
    fn quoted_and_bare_types_and_blanks_read_alike() {
        for text in [
            "multipart/related;type=\"application/dicom\";transfer-syntax=*",
            "multipart/related; type=application/dicom; transfer-syntax=*",
            "Multipart/Related ; Type = \"application/dicom\" ; transfer-syntax = \"*\"",
        ] {
            let media = MediaType::parse(text).unwrap();
            assert_eq!(media.essence, "multipart/related");
            assert_eq!(media.parameter("type"), Some("application/dicom"), "{text}");
            assert_eq!(media.parameter("transfer-syntax"), Some("*"), "{text}");
        }
    }

    #[test]
    fn ranges_come_by_quality_and_then_in_their_order() {
        let list = "image/png;q=0.5, image/jpeg, text/html;q=0, image/gif;q=0.5";
        let expected = ["image/jpeg", "image/png", "image/gif", "text/html"];
        assert_eq!(essences(list), expected);
    }

    #[test]
    fn a_comma_inside_quotes_separates_nothing() {
        assert_eq!(
            essences("multipart/related; type=\"a,b\", application/json"),
            ["multipart/related", "application/json"]
        );
    }

    #[test]
    fn a_plus_that_a_query_string_lost_is_found_again() {
        assert_eq!(
            essences("application/dicom json"),
            ["application/dicom+json"]
        );
    }

    #[test]
    fn what_is_no_media_range_is_passed_over() {
        assert_eq!(essences("nonsense, ;;, /, image/png"), ["image/png"]);
    }

    #[test]
    fn a_range_covers_its_types() {
        assert!(covers("*/*", "image/png"));
        assert!(covers("image/*", "image/png"));
        assert!(!covers("image/*", "application/dicom"));
        assert!(!covers("image/png", "image/jpeg"));
    }
}
