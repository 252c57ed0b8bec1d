//! UPS-RS event reports over real WebSockets: one server on SQLite, two nodes on PostgreSQL.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{
    python,
    scratch::Scratch,
    server::{Server, Setup},
    services::postgres,
};

const LIMIT: Duration = Duration::from_secs(240);

fn listen(servers: &[&Server]) -> Result<()> {
    let addresses = servers
        .iter()
        .map(|server| format!("{}/dicom-web", server.url()));
    let finished = python::run("ups_peer.py", addresses, LIMIT)?;
    let logs: Vec<String> = servers.iter().map(|server| server.log()).collect();
    ensure!(
        finished.status.success(),
        "{}\nservers:\n{}",
        finished.text,
        logs.join("\n")
    );
    Ok(())
}

#[test]
fn a_subscriber_hears_what_becomes_of_workitems() -> Result<()> {
    let mut server = Server::dev()?;
    listen(&[&server])?;
    // What ends is ended in time, listeners or not.
    ensure!(server.stop()?.success(), "{}", server.log());
    Ok(())
}

#[test]
fn what_one_node_writes_is_heard_at_another() -> Result<()> {
    let postgres = postgres::shared()?;
    let database = postgres.database()?;
    let objects = Scratch::new("nodes")?;
    let node = || {
        Setup {
            database: Some(database.clone()),
            data_dir: Some(objects.path().to_path_buf()),
            ..Setup::default()
        }
        .start()
    };
    let (one, two) = (node()?, node()?);
    listen(&[&one, &two])
}
