//! Messages in: commands, their data sets, and what crosses them (PS3.7 §6.3, §8).

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dicom_ul::pdu::Pdu;
use tokio::time::Instant;

use super::{
    Association, Message,
    inbound::{Arrival, Fragment},
    unexpected,
};
use crate::{DimseError, command::Command};

/// The longest command set that is read; real ones have some 200 bytes.
const COMMAND_BYTES: usize = 64 << 10;

impl Association {
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
        let whole = if fragment.last && self.partial.is_empty() {
            fragment.bytes
        } else {
            self.partial.extend_from_slice(&fragment.bytes);
            if !fragment.last {
                return Ok(None);
            }
            self.partial.split().freeze()
        };
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
}
