//! A requestor of any service.

use std::time::Duration;

use bytes::Bytes;
use dataset::{Element, Header, Limits as ScannerLimits, Scanner, encode};
use futures::Stream;
use model::{AeTitle, TransferSyntax, Uid};

use super::{Context, Counts, Proposal};
use crate::{
    DimseError,
    association::{Association, Patience},
    command::{Command, field},
    sop_class,
    status::Status,
};

/// How a requestor behaves.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest P-DATA-TF PDU that we ask the peer to send, bytes.
    pub max_pdu: u32,
    /// How long the peer may be silent.
    pub idle: Duration,
    /// How long opening and closing may take.
    pub artim: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pdu: 256 << 10,
            idle: Duration::from_secs(300),
            artim: Duration::from_secs(30),
        }
    }
}

/// The answer to a C-STORE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The status (PS3.4 §B.2.3); 0000H is success.
    pub status: u16,
    /// Error Comment (0000,0902).
    pub comment: Option<String>,
}

impl Stored {
    /// Whether the peer keeps the object: success or a warning.
    pub fn is_kept(&self) -> bool {
        Status(self.status).is_success_or_warning()
    }
}

/// The answers to a C-FIND.
#[derive(Debug)]
pub struct Found {
    /// The identifiers of the pending answers.
    pub matches: Vec<Header>,
    /// The final status.
    pub status: u16,
    /// Error Comment (0000,0902) of the final answer.
    pub comment: Option<String>,
}

/// The final answer to a C-MOVE or C-GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieved {
    /// The final status.
    pub status: u16,
    /// What became of the sub-operations.
    pub counts: Counts,
    /// Pending answers before the final one.
    pub pending: u32,
    /// Failed SOP Instance UID List (0008,0058).
    pub failed: Vec<String>,
    /// Error Comment (0000,0902).
    pub comment: Option<String>,
}

/// An association that we requested.
#[derive(Debug)]
pub struct Requestor {
    pub(crate) association: Association,
}

/// The longest identifier that is read.
pub(super) const IDENTIFIER_BYTES: usize = 16 << 20;

impl Requestor {
    /// Connects to `address` (`host:port`) with [`Limits::default`].
    pub async fn connect(
        address: &str,
        calling: &AeTitle,
        called: &AeTitle,
        contexts: &[Proposal],
    ) -> Result<Self, DimseError> {
        Self::connect_within(address, calling, called, contexts, Limits::default()).await
    }

    /// Connects to `address` (`host:port`).
    pub async fn connect_within(
        address: &str,
        calling: &AeTitle,
        called: &AeTitle,
        contexts: &[Proposal],
        limits: Limits,
    ) -> Result<Self, DimseError> {
        let patience = Patience {
            idle: limits.idle,
            artim: limits.artim,
        };
        let titles = (calling.clone(), called.clone());
        let association =
            Association::request(address, titles, contexts, limits.max_pdu, patience).await?;
        Ok(Self { association })
    }

    /// What the peer accepted.
    pub fn contexts(&self) -> &[Context] {
        self.association.contexts.all()
    }

    /// The accepted context for `abstract_syntax` in which we are the SCU, in `transfer_syntax` if
    /// one is given.
    pub fn context(
        &self,
        abstract_syntax: &str,
        transfer_syntax: Option<&TransferSyntax>,
    ) -> Result<Context, DimseError> {
        self.association
            .contexts
            .of(abstract_syntax)
            .find(|context| {
                context.requestor_is_user
                    && transfer_syntax.is_none_or(|syntax| context.transfer_syntax == *syntax)
            })
            .cloned()
            .ok_or_else(|| DimseError::NoContext {
                abstract_syntax: abstract_syntax.into(),
                transfer_syntax: transfer_syntax.map_or("any".into(), ToString::to_string),
            })
    }

    /// C-ECHO (PS3.7 §9.1.5); gives the status.
    pub async fn echo(&mut self) -> Result<u16, DimseError> {
        let context = self.context(sop_class::VERIFICATION, None)?;
        let request = Command::request(field::C_ECHO, sop_class::VERIFICATION);
        let id = self.begin(context.id, request, None).await?;
        status(&self.association.response(id).await?.command)
    }

    /// C-STORE (PS3.7 §9.1.1) of bytes that are taken as they are for a data set in
    /// `transfer_syntax`.
    pub async fn store(
        &mut self,
        sop_class: &Uid,
        sop: &Uid,
        transfer_syntax: &TransferSyntax,
        data_set: Bytes,
    ) -> Result<Stored, DimseError> {
        let context = self.context(sop_class.as_str(), Some(transfer_syntax))?;
        let mut request = store_request(sop_class, sop);
        request.message_id = self.association.message_id();
        self.association
            .send(context.id, &mut request, Some(&data_set))
            .await?;
        self.stored(request.message_id).await
    }

    /// [`Self::store`] of a data set that comes in pieces.
    pub async fn store_stream<S>(
        &mut self,
        sop_class: &Uid,
        sop: &Uid,
        transfer_syntax: &TransferSyntax,
        data_set: S,
    ) -> Result<Stored, DimseError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Unpin,
    {
        let context = self.context(sop_class.as_str(), Some(transfer_syntax))?;
        let mut request = store_request(sop_class, sop);
        request.message_id = self.association.message_id();
        self.association
            .send_stream(context.id, &mut request, data_set)
            .await?;
        self.stored(request.message_id).await
    }

    async fn stored(&mut self, id: u16) -> Result<Stored, DimseError> {
        let command = self.association.response(id).await?.command;
        Ok(Stored {
            status: status(&command)?,
            comment: command.error_comment,
        })
    }

    /// C-FIND (PS3.7 §9.1.2) in the information model `model`; values of `identifier` are little
    /// endian bytes.
    pub async fn find(&mut self, model: &str, identifier: &[Element]) -> Result<Found, DimseError> {
        let context = self.context(model, None)?;
        let request = Command::request(field::C_FIND, model);
        let id = self
            .begin(context.id, request, Some((&context, identifier)))
            .await?;
        let mut matches = Vec::new();
        loop {
            let message = self.association.response(id).await?;
            let status = status(&message.command)?;
            if !Status(status).is_pending() {
                return Ok(Found {
                    matches,
                    status,
                    comment: message.command.error_comment,
                });
            }
            matches.push(self.identifier(&context).await?);
        }
    }

    /// C-MOVE (PS3.7 §9.1.4) to `destination`.
    pub async fn move_to(
        &mut self,
        model: &str,
        destination: &AeTitle,
        identifier: &[Element],
    ) -> Result<Retrieved, DimseError> {
        let context = self.context(model, None)?;
        let mut request = Command::request(field::C_MOVE, model);
        request.move_destination = Some(destination.to_string());
        let id = self
            .begin(context.id, request, Some((&context, identifier)))
            .await?;
        let mut pending = 0;
        loop {
            let message = self.association.response(id).await?;
            if Status(status(&message.command)?).is_pending() {
                pending += 1;
                continue;
            }
            return self.retrieved(&context, message.command, pending).await;
        }
    }

    /// The final answer of C-MOVE and C-GET.
    pub(super) async fn retrieved(
        &mut self,
        context: &Context,
        command: Command,
        pending: u32,
    ) -> Result<Retrieved, DimseError> {
        let mut failed = Vec::new();
        if command.has_data_set {
            failed = self
                .identifier(context)
                .await?
                .texts(dataset::Tag(0x0008, 0x0058));
        }
        Ok(Retrieved {
            status: status(&command)?,
            counts: command.counts.unwrap_or_default(),
            pending,
            failed,
            comment: command.error_comment,
        })
    }

    /// Sends a request, its identifier encoded in the context's transfer syntax; gives its id.
    pub(super) async fn begin(
        &mut self,
        context: u8,
        mut request: Command,
        identifier: Option<(&Context, &[Element])>,
    ) -> Result<u16, DimseError> {
        request.message_id = self.association.message_id();
        if request.field != field::C_ECHO {
            request.priority = Some(0);
        }
        let identifier = identifier
            .map(|(context, elements)| encode::elements(elements, &context.transfer_syntax));
        self.association
            .send(context, &mut request, identifier.as_deref())
            .await?;
        Ok(request.message_id)
    }

    /// Reads the identifier that follows.
    pub(super) async fn identifier(&mut self, context: &Context) -> Result<Header, DimseError> {
        let bytes = self.association.collect(IDENTIFIER_BYTES).await?;
        let mut scanner = Scanner::new(&context.transfer_syntax, ScannerLimits::default());
        scanner.feed(&bytes).map_err(DimseError::Identifier)?;
        scanner.finish().map_err(DimseError::Identifier)
    }

    /// Sends bytes as they are: tests of hostile peers.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> Result<(), DimseError> {
        self.association.send_raw(bytes).await
    }

    /// Releases the association.
    pub async fn release(self) -> Result<(), DimseError> {
        self.association.release().await
    }

    /// Aborts the association.
    pub async fn abort(self) {
        self.association.abort(false).await;
    }
}

/// A C-STORE request for one instance.
pub(crate) fn store_request(sop_class: &Uid, sop: &Uid) -> Command {
    let mut request = Command::request(field::C_STORE, sop_class.as_str());
    request.affected_instance = Some(sop.to_string());
    request.priority = Some(0);
    request
}

/// The status of a response.
pub(crate) fn status(command: &Command) -> Result<u16, DimseError> {
    command
        .status
        .ok_or_else(|| DimseError::protocol("a response without Status (0000,0900)"))
}
