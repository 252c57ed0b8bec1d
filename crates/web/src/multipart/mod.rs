//! `multipart/related` both ways (RFC 2387, PS3.18 §8.6.1.2), streamed.
//!
//! Own code: the parsers that axum's world has (multer and its kin) are for form-data and hold a
//! part's header, however long, before they look at it.

mod boundary;
mod parser;
mod response;
#[cfg(test)]
mod tests;
mod xml;

#[cfg(test)]
use boundary::Related;
pub(crate) use boundary::related;
pub(crate) use parser::{MultipartError, PartHead, Parts};
pub(crate) use response::{Opened, Part, respond};
pub(crate) use xml::data_sets;
