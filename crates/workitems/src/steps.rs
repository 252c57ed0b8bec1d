//! Changing workitems and their states (PS3.18 §11.6–§11.8, PS3.4 §CC.2.1, §CC.2.2, §CC.2.6).

use access::Permit;
use database::workitems::{Change, Workitem};
use dataset::json::JsonObject;
use model::{InstitutionId, Operation, StepState, Uid};
use serde_json::{Value, json};

use crate::{
    Canceled, Changed, Event, Outcome, Refusal, Updated, WorkitemError, Workitems,
    attributes::{
        CANCEL_REASON, CANCELED_AT, CONTACT_NAME, CONTACT_URI, CONTACTS, DISCONTINUATION, MODIFIED,
        PROGRESS, READINESS, SCHEDULED_PERFORMERS, STATE, STATION_NAMES, TRANSACTION_UID, element,
        has_value, items, text,
    },
    check, moment, report,
    service::{TRIES, attributes_of, row},
    transition,
};

impl Workitems {
    /// Changes attributes of a workitem. One in progress is changed by who gives its Transaction
    /// UID, `transaction` or in the data set; one that is scheduled by anybody without.
    pub async fn update(
        &self,
        permit: &Permit,
        uid: &Uid,
        transaction: Option<&str>,
        dataset: JsonObject,
    ) -> Result<Updated, WorkitemError> {
        permit.require(Operation::Schedule)?;
        self.episodes.record(permit, None).await?;
        let dataset = check::model(dataset)?;
        let own = text(&dataset, TRANSACTION_UID);
        let given = transaction.or((!own.is_empty()).then_some(own.as_str()));
        for _ in 0..TRIES {
            let stored = self.stored(permit.institution(), uid).await?;
            may_update(&stored, given)?;
            let before = attributes_of(&stored)?;
            let (changes, modified) = check::update(&before, dataset.clone())?;
            let mut after = before.clone();
            after.extend(changes);
            let now = moment::written(self.clock.now());
            after.insert(MODIFIED.into(), element("DT", now));
            after.sort_keys();
            let reports = told_of_update(&stored, &before, &after);
            let written = self
                .replace(permit.institution(), &stored, stored.state, &after, reports)
                .await?;
            if written.is_some() {
                return Ok(Updated { modified });
            }
        }
        Err(WorkitemError::Busy)
    }

    /// Changes the state of a workitem, for who gives the Transaction UID that holds it.
    pub async fn change_state(
        &self,
        permit: &Permit,
        uid: &Uid,
        to: StepState,
        transaction: &str,
    ) -> Result<Changed, WorkitemError> {
        permit.require(Operation::Schedule)?;
        self.episodes.record(permit, None).await?;
        for _ in 0..TRIES {
            let mut stored = self.stored(permit.institution(), uid).await?;
            let mut attributes = attributes_of(&stored)?;
            let correct = match stored.state {
                StepState::Scheduled => true,
                _ => stored.transaction.as_deref() == Some(transaction),
            };
            let missing = check::missing(&attributes, to);
            let event = Event::Change {
                to,
                correct,
                complete: missing.is_empty(),
            };
            let outcome = transition(Some(stored.state), event);
            match outcome.map_err(|refusal| refused(refusal, &missing))? {
                Outcome::Already(state) => return Ok(Changed::Already(state)),
                Outcome::Moved(_)
                | Outcome::Created
                | Outcome::CanceledAtOnce
                | Outcome::PerformerAsked => {}
            }
            stored.transaction = Some(transaction.to_owned());
            attributes.insert(STATE.into(), element("CS", to.as_str()));
            let reports = vec![report::state(uid, to, &attributes)];
            let written = self
                .replace(permit.institution(), &stored, to, &attributes, reports)
                .await?;
            if written.is_some() {
                return Ok(Changed::Done);
            }
        }
        Err(WorkitemError::Busy)
    }

    /// Asks for the cancellation of a workitem: one that is scheduled is canceled, of one in
    /// progress its subscribers are told. `asked` may say why, and whom to talk to.
    pub async fn request_cancel(
        &self,
        permit: &Permit,
        uid: &Uid,
        asked: JsonObject,
    ) -> Result<Canceled, WorkitemError> {
        permit.require(Operation::Schedule)?;
        self.episodes.record(permit, None).await?;
        let asked = check::model(asked)?;
        let institution = permit.institution();
        for _ in 0..TRIES {
            let stored = self.stored(institution, uid).await?;
            let mut attributes = attributes_of(&stored)?;
            let (state, reports) = match transition(Some(stored.state), Event::RequestCancel)? {
                Outcome::Already(_) => return Ok(Canceled::Already),
                Outcome::CanceledAtOnce => {
                    let between = report::state(uid, StepState::InProgress, &attributes);
                    self.cancel(&mut attributes, &asked);
                    let last = report::state(uid, StepState::Canceled, &attributes);
                    (StepState::Canceled, vec![between, last])
                }
                Outcome::PerformerAsked | Outcome::Created | Outcome::Moved(_) => {
                    let subscribers = self.database.workitem_subscribers(institution, uid).await?;
                    if subscribers == 0 {
                        return Err(WorkitemError::Unreachable);
                    }
                    let asks = self.settings.ae_title.as_str();
                    let told = report::cancel_requested(uid, asks, &asked);
                    (stored.state, vec![told])
                }
            };
            let written = self
                .replace(institution, &stored, state, &attributes, reports)
                .await?;
            if written.is_some() {
                return Ok(Canceled::Accepted);
            }
        }
        Err(WorkitemError::Busy)
    }

    /// Makes a workitem what a canceled one is (PS3.4 §CC.2.2.3).
    fn cancel(&self, attributes: &mut JsonObject, asked: &JsonObject) {
        attributes.insert(STATE.into(), element("CS", StepState::Canceled.as_str()));
        let mut progress = items(attributes, PROGRESS)
            .next()
            .cloned()
            .unwrap_or_default();
        let now = moment::written(self.clock.now());
        progress.insert(CANCELED_AT.into(), element("DT", now));
        for key in [CANCEL_REASON, DISCONTINUATION] {
            if let Some(value) = asked.get(key).filter(|_| has_value(asked, key)) {
                progress.insert(key.into(), value.clone());
            }
        }
        if !has_value(&progress, DISCONTINUATION) {
            // (110513, DCM, "Discontinued for unspecified reason") of CID 9300.
            let code = json!({
                "00080100": element("SH", "110513"),
                "00080102": element("SH", "DCM"),
                "00080104": element("LO", "Discontinued for unspecified reason"),
            });
            progress.insert(DISCONTINUATION.into(), element("SQ", code));
        }
        let contact: JsonObject = [CONTACT_URI, CONTACT_NAME]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), asked.get(key)?.clone())))
            .collect();
        if has_value(&contact, CONTACT_URI) {
            let contact = element("SQ", Value::Object(contact));
            progress.insert(CONTACTS.into(), contact);
        }
        progress.sort_keys();
        let progress = element("SQ", Value::Object(progress));
        attributes.insert(PROGRESS.into(), progress);
    }

    async fn replace(
        &self,
        institution: &InstitutionId,
        stored: &Workitem,
        state: StepState,
        attributes: &JsonObject,
        reports: Vec<String>,
    ) -> Result<Option<usize>, WorkitemError> {
        let transaction = stored.transaction.clone();
        let change = Change {
            workitem: row(&stored.uid, state, transaction, attributes, stored.version),
            reports,
            followers: Vec::new(),
            revision: 0,
        };
        Ok(self.write(institution, &change).await?)
    }
}

/// Whether attributes may be changed by who gives that Transaction UID (PS3.4 §CC.2.6.3).
fn may_update(stored: &Workitem, given: Option<&str>) -> Result<(), WorkitemError> {
    match (stored.state, given) {
        (StepState::Completed | StepState::Canceled, _) => Err(Refusal::Final.into()),
        (StepState::Scheduled, None) => Ok(()),
        (StepState::Scheduled, Some(_)) => Err(Refusal::NotInProgress.into()),
        (StepState::InProgress, None) => Err(WorkitemError::TransactionMissing),
        (StepState::InProgress, given) if given == stored.transaction.as_deref() => Ok(()),
        (StepState::InProgress, Some(_)) => Err(Refusal::WrongTransaction.into()),
    }
}

/// What an update tells (PS3.4 §CC.2.4.3).
fn told_of_update(stored: &Workitem, before: &JsonObject, after: &JsonObject) -> Vec<String> {
    let changed = |key: &str| before.get(key) != after.get(key);
    let mut reports = Vec::new();
    if changed(READINESS) {
        reports.push(report::state(&stored.uid, stored.state, after));
    }
    if changed(PROGRESS) {
        reports.push(report::progress(&stored.uid, after));
    }
    let (station, performers) = (changed(STATION_NAMES), changed(SCHEDULED_PERFORMERS));
    reports.extend(report::assigned(&stored.uid, after, station, performers));
    reports
}

/// A refusal, and of what is incomplete what it lacks.
fn refused(refusal: Refusal, missing: &[&str]) -> WorkitemError {
    match refusal {
        Refusal::Incomplete => WorkitemError::Incomplete {
            missing: missing.join(", "),
        },
        other => other.into(),
    }
}
