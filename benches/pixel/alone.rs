//! The codec libraries called with nothing around them; each gives how many samples it made.
#![expect(unsafe_code, reason = "what is measured is the bare C library")]

use std::{ffi::c_void, ptr};

use charls::CharLS;
use openjpeg_sys as opj;
use turbojpeg_sys as turbo;

pub(crate) fn charls(stream: &[u8]) -> usize {
    CharLS::default().decode(stream).expect("JPEG-LS").len()
}

macro_rules! turbo {
    ($name:ident, $decompress:ident, $sample:ty) => {
        pub(crate) fn $name(stream: &[u8]) -> usize {
            let (data, size) = (stream.as_ptr(), stream.len() as turbo::size_t);
            // SAFETY: the handle is used and destroyed here; the buffer holds width × height gray
            // samples as the header tells, and so many are written.
            unsafe {
                let handle = turbo::tj3Init(turbo::TJINIT_TJINIT_DECOMPRESS as i32);
                assert!(!handle.is_null());
                assert_eq!(turbo::tj3DecompressHeader(handle, data, size), 0);
                let get = |parameter: turbo::TJPARAM| turbo::tj3Get(handle, parameter as i32);
                let width = get(turbo::TJPARAM_TJPARAM_JPEGWIDTH);
                let height = get(turbo::TJPARAM_TJPARAM_JPEGHEIGHT);
                let mut samples: Vec<$sample> = vec![0; (width * height) as usize];
                let gray = turbo::TJPF_TJPF_GRAY;
                let target = samples.as_mut_ptr();
                assert_eq!(
                    turbo::$decompress(handle, data, size, target, width, gray),
                    0
                );
                turbo::tj3Destroy(handle);
                samples.len()
            }
        }
    };
}

turbo!(turbo_8, tj3Decompress8, u8);
turbo!(turbo_12, tj3Decompress12, i16);
turbo!(turbo_16, tj3Decompress16, u16);

pub(crate) fn openjpeg(stream: &[u8]) -> usize {
    let mut cursor = (stream, 0_usize);
    // SAFETY: `cursor` outlives the stream object; each object is destroyed once, here.
    unsafe {
        let codec = opj::opj_create_decompress(opj::OPJ_CODEC_FORMAT::OPJ_CODEC_J2K);
        let source = opj::opj_stream_default_create(1);
        opj::opj_stream_set_user_data(source, (&raw mut cursor).cast(), None);
        opj::opj_stream_set_user_data_length(source, stream.len() as u64);
        opj::opj_stream_set_read_function(source, Some(read));
        let mut parameters = std::mem::zeroed();
        opj::opj_set_default_decoder_parameters(&raw mut parameters);
        assert_eq!(opj::opj_setup_decoder(codec, &raw mut parameters), 1);
        let mut image = ptr::null_mut();
        assert_eq!(opj::opj_read_header(source, codec, &raw mut image), 1);
        assert_eq!(opj::opj_decode(codec, source, image), 1);
        let component = &*(*image).comps;
        let samples = (component.w * component.h) as usize;
        opj::opj_image_destroy(image);
        opj::opj_stream_destroy(source);
        opj::opj_destroy_codec(codec);
        samples
    }
}

/// Copies the next bytes.
///
/// # Safety
/// `user` points to a slice and a position, `buffer` to `length` writable bytes.
unsafe extern "C" fn read(buffer: *mut c_void, length: usize, user: *mut c_void) -> usize {
    // SAFETY: the caller's promise; no more than the rest of the slice is copied.
    unsafe {
        let (stream, at) = &mut *user.cast::<(&[u8], usize)>();
        let count = length.min(stream.len() - *at);
        if count == 0 {
            return usize::MAX;
        }
        ptr::copy_nonoverlapping(stream.as_ptr().add(*at), buffer.cast(), count);
        *at += count;
        count
    }
}
