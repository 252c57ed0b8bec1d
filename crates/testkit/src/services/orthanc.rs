//! Orthanc with Debian's defaults: SQLite, synced storage.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    http::{self, Request},
    ports,
    process::{Daemon, Launch, tool, write_file},
    scratch::Scratch,
};

/// A running Orthanc, AE title `ORTHANC`.
#[derive(Debug)]
pub struct Orthanc {
    daemon: Daemon,
    dicom: SocketAddr,
    url: String,
    _folder: Scratch,
}

impl Orthanc {
    /// Starts one in `folder`, with `environment` added.
    pub fn start(folder: Scratch, environment: &[(&str, &str)]) -> Result<Self> {
        let (dicom, web) = (ports::free()?, ports::free()?);
        let configuration = json!({
            "Name": "ORTHANC",
            "StorageDirectory": folder.path().join("db"),
            "IndexDirectory": folder.path().join("db"),
            "HttpPort": web.port(),
            "DicomPort": dicom.port(),
            "DicomAet": "ORTHANC",
            "RemoteAccessAllowed": false,
            "AuthenticationEnabled": false,
            "DicomAlwaysAllowStore": true,
            "UnknownSopClassAccepted": true,
        });
        let file = folder.path().join("orthanc.json");
        write_file(&file, configuration.to_string().as_bytes())?;
        let daemon = Daemon::start(Launch {
            program: tool("Orthanc")?,
            arguments: vec![file.into()],
            environment: environment
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            log: folder.path().join("log"),
            ..Launch::default()
        })?;
        for address in [web, dicom] {
            ports::wait_for(address, Duration::from_secs(30)).with_context(|| daemon.log())?;
        }
        Ok(Self {
            daemon,
            dicom,
            url: format!("http://{web}"),
            _folder: folder,
        })
    }

    /// Where it takes associations.
    pub fn dicom(&self) -> SocketAddr {
        self.dicom
    }

    /// Tells it of another DICOM application.
    pub fn know(&self, name: &str, ae_title: &str, address: SocketAddr) -> Result<()> {
        let row = json!({
            "AET": ae_title,
            "Host": address.ip().to_string(),
            "Port": address.port(),
        });
        Request::new("PUT", &format!("{}/modalities/{name}", self.url))
            .send_bytes(row.to_string().as_bytes())?
            .expect(200)
            .map(drop)
    }

    /// GET of its REST interface.
    pub fn get(&self, path: &str) -> Result<Value> {
        http::get(&format!("{}{path}", self.url))
            .send()?
            .expect(200)?
            .json()
    }

    /// The bytes of a GET of its REST interface.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        Ok(http::get(&format!("{}{path}", self.url))
            .send()?
            .expect(200)?
            .body)
    }

    /// POST to its REST interface.
    pub fn post(&self, path: &str, body: &[u8]) -> Result<Value> {
        http::post(&format!("{}{path}", self.url))
            .send_bytes(body)?
            .expect(200)?
            .json()
    }

    /// How many instances it holds.
    pub fn instances(&self) -> Result<u64> {
        self.get("/statistics")?["CountInstances"]
            .as_u64()
            .context("no CountInstances")
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}
