//! A requested association and the messages on it (PS3.8 §7, PS3.7 §8).

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::{
    Command,
    pdu::{PduKind, item, items, pdu, read_pdu},
};

const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
const IMPLEMENTATION: &str = "2.25.209346571283746501928374650192837465";
const OWN_MAXIMUM: u32 = 128 * 1024;

/// A presentation context to propose (PS3.8 §9.3.2.2).
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The abstract syntax.
    pub abstract_syntax: String,
    /// The transfer syntaxes, in order.
    pub transfer_syntaxes: Vec<String>,
    /// Whether we offer to be its SCP too (PS3.7 §D.3.3.4), as C-GET needs.
    pub provide: bool,
}

impl Proposal {
    /// A context that we use as SCU.
    pub fn new(abstract_syntax: &str, transfer_syntaxes: &[&str]) -> Self {
        Self {
            abstract_syntax: abstract_syntax.into(),
            transfer_syntaxes: transfer_syntaxes.iter().map(|&t| t.into()).collect(),
            provide: false,
        }
    }

    /// A context on which we receive objects.
    pub fn providing(abstract_syntax: &str, transfer_syntaxes: &[&str]) -> Self {
        Self {
            provide: true,
            ..Self::new(abstract_syntax, transfer_syntaxes)
        }
    }
}

/// An A-ASSOCIATE-RJ: result, source and reason (PS3.8 §9.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// 1 permanent, 2 transient.
    pub result: u8,
    /// 1 user, 2 provider (ACSE), 3 provider (presentation).
    pub source: u8,
    /// 3 calling AE title, 7 called AE title not recognised …
    pub reason: u8,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            result,
            source,
            reason,
        } = self;
        write!(
            f,
            "association refused: result {result}, source {source}, reason {reason}"
        )
    }
}

impl std::error::Error for Refused {}

/// An accepted presentation context.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) id: u8,
    pub(crate) abstract_syntax: String,
    pub(crate) transfer_syntax: String,
}

/// An established association.
#[derive(Debug)]
pub struct Association {
    stream: TcpStream,
    pub(crate) contexts: Vec<Accepted>,
    peer_maximum: usize,
    next_id: u16,
    body: Vec<u8>,
    buffer: Vec<u8>,
}

/// A whole message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) context: u8,
    pub(crate) command: Command,
    pub(crate) dataset: Vec<u8>,
}

impl Association {
    /// Connects and negotiates.
    ///
    /// # Errors
    /// [`Refused`] when the peer rejects.
    pub fn request(
        address: SocketAddr,
        calling: &str,
        called: &str,
        proposals: &[Proposal],
    ) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        stream.set_write_timeout(Some(Duration::from_secs(120)))?;
        let mut association = Self {
            stream,
            contexts: Vec::new(),
            peer_maximum: 16 * 1024,
            next_id: 0,
            body: Vec::new(),
            buffer: Vec::new(),
        };
        association
            .stream
            .write_all(&request_pdu(calling, called, proposals))?;
        match read_pdu(&mut association.stream, &mut association.body)? {
            Some(PduKind::AssociateAc) => association.accepted(proposals)?,
            Some(PduKind::AssociateRj) => {
                let [_, result, source, reason, ..] = association.body[..] else {
                    bail!("a short A-ASSOCIATE-RJ");
                };
                return Err(Refused {
                    result,
                    source,
                    reason,
                }
                .into());
            }
            other => bail!("{other:?} for an association request"),
        }
        Ok(association)
    }

    fn accepted(&mut self, proposals: &[Proposal]) -> Result<()> {
        let variable = self
            .body
            .get(68..)
            .context("a short A-ASSOCIATE-AC")?
            .to_vec();
        for (kind, body) in items(&variable)? {
            match kind {
                0x21 if body.len() >= 4 && body[2] == 0 => {
                    let proposal = proposals
                        .get(usize::from(body[0]) / 2)
                        .context("an answer to a context that was not proposed")?;
                    let syntax = items(&body[4..])?
                        .into_iter()
                        .find(|(kind, _)| *kind == 0x40)
                        .context("an accepted context without a transfer syntax")?;
                    let syntax = String::from_utf8_lossy(syntax.1);
                    let syntax = syntax.trim_end_matches(['\0', ' ']);
                    if !proposal.transfer_syntaxes.iter().any(|t| t == syntax) {
                        bail!("accepted with {syntax}, which was not proposed");
                    }
                    self.contexts.push(Accepted {
                        id: body[0],
                        abstract_syntax: proposal.abstract_syntax.clone(),
                        transfer_syntax: syntax.into(),
                    });
                }
                0x50 => {
                    for (kind, body) in items(body)? {
                        if kind == 0x51 && body.len() == 4 {
                            let length = u32::from_be_bytes([body[0], body[1], body[2], body[3]]);
                            self.peer_maximum = match length {
                                0 => 1 << 20,
                                n => (n as usize).min(1 << 20),
                            };
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The transfer syntax accepted for an abstract syntax, if any.
    pub fn accepted_syntax(&self, abstract_syntax: &str) -> Option<&str> {
        self.contexts
            .iter()
            .find(|c| c.abstract_syntax == abstract_syntax)
            .map(|c| c.transfer_syntax.as_str())
    }

    /// The largest PDU the peer takes.
    pub fn peer_maximum(&self) -> usize {
        self.peer_maximum
    }

    /// The TCP stream, to do it harm.
    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    pub(crate) fn context(
        &self,
        abstract_syntax: &str,
        transfer_syntax: Option<&str>,
    ) -> Result<u8> {
        self.contexts
            .iter()
            .find(|c| {
                c.abstract_syntax == abstract_syntax
                    && transfer_syntax.is_none_or(|t| t == c.transfer_syntax)
            })
            .map(|c| c.id)
            .with_context(|| {
                format!("no context for {abstract_syntax} in {transfer_syntax:?} was accepted")
            })
    }

    pub(crate) fn message_id(&mut self) -> u16 {
        self.next_id = self.next_id.wrapping_add(1).max(1);
        self.next_id
    }

    /// Sends a command set and, if given, a data set of exactly `length` bytes.
    pub(crate) fn send(
        &mut self,
        context: u8,
        command: &Command,
        dataset: Option<(&mut dyn Read, u64)>,
    ) -> Result<()> {
        let bytes = command.to_bytes();
        self.buffer.clear();
        push_pdv(&mut self.buffer, context, 0x03, &bytes);
        let Some((reader, length)) = dataset else {
            return Ok(self.stream.write_all(&self.buffer)?);
        };
        let largest = (self.peer_maximum - 6) as u64;
        let mut left = length;
        loop {
            let chunk = left.min(largest) as usize;
            left -= chunk as u64;
            let start = self.buffer.len();
            push_pdv_header(
                &mut self.buffer,
                context,
                if left == 0 { 0x02 } else { 0x00 },
                chunk,
            );
            let begin = self.buffer.len();
            self.buffer.resize(begin + chunk, 0);
            if let Err(error) = reader.read_exact(&mut self.buffer[begin..]) {
                self.buffer.truncate(start);
                return Err(error).context("the data set to send ended early");
            }
            self.stream.write_all(&self.buffer)?;
            self.buffer.clear();
            if left == 0 {
                return Ok(());
            }
        }
    }

    /// The next whole message.
    pub(crate) fn receive(&mut self) -> Result<Message> {
        let mut command = Vec::new();
        let mut dataset = Vec::new();
        let mut parsed: Option<Command> = None;
        loop {
            match read_pdu(&mut self.stream, &mut self.body)? {
                Some(PduKind::Data) => {}
                Some(PduKind::Abort) => bail!("the peer aborted: {:?}", self.body),
                None => bail!("the peer closed the connection"),
                Some(other) => bail!("{other:?} where a message was expected"),
            }
            let mut pdvs = &self.body[..];
            while let Some((header, rest)) = pdvs.split_at_checked(6) {
                let length =
                    u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
                let (context, control) = (header[4], header[5]);
                let (value, rest) = rest
                    .split_at_checked(length.checked_sub(2).context("a PDV of length < 2")?)
                    .context("a PDV past the end of its PDU")?;
                pdvs = rest;
                let (is_command, is_last) = (control & 1 == 1, control & 2 == 2);
                if is_command {
                    command.extend_from_slice(value);
                    if is_last {
                        parsed = Some(Command::from_bytes(&command)?);
                    }
                } else {
                    dataset.extend_from_slice(value);
                }
                let done = match &parsed {
                    Some(command) => is_last && (!is_command || !command.has_dataset()),
                    None => false,
                };
                if done && let Some(command) = parsed.take() {
                    return Ok(Message {
                        context,
                        command,
                        dataset,
                    });
                }
            }
        }
    }

    /// Releases the association and waits for the peer's agreement.
    pub fn release(mut self) -> Result<()> {
        self.stream.write_all(&pdu(5, &[0; 4]))?;
        match read_pdu(&mut self.stream, &mut self.body)? {
            Some(PduKind::ReleaseRp) => Ok(()),
            other => bail!("{other:?} for a release request"),
        }
    }

    /// Aborts the association.
    pub fn abort(mut self) -> Result<()> {
        Ok(self.stream.write_all(&pdu(7, &[0; 4]))?)
    }
}

fn push_pdv_header(buffer: &mut Vec<u8>, context: u8, control: u8, length: usize) {
    buffer.extend([4, 0]);
    buffer.extend((length as u32 + 6).to_be_bytes());
    buffer.extend((length as u32 + 2).to_be_bytes());
    buffer.extend([context, control]);
}

fn push_pdv(buffer: &mut Vec<u8>, context: u8, control: u8, value: &[u8]) {
    push_pdv_header(buffer, context, control, value.len());
    buffer.extend(value);
}

fn request_pdu(calling: &str, called: &str, proposals: &[Proposal]) -> Vec<u8> {
    let mut body = vec![0, 1, 0, 0];
    for title in [called, calling] {
        body.extend(format!("{title:<16.16}").bytes());
    }
    body.extend([0; 32]);
    body.extend(item(0x10, APPLICATION_CONTEXT.as_bytes()));
    let mut user = item(0x51, &OWN_MAXIMUM.to_be_bytes());
    user.extend(item(0x52, IMPLEMENTATION.as_bytes()));
    for (n, proposal) in proposals.iter().enumerate() {
        let mut context = vec![(n * 2 + 1) as u8, 0, 0, 0];
        context.extend(item(0x30, proposal.abstract_syntax.as_bytes()));
        for syntax in &proposal.transfer_syntaxes {
            context.extend(item(0x40, syntax.as_bytes()));
        }
        body.extend(item(0x20, &context));
        if proposal.provide {
            let uid = proposal.abstract_syntax.as_bytes();
            let mut role = (uid.len() as u16).to_be_bytes().to_vec();
            role.extend(uid);
            role.extend([0, 1]);
            user.extend(item(0x54, &role));
        }
    }
    user.extend(item(0x55, b"TESTKIT"));
    body.extend(item(0x50, &user));
    pdu(1, &body)
}
