//! Refuses new objects before the disk is too full for the index to be written.

use std::sync::Mutex;

use archive::Archive;
use database::Database;
use model::Clock;
use time::{Duration, OffsetDateTime};

use crate::IngestError;

/// How long a reading of the free space holds at most.
const READING_HOLDS: Duration = Duration::milliseconds(200);

/// A disk is written no faster, bytes a nanosecond: so long what is above the watermark lasts.
const FASTEST: u64 = 4;

#[derive(Debug)]
pub(crate) struct Watermark {
    bytes: u64,
    /// When free space was read, and how long that holds; none when there was too little.
    last: Mutex<Option<(OffsetDateTime, Duration)>>,
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
        if let Some((read, holds)) = *last
            && now >= read
            && now - read < holds
        {
            return Ok(());
        }
        let free = [archive.free_space(), database.free_space()];
        let least = free.into_iter().flatten().min().unwrap_or(u64::MAX);
        *last = least.checked_sub(self.bytes).map(|above| {
            let lasts = i64::try_from(above / FASTEST).unwrap_or(i64::MAX);
            (now, Duration::nanoseconds(lasts).min(READING_HOLDS))
        });
        if last.is_some() {
            Ok(())
        } else {
            Err(IngestError::BelowWatermark)
        }
    }
}
