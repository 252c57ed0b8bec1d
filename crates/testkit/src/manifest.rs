//! The list of the public test data: a row a file, with what independent decoders made of it.

use std::{collections::HashMap, fs, path::PathBuf};

use anyhow::{Context, Result};

/// A row, by column name.
pub type Row = HashMap<String, String>;

/// The folder that `YINGYUN_TESTDATA` names and the rows of its `manifest.csv`; none where it names
/// none.
pub fn read() -> Result<Option<(PathBuf, Vec<Row>)>> {
    let folder = std::env::var_os("YINGYUN_TESTDATA").filter(|data| !data.is_empty());
    let Some(folder) = folder.map(PathBuf::from) else {
        eprintln!("YINGYUN_TESTDATA is not set");
        return Ok(None);
    };
    let path = folder.join("manifest.csv");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut rows = text.lines().map(fields);
    let names = rows.next().context("an empty manifest")?;
    let rows = rows.map(|row| names.iter().cloned().zip(row).collect());
    Ok(Some((folder, rows.collect())))
}

/// The fields of a line; quotes keep commas together.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}
