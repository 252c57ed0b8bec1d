//! The shape of source files: a `//!` sentence on every module, rooms of a bearable size, nothing
//! left half done.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Lines of a file without its tests.
const LONGEST: usize = 400;
/// Lines of a file that is nothing but tests.
const LONGEST_TEST_FILE: usize = 600;
/// Lines of tests beside the code; longer ones go to `tests.rs`.
const LONGEST_TESTS: usize = 150;
/// Promises that product code does not make.
const HALF_DONE: [&str; 4] = ["todo!(", "unimplemented!(", "TODO", "FIXME"];

/// Files that are not as the house style says.
pub(crate) fn faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in ["crates", "xtask", "tests", "benches"] {
        for file in files(&root.join(folder), &["rs"])? {
            faults.extend(rust(root, &file)?);
        }
    }
    for file in files(&root.join("web-viewer/src"), &["ts", "svelte"])? {
        let length = fs::read_to_string(&file)?.lines().count();
        faults.extend(too_long(&shown(root, &file), length, LONGEST));
    }
    Ok(faults)
}

fn rust(root: &Path, file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let name = shown(root, file);
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{name}: it begins with no //! sentence"));
    }
    let is_test = is_test_file(&name);
    let code_lines = if is_test {
        text.lines().count()
    } else {
        // Tests beside the code are the file's last module.
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        lines
            .windows(2)
            .position(|pair| pair == ["#[cfg(test)]", "mod tests {"])
            .unwrap_or(lines.len())
    };
    let most = if is_test { LONGEST_TEST_FILE } else { LONGEST };
    faults.extend(too_long(&name, code_lines, most));
    let test_lines = text.lines().count() - code_lines;
    if test_lines > LONGEST_TESTS {
        faults.push(format!(
            "{name}: {test_lines} lines of tests: more than {LONGEST_TESTS} go to tests.rs"
        ));
    }
    if !is_test && !name.starts_with("xtask") {
        faults.extend(half_done(&name, text.lines().take(code_lines)));
    }
    Ok(faults)
}

fn half_done<'t>(name: &str, lines: impl Iterator<Item = &'t str>) -> Vec<String> {
    lines
        .enumerate()
        .filter_map(|(number, line)| {
            let word = HALF_DONE.into_iter().find(|word| line.contains(word))?;
            Some(format!("{name}:{}: {word} is left", number + 1))
        })
        .collect()
}

fn too_long(name: &str, lines: usize, most: usize) -> Option<String> {
    (lines > most).then(|| format!("{name}: {lines} lines, more than {most}"))
}

fn is_test_file(name: &str) -> bool {
    ["tests/", "benches/", "crates/testkit/"]
        .iter()
        .any(|f| name.starts_with(f))
        || name.contains("/tests/")
        || name.ends_with("/tests.rs")
}

fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(found);
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, endings)?);
        } else if path
            .extension()
            .is_some_and(|e| endings.iter().any(|ending| e == *ending))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
}
