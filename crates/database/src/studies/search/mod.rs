//! Searching: one statement a page (PS3.4 §C.4.1, PS3.18 §10.6).

mod condition;
mod operand;
mod page;
mod pattern;
mod record;

use model::{InstitutionId, search::Search};

use super::Found;
use crate::{Database, DatabaseError};

impl Database {
    /// Finds patients, studies, series or instances, in an order that stays while nothing is
    /// written: studies by date and time, newest first, series and instances by number, then by UID.
    pub async fn search(
        &self,
        institution: &InstitutionId,
        search: &Search,
    ) -> Result<Found, DatabaseError> {
        let page = page::Page::new(self.store().dialect(), institution, search);
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&page.sql, page.binds).await?;
        drop(reader);
        let mut found = Found {
            records: Vec::with_capacity(rows.len()),
            more: search
                .limit
                .is_some_and(|limit| rows.len() > limit as usize),
            unsupported: page.unsupported,
        };
        let wanted = search.limit.map_or(usize::MAX, |limit| limit as usize);
        for row in rows.iter().take(wanted) {
            found.records.push(record::record(search.level, row)?);
        }
        Ok(found)
    }
}
