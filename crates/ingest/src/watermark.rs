//! Refuses new objects before the disk is too full for the index to be written.

use std::sync::Mutex;

use archive::Archive;
use database::Database;
use model::Clock;
use time::{Duration, OffsetDateTime};

use crate::IngestError;

/// How long a reading of the free space holds.
const READING_HOLDS: Duration = Duration::milliseconds(200);

#[derive(Debug)]
pub(crate) struct Watermark {
    bytes: u64,
    last: Mutex<Option<(OffsetDateTime, bool)>>,
}

impl Watermark {
    pub(crate) fn new(bytes: u64) -> Self {
        Self {
            bytes,
            last: Mutex::new(None),
        }
    }

    /// Fails while less than the watermark is free on the disk of the archive or of the index. What
    /// has no disk that is seen from here (S3, PostgreSQL) always passes.
    pub(crate) fn check(
        &self,
        archive: &Archive,
        database: &Database,
        clock: &dyn Clock,
    ) -> Result<(), IngestError> {
        let now = clock.now();
        let mut last = self.last.lock().unwrap_or_else(|e| e.into_inner());
        let enough = match *last {
            Some((read, true)) if now >= read && now - read < READING_HOLDS => true,
            _ => {
                let enough = [archive.free_space(), database.free_space()]
                    .into_iter()
                    .flatten()
                    .all(|free| free >= self.bytes);
                *last = Some((now, enough));
                enough
            }
        };
        if enough {
            Ok(())
        } else {
            Err(IngestError::BelowWatermark)
        }
    }
}
