//! Every file of the test data against independent decoders (pylibjpeg, gdcm, DCMTK, libjxl): the
//! pixel hashes of its manifest, or those of the pixels from before they were encoded. Writes what
//! is not decoded, and why, into `docs/codecs.md` (`YINGYUN_WRITE=1`), else holds that it is there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use pixel::{Limits, Object, Pool};
use testkit::manifest::{self, Row};

fn digest(path: &Path, pool: &Pool) -> Result<String, String> {
    let bytes = fs::read(path).unwrap();
    let object = Object::read(&bytes, 1 << 30).map_err(|error| error.to_string())?;
    let digest = object.digest(&Limits::default(), pool);
    let digest = digest.map_err(|error| error.to_string())?;
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The hashes that a row tells, the surest first.
fn hashes(row: &Row) -> Vec<&str> {
    let columns = [
        "expected_sha256",
        "pixel_sha256",
        "pylibjpeg_sha256",
        "gdcm_sha256",
        "other_sha256",
    ];
    let hashes = columns.map(|column| row[column].as_str());
    hashes.into_iter().filter(|hash| !hash.is_empty()).collect()
}

/// Whether the row is of an image: encapsulated documents and waveforms have a hash of their own.
fn is_image(row: &Row) -> bool {
    !row["pixel_element"].is_empty() && !row["rows"].is_empty()
}

#[test]
fn frames_decode_to_what_independent_decoders_say() {
    let Some((folder, rows)) = manifest::read().unwrap() else {
        return;
    };
    let (mut lossless, mut lossy, mut differ) = (0, 0, Vec::new());
    let mut undecoded: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut near = Vec::new();
    let pool = Pool::new(0, 1 << 30).unwrap();
    for row in rows.iter().filter(|row| is_image(row)) {
        let expected = hashes(row);
        match digest(&folder.join(&row["path"]), &pool) {
            Err(reason) => {
                let others = match (expected.is_empty(), row["decoder"].as_str()) {
                    (true, _) => "nobody".to_owned(),
                    (false, "") => "known pixels".to_owned(),
                    (false, decoder) => decoder.to_owned(),
                };
                undecoded
                    .entry((reason, others))
                    .or_default()
                    .push(row["path"].clone());
            }
            Ok(_) if expected.is_empty() => {}
            Ok(found) if row["lossy"] == "1" => {
                lossy += 1;
                if !expected.contains(&found.as_str()) {
                    near.push(row);
                }
            }
            // Of pixels that were known before, the others say nothing more.
            Ok(found) if found == expected[0] || found == row["pixel_sha256"] => lossless += 1,
            Ok(found)
                if row["expected_sha256"].is_empty() && expected.contains(&found.as_str()) =>
            {
                lossless += 1;
            }
            Ok(_) => differ.push(format!("{} {}", row["transfer_syntax_uid"], row["path"])),
        }
    }
    println!(
        "{lossless} lossless equal, {lossy} lossy, {} of them not bit for bit",
        near.len()
    );
    assert!(
        differ.is_empty(),
        "{} differ:\n{}",
        differ.len(),
        differ.join("\n")
    );
    assert!(
        lossless > 700 && lossy > 70,
        "{lossless} lossless, {lossy} lossy"
    );
    let far = far(&folder, &near);
    assert!(far.is_empty(), "beyond the tolerance:\n{}", far.join("\n"));
    table_is_told(&undecoded);
}

/// Lossy images whose samples differ by more than the manifest allows from those of another decoder,
/// which a script of Python asks.
fn far(folder: &Path, rows: &[&Row]) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (index, row) in rows.iter().enumerate() {
        let path = folder.join(&row["path"]);
        let raw = scratch.path().join(index.to_string());
        fs::write(&raw, samples(&path)).unwrap();
        writeln!(lines, "{},{}", path.display(), raw.display()).unwrap();
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let interpreter = std::env::var_os("YINGYUN_PYTHON")
        .map_or_else(|| own.join("../../.venv/bin/python"), PathBuf::from);
    let mut python = Command::new(interpreter)
        .arg(own.join("tests/compare.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`make deps` makes .venv");
    let mut input = python.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "compare.py failed");
    let output = String::from_utf8(output.stdout).unwrap();
    let found: Vec<&str> = output.lines().collect();
    assert_eq!(found.len(), rows.len());
    println!("{output}");
    let is_far = |(line, row): (&&str, &&Row)| {
        let difference = line
            .rsplit(',')
            .next()
            .and_then(|text| text.parse::<f64>().ok());
        let allowed = row["max_abs_diff"].parse().unwrap_or(0.0_f64).max(1.0);
        difference
            .is_none_or(|difference| difference > allowed)
            .then(|| line.to_string())
    };
    found.iter().zip(rows).filter_map(is_far).collect()
}

/// All samples of a file.
fn samples(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let object = Object::read(&bytes, 1 << 30).unwrap();
    let frame = |index| object.frame(index, &Limits::default()).unwrap();
    let frames = (0..object.frames().unwrap()).map(frame);
    frames
        .flat_map(|frame| frame.into_stored_values().samples.as_bytes().to_vec())
        .collect()
}

const BEGIN: &str = "<!-- generated: undecoded -->\n";
const END: &str = "<!-- end -->\n";

/// Holds that `docs/codecs.md` names what is not decoded.
fn table_is_told(undecoded: &BTreeMap<(String, String), Vec<String>>) {
    let mut table = String::from("| reason | decoded by | files |\n|---|---|---|\n");
    for ((reason, others), paths) in undecoded {
        let paths = paths.join("`, `");
        writeln!(
            table,
            "| {} | {others} | `{paths}` |",
            reason.replace('|', "\\|")
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codecs.md");
    let page = fs::read_to_string(&path).unwrap();
    let begin = page.find(BEGIN).expect("the table's begin") + BEGIN.len();
    let end = page.find(END).expect("the table's end");
    if std::env::var_os("YINGYUN_WRITE").is_some() {
        let written = [&page[..begin], &table, &page[end..]].concat();
        fs::write(&path, written).unwrap();
    } else {
        assert_eq!(
            &page[begin..end],
            table,
            "run this test with YINGYUN_WRITE=1"
        );
    }
}
