//! An association: one connection, its presentation contexts, messages in and out (PS3.8, PS3.7 §8).

mod accept;
mod context;
mod inbound;
mod leave;
mod negotiate;
mod outbound;
mod pdu;
mod receive;
mod request;
mod socket;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dicom_ul::pdu::Pdu;
use futures::{Stream, StreamExt};
use model::AeTitle;
use tokio::net::TcpStream;

pub(crate) use accept::{Refusal, Requested};
pub use context::Context;
pub(crate) use context::Contexts;
pub use request::Proposal;

use crate::{DimseError, command::Command};
use inbound::Inbound;
use outbound::Outbound;

/// How long to wait for the peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Between two signs of life.
    pub(crate) idle: Duration,
    /// While opening and closing.
    pub(crate) artim: Duration,
}

/// An established association, seen from either side.
#[derive(Debug)]
pub(crate) struct Association {
    stream: TcpStream,
    inbound: Inbound,
    outbound: Outbound,
    patience: Patience,
    /// Who requested it.
    pub(crate) calling: AeTitle,
    /// Whom they called.
    pub(crate) called: AeTitle,
    /// What was agreed.
    pub(crate) contexts: Contexts,
    /// Whether fuzzy matching of names was agreed (PS3.4 §C.5.1.1).
    pub(crate) fuzzy: bool,
    /// The presentation context of the data set that is being received.
    data_set: Option<u8>,
    /// A command that came in the middle of something else.
    waiting: Option<Message>,
    /// The fragments of a command that has not ended.
    partial: BytesMut,
    next_message_id: u16,
}

/// A command set and the presentation context that it came on.
#[derive(Debug)]
pub(crate) struct Message {
    /// The presentation context.
    pub(crate) context: Context,
    /// The command set.
    pub(crate) command: Command,
}

impl Association {
    fn new(
        stream: TcpStream,
        inbound: Inbound,
        peer_max_pdu: u32,
        patience: Patience,
        (calling, called): (AeTitle, AeTitle),
        contexts: Contexts,
    ) -> Self {
        Self {
            stream,
            inbound,
            outbound: Outbound::new(peer_max_pdu),
            patience,
            calling,
            called,
            contexts,
            data_set: None,
            waiting: None,
            partial: BytesMut::new(),
            fuzzy: false,
            next_message_id: 0,
        }
    }

    /// The next message id of ours; odd or even does not matter, 0 is never given.
    pub(crate) fn message_id(&mut self) -> u16 {
        self.next_message_id = self.next_message_id.checked_add(1).unwrap_or(1);
        self.next_message_id
    }

    /// Sends a command and, if given, its data set, in one write.
    pub(crate) async fn send(
        &mut self,
        context: u8,
        command: &mut Command,
        data_set: Option<&[u8]>,
    ) -> Result<(), DimseError> {
        command.has_data_set = data_set.is_some();
        self.outbound.command(context, command);
        let data_set = data_set.unwrap_or_default();
        let last = command.has_data_set;
        self.outbound
            .flush(&self.stream, context, data_set, last, self.patience.idle)
            .await
    }

    /// Sends a command whose data set is streamed. Bytes are not copied. [`DimseError::Source`]
    /// where nothing was sent, [`DimseError::BrokenOff`] where something was.
    pub(crate) async fn send_stream<S>(
        &mut self,
        context: u8,
        command: &mut Command,
        mut data_set: S,
    ) -> Result<(), DimseError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Unpin,
    {
        command.has_data_set = true;
        let mut chunk = loop {
            match data_set
                .next()
                .await
                .transpose()
                .map_err(DimseError::Source)?
            {
                Some(chunk) if chunk.is_empty() => {}
                first => break first.unwrap_or_default(),
            }
        };
        self.outbound.command(context, command);
        loop {
            let next = data_set
                .next()
                .await
                .transpose()
                .map_err(DimseError::BrokenOff)?;
            let last = next.is_none();
            self.outbound
                .flush(&self.stream, context, &chunk, last, self.patience.idle)
                .await?;
            match next {
                Some(next) => chunk = next,
                None => return Ok(()),
            }
        }
    }

    /// Sends bytes as they are: tests of hostile peers.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) -> Result<(), DimseError> {
        outbound::write_all(&self.stream, bytes, self.patience.idle).await
    }
}

fn unexpected(pdu: &Pdu) -> DimseError {
    let name = match pdu {
        Pdu::AssociationRQ(_) => "A-ASSOCIATE-RQ",
        Pdu::AssociationAC(_) => "A-ASSOCIATE-AC",
        Pdu::AssociationRJ(_) => "A-ASSOCIATE-RJ",
        Pdu::PData { .. } => "P-DATA-TF",
        Pdu::ReleaseRQ => "A-RELEASE-RQ",
        Pdu::ReleaseRP => "A-RELEASE-RP",
        Pdu::AbortRQ { .. } => "A-ABORT",
        Pdu::Unknown { .. } => "a PDU of unknown type",
    };
    DimseError::protocol(format!("{name} where it is not allowed"))
}

#[cfg(test)]
mod tests;
