//! What was seen in an emergency, and what came of its review.

use model::InstitutionId;
use time::OffsetDateTime;
use ulid::Ulid;

use super::{
    GrantRow, NewGrant, Page,
    terms::{some_instant, ulid},
    write,
};
use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Row},
};

/// What a review found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was an emergency.
    Justified,
    /// There was none.
    Violation,
}

impl Outcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Justified, Self::Violation];

    /// Its name in the index and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::Violation => "violation",
        }
    }
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What it found.
    pub outcome: Outcome,
    /// In words.
    pub note: String,
    /// When.
    pub at: OffsetDateTime,
    /// By whom.
    pub by: String,
}

/// What somebody saw, or could have seen, in an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// What let them.
    pub grant: GrantRow,
    /// Why, of a short list.
    pub reason: String,
    /// A review is due by then.
    pub review_due: OffsetDateTime,
    /// Studies that were opened by it.
    pub studies_seen: u64,
    /// What came of the review.
    pub review: Option<Review>,
}

/// Those of an institution: of its people, and into what it holds as far as that was opened.
const OF: &str = "(g.reader_id = $1 OR EXISTS (SELECT 1 FROM audit a \
                  WHERE a.grant_id = g.grant_id AND a.institution_id = $1))";

impl Database {
    /// Lets a person see in an emergency; a review is due by `review_due`.
    pub async fn add_emergency(
        &self,
        deed: &Deed<'_>,
        grant: &NewGrant,
        reason: &str,
        review_due: OffsetDateTime,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        write::add(&mut connection, deed, grant, self.now()).await?;
        let sql = "INSERT INTO emergencies (grant_id, reason, review_due) VALUES ($1, $2, $3)";
        let binds = vec![
            Bind::text(grant.id.to_string()),
            Bind::text(reason),
            Bind::number(moment::to_column(review_due)?),
        ];
        connection.execute(sql, binds).await?;
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await
    }

    /// Emergencies that concern an institution: of its people, and those in which something that it holds was
    /// opened; the latest first.
    pub async fn emergencies(&self, page: &Page<'_>) -> Result<Vec<Emergency>, DatabaseError> {
        let sql = format!(
            "SELECT e.grant_id, e.reason, e.review_due, e.outcome, e.note, e.reviewed, \
             e.reviewed_by, (SELECT COUNT(DISTINCT a.study_uid) FROM audit a \
             WHERE a.grant_id = e.grant_id) \
             FROM emergencies e JOIN grants g ON g.grant_id = e.grant_id \
             WHERE {OF} AND e.grant_id < $2 ORDER BY e.grant_id DESC LIMIT $3"
        );
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, page.binds()).await?;
        drop(reader);
        let mut emergencies = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(grant) = self.grant(ulid(row, 0)?).await? else {
                continue;
            };
            emergencies.push(Emergency {
                grant,
                reason: row.text(1)?,
                review_due: super::terms::instant(row, 2)?,
                studies_seen: row.size(7)?,
                review: review(row)?,
            });
        }
        Ok(emergencies)
    }

    /// Writes down what a review found, by somebody of an institution that the emergency concerns. False (and nothing
    /// done): there is no such emergency, or it was reviewed.
    pub async fn review_emergency(
        &self,
        deed: &Deed<'_>,
        institution: &InstitutionId,
        id: Ulid,
        outcome: Outcome,
        note: &str,
    ) -> Result<bool, DatabaseError> {
        let sql = format!(
            "UPDATE emergencies SET outcome = $3, note = $4, reviewed = $5, reviewed_by = $6 \
             WHERE grant_id = $2 AND outcome IS NULL AND EXISTS (SELECT 1 FROM grants g \
             WHERE g.grant_id = emergencies.grant_id AND {OF})"
        );
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(id.to_string()),
            Bind::text(outcome.as_str()),
            Bind::text(note),
            Bind::number(moment::to_column(self.now())?),
            Bind::text(deed.actor.as_str()),
        ];
        self.done(deed, &sql, binds).await
    }

    /// Emergencies whose review is overdue, in the whole archive.
    pub async fn overdue_reviews(&self) -> Result<u64, DatabaseError> {
        let sql = "SELECT COUNT(*) FROM emergencies WHERE outcome IS NULL AND review_due < $1";
        let now = Bind::number(moment::to_column(self.now())?);
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, vec![now]).await?;
        row.map_or(Ok(0), |row| row.size(0))
    }
}

fn review(row: &Row) -> Result<Option<Review>, DatabaseError> {
    let (Some(outcome), Some(at)) = (row.text_or_null(3)?, some_instant(row, 5)?) else {
        return Ok(None);
    };
    let outcome = Outcome::ALL.into_iter().find(|one| one.as_str() == outcome);
    Ok(Some(Review {
        outcome: outcome.ok_or_else(|| DatabaseError::Corrupt {
            what: "the outcome of a review".into(),
        })?,
        note: row.text_or_null(4)?.unwrap_or_default(),
        at,
        by: row.text_or_null(6)?.unwrap_or_default(),
    }))
}
