//! What is measured: servers with folders of their own on one disk, all alive during the run.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;
use testkit::{
    scratch::Scratch,
    server::{Server, Setup},
    services::{orthanc::Orthanc, postgres::Postgres, storescp::Storescp},
};

use crate::floor::Floor;

/// The targets by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Yingyun,
    YingyunPostgres,
    Orthanc,
    OrthancUntuned,
    Storescp,
    Floor,
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yingyun => "Yingyun (SQLite + folder)",
            Self::YingyunPostgres => "Yingyun (PostgreSQL + folder)",
            Self::Orthanc => "Orthanc (TCP_NODELAY=1)",
            Self::OrthancUntuned => "Orthanc (as installed)",
            Self::Storescp => "DCMTK storescp (no index, no sync)",
            Self::Floor => "floor (same syncs, no work)",
        }
    }
}

/// All of them, running.
#[derive(Debug)]
pub(crate) struct Targets {
    yingyun: Server,
    on_postgres: Server,
    orthanc: Orthanc,
    untuned: Orthanc,
    storescp: Storescp,
    floor: Floor,
    _postgres: Postgres,
}

const TUNED: [(&str, &str); 1] = [("TCP_NODELAY", "1")];

impl Targets {
    pub(crate) fn start(yingyun: PathBuf) -> Result<Self> {
        let postgres = Postgres::start(Scratch::new("postgres")?)?;
        let setup = Setup {
            binary: Some(yingyun),
            quiet: true,
            ..Setup::default()
        };
        let on_postgres = Setup {
            database: Some(postgres.database()?),
            ..setup.clone()
        };
        Ok(Self {
            yingyun: setup.start()?,
            on_postgres: on_postgres.start()?,
            orthanc: Orthanc::start(Scratch::new("orthanc")?, &TUNED)?,
            untuned: Orthanc::start(Scratch::new("orthanc")?, &[])?,
            storescp: Storescp::start(Scratch::new("storescp")?, &TUNED)?,
            floor: Floor::start(Scratch::new("floor")?)?,
            _postgres: postgres,
        })
    }

    /// Where a target listens and its AE title.
    pub(crate) fn address(&self, target: Target) -> (SocketAddr, &'static str) {
        match target {
            Target::Yingyun => (self.yingyun.dicom(), "YINGYUN"),
            Target::YingyunPostgres => (self.on_postgres.dicom(), "YINGYUN"),
            Target::Orthanc => (self.orthanc.dicom(), "ORTHANC"),
            Target::OrthancUntuned => (self.untuned.dicom(), "ORTHANC"),
            Target::Storescp => (self.storescp.address(), "STORESCP"),
            Target::Floor => (self.floor.address(), "FLOOR"),
        }
    }
}
