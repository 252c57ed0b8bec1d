//! Frames as one moving picture (PS3.18 §8.7.4), written as they are drawn, one at a time.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use database::InstanceRow;
use futures::{StreamExt, stream};
use pixel::{
    PixelError,
    render::{self, Cine, CineFormat},
};

use crate::{
    Body, Rendering, RetrieveError,
    decoding::Decoding,
    frames, outlet,
    rendered::{Attributes, Image},
    source::Source,
};

/// What the encoder has written and nobody has taken.
#[derive(Clone, Debug, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *written).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A moving picture on its way.
struct Moving {
    decoding: Decoding,
    source: Source,
    row: InstanceRow,
    attributes: Attributes,
    state: Option<Attributes>,
    rendering: Rendering,
    format: CineFormat,
    /// How many frames there will be.
    count: u32,
    written: Written,
    cine: Option<Cine<Written>>,
}

/// The frames `indexes0` of `image` as a moving picture. The first is drawn before this returns, so that
/// most failures are told and not found in a broken body.
pub(crate) async fn cine(
    decoding: Decoding,
    image: Image<'_>,
    indexes0: Vec<u32>,
    rendering: &Rendering,
    format: CineFormat,
) -> Result<Body, RetrieveError> {
    for &index0 in &indexes0 {
        image.has(index0)?;
    }
    let limit = decoding.limit();
    let source = image.source.ahead().await?;
    let mut moving = Moving {
        attributes: Attributes::read(&source, image.row, limit).await?,
        state: image.state(limit).await?,
        decoding,
        source,
        row: image.row.clone(),
        rendering: *rendering,
        format,
        count: u32::try_from(indexes0.len()).unwrap_or(u32::MAX),
        written: Written::default(),
        cine: None,
    };
    let mut indexes0 = indexes0.into_iter();
    let Some(first) = indexes0.next() else {
        return Ok(stream::empty().boxed());
    };
    moving.add(first).await?.map_err(not_renderable)?;
    Ok(outlet::body(move |outlet| async move {
        outlet.send(moving.written.take()).await?;
        for index0 in indexes0 {
            moving.add(index0).await?.map_err(not_renderable)?;
            outlet.send(moving.written.take()).await?;
        }
        if let Some(cine) = moving.cine.take() {
            cine.finish().map_err(not_renderable)?;
        }
        outlet.send(moving.written.take()).await
    }))
}

fn not_renderable(error: PixelError) -> RetrieveError {
    RetrieveError::NotRenderable {
        reason: error.to_string(),
    }
}

impl Moving {
    /// Draws a frame and writes it.
    async fn add(&mut self, index0: u32) -> Result<Result<(), PixelError>, RetrieveError> {
        let (decoding, source, row) = (&self.decoding, &self.source, &self.row);
        let (header, rendering) = (&self.attributes.header, self.rendering);
        let presentation = self
            .attributes
            .presentation(row, index0, self.state.as_ref());
        let place = decoding.place().await?;
        let encoded =
            frames::encoded(decoding, place, source, row, header, index0, &rendering).await?;
        let encoded = match encoded {
            Ok(encoded) => encoded,
            Err(error) => return Ok(Err(error)),
        };
        let delay = render::frame_time(header);
        let (count, format, limit) = (self.count, self.format, decoding.limit());
        let (cine, written) = (self.cine.take(), self.written.clone());
        let side = presentation.least_side(&rendering);
        let drawn = decoding.work("cine", encoded, side, move |frame| {
            let picture = render::picture(frame, &presentation, &rendering, limit)?;
            let mut cine = match cine {
                Some(cine) => cine,
                None => Cine::new(written, &picture, count, delay, format)?,
            };
            cine.add(&picture)?;
            Ok(cine)
        });
        Ok(drawn.await?.map(|cine| self.cine = Some(cine)))
    }
}
