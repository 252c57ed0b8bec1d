//! The system calls of the server: file, directories and database are synced before the
//! acknowledgement leaves. Killing a process does not show that; the page cache survives it.

use std::{collections::HashMap, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::{Ct, slices},
    process::tool,
    scratch::Scratch,
    server::{Server, Setup},
};

use crate::support::{associate_for, store};

/// A system call that ended well: what it did and to what, in the order of their ends.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    /// A sync of a file or folder.
    Synced(String),
    /// Bytes that left by the DICOM port.
    Sent,
    /// Bytes that came by the DICOM port.
    Received,
}

#[test]
fn file_directories_and_database_are_synced_before_each_acknowledgement() -> Result<()> {
    let scratch = Scratch::new("strace")?;
    let log = scratch.path().join("trace");
    let calls = "trace=fsync,fdatasync,sync_file_range,msync,syncfs,\
                 write,writev,sendto,sendmsg,read,recvfrom,recvmsg,pwrite64";
    let under = ["-f", "-D", "-yy", "-s", "0", "-e", calls, "-o"];
    let mut server = Setup {
        under: [tool("strace")?.into()]
            .into_iter()
            .chain(under.iter().map(Into::into))
            .chain([log.clone().into(), "--".into()])
            .collect(),
        ..Setup::default()
    }
    .start()?;
    let port = server.dicom().port();

    let objects = slices(
        Ct {
            size: 256,
            ..Ct::new("ORDER")?
        },
        6,
    )?;
    let mut association = associate_for(&server, &objects[0])?;
    for object in &objects {
        // A pause between them sets the objects apart in the trace.
        std::thread::sleep(Duration::from_millis(300));
        let outcome = store(&mut association, object)?;
        ensure!(outcome.status == 0, "{outcome:?}");
    }
    association.release()?;
    server.stop()?;
    std::thread::sleep(Duration::from_millis(300));

    let events = events(&fs::read_to_string(&log)?, port)?;
    for (number, object) in objects.iter().enumerate() {
        check(&server, object, number == 0, &events)
            .with_context(|| format!("object {number}; events:\n{}", shown(&events)))?;
    }
    Ok(())
}

fn check(
    server: &Server,
    object: &testkit::fixture::Object,
    first: bool,
    events: &[Event],
) -> Result<()> {
    let below = server
        .data_dir()
        .join("objects")
        .canonicalize()?
        .display()
        .to_string();
    let of_object = |path: &str| path.starts_with(&below) && path.contains(&object.sop);
    let is_file = |path: &str| of_object(path) && !path.ends_with(&object.sop);
    let file = events
        .iter()
        .position(|e| matches!(e, Event::Synced(path) if is_file(path)))
        .context("the object's file is never synced")?;
    let acknowledged = events[file..]
        .iter()
        .position(|e| *e == Event::Sent)
        .map(|at| file + at)
        .context("no acknowledgement after the sync of the file")?;
    let begun = events[..file]
        .iter()
        .rposition(|e| *e == Event::Sent)
        .unwrap_or(0);
    let window = &events[begun..acknowledged];
    let synced = |what: &str, test: &dyn Fn(&str) -> bool| -> Result<()> {
        let found = window
            .iter()
            .any(|e| matches!(e, Event::Synced(path) if test(path)));
        ensure!(found, "{what} is not synced before the acknowledgement");
        Ok(())
    };
    synced("the folder that holds the file", &|path| {
        path.ends_with(&object.sop)
    })?;
    synced("the folder of the series", &|path| {
        path.ends_with(&object.series)
    })?;
    if first {
        synced("the folder of the study", &|path| {
            path.ends_with(&object.study)
        })?;
        synced("the folder of the institution", &|path| {
            path.starts_with(&below) && path.ends_with("/local")
        })?;
    }
    synced("the database", &|path| path.contains("index.sqlite"))
}

fn shown(events: &[Event]) -> String {
    events.iter().map(|e| format!("{e:?}\n")).collect()
}

/// Reads the trace: a call counts when it has ended, be it in one line or resumed in another.
fn events(trace: &str, port: u16) -> Result<Vec<Event>> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut events = Vec::new();
    let own = format!("TCP:[127.0.0.1:{port}->");
    for line in trace.lines() {
        let Some((pid, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            // What is being sent may have left: it counts from its beginning.
            if is_send(start) {
                events.extend(event(start, &own));
            }
            begun.insert(pid, start);
            continue;
        }
        let (text, resumed) = if call.starts_with("<...") {
            let Some(start) = begun.remove(pid) else {
                continue;
            };
            (start, true)
        } else {
            (call, false)
        };
        let failed = line
            .rsplit(" = ")
            .next()
            .is_some_and(|result| result.starts_with('-'));
        let counted = resumed && is_send(text);
        if !failed && !counted {
            events.extend(event(text, &own));
        }
    }
    ensure!(!events.is_empty(), "the trace shows nothing");
    Ok(events)
}

fn is_send(call: &str) -> bool {
    ["write(", "writev(", "sendto(", "sendmsg("]
        .iter()
        .any(|name| call.starts_with(name))
}

fn event(call: &str, own: &str) -> Option<Event> {
    let (name, arguments) = call.split_once('(')?;
    let path = arguments.split_once('<').map(|(_, rest)| rest)?;
    match name {
        "fsync" | "fdatasync" => Some(Event::Synced(
            path.split('>').next().unwrap_or_default().to_owned(),
        )),
        _ if !path.starts_with(own) => None,
        _ if is_send(call) => Some(Event::Sent),
        "read" | "recvfrom" | "recvmsg" => Some(Event::Received),
        _ => None,
    }
}
