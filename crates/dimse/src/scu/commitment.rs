//! Storage commitment from the requestor's side of an association: asking (N-ACTION) and reporting
//! (N-EVENT-REPORT) (PS3.4 Annex J).

use dataset::{Element, encode};
use model::{AeTitle, TransferSyntax, Uid};

use super::{Limits, Requestor, requestor::status};
use crate::{
    DimseError,
    association::{Association, Proposal},
    command::{Command, field},
    commitment::{Report, request_command},
    sop_class::{STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE},
    status::Status,
};

/// Where reports go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) calling: AeTitle,
    pub(crate) called: AeTitle,
    pub(crate) limits: Limits,
}

/// Sends a report; the response comes as another message.
pub(crate) async fn send_report(
    association: &mut Association,
    context: u8,
    transfer_syntax: &TransferSyntax,
    report: &Report,
    id: u16,
) -> Result<(), DimseError> {
    let mut request = request_command(report.event_type);
    request.message_id = id;
    let bytes = encode::elements(&report.elements, transfer_syntax);
    association.send(context, &mut request, Some(&bytes)).await
}

/// Delivers reports on an association of our own, as the SCP (PS3.4 §J.3.3); those that were taken
/// leave `reports`.
pub(crate) async fn report(target: &Target, reports: &mut Vec<Report>) -> Result<(), DimseError> {
    let class = Uid::new(STORAGE_COMMITMENT).expect("a constant UID is valid");
    let syntaxes = vec![
        TransferSyntax::explicit_little(),
        TransferSyntax::implicit_little(),
    ];
    let proposal = Proposal::provided(class, syntaxes);
    let Target {
        address,
        calling,
        called,
        limits,
    } = target;
    let mut requestor =
        Requestor::connect_within(address, calling, called, &[proposal], *limits).await?;
    let association = &mut requestor.association;
    // A peer that leaves the role out of its answer means to take reports all the same.
    let context = association.contexts.of(STORAGE_COMMITMENT).next().cloned();
    let Some(context) = context else {
        requestor.release().await?;
        return Err(DimseError::NoContext {
            abstract_syntax: STORAGE_COMMITMENT.into(),
            transfer_syntax: "any".into(),
        });
    };
    while let Some(report) = reports.last() {
        let id = association.message_id();
        send_report(
            association,
            context.id,
            &context.transfer_syntax,
            report,
            id,
        )
        .await?;
        let status = status(&association.response(id).await?.command)?;
        if !Status(status).is_success_or_warning() {
            let what = format!("a report was answered with {}", Status(status));
            return Err(DimseError::protocol(what));
        }
        reports.pop();
    }
    requestor.release().await
}

impl Requestor {
    /// N-ACTION: asks to commit to `references`, SOP class and instance each; gives the status. The
    /// identifier is sent as `elements` say: Transaction UID and Referenced SOP Sequence.
    pub async fn request_commitment(&mut self, elements: &[Element]) -> Result<u16, DimseError> {
        let context = self.context(STORAGE_COMMITMENT, None)?;
        let mut request = Command {
            field: field::N_ACTION,
            requested_class: Some(STORAGE_COMMITMENT.into()),
            requested_instance: Some(STORAGE_COMMITMENT_INSTANCE.into()),
            action_type: Some(1),
            ..Command::default()
        };
        request.message_id = self.association.message_id();
        let bytes = encode::elements(elements, &context.transfer_syntax);
        self.association
            .send(context.id, &mut request, Some(&bytes))
            .await?;
        status(&self.association.response(request.message_id).await?.command)
    }

    /// Waits for an N-EVENT-REPORT on this association and confirms it; gives its event type and
    /// its data set.
    pub async fn await_report(&mut self) -> Result<(u16, dataset::Header), DimseError> {
        let message = self
            .association
            .message()
            .await?
            .ok_or(DimseError::Released)?;
        if message.command.field != field::N_EVENT_REPORT {
            return Err(DimseError::protocol("no N-EVENT-REPORT where one was due"));
        }
        let event = self.identifier(&message.context).await?;
        let mut response = message.command.response(Status::SUCCESS.0);
        response.event_type = message.command.event_type;
        self.association
            .send(message.context.id, &mut response, None)
            .await?;
        Ok((message.command.event_type.unwrap_or_default(), event))
    }
}
