//! `demo FOLDER`: the generated study as DICOM files, to try `dcmsend` with.

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use model::Clock;

use crate::{clock::SystemClock, demo};

pub(crate) fn run(folder: &Path) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let study = demo::Study::new(SystemClock.now());
    for slice in study.slices() {
        let path = folder.join(format!("{:03}.dcm", slice.number));
        let mut file = slice.file_meta().to_bytes();
        file.extend(slice.data_set());
        std::fs::write(&path, file)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    println!("{} files written to {}", demo::SLICES, folder.display());
    Ok(ExitCode::SUCCESS)
}
