//! Protocol data units (PS3.8 §9.3), as much of them as a requestor needs.

use std::io::{ErrorKind, Read};

use anyhow::{Result, bail};

/// The kind of a PDU (PS3.8 §9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PduKind {
    /// A-ASSOCIATE-RQ.
    AssociateRq,
    /// A-ASSOCIATE-AC.
    AssociateAc,
    /// A-ASSOCIATE-RJ.
    AssociateRj,
    /// P-DATA-TF.
    Data,
    /// A-RELEASE-RQ.
    ReleaseRq,
    /// A-RELEASE-RP.
    ReleaseRp,
    /// A-ABORT.
    Abort,
}

/// Reads one PDU's body into `body`; none at the end of the stream.
pub fn read_pdu(stream: &mut impl Read, body: &mut Vec<u8>) -> Result<Option<PduKind>> {
    let mut header = [0; 6];
    match stream.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let length = u32::from_be_bytes([header[2], header[3], header[4], header[5]]) as usize;
    if length > 64 << 20 {
        bail!("a PDU of {length} bytes");
    }
    body.resize(length, 0);
    stream.read_exact(body)?;
    Ok(Some(match header[0] {
        1 => PduKind::AssociateRq,
        2 => PduKind::AssociateAc,
        3 => PduKind::AssociateRj,
        4 => PduKind::Data,
        5 => PduKind::ReleaseRq,
        6 => PduKind::ReleaseRp,
        7 => PduKind::Abort,
        other => bail!("a PDU of type {other}"),
    }))
}

/// A PDU with its header.
pub(crate) fn pdu(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0];
    bytes.extend((body.len() as u32).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// An item of an association PDU (PS3.8 §9.3.2).
pub(crate) fn item(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0];
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// The items of an association PDU's variable part.
pub(crate) fn items(mut bytes: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        if bytes.len() < 4 {
            bail!("an item header of {} bytes", bytes.len());
        }
        let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
        if bytes.len() < 4 + length {
            bail!("an item past the end of its PDU");
        }
        items.push((bytes[0], &bytes[4..4 + length]));
        bytes = &bytes[4 + length..];
    }
    Ok(items)
}
