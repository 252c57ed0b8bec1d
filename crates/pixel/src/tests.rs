//! Decoders against independent ones: the pixel hashes of the test data's manifest, made by
//! pylibjpeg, gdcm and others, or known from before the pixels were encoded.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use crate::{Limits, Object};

/// Rows of the manifest, by column name.
fn manifest(folder: &Path) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(folder.join("manifest.csv")).unwrap();
    let mut rows = text.lines().map(fields);
    let names = rows.next().unwrap();
    rows.map(|row| names.iter().cloned().zip(row).collect())
        .collect()
}

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

fn digest(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).unwrap();
    let object = Object::read(&bytes, 1 << 30).map_err(|error| error.to_string())?;
    let digest = object.digest(&Limits::default());
    let digest = digest.map_err(|error| error.to_string())?;
    Ok(digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    }))
}

#[test]
fn survey() {
    let folder = std::env::var_os("YINGYUN_TESTDATA").unwrap();
    let folder = Path::new(&folder);
    for row in manifest(folder) {
        let found = digest(&folder.join(&row["path"]));
        let column = |name: &str| row[name].clone();
        let all = [
            "expected_sha256",
            "pixel_sha256",
            "pylibjpeg_sha256",
            "gdcm_sha256",
            "other_sha256",
        ];
        let matches: Vec<&str> = all
            .into_iter()
            .filter(|name| found.as_ref().is_ok_and(|found| *found == row[*name]))
            .collect();
        let has: Vec<&str> = all
            .into_iter()
            .filter(|name| !row[*name].is_empty())
            .collect();
        println!(
            "{}|{}|lossy {}|{:?}|has {has:?}|match {matches:?}|{}",
            column("transfer_syntax_uid"),
            column("path"),
            column("lossy"),
            found.as_ref().err(),
            column("max_abs_diff")
        );
    }
}
