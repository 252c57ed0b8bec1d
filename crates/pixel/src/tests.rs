//! Decoders against independent ones: the pixel hashes of the test data's manifest, made by
//! pylibjpeg and gdcm, or known from before the pixels were encoded.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use dataset::{Limits, Scanner, part10};
use sha2::{Digest, Sha256};

use model::TransferSyntax;

use crate::{Frame, PixelDescription, decode, is_decodable};

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

/// All frames of a file.
fn decode_file(path: &Path) -> Result<Vec<Frame>, String> {
    let bytes = fs::read(path).unwrap();
    let probe = part10::probe(&bytes, true).map_err(|error| error.to_string())?;
    let part10::Probe::Found {
        dataset_offset,
        transfer_syntax,
        ..
    } = probe
    else {
        return Err("no data set".into());
    };
    let mut scanner = Scanner::new(&transfer_syntax, Limits::default());
    let dataset = &bytes[dataset_offset..];
    scanner.feed(dataset).map_err(|error| error.to_string())?;
    let header = scanner.finish().map_err(|error| error.to_string())?;
    let pixels = header.pixel_data.as_ref().ok_or("no pixel data")?;
    let image = PixelDescription::of(&header).map_err(|error| error.to_string())?;
    if pixels.frames.count() != image.frames {
        return Err(format!(
            "{} frames, not {}",
            pixels.frames.count(),
            image.frames
        ));
    }
    let frame = |index| {
        let spans = pixels.frames.frame(index).unwrap();
        let stream: Vec<u8> = spans
            .iter()
            .flat_map(|span| &dataset[span.offset as usize..(span.offset + span.length) as usize])
            .copied()
            .collect();
        decode(&stream, &image, &transfer_syntax, &crate::Limits::default())
            .map_err(|error| error.to_string())
    };
    (0..pixels.frames.count()).map(frame).collect()
}

/// The hash as the manifest makes it: of stored values.
fn hash(frames: Vec<Frame>) -> String {
    let mut digest = Sha256::new();
    for frame in frames {
        digest.update(frame.into_stored_values().samples.as_bytes());
    }
    digest
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

#[test]
fn lossless_frames_decode_to_what_independent_decoders_say() {
    let Some(folder) = std::env::var_os("YINGYUN_TESTDATA").filter(|data| !data.is_empty()) else {
        eprintln!("YINGYUN_TESTDATA is not set");
        return;
    };
    let folder = Path::new(&folder);
    let (mut right, mut wrong, mut refused) = (0, Vec::new(), Vec::new());
    for row in manifest(folder) {
        let Ok(syntax) = TransferSyntax::parse(&row["transfer_syntax_uid"]) else {
            continue;
        };
        let expected = match row["expected_sha256"].as_str() {
            "" => row["pixel_sha256"].as_str(),
            expected => expected,
        };
        if !is_decodable(&syntax)
            || syntax.is_deflated()
            || row["lossy"] != "0"
            || row["pixel_sha256"].is_empty()
        {
            continue;
        }
        match decode_file(&folder.join(&row["path"])) {
            Err(reason) => refused.push(format!("{syntax} {}: {reason}", row["path"])),
            // Baseline streams labelled as lossless ones: decoders round in their own ways.
            Ok(frames) if frames.iter().any(|frame| frame.lossy) && !syntax.is_native() => {}
            Ok(frames) => {
                let found = hash(frames);
                if found == expected || found == row["pixel_sha256"] {
                    right += 1;
                } else {
                    wrong.push(format!(
                        "{syntax} {} ({} agree: {})",
                        row["path"], row["decoder"], row["decoders_agree"]
                    ));
                }
            }
        }
    }
    println!(
        "{right} right\n{} refused\n{}",
        refused.len(),
        refused.join("\n")
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(right > 200, "only {right} files decoded");
}
