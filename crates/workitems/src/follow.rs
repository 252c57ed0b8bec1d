//! Subscribing (PS3.18 §11.10–§11.12, PS3.4 §CC.2.3).

use access::Permit;
use database::workitems::{Followed, Follower};
use model::{AeTitle, Operation, Uid, Worklist, search::Condition};

use crate::{
    WorkitemError, Workitems, filter, matching::matches, report, search::Scan,
    service::attributes_of,
};

/// What one subscribes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// One workitem.
    Workitem(Uid),
    /// All workitems there are and will be that match; all if there are no conditions.
    Worklist(Worklist, Vec<Condition>),
}

impl Workitems {
    /// Lets `subscriber` follow a workitem or the worklist; a deletion lock keeps final workitems
    /// until it lets go of them. It is told the state of a workitem that it follows by name or with
    /// a deletion lock.
    pub async fn subscribe(
        &self,
        permit: &Permit,
        target: &Target,
        subscriber: &AeTitle,
        deletion_lock: bool,
    ) -> Result<(), WorkitemError> {
        permit.require(Operation::Worklist)?;
        self.episodes.record(permit, None).await?;
        match target {
            Target::Workitem(uid) => {
                self.follow_one(permit, uid, subscriber, deletion_lock)
                    .await
            }
            Target::Worklist(worklist, conditions) => {
                let follower = Follower {
                    subscriber: subscriber.clone(),
                    worklist: *worklist,
                    deletion_lock,
                    filter: filter::write(conditions),
                };
                self.follow_all(permit, &follower, conditions).await
            }
        }?;
        self.ring();
        Ok(())
    }

    async fn follow_one(
        &self,
        permit: &Permit,
        uid: &Uid,
        subscriber: &AeTitle,
        deletion_lock: bool,
    ) -> Result<(), WorkitemError> {
        let institution = permit.institution();
        let stored = self.stored(institution, uid).await?;
        let attributes = attributes_of(&stored)?;
        let followed = [Followed {
            uid: uid.clone(),
            report: Some(report::state(uid, stored.state, &attributes)),
        }];
        let there = self
            .database
            .follow_workitems(institution, subscriber, deletion_lock, &followed)
            .await?;
        match there {
            0 => Err(WorkitemError::Gone),
            _ => Ok(()),
        }
    }

    async fn follow_all(
        &self,
        permit: &Permit,
        follower: &Follower,
        conditions: &[Condition],
    ) -> Result<(), WorkitemError> {
        let institution = permit.institution();
        // What comes from here on is followed as it is created, what is there already after that.
        self.database.follow_worklist(institution, follower).await?;
        let mut scan = Scan::new(conditions);
        loop {
            let read = scan.next(self, institution).await?;
            if read.is_empty() {
                return Ok(());
            }
            let followed: Vec<Followed> = read
                .into_iter()
                .filter(|(_, attributes)| matches(attributes, conditions, false))
                .map(|(stored, attributes)| Followed {
                    report: follower
                        .deletion_lock
                        .then(|| report::state(&stored.uid, stored.state, &attributes)),
                    uid: stored.uid,
                })
                .collect();
            let (subscriber, lock) = (&follower.subscriber, follower.deletion_lock);
            self.database
                .follow_workitems(institution, subscriber, lock, &followed)
                .await?;
        }
    }

    /// Ends following a workitem; or the worklist, and with it every single workitem.
    pub async fn unsubscribe(
        &self,
        permit: &Permit,
        target: &Target,
        subscriber: &AeTitle,
    ) -> Result<(), WorkitemError> {
        permit.require(Operation::Worklist)?;
        self.episodes.record(permit, None).await?;
        let institution = permit.institution();
        let ended = match target {
            Target::Workitem(uid) => {
                self.stored(institution, uid).await?;
                let database = &self.database;
                database
                    .unfollow_workitem(institution, subscriber, uid)
                    .await
            }
            Target::Worklist(..) => {
                let database = &self.database;
                database
                    .unfollow_worklist(institution, subscriber, true)
                    .await
            }
        };
        if ended? {
            Ok(())
        } else {
            Err(WorkitemError::NotFollowed)
        }
    }

    /// Ends following what comes; what is followed now stays so.
    pub async fn suspend(
        &self,
        permit: &Permit,
        subscriber: &AeTitle,
    ) -> Result<(), WorkitemError> {
        permit.require(Operation::Worklist)?;
        self.episodes.record(permit, None).await?;
        let database = &self.database;
        let ended = database.unfollow_worklist(permit.institution(), subscriber, false);
        if ended.await? {
            Ok(())
        } else {
            Err(WorkitemError::NotFollowed)
        }
    }

    /// Takes away what has had its time: final workitems, and event reports that nobody fetched.
    pub async fn purge(&self) -> Result<(), WorkitemError> {
        let settings = &self.settings;
        let database = &self.database;
        let purged = database
            .purge_workitems(settings.kept, settings.locked)
            .await?;
        let trimmed = database
            .trim_events(settings.event_age, settings.events)
            .await?;
        if purged + trimmed > 0 {
            tracing::info!(
                workitems = purged,
                events = trimmed,
                "the worklist is purged"
            );
        }
        Ok(())
    }
}
