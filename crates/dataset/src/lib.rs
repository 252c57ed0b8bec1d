//! DICOM data sets without I/O: a bounded push parser, character sets, DICOM JSON and XML, encoding, the
//! Part 10 file meta group and frame tables.

pub mod charset;
pub mod encode;
mod error;
mod frames;
mod header;
pub mod json;
pub mod levels;
mod limits;
mod numbers;
pub mod part10;
mod scanner;
mod vr;
pub mod xml;

pub use charset::{Charset, Fallback};
pub use dicom_core::{Tag, VR};
pub use error::DatasetError;
pub use frames::{Fragments, FrameTable, PixelData, Span};
pub use header::{Element, Header, Identity, Value};
pub use limits::Limits;
pub use scanner::Scanner;

/// Implementation Class UID of Yingyun (PS3.7 §D.3.3.2), a UUID-derived UID (PS3.5 §B.2).
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.84693487424756528136600715604326601525";

/// Implementation Version Name of Yingyun (PS3.7 §D.3.3.2), at most 16 characters.
pub const IMPLEMENTATION_VERSION_NAME: &str = concat!("YINGYUN_", env!("CARGO_PKG_VERSION"));
