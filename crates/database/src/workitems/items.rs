//! Single workitems.

use model::{InstitutionId, Uid};

use super::{COLUMNS, Workitem, workitem};
use crate::{Database, DatabaseError, sql::Bind};

impl Database {
    /// A workitem, if it is there.
    pub async fn workitem(
        &self,
        institution: &InstitutionId,
        uid: &Uid,
    ) -> Result<Option<Workitem>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM workitems WHERE institution_id = $1 AND uid = $2");
        let binds = vec![Bind::text(institution.as_str()), Bind::text(uid.as_str())];
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(&sql, binds).await?;
        row.as_ref().map(workitem).transpose()
    }

    /// Whether a workitem was there and is no longer.
    pub async fn workitem_is_gone(
        &self,
        institution: &InstitutionId,
        uid: &Uid,
    ) -> Result<bool, DatabaseError> {
        let sql = "SELECT 1 FROM workitems_gone WHERE institution_id = $1 AND uid = $2";
        let binds = vec![Bind::text(institution.as_str()), Bind::text(uid.as_str())];
        let mut reader = self.reader().await?;
        Ok(reader.connection().fetch_first(sql, binds).await?.is_some())
    }

    /// How many event reports a workitem's change is told by: its subscribers.
    pub async fn workitem_subscribers(
        &self,
        institution: &InstitutionId,
        uid: &Uid,
    ) -> Result<u64, DatabaseError> {
        let sql = "SELECT COUNT(*) FROM workitem_subscriptions \
                   WHERE institution_id = $1 AND uid = $2";
        let binds = vec![Bind::text(institution.as_str()), Bind::text(uid.as_str())];
        let mut reader = self.reader().await?;
        match reader.connection().fetch_first(sql, binds).await? {
            Some(row) => row.size(0),
            None => Ok(0),
        }
    }
}
