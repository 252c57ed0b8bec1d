//! Large objects, four at a time, in little memory.

use std::io::{self, Write};

use anyhow::{Result, ensure};
use testkit::{
    fixture::{MULTIFRAME_WORD, Multiframe},
    multipart::{STOW_TYPE, stow_stream},
    peer::{EXPLICIT, Proposal},
    server::{Server, Setup},
};

use crate::support::at_once;

const MIB: u64 = 1 << 20;

/// Bytes of pixels an object: 256 MiB in a routine run, 1 GiB for a release.
fn length() -> Result<u64> {
    Ok(match std::env::var("YINGYUN_LARGE_BYTES") {
        Ok(text) => text.parse()?,
        Err(_) => 256 * MIB,
    })
}

/// The most the server may have resident: 400 MiB for objects of 1 GiB, less for smaller ones.
fn bound(length: u64) -> u64 {
    if length >= 1024 * MIB {
        400 * MIB
    } else {
        256 * MIB
    }
}

#[test]
fn four_large_objects_at_a_time_take_bounded_memory() -> Result<()> {
    let length = length()?;
    let mut server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let by_store = at_once(4, |seed| {
        let object = Multiframe::new(length, seed as u64)?;
        let mut association = server.associate(&[Proposal::new(MULTIFRAME_WORD, &[EXPLICIT])])?;
        let (mut dataset, length) = (object.dataset(), object.length());
        let outcome =
            association.store_from(MULTIFRAME_WORD, &object.sop, EXPLICIT, &mut dataset, length)?;
        ensure!(outcome.status == 0, "{outcome:?}");
        association.release()?;
        Ok(object)
    })?;
    let after_store = server.peak_memory()?;
    let by_stow = at_once(4, |seed| {
        let object = Multiframe::new(length, seed as u64 + 4)?;
        let (file, length) = object.file();
        let (mut body, length) = stow_stream(file, length);
        server
            .dicom_web("POST", "/studies")
            .header("Content-Type", STOW_TYPE)
            .send_from(&mut body, length)?
            .expect(200)?;
        Ok(object)
    })?;
    let after_stow = server.peak_memory()?;
    let pairs: Vec<_> = by_store.iter().zip(&by_stow).collect();
    at_once(4, |number| {
        let (stored, stowed) = pairs[number];
        comes_back(&server, stored)?;
        one_frame(&server, stowed)
    })?;
    let after_reading = server.peak_memory()?;
    println!(
        "4 × {} MiB: peak {} MiB after C-STORE, {} MiB after STOW, {} MiB after reading",
        length / MIB,
        after_store / MIB,
        after_stow / MIB,
        after_reading / MIB
    );
    ensure!(
        after_reading < bound(length),
        "{} MiB resident",
        after_reading / MIB
    );
    Ok(())
}

/// Compares what goes by with the object, without keeping it.
struct Comparing<R> {
    expected: R,
    length: u64,
}

impl<R: io::Read> Write for Comparing<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut expected = vec![0; bytes.len()];
        self.expected.read_exact(&mut expected)?;
        if expected != bytes {
            let text = format!("differs within {} bytes after {}", bytes.len(), self.length);
            return Err(io::Error::other(text));
        }
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn comes_back(server: &Server, object: &Multiframe) -> Result<()> {
    let path = format!(
        "/studies/{}/series/{}/instances/{}",
        object.study, object.series, object.sop
    );
    // The data set is the tail of the one part; what stands before it is of unknown length.
    let mut sink = Tail {
        passing: false,
        buffer: Vec::new(),
        inner: Comparing {
            expected: object.dataset(),
            length: 0,
        },
    };
    server
        .dicom_web("GET", &path)
        .header("Accept", "application/dicom; transfer-syntax=*")
        .send_into(&mut sink)?
        .expect(200)?;
    ensure!(
        sink.inner.length == object.length(),
        "{} bytes came back",
        sink.inner.length
    );
    Ok(())
}

/// Passes on what follows the file meta information of a Part 10 file.
struct Tail<W> {
    passing: bool,
    buffer: Vec<u8>,
    inner: W,
}

impl<W: Write> Write for Tail<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.passing {
            self.inner.write_all(bytes)?;
            return Ok(bytes.len());
        }
        self.buffer.extend(bytes);
        if let Some(length) = self.buffer.get(140..144) {
            let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
            let start = 144 + length as usize;
            if self.buffer.len() >= start {
                self.inner.write_all(&self.buffer[start..])?;
                self.buffer = Vec::new();
                self.passing = true;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn one_frame(server: &Server, object: &Multiframe) -> Result<()> {
    let number = object.frames() / 2;
    let path = format!(
        "/studies/{}/series/{}/instances/{}/frames/{}",
        object.study,
        object.series,
        object.sop,
        number + 1
    );
    let accept = "multipart/related; type=\"application/octet-stream\"";
    let answer = server
        .dicom_web("GET", &path)
        .header("Accept", accept)
        .send()?
        .expect(200)?;
    let parts = testkit::multipart::parts(&answer)?;
    ensure!(
        parts.len() == 1 && parts[0].body == object.frame(number)?,
        "another frame"
    );
    Ok(())
}
