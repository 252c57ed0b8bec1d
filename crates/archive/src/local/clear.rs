//! What writers that were killed leave in a folder.

use std::{fs, io, path::Path, time::SystemTime};

use crate::{ArchiveError, Staged};

/// Removes staging files (`<name>#<digits>`) and empty folders last written before `before`.
pub(super) fn clear(root: &Path, before: SystemTime) -> Result<Staged, ArchiveError> {
    let mut staged = Staged::default();
    let mut folders = vec![root.to_owned()];
    let mut seen = Vec::new();
    while let Some(folder) = folders.pop() {
        let failed = |error| ArchiveError::local("listing", &folder.to_string_lossy(), error);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file()
                && is_staging(&entry.file_name().to_string_lossy())
                && let Ok(metadata) = entry.metadata()
                && metadata.modified().is_ok_and(|time| time < before)
                && fs::remove_file(entry.path()).is_ok()
            {
                staged.objects += 1;
                staged.bytes += metadata.len();
            }
        }
        seen.push(folder);
    }
    // Deepest last seen: a folder comes after the one it is in.
    for folder in seen.iter().skip(1).rev() {
        let old = fs::metadata(folder)
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|time| time < before);
        if old {
            // A folder that is not empty stays.
            let _not_empty = fs::remove_dir(folder);
        }
    }
    Ok(staged)
}

fn is_staging(name: &str) -> bool {
    name.rsplit_once('#')
        .is_some_and(|(_, digits)| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}
