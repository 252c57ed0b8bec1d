//! DCMTK's `storescp`: neither an index nor a sync.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result};

use crate::{
    ports,
    process::{Daemon, Launch, tool},
    scratch::Scratch,
};

/// A running `storescp`, AE title `STORESCP`, one process an association.
#[derive(Debug)]
pub struct Storescp {
    daemon: Daemon,
    address: SocketAddr,
    folder: Scratch,
}

impl Storescp {
    /// Starts one that writes into `folder`.
    pub fn start(folder: Scratch, environment: &[(&str, &str)]) -> Result<Self> {
        let address = ports::free()?;
        let daemon = Daemon::start(Launch {
            program: tool("storescp")?,
            arguments: vec![
                "--fork".into(),
                "-aet".into(),
                "STORESCP".into(),
                "+xa".into(),
                "+B".into(),
                "-od".into(),
                folder.path().into(),
                address.port().to_string().into(),
            ],
            environment: environment
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            log: folder.path().join("log"),
            ..Launch::default()
        })?;
        ports::wait_for(address, Duration::from_secs(10)).with_context(|| daemon.log())?;
        Ok(Self {
            daemon,
            address,
            folder,
        })
    }

    /// Where it takes associations.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it wrote to its output.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}
