//! What pydicom, an independent reader, says of a file.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::python;

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct Surveyed {
    pub(crate) path: PathBuf,
    /// Whether it has the four UIDs without which nothing can be stored.
    pub(crate) storable: bool,
    /// Where its data set begins.
    pub(crate) offset: usize,
    pub(crate) transfer_syntax: String,
    pub(crate) sop_class: String,
    pub(crate) sop: String,
    pub(crate) study: String,
    pub(crate) series: String,
    /// Issuer and id.
    pub(crate) patient: (String, String),
    pub(crate) charset: String,
    /// Patient's Name as text, where it can be read as its character set says.
    pub(crate) name: Option<String>,
    /// Patient's Name as it stands in the file.
    pub(crate) name_bytes: Vec<u8>,
}

/// The folders `names` of the test data that `YINGYUN_TESTDATA` names; none where it names no data,
/// then the pydicom wheel's files alone are the judge's material.
pub(crate) fn folders(names: &[&str]) -> Result<Vec<String>> {
    let Some(data) = std::env::var_os("YINGYUN_TESTDATA").filter(|data| !data.is_empty()) else {
        println!("YINGYUN_TESTDATA names no data: only the files of the pydicom wheel are used");
        return Ok(Vec::new());
    };
    let data = PathBuf::from(data);
    ensure!(
        data.is_dir(),
        "YINGYUN_TESTDATA is {}, which is no folder",
        data.display()
    );
    let folder = |name: &&str| data.join(name).display().to_string();
    Ok(names.iter().map(folder).collect())
}

/// Surveys all files below `folders`; `pydicom` stands for the files of the wheel.
pub(crate) fn survey(folders: &[String]) -> Result<Vec<Surveyed>> {
    let out = python::run("survey.py", folders.to_vec(), Duration::from_secs(180))?
        .successful()?
        .stdout;
    out.lines().map(row).collect()
}

fn row(line: &str) -> Result<Surveyed> {
    let row: Value = serde_json::from_str(line)?;
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let name_bytes = text("name_bytes");
    let name_bytes = (0..name_bytes.len() / 2)
        .map(|n| u8::from_str_radix(&name_bytes[2 * n..2 * n + 2], 16))
        .collect::<Result<_, _>>()?;
    Ok(Surveyed {
        path: text("path").into(),
        storable: row["storable"] == true,
        offset: row["offset"].as_u64().unwrap_or(0) as usize,
        transfer_syntax: text("transfer_syntax"),
        sop_class: text("sop_class"),
        sop: text("sop"),
        study: text("study"),
        series: text("series"),
        patient: (text("issuer"), text("patient_id")),
        charset: text("charset"),
        name: row["name"].as_str().map(str::to_owned),
        name_bytes,
    })
}

impl Surveyed {
    /// The whole file.
    pub(crate) fn file(&self) -> Result<Vec<u8>> {
        fs::read(&self.path).with_context(|| self.path.display().to_string())
    }

    /// The path of the instance below `/dicom-web`.
    pub(crate) fn url(&self) -> String {
        format!(
            "/studies/{}/series/{}/instances/{}",
            self.study, self.series, self.sop
        )
    }

    /// The path without the folder of the test data.
    pub(crate) fn shown(&self) -> String {
        let parts: Vec<_> = self.path.iter().map(|p| p.to_string_lossy()).collect();
        parts[parts.len().saturating_sub(3)..].join("/")
    }
}
