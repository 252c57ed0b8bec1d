//! JPEG by libjpeg-turbo, which the decoders link too.
#![expect(
    unsafe_code,
    reason = "a C library; each call is of a handle that is its owner's alone"
)]

use std::{
    ffi::{CStr, c_int, c_uchar, c_void},
    ptr::NonNull,
};

use turbojpeg_sys as sys;

use super::picture::Picture;
use crate::PixelError;

/// From this quality on, chrominances are of every pixel; below, of every second in both directions.
const WHOLE_CHROMINANCE: u8 = 90;
/// What JPEG can count (ITU-T T.81 §B.2.2).
const LONGEST_SIDE: u32 = 65_535;

/// The file of a picture; `quality` from 1 to 100.
pub(super) fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, PixelError> {
    if picture.columns.max(picture.rows) > LONGEST_SIDE {
        return Err(PixelError::TooLarge("JPEG has 65535 pixels a side".into()));
    }
    let (subsampling, format) = if picture.is_gray() {
        (sys::TJSAMP_TJSAMP_GRAY, sys::TJPF_TJPF_GRAY)
    } else if quality >= WHOLE_CHROMINANCE {
        (sys::TJSAMP_TJSAMP_444, sys::TJPF_TJPF_RGB)
    } else {
        (sys::TJSAMP_TJSAMP_420, sys::TJPF_TJPF_RGB)
    };
    let encoder = Encoder::new()?;
    encoder.set(sys::TJPARAM_TJPARAM_QUALITY, quality.clamp(1, 100).into())?;
    encoder.set(sys::TJPARAM_TJPARAM_SUBSAMP, subsampling as c_int)?;
    encoder.set(sys::TJPARAM_TJPARAM_NOREALLOC, 1)?;
    if let Some(profile) = &picture.profile {
        encoder.embed(profile)?;
    }
    let extra = picture.profile.as_ref().map_or(0, |profile| {
        // A marker for each 65519 bytes.
        profile.len() + (profile.len() / 65_519 + 1) * 18
    });
    encoder.compress(picture, subsampling, format, extra)
}

/// A compressor; it is destroyed with its owner.
struct Encoder(NonNull<c_void>);

impl Encoder {
    fn new() -> Result<Self, PixelError> {
        // SAFETY: it takes no pointer; what it returns is checked for null.
        let handle = unsafe { sys::tj3Init(sys::TJINIT_TJINIT_COMPRESS as c_int) };
        NonNull::new(handle.cast())
            .map(Self)
            .ok_or_else(|| PixelError::TooLarge("there is no memory for a JPEG encoder".into()))
    }

    fn set(&self, parameter: sys::TJPARAM, value: c_int) -> Result<(), PixelError> {
        // SAFETY: the handle is alive as long as `self`.
        let result = unsafe { sys::tj3Set(self.0.as_ptr().cast(), parameter as c_int, value) };
        self.checked(result)
    }

    fn embed(&self, profile: &[u8]) -> Result<(), PixelError> {
        let mut profile = profile.to_vec();
        // SAFETY: the pointer and the length are those of one vector; the library copies it.
        let result = unsafe {
            sys::tj3SetICCProfile(
                self.0.as_ptr().cast(),
                profile.as_mut_ptr(),
                profile.len() as sys::size_t,
            )
        };
        self.checked(result)
    }

    fn compress(
        &self,
        picture: &Picture,
        subsampling: sys::TJSAMP,
        format: sys::TJPF,
        extra: usize,
    ) -> Result<Vec<u8>, PixelError> {
        let too_large = || PixelError::TooLarge("the picture is too large for JPEG".into());
        let side = |side: u32| c_int::try_from(side).map_err(|_| too_large());
        let (width, height) = (side(picture.columns)?, side(picture.rows)?);
        let row = picture.columns as usize * picture.channels;
        let pitch = c_int::try_from(row).map_err(|_| too_large())?;
        // What `tj3Compress8` reads.
        if picture.bytes.len() < row * picture.rows as usize {
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
                self.0.as_ptr().cast(),
                picture.bytes.as_ptr(),
                width,
                pitch,
                height,
                format,
                &mut start,
                &mut length,
            )
        };
        self.checked(result)?;
        let length = (length as usize).min(file.capacity());
        // SAFETY: the library has written so many bytes at the start of the vector, which it may not
        // have moved.
        unsafe { file.set_len(length) };
        file.shrink_to_fit();
        Ok(file)
    }

    fn checked(&self, result: c_int) -> Result<(), PixelError> {
        if result == 0 {
            return Ok(());
        }
        // SAFETY: the handle is alive; the message is a C string in it, copied before the next call.
        let message = unsafe { CStr::from_ptr(sys::tj3GetErrorStr(self.0.as_ptr().cast())) };
        Err(PixelError::damaged(format!(
            "JPEG: {}",
            message.to_string_lossy()
        )))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init` and is not used again.
        unsafe { sys::tj3Destroy(self.0.as_ptr().cast()) }
    }
}
