//! Moments as the columns hold them: microseconds since 1970-01-01 UTC.

use time::OffsetDateTime;

use crate::DatabaseError;

pub(crate) fn to_column(moment: OffsetDateTime) -> Result<i64, DatabaseError> {
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1000))
        .map_err(|_| DatabaseError::OutOfRange { what: "a moment" })
}

pub(crate) fn from_column(micros: i64) -> Result<OffsetDateTime, DatabaseError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).map_err(|_| {
        DatabaseError::Corrupt {
            what: "a moment out of range".into(),
        }
    })
}
