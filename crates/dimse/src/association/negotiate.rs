//! What we agree to as an acceptor: a pure function of what was asked (PS3.8 §7.1.1, PS3.7 §D.3).

use dataset::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME};
use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, PresentationContextProposed, PresentationContextResult,
    PresentationContextResultReason as Reason, RequestorRoles, UserVariableItem,
};
use model::{TransferSyntax, Uid};

use super::context::{Context, Contexts};
use crate::sop_class::Service;

/// The DICOM application context (PS3.7 §A.2.1).
pub(crate) const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
/// Asynchronous Operations Window sub-item (PS3.7 §D.3.3.3).
const ASYNCHRONOUS_OPERATIONS: u8 = 0x53;
/// User Identity sub-item of the acceptor (PS3.7 §D.3.3.7.2).
const USER_IDENTITY_RESPONSE: u8 = 0x59;
/// Public transfer syntaxes begin so.
const PUBLIC: &str = "1.2.840.10008.1.2";
/// Public syntaxes that are no data set encodings: MIME and XML encapsulation, retired, and RTP.
const NO_DATA_SETS: &[&str] = &["1.2.840.10008.1.2.6.", "1.2.840.10008.1.2.7."];

/// Answers `request`; `max_pdu` is what we are willing to receive.
pub(crate) fn negotiate(request: &AssociationRQ, max_pdu: u32) -> (AssociationAC, Contexts) {
    let mut results = Vec::with_capacity(request.presentation_contexts.len());
    let mut accepted: Vec<Context> = Vec::new();
    for proposed in &request.presentation_contexts {
        let duplicate = results
            .iter()
            .any(|result: &PresentationContextResult| result.id == proposed.id);
        if duplicate {
            continue;
        }
        let result = accept(proposed).map(|(abstract_syntax, transfer_syntax)| {
            let roles = agreed_roles(request, &abstract_syntax).unwrap_or(DEFAULT_ROLES);
            Context {
                id: proposed.id,
                abstract_syntax,
                transfer_syntax,
                requestor_is_user: roles.scu,
                requestor_is_provider: roles.scp,
            }
        });
        results.push(match &result {
            Ok(context) => PresentationContextResult {
                id: context.id,
                reason: Reason::Acceptance,
                transfer_syntax: context.transfer_syntax.as_str().into(),
            },
            Err(reason) => PresentationContextResult {
                id: proposed.id,
                reason: reason.clone(),
                transfer_syntax: PUBLIC.into(),
            },
        });
        accepted.extend(result);
    }
    let answer = AssociationAC {
        protocol_version: 1,
        calling_ae_title: request.calling_ae_title.clone(),
        called_ae_title: request.called_ae_title.clone(),
        application_context_name: APPLICATION_CONTEXT.into(),
        presentation_contexts: results,
        user_variables: user_information(request, max_pdu, &accepted),
    };
    (answer, Contexts::new(accepted))
}

/// The syntax that we take for a proposed context, or why none.
fn accept(proposed: &PresentationContextProposed) -> Result<(Uid, TransferSyntax), Reason> {
    if proposed.id.is_multiple_of(2) {
        return Err(Reason::NoReason);
    }
    let abstract_syntax =
        Uid::new(&proposed.abstract_syntax).map_err(|_| Reason::AbstractSyntaxNotSupported)?;
    let syntaxes: Vec<TransferSyntax> = proposed
        .transfer_syntaxes
        .iter()
        .filter_map(|text| TransferSyntax::parse(text).ok())
        .collect();
    let chosen = match Service::of(abstract_syntax.as_str()) {
        Service::Other => return Err(Reason::AbstractSyntaxNotSupported),
        Service::Storage => for_storage(&syntaxes),
        _ => for_identifiers(&syntaxes),
    };
    match chosen {
        Some(syntax) => Ok((abstract_syntax, syntax.clone())),
        None => Err(Reason::TransferSyntaxesNotSupported),
    }
}

/// The sender's first choice among those whose encoding is public, else its first choice.
fn for_storage(syntaxes: &[TransferSyntax]) -> Option<&TransferSyntax> {
    let readable = |syntax: &&TransferSyntax| {
        let text = syntax.as_str();
        !NO_DATA_SETS.iter().any(|root| text.starts_with(root))
    };
    let public = |syntax: &&TransferSyntax| syntax.as_str().starts_with(PUBLIC);
    syntaxes
        .iter()
        .filter(readable)
        .find(public)
        .or_else(|| syntaxes.iter().find(readable))
}

/// The requestor's first choice of the little endian ones; every requestor has one (PS3.5 §10.1).
fn for_identifiers(syntaxes: &[TransferSyntax]) -> Option<&TransferSyntax> {
    let little = [
        TransferSyntax::implicit_little(),
        TransferSyntax::explicit_little(),
    ];
    syntaxes.iter().find(|syntax| little.contains(syntax))
}

const DEFAULT_ROLES: RequestorRoles = RequestorRoles {
    scu: true,
    scp: false,
};

/// The roles that the requestor gets where it asked for some (PS3.7 §D.3.3.4): it may be the SCP of
/// storage, for C-GET.
fn agreed_roles(request: &AssociationRQ, abstract_syntax: &Uid) -> Option<RequestorRoles> {
    request.user_variables.iter().find_map(|item| match item {
        UserVariableItem::ScuScpRoleSelectionSubItem(class, roles)
            if class.trim_end_matches('\0') == abstract_syntax.as_str() =>
        {
            let storage = Service::of(abstract_syntax.as_str()) == Service::Storage;
            Some(RequestorRoles {
                scu: roles.scu,
                scp: roles.scp && storage,
            })
        }
        _ => None,
    })
}

fn user_information(
    request: &AssociationRQ,
    max_pdu: u32,
    accepted: &[Context],
) -> Vec<UserVariableItem> {
    let mut items = own_information(max_pdu);
    for item in &request.user_variables {
        match item {
            UserVariableItem::Unknown(ASYNCHRONOUS_OPERATIONS, _) => {
                let one_at_a_time = vec![0, 1, 0, 1];
                items.push(UserVariableItem::Unknown(
                    ASYNCHRONOUS_OPERATIONS,
                    one_at_a_time,
                ));
            }
            UserVariableItem::ScuScpRoleSelectionSubItem(class, _) => {
                let context = accepted.iter().find(|context| {
                    context.abstract_syntax.as_str() == class.trim_end_matches('\0')
                });
                if let Some(context) = context {
                    let roles = RequestorRoles {
                        scu: context.requestor_is_user,
                        scp: context.requestor_is_provider,
                    };
                    items.push(UserVariableItem::ScuScpRoleSelectionSubItem(
                        class.clone(),
                        roles,
                    ));
                }
            }
            UserVariableItem::SopClassExtendedNegotiationSubItem(class, asked) => {
                if let Some(answer) = extended(class, asked) {
                    items.push(UserVariableItem::SopClassExtendedNegotiationSubItem(
                        class.clone(),
                        answer,
                    ));
                }
            }
            UserVariableItem::UserIdentityItem(identity)
                if identity.positive_response_requested() =>
            {
                items.push(UserVariableItem::Unknown(
                    USER_IDENTITY_RESPONSE,
                    vec![0, 0],
                ));
            }
            _ => {}
        }
    }
    items
}

/// Maximum length and implementation, which either side always tells.
pub(super) fn own_information(max_pdu: u32) -> Vec<UserVariableItem> {
    vec![
        UserVariableItem::MaxLength(max_pdu),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.into()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION_NAME.into()),
    ]
}

/// SOP class extended negotiation: relational queries, combined date-time ranges and fuzzy names
/// where asked (PS3.4 §C.5.1.1), relational retrieval never (§C.5.2.1), storage at level 2 (§B.3.1).
fn extended(class: &str, asked: &[u8]) -> Option<Vec<u8>> {
    match Service::of(class.trim_end_matches('\0')) {
        Service::Find(_) => {
            let supported = [1, 1, 1];
            let answer = asked
                .iter()
                .enumerate()
                .map(|(index, byte)| byte & supported.get(index).copied().unwrap_or_default());
            Some(answer.collect())
        }
        Service::Move(_) | Service::Get(_) => Some(vec![0; asked.len().clamp(1, 8)]),
        Service::Storage => Some(vec![2, 0, 3, 0, 0, 0]),
        _ => None,
    }
}

/// Whether fuzzy matching of person names was asked for, and so agreed (PS3.4 §C.5.1.1, byte 3).
pub(super) fn wants_fuzzy(items: &[UserVariableItem]) -> bool {
    items.iter().any(|item| match item {
        UserVariableItem::SopClassExtendedNegotiationSubItem(class, asked) => {
            let find = matches!(Service::of(class.trim_end_matches('\0')), Service::Find(_));
            find && asked.get(2).is_some_and(|byte| byte & 1 != 0)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests;
