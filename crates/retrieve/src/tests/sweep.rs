//! Every file of the test data through the service.

use std::fs;

use access::Permit;
use dataset::{Header, Limits, Scanner, Tag, part10};
use model::TransferSyntax;

use super::{World, permit, picture_of, read, scan};
use pixel::PixelDescription;
use sha2::{Digest, Sha256};

use crate::{FrameForm, Instance, Rendering, Retrieve, RetrieveError};

/// Every readable file of the test data: as stored, in Explicit and Implicit VR Little Endian, and
/// its frames, against the manifest's pixel hashes.
#[tokio::test(flavor = "multi_thread")]
async fn every_file_leaves_as_it_came_and_converted_with_the_same_pixels() {
    let Some((folder, manifest)) = testkit::manifest::read().unwrap() else {
        return;
    };
    let world = World::new().await;
    let (mut converted, mut hashed, mut rendered, mut wrong) = (0, 0, 0, Vec::new());
    for (index, row) in manifest.iter().enumerate() {
        let file = fs::read(folder.join(&row["path"])).unwrap();
        let Ok(part10::Probe::Found {
            dataset_offset,
            transfer_syntax,
            ..
        }) = part10::probe(&file, true)
        else {
            continue;
        };
        let sop = format!("1.5.{index}");
        let dataset = &file[dataset_offset..];
        let Some(instance) = world.keep(dataset, &transfer_syntax, &sop).await else {
            continue;
        };
        match leaves(
            &world,
            &instance,
            dataset,
            row["pixel_sha256"].as_str(),
            &row["lossy"],
        )
        .await
        {
            Ok(done) => {
                converted += usize::from(done.converted);
                hashed += usize::from(done.hashed);
                rendered += usize::from(done.rendered);
            }
            Err(reason) => wrong.push(format!("{transfer_syntax} {}: {reason}", row["path"])),
        }
        world
            .archive
            .delete(&instance.row().object.to_string())
            .await
            .unwrap();
    }
    println!("{converted} converted, {hashed} with the pixels expected, {rendered} rendered");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(converted > 700 && hashed > 400 && rendered > 500);
}

struct Done {
    converted: bool,
    hashed: bool,
    rendered: bool,
}

async fn leaves(
    world: &World,
    instance: &Instance,
    dataset: &[u8],
    hash: &str,
    lossy: &str,
) -> Result<Done, String> {
    let (retrieve, permit) = (&world.retrieve, permit("local"));
    let stored = retrieve
        .stored(&permit, instance)
        .await
        .map_err(|e| e.to_string())?;
    if read(stored.dataset).await? != dataset {
        return Err("other bytes than were stored".into());
    }
    let rendered = match picture_of(retrieve, &permit, instance, 0, &Rendering::default()).await {
        Ok(_) => true,
        Err(RetrieveError::NotRenderable { .. } | RetrieveError::NoFrame { .. }) => false,
        Err(RetrieveError::Damaged { .. }) if lossy.is_empty() => false,
        Err(error) => return Err(format!("rendering: {error:?}")),
    };
    let explicit = TransferSyntax::explicit_little();
    let content = match retrieve.dataset(&permit, instance, &explicit).await {
        Err(RetrieveError::NotConvertible { .. }) => {
            return Ok(Done {
                converted: false,
                hashed: false,
                rendered,
            });
        }
        content => content.map_err(|error| format!("{error:?}"))?,
    };
    let converted = read(content).await?;
    let header = scan(&converted, &explicit).ok_or("the converted data set does not scan")?;
    let source = scan(dataset, instance.transfer_syntax()).ok_or("the stored one does not scan")?;
    for tag in [
        Tag(0x0010, 0x0010),
        Tag(0x0008, 0x0018),
        Tag(0x0020, 0x000D),
    ] {
        if header.text(tag) != source.text(tag) {
            return Err(format!("{tag} changed"));
        }
    }
    let implicit = TransferSyntax::implicit_little();
    match retrieve.dataset(&permit, instance, &implicit).await {
        // A compressed icon has no place in implicit VR.
        Err(RetrieveError::NotConvertible { .. }) => {}
        other => {
            let other = read(other.map_err(|error| format!("implicit: {error:?}"))?).await?;
            let mut scanner = Scanner::new(&implicit, Limits::default());
            let scanned = scanner.feed(&other).and_then(|()| scanner.finish());
            scanned.map_err(|error| format!("the implicit data set does not scan: {error}"))?;
        }
    }
    let hashed = lossy == "0"
        && !hash.is_empty()
        && same_pixels(retrieve, &permit, instance, &header, &converted, hash).await?;
    Ok(Done {
        converted: true,
        hashed,
        rendered,
    })
}

/// Whether the converted data set and the single frames hold the pixels of `hash`.
async fn same_pixels(
    retrieve: &Retrieve,
    permit: &Permit,
    instance: &Instance,
    header: &Header,
    converted: &[u8],
    hash: &str,
) -> Result<bool, String> {
    let image = PixelDescription::of(header).map_err(|error| error.to_string())?;
    let found = header.pixel_data.as_ref().ok_or("the pixel data is gone")?;
    let plain = !image.lossy
        && matches!(image.bits_allocated, 8 | 16 | 32)
        && image.high_bit + 1 == image.bits_stored
        && image.photometric.term() != "YBR_FULL_422";
    if !plain || found.frames.count() != image.frames {
        return Ok(false);
    }
    let (mut whole, mut limits) = (Sha256::new(), pixel::Limits::default());
    limits.max_frame_bytes = u64::MAX;
    let explicit = TransferSyntax::explicit_little();
    for index in 0..image.frames {
        let span = found.frames.frame(index).ok_or("a frame is missing")?[0];
        let (start, end) = (span.offset as usize, (span.offset + span.length) as usize);
        let bytes = converted.get(start..end).ok_or("a frame is cut")?;
        let frame = retrieve
            .frame(
                permit,
                instance,
                index,
                FrameForm::Native,
                crate::Priority::Bulk,
            )
            .await;
        let frame = frame.map_err(|error| format!("frame {index}: {error:?}"))?;
        if read(frame.content).await? != bytes {
            return Err(format!("frame {index} alone is not as in the data set"));
        }
        let frame = pixel::decode(bytes, &image, &explicit, &limits).map_err(|e| e.to_string())?;
        whole.update(frame.into_stored_values().samples.as_bytes());
    }
    let digest = whole.finalize();
    if digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        != hash
    {
        return Err("other pixels than an independent decoder's".into());
    }
    Ok(true)
}
