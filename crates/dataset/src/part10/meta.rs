//! File meta information (PS3.10 Table 7.1-1).

use dicom_core::{Tag, VR};
use model::{TransferSyntax, Uid};

use crate::{
    Element, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, Value, encode, header::uid,
};

/// The file meta information that Yingyun writes (PS3.10 Table 7.1-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    /// Media Storage SOP Class UID (0002,0002).
    pub sop_class: Uid,
    /// Media Storage SOP Instance UID (0002,0003).
    pub sop: Uid,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax: TransferSyntax,
    /// Source Application Entity Title (0002,0016).
    pub source_ae: Option<String>,
    /// Sending Application Entity Title (0002,0017).
    pub sending_ae: Option<String>,
    /// Receiving Application Entity Title (0002,0018).
    pub receiving_ae: Option<String>,
    /// Private Information (0002,0102), under our own Private Information Creator UID (0002,0100).
    pub private: Option<Vec<u8>>,
}

impl FileMeta {
    /// Preamble, `DICM` and group 2, of this implementation.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |element, vr, text: &str| Element {
            tag: Tag(2, element),
            vr,
            value: Value::Bytes(text.as_bytes().to_vec()),
        };
        let mut elements = vec![
            Element {
                tag: Tag(2, 1),
                vr: VR::OB,
                value: Value::Bytes(vec![0, 1]),
            },
            text(0x02, VR::UI, self.sop_class.as_str()),
            text(0x03, VR::UI, self.sop.as_str()),
            text(0x10, VR::UI, self.transfer_syntax.as_str()),
            text(0x12, VR::UI, IMPLEMENTATION_CLASS_UID),
            text(0x13, VR::SH, IMPLEMENTATION_VERSION_NAME),
        ];
        for (element, title) in [
            (0x16, &self.source_ae),
            (0x17, &self.sending_ae),
            (0x18, &self.receiving_ae),
        ] {
            elements.extend(title.as_deref().map(|title| text(element, VR::AE, title)));
        }
        if let Some(private) = &self.private {
            elements.push(text(0x100, VR::UI, IMPLEMENTATION_CLASS_UID));
            elements.push(Element {
                tag: Tag(2, 0x102),
                vr: VR::OB,
                value: Value::Bytes(private.clone()),
            });
        }
        let group = encode::elements(&elements, &TransferSyntax::explicit_little());
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM\x02\0\0\0UL\x04\0");
        bytes.extend((group.len() as u32).to_le_bytes());
        bytes.extend(group);
        bytes
    }
}

/// The file meta information that a file has, as far as it is readable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialMeta {
    /// Media Storage SOP Class UID (0002,0002).
    pub sop_class: Option<Uid>,
    /// Media Storage SOP Instance UID (0002,0003).
    pub sop: Option<Uid>,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax: Option<TransferSyntax>,
    /// Source Application Entity Title (0002,0016).
    pub source_ae: Option<String>,
    /// Sending Application Entity Title (0002,0017).
    pub sending_ae: Option<String>,
    /// Receiving Application Entity Title (0002,0018).
    pub receiving_ae: Option<String>,
    /// Private Information Creator UID (0002,0100).
    pub private_creator: Option<Uid>,
    /// Private Information (0002,0102).
    pub private: Option<Vec<u8>>,
}

impl PartialMeta {
    /// Takes the value of element (0002,`element`).
    pub(super) fn take(&mut self, element: u16, value: &[u8]) {
        let title = || {
            let text = String::from_utf8_lossy(value);
            let text = text.trim_matches([' ', '\0']);
            (!text.is_empty()).then(|| text.to_owned())
        };
        match element {
            0x02 => self.sop_class = uid(value),
            0x03 => self.sop = uid(value),
            0x10 => self.transfer_syntax = uid(value).map(TransferSyntax::new),
            0x16 => self.source_ae = title(),
            0x17 => self.sending_ae = title(),
            0x18 => self.receiving_ae = title(),
            0x100 => self.private_creator = uid(value),
            0x102 => self.private = Some(value.to_vec()),
            _ => {}
        }
    }
}
