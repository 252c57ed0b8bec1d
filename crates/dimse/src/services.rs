//! What the DICOM door opens to.

use database::Database;
use ingest::Ingest;
use query::Query;
use retrieve::Retrieve;

/// What the services of an association call.
#[derive(Clone, Debug)]
pub struct Services {
    /// C-STORE.
    pub ingest: Ingest,
    /// C-FIND.
    pub query: Query,
    /// C-MOVE and C-GET.
    pub retrieve: Retrieve,
    /// Storage commitment: what is indexed.
    pub database: Database,
}
