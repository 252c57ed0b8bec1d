//! Who sends: DCMTK's `dcmsend`, and a lean load generator that costs the server's machine little.

use std::{
    net::SocketAddr,
    process::Command,
    sync::{Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use testkit::{
    peer::{Association, Proposal},
    process::{run_command, tool},
};

use crate::series::{Files, Template};

/// Sends files with one `dcmsend` a folder, all at once; how long it took.
pub(crate) fn dcmsend(
    files: &Files,
    (address, title): (SocketAddr, &str),
    tuned: bool,
) -> Result<Duration> {
    let program = tool("dcmsend")?;
    let failures = Mutex::new(Vec::new());
    let began = Instant::now();
    thread::scope(|scope| {
        for client in 0..files.clients() {
            let mut command = Command::new(&program);
            command.args([
                "-q",
                "-aec",
                title,
                "127.0.0.1",
                &address.port().to_string(),
            ]);
            command.arg("+sd").arg(files.folder(client));
            command.env_remove("TCP_NODELAY");
            if tuned {
                command.env("TCP_NODELAY", "1");
            }
            let failures = &failures;
            scope.spawn(move || {
                let run = run_command(command, Duration::from_secs(600));
                if let Err(error) = run.and_then(|finished| finished.successful())
                    && let Ok(mut failures) = failures.lock()
                {
                    failures.push(error);
                }
            });
        }
    });
    let took = began.elapsed();
    let failures = failures
        .into_inner()
        .map_err(|_| anyhow!("a client panicked"))?;
    match failures.into_iter().next() {
        Some(error) => Err(error.context(format!("dcmsend to {title}"))),
        None => Ok(took),
    }
}

/// Sends `objects` new slices of one new study on `associations` at once, a series each; how long
/// it took from the first C-STORE to the last acknowledgement.
pub(crate) fn lean(
    template: &Template,
    objects: usize,
    associations: usize,
    (address, title): (SocketAddr, &str),
) -> Result<Duration> {
    let barrier = Barrier::new(associations + 1);
    let study = template.new_series()?;
    thread::scope(|scope| {
        let clients: Vec<_> = (0..associations)
            .map(|client| {
                let (barrier, study) = (&barrier, &study);
                scope.spawn(move || {
                    let made = connect(study, address, title);
                    barrier.wait();
                    let (mut association, mut slice) = made?;
                    for _ in (client..objects).step_by(associations) {
                        slice.next()?;
                        send(&mut association, &slice)?;
                    }
                    association.release()
                })
            })
            .collect();
        barrier.wait();
        let began = Instant::now();
        for client in clients {
            client
                .join()
                .map_err(|_| anyhow!("a client panicked"))?
                .context(title.to_owned())?;
        }
        Ok(began.elapsed())
    })
}

fn connect(study: &Template, address: SocketAddr, title: &str) -> Result<(Association, Template)> {
    let slice = study.new_series()?;
    let proposal = Proposal::new(&slice.object.sop_class, &[&slice.object.transfer_syntax]);
    Ok((
        Association::request(address, "BENCH", title, &[proposal])?,
        slice,
    ))
}

fn send(association: &mut Association, slice: &Template) -> Result<()> {
    let object = &slice.object;
    let (class, syntax) = (&object.sop_class, &object.transfer_syntax);
    let outcome = association.store(class, &object.sop, syntax, &object.dataset)?;
    ensure!(outcome.status == 0, "{outcome:?}");
    Ok(())
}
