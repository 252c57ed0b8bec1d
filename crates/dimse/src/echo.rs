//! C-ECHO (PS3.7 §9.1.5, PS3.4 Annex A).

use crate::{
    DimseError,
    association::{Association, Message},
    status::Status,
};

/// Answers that we are there.
pub(crate) async fn answer(
    association: &mut Association,
    message: &Message,
) -> Result<(), DimseError> {
    association.skip_data().await?;
    let mut response = message.command.response(Status::SUCCESS.0);
    association
        .send(message.context.id, &mut response, None)
        .await
}
