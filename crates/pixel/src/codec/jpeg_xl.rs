//! JPEG XL (PS3.5 §8.2.17, ISO/IEC 18181), decoded by jxl-oxide.

use jxl_oxide::{AllocTracker, JxlImage, JxlThreadPool, PixelFormat, image::BitDepth};

use super::{Geometry, Request, integers};
use crate::{Frame, Photometric, PixelError, Samples, error::ensure};

/// Decodes a frame. Colours come out as RGB, whatever the stream holds them as.
pub(crate) fn decode(stream: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    let failed = |error| PixelError::damaged(format!("JPEG XL: {error}"));
    let limits = request.limits;
    // The decoder keeps samples in 32 bits, and some planes twice.
    let memory = limits.max_frame_bytes.saturating_mul(8);
    let memory = usize::try_from(memory).unwrap_or(usize::MAX);
    let mut uninitialised = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(memory))
        .build_uninit();
    let fed = uninitialised.feed_bytes(stream).map_err(failed)?;
    let jxl_oxide::InitializeResult::Initialized(mut image) =
        uninitialised.try_init().map_err(failed)?
    else {
        return Err(PixelError::damaged("the JPEG XL header is cut"));
    };
    let BitDepth::IntegerSample { bits_per_sample } = image.image_header().metadata.bit_depth
    else {
        return Err(PixelError::unsupported("JPEG XL of floating point samples"));
    };
    let (components, photometric) = match image.pixel_format() {
        PixelFormat::Gray => (1, request.photometric(1)),
        PixelFormat::Rgb => (3, Photometric::Rgb),
        _ => return Err(PixelError::unsupported("JPEG XL with more than colours")),
    };
    // Beyond that a 32-bit float does not hold every value.
    ensure(
        (1..=MOST_BITS).contains(&bits_per_sample),
        "JPEG XL of more than 24 bits a sample",
    )?;
    let geometry = Geometry {
        rows: image.height(),
        columns: image.width(),
        components,
        precision: bits_per_sample as u16,
    };
    let size = (geometry.rows, geometry.columns);
    let word = request.word(geometry.precision);
    limits.check(size, components, word)?;
    image.feed_bytes(&stream[fed..]).map_err(failed)?;
    image.finalize().map_err(failed)?;
    let lossy = image
        .frame_header(0)
        .is_none_or(|frame| frame.encoding == jxl_oxide::frame::Encoding::VarDct);
    let render = image.render_frame(0).map_err(failed)?;
    let mut planes = render.stream();
    let found = (planes.height(), planes.width(), planes.channels());
    ensure(
        found == (geometry.rows, geometry.columns, components.into()),
        "the JPEG XL decoder gives another size",
    )?;
    let mut values =
        vec![0_f32; geometry.rows as usize * geometry.columns as usize * usize::from(components)];
    planes.write_to_buffer(&mut values);
    let scale = ((1_u64 << bits_per_sample) - 1) as f32;
    // A cast of a float to an integer keeps within the integer's range.
    let whole = |value: f32| (value * scale).clamp(0.0, scale).round();
    let samples = match word {
        1 => Samples::U8(values.into_iter().map(|value| whole(value) as u8).collect()),
        2 => Samples::U16(
            values
                .into_iter()
                .map(|value| whole(value) as u16)
                .collect(),
        ),
        _ => Samples::U32(
            values
                .into_iter()
                .map(|value| whole(value) as u32)
                .collect(),
        ),
    };
    let samples = integers::from_unsigned(samples, word, geometry.precision, request.description);
    Ok(request.frame(geometry, samples, photometric, lossy))
}

const MOST_BITS: u32 = 24;
