//! What a client accepts: the `accept` parameter of the query, else the Accept header, else all
//! (PS3.18 §8.3.3.1, §8.7.5). Who chooses among media types asks here.

use std::cmp::Reverse;

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

/// One part a resource, or the only resource as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `multipart/related`.
    Multipart,
    /// The body is the resource.
    Single,
}

/// A representation that could be given: its form, the media type of the resource, and its transfer
/// syntax where it has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    pub(crate) form: Form,
    pub(crate) essence: &'a str,
    pub(crate) syntax: Option<&'a str>,
}

impl<'a> Offer<'a> {
    /// A resource as it is.
    pub(crate) fn single(essence: &'a str) -> Self {
        Self {
            form: Form::Single,
            essence,
            syntax: None,
        }
    }

    /// Parts in `multipart/related`.
    pub(crate) fn multipart(essence: &'a str) -> Self {
        Self {
            form: Form::Multipart,
            ..Self::single(essence)
        }
    }
}

/// What a client accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The preferred first, those of quality zero last.
    ranges: Vec<MediaType>,
}

impl Accepted {
    /// What the request says.
    pub(crate) fn of(headers: &HeaderMap, query: &[(String, String)]) -> Self {
        let asked: Vec<&str> = query
            .iter()
            .filter(|(name, _)| name == "accept")
            .map(|(_, value)| value.as_str())
            .collect();
        if !asked.is_empty() {
            return Self::lists(asked);
        }
        let header: Vec<&str> = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        if header.iter().all(|value| value.trim().is_empty()) {
            return Self::lists(["*/*"]);
        }
        Self::lists(header)
    }

    /// What lists of media ranges say.
    pub(crate) fn lists<'a>(lists: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            ranges: media::ranges(lists),
        }
    }

    /// The ranges that are accepted, the preferred first.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &MediaType> {
        self.ranges.iter().filter(|range| range.quality > 0)
    }

    /// Whether a range of quality zero takes `offer` in and says more than one of `precision` does.
    pub(crate) fn refuses(&self, offer: Offer<'_>, precision: u8) -> bool {
        let mut refused = self.refused(precision);
        refused.any(|range| takes(range, offer))
    }

    /// Whether such a range is of the parts of `offer`. It does not speak of `multipart/related` (RFC
    /// 9110 §12.5.1), but who does not want an image hardly wants it in a part: that is given last.
    pub(crate) fn dislikes(&self, offer: Offer<'_>, precision: u8) -> bool {
        let mut refused = self.refused(precision);
        refused.any(|range| of_its_parts(range, offer))
    }

    /// The ranges of quality zero that say more than one of `precision` does.
    fn refused(&self, precision: u8) -> impl Iterator<Item = &MediaType> {
        let refused = self.ranges.iter().filter(|range| range.quality == 0);
        refused.filter(move |range| range.precision() > precision)
    }

    /// Whether `multipart/related` is refused, whatever its parts are.
    pub(crate) fn refuses_parts(&self) -> bool {
        let refused = self.ranges.iter().filter(|range| range.quality == 0);
        let mut bare = refused.filter(|range| range.precision() > 0);
        bare.any(|range| range.covers(MULTIPART) && range.parameter("type").is_none())
    }

    /// The transfer syntaxes that are refused for resources of media type `essence`.
    pub(crate) fn refused_syntaxes(&self, essence: &str) -> Vec<String> {
        let refused = self.ranges.iter().filter(|range| range.quality == 0);
        refused
            .filter(|range| {
                let offer = Offer::multipart(essence);
                takes(range, offer) || of_its_parts(range, offer)
            })
            .filter_map(|range| range.parameter("transfer-syntax"))
            .map(str::to_owned)
            .collect()
    }

    /// The place of `offer` among others, the most wanted first: whether it is disliked, how much it is
    /// wanted in thousandths, by the how manieth range. None where it is not acceptable. The range that
    /// says most about it counts (RFC 9110 §12.5.1).
    pub(crate) fn rank(&self, offer: Offer<'_>) -> Option<(bool, Reverse<u16>, usize)> {
        let ranges = self.ranges.iter().enumerate();
        let mut taking: Vec<_> = ranges.filter(|(_, range)| takes(range, offer)).collect();
        taking.sort_by_key(|(_, range)| Reverse(range.precision()));
        let &(index, range) = taking.first()?;
        let disliked = self.dislikes(offer, range.precision());
        (range.quality > 0).then_some((disliked, Reverse(range.quality), index))
    }

    /// The most wanted of `offers`; of equally wanted ones the one that the client names first, then
    /// the first.
    pub(crate) fn preferred<'a>(&self, offers: &[Offer<'a>]) -> Option<Offer<'a>> {
        let ranked = offers.iter();
        let ranked = ranked.filter_map(|&offer| Some((self.rank(offer)?, offer)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, offer)| offer)
    }
}

/// Whether a range takes in an offer.
fn takes(range: &MediaType, offer: Offer<'_>) -> bool {
    let form = match offer.form {
        Form::Single => range.covers(offer.essence),
        Form::Multipart => {
            let root = range.parameter("type").map(str::trim);
            range.covers(MULTIPART)
                && root.is_none_or(|root| media::covers(&root.to_ascii_lowercase(), offer.essence))
        }
    };
    form && match (range.parameter("transfer-syntax"), offer.syntax) {
        (Some(own), Some(syntax)) => own.trim() == syntax || own.trim() == "*",
        _ => true,
    }
}

/// Whether a range that is refused is of the parts of a multipart offer.
fn of_its_parts(range: &MediaType, offer: Offer<'_>) -> bool {
    let single = Offer {
        form: Form::Single,
        ..offer
    };
    offer.form == Form::Multipart && takes(range, single)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, header::HeaderValue::from_static(value))])
    }

    /// PS3.18 §8.3.3.1: OHIF sends `/rendered?accept=image%2Fjpeg` with a multipart header.
    #[test]
    fn the_query_wins() {
        let query = [("accept".to_owned(), "image/jpeg".to_owned())];
        let accepted = Accepted::of(&accepts("multipart/related; type=image/png"), &query);
        assert_eq!(accepted, Accepted::lists(["image/jpeg"]));
    }

    fn preferred<'a>(list: &str, offers: &[&'a str]) -> Option<&'a str> {
        let offers: Vec<_> = offers
            .iter()
            .map(|essence| Offer::single(essence))
            .collect();
        Accepted::lists([list])
            .preferred(&offers)
            .map(|offer| offer.essence)
    }

    /// RFC 9110 §12.5.1.
    #[test]
    fn the_range_that_says_most_counts() {
        let offers = ["image/jpeg", "image/png"];
        for (list, expected) in [
            ("*/*", Some("image/jpeg")),
            ("image/jpeg;q=0, */*", Some("image/png")),
            ("*/*, image/jpeg;q=0", Some("image/png")),
            ("image/*;q=0, */*", None),
            ("image/*;q=0, image/png, */*", Some("image/png")),
            ("image/jpeg;q=0.1, image/*;q=0.5", Some("image/png")),
            ("image/png, image/jpeg", Some("image/png")),
            ("image/png;q=0.9, image/jpeg;q=0.9001", Some("image/png")),
            ("*/*;q=0", None),
            ("image/gif", None),
        ] {
            assert_eq!(preferred(list, &offers), expected, "{list}");
        }
    }

    /// RFC 9110 §12.5.1: `q=0` shuts its own type.
    #[test]
    fn what_is_refused_by_itself_comes_in_parts_where_nothing_else_does() {
        let parts = Offer::multipart("image/jpeg");
        for (list, taken) in [
            ("multipart/related", true),
            ("multipart/related; type=image/jpeg", true),
            ("multipart/related; type=\"image/png\"", false),
            ("image/jpeg", false),
            ("image/jpeg;q=0, */*", true),
            ("multipart/related;q=0, */*", false),
            ("multipart/related; type=image/jpeg;q=0, */*", false),
            ("multipart/related; type=image/png;q=0, */*", true),
        ] {
            let rank = Accepted::lists([list]).rank(parts);
            assert_eq!(rank.is_some(), taken, "{list}");
        }
        let others = [
            parts,
            Offer::multipart("image/png"),
            Offer::single("image/gif"),
        ];
        for (list, taken) in [
            ("image/jpeg;q=0, */*", "image/png"),
            (
                "image/jpeg;q=0, multipart/related, image/gif;q=0.1",
                "image/jpeg",
            ),
            ("image/jpeg;q=0, image/png;q=0, */*", "image/gif"),
            ("image/*;q=0, */*", "image/jpeg"),
        ] {
            let preferred = Accepted::lists([list]).preferred(&others);
            assert_eq!(preferred.unwrap().essence, taken, "{list}");
        }
    }
}
