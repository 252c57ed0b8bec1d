//! The repertoires that a defined term names (PS3.3 §C.12.1.1.2).

use encoding_rs::{
    EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5,
    ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_15, WINDOWS_874, WINDOWS_1254,
};

/// A set of characters and the bytes that stand for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repertoire {
    /// The default: ISO IR 6.
    Ascii,
    /// ISO IR 100, which the Encoding standard has no decoder of.
    Latin1,
    /// Another single-byte set: ASCII below 80H.
    Single(&'static Encoding),
    /// ISO IR 13: half-width katakana above 80H.
    Katakana,
    /// Double-byte sets of code extensions (PS3.5 §6.1.2.5).
    Double(Double),
    /// ISO IR 192.
    Utf8,
    /// GB18030 and its subset GBK; `four_bytes` for the whole.
    Gb18030 { four_bytes: bool },
}

/// A double-byte set that escape sequences switch to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Double {
    /// ISO IR 87: JIS X 0208, in G0.
    JisX0208,
    /// ISO IR 159: JIS X 0212, in G0.
    JisX0212,
    /// ISO IR 149: KS X 1001, in G1.
    KsX1001,
    /// ISO IR 58: GB 2312, in G1.
    Gb2312,
}

impl Repertoire {
    /// The repertoire of a defined term, read as leniently as devices write them: any case, `-`,
    /// `_` or blank between the words. None: unknown.
    pub(super) fn of_term(term: &str) -> Option<Self> {
        let term: String = term
            .to_ascii_uppercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        match term.as_str() {
            "GB18030" | "ISO2022GB18030" => return Some(Self::Gb18030 { four_bytes: true }),
            "GBK" | "ISO2022GBK" => return Some(Self::Gb18030 { four_bytes: false }),
            "GB2312" => return Some(Self::Double(Double::Gb2312)),
            "UTF8" => return Some(Self::Utf8),
            _ => {}
        }
        let number = term
            .strip_prefix("ISO2022IR")
            .or_else(|| term.strip_prefix("ISOIR"))
            .or_else(|| term.strip_prefix("ISO2022"))
            .or_else(|| term.strip_prefix("ISO"))?;
        Some(match number {
            "6" => Self::Ascii,
            "13" => Self::Katakana,
            "58" => Self::Double(Double::Gb2312),
            "87" => Self::Double(Double::JisX0208),
            "100" | "88591" => Self::Latin1,
            "101" => Self::Single(ISO_8859_2),
            "109" => Self::Single(ISO_8859_3),
            "110" => Self::Single(ISO_8859_4),
            "126" => Self::Single(ISO_8859_7),
            "127" => Self::Single(ISO_8859_6),
            "138" => Self::Single(ISO_8859_8),
            "144" => Self::Single(ISO_8859_5),
            "148" => Self::Single(WINDOWS_1254),
            "149" => Self::Double(Double::KsX1001),
            "159" => Self::Double(Double::JisX0212),
            "166" => Self::Single(WINDOWS_874),
            "192" => Self::Utf8,
            "203" => Self::Single(ISO_8859_15),
            _ => return None,
        })
    }

    /// Whether whole values are decoded at once, escapes having no meaning.
    pub(super) fn is_unicode(self) -> bool {
        matches!(self, Self::Utf8 | Self::Gb18030 { .. })
    }

    /// The character of a single byte above 7FH.
    pub(super) fn high(self, byte: u8) -> Option<char> {
        match self {
            Self::Latin1 => Some(byte.into()),
            Self::Katakana => (0xA1..=0xDF)
                .contains(&byte)
                .then(|| char::from_u32(0xFF61 + u32::from(byte - 0xA1)))?,
            Self::Single(encoding) => decode_one(encoding, &[byte]),
            _ => None,
        }
    }

    /// The bytes of a character in this repertoire without any escape; none where it lacks it.
    pub(super) fn bytes_of(self, character: char) -> Option<Vec<u8>> {
        let mut buffer = [0; 4];
        let text = &*character.encode_utf8(&mut buffer);
        if character.is_ascii() {
            return Some(text.into());
        }
        match self {
            Self::Ascii => None,
            Self::Latin1 => u8::try_from(u32::from(character))
                .ok()
                .map(|byte| vec![byte]),
            Self::Single(encoding) => encode_one(encoding, text),
            Self::Katakana => u32::from(character)
                .checked_sub(0xFF61)
                .filter(|&index| index <= 0xDF - 0xA1)
                .map(|index| vec![0xA1 + index as u8]),
            Self::Double(double) => double.bytes_of(text),
            Self::Utf8 => Some(text.into()),
            Self::Gb18030 { four_bytes } => {
                encode_one(if four_bytes { GB18030 } else { GBK }, text)
            }
        }
    }
}

impl Double {
    /// The character of a pair of bytes, of either half of the code table.
    pub(super) fn character(self, first: u8, second: u8) -> Option<char> {
        let (high, low) = (first | 0x80, second | 0x80);
        match self {
            Self::JisX0208 => decode_one(EUC_JP, &[high, low]),
            Self::JisX0212 => decode_one(EUC_JP, &[0x8F, high, low]),
            Self::KsX1001 => decode_one(EUC_KR, &[high, low]),
            // GBK where a device labels it so: its trail bytes go below 80H.
            Self::Gb2312 if first >= 0x80 => decode_one(GBK, &[first, second]),
            Self::Gb2312 => decode_one(GBK, &[high, low]),
        }
    }

    /// The pair of a character, in the half of the code table that this set is used in.
    fn bytes_of(self, text: &str) -> Option<Vec<u8>> {
        let encoded = match self {
            Self::JisX0208 => encode_one(EUC_JP, text)?,
            // The Encoding standard encodes no JIS X 0212.
            Self::JisX0212 => return None,
            Self::KsX1001 => encode_one(EUC_KR, text)?,
            Self::Gb2312 => encode_one(GBK, text)?,
        };
        let &[first @ 0xA1..=0xFE, second @ 0xA1..=0xFE] = encoded.as_slice() else {
            return None;
        };
        match self {
            Self::Gb2312 if first >= 0xF8 => None,
            Self::JisX0208 => Some(vec![first & 0x7F, second & 0x7F]),
            _ => Some(vec![first, second]),
        }
    }
}

fn decode_one(encoding: &'static Encoding, bytes: &[u8]) -> Option<char> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut characters = text.chars();
    let character = characters.next()?;
    characters.next().is_none().then_some(character)
}

fn encode_one(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lacking) = encoding.encode(text);
    (!lacking).then(|| bytes.into_owned())
}
