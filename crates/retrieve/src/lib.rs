//! Instances, frames, bulk data, metadata and rendered images on their way out: what C-MOVE, C-GET
//! and WADO-RS share. Nothing leaves without a permit, and nothing before its audit record
//! (ARCHITECTURE.md, invariants 4 and 5).

mod bridge;
mod bulk;
mod cine;
mod content;
mod convert;
mod decoding;
mod error;
mod frames;
mod instance;
mod located;
mod metadata;
mod nested;
mod outlet;
mod pictures;
mod rendered;
mod scan;
mod service;
mod settings;
mod shown;
mod source;
mod states;
#[cfg(test)]
mod tests;
mod thumbnail;
mod truth;
mod unread;
mod whole;

pub use bridge::Priority;
pub use bulk::{DOCUMENTS, Values};
pub use content::{Body, Bulk, Content, Frame, FrameForm, Headers, Stored};
pub use database::Scope;
pub use error::RetrieveError;
pub use instance::Instance;
pub use pictures::{PictureDisk, PictureSettings, Pictures, PicturesError};
pub use pixel::render::{
    CineFormat, ColourManagement, ImageFormat, Part, Region, Rendering, Window, WindowFunction,
};
pub use service::Retrieve;
pub use settings::{Rendered, Settings};
pub use shown::Shown;
pub use thumbnail::rendering as thumbnail_of;
pub use unread::Unread;
pub use whole::{Coding, Envelope, WholeMetadata};
