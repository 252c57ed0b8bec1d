//! A resend of what is kept already: its copy goes, or takes the place of bytes that were lost.

use database::Committed;
use model::{ObjectKey, TransferSyntax};

use crate::{
    IngestError,
    service::Parts,
    upkeep::{Unindexable, is_mounted, read_row},
};

/// How often it is looked anew when another resend of the same instance was faster.
const TRIES: u32 = 3;

/// Called when the index answered that it has the `content` (digest, transfer syntax) of the durable
/// object `copy` of `length` bytes. Takes the copy away if the bytes that the index names are there,
/// have their length, and were not found changed by `verify`; otherwise the row moves to the copy,
/// and what was left of the old bytes goes.
pub(crate) async fn resent(
    parts: &Parts,
    copy: &ObjectKey,
    length: u64,
    (digest, transfer_syntax): ([u8; 32], TransferSyntax),
) -> Result<Committed, IngestError> {
    for _ in 0..TRIES {
        let found = parts
            .database
            .version_with(&copy.instance, &digest, &transfer_syntax)
            .await
            .map_err(IngestError::Database)?;
        let Some((kept, marked)) = found else {
            // Deleted since the index was asked: this is a reception of its own.
            let row = row(parts, copy, length).await?;
            let outcome = parts.database.commit(row).await;
            match outcome.map_err(IngestError::Database)? {
                Committed::Identical => continue,
                // Rejected in between: the next resend is told.
                Committed::Rejected => return Err(IngestError::Interrupted),
                outcome => return Ok(outcome),
            }
        };
        if kept.key == *copy {
            return Ok(Committed::Stored);
        }
        if !marked && is_whole(parts, &kept.key, kept.length).await? {
            remove(parts, copy).await;
            return Ok(Committed::Identical);
        }
        let row = row(parts, copy, length).await?;
        if row.digest != digest {
            return Err(IngestError::Interrupted);
        }
        // Missing in an archive that was taken away is not lost.
        if let Err(error) = is_mounted(&parts.archive, &parts.database).await {
            tracing::error!(%error, "a resend finds no archive");
            return Err(IngestError::Interrupted);
        }
        let moved = parts.database.move_version(&kept.key, &row).await;
        if let Some(outcome) = moved.map_err(IngestError::Database)? {
            tracing::warn!(object.key = %kept.key.ulid, "a resend replaced bytes that were lost");
            metrics::counter!("yingyun_ingest_healed_total").increment(1);
            remove(parts, &kept.key).await;
            return Ok(outcome);
        }
    }
    Err(IngestError::Interrupted)
}

async fn is_whole(parts: &Parts, key: &ObjectKey, length: u64) -> Result<bool, IngestError> {
    match parts.archive.size(&key.to_string()).await {
        Ok(found) => Ok(found == length),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(IngestError::Archive(error)),
    }
}

/// The row of the copy, read back from the archive: it proves that the copy can stand for the old.
async fn row(
    parts: &Parts,
    copy: &ObjectKey,
    length: u64,
) -> Result<database::NewInstance, IngestError> {
    read_row(&parts.archive, copy, length, &parts.settings.scanner)
        .await
        .map_err(|error| match error {
            Unindexable::Archive(error) => IngestError::Archive(error),
            Unindexable::DataSet(error) => IngestError::Unreadable(error),
            _ => IngestError::Interrupted,
        })
}

/// No row names it any more: what cannot be removed now is the sweep's.
async fn remove(parts: &Parts, key: &ObjectKey) {
    if let Err(error) = parts.archive.delete(&key.to_string()).await {
        tracing::warn!(object.key = %key.ulid, %error, "a copy without a row is left for sweep");
    }
}
