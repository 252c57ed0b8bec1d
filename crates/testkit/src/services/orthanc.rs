//! Orthanc with Debian's defaults: SQLite, synced storage.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
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
    web: SocketAddr,
    environment: Vec<(String, String)>,
    folder: Scratch,
}

/// Where Debian puts the plugin of orthanc-dicomweb.
const DICOM_WEB: &str = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

impl Orthanc {
    /// Starts one in `folder`, with `environment` added.
    pub fn start(folder: Scratch, environment: &[(&str, &str)]) -> Result<Self> {
        Self::start_with(folder, environment, &json!({}))
    }

    /// Starts one with the DICOMweb plugin, `settings` added to its configuration.
    pub fn with_dicom_web(folder: Scratch, settings: &Value) -> Result<Self> {
        ensure!(
            Path::new(DICOM_WEB).is_file(),
            "{DICOM_WEB} is missing; it is in the Debian package orthanc-dicomweb"
        );
        let mut settings = settings.clone();
        settings["Plugins"] = json!([DICOM_WEB]);
        Self::start_with(folder, &[], &settings)
    }

    fn start_with(folder: Scratch, environment: &[(&str, &str)], settings: &Value) -> Result<Self> {
        let (dicom, web) = (ports::free()?, ports::free()?);
        let mut configuration = json!({
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
        for (name, value) in settings.as_object().into_iter().flatten() {
            configuration[name] = value.clone();
        }
        write_file(
            &folder.path().join("orthanc.json"),
            configuration.to_string().as_bytes(),
        )?;
        let environment: Vec<(String, String)> = environment
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect();
        Ok(Self {
            daemon: launch(&folder, &environment, [web, dicom])?,
            dicom,
            web,
            environment,
            folder,
        })
    }

    /// Ends it by SIGTERM and starts it again, on the same addresses and data.
    pub fn restart(&mut self) -> Result<()> {
        self.daemon
            .signal_and_wait("TERM", Duration::from_secs(60))?;
        self.daemon = launch(&self.folder, &self.environment, [self.web, self.dicom])?;
        Ok(())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.daemon.pid()
    }

    /// `http://address:port` of its REST interface.
    pub fn url(&self) -> String {
        format!("http://{}", self.web)
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
        Request::new("PUT", &format!("{}/modalities/{name}", self.url()))
            .send_bytes(row.to_string().as_bytes())?
            .expect(200)
            .map(drop)
    }

    /// GET of its REST interface.
    pub fn get(&self, path: &str) -> Result<Value> {
        http::get(&format!("{}{path}", self.url()))
            .send()?
            .expect(200)?
            .json()
    }

    /// The bytes of a GET of its REST interface.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        Ok(http::get(&format!("{}{path}", self.url()))
            .send()?
            .expect(200)?
            .body)
    }

    /// POST to its REST interface.
    pub fn post(&self, path: &str, body: &[u8]) -> Result<Value> {
        http::post(&format!("{}{path}", self.url()))
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

fn launch(
    folder: &Scratch,
    environment: &[(String, String)],
    listening: [SocketAddr; 2],
) -> Result<Daemon> {
    let daemon = Daemon::start(Launch {
        program: tool("Orthanc")?,
        arguments: vec![folder.path().join("orthanc.json").into()],
        environment: environment.to_vec(),
        log: folder.path().join("log"),
        ..Launch::default()
    })?;
    for address in listening {
        ports::wait_for(address, Duration::from_secs(30)).with_context(|| daemon.log())?;
    }
    Ok(daemon)
}
