//! Who asks for pictures: threads with a connection each, kept open, the same for every server.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use testkit::http::Connection;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answers {
    /// From the first question to the last answer.
    pub(crate) took: Duration,
    /// Lengths of the pictures in bytes, in no order.
    pub(crate) lengths: Vec<usize>,
}

/// Asks for each path in turn on `connections` at once, from the first again until `at_least` is
/// over; every path is asked at least once, and just once where that is nothing.
pub(crate) fn ask(
    url: &str,
    paths: &[String],
    connections: usize,
    at_least: Duration,
) -> Result<Answers> {
    let (barrier, next) = (Barrier::new(connections + 1), AtomicUsize::new(0));
    thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                let (barrier, next) = (&barrier, &next);
                scope.spawn(move || {
                    let opened = Connection::open(url);
                    barrier.wait();
                    client(&mut opened?, paths, next, at_least)
                })
            })
            .collect();
        barrier.wait();
        let began = Instant::now();
        let mut lengths = Vec::new();
        for client in clients {
            lengths.extend(client.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        Ok(Answers {
            took: began.elapsed(),
            lengths,
        })
    })
}

fn client(
    connection: &mut Connection,
    paths: &[String],
    next: &AtomicUsize,
    at_least: Duration,
) -> Result<Vec<usize>> {
    let (began, mut body, mut lengths) = (Instant::now(), Vec::new(), Vec::new());
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= paths.len() && began.elapsed() >= at_least {
            return Ok(lengths);
        }
        let path = &paths[number % paths.len()];
        picture(connection, path, &mut body).with_context(|| path.clone())?;
        lengths.push(body.len());
    }
}

fn picture(connection: &mut Connection, path: &str, body: &mut Vec<u8>) -> Result<()> {
    let answer = connection.get(path, "image/jpeg", body)?;
    ensure!(
        answer.status == 200,
        "status {}: {}",
        answer.status,
        String::from_utf8_lossy(body)
    );
    let media = answer.header("content-type");
    ensure!(media == Some("image/jpeg"), "{media:?} is no JPEG");
    let whole = body.starts_with(&[0xFF, 0xD8]) && body.ends_with(&[0xFF, 0xD9]);
    ensure!(whole, "a picture that does not begin or end as JPEG does");
    Ok(())
}
