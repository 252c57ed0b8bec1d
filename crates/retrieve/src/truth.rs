//! What a header must say once its pixels are decoded (PS3.3 §C.7.6.1.1.5, §C.7.6.3).

use dataset::{Element, Tag, VR, Value};
use model::TransferSyntax;

use pixel::{Photometric, PixelDescription};

/// The elements that change when frames of `image` become native pixels of `photometric`, side by
/// side; `lossy`: how many times smaller the frames were, where compressing them lost detail.
pub(crate) fn overrides(
    from: &TransferSyntax,
    image: &PixelDescription,
    photometric: &Photometric,
    lossy: Option<f64>,
) -> Vec<Element> {
    let mut elements = Vec::new();
    if *photometric != image.photometric {
        let term = photometric.term();
        elements.push(text(Tag(0x0028, 0x0004), VR::CS, term));
    }
    if image.samples_per_pixel > 1 {
        elements.push(Element {
            tag: Tag(0x0028, 0x0006),
            vr: VR::US,
            value: Value::Bytes(0_u16.to_le_bytes().to_vec()),
        });
    }
    if let Some(ratio) = lossy.filter(|_| !image.lossy) {
        elements.push(text(Tag(0x0028, 0x2110), VR::CS, "01"));
        elements.push(text(Tag(0x0028, 0x2112), VR::DS, &format!("{ratio:.3}")));
        if let Some(method) = method(from) {
            elements.push(text(Tag(0x0028, 0x2114), VR::CS, method));
        }
    }
    elements
}

/// The VR of native pixel data in explicit VR (PS3.5 §A.2).
pub(crate) fn pixel_vr(image: &PixelDescription) -> VR {
    if image.bits_allocated > 8 {
        VR::OW
    } else {
        VR::OB
    }
}

/// Lossy Image Compression Method (0028,2114), PS3.3 §C.7.6.1.1.5.1; of JPEG, the retired processes
/// too (PS3.5-2003 §A.4.1), but for the lossless ones.
fn method(from: &TransferSyntax) -> Option<&'static str> {
    Some(match from.as_str().strip_prefix("1.2.840.10008.1.2.4.")? {
        "50" | "51" | "52" | "53" | "54" | "55" | "56" | "59" | "60" | "61" | "62" | "63"
        | "64" => "ISO_10918_1",
        "81" => "ISO_14495_1",
        "91" => "ISO_15444_1",
        "203" => "ISO_15444_15",
        "111" | "112" => "ISO_18181_1",
        _ => return None,
    })
}

fn text(tag: Tag, vr: VR, text: &str) -> Element {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.len() % 2 == 1 {
        bytes.push(b' ');
    }
    Element {
        tag,
        vr,
        value: Value::Bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PS3.3 §C.7.6.1.1.5.1 and the registry of PS3.6 Table A-1.
    #[test]
    fn only_what_may_drop_detail_names_its_method() {
        let of = |suffix: u32| {
            let uid = format!("1.2.840.10008.1.2.4.{suffix}");
            method(&TransferSyntax::new(model::Uid::new(&uid).unwrap()))
        };
        for jpeg in (50..=56).chain(59..=64) {
            assert_eq!(of(jpeg), Some("ISO_10918_1"), "{jpeg}");
        }
        for lossless in [57, 58, 65, 66, 70, 80, 90, 110, 201, 202] {
            assert_eq!(of(lossless), None, "{lossless}");
        }
        assert_eq!(of(81), Some("ISO_14495_1"));
        assert_eq!(of(91), Some("ISO_15444_1"));
        assert_eq!(of(203), Some("ISO_15444_15"));
        assert_eq!([of(111), of(112)], [Some("ISO_18181_1"); 2]);
    }
}
