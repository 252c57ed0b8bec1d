//! The requestor's side of establishment (PS3.8 §7.1).

use dicom_ul::pdu::{
    AssociationAC, AssociationRJResult, AssociationRQ, Pdu, PresentationContextProposed,
    PresentationContextResultReason as Reason, RequestorRoles, UserVariableItem,
};
use model::{AeTitle, TransferSyntax, Uid};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{
    Association, Patience,
    accept::max_length,
    context::{Context, Contexts},
    inbound::{Arrival, Inbound},
    negotiate::{APPLICATION_CONTEXT, own_information},
    outbound, pdu, socket, unexpected,
};
use crate::DimseError;

/// A presentation context that a requestor proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is spoken of.
    pub abstract_syntax: Uid,
    /// How data sets may be encoded, the preferred one first.
    pub transfer_syntaxes: Vec<TransferSyntax>,
    /// Whether we want to be the SCP: receive by C-GET, send N-EVENT-REPORT.
    pub provider: bool,
}

impl Proposal {
    /// A context in which we are the SCU.
    pub fn new(abstract_syntax: Uid, transfer_syntaxes: Vec<TransferSyntax>) -> Self {
        Self {
            abstract_syntax,
            transfer_syntaxes,
            provider: false,
        }
    }

    /// A context in which we are the SCP (PS3.7 §D.3.3.4).
    pub fn provided(abstract_syntax: Uid, transfer_syntaxes: Vec<TransferSyntax>) -> Self {
        Self {
            provider: true,
            ..Self::new(abstract_syntax, transfer_syntaxes)
        }
    }
}

impl Association {
    /// Connects to `address` (`host:port`) and asks for an association.
    pub(crate) async fn request(
        address: &str,
        (calling, called): (AeTitle, AeTitle),
        proposals: &[Proposal],
        max_pdu: u32,
        patience: Patience,
    ) -> Result<Self, DimseError> {
        let request = encode(&calling, &called, proposals, max_pdu)?;
        let connected = timeout(patience.artim, TcpStream::connect(address)).await;
        let mut stream = match connected {
            Ok(connected) => connected.map_err(DimseError::Connection)?,
            Err(_) => {
                let waiting_for = "the connection";
                return Err(DimseError::TimedOut { waiting_for });
            }
        };
        socket::prepare(&stream);
        outbound::write_all(&stream, &request, patience.artim).await?;
        let mut inbound = Inbound::new(Instant::now() + patience.artim);
        let answer = loop {
            match inbound.take()? {
                None => {
                    inbound.fill_once(&mut stream).await?;
                }
                Some(Arrival::Pdu(Pdu::AssociationAC(answer))) => break answer,
                Some(Arrival::Pdu(Pdu::AssociationRJ(rejection))) => {
                    return Err(DimseError::Rejected {
                        permanent: rejection.result == AssociationRJResult::Permanent,
                        reason: rejection.source.to_string(),
                    });
                }
                Some(Arrival::Pdu(Pdu::AbortRQ { .. })) => return Err(DimseError::Aborted),
                Some(Arrival::Pdu(other)) => return Err(unexpected(&other)),
                Some(Arrival::Fragment(_)) => {
                    return Err(DimseError::protocol("P-DATA-TF before an association"));
                }
            }
        };
        let contexts = agreed(proposals, &answer);
        let peer_max_pdu = max_length(&answer.user_variables);
        Ok(Self::new(
            stream,
            inbound,
            peer_max_pdu,
            patience,
            (calling, called),
            contexts,
        ))
    }
}

/// The id of the proposal at `index`: 1, 3, 5 … (PS3.8 §9.3.2.2).
fn id(index: usize) -> Option<u8> {
    u8::try_from(2 * index + 1).ok()
}

fn encode(
    calling: &AeTitle,
    called: &AeTitle,
    proposals: &[Proposal],
    max_pdu: u32,
) -> Result<Vec<u8>, DimseError> {
    let mut presentation_contexts = Vec::with_capacity(proposals.len());
    let mut user_variables = own_information(max_pdu);
    for (index, proposal) in proposals.iter().enumerate() {
        let id = id(index).ok_or_else(|| DimseError::protocol("more than 128 proposals"))?;
        let abstract_syntax = proposal.abstract_syntax.to_string();
        let role = proposal.provider.then(|| {
            let roles = RequestorRoles {
                scu: false,
                scp: true,
            };
            UserVariableItem::ScuScpRoleSelectionSubItem(abstract_syntax.clone(), roles)
        });
        user_variables.extend(role.filter(|role| !user_variables.contains(role)));
        presentation_contexts.push(PresentationContextProposed {
            id,
            abstract_syntax,
            transfer_syntaxes: proposal
                .transfer_syntaxes
                .iter()
                .map(ToString::to_string)
                .collect(),
        });
    }
    pdu::encode(&Pdu::AssociationRQ(AssociationRQ {
        protocol_version: 1,
        calling_ae_title: calling.to_string(),
        called_ae_title: called.to_string(),
        application_context_name: APPLICATION_CONTEXT.into(),
        presentation_contexts,
        user_variables,
    }))
}

/// What of the proposals was accepted.
fn agreed(proposals: &[Proposal], answer: &AssociationAC) -> Contexts {
    let contexts = answer.presentation_contexts.iter().filter_map(|result| {
        let index = usize::from(result.id / 2);
        let proposal = proposals
            .get(index)
            .filter(|_| id(index) == Some(result.id))?;
        if result.reason != Reason::Acceptance {
            return None;
        }
        let roles = answer.user_variables.iter().find_map(|item| match item {
            UserVariableItem::ScuScpRoleSelectionSubItem(class, roles)
                if class.trim_end_matches('\0') == proposal.abstract_syntax.as_str() =>
            {
                Some(*roles)
            }
            _ => None,
        });
        Some(Context {
            id: result.id,
            abstract_syntax: proposal.abstract_syntax.clone(),
            transfer_syntax: TransferSyntax::parse(&result.transfer_syntax).ok()?,
            requestor_is_user: roles.is_none_or(|roles| roles.scu),
            requestor_is_provider: roles.is_some_and(|roles| roles.scp),
        })
    });
    Contexts::new(contexts.collect())
}
