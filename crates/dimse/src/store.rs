//! C-STORE (PS3.7 §9.1.1, PS3.4 Annex B): a thin door to `ingest`.

use ingest::{Accepted, Receiving};
use model::{Operation, Origin, Receiver};
use tracing::{debug, info};

use crate::{
    DimseError,
    association::{Association, Message},
    command::announced,
    session::{Session, refuse},
    status::{Failure, Status},
};

/// Takes one instance. A bad one fails alone: the association goes on.
pub(crate) async fn answer(
    session: &Session,
    association: &mut Association,
    message: &Message,
) -> Result<(), DimseError> {
    match receive(session, association, message).await? {
        Ok(accepted) => {
            metrics::counter!("dimse_stored_total").increment(1);
            debug!(
                study.uid = %accepted.key.study,
                sop.uid = %accepted.key.sop,
                outcome = ?accepted.outcome,
                "stored"
            );
            let mut response = message.command.response(Status::SUCCESS.0);
            association
                .send(message.context.id, &mut response, None)
                .await
        }
        Err(failure) => {
            info!(
                association.calling_aet = %association.calling,
                sop.uid = message.command.affected_instance.as_deref(),
                status = %failure.status,
                reason = failure.comment,
                "an instance was refused"
            );
            refuse(association, message, failure).await
        }
    }
}

/// The outer error ends the association, the inner one only refuses the instance.
async fn receive(
    session: &Session,
    association: &mut Association,
    message: &Message,
) -> Result<Result<Accepted, Failure>, DimseError> {
    let mut receiving = match begin(session, association, message).await {
        Ok(receiving) => receiving,
        Err(failure) => {
            association.skip_data().await?;
            return Ok(Err(failure));
        }
    };
    loop {
        match association.data().await {
            Ok(Some(bytes)) => {
                if let Err(error) = receiving.write(bytes).await {
                    receiving.abort().await;
                    association.skip_data().await?;
                    return Ok(Err(Failure::from(error)));
                }
            }
            Ok(None) => return Ok(receiving.finish().await.map_err(Failure::from)),
            Err(error) => {
                receiving.abort().await;
                return Err(error);
            }
        }
    }
}

async fn begin(
    session: &Session,
    association: &Association,
    message: &Message,
) -> Result<Receiving, Failure> {
    let permit = session.permit(Operation::Store).await?;
    if !message.command.has_data_set {
        return Err(Failure::new(Status::CANNOT_UNDERSTAND, "no data set"));
    }
    let announced = announced(&message.command).ok_or_else(|| {
        let comment = "Affected SOP Class or Instance UID is absent or no UID";
        Failure::new(Status::CANNOT_UNDERSTAND, comment)
    })?;
    let origin = Origin {
        receiver: Receiver::Dimse,
        source: association.calling.to_string(),
        called: Some(association.called.clone()),
    };
    let syntax = message.context.transfer_syntax.clone();
    let ingest = &session.services.ingest;
    Ok(ingest.receive(&permit, origin, syntax, Some(announced))?)
}
