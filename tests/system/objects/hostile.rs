//! STOW-RS requests made to hurt: each ends with an error in bounded time and memory, the server
//! lives, and nothing of them is kept.

use std::{
    io::{Cursor, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use testkit::{
    fixture::Ct,
    multipart::STOW_TYPE,
    server::{Server, Setup},
};

use crate::support::{qido, send_all, verify_clean};

const LONGEST: Duration = Duration::from_secs(60);
const MOST_MEMORY: u64 = 500 << 20;

/// The status of a request with this body.
fn stow(server: &Server, media: &str, body: impl Read, length: u64) -> Result<u16> {
    let began = Instant::now();
    let mut body = body;
    let request = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", media)
        .header("Accept", "application/dicom+json");
    let answer = request.send_from(&mut body, length)?;
    ensure!(began.elapsed() < LONGEST, "took {:?}", began.elapsed());
    Ok(answer.status)
}

/// A CT file whose last element goes on with `more`, again and again.
fn endless(more: &[u8], times: usize) -> Result<Vec<u8>> {
    let mut ct = Ct::new("HOSTILE")?;
    ct.size = 16;
    let mut file = ct.object().file();
    // A private value behind the pixels: OB, or a sequence, of undefined length (PS3.5 §7.1.1).
    file.extend(&more[..12]);
    file.extend(more[12..].repeat(times));
    Ok(file)
}

#[test]
fn what_is_made_to_hurt_is_refused_and_the_server_lives() -> Result<()> {
    let mut server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;

    // An encapsulated value of empty fragments, and a sequence of empty items, that never end.
    let fragments = b"\xE1\x7F\x10\x10OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\0\0\0\0";
    let items = b"\xE1\x7F\x10\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\0\0\0\0";
    // A sequence in an item in a sequence, a thousand deep and more.
    let nested = b"\xE1\x7F\x10\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF\
                   \xE1\x7F\x10\x10SQ\0\0\xFF\xFF\xFF\xFF";
    for (name, more, times) in [
        ("fragments", &fragments[..], 8 << 20),
        ("items", &items[..], 2 << 20),
        ("nested", &nested[..], 1000),
    ] {
        let file = endless(more, times)?;
        let length = file.len() as u64;
        let status = stow(&server, "application/dicom", Cursor::new(file), length)?;
        ensure!(status == 409, "{name}: {status}");
    }

    // A million parts of nothing.
    let part = "--yingyun-testkit-5d1f0c7a9b3e\r\n\r\n\r\n";
    let parts = part.repeat(1_000_000);
    let length = parts.len() as u64;
    let status = stow(&server, STOW_TYPE, Cursor::new(parts), length)?;
    ensure!(status == 409, "a million parts: {status}");

    // A Content-Length that more was promised with than comes.
    let mut socket = TcpStream::connect(server.url().trim_start_matches("http://"))?;
    let file = endless(fragments, 1)?;
    write!(
        socket,
        "POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dicom\r\n\
         Content-Length: {}\r\n\r\n",
        file.len() + 100_000
    )?;
    socket.write_all(&file)?;
    drop(socket);

    ensure!(qido(&server, "/studies?PatientID=HOSTILE")?.is_empty());
    let mut good = Ct::new("HOSTILE")?;
    good.size = 16;
    send_all(&server, &[good.object()])?;
    ensure!(qido(&server, "/studies?PatientID=HOSTILE")?.len() == 1);
    verify_clean(&server)?;
    let peak = server.peak_memory()?;
    println!("peak {} MiB", peak >> 20);
    ensure!(peak < MOST_MEMORY, "{} MiB resident", peak >> 20);
    Ok(())
}
