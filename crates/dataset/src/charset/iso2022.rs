//! Code extensions by ISO 2022 escape sequences (PS3.5 §6.1.2.5, §6.1.2.6).

use dicom_core::VR;
use encoding_rs::{
    ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8,
    ISO_8859_15, WINDOWS_874, WINDOWS_1254,
};

use super::repertoire::{Double, Repertoire};

pub(super) const ESCAPE: u8 = 0x1B;

/// What a code element is designated to.
#[derive(Clone, Copy)]
enum Designation {
    G0(Option<Double>),
    G1(Repertoire),
}

/// The escape sequences, the byte 1BH left out (PS3.3 Tables C.12-3 and C.12-4).
const ESCAPES: &[(&[u8], Designation)] = &[
    (b"(B", Designation::G0(None)),
    (b"(J", Designation::G0(None)),
    (b"$B", Designation::G0(Some(Double::JisX0208))),
    (b"$@", Designation::G0(Some(Double::JisX0208))),
    (b"$(D", Designation::G0(Some(Double::JisX0212))),
    (b"$)C", Designation::G1(Repertoire::Double(Double::KsX1001))),
    (b"$)A", Designation::G1(Repertoire::Double(Double::Gb2312))),
    (b")I", Designation::G1(Repertoire::Katakana)),
    (b"-A", Designation::G1(Repertoire::Latin1)),
    (b"-B", Designation::G1(Repertoire::Single(ISO_8859_2))),
    (b"-C", Designation::G1(Repertoire::Single(ISO_8859_3))),
    (b"-D", Designation::G1(Repertoire::Single(ISO_8859_4))),
    (b"-F", Designation::G1(Repertoire::Single(ISO_8859_7))),
    (b"-G", Designation::G1(Repertoire::Single(ISO_8859_6))),
    (b"-H", Designation::G1(Repertoire::Single(ISO_8859_8))),
    (b"-L", Designation::G1(Repertoire::Single(ISO_8859_5))),
    (b"-M", Designation::G1(Repertoire::Single(WINDOWS_1254))),
    (b"-T", Designation::G1(Repertoire::Single(WINDOWS_874))),
    (b"-b", Designation::G1(Repertoire::Single(ISO_8859_15))),
];

/// Whether `bytes` hold an escape sequence that is known here.
pub(super) fn has_escapes(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .enumerate()
        .any(|(index, &byte)| byte == ESCAPE && designation(&bytes[index + 1..]).is_some())
}

/// Text with code extensions; `initial` is what stands in G1 at the start and after each delimiter.
pub(super) fn decode(bytes: &[u8], vr: VR, initial: Repertoire) -> String {
    let mut text = String::with_capacity(bytes.len());
    let (mut g0, mut g1) = (None, initial);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let next = after.first().copied();
        match (byte, g0) {
            (ESCAPE, _) if let Some((length, to)) = designation(after) => {
                rest = &after[length..];
                match to {
                    Designation::G0(set) => g0 = set,
                    Designation::G1(set) => g1 = set,
                }
            }
            (0x21..=0x7E, Some(double)) => match next {
                Some(second @ 0x21..=0x7E) => {
                    rest = &after[1..];
                    text.push(
                        double
                            .character(byte, second)
                            .unwrap_or(char::REPLACEMENT_CHARACTER),
                    );
                }
                _ => text.push(char::REPLACEMENT_CHARACTER),
            },
            (0..0x80, _) => {
                if is_reset(byte, vr) {
                    (g0, g1) = (None, initial);
                }
                text.push(byte.into());
            }
            _ => {
                let character = match (g1, next) {
                    (Repertoire::Double(double), Some(second)) if is_trail(double, second, vr) => {
                        rest = &after[1..];
                        double.character(byte, second)
                    }
                    _ => g1.high(byte),
                };
                text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
    }
    text
}

/// Text in `first`, other characters in one of `extensions` by escape sequences; none where all
/// lack one. Unlike decoding it starts each component of any VR anew, which is always allowed.
pub(super) fn encode(text: &str, first: Repertoire, extensions: &[Repertoire]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut g0, mut g1) = (None, first);
    for character in text.chars() {
        let set = std::iter::once(&g1)
            .chain([&first])
            .chain(extensions)
            .find_map(|&set| Some((set, set.bytes_of(character)?)));
        let (set, bytes) = set?;
        let wanted = match set {
            Repertoire::Double(double @ (Double::JisX0208 | Double::JisX0212))
                if !character.is_ascii() =>
            {
                Some(double)
            }
            _ => None,
        };
        if wanted != g0 {
            escape_to(
                &mut out,
                |to| matches!(to, Designation::G0(set) if *set == wanted),
            )?;
            g0 = wanted;
        }
        if wanted.is_none() && set != g1 && !character.is_ascii() {
            escape_to(
                &mut out,
                |to| matches!(to, Designation::G1(other) if *other == set),
            )?;
            g1 = set;
        }
        out.extend(bytes);
        if character.is_ascii() && is_reset(character as u8, VR::PN) {
            g1 = first;
        }
    }
    if g0.is_some() {
        escape_to(&mut out, |to| matches!(to, Designation::G0(None)))?;
    }
    Some(out)
}

fn escape_to(out: &mut Vec<u8>, wanted: impl Fn(&Designation) -> bool) -> Option<()> {
    let (sequence, _) = ESCAPES.iter().find(|(_, to)| wanted(to))?;
    out.push(ESCAPE);
    out.extend_from_slice(sequence);
    Some(())
}

fn designation(after_escape: &[u8]) -> Option<(usize, Designation)> {
    ESCAPES
        .iter()
        .find(|(sequence, _)| after_escape.starts_with(sequence))
        .map(|(sequence, to)| (sequence.len(), *to))
}

/// The characters after which the initial code elements are active again (PS3.5 §6.1.2.5.3).
fn is_reset(byte: u8, vr: VR) -> bool {
    match byte {
        b'\t' | b'\n' | 0x0C | b'\r' => true,
        b'\\' => !crate::vr::is_single_text(vr),
        b'^' | b'=' => vr == VR::PN,
        _ => false,
    }
}

fn is_trail(double: Double, byte: u8, vr: VR) -> bool {
    match double {
        Double::Gb2312 => byte >= 0x40 && !is_reset(byte, vr),
        _ => byte >= 0x80,
    }
}
