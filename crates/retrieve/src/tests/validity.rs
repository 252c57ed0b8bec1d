//! What is converted is as valid as it was, in the eyes of dciodvfy (Debian's dicom3tools): photometric
//! interpretation, planar configuration, lossy flags, bits and offset tables tell the truth
//! (PS3.3 §C.7.6.1, §C.7.6.3).

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use dataset::part10;
use futures::TryStreamExt;
use model::TransferSyntax;

use super::{World, permit};
use crate::RetrieveError;

/// What is known and told in docs/codecs.md: decoded YBR_FULL stays YBR_FULL, which PS3.3 §C.7.6.3.1.2
/// allows and some IODs do not list; and what comes of this test's own SOP Instance UIDs.
const KNOWN: [&str; 4] = [
    "<YBR_FULL> for value 1 of attribute <Photometric Interpretation>",
    "<0> for value 1 of attribute <Planar Configuration>",
    "MediaStorageSOPClassUID different",
    "MediaStorageSOPInstanceUID different",
];

/// Files with an error more, and why; a file that has none any more leaves the list.
const LEFT: [(&str, &str); 3] = [
    (
        "dcmjs/sample-op.dcm",
        "its lossy compression has no method, which is asked of what is not compressed too",
    ),
    ("deid-data/ctbrain1.dcm", "a private creator ends with NUL"),
    (
        "pydicom-data/JLSL_RGB_ILV2.dcm",
        "it has no SOP Instance UID",
    ),
];

/// The errors that dciodvfy finds.
fn errors(path: &Path) -> BTreeSet<String> {
    let found = Command::new("dciodvfy").arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&found.stderr);
    let errors = text.lines().filter(|line| {
        line.starts_with("Error") && !KNOWN.iter().any(|known| line.contains(known))
    });
    errors.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_converted_object_has_no_error_that_it_had_not() {
    let Some((folder, manifest)) = testkit::manifest::read().unwrap() else {
        return;
    };
    if Command::new("dciodvfy").arg("-help").output().is_err() {
        println!("skipped: dciodvfy (Debian: dicom3tools) is not installed");
        return;
    }
    let world = World::new().await;
    let (retrieve, permit) = (&world.retrieve, permit("local"));
    let explicit = TransferSyntax::explicit_little();
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("converted.dcm");
    let (mut checked, mut wrong) = (0, Vec::new());
    for (index, row) in manifest.iter().enumerate() {
        let original = folder.join(&row["path"]);
        let file = fs::read(&original).unwrap();
        let Ok(part10::Probe::Found {
            dataset_offset,
            transfer_syntax,
            ..
        }) = part10::probe(&file, false)
        else {
            continue;
        };
        if transfer_syntax.is_native() || row["path"].contains("malformed") {
            continue;
        }
        let (sop, dataset) = (format!("1.6.{index}"), &file[dataset_offset..]);
        let Some(instance) = world.keep(dataset, &transfer_syntax, &sop).await else {
            continue;
        };
        let converted = match retrieve.file(&permit, &instance, Some(&explicit)).await {
            Err(RetrieveError::NotConvertible { .. } | RetrieveError::Damaged { .. }) => continue,
            converted => converted.unwrap().whole().await.unwrap(),
        };
        let bytes: Vec<_> = converted.body.try_collect().await.unwrap();
        fs::write(&path, bytes.concat()).unwrap();
        let (before, after) = (errors(&original), errors(&path));
        let new: Vec<_> = after.difference(&before).cloned().collect();
        let left = LEFT.iter().any(|(file, _)| row["path"].ends_with(file));
        if new.is_empty() == left {
            wrong.push(format!("{} {transfer_syntax}: {new:#?}", row["path"]));
        }
        checked += 1;
    }
    println!("{checked} checked");
    let (many, wrong) = (wrong.len(), wrong.join("\n"));
    assert!(many == 0, "{many} with new errors:\n{wrong}");
    assert!(checked > 100);
}
