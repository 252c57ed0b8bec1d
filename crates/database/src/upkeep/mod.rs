//! What verify, sweep, reindex and tests ask of the index.

use std::collections::HashSet;

use futures::stream::BoxStream;
use model::ObjectKey;

use crate::{Database, DatabaseError};

/// What a row says about its object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRow {
    /// The object.
    pub key: ObjectKey,
    /// Its bytes.
    pub length: u64,
    /// Where its data set begins.
    pub dataset_offset: u32,
    /// BLAKE3 of the data set.
    pub digest: [u8; 32],
}

impl Database {
    /// All versions of all instances after the object key `after`, ordered by the key's parts, at
    /// most `limit`.
    pub async fn objects(
        &self,
        _after: Option<&str>,
        _limit: u32,
    ) -> Result<Vec<ObjectRow>, DatabaseError> {
        unimplemented!()
    }

    /// Those of `keys` that a row names.
    pub async fn known(&self, _keys: &[String]) -> Result<HashSet<String>, DatabaseError> {
        unimplemented!()
    }

    /// Takes the rows of objects out of the index, and parents that have nothing left.
    pub async fn forget(&self, _keys: &[ObjectKey]) -> Result<(), DatabaseError> {
        unimplemented!()
    }

    /// Every row of patients, studies, series and instances as one line of JSON each, in the order
    /// of their keys: equal indexes give equal dumps.
    pub fn dump(&self) -> BoxStream<'_, Result<String, DatabaseError>> {
        unimplemented!()
    }
}
