//! PDUs out: a command and its data set leave in one write, data set bytes uncopied (PS3.8 §9.3.5).

use std::{
    io::{self, IoSlice},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{DimseError, command::Command};

/// PDU header and PDV header.
const HEADERS: usize = 12;
/// The longest PDU that we send, whatever the peer would take.
const LONGEST: usize = 1 << 20;
/// The shortest that makes sense; a peer that asks for less gets this.
const SHORTEST: usize = 128;
/// PDUs in one system call.
const GATHERED: usize = 32;

/// The sending half.
#[derive(Debug)]
pub(super) struct Outbound {
    /// The longest data of a PDV, even.
    longest: usize,
    /// Encoded commands that wait for the next flush.
    pending: Vec<u8>,
    command: Vec<u8>,
}

impl Outbound {
    /// `peer_max_pdu` as the peer announced; 0 is no limit (PS3.8 §D.1.1).
    pub(super) fn new(peer_max_pdu: u32) -> Self {
        let asked = match peer_max_pdu {
            0 => LONGEST,
            other => usize::try_from(other).unwrap_or(LONGEST),
        };
        let longest = (asked.clamp(SHORTEST, LONGEST) - PDV_HEADER) & !1;
        Self {
            longest,
            pending: Vec::with_capacity(512),
            command: Vec::with_capacity(512),
        }
    }

    /// Puts a command set in front of the next flush.
    pub(super) fn command(&mut self, context: u8, command: &Command) {
        self.command.clear();
        command.encode(&mut self.command);
        let count = self.command.len().div_ceil(self.longest);
        for (index, part) in self.command.chunks(self.longest).enumerate() {
            let last = index + 1 == count;
            self.pending
                .extend_from_slice(&headers(context, true, last, part.len()));
            self.pending.extend_from_slice(part);
        }
    }

    /// Writes what is pending, then `data` as PDUs; `last` marks the end of the data set. With no
    /// data and not `last`, the pending commands alone.
    pub(super) async fn flush(
        &mut self,
        stream: &TcpStream,
        context: u8,
        data: &[u8],
        last: bool,
        idle: Duration,
    ) -> Result<(), DimseError> {
        let mut parts: Vec<&[u8]> = data.chunks(self.longest).collect();
        if last && parts.is_empty() {
            parts.push(&[]);
        }
        let count = parts.len();
        let mut done = 0;
        loop {
            let batch = &parts[done..count.min(done + GATHERED)];
            let headers: Vec<[u8; HEADERS]> = batch
                .iter()
                .enumerate()
                .map(|(index, part)| {
                    let end = last && done + index + 1 == count;
                    headers(context, false, end, part.len())
                })
                .collect();
            let mut slices = Vec::with_capacity(1 + 2 * batch.len());
            slices.push(IoSlice::new(&self.pending));
            for (header, part) in headers.iter().zip(batch) {
                slices.push(IoSlice::new(header));
                slices.push(IoSlice::new(part));
            }
            write_slices(stream, &mut slices, idle).await?;
            self.pending.clear();
            done += batch.len();
            if done == count {
                return Ok(());
            }
        }
    }
}

const PDV_HEADER: usize = 6;

/// The headers of a P-DATA-TF PDU that holds one presentation data value.
fn headers(context: u8, command: bool, last: bool, length: usize) -> [u8; HEADERS] {
    let length = u32::try_from(length).expect("a PDU of ours is at most 1 MiB");
    let mut bytes = [0; HEADERS];
    bytes[0] = 0x04;
    bytes[2..6].copy_from_slice(&(length + 6).to_be_bytes());
    bytes[6..10].copy_from_slice(&(length + 2).to_be_bytes());
    bytes[10] = context;
    bytes[11] = u8::from(command) | u8::from(last) << 1;
    bytes
}

/// Writes everything, waiting at most `idle` for the peer to take something.
pub(super) async fn write_all(
    stream: &TcpStream,
    bytes: &[u8],
    idle: Duration,
) -> Result<(), DimseError> {
    write_slices(stream, &mut [IoSlice::new(bytes)], idle).await
}

async fn write_slices(
    stream: &TcpStream,
    mut slices: &mut [IoSlice<'_>],
    idle: Duration,
) -> Result<(), DimseError> {
    IoSlice::advance_slices(&mut slices, 0);
    while !slices.is_empty() {
        match stream.try_write_vectored(slices) {
            Ok(written) => IoSlice::advance_slices(&mut slices, written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                match timeout(idle, stream.writable()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Err(DimseError::Connection(error)),
                    Err(_) => {
                        let waiting_for = "the peer takes nothing";
                        return Err(DimseError::TimedOut { waiting_for });
                    }
                }
            }
            Err(error) => return Err(DimseError::Connection(error)),
        }
    }
    Ok(())
}
