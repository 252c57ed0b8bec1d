//! The demo study: a chest CT that our code draws, of a patient with a Chinese name.

mod anatomy;
mod ellipse;
mod noise;
mod ribs;
mod slice;

use model::{TransferSyntax, Uid};
use time::OffsetDateTime;

pub(crate) use slice::Slice;

/// Slices of the study.
pub(crate) const SLICES: u16 = 28;
/// Distance of slices, mm; they touch.
const SPACING: f64 = 8.0;

/// The demo study, as if made at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Study {
    at: OffsetDateTime,
}

impl Study {
    pub(crate) fn new(at: OffsetDateTime) -> Self {
        Self { at }
    }

    /// The slices from the abdomen up to the neck.
    pub(crate) fn slices(self) -> impl Iterator<Item = Slice> {
        (1..=SLICES).map(move |number| Slice {
            number,
            at: self.at,
        })
    }
}

/// The UIDs of the study are UUID-derived (PS3.5 §B.2) and always the same: however often it is put
/// in, it is one study.
fn uid(last: u128) -> Uid {
    const FIRST: u128 = 0x6f1d_3b52_9c84_4e07_a5b3_0d4c_71e2_0000;
    Uid::new(&format!("2.25.{}", FIRST + last)).expect("digits after 2.25. are a UID")
}

fn transfer_syntax() -> TransferSyntax {
    TransferSyntax::explicit_little()
}

#[cfg(test)]
mod tests {
    use dataset::{Limits, Scanner, Tag};

    use super::*;

    fn slice(number: u16) -> Slice {
        Slice {
            number,
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_slice_reads_back_with_its_chinese_name_and_whole_pixels() {
        let bytes = slice(14).data_set();
        let mut scanner = Scanner::new(&transfer_syntax(), Limits::default());
        scanner.feed(&bytes).unwrap();
        let header = scanner.finish().unwrap();
        assert_eq!(header.text(Tag(0x0008, 0x0005)).as_deref(), Some("GB18030"));
        assert_eq!(
            header.text(Tag(0x0010, 0x0010)).as_deref(),
            Some("Ying^Yun=影^云")
        );
        assert_eq!(header.pixel_data.unwrap().length, Some(512 * 512 * 2));
    }

    #[test]
    fn tissue_has_its_hounsfield_units() {
        let pixels = slice(14).pixels();
        let at = |x: usize, y: usize| i32::from(pixels[y * 512 + x]) - 1024;
        assert_eq!(at(2, 2), -1000, "air around");
        let mean = |x: usize, y: usize| {
            let around = (y - 3..y + 3).flat_map(|y| (x - 3..x + 3).map(move |x| (x, y)));
            around.map(|(x, y)| at(x, y)).sum::<i32>() / 36
        };
        assert!(
            (-900..-700).contains(&mean(140, 256)),
            "lung: {}",
            mean(140, 256)
        );
        assert!(
            (100..400).contains(&mean(256, 336)),
            "vertebra: {}",
            mean(256, 336)
        );
    }

    #[test]
    fn a_slice_is_always_the_same() {
        assert_eq!(slice(3).data_set(), slice(3).data_set());
        assert_ne!(slice(3).pixels(), slice(4).pixels());
    }
}
