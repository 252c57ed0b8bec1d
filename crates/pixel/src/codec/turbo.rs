//! libjpeg-turbo: the one place that calls it. Its errors come back as errors (it jumps back to
//! where it was called, within itself); memory, pixels and scans are bounded before it decodes.
#![expect(
    unsafe_code,
    reason = "a C library; each call is of a handle that is its owner's alone"
)]

use std::{
    ffi::{CStr, c_int, c_void},
    ptr::NonNull,
};

use turbojpeg_sys as sys;

use super::Geometry;
use crate::{Limits, PixelError, Samples};

/// The most scans of a progressive stream: more are a way to keep the decoder busy.
const MOST_SCANS: c_int = 500;

/// Decodes a JPEG stream; components come out as they are, without any colour transform, if the
/// stream says that they are red, green and blue. `eighths`: the size of the result, of a lossy
/// stream. Samples are unsigned.
pub(super) fn decode(
    stream: &[u8],
    limits: &Limits,
    eighths: u8,
) -> Result<(Geometry, Samples), PixelError> {
    let decoder = Decoder::new()?;
    decoder.set(sys::TJPARAM_TJPARAM_SCANLIMIT, MOST_SCANS)?;
    let megabytes = (limits.max_frame_bytes >> 20).saturating_mul(4).max(64);
    let megabytes = c_int::try_from(megabytes).unwrap_or(c_int::MAX);
    decoder.set(sys::TJPARAM_TJPARAM_MAXMEMORY, megabytes)?;
    decoder.header(stream)?;

    let (width, height) = (
        decoder.get(sys::TJPARAM_TJPARAM_JPEGWIDTH)?,
        decoder.get(sys::TJPARAM_TJPARAM_JPEGHEIGHT)?,
    );
    let precision = decoder.get(sys::TJPARAM_TJPARAM_PRECISION)?;
    let (format, components) = match decoder.get(sys::TJPARAM_TJPARAM_COLORSPACE)? {
        sys::TJCS_TJCS_GRAY => (sys::TJPF_TJPF_GRAY, 1),
        sys::TJCS_TJCS_RGB => (sys::TJPF_TJPF_RGB, 3),
        sys::TJCS_TJCS_CMYK => (sys::TJPF_TJPF_CMYK, 4),
        _ => return Err(PixelError::unsupported("JPEG colours of an unknown kind")),
    };
    let word = if precision <= 8 { 1 } else { 2 };
    limits.check((height, width), components, word)?;
    let scaled = |side: u32| side.div_ceil(8 / u32::from(eighths.max(1)));
    let (mut columns, mut rows) = (width, height);
    if eighths < 8 && decoder.get(sys::TJPARAM_TJPARAM_LOSSLESS)? == 0 {
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

/// A decompressor; it is destroyed with its owner.
struct Decoder(NonNull<c_void>);

impl Decoder {
    fn new() -> Result<Self, PixelError> {
        // SAFETY: it takes no pointer; what it returns is checked for null.
        let handle = unsafe { sys::tj3Init(sys::TJINIT_TJINIT_DECOMPRESS as c_int) };
        NonNull::new(handle.cast())
            .map(Self)
            .ok_or_else(|| PixelError::TooLarge("there is no memory for a JPEG decoder".into()))
    }

    fn set(&self, parameter: sys::TJPARAM, value: c_int) -> Result<(), PixelError> {
        // SAFETY: the handle is alive as long as `self`.
        let result = unsafe { sys::tj3Set(self.0.as_ptr().cast(), parameter as c_int, value) };
        self.checked(result)
    }

    fn get(&self, parameter: sys::TJPARAM) -> Result<u32, PixelError> {
        // SAFETY: the handle is alive as long as `self`.
        let value = unsafe { sys::tj3Get(self.0.as_ptr().cast(), parameter as c_int) };
        u32::try_from(value).map_err(|_| PixelError::unsupported("JPEG of an unknown kind"))
    }

    fn header(&self, stream: &[u8]) -> Result<(), PixelError> {
        // SAFETY: the pointer and the length are those of one slice, which outlives the call.
        let result = unsafe {
            sys::tj3DecompressHeader(
                self.0.as_ptr().cast(),
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
        let result = unsafe { sys::tj3SetScalingFactor(self.0.as_ptr().cast(), factor) };
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
        let handle = self.0.as_ptr().cast();
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
        if result == 0 {
            return Ok(());
        }
        let handle = self.0.as_ptr().cast();
        // SAFETY: the handle is alive; the message is a C string in it that the next call changes,
        // and is copied before.
        let (code, message) = unsafe {
            let message = CStr::from_ptr(sys::tj3GetErrorStr(handle));
            (
                sys::tj3GetErrorCode(handle),
                message.to_string_lossy().into_owned(),
            )
        };
        if code == sys::TJERR_TJERR_WARNING as c_int && !is_loss(&message) {
            return Ok(());
        }
        Err(PixelError::damaged(format!("JPEG: {message}")))
    }
}

/// Whether a warning may mean that pixels were made up. Bytes left over before the end marker do not.
fn is_loss(warning: &str) -> bool {
    !warning.ends_with("extraneous bytes before marker 0xd9")
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init` and is not used again.
        unsafe { sys::tj3Destroy(self.0.as_ptr().cast()) }
    }
}
