//! How an association ends: release and abort (PS3.8 §7.2, §7.3).

use dicom_ul::pdu::Pdu;
use tokio::time::Instant;

use super::{Association, inbound::Arrival, outbound, pdu, socket, unexpected};
use crate::DimseError;

impl Association {
    /// Releases the association and waits for the confirmation (PS3.8 §7.2).
    pub(crate) async fn release(mut self) -> Result<(), DimseError> {
        self.send_raw(&pdu::encode(&Pdu::ReleaseRQ)?).await?;
        self.inbound.rest(Instant::now() + self.patience.artim);
        loop {
            match self.inbound.take()? {
                None => {
                    self.inbound
                        .fill(&mut self.stream, self.patience.artim)
                        .await?
                }
                Some(Arrival::Pdu(Pdu::ReleaseRP)) => return Ok(()),
                Some(Arrival::Pdu(Pdu::ReleaseRQ)) => {
                    self.send_raw(&pdu::encode(&Pdu::ReleaseRP)?).await?;
                }
                Some(Arrival::Pdu(Pdu::AbortRQ { .. })) => return Err(DimseError::Aborted),
                Some(Arrival::Pdu(other)) => return Err(unexpected(&other)),
                Some(Arrival::Fragment(_)) => {}
            }
        }
    }

    /// Confirms a release and waits a moment for the peer to close.
    pub(super) async fn confirm_release(&mut self) {
        if let Ok(confirmation) = pdu::encode(&Pdu::ReleaseRP) {
            let sent = outbound::write_all(&self.stream, &confirmation, self.patience.artim).await;
            if sent.is_ok() {
                socket::linger(&self.stream, self.patience.artim).await;
            }
        }
    }

    /// Aborts; `broken` tells whether the peer broke the protocol or we are the user that leaves.
    pub(crate) async fn abort(self, broken: bool) {
        if let Ok(abort) = pdu::encode(&pdu::abort(broken)) {
            let sent = outbound::write_all(&self.stream, &abort, self.patience.artim).await;
            if sent.is_ok() {
                socket::linger(&self.stream, self.patience.artim).await;
            }
        }
    }
}
