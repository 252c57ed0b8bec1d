//! Character repertoires (PS3.5 §6.1, PS3.3 §C.12.1.1.2): text is decoded before it is split.

use dicom_core::VR;

/// How text is read that no Specific Character Set declares and that is not ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// UTF-8 where it is valid UTF-8, else GB18030 where it is that without fault, else Latin-1.
    #[default]
    Detect,
    /// A configured repertoire.
    Charset(Box<Charset>),
}

/// The character repertoires of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charset {
    terms: Vec<String>,
    fallback: Fallback,
}

impl Charset {
    /// The repertoires of a Specific Character Set (0008,0005) value; unknown terms count as absent.
    pub fn new(_value: &str) -> Self {
        unimplemented!()
    }

    /// Unicode in UTF-8: `ISO_IR 192`.
    pub fn utf8() -> Self {
        unimplemented!()
    }

    /// `GB18030`.
    pub fn gb18030() -> Self {
        unimplemented!()
    }

    /// The terms as Specific Character Set holds them.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The text of a whole value of `vr`, backslashes and padding included. Never fails: what the
    /// repertoire does not know becomes U+FFFD.
    pub fn decode(&self, _vr: VR, _bytes: &[u8]) -> String {
        unimplemented!()
    }

    /// The bytes of a text; none where the repertoire lacks a character.
    pub fn encode(&self, _text: &str) -> Option<Vec<u8>> {
        unimplemented!()
    }
}
