//! Which archive this is the index of, and whether it is whole.

use ulid::Ulid;

use crate::{Database, DatabaseError, sql::Bind};

/// Whether the index names everything that its archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// Every object that was acknowledged has its row.
    Complete,
    /// Rows are missing until a reindex ends well.
    Rebuilding,
}

impl IndexState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Rebuilding => "rebuilding",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "complete" => Some(Self::Complete),
            "rebuilding" => Some(Self::Rebuilding),
            _ => None,
        }
    }
}

/// The archive that an index belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexOf {
    /// The archive's id.
    pub archive: Ulid,
    /// Whether the index is whole.
    pub state: IndexState,
}

impl Database {
    /// The archive that this index belongs to; none before the first [`Database::claim`].
    pub async fn index_of(&self) -> Result<Option<IndexOf>, DatabaseError> {
        let sql = "SELECT id, state FROM archive";
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, Vec::new()).await?;
        row.map(|row| {
            Ok(IndexOf {
                archive: row.parsed(0, |text| Ulid::from_string(text).ok())?,
                state: row.parsed(1, IndexState::parse)?,
            })
        })
        .transpose()
    }

    /// Makes this the index of `archive`, unless it is one's already; returns whose it is now. Of
    /// several that claim at once, one wins.
    pub async fn claim(&self, archive: Ulid, state: IndexState) -> Result<IndexOf, DatabaseError> {
        let sql = "INSERT INTO archive (one, id, state) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
        let binds = vec![Bind::text(archive.to_string()), Bind::text(state.as_str())];
        self.change(sql, binds).await?;
        self.index_of().await?.ok_or(DatabaseError::Corrupt {
            what: "the archive's id went while it was read".into(),
        })
    }

    /// Says whether the index is whole.
    pub async fn set_index_state(&self, state: IndexState) -> Result<(), DatabaseError> {
        let sql = "UPDATE archive SET state = $1";
        self.change(sql, vec![Bind::text(state.as_str())]).await?;
        Ok(())
    }
}
