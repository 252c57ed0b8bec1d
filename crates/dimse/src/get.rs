//! C-GET (PS3.7 §9.1.3, PS3.4 §C.4.3): instances go back on the same association.

use model::Operation;

use crate::{
    DimseError,
    association::{Association, Message},
    identifier::{IDENTIFIER_BYTES, Identifier},
    matches,
    session::{Session, refuse},
    sop_class::Root,
    suboperations::{Account, Delivery},
};

/// Sends what the identifier names, until all is sent or the peer cancels.
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
        let instances = matches::instances(session, &permit, &identifier).await?;
        Ok(instances)
    };
    let instances = match asked.await {
        Ok(asked) => asked,
        Err(failure) => return refuse(association, message, failure).await,
    };
    let delivery = Delivery {
        retrieve: &session.services.retrieve,
        caller: &session.caller,
        originator: None,
    };
    let mut account = Account::new(instances.len());
    for instance in &instances {
        if association.is_cancelled(message.command.message_id)? {
            return account.finish(association, message, true).await;
        }
        let outcome = delivery.send(association, instance).await?;
        account.record(&instance.key().sop, outcome);
        account.pending(association, message).await?;
    }
    account.finish(association, message, false).await
}
