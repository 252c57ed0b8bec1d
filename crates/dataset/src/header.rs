//! What is kept of a data set: everything but pixels and long values.

use dicom_core::{Tag, VR};
use model::{TransferSyntax, Uid};

use crate::{Charset, Fallback, PixelData};

/// What names an instance: the UIDs of its class, itself, its study and its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// SOP Class UID (0008,0016).
    pub sop_class: Uid,
    /// SOP Instance UID (0008,0018).
    pub sop: Uid,
    /// Study Instance UID (0020,000D).
    pub study: Uid,
    /// Series Instance UID (0020,000E).
    pub series: Uid,
}

/// A data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its tag.
    pub tag: Tag,
    /// Its value representation: as stored, else of the dictionary (PS3.6), else UN.
    pub vr: VR,
    /// Its value.
    pub value: Value,
}

/// The value of a data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The bytes as stored, padding included, in the byte order of the transfer syntax.
    Bytes(Vec<u8>),
    /// A value left in the (inflated) data set because it is long, or is native pixel data.
    Bulk {
        /// Where it begins.
        offset: u64,
        /// How long it is.
        length: u64,
    },
    /// The items of a sequence.
    Items(Vec<Vec<Element>>),
    /// Encapsulated pixel data at top level; [`Header::pixel_data`] tells more.
    Pixels,
    /// An encapsulated value that is not the pixel data of the data set (an icon's, for one), left
    /// in the data set.
    Fragments {
        /// Where its first item header begins.
        offset: u64,
        /// Up to and with the sequence delimitation item.
        length: u64,
    },
}

/// What is kept of a data set.
#[derive(Clone, Debug)]
pub struct Header {
    /// The elements of the data set in the order they came.
    pub elements: Vec<Element>,
    /// The transfer syntax it was received in.
    pub transfer_syntax: TransferSyntax,
    /// Bytes of the data set as received.
    pub length: u64,
    /// Bytes of the data set after inflating; `length` where it was not deflated.
    pub inflated_length: u64,
    /// The pixel data, where there is some.
    pub pixel_data: Option<PixelData>,
    pub(crate) charset: Charset,
    pub(crate) fallback: Fallback,
}

impl Header {
    /// A data set of elements made by hand, values in the byte order of `transfer_syntax`.
    pub fn new(_elements: Vec<Element>, _transfer_syntax: TransferSyntax) -> Self {
        unimplemented!()
    }

    /// The character set of Specific Character Set (0008,0005), or what stands in for it.
    pub fn charset(&self) -> &Charset {
        &self.charset
    }

    /// The first element of `tag` at top level.
    pub fn element(&self, tag: Tag) -> Option<&Element> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    /// The first value of a text element at top level, decoded and without padding; none where it
    /// is absent or empty.
    pub fn text(&self, _tag: Tag) -> Option<String> {
        unimplemented!()
    }

    /// All values of a text element at top level, decoded before they are split.
    pub fn texts(&self, _tag: Tag) -> Vec<String> {
        unimplemented!()
    }

    /// The first value of an integer element (binary, or IS) at top level.
    pub fn number(&self, _tag: Tag) -> Option<i64> {
        unimplemented!()
    }
}
