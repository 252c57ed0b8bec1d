//! Pixels of images without I/O: frames of any transfer syntax decoded to exact samples, and
//! rendered as pictures for any browser.

mod codec;
mod decode;
mod description;
mod error;
mod frame;
mod limits;
mod object;
mod photometric;
mod pool;
pub mod render;
mod turbo;

pub use decode::{decode, decode_at_least, is_decodable};
pub use description::{PixelDescription, PixelKind};
pub use error::PixelError;
pub use frame::{Frame, Samples};
pub use limits::Limits;
pub use object::Object;
pub use photometric::Photometric;
pub use pool::Pool;
