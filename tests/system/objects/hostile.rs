//! Requests made to hurt: each is answered in bounded time and memory, the server lives, and nothing
//! is kept of what was refused.

use std::{
    io::{self, Cursor, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use serde_json::Value;
use testkit::{
    fixture::{Ct, Dataset, Object, Syntax, fresh_uid},
    http::Response,
    multipart::{STOW_TYPE, parts, stow_body},
    server::{Server, Setup},
};

use crate::support::{associate_for, fetch, first, qido, send_all, store, verify_clean};

const LONGEST: Duration = Duration::from_secs(60);
/// The same of what has no reason to take long.
const SOON: Duration = Duration::from_secs(10);
const MOST_MEMORY: u64 = 500 << 20;
/// What a server takes that holds little more than itself.
const LITTLE_MEMORY: u64 = 200 << 20;

fn quiet() -> Result<Server> {
    Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()
}

/// Fails where the server ever had more than `most` bytes resident.
fn peaks_below(server: &mut Server, most: u64) -> Result<()> {
    let peak = server.peak_memory()?;
    println!("peak {} MiB", peak >> 20);
    ensure!(peak < most, "{} MiB resident", peak >> 20);
    Ok(())
}

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
    let mut server = quiet()?;

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
    peaks_below(&mut server, MOST_MEMORY)
}

/// An object of the least that can be stored, and `rest`.
fn least(rest: Dataset) -> Result<Object> {
    let [study, series, sop] = [fresh_uid()?, fresh_uid()?, fresh_uid()?];
    let class = "1.2.840.10008.5.1.4.1.1.7.2";
    let dataset = rest
        .text(0x0008_0016, "UI", class)
        .text(0x0008_0018, "UI", &sop)
        .text(0x0010_0020, "LO", "HOSTILE")
        .text(0x0020_000D, "UI", &study)
        .text(0x0020_000E, "UI", &series);
    Ok(Object {
        sop_class: class.into(),
        sop,
        study,
        series,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        dataset: dataset.encode(Syntax::Explicit),
    })
}

fn stow_file(server: &Server, file: &[u8]) -> Result<u16> {
    let body = stow_body(&[file]);
    let length = body.len() as u64;
    stow(server, STOW_TYPE, Cursor::new(body), length)
}

/// PS3.5 §7.1: a length is believed when its bytes have come, and no memory is set aside for it.
#[test]
fn a_length_of_4_gib_in_a_file_of_1_kib_is_refused_at_once() -> Result<()> {
    let mut server = quiet()?;
    let long = |head: &[u8]| [head, &[0xFE, 0xFF, 0xFF, 0xFF]].concat();
    let explicit = "1.2.840.10008.1.2.1";
    let jpeg = "1.2.840.10008.1.2.4.50";
    for (name, syntax, last) in [
        ("text", explicit, long(b"\x40\0\x60\xA1UT\0\0")),
        ("bytes", explicit, long(b"\x41\0\x10\x10OB\0\0")),
        ("unknown", explicit, long(b"\x41\0\x10\x10UN\0\0")),
        ("sequence", explicit, long(b"\x40\0\x30\xA7SQ\0\0")),
        (
            "item",
            explicit,
            long(b"\x40\0\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0"),
        ),
        ("pixels", explicit, long(b"\xE0\x7F\x10\0OW\0\0")),
        (
            "offset table",
            jpeg,
            long(b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0"),
        ),
        (
            "fragment",
            jpeg,
            long(b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\0\0\0\0\xFE\xFF\x00\xE0"),
        ),
    ] {
        let mut object = least(Dataset::default())?;
        object.transfer_syntax = syntax.into();
        object.dataset.extend(last);
        object.dataset.extend([b'x'; 300]);
        let file = object.file();
        ensure!(file.len() <= 1024, "{} bytes", file.len());
        let began = Instant::now();
        let status = stow_file(&server, &file)?;
        ensure!(status == 409, "{name} by STOW: {status}");
        let mut association = associate_for(&server, &object)?;
        let outcome = store(&mut association, &object)?;
        // PS3.4 §B.2.3: cannot understand.
        ensure!(outcome.status & 0xF000 == 0xC000, "{name}: {outcome:?}");
        ensure!(association.echo()? == 0, "the association did not survive");
        association.release()?;
        ensure!(began.elapsed() < SOON, "{name}: {:?}", began.elapsed());
    }
    ensure!(qido(&server, "/studies")?.is_empty());
    verify_clean(&server)?;
    peaks_below(&mut server, LITTLE_MEMORY)
}

const MANY: usize = 1_000_000;

/// Frames of 8 bits of one pixel; `said` is Number of Frames.
fn frames(said: &str) -> Dataset {
    Dataset::default()
        .us(0x0028_0002, &[1])
        .text(0x0028_0004, "CS", "MONOCHROME2")
        .text(0x0028_0008, "IS", said)
        .us(0x0028_0010, &[1])
        .us(0x0028_0011, &[1])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
}

/// An answer about an instance, which must come soon.
fn soon(server: &Server, object: &Object, rest: &str, accept: &str) -> Result<Response> {
    let Object {
        study, series, sop, ..
    } = object;
    let path = format!("/studies/{study}/series/{series}/instances/{sop}/{rest}");
    let began = Instant::now();
    let request = server.dicom_web("GET", &path).header("Accept", accept);
    let answer = request.send()?;
    ensure!(began.elapsed() < SOON, "{rest}: {:?}", began.elapsed());
    Ok(answer)
}

#[test]
fn a_million_frames_of_one_byte_are_kept_named_and_given_one_by_one() -> Result<()> {
    let mut server = quiet()?;
    let frame = |index: usize| [index as u8, (index >> 8) as u8];
    let million = MANY.to_string();
    let native = (0..MANY).map(|index| frame(index)[0]).collect();
    let native = least(frames(&million).bytes(0x7FE0_0010, "OB", native))?;
    let fragments = (0..MANY).map(|index| frame(index).to_vec()).collect();
    let mut encapsulated = least(frames(&million).fragments(fragments))?;
    encapsulated.transfer_syntax = "1.2.840.10008.1.2.4.50".into();
    let stored = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    for (object, length) in [(&native, 1), (&encapsulated, 2)] {
        ensure!(stow_file(&server, &object.file())? == 200);
        let metadata = soon(&server, object, "metadata", "application/dicom+json")?;
        let metadata = metadata.expect(200)?.json()?;
        ensure!(*first(&metadata[0], "00280008") == MANY);
        for numbers in [&[MANY][..], &[1], &[MANY / 2, 300, MANY]] {
            let list: Vec<String> = numbers.iter().map(usize::to_string).collect();
            let list = format!("frames/{}", list.join(","));
            let parts = parts(&soon(&server, object, &list, stored)?.expect(200)?)?;
            ensure!(parts.len() == numbers.len(), "{list}: {}", parts.len());
            for (part, number) in parts.iter().zip(numbers) {
                ensure!(part.body == frame(number - 1)[..length], "{list}");
            }
        }
        for (number, status) in [
            ("1000001", 404),
            ("1,1000001", 404),
            ("4294967295", 404),
            ("4294967296", 400),
        ] {
            let answer = soon(&server, object, &format!("frames/{number}"), stored)?;
            ensure!(answer.status == status, "{number}: {}", answer.status);
        }
    }
    let pixel = soon(&server, &native, "frames/1000000/rendered", "image/png")?;
    ensure!(pixel.expect(200)?.body.starts_with(b"\x89PNG"));
    let bulk = soon(
        &server,
        &native,
        "bulkdata/7FE00010",
        "application/octet-stream",
    )?;
    ensure!(native.dataset.ends_with(&bulk.expect(200)?.body));
    // No codestream: nothing to be shown, and no fault of the server's.
    let pixel = soon(
        &server,
        &encapsulated,
        "frames/1000000/rendered",
        "image/png",
    )?;
    ensure!((400..500).contains(&pixel.status), "{}", pixel.status);

    // More frames are said to be there than there are.
    for said in [&million, "2147483647", "-1", "0", "99999999999"] {
        let few = least(frames(said).bytes(0x7FE0_0010, "OB", vec![7; 10]))?;
        let status = stow_file(&server, &few.file())?;
        ensure!(status == 200, "{said}: {status}");
        ensure!(soon(&server, &few, "metadata", "*/*")?.status == 200);
        for number in [11, MANY, 2_147_483_647] {
            let answer = soon(&server, &few, &format!("frames/{number}"), stored)?;
            ensure!(answer.status == 404, "{said} {number}: {}", answer.status);
        }
    }
    verify_clean(&server)?;
    peaks_below(&mut server, MOST_MEMORY)
}

/// PS3.5 §9.1, §6.1.3: UIDs become parts of keys and of paths; text goes into answers and never into their
/// heads.
#[test]
fn a_uid_that_is_a_path_is_refused_and_text_comes_back_as_it_was() -> Result<()> {
    let mut server = quiet()?;
    for bad in [
        "../../../../tmp/hostile",
        "..",
        "1.2..3",
        "1.2/3",
        "1.2\n3",
        "1.2\r\nX-Hostile: 1",
        "1.2\u{0}3",
        "1.2 3",
        "1.2\u{0}/../3",
    ] {
        let fields: [fn(&mut Ct) -> &mut String; 3] =
            [|ct| &mut ct.study, |ct| &mut ct.series, |ct| &mut ct.sop];
        for field in fields {
            let mut ct = Ct::new("HOSTILE")?;
            ct.size = 16;
            *field(&mut ct) = bad.into();
            let status = stow_file(&server, &ct.object().file())?;
            ensure!(status == 409, "{bad:?}: {status}");
        }
    }
    ensure!(qido(&server, "/studies")?.is_empty());
    for path in [
        "/studies/..%2F..%2Ftmp",
        "/studies/1.2%003",
        "/studies/1.2%0A3/series",
        "/studies/1.2/series/..%5C1/metadata",
        "/studies/1.2%0D%0AX-Hostile:1/rendered",
        "/studies?StudyInstanceUID=1.2%003",
        "/studies?StudyInstanceUID=..%2F1",
    ] {
        let answer = server.dicom_web("GET", path).send()?;
        ensure!(answer.status == 400, "{path}: {}", answer.status);
        ensure!(answer.header("x-hostile").is_none(), "{path}");
    }

    let texts = [
        ("00081030", "LO", "one\r\nX-Hostile: 1\r\n\r\n<script>"),
        ("0008103E", "LO", "../../tmp/hostile"),
        ("00104000", "LT", "NUL \u{0} and\r\nlines\u{7}\u{1b}"),
        ("00200010", "SH", "a\u{0}b"),
    ];
    let mut rest = Dataset::default();
    for (tag, vr, text) in texts {
        rest = rest.text(u32::from_str_radix(tag, 16)?, vr, text);
    }
    let object = least(rest)?;
    ensure!(stow_file(&server, &object.file())? == 200);
    let Object {
        study, series, sop, ..
    } = &object;
    ensure!(fetch(&server, study, series, sop)? == object.dataset);
    let instance = format!("/studies/{study}/series/{series}/instances/{sop}");
    for path in [
        format!("{instance}/metadata"),
        format!("/instances?StudyInstanceUID={study}&includefield=all"),
        format!("/studies/{study}/series?SeriesDescription=..%2F..%2Ftmp%2Fhostile"),
    ] {
        let answer = server.dicom_web("GET", &path).send()?.expect(200)?;
        ensure!(answer.header("x-hostile").is_none(), "{path}");
        let Value::Array(found) = answer.json()? else {
            anyhow::bail!("no array: {path}");
        };
        ensure!(found.len() == 1, "{path}");
        for (tag, _, text) in texts {
            // Not every level has every attribute; metadata have all. NUL is no character (PS3.5 §6.1.3).
            let shown = first(&found[0], tag);
            ensure!(
                *shown == text.replace('\0', "") || shown.is_null() && !path.ends_with("metadata"),
                "{path} {tag}: {shown}"
            );
        }
    }
    verify_clean(&server)?;
    peaks_below(&mut server, LITTLE_MEMORY)
}

/// Zeros without end.
fn zeros(count: u64) -> impl Read {
    io::repeat(0).take(count)
}

/// What was small and becomes large is stopped on its way, or passes without being held.
#[test]
fn what_unpacks_to_very_much_takes_no_memory() -> Result<()> {
    const MUCH: u32 = 1 << 30;
    let mut server = quiet()?;
    let private = |vr: &[u8; 2]| {
        let head = [&b"\xE1\x7F\x10\x10"[..], vr, &[0, 0]].concat();
        [head, MUCH.to_le_bytes().to_vec()].concat()
    };
    let mut object = least(Dataset::default())?;

    // RFC 1952: the request.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&object.file())?;
    packed.write_all(&private(b"OB"))?;
    io::copy(&mut zeros(MUCH.into()), &mut packed)?;
    let packed = packed.finish()?;
    let began = Instant::now();
    let answer = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", "application/dicom")
        .header("Content-Encoding", "gzip")
        .send_bytes(&packed)?;
    ensure!(answer.status == 413, "{}: {}", answer.status, answer.text());

    // PS3.5 §A.5: the data set. A long value is no part of what is kept in memory.
    let plain = object.dataset.clone();
    object.transfer_syntax = "1.2.840.10008.1.2.1.99".into();
    for vr in [b"UT", b"OB"] {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&plain)?;
        packed.write_all(&private(vr))?;
        io::copy(&mut zeros(MUCH.into()), &mut packed)?;
        object.dataset = packed.finish()?;
        let status = stow_file(&server, &object.file())?;
        ensure!(status == 200, "{vr:?}: {status}");
    }
    let metadata = soon(&server, &object, "metadata", "application/dicom+json")?;
    let uri = metadata.expect(200)?.json()?[0]["7FE11010"]["BulkDataURI"].clone();
    ensure!(uri.is_string(), "{uri}");
    let uri = uri.as_str().context("no address")?;
    let value = testkit::http::get(uri)
        .header("Accept", "application/octet-stream")
        .send_into(&mut io::sink())?;
    ensure!(value.status == 200, "{}", value.status);
    ensure!(began.elapsed() < LONGEST, "took {:?}", began.elapsed());
    peaks_below(&mut server, LITTLE_MEMORY)
}
