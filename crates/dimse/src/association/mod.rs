//! An association: one connection, its presentation contexts, messages in and out (PS3.8, PS3.7 §8).

mod accept;
mod context;
mod inbound;
mod negotiate;
mod outbound;
mod pdu;
mod request;
mod socket;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dicom_ul::pdu::Pdu;
use futures::{Stream, StreamExt};
use model::AeTitle;
use tokio::{net::TcpStream, time::Instant};

pub(crate) use accept::{Refusal, Requested};
pub use context::Context;
pub(crate) use context::Contexts;
pub use request::Proposal;

use crate::{DimseError, command::Command};
use inbound::{Arrival, Fragment, Inbound};
use outbound::Outbound;

/// The longest command set that is read; real ones have some 200 bytes.
const COMMAND_BYTES: usize = 64 << 10;

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

    /// Whether something arrives within `silence`.
    pub(crate) async fn is_heard_within(&mut self, silence: Duration) -> Result<bool, DimseError> {
        if self.waiting.is_some() || !self.inbound.is_empty() {
            return Ok(true);
        }
        self.inbound
            .is_heard_until(&self.stream, Instant::now() + silence)
            .await
    }

    /// The next command; none when the peer released. What is left of a data set is passed over.
    pub(crate) async fn message(&mut self) -> Result<Option<Message>, DimseError> {
        if let Some(message) = self.waiting.take() {
            return Ok(Some(message));
        }
        self.skip_data().await?;
        self.inbound.rest(Instant::now() + self.patience.idle);
        loop {
            match self.inbound.take()? {
                None => {
                    self.inbound
                        .fill(&mut self.stream, self.patience.idle)
                        .await?
                }
                Some(Arrival::Fragment(fragment)) => {
                    if let Some(message) = self.command(fragment)? {
                        return Ok(Some(message));
                    }
                }
                Some(Arrival::Pdu(Pdu::ReleaseRQ)) => {
                    self.confirm_release().await;
                    return Ok(None);
                }
                Some(Arrival::Pdu(Pdu::AbortRQ { .. })) => return Err(DimseError::Aborted),
                Some(Arrival::Pdu(other)) => return Err(unexpected(&other)),
            }
        }
    }

    /// A response to `message_id`; a cancel or another request that crosses it is kept for
    /// [`Self::message`] or lost if one is kept already.
    pub(crate) async fn response(&mut self, message_id: u16) -> Result<Message, DimseError> {
        let mut crossing = self.waiting.take();
        loop {
            let message = self.message().await?.ok_or(DimseError::Released)?;
            if message.command.answers(message_id) {
                self.waiting = crossing;
                return Ok(message);
            }
            if message.command.has_data_set {
                return Err(DimseError::protocol(
                    "a request came where a response was due",
                ));
            }
            crossing = Some(message);
        }
    }

    /// Whether the peer has cancelled `message_id`, without waiting. Other commands are not
    /// allowed here: only one operation is performed at a time (PS3.7 §D.3.3.3).
    pub(crate) fn is_cancelled(&mut self, message_id: u16) -> Result<bool, DimseError> {
        if self
            .waiting
            .as_ref()
            .is_some_and(|message| message.command.cancels(message_id))
        {
            self.waiting = None;
            return Ok(true);
        }
        if self.waiting.is_some() || self.data_set.is_some() {
            return Ok(false);
        }
        self.inbound.poll_fill(&self.stream)?;
        let Some(arrival) = self.inbound.take_whole_command()? else {
            return Ok(false);
        };
        match arrival {
            Arrival::Fragment(fragment) => match self.command(fragment)? {
                Some(message) if message.command.cancels(message_id) => Ok(true),
                Some(message) => {
                    self.waiting = Some(message);
                    Ok(false)
                }
                None => Ok(false),
            },
            Arrival::Pdu(Pdu::AbortRQ { .. }) => Err(DimseError::Aborted),
            Arrival::Pdu(other) => Err(unexpected(&other)),
        }
    }

    /// Adds a fragment of a command set; gives the message when that was the last.
    fn command(&mut self, fragment: Fragment) -> Result<Option<Message>, DimseError> {
        if !fragment.command {
            return Err(DimseError::protocol(
                "data set bytes where a command was due",
            ));
        }
        if self.partial.len() + fragment.bytes.len() > COMMAND_BYTES {
            return Err(DimseError::protocol("a command set longer than 64 KiB"));
        }
        let whole;
        if fragment.last && self.partial.is_empty() {
            whole = fragment.bytes;
        } else {
            self.partial.extend_from_slice(&fragment.bytes);
            if !fragment.last {
                return Ok(None);
            }
            whole = self.partial.split().freeze();
        }
        let command = Command::decode(&whole)?;
        let Some(context) = self.contexts.by_id(fragment.context) else {
            let what = format!("presentation context {} was not accepted", fragment.context);
            return Err(DimseError::protocol(what));
        };
        self.data_set = command.has_data_set.then_some(fragment.context);
        Ok(Some(Message {
            context: context.clone(),
            command,
        }))
    }

    /// The next bytes of the data set that follows the last command; none at its end.
    pub(crate) async fn data(&mut self) -> Result<Option<Bytes>, DimseError> {
        let Some(context) = self.data_set else {
            return Ok(None);
        };
        loop {
            match self.inbound.take()? {
                None => {
                    self.inbound
                        .fill(&mut self.stream, self.patience.idle)
                        .await?
                }
                Some(Arrival::Pdu(Pdu::AbortRQ { .. })) => return Err(DimseError::Aborted),
                Some(Arrival::Pdu(other)) => return Err(unexpected(&other)),
                Some(Arrival::Fragment(fragment)) => {
                    if fragment.command || fragment.context != context {
                        return Err(DimseError::protocol(
                            "a command in the middle of a data set",
                        ));
                    }
                    if fragment.last {
                        self.data_set = None;
                    }
                    if !fragment.bytes.is_empty() {
                        return Ok(Some(fragment.bytes));
                    }
                    if fragment.last {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// The whole data set that follows the last command, an identifier; at most `limit` bytes.
    pub(crate) async fn collect(&mut self, limit: usize) -> Result<Bytes, DimseError> {
        let mut whole = BytesMut::new();
        while let Some(bytes) = self.data().await? {
            if whole.len() + bytes.len() > limit {
                let what = format!("an identifier longer than {limit} bytes");
                return Err(DimseError::protocol(what));
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(whole.freeze())
    }

    /// Passes over what is left of the data set.
    pub(crate) async fn skip_data(&mut self) -> Result<(), DimseError> {
        while self.data().await?.is_some() {}
        Ok(())
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
    async fn confirm_release(&mut self) {
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
