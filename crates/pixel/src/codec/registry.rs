//! Code streams decoded by the codecs that dicom-rs brings (CharLS, OpenJPEG), one frame at a time.

use std::borrow::Cow;

use dicom_encoding::{
    Codec, TransferSyntaxIndex,
    adapters::{PixelDataObject, RawPixelData},
};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use model::TransferSyntax;

use crate::{PixelDescription, PixelError};

/// Decodes `stream` as the registry's codec of `transfer_syntax` does.
pub(crate) fn decode(
    transfer_syntax: &TransferSyntax,
    stream: &[u8],
    image: &PixelDescription,
) -> Result<Vec<u8>, PixelError> {
    let syntax = TransferSyntaxRegistry.get(transfer_syntax.as_str());
    let Some(Codec::EncapsulatedPixelData(Some(reader), _)) = syntax.map(|syntax| syntax.codec())
    else {
        return Err(PixelError::damaged(format!(
            "no decoder for {transfer_syntax}"
        )));
    };
    let frame = OneFrame {
        transfer_syntax,
        stream,
        image,
    };
    let mut bytes = Vec::new();
    reader
        .decode_frame(&frame, 0, &mut bytes)
        .map_err(|error| {
            let mut reason = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                reason = format!("{reason}: {source}");
            }
            PixelError::damaged(reason)
        })?;
    Ok(bytes)
}

/// One frame in one fragment.
struct OneFrame<'f> {
    transfer_syntax: &'f TransferSyntax,
    stream: &'f [u8],
    image: &'f PixelDescription,
}

impl PixelDataObject for OneFrame<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.transfer_syntax.as_str()
    }

    fn rows(&self) -> Option<u16> {
        Some(self.image.rows)
    }

    fn cols(&self) -> Option<u16> {
        Some(self.image.columns)
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        Some(self.image.samples_per_pixel)
    }

    fn bits_allocated(&self) -> Option<u16> {
        Some(self.image.bits_allocated)
    }

    fn bits_stored(&self) -> Option<u16> {
        Some(self.image.bits_stored)
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some(self.image.photometric.term())
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(self.stream))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        None
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        Some(RawPixelData {
            fragments: vec![self.stream.to_vec()].into(),
            offset_table: Vec::new().into(),
        })
    }
}
