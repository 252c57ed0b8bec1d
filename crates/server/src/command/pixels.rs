//! `pixels`: a line of CSV a file, its path and the SHA-256 of its decoded samples.

use std::{
    fs,
    io::{self, BufWriter, Write},
    panic,
    path::PathBuf,
    process::ExitCode,
};

use dataset::part10;
use pixel::{Limits, Object, Pool};

use crate::cli::{AtOnce, Pixels};

pub(crate) fn run(pixels: &Pixels) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout());
    let (pool, limits) = (pool(pixels.at_once)?, limits(pixels));
    let files = Files {
        waiting: pixels.paths.iter().rev().cloned().collect(),
    };
    let jobs = files.map(|file| {
        let file = file.map(|path| (fs::read(&path), path));
        (memory(&file, &limits), file)
    });
    let work = |file: io::Result<(io::Result<Vec<u8>>, PathBuf)>| {
        let (bytes, path) = file?;
        let found = match digest(bytes, &limits, &pool) {
            Ok(digest) => digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            Err(reason) => format!("error: {}", reason.replace(['\n', '\r'], " ")),
        };
        let path = path.to_string_lossy();
        Ok::<_, io::Error>(format!("{},{}", field(&path), field(&found)))
    };
    pool.in_order(jobs, work, |line| {
        writeln!(out, "{}", line?)?;
        out.flush()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The threads and the memory that are asked for.
pub(crate) fn pool(at_once: AtOnce) -> Result<Pool, pixel::PixelError> {
    let threads = at_once.threads.map_or(0, usize::from);
    Pool::new(threads, at_once.memory)
}

/// The files of paths and of the folders among them, by name; an error: a folder that is not read.
struct Files {
    /// The next one last.
    waiting: Vec<PathBuf>,
}

impl Iterator for Files {
    type Item = io::Result<PathBuf>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let path = self.waiting.pop()?;
            if !path.is_dir() {
                return Some(Ok(path));
            }
            let entries = fs::read_dir(&path)
                .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
            let mut entries: Vec<PathBuf> = match entries {
                Ok(entries) => entries,
                Err(error) => return Some(Err(error)),
            };
            entries.sort_by(|a, b| b.cmp(a));
            self.waiting.append(&mut entries);
        }
    }
}

fn limits(pixels: &Pixels) -> Limits {
    Limits {
        max_frame_bytes: pixels.max_frame_bytes,
        ..Limits::default()
    }
}

/// What a data set that is deflated as a whole may inflate to.
fn most_inflated(limits: &Limits) -> u64 {
    limits.max_frame_bytes.saturating_mul(4)
}

/// Memory that a file takes while its frames are decoded; theirs is counted apart.
fn memory(file: &io::Result<(io::Result<Vec<u8>>, PathBuf)>, limits: &Limits) -> u64 {
    let Ok((Ok(bytes), _)) = file else {
        return 0;
    };
    let length = bytes.len() as u64;
    match part10::probe(bytes, true) {
        Ok(part10::Probe::Found {
            transfer_syntax, ..
        }) if transfer_syntax.is_deflated() => length.saturating_add(most_inflated(limits)),
        _ => length,
    }
}

/// The digest, or why there is none.
fn digest(bytes: io::Result<Vec<u8>>, limits: &Limits, pool: &Pool) -> Result<[u8; 32], String> {
    let bytes = bytes.map_err(|error| error.to_string())?;
    let work = || Object::read(&bytes, most_inflated(limits))?.digest(limits, pool);
    match panic::catch_unwind(panic::AssertUnwindSafe(work)) {
        Ok(digest) => digest.map_err(|error| error.to_string()),
        Err(_) => Err("the decoder failed".into()),
    }
}

/// A field of CSV (RFC 4180): quoted where it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_a_comma_is_quoted() {
        assert_eq!(field("plain/path.dcm"), "plain/path.dcm");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
