//! Whole files, decoded by one process each; files and what peers make of them lie in memory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use testkit::scratch::Scratch;

use crate::{
    codecs::{Codec, Decoder},
    scene::{SIDE, Scene},
};

/// The files, and the samples that are expected of them.
#[derive(Debug)]
pub(crate) struct Files {
    binary: PathBuf,
    folder: Scratch,
    frames: usize,
    digests: Vec<(Codec, String)>,
}

impl Files {
    /// Encodes a file for each codec. All decoders must agree on its samples, and on those that were
    /// encoded where nothing is lost: else there is nothing to compare.
    pub(crate) fn make(binary: PathBuf, frames: usize, codecs: &[Codec]) -> Result<Self> {
        let mut files = Self {
            binary,
            folder: Scratch::below(Path::new("/dev/shm"), "yingyun-bench-render")?,
            frames,
            digests: Vec::new(),
        };
        for &codec in codecs {
            let source = files.folder.path().join("source.dcm");
            let scene = Scene::new();
            let bytes = match codec.is_colour() {
                true => scene.colour_file(frames)?,
                false => scene.gray_file(frames)?,
            };
            fs::write(&source, bytes)?;
            run(codec.encode(&source, &files.encoded(codec))?)?;
            let mut expected = match codec.is_colour() {
                true => None,
                false => Some(files.samples(codec, &source)?),
            };
            for &peer in codec.peers() {
                files.peer(codec, peer)?;
                let digest = files.samples(codec, &files.decoded())?;
                let agreed = expected.get_or_insert_with(|| digest.clone());
                ensure!(
                    *agreed == digest,
                    "{}: other samples of {}",
                    peer.name(),
                    codec.name()
                );
            }
            fs::remove_file(source)?;
            files
                .digests
                .push((codec, expected.context("nobody decodes it")?));
            files.rate(codec, Decoder::Yingyun)?;
        }
        Ok(files)
    }

    fn encoded(&self, codec: Codec) -> PathBuf {
        self.folder.path().join(codec.name()).with_extension("dcm")
    }

    fn decoded(&self) -> PathBuf {
        self.folder.path().join("decoded.dcm")
    }

    /// Bytes of the encoded file.
    pub(crate) fn length(&self, codec: Codec) -> Result<u64> {
        Ok(fs::metadata(self.encoded(codec))?.len())
    }

    /// Decodes a file; frames a second from the start of the process to its end.
    pub(crate) fn rate(&self, codec: Codec, decoder: Decoder) -> Result<f64> {
        let seconds = match decoder {
            Decoder::Yingyun => self.own(codec)?,
            peer => self.peer(codec, peer)?,
        };
        Ok(self.frames as f64 / seconds)
    }

    fn peer(&self, codec: Codec, peer: Decoder) -> Result<f64> {
        let target = self.decoded();
        if target.exists() {
            fs::remove_file(&target)?;
        }
        Ok(run(peer.decode(&self.binary, &self.encoded(codec), &target)?)?.0)
    }

    /// Ours digests its samples, and is held to the digest each time.
    fn own(&self, codec: Codec) -> Result<f64> {
        let encoded = self.encoded(codec);
        let command = Decoder::Yingyun.decode(&self.binary, &encoded, &self.decoded())?;
        let (seconds, output) = run(command)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.trim().rsplit(',').next().unwrap_or_default();
        let expected = self.digests.iter().find(|(of, _)| *of == codec);
        let (_, expected) = expected.context("a file that was not made")?;
        ensure!(found == expected, "ours, {}: {found}", codec.name());
        Ok(seconds)
    }

    /// The digest of the Pixel Data that a file with nothing encoded ends with.
    fn samples(&self, codec: Codec, path: &Path) -> Result<String> {
        let bytes = fs::read(path)?;
        let bytes_per_pixel = if codec.is_colour() { 3 } else { 2 };
        let length = self.frames * SIDE * SIDE * bytes_per_pixel;
        let start = bytes.len().checked_sub(length + 12);
        let (head, pixels) = bytes[start.context("a file too short")?..].split_at(12);
        let whole =
            head[..4] == [0xE0, 0x7F, 0x10, 0] && head[8..] == (length as u32).to_le_bytes();
        ensure!(whole, "{} does not end with its pixels", path.display());
        let digest = Sha256::digest(pixels);
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Runs a program to its end; the seconds it took, and what it printed.
fn run(mut command: Command) -> Result<(f64, Output)> {
    let began = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(
        output.status.success(),
        "{command:?} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok((seconds, output))
}
