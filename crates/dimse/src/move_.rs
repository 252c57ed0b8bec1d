//! C-MOVE (PS3.7 §9.1.4, PS3.4 §C.4.2): instances go to a third party of the peer table.

use std::collections::BTreeSet;

use model::{AeTitle, Operation, TransferSyntax, Uid};
use retrieve::Instance;
use tracing::warn;

use crate::{
    DimseError, Peer, Settings,
    association::{Association, Message, Patience, Proposal},
    identifier::{IDENTIFIER_BYTES, Identifier},
    matches,
    session::{Session, refuse},
    sop_class::Root,
    status::{Failure, Status},
    suboperations::{Account, Delivery, Outcome},
};

/// Presentation contexts of one association (PS3.8 §9.3.2.2: odd ids below 256).
const CONTEXTS: usize = 128;

/// Sends what the identifier names to the destination, until all is sent or the peer cancels.
pub(crate) async fn answer(
    session: &Session,
    association: &mut Association,
    message: &Message,
    root: Root,
) -> Result<(), DimseError> {
    let bytes = association.collect(IDENTIFIER_BYTES).await?;
    let asked = async {
        let permit = session.permit(Operation::Retrieve).await?;
        let identifier = Identifier::read(&bytes, &message.context.transfer_syntax, root)?;
        let destination = destination(session, message).await?;
        let instances = matches::instances(session, &permit, &identifier).await?;
        Ok((destination, instances))
    };
    let (destination, instances) = match asked.await {
        Ok(asked) => asked,
        Err(failure) => return refuse(association, message, failure).await,
    };
    let mut account = Account::new(instances.len());
    for group in groups(&instances) {
        let cancelled = send(
            session,
            association,
            message,
            &destination,
            group,
            &mut account,
        )
        .await?;
        if cancelled {
            return account.finish(association, message, true).await;
        }
    }
    account.finish(association, message, false).await
}

/// The row of the peer table that Move Destination (0000,0600) names.
async fn destination(session: &Session, message: &Message) -> Result<Peer, Failure> {
    let title = message
        .command
        .move_destination
        .as_deref()
        .unwrap_or_default();
    let unknown = || {
        let comment = format!("destination {title} is not in the peer table");
        Failure::new(Status::DESTINATION_UNKNOWN, &comment)
    };
    let title = AeTitle::new(title).map_err(|_| unknown())?;
    let peer = session.caller.reach(&title).await.map_err(|error| {
        warn!(
            error = &error as &dyn std::error::Error,
            "the index does not say where a destination is"
        );
        Failure::new(Status::CANNOT_PERFORM, "the index does not answer")
    })?;
    peer.ok_or_else(unknown)
}

/// Sends one group; gives whether the peer cancelled. A lost association to the destination is
/// opened anew for the next instance; a destination that cannot be reached fails the rest.
async fn send(
    session: &Session,
    association: &mut Association,
    message: &Message,
    destination: &Peer,
    group: &[Instance],
    account: &mut Account,
) -> Result<bool, DimseError> {
    let delivery = Delivery {
        retrieve: &session.services.retrieve,
        caller: &session.caller,
        originator: Some((association.calling.clone(), message.command.message_id)),
    };
    let mut target = None;
    let mut reachable = true;
    for instance in group {
        if association.is_cancelled(message.command.message_id)? {
            close(target).await;
            return Ok(true);
        }
        if target.is_none() && reachable {
            match connect(&session.settings, destination, group).await {
                Ok(connected) => target = Some(connected),
                Err(error) => {
                    warn!(
                        destination.aet = %destination.ae_title,
                        error = &error as &dyn std::error::Error,
                        "a move destination cannot be reached"
                    );
                    reachable = false;
                }
            }
        }
        let outcome = match &mut target {
            None => Outcome::Failed,
            Some(open) => match delivery.send(open, instance).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    warn!(
                        destination.aet = %destination.ae_title,
                        error = &error as &dyn std::error::Error,
                        "the association to a move destination was lost"
                    );
                    target = None;
                    Outcome::Failed
                }
            },
        };
        account.record(&instance.key().sop, outcome);
        account.pending(association, message).await?;
    }
    close(target).await;
    Ok(false)
}

async fn close(target: Option<Association>) {
    if let Some(open) = target
        && let Err(error) = open.release().await
    {
        warn!(
            error = &error as &dyn std::error::Error,
            "a move destination did not confirm the release"
        );
    }
}

async fn connect(
    settings: &Settings,
    destination: &Peer,
    group: &[Instance],
) -> Result<Association, DimseError> {
    let patience = Patience {
        idle: settings.idle_timeout,
        artim: settings.artim,
    };
    let address = destination.address();
    let titles = (settings.ae_title.clone(), destination.ae_title.clone());
    Association::request(
        &address,
        titles,
        &proposals(group),
        settings.max_pdu,
        patience,
    )
    .await
}

/// Every class in every syntax that it is stored in, one context each, and one that it can be
/// converted to.
fn proposals(group: &[Instance]) -> Vec<Proposal> {
    let stored: BTreeSet<(&Uid, &TransferSyntax)> = group.iter().map(kind).collect();
    let classes: BTreeSet<&Uid> = group.iter().map(Instance::sop_class).collect();
    let plain = [
        TransferSyntax::explicit_little(),
        TransferSyntax::implicit_little(),
    ];
    let as_stored = stored
        .into_iter()
        .map(|(class, syntax)| Proposal::new(class.clone(), vec![syntax.clone()]));
    let converted = classes
        .into_iter()
        .map(|class| Proposal::new(class.clone(), plain.to_vec()));
    as_stored.chain(converted).collect()
}

fn kind(instance: &Instance) -> (&Uid, &TransferSyntax) {
    (instance.sop_class(), instance.transfer_syntax())
}

/// Cuts the instances, in their order, so that the contexts of each part fit one association.
fn groups(instances: &[Instance]) -> Vec<&[Instance]> {
    let mut groups = Vec::new();
    let (mut kinds, mut classes) = (BTreeSet::new(), BTreeSet::new());
    let mut start = 0;
    for (index, instance) in instances.iter().enumerate() {
        kinds.insert(kind(instance));
        classes.insert(instance.sop_class());
        if kinds.len() + classes.len() > CONTEXTS {
            groups.push(&instances[start..index]);
            start = index;
            kinds = BTreeSet::from([kind(instance)]);
            classes = BTreeSet::from([instance.sop_class()]);
        }
    }
    if start < instances.len() {
        groups.push(&instances[start..]);
    }
    groups
}
