//! C-GET as its user: instances come back on the same association (PS3.7 §9.1.3).

use bytes::Bytes;
use dataset::Element;
use model::{TransferSyntax, Uid};

use super::{Requestor, Retrieved, requestor::status};
use crate::{
    DimseError,
    command::{Command, announced, field},
    status::Status,
};

/// An instance that a C-GET sub-operation brought.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Affected SOP Class UID.
    pub sop_class: Uid,
    /// Affected SOP Instance UID.
    pub sop: Uid,
    /// How it is encoded.
    pub transfer_syntax: TransferSyntax,
    /// The data set, byte for byte.
    pub data_set: Bytes,
}

/// The longest instance that is held.
const INSTANCE_BYTES: usize = 4 << 30;

impl Requestor {
    /// C-GET in the information model `model`. `take` gets every instance and gives the status that
    /// answers it. The storage classes must have been proposed by [`super::Proposal::provided`].
    pub async fn get(
        &mut self,
        model: &str,
        identifier: &[Element],
        take: impl FnMut(Delivered) -> u16,
    ) -> Result<Retrieved, DimseError> {
        self.get_at_most(u32::MAX, model, identifier, take).await
    }

    /// [`Self::get`] that cancels (C-CANCEL) with the instance number `most`, counted from 1.
    pub async fn get_at_most(
        &mut self,
        most: u32,
        model: &str,
        identifier: &[Element],
        mut take: impl FnMut(Delivered) -> u16,
    ) -> Result<Retrieved, DimseError> {
        let mut delivered = 0;
        let context = self.context(model, None)?;
        let request = Command::request(field::C_GET, model);
        let id = self
            .begin(context.id, request, Some((&context, identifier)))
            .await?;
        let mut pending = 0;
        loop {
            let message = self
                .association
                .message()
                .await?
                .ok_or(DimseError::Released)?;
            if message.command.answers(id) {
                if Status(status(&message.command)?).is_pending() {
                    pending += 1;
                    continue;
                }
                return self.retrieved(&context, message.command, pending).await;
            }
            let announced = announced(&message.command);
            let Some((sop_class, sop)) =
                announced.filter(|_| message.command.field == field::C_STORE)
            else {
                return Err(DimseError::protocol(
                    "no C-STORE where a sub-operation was due",
                ));
            };
            let answer = take(Delivered {
                sop_class,
                sop,
                transfer_syntax: message.context.transfer_syntax.clone(),
                data_set: self.association.collect(INSTANCE_BYTES).await?,
            });
            delivered += 1;
            if delivered == most {
                let mut cancel = Command::cancel(id);
                self.association.send(context.id, &mut cancel, None).await?;
            }
            let mut response = message.command.response(answer);
            self.association
                .send(message.context.id, &mut response, None)
                .await?;
        }
    }
}
