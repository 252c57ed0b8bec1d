//! JPEG streams to samples.

use std::ffi::c_int;

use turbojpeg_sys as sys;

use super::Handle;
use crate::{Limits, PixelError, Samples, codec::Geometry};

/// The most scans of a progressive stream: more are a way to keep the decoder busy.
const MOST_SCANS: c_int = 500;

/// Decodes a JPEG stream; components come out as they are, without any colour transform, if the
/// stream says that they are red, green and blue. `eighths`: the size of the result, of a lossy
/// stream. Samples are unsigned.
pub(crate) fn decode(
    stream: &[u8],
    limits: &Limits,
    eighths: u8,
) -> Result<(Geometry, Samples), PixelError> {
    let decoder = Decoder(Handle::new(sys::TJINIT_TJINIT_DECOMPRESS)?);
    decoder.0.set(sys::TJPARAM_TJPARAM_SCANLIMIT, MOST_SCANS)?;
    let megabytes = (limits.max_frame_bytes >> 20).saturating_mul(4).max(64);
    let megabytes = c_int::try_from(megabytes).unwrap_or(c_int::MAX);
    decoder.0.set(sys::TJPARAM_TJPARAM_MAXMEMORY, megabytes)?;
    decoder.header(stream)?;

    let (width, height) = (
        decoder.number(sys::TJPARAM_TJPARAM_JPEGWIDTH)?,
        decoder.number(sys::TJPARAM_TJPARAM_JPEGHEIGHT)?,
    );
    let precision = decoder.number(sys::TJPARAM_TJPARAM_PRECISION)?;
    let (format, components) = match decoder.number(sys::TJPARAM_TJPARAM_COLORSPACE)? {
        sys::TJCS_TJCS_GRAY => (sys::TJPF_TJPF_GRAY, 1),
        sys::TJCS_TJCS_RGB => (sys::TJPF_TJPF_RGB, 3),
        sys::TJCS_TJCS_CMYK => (sys::TJPF_TJPF_CMYK, 4),
        _ => return Err(PixelError::unsupported("JPEG colours of an unknown kind")),
    };
    let word = if precision <= 8 { 1 } else { 2 };
    limits.check((height, width), components, word)?;
    let scaled = |side: u32| side.div_ceil(8 / u32::from(eighths.max(1)));
    let (mut columns, mut rows) = (width, height);
    if eighths < 8 && decoder.number(sys::TJPARAM_TJPARAM_LOSSLESS)? == 0 {
        decoder.scale(eighths)?;
        (columns, rows) = (scaled(width), scaled(height));
    }
    let geometry = Geometry {
        rows,
        columns,
        components,
        precision: precision as u16,
    };
    let samples = decoder.samples(stream, geometry, format)?;
    Ok((geometry, samples))
}

/// A decompressor.
struct Decoder(Handle);

impl Decoder {
    fn number(&self, parameter: sys::TJPARAM) -> Result<u32, PixelError> {
        u32::try_from(self.0.get(parameter))
            .map_err(|_| PixelError::unsupported("JPEG of an unknown kind"))
    }

    fn header(&self, stream: &[u8]) -> Result<(), PixelError> {
        // SAFETY: the pointer and the length are those of one slice, which outlives the call.
        let result = unsafe {
            sys::tj3DecompressHeader(
                self.0.pointer(),
                stream.as_ptr(),
                stream.len() as sys::size_t,
            )
        };
        self.checked(result)
    }

    fn scale(&self, eighths: u8) -> Result<(), PixelError> {
        let factor = sys::tjscalingfactor {
            num: 1,
            denom: 8 / c_int::from(eighths.max(1)),
        };
        // SAFETY: the handle is alive as long as `self`; the factor is passed by value.
        let result = unsafe { sys::tj3SetScalingFactor(self.0.pointer(), factor) };
        self.checked(result)
    }

    /// Decodes into a buffer of the size that the library itself has read from the same stream.
    fn samples(
        &self,
        stream: &[u8],
        geometry: Geometry,
        format: sys::TJPF,
    ) -> Result<Samples, PixelError> {
        let row = geometry.columns as usize * usize::from(geometry.components);
        let length = row * geometry.rows as usize;
        let pitch = c_int::try_from(row)
            .map_err(|_| PixelError::TooLarge("a row is longer than 2 GiB".into()))?;
        let handle = self.0.pointer();
        let (data, size) = (stream.as_ptr(), stream.len() as sys::size_t);
        let (result, samples) = if geometry.precision <= 8 {
            let mut bytes = vec![0_u8; length];
            // SAFETY: `bytes` holds `rows` rows of `pitch` samples, as many as the library writes:
            // it reads the same header again that gave rows, columns and components.
            let result = unsafe {
                sys::tj3Decompress8(handle, data, size, bytes.as_mut_ptr(), pitch, format)
            };
            (result, Samples::U8(bytes))
        } else if geometry.precision <= 12 {
            let mut words = vec![0_i16; length];
            // SAFETY: as above; samples of 9 to 12 bits are 16-bit words.
            let result = unsafe {
                sys::tj3Decompress12(handle, data, size, words.as_mut_ptr(), pitch, format)
            };
            (result, Samples::U16(bytemuck::cast_vec(words)))
        } else {
            let mut words = vec![0_u16; length];
            // SAFETY: as above; samples of 13 to 16 bits are 16-bit words.
            let result = unsafe {
                sys::tj3Decompress16(handle, data, size, words.as_mut_ptr(), pitch, format)
            };
            (result, Samples::U16(words))
        };
        self.checked(result)?;
        Ok(samples)
    }

    /// The library's message, unless all is well or it has only warned.
    fn checked(&self, result: c_int) -> Result<(), PixelError> {
        match self.0.fault(result) {
            Some(fault) if !fault.is_warning || is_loss(&fault.message) => Err(fault.into()),
            _ => Ok(()),
        }
    }
}

/// Whether a warning may mean that pixels were made up. Bytes left over before the end marker do not.
fn is_loss(warning: &str) -> bool {
    !warning.ends_with("extraneous bytes before marker 0xd9")
}
