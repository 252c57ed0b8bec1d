//! The small PDUs, by dicom-ul's codec (PS3.8 §9.3).

use dicom_ul::pdu::{
    AbortRQServiceProviderReason, AbortRQSource, MAXIMUM_PDU_SIZE, Pdu, read_pdu, write_pdu,
};

use crate::DimseError;

/// Encodes any PDU but P-DATA-TF.
pub(super) fn encode(pdu: &Pdu) -> Result<Vec<u8>, DimseError> {
    let mut bytes = Vec::with_capacity(256);
    write_pdu(&mut bytes, pdu).map_err(DimseError::Encode)?;
    Ok(bytes)
}

/// Reads one whole PDU, header included.
pub(super) fn decode(bytes: &[u8]) -> Result<Pdu, DimseError> {
    // A-ABORT is an abort, whatever reason it gives.
    if bytes.first() == Some(&0x07) {
        return Ok(abort(false));
    }
    match read_pdu(bytes, MAXIMUM_PDU_SIZE, true) {
        Ok(Some(pdu)) => Ok(pdu),
        Ok(None) => Err(DimseError::protocol("a PDU ends within an item")),
        Err(error) => Err(DimseError::protocol(error.to_string())),
    }
}

/// An A-ABORT: of the provider where the peer broke the protocol, else of the user.
pub(super) fn abort(broken: bool) -> Pdu {
    let source = if broken {
        AbortRQSource::ServiceProvider(AbortRQServiceProviderReason::InvalidPduParameter)
    } else {
        AbortRQSource::ServiceUser
    };
    Pdu::AbortRQ { source }
}
