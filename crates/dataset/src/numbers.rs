//! Binary numbers (PS3.5 §6.2).

use dicom_core::VR;

/// A binary number of any width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

/// The whole numbers in a value of `vr`; none for a VR that is not numeric.
pub(crate) fn read(vr: VR, bytes: &[u8], big: bool) -> impl Iterator<Item = Number> + '_ {
    let width = match vr {
        VR::SS | VR::US => 2,
        VR::FL | VR::SL | VR::UL => 4,
        VR::FD | VR::SV | VR::UV => 8,
        // No whole word: nothing is read.
        _ => bytes.len() + 1,
    };
    bytes.chunks_exact(width).map(move |word| {
        let unsigned = word
            .iter()
            .enumerate()
            .fold(0_u64, |number, (index, &byte)| {
                let place = if big { word.len() - 1 - index } else { index };
                number | u64::from(byte) << (8 * place)
            });
        match vr {
            VR::SS => Number::Signed((unsigned as u16 as i16).into()),
            VR::SL => Number::Signed((unsigned as u32 as i32).into()),
            VR::SV => Number::Signed(unsigned as i64),
            VR::FL => Number::Float(f32::from_bits(unsigned as u32).into()),
            VR::FD => Number::Float(f64::from_bits(unsigned)),
            _ => Number::Unsigned(unsigned),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_and_signs() {
        let one = |vr, bytes: &[u8], big| read(vr, bytes, big).next().unwrap();
        assert_eq!(one(VR::SS, &[0xFE, 0xFF], false), Number::Signed(-2));
        assert_eq!(one(VR::UL, &[0, 0, 1, 2], true), Number::Unsigned(258));
        assert_eq!(
            one(VR::FD, &1.5_f64.to_le_bytes(), false),
            Number::Float(1.5)
        );
        assert_eq!(read(VR::US, &[1], false).count(), 0);
        assert_eq!(read(VR::OB, &[1, 2], false).count(), 0);
    }
}
