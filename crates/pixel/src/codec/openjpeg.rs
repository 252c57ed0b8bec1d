//! OpenJPEG: the one place that calls it. It is given bare code streams only, of a size that was
//! checked, and reads them through callbacks that stay within their slice.
#![expect(
    unsafe_code,
    reason = "a C library; each object is destroyed by its one owner"
)]

use std::{
    ffi::{CStr, c_char, c_void},
    mem::MaybeUninit,
    ptr, slice,
};

use openjpeg_sys as sys;

use crate::{PixelError, error::ensure};

/// A decoded image.
pub(super) struct Image(Owned<sys::opj_image_t>);

/// A decoded component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component<'i> {
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Bits of a sample.
    pub(super) precision: u32,
    pub(super) signed: bool,
    pub(super) samples: &'i [i32],
}

/// Decodes a code stream, its sides halved `halvings` times; `columns` and `rows` are what the
/// caller has read of its header and checked.
pub(super) fn decode(
    stream: &[u8],
    (columns, rows): (u32, u32),
    halvings: u8,
) -> Result<Image, PixelError> {
    let memory = || PixelError::TooLarge("there is no memory for a JPEG 2000 decoder".into());
    let mut cursor = Cursor { stream, at: 0 };
    let mut problem = String::new();

    // SAFETY: it takes no pointer; null is checked for.
    let codec = unsafe { sys::opj_create_decompress(sys::OPJ_CODEC_FORMAT::OPJ_CODEC_J2K) };
    let codec = Owned::new(codec, sys::opj_destroy_codec).ok_or_else(memory)?;
    // SAFETY: as above; it reads from now on only through the callbacks below.
    let source = unsafe { sys::opj_stream_default_create(1) };
    let source = Owned::new(source, sys::opj_stream_destroy).ok_or_else(memory)?;
    // SAFETY: `cursor` and `problem` live in this frame, longer than `codec` and `source` use them:
    // both are dropped before. The callbacks are for exactly these types.
    unsafe {
        sys::opj_stream_set_user_data(source.pointer, (&raw mut cursor).cast(), None);
        sys::opj_stream_set_user_data_length(source.pointer, stream.len() as u64);
        sys::opj_stream_set_read_function(source.pointer, Some(read));
        sys::opj_stream_set_skip_function(source.pointer, Some(skip));
        sys::opj_stream_set_seek_function(source.pointer, Some(seek));
        sys::opj_set_error_handler(codec.pointer, Some(note), (&raw mut problem).cast());
    }
    let mut parameters = MaybeUninit::<sys::opj_dparameters_t>::zeroed();
    // SAFETY: the library fills the parameters, plain numbers and arrays, for which zeros are valid.
    let is_set_up = unsafe {
        sys::opj_set_default_decoder_parameters(parameters.as_mut_ptr());
        (*parameters.as_mut_ptr()).cp_reduce = halvings.into();
        sys::opj_setup_decoder(codec.pointer, parameters.as_mut_ptr()) != 0
            && sys::opj_decoder_set_strict_mode(codec.pointer, 1) != 0
    };
    ensure(is_set_up, "the JPEG 2000 decoder cannot be set up")?;

    let mut image = ptr::null_mut();
    // SAFETY: all three are alive; the image is the caller's from now on, also after a failure.
    let is_read = unsafe { sys::opj_read_header(source.pointer, codec.pointer, &raw mut image) };
    let image = Owned::new(image, sys::opj_image_destroy);
    let Some(image) = image.filter(|_| is_read != 0) else {
        return Err(failed(&problem));
    };
    // SAFETY: the image is alive and was filled by the library.
    let found = unsafe {
        let image = &*image.pointer;
        (
            image.x1.wrapping_sub(image.x0),
            image.y1.wrapping_sub(image.y0),
        )
    };
    ensure(
        found == (columns, rows),
        "the JPEG 2000 decoder reads another size",
    )?;
    // SAFETY: all three are alive.
    let is_decoded = unsafe {
        sys::opj_decode(codec.pointer, source.pointer, image.pointer) != 0
            && sys::opj_end_decompress(codec.pointer, source.pointer) != 0
    };
    if !is_decoded {
        return Err(failed(&problem));
    }
    Ok(Image(image))
}

fn failed(problem: &str) -> PixelError {
    PixelError::damaged(format!("JPEG 2000: {}", problem.trim_end()))
}

impl Image {
    /// The components; an error where one has no samples.
    pub(super) fn components(&self) -> Result<Vec<Component<'_>>, PixelError> {
        // SAFETY: the library gives `numcomps` components in an array that lives with the image.
        let components = unsafe {
            let image = &*self.0.pointer;
            if image.comps.is_null() {
                return Err(PixelError::damaged("JPEG 2000 without components"));
            }
            slice::from_raw_parts(image.comps, image.numcomps as usize)
        };
        let component = |component: &sys::opj_image_comp_t| {
            ensure(!component.data.is_null(), "a JPEG 2000 component is empty")?;
            let length = component.w as usize * component.h as usize;
            Ok(Component {
                columns: component.w,
                rows: component.h,
                precision: component.prec,
                signed: component.sgnd != 0,
                // SAFETY: the library allocates w × h samples for each component that has any.
                samples: unsafe { slice::from_raw_parts(component.data, length) },
            })
        };
        components.iter().map(component).collect()
    }
}

/// An object of the library with what destroys it.
struct Owned<T> {
    pointer: *mut T,
    destroy: unsafe extern "C" fn(*mut T),
}

impl<T> Owned<T> {
    fn new(pointer: *mut T, destroy: unsafe extern "C" fn(*mut T)) -> Option<Self> {
        (!pointer.is_null()).then_some(Self { pointer, destroy })
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library, is not null and has no other owner.
        unsafe { (self.destroy)(self.pointer) }
    }
}

/// Where the library stands in the code stream.
struct Cursor<'s> {
    stream: &'s [u8],
    at: usize,
}

/// What the library takes for the end of its input.
const END: usize = usize::MAX;

/// Copies the next bytes.
///
/// # Safety
/// `user` points to a [`Cursor`], `buffer` to `length` writable bytes.
unsafe extern "C" fn read(buffer: *mut c_void, length: usize, user: *mut c_void) -> usize {
    // SAFETY: the caller's promise.
    let (cursor, buffer) = unsafe {
        (
            &mut *user.cast::<Cursor<'_>>(),
            slice::from_raw_parts_mut(buffer.cast::<MaybeUninit<u8>>(), length),
        )
    };
    let rest = cursor.stream.get(cursor.at..).unwrap_or_default();
    let count = rest.len().min(length);
    if count == 0 {
        return END;
    }
    for (target, &byte) in buffer.iter_mut().zip(&rest[..count]) {
        target.write(byte);
    }
    cursor.at += count;
    count
}

/// Goes forward or back.
///
/// # Safety
/// `user` points to a [`Cursor`].
unsafe extern "C" fn skip(length: i64, user: *mut c_void) -> i64 {
    // SAFETY: the caller's promise.
    let cursor = unsafe { &mut *user.cast::<Cursor<'_>>() };
    let from = cursor.at as i64;
    let to = from
        .saturating_add(length)
        .clamp(0, cursor.stream.len() as i64);
    cursor.at = to as usize;
    if length > 0 && to == from {
        -1
    } else {
        to - from
    }
}

/// Goes to a byte.
///
/// # Safety
/// `user` points to a [`Cursor`].
unsafe extern "C" fn seek(to: i64, user: *mut c_void) -> sys::OPJ_BOOL {
    // SAFETY: the caller's promise.
    let cursor = unsafe { &mut *user.cast::<Cursor<'_>>() };
    match usize::try_from(to) {
        Ok(to) if to <= cursor.stream.len() => {
            cursor.at = to;
            1
        }
        _ => 0,
    }
}

/// Keeps the first message of what went wrong.
///
/// # Safety
/// `user` points to a `String`, `message` to a C string.
unsafe extern "C" fn note(message: *const c_char, user: *mut c_void) {
    // SAFETY: the caller's promise.
    let (problem, message) = unsafe { (&mut *user.cast::<String>(), CStr::from_ptr(message)) };
    if problem.is_empty() {
        *problem = message.to_string_lossy().into_owned();
    }
}
