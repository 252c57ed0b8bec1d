//! Searching: one statement a page (PS3.4 §C.4.1, PS3.18 §10.6), and one before it where it must be
//! told which index leads.

mod columns;
mod condition;
mod cursor;
mod names;
mod operand;
mod page;
mod pattern;
mod plan;
mod record;
mod seen;
#[cfg(test)]
mod tests;
mod whose;

use model::{InstitutionId, search::Search};

use super::Found;
use crate::{Database, DatabaseError};

impl Database {
    /// Finds patients, studies, series or instances, in an order that stays while nothing is
    /// written: studies by date and time, newest first, series and instances by number, then by UID.
    /// What is written meanwhile moves no match from one page to another where pages are asked for
    /// by cursor. Fails with [`DatabaseError::Cursor`] for a cursor of another kind of search.
    pub async fn search(
        &self,
        institution: &InstitutionId,
        search: &Search,
    ) -> Result<Found, DatabaseError> {
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let lead = plan::choose(&mut connection, institution, search).await?;
        let own = whose::Whose::Own(institution);
        let page = page::Page::new(self.store().dialect(), &own, search, &lead)?;
        let rows = connection.fetch_planned(&page.sql, page.binds).await?;
        drop(reader);
        let mut found = Found {
            records: Vec::with_capacity(rows.len()),
            next: None,
            literal: page.literal,
            unsupported: page.unsupported,
        };
        let wanted = search.limit.map_or(usize::MAX, |limit| limit as usize);
        for row in rows.iter().take(wanted) {
            found.records.push(record::record(search.level, row)?);
        }
        if let Some(last) = (rows.len() > wanted)
            .then(|| rows.get(wanted.checked_sub(1)?))
            .flatten()
        {
            let from = columns::width(search.level);
            let passed = page.passed + wanted as u64;
            found.next = Some(cursor::behind(search.level, last, from, passed)?);
        }
        Ok(found)
    }
}
