//! Finds the files under paths, in order of their names; links to folders are not followed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::Found;

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) found: Vec<Found>,
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
}

/// All files at and under `paths`. A DICOMDIR (PS3.10 §8.6) is a table of contents, no object.
pub(super) fn files(paths: &[PathBuf]) -> Files {
    let mut files = Files::default();
    let mut waiting: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(path) = waiting.pop() {
        match look(&path) {
            Ok(Look::Folder(mut entries)) => {
                entries.sort_by(|a, b| b.cmp(a));
                waiting.append(&mut entries);
            }
            Ok(Look::File(found)) if !is_dicomdir(&path) => files.found.push(found),
            Ok(_) => {}
            Err(error) => files.unreadable.push((path, error)),
        }
    }
    files
}

enum Look {
    Folder(Vec<PathBuf>),
    File(Found),
    Other,
}

fn look(path: &Path) -> io::Result<Look> {
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        let entries = fs::read_dir(path)?
            .filter_map(|entry| match entry {
                Ok(entry) if is_link_to_folder(&entry.path()) => None,
                entry => Some(entry.map(|entry| entry.path())),
            })
            .collect::<io::Result<_>>()?;
        return Ok(Look::Folder(entries));
    }
    if !meta.is_file() {
        return Ok(Look::Other);
    }
    let modified = meta
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(Look::File(Found {
        path: path.into(),
        length: meta.len(),
        modified: modified.as_nanos(),
    }))
}

fn is_link_to_folder(path: &Path) -> bool {
    path.is_symlink() && path.is_dir()
}

fn is_dicomdir(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("DICOMDIR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_and_links_to_folders_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        for name in ["z", "b/c/2", "b/c/1", "b/DICOMDIR"] {
            fs::write(at(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(root.path(), at("b/loop")).unwrap();
        let files = files(&[root.path().into(), at("absent")]);
        let names: Vec<_> = files.found.iter().map(|f| f.path.clone()).collect();
        assert_eq!(names, [at("b/c/1"), at("b/c/2"), at("z")]);
        assert_eq!(files.unreadable[0].0, at("absent"));
    }
}
