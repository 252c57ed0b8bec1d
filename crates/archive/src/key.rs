//! What a key may look like, so that it means the same in a folder and in a bucket.

use object_store::path::Path;

use crate::ArchiveError;

const MAXIMUM: usize = 900;

/// Reads `key`: segments of letters, digits, `.`, `-` and `_`, none empty, `.` or `..`.
pub(crate) fn parse(key: &str) -> Result<Path, ArchiveError> {
    let valid = key.len() <= MAXIMUM
        && key.split('/').all(|segment| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        });
    let invalid = || ArchiveError::InvalidKey {
        key: key.chars().take(200).collect(),
    };
    if valid {
        Path::parse(key).map_err(|_| invalid())
    } else {
        Err(invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_the_folder() {
        assert!(parse("local/1.2/1.3/1.4/01ARZ3NDEKTSV4RRFFQ69G5FAV").is_ok());
        for key in [
            "",
            "/a",
            "a/",
            "a//b",
            "a/../b",
            "./a",
            "a b",
            "a#1",
            "a\0",
            &"a".repeat(901),
        ] {
            assert!(parse(key).is_err(), "{key:?}");
        }
    }
}
