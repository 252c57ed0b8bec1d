//! Frames as pictures for any browser (PS3.18 §8.7.4): what is read for it; `pixel` draws.

use bytes::Bytes;
use database::InstanceRow;
use pixel::render::{self, LongValues, Presentation};

use crate::{
    Rendered, Rendering, RetrieveError,
    decoding::Decoding,
    frames,
    pictures::{Picture, PictureKey, Pictures, Undrawn},
    scan,
    source::Source,
};

/// Frame `index0` of `row`, rendered, or as it was rendered before.
pub(crate) async fn rendered(
    pictures: &Pictures,
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    index0: u32,
    rendering: &Rendering,
) -> Result<Rendered, RetrieveError> {
    if row.frame_count == 0 {
        return Err(RetrieveError::NotRenderable {
            reason: "the instance has no pixel data".into(),
        });
    }
    frames::existing(row, index0)?;
    let key = PictureKey::new(row, index0, rendering);
    let drawn = pictures.get(&key, draw(decoding, source, row, index0, rendering));
    let bytes = drawn.await?.map_err(|undrawn| match undrawn {
        Undrawn::Frame(error) => RetrieveError::NotRenderable {
            reason: error.to_string(),
        },
        Undrawn::TooSlow(seconds) => RetrieveError::TooSlow { seconds },
    })?;
    Ok(Rendered {
        bytes,
        format: rendering.format,
    })
}

async fn draw(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    index0: u32,
    rendering: &Rendering,
) -> Result<Picture, RetrieveError> {
    let place = decoding.place().await?;
    let source = &source.ahead().await?;
    let header = scan::before_pixels(source, row).await?;
    let mut long = LongValues::new();
    for span in Presentation::long_values(&header) {
        long.insert(span, source.read(span, decoding.limit()).await?.to_vec());
    }
    let presentation = Presentation::read(&header, index0, &long);
    let encoded =
        match frames::encoded(decoding, place, source, row, &header, index0, rendering).await? {
            Ok(encoded) => encoded,
            Err(error) => return Ok(Err(Undrawn::Frame(error))),
        };
    let (rendering, limit) = (*rendering, decoding.limit());
    let side = presentation.least_side(&rendering);
    let drawn = decoding.work("render", encoded, side, move |frame| {
        let picture = render::render(frame, &presentation, &rendering, limit)?;
        // What is kept takes no more than it is counted.
        Ok(Bytes::from(picture.into_boxed_slice()))
    });
    match drawn.await {
        Ok(picture) => Ok(picture.map_err(Undrawn::Frame)),
        Err(RetrieveError::TooSlow { seconds }) => Ok(Err(Undrawn::TooSlow(seconds))),
        Err(error) => Err(error),
    }
}
