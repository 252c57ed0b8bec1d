//! Frames as pictures for any browser (PS3.18 §8.7.4): what is read for it; `pixel` draws.

use database::InstanceRow;
use pixel::{
    PixelError,
    render::{self, LongValues, Presentation},
};

use crate::{Rendered, Rendering, RetrieveError, decoding::Decoding, frames, scan, source::Source};

/// Frame `index0` of `row`, rendered.
pub(crate) async fn rendered(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    index0: u32,
    rendering: &Rendering,
) -> Result<Rendered, RetrieveError> {
    let not_renderable = |error: PixelError| RetrieveError::NotRenderable {
        reason: error.to_string(),
    };
    if row.frame_count == 0 {
        return Err(RetrieveError::NotRenderable {
            reason: "the instance has no pixel data".into(),
        });
    }
    frames::existing(row, index0)?;
    let header = scan::before_pixels(source, row).await?;
    let mut long = LongValues::new();
    for span in Presentation::long_values(&header) {
        long.insert(span, source.read(span, decoding.limit()).await?.to_vec());
    }
    let presentation = Presentation::read(&header, index0, &long);
    let pixels = frames::pixels_of(decoding, source, row, &header, index0).await?;
    let frame = pixels.map_err(not_renderable)?;
    let (rendering, limit) = (*rendering, decoding.limit());
    let bytes = decoding
        .work(move || render::render(frame, &presentation, &rendering, limit))
        .await?;
    Ok(Rendered {
        bytes: bytes.map_err(not_renderable)?.into(),
        format: rendering.format,
    })
}
