//! The rules of negotiation, by the clauses that they come from.

use dicom_ul::pdu::{UserIdentity, UserIdentityType};

use super::*;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const BIG: &str = "1.2.840.10008.1.2.2";
const J2K: &str = "1.2.840.10008.1.2.4.90";
const PRIVATE: &str = "1.2.3.4.5";

fn request(contexts: &[(u8, &str, &[&str])], items: Vec<UserVariableItem>) -> AssociationRQ {
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: "CT1".into(),
        called_ae_title: "YINGYUN".into(),
        application_context_name: APPLICATION_CONTEXT.into(),
        presentation_contexts: contexts
            .iter()
            .map(
                |(id, abstract_syntax, syntaxes)| PresentationContextProposed {
                    id: *id,
                    abstract_syntax: (*abstract_syntax).into(),
                    transfer_syntaxes: syntaxes.iter().map(|text| (*text).into()).collect(),
                },
            )
            .collect(),
        user_variables: items,
    }
}

fn outcome(abstract_syntax: &str, syntaxes: &[&str]) -> Result<String, Reason> {
    let (answer, _) = negotiate(&request(&[(1, abstract_syntax, syntaxes)], vec![]), 1 << 18);
    let result = answer.presentation_contexts.into_iter().next().unwrap();
    match result.reason {
        Reason::Acceptance => Ok(result.transfer_syntax),
        reason => Err(reason),
    }
}

#[test]
fn storage_takes_the_senders_first_choice_that_is_public() {
    assert_eq!(outcome(CT, &[J2K, EXPLICIT, IMPLICIT]), Ok(J2K.into()));
    assert_eq!(outcome(CT, &[IMPLICIT, J2K]), Ok(IMPLICIT.into()));
    assert_eq!(outcome(CT, &[PRIVATE, BIG]), Ok(BIG.into()));
    assert_eq!(outcome(CT, &[PRIVATE]), Ok(PRIVATE.into()));
    assert_eq!(outcome("1.2.276.9", &[EXPLICIT]), Ok(EXPLICIT.into()));
}

#[test]
fn identifiers_are_little_endian() {
    assert_eq!(outcome(FIND, &[BIG, IMPLICIT]), Ok(IMPLICIT.into()));
    assert_eq!(
        outcome(FIND, &[J2K]),
        Err(Reason::TransferSyntaxesNotSupported)
    );
}

#[test]
fn what_we_do_not_provide_is_refused_with_its_reason() {
    let worklist = "1.2.840.10008.5.1.4.31";
    assert_eq!(
        outcome(worklist, &[IMPLICIT]),
        Err(Reason::AbstractSyntaxNotSupported)
    );
    assert_eq!(
        outcome("not a uid", &[IMPLICIT]),
        Err(Reason::AbstractSyntaxNotSupported)
    );
    assert_eq!(outcome(CT, &[]), Err(Reason::TransferSyntaxesNotSupported));
    let (answer, contexts) = negotiate(&request(&[(2, CT, &[IMPLICIT])], vec![]), 1 << 18);
    assert_eq!(answer.presentation_contexts[0].reason, Reason::NoReason);
    assert!(contexts.all().is_empty());
}

#[test]
fn the_requestor_may_provide_storage_and_nothing_else() {
    let both = RequestorRoles {
        scu: true,
        scp: true,
    };
    let role = |class: &str| UserVariableItem::ScuScpRoleSelectionSubItem(class.into(), both);
    let asked = request(
        &[(1, CT, &[IMPLICIT]), (3, FIND, &[IMPLICIT])],
        vec![role(CT), role(FIND)],
    );
    let (answer, contexts) = negotiate(&asked, 1 << 18);
    assert!(contexts.by_id(1).unwrap().requestor_is_provider);
    assert!(!contexts.by_id(3).unwrap().requestor_is_provider);
    assert!(answer.user_variables.contains(&role(CT)));
}

#[test]
fn user_items_are_answered_and_unknown_ones_passed_over() {
    let identity = UserIdentity::new(true, UserIdentityType::Username, b"x".to_vec(), vec![]);
    let asked = request(
        &[(1, FIND, &[IMPLICIT])],
        vec![
            UserVariableItem::Unknown(ASYNCHRONOUS_OPERATIONS, vec![0, 9, 0, 9]),
            UserVariableItem::Unknown(0xEE, vec![1, 2, 3]),
            UserVariableItem::UserIdentityItem(identity),
            UserVariableItem::SopClassExtendedNegotiationSubItem(FIND.into(), vec![1, 0, 1, 1, 1]),
        ],
    );
    let (answer, _) = negotiate(&asked, 131_072);
    let items = answer.user_variables;
    assert!(items.contains(&UserVariableItem::MaxLength(131_072)));
    assert!(items.contains(&UserVariableItem::Unknown(0x53, vec![0, 1, 0, 1])));
    assert!(items.contains(&UserVariableItem::Unknown(0x59, vec![0, 0])));
    let find = vec![1, 0, 1, 0, 0];
    assert!(
        items.contains(&UserVariableItem::SopClassExtendedNegotiationSubItem(
            FIND.into(),
            find
        ))
    );
    assert!(
        !items
            .iter()
            .any(|item| matches!(item, UserVariableItem::Unknown(0xEE, _)))
    );
}
