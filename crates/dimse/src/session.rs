//! The conversation on one accepted association: requests are taken one after the other.

use std::{sync::Arc, time::Duration};

use access::{Denial, Permit};
use model::Operation;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::debug;

use crate::{
    DimseError, Services, Settings,
    admission::Caller,
    association::{Association, Message},
    command::{Command, field},
    commitment::{self, Reports},
    echo, find, get, move_,
    sop_class::Service,
    status::{Failure, Status},
    store,
};

/// How long an association may be silent once the server is shutting down.
const DRAIN_SILENCE: Duration = Duration::from_secs(2);

/// What the listener tells its associations, and what outlives them.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    /// The server is shutting down.
    pub(crate) draining: CancellationToken,
    /// Tasks that the listener waits for.
    pub(crate) tasks: TaskTracker,
}

/// What the services of one association share.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) services: Services,
    pub(crate) settings: Arc<Settings>,
    /// Who calls.
    pub(crate) caller: Caller,
    /// Requests that were answered.
    pub(crate) messages: u64,
    pub(crate) reports: Reports,
    stage: Stage,
}

impl Session {
    pub(crate) fn new(
        services: Services,
        settings: Arc<Settings>,
        caller: Caller,
        stage: Stage,
    ) -> Self {
        Self {
            services,
            settings,
            caller,
            messages: 0,
            reports: Reports::default(),
            stage,
        }
    }

    /// A permit for one request; asked for every time.
    pub(crate) async fn permit(&self, operation: Operation) -> Result<Permit, Denial> {
        self.caller.permit(operation).await
    }

    /// Answers requests until the peer releases.
    pub(crate) async fn converse(
        &mut self,
        association: &mut Association,
    ) -> Result<(), DimseError> {
        while let Some(message) = self.next(association).await? {
            self.answer(association, message).await?;
            self.messages += 1;
        }
        Ok(())
    }

    /// The next request. A storage commitment report goes out when the peer waits for it.
    async fn next(&mut self, association: &mut Association) -> Result<Option<Message>, DimseError> {
        loop {
            let draining = self.stage.draining.is_cancelled();
            let silence = match self.reports.patience() {
                _ if draining => DRAIN_SILENCE,
                Some(patience) => patience,
                None => self.settings.idle_timeout,
            };
            let heard = tokio::select! {
                heard = association.is_heard_within(silence) => heard?,
                () = self.stage.draining.cancelled(), if !draining => continue,
            };
            if heard {
                return association.message().await;
            }
            if draining || self.reports.patience().is_none() {
                let waiting_for = "a request";
                return Err(DimseError::TimedOut { waiting_for });
            }
            self.reports.send(association).await?;
        }
    }

    async fn answer(
        &mut self,
        association: &mut Association,
        message: Message,
    ) -> Result<(), DimseError> {
        let service = Service::of(message.context.abstract_syntax.as_str());
        match (message.command.field, service) {
            (field::C_ECHO, _) => echo::answer(association, &message).await,
            (field::C_STORE, Service::Storage) => store::answer(self, association, &message).await,
            (field::C_FIND, Service::Find(root)) => {
                find::answer(self, association, &message, root).await
            }
            (field::C_MOVE, Service::Move(root)) => {
                move_::answer(self, association, &message, root).await
            }
            (field::C_GET, Service::Get(root)) => {
                get::answer(self, association, &message, root).await
            }
            (field::N_ACTION, Service::Commitment) => {
                commitment::answer(self, association, &message).await
            }
            (field::C_CANCEL, _) => Ok(()), // Its operation has ended.
            (other, _) if other & field::RESPONSE != 0 => {
                association.skip_data().await?;
                self.reports.acknowledge(&message.command);
                Ok(())
            }
            (other, service) => {
                debug!(
                    command = other,
                    ?service,
                    "a request that this context does not allow"
                );
                association.skip_data().await?;
                let failure =
                    Failure::new(Status::UNRECOGNIZED_OPERATION, "unrecognized operation");
                refuse(association, &message, failure).await
            }
        }
    }

    /// The association ended: reports that the peer has not taken go by one of our own.
    pub(crate) async fn leave(&mut self) {
        let reports = std::mem::take(&mut self.reports);
        reports
            .deliver(&self.settings, &self.caller, &self.stage)
            .await;
    }
}

/// Answers a request with a failure.
pub(crate) async fn refuse(
    association: &mut Association,
    message: &Message,
    failure: Failure,
) -> Result<(), DimseError> {
    let mut response = failed(&message.command, failure);
    association
        .send(message.context.id, &mut response, None)
        .await
}

/// The response that tells of a failure.
pub(crate) fn failed(request: &Command, failure: Failure) -> Command {
    metrics::counter!("dimse_failures_total", "status" => failure.status.to_string()).increment(1);
    let mut response = request.response(failure.status.0);
    response.error_comment = Some(failure.comment);
    response
}
