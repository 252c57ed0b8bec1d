//! Decoders against independent ones: the pixel hashes of the test data's manifest, made by
//! pylibjpeg and gdcm, or known from before the pixels were encoded.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use dataset::{Limits, Scanner, part10};
use sha2::{Digest, Sha256};

use super::*;

/// Rows of the manifest, by column name.
pub(crate) fn manifest(folder: &Path) -> Vec<HashMap<String, String>> {
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
fn decode_file(path: &Path) -> Result<(Image, Vec<Decoded>), String> {
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
    let image = Image::of(&header).map_err(|error| error.to_string())?;
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
        decode(&transfer_syntax, &stream, &image).map_err(|error| error.reason)
    };
    let frames = (0..pixels.frames.count())
        .map(frame)
        .collect::<Result<_, _>>()?;
    Ok((image, frames))
}

/// The hash as the manifest makes it: pixel by pixel, bits above Bits Stored cleared or the sign.
pub(crate) fn hash(image: &Image, frames: &[Decoded]) -> String {
    let mut digest = Sha256::new();
    for frame in frames {
        let mut bytes = frame.bytes.clone();
        if frame.layout.planar && image.samples > 1 {
            bytes = samples::interleave(&bytes, image);
        }
        let unused = u32::from(image.bits_allocated - image.bits_stored);
        if unused > 0 && image.bits_allocated == 16 {
            for word in bytes.chunks_exact_mut(2) {
                let value = u16::from_le_bytes([word[0], word[1]]) << unused;
                let value = if image.signed {
                    ((value as i16) >> unused) as u16
                } else {
                    value >> unused
                };
                word.copy_from_slice(&value.to_le_bytes());
            }
        } else if unused > 0 && image.bits_allocated == 8 {
            for byte in &mut bytes {
                let value = *byte << unused;
                *byte = if image.signed {
                    ((value as i8) >> unused) as u8
                } else {
                    value >> unused
                };
            }
        }
        digest.update(&bytes);
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
        if !is_decodable(&syntax) || row["lossy"] != "0" || row["pixel_sha256"].is_empty() {
            continue;
        }
        match decode_file(&folder.join(&row["path"])) {
            Err(reason) => refused.push(format!("{syntax} {}: {reason}", row["path"])),
            // Baseline streams labelled as lossless ones: decoders round in their own ways.
            Ok((_, frames)) if frames.iter().any(|frame| frame.layout.lossy) => {}
            Ok((image, frames)) => {
                let found = hash(&image, &frames);
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

/// What the lossy ones do, for a look: `cargo test -p retrieve -- --ignored --nocapture lossy`.
#[test]
#[ignore = "a survey"]
fn lossy_frames_are_decoded_or_refused() {
    let folder = std::env::var_os("YINGYUN_TESTDATA").expect("YINGYUN_TESTDATA");
    for row in manifest(Path::new(&folder)) {
        let Ok(syntax) = TransferSyntax::parse(&row["transfer_syntax_uid"]) else {
            continue;
        };
        if is_decodable(&syntax) && row["lossy"] == "1" {
            let result = decode_file(&Path::new(&folder).join(&row["path"]));
            let result = result.map(|(image, frames)| {
                let same = hash(&image, &frames) == row["pixel_sha256"];
                (same, frames[0].layout.clone())
            });
            println!("{syntax} {} {} {result:?}", row["path"], row["photometric"]);
        }
    }
}
