//! libjpeg-turbo: the one place that calls it. Its errors come back as errors (it jumps back to
//! where it was called, within itself); memory, pixels and scans are bounded before it works.
#![expect(
    unsafe_code,
    reason = "a C library; each call is of a handle that is its owner's alone"
)]

mod decode;
mod encode;

use std::{
    ffi::{CStr, c_int, c_void},
    ptr::NonNull,
};

use turbojpeg_sys as sys;

pub(crate) use decode::decode;
pub(crate) use encode::{LONGEST_SIDE, Pixels, encode};

use crate::PixelError;

/// A compressor or decompressor; it is destroyed with its owner.
struct Handle(NonNull<c_void>);

/// What the library said of a call that did not go well.
struct Fault {
    message: String,
    /// It went on all the same.
    is_warning: bool,
}

impl Handle {
    fn new(kind: sys::TJINIT) -> Result<Self, PixelError> {
        // SAFETY: it takes no pointer; what it returns is checked for null.
        let handle = unsafe { sys::tj3Init(kind as c_int) };
        NonNull::new(handle.cast())
            .map(Self)
            .ok_or_else(|| PixelError::TooLarge("there is no memory for libjpeg-turbo".into()))
    }

    fn pointer(&self) -> sys::tjhandle {
        self.0.as_ptr().cast()
    }

    fn set(&self, parameter: sys::TJPARAM, value: c_int) -> Result<(), PixelError> {
        // SAFETY: the handle is alive as long as `self`.
        let result = unsafe { sys::tj3Set(self.pointer(), parameter as c_int, value) };
        self.checked(result)
    }

    fn get(&self, parameter: sys::TJPARAM) -> c_int {
        // SAFETY: the handle is alive as long as `self`.
        unsafe { sys::tj3Get(self.pointer(), parameter as c_int) }
    }

    /// The library's message, unless all is well.
    fn checked(&self, result: c_int) -> Result<(), PixelError> {
        self.fault(result).map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn fault(&self, result: c_int) -> Option<Fault> {
        if result == 0 {
            return None;
        }
        // SAFETY: the handle is alive; the message is a C string in it that the next call changes,
        // and is copied before.
        let (code, message) = unsafe {
            let message = CStr::from_ptr(sys::tj3GetErrorStr(self.pointer()));
            let message = message.to_string_lossy().into_owned();
            (sys::tj3GetErrorCode(self.pointer()), message)
        };
        Some(Fault {
            message,
            is_warning: code == sys::TJERR_TJERR_WARNING as c_int,
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init` and is not used again.
        unsafe { sys::tj3Destroy(self.pointer()) }
    }
}

impl From<Fault> for PixelError {
    fn from(fault: Fault) -> Self {
        Self::damaged(format!("JPEG: {}", fault.message))
    }
}
