//! Storage commitment (PS3.4 Annex J): N-ACTION in, N-EVENT-REPORT out.
//!
//! The report goes out on the same association if the requestor keeps it open and waits, else on a
//! new one to the row of the peer table.

use std::time::Duration;

use access::Permit;
use database::InstanceRow;
use dataset::{Element, Limits, Scanner, Tag, VR, Value};
use model::{Operation, TransferSyntax, Uid};
use tokio::time::sleep;
use tracing::{info, warn};

use crate::{
    DimseError, Settings,
    admission::Caller,
    association::{Association, Message},
    command::Command,
    identifier::IDENTIFIER_BYTES,
    scu,
    session::{Session, Stage, refuse},
    sop_class::{STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE},
    status::{Failure, Status},
};

/// How long the requestor is given to ask for more, or to release, before the report is sent to it.
const GRACE: Duration = Duration::from_millis(500);
/// When a report is tried on an association of our own, after the last failure.
const ATTEMPTS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(10),
    Duration::from_secs(60),
];
/// Action type: request storage commitment (PS3.4 §J.3.2.1).
const REQUEST: u16 = 1;

const TRANSACTION: Tag = Tag(0x0008, 0x1195);
const REFERENCED: Tag = Tag(0x0008, 0x1199);
const FAILED: Tag = Tag(0x0008, 0x1198);
const FAILURE_REASON: Tag = Tag(0x0008, 0x1197);
const CLASS: Tag = Tag(0x0008, 0x1150);
const INSTANCE: Tag = Tag(0x0008, 0x1155);

/// What was found out about a request.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// 1: all are safe, 2: some are not (PS3.4 §J.3.3.1).
    pub(crate) event_type: u16,
    /// Event Information.
    pub(crate) elements: Vec<Element>,
}

/// Reports that the requestor has not confirmed.
#[derive(Debug, Default)]
pub(crate) struct Reports(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    report: Report,
    context: u8,
    transfer_syntax: TransferSyntax,
    /// The message id that it was sent with.
    sent: Option<u16>,
}

/// Answers N-ACTION, then finds out what is safe.
pub(crate) async fn answer(
    session: &mut Session,
    association: &mut Association,
    message: &Message,
) -> Result<(), DimseError> {
    let bytes = association.collect(IDENTIFIER_BYTES).await?;
    let request = session
        .permit(Operation::Store)
        .await
        .map_err(Failure::from)
        .and_then(|permit| {
            let request =
                Request::read(&message.command, &bytes, &message.context.transfer_syntax)?;
            Ok((permit, request))
        });
    let (permit, request) = match request {
        Ok(request) => request,
        Err(failure) => return refuse(association, message, failure).await,
    };
    let mut response = message.command.response(Status::SUCCESS.0);
    response.action_type = Some(REQUEST);
    association
        .send(message.context.id, &mut response, None)
        .await?;
    let report = request.examine(session, &permit).await;
    info!(
        association.calling_aet = %association.calling,
        transaction.uid = %request.transaction,
        commitment.instances = request.references.len(),
        commitment.complete = report.event_type == 1,
        "storage commitment"
    );
    session.reports.0.push(Waiting {
        report,
        context: message.context.id,
        transfer_syntax: message.context.transfer_syntax.clone(),
        sent: None,
    });
    Ok(())
}

/// What is asked to be safe.
#[derive(Debug)]
struct Request {
    transaction: Uid,
    /// SOP class and instance.
    references: Vec<(Uid, Uid)>,
}

impl Request {
    fn read(
        command: &Command,
        bytes: &[u8],
        transfer_syntax: &TransferSyntax,
    ) -> Result<Self, Failure> {
        if command.action_type != Some(REQUEST) {
            return Err(Failure::new(Status::NO_SUCH_ACTION, "action type is not 1"));
        }
        if command.requested_instance.as_deref() != Some(STORAGE_COMMITMENT_INSTANCE) {
            let comment = "Requested SOP Instance UID is not the well-known one";
            return Err(Failure::new(Status::NO_SUCH_INSTANCE, comment));
        }
        let unreadable = |error: dataset::DatasetError| {
            Failure::new(Status::PROCESSING_FAILURE, &error.to_string())
        };
        let mut scanner = Scanner::new(transfer_syntax, Limits::default());
        scanner.feed(bytes).map_err(unreadable)?;
        let header = scanner.finish().map_err(unreadable)?;
        let items = match header.element(REFERENCED).map(|element| &element.value) {
            Some(Value::Items(items)) => items.as_slice(),
            _ => &[],
        };
        let references: Option<Vec<_>> = items
            .iter()
            .map(|item| Some((uid(item, CLASS)?, uid(item, INSTANCE)?)))
            .collect();
        match (uid(&header.elements, TRANSACTION), references) {
            (Some(transaction), Some(references)) if !references.is_empty() => Ok(Self {
                transaction,
                references,
            }),
            _ => {
                let comment = "Transaction UID or Referenced SOP Sequence is absent or wrong";
                Err(Failure::new(Status::INVALID_ARGUMENT, comment))
            }
        }
    }

    /// Looks which instances are indexed, and so durable (ARCHITECTURE.md, invariant 1).
    async fn examine(&self, session: &Session, permit: &Permit) -> Report {
        let sops: Vec<Uid> = self.references.iter().map(|(_, sop)| sop.clone()).collect();
        let database = &session.services.database;
        let rows = database.instances_by_sop(permit.institution(), &sops).await;
        let (rows, lost) = match rows {
            Ok(rows) => (rows, false),
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "the index cannot be asked"
                );
                (Vec::new(), true)
            }
        };
        let (mut safe, mut failed) = (Vec::new(), Vec::new());
        for (class, sop) in &self.references {
            let mut item = vec![element(CLASS, class), element(INSTANCE, sop)];
            let reason = if lost {
                Some(Status::PROCESSING_FAILURE)
            } else {
                reason(&rows, class, sop)
            };
            match reason {
                None => safe.push(item),
                Some(status) => {
                    item.push(Element {
                        tag: FAILURE_REASON,
                        vr: VR::US,
                        value: Value::Bytes(status.0.to_le_bytes().to_vec()),
                    });
                    item.sort_by_key(|element| element.tag);
                    failed.push(item);
                }
            }
        }
        let event_type = if failed.is_empty() { 1 } else { 2 };
        let mut elements = vec![element(TRANSACTION, &self.transaction)];
        for (tag, items) in [(FAILED, failed), (REFERENCED, safe)] {
            if !items.is_empty() {
                elements.push(Element {
                    tag,
                    vr: VR::SQ,
                    value: Value::Items(items),
                });
            }
        }
        Report {
            event_type,
            elements,
        }
    }
}

/// Why an instance is not safe (PS3.3 §C.14.1.1).
fn reason(rows: &[InstanceRow], class: &Uid, sop: &Uid) -> Option<Status> {
    let mut found = rows
        .iter()
        .filter(|row| row.object.instance.sop == *sop)
        .peekable();
    if found.peek().is_none() {
        return Some(Status::NO_SUCH_INSTANCE);
    }
    let same = found.any(|row| row.sop_class == *class);
    (!same).then_some(Status::CLASS_INSTANCE_CONFLICT)
}

fn uid(elements: &[Element], tag: Tag) -> Option<Uid> {
    let element = elements.iter().find(|element| element.tag == tag)?;
    match &element.value {
        Value::Bytes(bytes) => Uid::new(std::str::from_utf8(bytes).ok()?).ok(),
        _ => None,
    }
}

fn element(tag: Tag, uid: &Uid) -> Element {
    Element {
        tag,
        vr: VR::UI,
        value: Value::Bytes(uid.as_str().into()),
    }
}

impl Reports {
    /// How long the requestor may be silent before [`Self::send`]; none without a report to send.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let unsent = self.0.iter().any(|waiting| waiting.sent.is_none());
        unsent.then_some(GRACE)
    }

    /// Sends, on the association that asked, the first report that was not sent.
    pub(crate) async fn send(&mut self, association: &mut Association) -> Result<(), DimseError> {
        let Some(waiting) = self.0.iter_mut().find(|waiting| waiting.sent.is_none()) else {
            return Ok(());
        };
        let id = association.message_id();
        waiting.sent = Some(id);
        scu::send_report(
            association,
            waiting.context,
            &waiting.transfer_syntax,
            &waiting.report,
            id,
        )
        .await
    }

    /// The requestor answered a report.
    pub(crate) fn acknowledge(&mut self, response: &Command) {
        let taken = |waiting: &Waiting| {
            let answered = waiting.sent.is_some_and(|id| response.answers(id));
            answered && response.status == Some(Status::SUCCESS.0)
        };
        self.0.retain(|waiting| !taken(waiting));
    }

    /// Delivers what was not taken by an association of our own, in the background.
    pub(crate) async fn deliver(self, settings: &Settings, caller: &Caller, stage: &Stage) {
        if self.0.is_empty() {
            return;
        }
        let Ok(Some(peer)) = caller.reach(caller.calling()).await else {
            warn!(
                association.calling_aet = %caller.calling(),
                commitment.reports = self.0.len(),
                "storage commitment reports are lost: their requestor left and is not in the peer table"
            );
            return;
        };
        let target = scu::Target {
            address: peer.address(),
            calling: settings.ae_title.clone(),
            called: peer.ae_title.clone(),
            limits: scu::Limits {
                max_pdu: settings.max_pdu,
                idle: settings.artim,
                artim: settings.artim,
            },
        };
        let reports = self.0.into_iter().map(|waiting| waiting.report).collect();
        let draining = stage.draining.clone();
        stage.tasks.spawn(async move {
            tokio::select! {
                () = deliver(&target, reports) => {}
                () = draining.cancelled() => {
                    warn!(peer.aet = %target.called, "reports may be lost: shutting down");
                }
            }
        });
    }
}

async fn deliver(target: &scu::Target, mut reports: Vec<Report>) {
    for pause in ATTEMPTS {
        sleep(pause).await;
        match scu::report(target, &mut reports).await {
            Ok(()) => return,
            Err(error) => warn!(
                peer.aet = %target.called,
                commitment.reports = reports.len(),
                error = &error as &dyn std::error::Error,
                "storage commitment reports could not be delivered"
            ),
        }
    }
    warn!(peer.aet = %target.called, "storage commitment reports are given up");
}

/// The class that is spoken of.
pub(crate) fn request_command(event_type: u16) -> Command {
    let mut request = Command::request(crate::command::field::N_EVENT_REPORT, STORAGE_COMMITMENT);
    request.affected_instance = Some(STORAGE_COMMITMENT_INSTANCE.into());
    request.event_type = Some(event_type);
    request
}
