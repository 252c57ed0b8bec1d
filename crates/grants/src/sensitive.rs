//! Which of the own studies are sensitive: others see them by a consent that names why, or in an emergency.

use access::Permit;
use model::{Operation, StudyKey, Uid};

use crate::{Grants, GrantsError, terms::Faults};

const UNKNOWN: GrantsError = GrantsError::Unknown("study");

impl Grants {
    /// The categories that make a study of the own institution sensitive, by name.
    pub async fn categories(
        &self,
        permit: &Permit,
        study: &Uid,
    ) -> Result<Vec<String>, GrantsError> {
        permit.require(Operation::Consent)?;
        self.episodes.record(permit, Some(study)).await?;
        let key = key(permit, study);
        self.database.categories(&key).await?.ok_or(UNKNOWN)
    }

    /// Marks a study of the own institution as of these categories and no others.
    pub async fn mark(
        &self,
        permit: &Permit,
        study: &Uid,
        mut categories: Vec<String>,
    ) -> Result<(), GrantsError> {
        permit.require(Operation::Consent)?;
        let mut faults = Faults::default();
        faults.categories("categories", &categories);
        faults.none()?;
        categories.sort();
        categories.dedup();
        // Whoever reads deeds sees no patient's data: not why a study is sensitive.
        let deed = Self::deed(permit, "study_marked", study.as_str(), String::new());
        let key = key(permit, study);
        match self
            .database
            .set_categories(&deed, &key, &categories)
            .await?
        {
            true => Ok(()),
            false => Err(UNKNOWN),
        }
    }
}

fn key(permit: &Permit, study: &Uid) -> StudyKey {
    StudyKey {
        institution: permit.institution().clone(),
        study: study.clone(),
    }
}
