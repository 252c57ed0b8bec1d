//! Frames as pictures for any browser (PS3.18 §8.7.4): what is read for it; `pixel` draws.

use bytes::Bytes;
use database::InstanceRow;
use dataset::Header;
use pixel::render::{self, LongValues, Presentation};

use crate::{
    Rendered, Rendering, RetrieveError,
    decoding::Decoding,
    frames,
    pictures::{Picture, PictureKey, Pictures, Undrawn},
    scan,
    source::Source,
};

/// An image, and the presentation state that it is shown under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image<'a> {
    pub(crate) source: &'a Source,
    pub(crate) row: &'a InstanceRow,
    pub(crate) state: Option<(&'a Source, &'a InstanceRow)>,
}

/// A header, and the values that it left in the data set.
pub(crate) struct Attributes {
    pub(crate) header: Header,
    long: LongValues,
}

impl Attributes {
    /// Of what stands before the pixel data.
    pub(crate) async fn read(
        source: &Source,
        row: &InstanceRow,
        limit: u64,
    ) -> Result<Self, RetrieveError> {
        let header = scan::before_pixels(source, row).await?;
        let mut long = LongValues::new();
        for span in Presentation::long_values(&header) {
            long.insert(span, source.read(span, limit).await?.to_vec());
        }
        Ok(Self { header, long })
    }

    /// How frame `index0` of `row` is shown, under `state` if there is one.
    pub(crate) fn presentation(
        &self,
        row: &InstanceRow,
        index0: u32,
        state: Option<&Self>,
    ) -> Presentation {
        let presentation = Presentation::read(&self.header, index0, &self.long);
        match state {
            Some(state) => {
                let sop = &row.object.instance.sop;
                presentation.under(&state.header, &state.long, sop, index0)
            }
            None => presentation,
        }
    }
}

impl Image<'_> {
    /// The attributes of its presentation state.
    pub(crate) async fn state(&self, limit: u64) -> Result<Option<Attributes>, RetrieveError> {
        let Some((source, row)) = self.state else {
            return Ok(None);
        };
        let source = source.ahead().await?;
        Attributes::read(&source, row, limit).await.map(Some)
    }

    /// Refuses what has no frame `index0`.
    pub(crate) fn has(&self, index0: u32) -> Result<(), RetrieveError> {
        if self.row.frame_count == 0 {
            return Err(RetrieveError::NotRenderable {
                reason: "the instance has no pixel data".into(),
            });
        }
        frames::existing(self.row, index0).map(drop)
    }
}

/// Frame `index0` of `image`, rendered, or as it was rendered before.
pub(crate) async fn rendered(
    pictures: &Pictures,
    decoding: &Decoding,
    image: Image<'_>,
    index0: u32,
    rendering: &Rendering,
) -> Result<Rendered, RetrieveError> {
    image.has(index0)?;
    let mut key = PictureKey::new(image.row, index0, rendering);
    if let Some((_, state)) = image.state {
        key = key.under(state);
    }
    let drawn = pictures.get(&key, draw(decoding, image, index0, rendering));
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
    image: Image<'_>,
    index0: u32,
    rendering: &Rendering,
) -> Result<Picture, RetrieveError> {
    let (row, limit) = (image.row, decoding.limit());
    let place = decoding.place().await?;
    let source = &image.source.ahead().await?;
    let attributes = Attributes::read(source, row, limit).await?;
    let state = image.state(limit).await?;
    let presentation = attributes.presentation(row, index0, state.as_ref());
    let header = &attributes.header;
    let encoded =
        match frames::encoded(decoding, place, source, row, header, index0, rendering).await? {
            Ok(encoded) => encoded,
            Err(error) => return Ok(Err(Undrawn::Frame(error))),
        };
    let rendering = *rendering;
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
