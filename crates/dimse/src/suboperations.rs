//! C-STORE sub-operations of C-MOVE and C-GET, and their accounts (PS3.4 §C.4.2, §C.4.3).

use dataset::{Element, Tag, VR, Value, encode};
use futures::StreamExt;
use model::{AeTitle, Operation, TransferSyntax, Uid};
use retrieve::{Instance, Retrieve};
use tracing::info;

use crate::{
    DimseError,
    admission::Caller,
    association::{Association, Context, Message},
    command::{Command, Counts},
    scu::{status, store_request},
    status::Status,
};

/// Failed SOP Instance UID List (0008,0058).
const FAILED_LIST: Tag = Tag(0x0008, 0x0058);

/// What became of one sub-operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Completed,
    Warning,
    Failed,
}

/// The account of a C-MOVE or C-GET.
#[derive(Debug)]
pub(crate) struct Account {
    remaining: usize,
    completed: usize,
    warning: usize,
    failed: Vec<Uid>,
}

impl Account {
    pub(crate) fn new(total: usize) -> Self {
        Self {
            remaining: total,
            completed: 0,
            warning: 0,
            failed: Vec::new(),
        }
    }

    pub(crate) fn record(&mut self, sop: &Uid, outcome: Outcome) {
        self.remaining = self.remaining.saturating_sub(1);
        match outcome {
            Outcome::Completed => self.completed += 1,
            Outcome::Warning => self.warning += 1,
            Outcome::Failed => self.failed.push(sop.clone()),
        }
    }

    /// The counts; the elements hold at most 65535.
    fn counts(&self) -> Counts {
        let bounded = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        Counts {
            remaining: bounded(self.remaining),
            completed: bounded(self.completed),
            failed: bounded(self.failed.len()),
            warning: bounded(self.warning),
        }
    }

    /// Tells how far it is.
    pub(crate) async fn pending(
        &self,
        association: &mut Association,
        message: &Message,
    ) -> Result<(), DimseError> {
        let mut response = message.command.response(Status::PENDING.0);
        response.counts = Some(self.counts());
        association
            .send(message.context.id, &mut response, None)
            .await
    }

    /// Tells the end, with the list of what failed.
    pub(crate) async fn finish(
        self,
        association: &mut Association,
        message: &Message,
        cancelled: bool,
    ) -> Result<(), DimseError> {
        let status = if cancelled {
            Status::CANCEL
        } else if self.failed.is_empty() && self.warning == 0 {
            Status::SUCCESS
        } else if self.completed == 0 && self.warning == 0 {
            Status::CANNOT_PERFORM
        } else {
            Status::SOME_FAILED
        };
        let mut response = message.command.response(status.0);
        response.counts = Some(self.counts());
        let list = (!self.failed.is_empty()).then(|| {
            let texts: Vec<&str> = self.failed.iter().map(Uid::as_str).collect();
            let list = Element {
                tag: FAILED_LIST,
                vr: VR::UI,
                value: Value::Bytes(texts.join("\\").into_bytes()),
            };
            encode::elements(&[list], &message.context.transfer_syntax)
        });
        association
            .send(message.context.id, &mut response, list.as_deref())
            .await
    }
}

/// How an instance goes to a peer: who asked for it, and in which role we are.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) retrieve: &'a Retrieve,
    pub(crate) caller: &'a Caller,
    /// The requestor of a C-MOVE and its message id; none for C-GET.
    pub(crate) originator: Option<(AeTitle, u16)>,
}

impl Delivery<'_> {
    /// Sends one instance on `association`. The error is of the association; an instance that
    /// cannot be sent is an [`Outcome::Failed`].
    pub(crate) async fn send(
        &self,
        association: &mut Association,
        instance: &Instance,
    ) -> Result<Outcome, DimseError> {
        let sop = &instance.key().sop;
        let Some(context) = self.context(association, instance) else {
            info!(
                sop.uid = %sop,
                sop.class = %instance.sop_class(),
                "the peer accepted no presentation context for an instance"
            );
            return Ok(Outcome::Failed);
        };
        let syntax = &context.transfer_syntax;
        // Asked anew for each: what was taken away meanwhile stops here.
        let permit = match self.caller.permit(Operation::Retrieve).await {
            Ok(permit) => permit,
            Err(denial) => {
                info!(sop.uid = %sop, %denial, "an instance may no longer be sent");
                return Ok(Outcome::Failed);
            }
        };
        let content = match self.retrieve.dataset(&permit, instance, syntax).await {
            Ok(content) => content,
            Err(error) => {
                info!(
                    sop.uid = %sop,
                    error = &error as &dyn std::error::Error,
                    "an instance could not be read for sending"
                );
                return Ok(Outcome::Failed);
            }
        };
        let mut request: Command = store_request(instance.sop_class(), sop);
        request.message_id = association.message_id();
        request.move_originator.clone_from(&self.originator);
        let bytes = content
            .body
            .map(|chunk| chunk.map_err(std::io::Error::other));
        match association
            .send_stream(context.id, &mut request, bytes)
            .await
        {
            Ok(()) => {}
            Err(DimseError::Source(error)) => {
                info!(sop.uid = %sop, %error, "an instance could not be read for sending");
                return Ok(Outcome::Failed);
            }
            Err(error) => return Err(error),
        }
        let response = association.response(request.message_id).await?;
        let status = Status(status(&response.command)?);
        Ok(match status {
            Status::SUCCESS => Outcome::Completed,
            warning if warning.is_warning() => Outcome::Warning,
            failure => {
                info!(sop.uid = %sop, status = %failure, "the peer refused an instance");
                Outcome::Failed
            }
        })
    }

    /// The context in the stored transfer syntax, else one that the instance can be converted to,
    /// with explicit value representations if there is a choice.
    fn context(&self, association: &Association, instance: &Instance) -> Option<Context> {
        let get = self.originator.is_none();
        let usable: Vec<&Context> = association
            .contexts
            .of(instance.sop_class().as_str())
            .filter(|context| {
                if get {
                    context.requestor_is_provider
                } else {
                    context.requestor_is_user
                }
            })
            .collect();
        let with = |wanted: &TransferSyntax| {
            usable
                .iter()
                .find(|context| context.transfer_syntax == *wanted)
        };
        let convertible = |context: &&&Context| {
            self.retrieve
                .can_convert(instance, &context.transfer_syntax)
        };
        with(instance.transfer_syntax())
            .or_else(|| with(&TransferSyntax::explicit_little()).filter(convertible))
            .or_else(|| usable.iter().find(convertible))
            .map(|context| (*context).clone())
    }
}
