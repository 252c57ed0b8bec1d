//! Who follows what (PS3.4 §CC.2.3).

use model::{AeTitle, InstitutionId, Uid, Worklist};

use super::{Followed, Follower, events, flag, title};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection},
};

impl Database {
    /// Everybody who follows all workitems or those that match, and the revision that says whether
    /// the list changed since.
    pub async fn followers(
        &self,
        institution: &InstitutionId,
    ) -> Result<(Vec<Follower>, i64), DatabaseError> {
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        // The revision first: a list newer than it only makes the caller read again.
        let sql = "SELECT revision FROM worklists WHERE institution_id = $1";
        let own = || vec![Bind::text(institution.as_str())];
        let revision = connection.fetch_first(sql, own()).await?;
        let sql = "SELECT ae_title, worklist, deletion_lock, filter FROM worklist_subscriptions \
                   WHERE institution_id = $1 ORDER BY ae_title";
        let rows = connection.fetch(sql, own()).await?;
        let followers = rows.iter().map(|row| {
            Ok(Follower {
                subscriber: title(row, 0)?,
                worklist: row.parsed(1, Worklist::parse)?,
                deletion_lock: row.number(2)? == 1,
                filter: row.text(3)?,
            })
        });
        let followers: Result<_, DatabaseError> = followers.collect();
        Ok((
            followers?,
            revision.map_or(Ok(0), |revision| revision.number(0))?,
        ))
    }

    /// Lets somebody follow workitems from now on; tells them what each says. Workitems that are
    /// not there are passed over. Returns how many there were.
    pub async fn follow_workitems(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
        deletion_lock: bool,
        workitems: &[Followed],
    ) -> Result<usize, DatabaseError> {
        let now = moment::to_column(self.now())?;
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        know(&mut connection, institution, subscriber).await?;
        let mut followed = 0;
        for workitem in workitems {
            let sql = "INSERT INTO workitem_subscriptions (institution_id, uid, ae_title, \
                       deletion_lock) SELECT institution_id, uid, $3, $4 FROM workitems \
                       WHERE institution_id = $1 AND uid = $2 \
                       ON CONFLICT (institution_id, uid, ae_title) \
                       DO UPDATE SET deletion_lock = excluded.deletion_lock";
            let mut binds = both(institution, workitem.uid.as_str());
            binds.extend([Bind::text(subscriber.as_str()), flag(deletion_lock)]);
            if connection.execute(sql, binds).await? == 0 {
                continue;
            }
            followed += 1;
            let reports = workitem.report.as_slice();
            events::append(&mut connection, institution, subscriber, reports, now).await?;
        }
        transaction.commit().await?;
        Ok(followed)
    }

    /// Lets somebody follow what comes from now on. What is there already is for
    /// [`Database::follow_workitems`], after this.
    pub async fn follow_worklist(
        &self,
        institution: &InstitutionId,
        follower: &Follower,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        turn(&mut connection, institution).await?;
        know(&mut connection, institution, &follower.subscriber).await?;
        let sql = "INSERT INTO worklist_subscriptions (institution_id, ae_title, worklist, \
                   deletion_lock, filter) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (institution_id, ae_title) DO UPDATE SET \
                   worklist = excluded.worklist, deletion_lock = excluded.deletion_lock, \
                   filter = excluded.filter";
        let mut binds = both(institution, follower.subscriber.as_str());
        binds.extend([
            Bind::text(follower.worklist.uid()),
            flag(follower.deletion_lock),
            Bind::text(follower.filter.as_str()),
        ]);
        connection.execute(sql, binds).await?;
        transaction.commit().await
    }

    /// Ends following a workitem; whether it was followed.
    pub async fn unfollow_workitem(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
        uid: &Uid,
    ) -> Result<bool, DatabaseError> {
        let sql = "DELETE FROM workitem_subscriptions \
                   WHERE institution_id = $1 AND uid = $2 AND ae_title = $3";
        let mut binds = both(institution, uid.as_str());
        binds.push(Bind::text(subscriber.as_str()));
        Ok(self.change(sql, binds).await? > 0)
    }

    /// Ends following what comes; with `items` also what is followed now. Whether any was.
    pub async fn unfollow_worklist(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
        items: bool,
    ) -> Result<bool, DatabaseError> {
        let own = || both(institution, subscriber.as_str());
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        turn(&mut connection, institution).await?;
        let sql = "DELETE FROM worklist_subscriptions WHERE institution_id = $1 AND ae_title = $2";
        let mut ended = connection.execute(sql, own()).await?;
        if items {
            let sql =
                "DELETE FROM workitem_subscriptions WHERE institution_id = $1 AND ae_title = $2";
            ended += connection.execute(sql, own()).await?;
        }
        transaction.commit().await?;
        Ok(ended > 0)
    }
}

fn both(institution: &InstitutionId, other: &str) -> Vec<Bind> {
    vec![Bind::text(institution.as_str()), Bind::text(other)]
}

/// Counts a change of who follows all; workitems made meanwhile wait, and look again.
async fn turn(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO worklists (institution_id, revision) VALUES ($1, 1) \
               ON CONFLICT (institution_id) DO UPDATE SET revision = worklists.revision + 1";
    let binds = vec![Bind::text(institution.as_str())];
    connection.execute(sql, binds).await?;
    Ok(())
}

async fn know(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    subscriber: &AeTitle,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO workitem_subscribers (institution_id, ae_title, written, acknowledged) \
               VALUES ($1, $2, 0, 0) ON CONFLICT DO NOTHING";
    let binds = both(institution, subscriber.as_str());
    connection.execute(sql, binds).await?;
    Ok(())
}

/// Who follows a workitem, in one order for everybody, so that no two wait for each other.
pub(super) async fn subscribers(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    uid: &Uid,
) -> Result<Vec<AeTitle>, DatabaseError> {
    let sql = "SELECT ae_title FROM workitem_subscriptions \
               WHERE institution_id = $1 AND uid = $2 ORDER BY ae_title";
    let rows = connection
        .fetch(sql, both(institution, uid.as_str()))
        .await?;
    rows.iter().map(|row| title(row, 0)).collect()
}
