//! Character repertoires (PS3.5 §6.1, PS3.3 §C.12.1.1.2): text is decoded before it is split.

mod iso2022;
mod repertoire;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use dicom_core::VR;
use encoding_rs::GB18030;

use self::{
    iso2022::ESCAPE,
    repertoire::{Double, Repertoire},
};

/// How text is read that no Specific Character Set declares and that is not ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// UTF-8 where it is valid UTF-8, else GB18030 where it is that without fault and does not look
    /// like Latin letters with accents, else Latin-1.
    #[default]
    Detect,
    /// A configured repertoire.
    Charset(Box<Charset>),
}

/// The character repertoires of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charset {
    terms: Vec<String>,
    first: Repertoire,
    extensions: Vec<Repertoire>,
    fallback: Fallback,
}

impl Default for Charset {
    /// The default repertoire, ISO IR 6.
    fn default() -> Self {
        Self::new("")
    }
}

impl Charset {
    /// The repertoires of a Specific Character Set (0008,0005) value; unknown terms count as absent.
    pub fn new(value: &str) -> Self {
        let terms: Vec<String> = value
            .trim_end_matches(['\0', ' '])
            .split('\\')
            .map(|term| term.trim_matches(['\0', ' ']).to_owned())
            .collect();
        let mut sets = terms.iter().map(|term| Repertoire::of_term(term));
        let first = sets.next().flatten().unwrap_or(Repertoire::Ascii);
        // UTF-8 and GB18030 know no code extensions.
        let extensions = if first.is_unicode() {
            Vec::new()
        } else {
            sets.flatten()
                .filter(|&set| set != Repertoire::Ascii)
                .collect()
        };
        Self {
            terms,
            first,
            extensions,
            fallback: Fallback::default(),
        }
    }

    /// Unicode in UTF-8: `ISO_IR 192`.
    pub fn utf8() -> Self {
        Self::new("ISO_IR 192")
    }

    /// `GB18030`.
    pub fn gb18030() -> Self {
        Self::new("GB18030")
    }

    /// The same with another way of reading what nothing declares.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// The repertoires of an item with a Specific Character Set of its own.
    #[must_use]
    pub(crate) fn nested(&self, value: &str) -> Self {
        Self::new(value).with_fallback(self.fallback.clone())
    }

    /// The terms as Specific Character Set holds them.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The text of a whole value of `vr`, backslashes and padding included. Never fails: what the
    /// repertoire does not know becomes U+FFFD.
    pub fn decode(&self, vr: VR, bytes: &[u8]) -> String {
        self.text(vr, bytes).into_owned()
    }

    /// [`Charset::decode`] without a copy where the bytes are ASCII.
    pub(crate) fn text<'b>(&self, vr: VR, bytes: &'b [u8]) -> Cow<'b, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.is_ascii() && !bytes.contains(&ESCAPE) => text.into(),
            _ => self.decode_other(vr, bytes).into(),
        }
    }

    /// What is not plain ASCII.
    fn decode_other(&self, vr: VR, bytes: &[u8]) -> String {
        if self.first.is_unicode() {
            return self.decode_unicode(bytes);
        }
        if self.first == Repertoire::Ascii
            && self.extensions.is_empty()
            && !iso2022::has_escapes(bytes)
        {
            return match &self.fallback {
                Fallback::Detect => detect(bytes),
                Fallback::Charset(charset) if **charset == Self::default() => latin1(bytes),
                Fallback::Charset(charset) => charset.decode(vr, bytes),
            };
        }
        iso2022::decode(bytes, vr, self.initial_g1())
    }

    /// The bytes of a text; none where the repertoires lack a character.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        if text.is_ascii() {
            return Some(text.into());
        }
        if self.extensions.is_empty() && !matches!(self.first, Repertoire::Double(_)) {
            let mut out = Vec::with_capacity(text.len());
            for character in text.chars() {
                out.extend(self.first.bytes_of(character)?);
            }
            return Some(out);
        }
        let first = match self.first {
            // A double-byte set stands in no code element before it is designated.
            Repertoire::Double(_) => Repertoire::Ascii,
            set => set,
        };
        let extensions: Vec<_> = std::iter::once(self.first)
            .chain(self.extensions.iter().copied())
            .filter(|&set| set != first)
            .collect();
        iso2022::encode(text, first, &extensions)
    }

    fn decode_unicode(&self, bytes: &[u8]) -> String {
        if self.first == Repertoire::Utf8 {
            match std::str::from_utf8(bytes) {
                Ok(text) => text.into(),
                // GBK under the wrong label is common, a broken UTF-8 text is not.
                Err(_) if self.fallback == Fallback::Detect => {
                    gb18030(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into())
                }
                Err(_) => String::from_utf8_lossy(bytes).into(),
            }
        } else {
            GB18030.decode_without_bom_handling(bytes).0.into()
        }
    }

    /// What stands in G1 before any escape sequence. Where the first value names nothing for it,
    /// text without the escape sequences it should have is read by the first extension.
    fn initial_g1(&self) -> Repertoire {
        let in_g1 = |set: &Repertoire| {
            !matches!(
                set,
                Repertoire::Ascii | Repertoire::Double(Double::JisX0208 | Double::JisX0212)
            ) && !set.is_unicode()
        };
        std::iter::once(&self.first)
            .chain(&self.extensions)
            .copied()
            .find(in_g1)
            .unwrap_or(Repertoire::Latin1)
    }
}

fn detect(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    if looks_latin(bytes) {
        return latin1(bytes);
    }
    gb18030(bytes).unwrap_or_else(|| latin1(bytes))
}

fn gb18030(bytes: &[u8]) -> Option<String> {
    GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(Into::into)
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Whether every byte above 7FH is an accented Latin-1 letter that stands alone: `Müller^René`. In
/// GB18030 such pairs with ASCII are rare characters; a text of nothing else is no Chinese.
fn looks_latin(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        if byte >= 0x80 {
            let alone = byte >= 0xC0 && rest.next().is_none_or(|next| next.is_ascii());
            if !alone {
                return false;
            }
        }
    }
    true
}
