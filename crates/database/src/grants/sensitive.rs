//! Which studies are sensitive, and why.

use model::StudyKey;

use crate::{Database, DatabaseError, Deed, sql::Bind};

impl Database {
    /// The categories that make a study sensitive; none where the holding is not there.
    pub async fn categories(&self, study: &StudyKey) -> Result<Option<Vec<String>>, DatabaseError> {
        let sql = "SELECT c.category FROM studies s LEFT JOIN sensitive_studies c \
                   ON c.institution_id = s.institution_id AND c.study_uid = s.study_uid \
                   WHERE s.institution_id = $1 AND s.study_uid = $2 ORDER BY c.category";
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, key(study).to_vec()).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let named: Result<Vec<Option<String>>, _> =
            rows.iter().map(|row| row.text_or_null(0)).collect();
        Ok(Some(named?.into_iter().flatten().collect()))
    }

    /// Marks a study as of these categories and no others; false (and nothing done) where the holding is not there.
    pub async fn set_categories(
        &self,
        deed: &Deed<'_>,
        study: &StudyKey,
        categories: &[String],
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let sql = "SELECT 1 FROM studies WHERE institution_id = $1 AND study_uid = $2";
        let held = connection.fetch_first(sql, key(study).to_vec()).await?;
        if held.is_none() {
            return Ok(false);
        }
        let sql = "DELETE FROM sensitive_studies WHERE institution_id = $1 AND study_uid = $2";
        connection.execute(sql, key(study).to_vec()).await?;
        let sql = "INSERT INTO sensitive_studies (institution_id, study_uid, category) \
                   VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        for category in categories {
            let mut binds = key(study).to_vec();
            binds.push(Bind::text(category.as_str()));
            connection.execute(sql, binds).await?;
        }
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn key(study: &StudyKey) -> [Bind; 2] {
    [
        Bind::text(study.institution.as_str()),
        Bind::text(study.study.as_str()),
    ]
}
