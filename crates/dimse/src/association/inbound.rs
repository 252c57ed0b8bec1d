//! PDUs in: presentation data values are cut out of one buffer and never copied (PS3.8 §9.3.5).
//!
//! A P-DATA-TF PDU is not waited for: its bytes are handed on as they arrive, so that memory does
//! not depend on any length that the peer claims.

use std::{io, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use dicom_ul::pdu::Pdu;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::{pdu, socket};
use crate::DimseError;

/// What a connection without data sets needs.
const SMALL: usize = 16 << 10;
/// The buffer once data sets come: a CT image and its command fit, so that one is reused for all.
const LARGE: usize = 1 << 20;
/// Less room than this is not worth a read.
const WORTH_READING: usize = 64 << 10;
/// The longest PDU other than P-DATA-TF: 128 presentation contexts with 60 syntaxes each.
const CONTROL_BYTES: usize = 1 << 20;
/// Bytes that count as a sign of life within a message.
const SIGN_OF_LIFE: usize = 4 << 10;

const PDU_HEADER: usize = 6;
const PDV_HEADER: usize = 6;
const P_DATA: u8 = 0x04;

/// What arrived.
#[derive(Debug)]
pub(super) enum Arrival {
    /// Bytes of a message.
    Fragment(Fragment),
    /// Any PDU but P-DATA-TF.
    Pdu(Pdu),
}

/// A presentation data value, or a part of one.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) context: u8,
    pub(super) command: bool,
    /// The message's command or data set ends here.
    pub(super) last: bool,
    pub(super) bytes: Bytes,
}

/// The receiving half.
#[derive(Debug)]
pub(super) struct Inbound {
    buffer: BytesMut,
    /// The size of buffer that this connection is worth.
    room: usize,
    /// Bytes left of the P-DATA-TF PDU.
    pdu: usize,
    /// Bytes left of the presentation data value that is open.
    value: Option<usize>,
    context: u8,
    control: u8,
    /// When patience ends.
    deadline: Instant,
    /// Bytes since the deadline was set.
    taken: usize,
}

impl Inbound {
    pub(super) fn new(deadline: Instant) -> Self {
        Self {
            buffer: BytesMut::with_capacity(SMALL),
            room: SMALL,
            pdu: 0,
            value: None,
            context: 0,
            control: 0,
            deadline,
            taken: 0,
        }
    }

    /// A message ended: the buffer is taken back if nobody holds a part of it, and patience begins
    /// anew.
    pub(super) fn rest(&mut self, deadline: Instant) {
        self.deadline = deadline;
        self.taken = 0;
        let more = self.room - self.buffer.len().min(self.room);
        if self.buffer.is_empty() && self.buffer.capacity() < self.room {
            // Where a part is still held, a new buffer is made when there is no room.
            let _ = self.buffer.try_reclaim(more);
        }
    }

    /// The next arrival that is in the buffer.
    pub(super) fn take(&mut self) -> Result<Option<Arrival>, DimseError> {
        loop {
            if let Some(left) = self.value {
                let length = left.min(self.buffer.len());
                if length == 0 && left > 0 {
                    return Ok(None);
                }
                self.pdu -= length;
                self.value = (left > length).then_some(left - length);
                return Ok(Some(Arrival::Fragment(Fragment {
                    context: self.context,
                    command: self.control & 1 != 0,
                    last: self.control & 2 != 0 && self.value.is_none(),
                    bytes: self.buffer.split_to(length).freeze(),
                })));
            }
            if self.buffer.len() < PDU_HEADER {
                return Ok(None);
            }
            if self.pdu > 0 {
                self.open_value()?;
                continue;
            }
            let kind = self.buffer[0];
            let length = (&self.buffer[2..6]).get_u32() as usize;
            if kind == P_DATA {
                if length < PDV_HEADER {
                    let what = format!("a P-DATA-TF PDU of {length} bytes");
                    return Err(DimseError::protocol(what));
                }
                self.buffer.advance(PDU_HEADER);
                self.pdu = length;
                continue;
            }
            if !(0x01..=0x07).contains(&kind) {
                return Err(DimseError::protocol(format!("PDU type {kind:02X}H")));
            }
            if length > CONTROL_BYTES {
                let what = format!("a PDU of type {kind:02X}H of {length} bytes");
                return Err(DimseError::protocol(what));
            }
            if self.buffer.len() < PDU_HEADER + length {
                return Ok(None);
            }
            let bytes = self.buffer.split_to(PDU_HEADER + length);
            return pdu::decode(&bytes).map(|pdu| Some(Arrival::Pdu(pdu)));
        }
    }

    /// Reads the header of a presentation data value (PS3.8 §9.3.5.1).
    fn open_value(&mut self) -> Result<(), DimseError> {
        let length = (&self.buffer[..4]).get_u32() as usize;
        if self.pdu < PDV_HEADER || length < 2 || length > self.pdu - 4 {
            let what = format!(
                "a value of {length} bytes in {} of a P-DATA-TF PDU",
                self.pdu
            );
            return Err(DimseError::protocol(what));
        }
        self.context = self.buffer[4];
        self.control = self.buffer[5];
        self.buffer.advance(PDV_HEADER);
        self.pdu -= PDV_HEADER;
        self.value = Some(length - 2);
        if self.control & 1 == 0 {
            self.room = LARGE;
        }
        Ok(())
    }

    /// [`Self::take`] where only a command that is here as a whole is wanted.
    pub(super) fn take_whole_command(&mut self) -> Result<Option<Arrival>, DimseError> {
        let whole = match self.buffer.first() {
            Some(_) if self.buffer.len() < PDU_HEADER => false,
            Some(_) => self.buffer.len() - PDU_HEADER >= (&self.buffer[2..6]).get_u32() as usize,
            None => false,
        };
        if whole { self.take() } else { Ok(None) }
    }

    /// Waits for more bytes: one read. What arrives prolongs the patience.
    pub(super) async fn fill(
        &mut self,
        stream: &mut TcpStream,
        idle: Duration,
    ) -> Result<(), DimseError> {
        let read = self.fill_once(stream).await?;
        self.taken += read;
        if self.taken >= SIGN_OF_LIFE {
            self.taken = 0;
            self.deadline = Instant::now() + idle;
        }
        Ok(())
    }

    /// Waits for more bytes: one read, until the deadline.
    pub(super) async fn fill_once(&mut self, stream: &mut TcpStream) -> Result<usize, DimseError> {
        self.make_room();
        match timeout_at(self.deadline, stream.read_buf(&mut self.buffer)).await {
            Ok(Ok(0)) => Err(DimseError::Closed),
            Ok(Ok(read)) => {
                socket::quick_ack(stream);
                Ok(read)
            }
            Ok(Err(error)) => Err(DimseError::Connection(error)),
            Err(_) => Err(DimseError::TimedOut {
                waiting_for: "the peer was silent",
            }),
        }
    }

    /// Takes what is there, without waiting; gives how many bytes.
    pub(super) fn poll_fill(&mut self, stream: &TcpStream) -> Result<usize, DimseError> {
        self.make_room();
        match stream.try_read_buf(&mut self.buffer) {
            Ok(0) => Err(DimseError::Closed),
            Ok(read) => {
                socket::quick_ack(stream);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(DimseError::Connection(error)),
        }
    }

    /// Whether bytes arrive until `deadline`; they are taken.
    pub(super) async fn is_heard_until(
        &mut self,
        stream: &TcpStream,
        deadline: Instant,
    ) -> Result<bool, DimseError> {
        self.rest(deadline);
        loop {
            match timeout_at(deadline, stream.readable()).await {
                Ok(ready) => ready.map_err(DimseError::Connection)?,
                Err(_) => return Ok(false),
            }
            // Readiness may be stale.
            if self.poll_fill(stream)? > 0 {
                return Ok(true);
            }
        }
    }

    /// Whether nothing waits to be taken.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    fn make_room(&mut self) {
        let free = self.buffer.capacity() - self.buffer.len();
        if free < WORTH_READING.min(self.room / 2) {
            self.buffer.reserve(self.room);
        }
    }
}
