//! Pixels to JPEG files.

use std::ffi::{c_int, c_uchar};

use turbojpeg_sys as sys;

use super::Handle;
use crate::PixelError;

/// What JPEG can count (ITU-T T.81 §B.2.2).
pub(crate) const LONGEST_SIDE: u32 = 65_535;

/// Pixels of 8 bits a sample, row by row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pixels<'p> {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    /// 1: gray; 3: red, green, blue, side by side.
    pub(crate) channels: usize,
    pub(crate) bytes: &'p [u8],
}

/// A JPEG file; `quality` from 1 to 100; `whole`: chrominances of every pixel instead of every second
/// in both directions; `profile`: the ICC profile that goes into the file.
pub(crate) fn encode(
    pixels: &Pixels<'_>,
    quality: u8,
    whole: bool,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, PixelError> {
    let (subsampling, format) = match (pixels.channels, whole) {
        (1, _) => (sys::TJSAMP_TJSAMP_GRAY, sys::TJPF_TJPF_GRAY),
        (_, true) => (sys::TJSAMP_TJSAMP_444, sys::TJPF_TJPF_RGB),
        (_, false) => (sys::TJSAMP_TJSAMP_420, sys::TJPF_TJPF_RGB),
    };
    let encoder = Encoder(Handle::new(sys::TJINIT_TJINIT_COMPRESS)?);
    let set = |parameter, value| encoder.0.set(parameter, value);
    set(sys::TJPARAM_TJPARAM_QUALITY, quality.clamp(1, 100).into())?;
    set(sys::TJPARAM_TJPARAM_SUBSAMP, subsampling as c_int)?;
    set(sys::TJPARAM_TJPARAM_NOREALLOC, 1)?;
    if let Some(profile) = profile {
        encoder.embed(profile)?;
    }
    // A marker for each 65519 bytes.
    let extra = profile.map_or(0, |profile| {
        profile.len() + (profile.len() / 65_519 + 1) * 18
    });
    encoder.compress(pixels, subsampling, format, extra)
}

/// A compressor.
struct Encoder(Handle);

impl Encoder {
    fn embed(&self, profile: &[u8]) -> Result<(), PixelError> {
        let mut profile = profile.to_vec();
        // SAFETY: the pointer and the length are those of one vector; the library copies it.
        let result = unsafe {
            sys::tj3SetICCProfile(
                self.0.pointer(),
                profile.as_mut_ptr(),
                profile.len() as sys::size_t,
            )
        };
        self.0.checked(result)
    }

    fn compress(
        &self,
        pixels: &Pixels<'_>,
        subsampling: sys::TJSAMP,
        format: sys::TJPF,
        extra: usize,
    ) -> Result<Vec<u8>, PixelError> {
        let too_large = || PixelError::TooLarge("the picture is too large for JPEG".into());
        let side = |side: u32| c_int::try_from(side).map_err(|_| too_large());
        let (width, height) = (side(pixels.columns)?, side(pixels.rows)?);
        let row = pixels.columns as usize * pixels.channels;
        let pitch = c_int::try_from(row).map_err(|_| too_large())?;
        // What `tj3Compress8` reads.
        if pixels.bytes.len() < row * pixels.rows as usize {
            return Err(PixelError::damaged("the frame holds too few pixels"));
        }
        // SAFETY: it takes numbers only; 0 is its error.
        let most = unsafe { sys::tj3JPEGBufSize(width, height, subsampling as c_int) } as usize;
        if most == 0 {
            return Err(too_large());
        }
        let mut file: Vec<u8> = Vec::with_capacity(most + extra);
        let mut start: *mut c_uchar = file.as_mut_ptr();
        let mut length = file.capacity() as sys::size_t;
        // SAFETY: `bytes` holds `height` rows of `pitch` samples, which was checked; the library
        // writes at most `length` bytes at `start`, since it may not reallocate.
        let result = unsafe {
            sys::tj3Compress8(
                self.0.pointer(),
                pixels.bytes.as_ptr(),
                width,
                pitch,
                height,
                format,
                &mut start,
                &mut length,
            )
        };
        self.0.checked(result)?;
        let length = (length as usize).min(file.capacity());
        // SAFETY: the library has written so many bytes at the start of the vector, which it may not
        // have moved.
        unsafe { file.set_len(length) };
        file.shrink_to_fit();
        Ok(file)
    }
}
