//! The worklist service: creating and retrieving workitems (PS3.18 §11.4, §11.5).

use std::sync::Arc;

use access::{Episodes, Permit};
use database::{
    Database, DatabaseError,
    workitems::{Change, Workitem, Written},
};
use dataset::json::JsonObject;
use model::{AuditPort, Clock, Identifiers, InstitutionId, Operation, StepState, Uid};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::{
    Event, Settings, WorkitemError,
    attributes::{
        MODIFIED, PATIENT_ID, PUSH, SOP_CLASS_UID, SOP_INSTANCE_UID, SPECIFIC_CHARACTER_SET,
        STARTS, TRANSACTION_UID, WORKLIST_LABEL, element, empty, has_value, text,
    },
    check, filter,
    matching::matches,
    moment, report,
    requirements::{Create, top},
    search::parse,
    transition,
};

/// How often a change that another one overtook is tried.
pub(crate) const TRIES: u32 = 8;

/// The worklist service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Workitems {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) episodes: Arc<Episodes>,
    /// Rings when this node wrote event reports.
    pub(crate) bell: Arc<watch::Sender<u64>>,
    /// Whether this node goes down.
    pub(crate) closing: Arc<watch::Sender<bool>>,
    /// Notification connections that may still be opened.
    pub(crate) connections: Arc<Semaphore>,
    identifiers: Arc<dyn Identifiers>,
}

/// A workitem that was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its SOP Instance UID.
    pub uid: Uid,
    /// Whether attributes were added that the client left out.
    pub modified: bool,
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updated {
    /// Whether something of it was passed over.
    pub modified: bool,
}

/// What a change of state did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The workitem is in the new state.
    Done,
    /// It was in it before.
    Already(StepState),
}

/// What a request for cancellation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceled {
    /// The workitem is canceled, or its subscribers are told.
    Accepted,
    /// It was canceled before.
    Already,
}

impl Workitems {
    /// The worklist in `database`, which records accesses through `audit`.
    pub fn new(
        database: Database,
        audit: Arc<dyn AuditPort>,
        clock: Arc<dyn Clock>,
        identifiers: Arc<dyn Identifiers>,
        settings: Settings,
    ) -> Self {
        Self {
            episodes: Arc::new(Episodes::new(audit, clock.clone())),
            bell: Arc::new(watch::Sender::new(0)),
            closing: Arc::new(watch::Sender::new(false)),
            connections: Arc::new(Semaphore::new(settings.connections)),
            database,
            clock,
            identifiers,
            settings,
        }
    }

    /// Creates a workitem: under `uid`, else under the data set's SOP Instance UID, else under a new
    /// one. Two UIDs that differ are refused.
    pub async fn create(
        &self,
        permit: &Permit,
        uid: Option<Uid>,
        dataset: JsonObject,
    ) -> Result<Created, WorkitemError> {
        permit.require(Operation::Schedule)?;
        self.episodes.record(permit, None).await?;
        let institution = permit.institution();
        let uid = self.uid(uid, &dataset)?;
        let mut attributes = check::model(dataset)?;
        check::create(&attributes)?;
        let modified = self.complete(&uid, &mut attributes);
        for _ in 0..TRIES {
            let present = self.database.workitem(institution, &uid).await?;
            transition(present.map(|workitem| workitem.state), Event::Create)?;
            let (followers, revision) = self.database.followers(institution).await?;
            let followers = followers.iter().filter(|follower| {
                let filter = filter::read(&follower.filter).unwrap_or_default();
                matches(&attributes, &filter, false)
            });
            let followers = followers
                .map(|follower| (follower.subscriber.clone(), follower.deletion_lock))
                .collect();
            let mut reports = vec![report::state(&uid, StepState::Scheduled, &attributes)];
            reports.extend(report::assigned(&uid, &attributes, true, true));
            let workitem = row(&uid, StepState::Scheduled, None, &attributes, 0);
            let change = Change {
                workitem,
                reports,
                followers,
                revision,
            };
            if self.write(institution, &change).await?.is_some() {
                return Ok(Created { uid, modified });
            }
        }
        Err(WorkitemError::Busy)
    }

    /// A workitem as it is; never its Transaction UID.
    pub async fn retrieve(&self, permit: &Permit, uid: &Uid) -> Result<JsonObject, WorkitemError> {
        permit.require(Operation::Worklist)?;
        self.episodes.record(permit, None).await?;
        attributes_of(&self.stored(permit.institution(), uid).await?)
    }

    /// The stored workitem; if it is not there, whether it was.
    pub(crate) async fn stored(
        &self,
        institution: &InstitutionId,
        uid: &Uid,
    ) -> Result<Workitem, WorkitemError> {
        match self.database.workitem(institution, uid).await? {
            Some(workitem) => Ok(workitem),
            None if self.database.workitem_is_gone(institution, uid).await? => {
                Err(WorkitemError::Gone)
            }
            None => Err(crate::Refusal::Unknown.into()),
        }
    }

    /// Writes a change and rings for its event reports: how many are told; none when another change
    /// came before it.
    pub(crate) async fn write(
        &self,
        institution: &InstitutionId,
        change: &Change,
    ) -> Result<Option<usize>, DatabaseError> {
        match self.database.write_workitem(institution, change).await? {
            Written::Done { told } => {
                self.ring();
                Ok(Some(told))
            }
            Written::Overtaken => Ok(None),
        }
    }

    /// Lets the connections of this node look for event reports.
    pub(crate) fn ring(&self) {
        self.bell
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn uid(&self, asked: Option<Uid>, dataset: &JsonObject) -> Result<Uid, WorkitemError> {
        let mut known = asked;
        for key in [SOP_INSTANCE_UID, "00001000"] {
            let own = text(dataset, key);
            if own.is_empty() {
                continue;
            }
            let own = Uid::new(&own)
                .map_err(|error| WorkitemError::Dataset(format!("{key}: {error}")))?;
            if known.as_ref().is_some_and(|known| *known != own) {
                let fault = "the request names two workitems";
                return Err(WorkitemError::Dataset(fault.into()));
            }
            known = Some(own);
        }
        if let Some(uid) = known {
            return Ok(uid);
        }
        // A UUID-derived UID (PS3.5 §B.2) of 128 bits that are given once.
        let text = format!("2.25.{}", self.identifiers.next().0);
        Uid::new(&text).map_err(|error| WorkitemError::Dataset(error.to_string()))
    }

    /// Sets what is ours to set and adds what type 2 asks for; whether the latter was needed.
    fn complete(&self, uid: &Uid, attributes: &mut JsonObject) -> bool {
        let mut modified = false;
        attributes.remove(TRANSACTION_UID);
        for row in top() {
            let asked = matches!(row.create, Create::There | Create::Empty);
            if asked && row.key != TRANSACTION_UID && !attributes.contains_key(row.key) {
                attributes.insert(row.key.into(), empty(row.vr));
                modified = true;
            }
        }
        if !has_value(attributes, WORKLIST_LABEL) {
            let label = element("LO", self.settings.worklist_label.as_str());
            attributes.insert(WORKLIST_LABEL.into(), label);
            modified = true;
        }
        let now = moment::written(self.clock.now());
        for (key, vr, value) in [
            (SPECIFIC_CHARACTER_SET, "CS", "ISO_IR 192"),
            (SOP_CLASS_UID, "UI", PUSH),
            (SOP_INSTANCE_UID, "UI", uid.as_str()),
            (MODIFIED, "DT", now.as_str()),
        ] {
            attributes.insert(key.into(), element(vr, value));
        }
        attributes.sort_keys();
        modified
    }
}

/// A workitem as the columns of its row.
pub(crate) fn row(
    uid: &Uid,
    state: StepState,
    transaction: Option<String>,
    attributes: &JsonObject,
    version: i64,
) -> Workitem {
    Workitem {
        uid: uid.clone(),
        state,
        transaction,
        patient_id: text(attributes, PATIENT_ID),
        starts: moment::sortable(&text(attributes, STARTS)),
        attributes: Value::Object(attributes.clone()).to_string(),
        version,
    }
}

/// The attributes of a stored workitem.
pub(crate) fn attributes_of(workitem: &Workitem) -> Result<JsonObject, WorkitemError> {
    parse(&workitem.attributes).ok_or_else(|| {
        let what = "the attributes of a workitem".to_owned();
        DatabaseError::Corrupt { what }.into()
    })
}
