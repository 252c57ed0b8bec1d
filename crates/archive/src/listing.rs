//! Listings of either store as entries.

use futures::{StreamExt, stream::BoxStream};
use object_store::ObjectMeta;
use time::OffsetDateTime;

use crate::{ArchiveError, Entry};

/// Entries of a listing; `prefix` is cut from their keys.
pub(crate) fn entries(
    listing: BoxStream<'static, object_store::Result<ObjectMeta>>,
    prefix: &str,
) -> BoxStream<'static, Result<Entry, ArchiveError>> {
    let prefix = prefix.to_owned();
    listing
        .filter_map(move |found| {
            let entry = match found {
                Ok(meta) => entry(&meta, &prefix).map(Ok),
                Err(object_store::Error::NotFound { .. }) => None,
                Err(error) => Some(Err(ArchiveError::store(&prefix, error))),
            };
            std::future::ready(entry)
        })
        .boxed()
}

fn entry(meta: &ObjectMeta, prefix: &str) -> Option<Entry> {
    let key = meta.location.as_ref().strip_prefix(prefix)?;
    let modified = meta.last_modified.timestamp_nanos_opt()?;
    Some(Entry {
        key: key.trim_start_matches('/').to_owned(),
        length: meta.size,
        modified: OffsetDateTime::from_unix_timestamp_nanos(modified.into()).ok()?,
    })
}
