//! Our server, and Orthanc with OHIF before it, both with the same study; phantoms in ours alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use peers::nginx::Nginx;
use serde_json::json;
use testkit::{
    fixture::{Ct, Object, slices},
    multipart::{STOW_TYPE, stow_body},
    process::tool,
    python::project,
    scratch::Scratch,
    server::{Server, Setup, walk},
    services::orthanc::Orthanc,
};

use crate::Options;

/// Objects of one STOW-RS request.
const BATCH: usize = 50;
/// Slices of the two studies that are opened one against the other.
const LENGTHS: [u32; 2] = [50, 500];
/// Studies that are opened and left one after another, and the slices of each.
const VISITED: (usize, u32) = (10, 40);

/// Everything that the browser asks.
#[derive(Debug)]
pub(crate) struct Scene {
    own: Server,
    ohif: Nginx,
    // Behind `ohif`.
    _orthanc: Orthanc,
    /// Study Instance UIDs: of the study in both, of `LENGTHS`, of `VISITED`.
    compared: String,
    lengths: Vec<String>,
    visited: Vec<String>,
}

impl Scene {
    pub(crate) fn set(options: &Options) -> Result<Self> {
        let own = Setup {
            binary: Some(options.yingyun.clone()),
            quiet: true,
            ..Setup::default()
        }
        .start()?;
        // Nothing that Orthanc keeps of files is lost for want of room.
        let settings = json!({ "MaximumStorageCacheSize": 1024 });
        let orthanc = Orthanc::with_dicom_web(Scratch::new("orthanc")?, &settings)?;
        let files = match &options.study {
            Some(folder) => read(folder)?,
            None => phantom("BENCH-CT", 140)?.iter().map(Object::file).collect(),
        };
        store(&own, &files)?;
        for file in &files {
            orthanc.post("/instances", file)?;
        }
        let compared = only_study(&own)?;
        let mut scene = Self {
            ohif: ohif(&orthanc.url())?,
            own,
            _orthanc: orthanc,
            compared,
            lengths: Vec::new(),
            visited: Vec::new(),
        };
        for length in LENGTHS {
            let study = scene.fill(&format!("BENCH-{length}"), length)?;
            scene.lengths.push(study);
        }
        for number in 0..VISITED.0 {
            let study = scene.fill(&format!("BENCH-VISIT-{number}"), VISITED.1)?;
            scene.visited.push(study);
        }
        Ok(scene)
    }

    /// Puts a phantom into our server.
    fn fill(&self, patient_id: &str, count: u32) -> Result<String> {
        let objects = phantom(patient_id, count)?;
        let files: Vec<_> = objects.iter().map(Object::file).collect();
        store(&self.own, &files)?;
        Ok(objects.first().context("no slice")?.study.clone())
    }

    /// What `web-viewer/test/perf` is told of it, as environment.
    pub(crate) fn told(&self) -> Vec<(&'static str, String)> {
        vec![
            ("YINGYUN_URL", self.own.url()),
            ("YINGYUN_PERF_OHIF", self.ohif.url()),
            ("YINGYUN_PERF_STUDY", self.compared.clone()),
            ("YINGYUN_PERF_LENGTHS", self.lengths.join(",")),
            ("YINGYUN_PERF_VISITED", self.visited.join(",")),
        ]
    }
}

fn phantom(patient_id: &str, count: u32) -> Result<Vec<Object>> {
    slices(Ct::new(patient_id)?, count)
}

/// All Part 10 files below a folder.
fn read(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut paths = below(folder)?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "dcm"));
    paths.sort();
    ensure!(!paths.is_empty(), "no .dcm below {}", folder.display());
    let files = paths.iter().map(|path| Ok(fs::read(path)?));
    files.collect()
}

fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, &mut found)?;
    Ok(found.into_iter().map(|(path, _)| path).collect())
}

fn store(own: &Server, files: &[Vec<u8>]) -> Result<()> {
    for batch in files.chunks(BATCH) {
        let parts: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        let request = own.dicom_web("POST", "/studies");
        request
            .header("Content-Type", STOW_TYPE)
            .send_bytes(&stow_body(&parts))?
            .expect(200)?;
    }
    Ok(())
}

fn only_study(own: &Server) -> Result<String> {
    let found = own
        .dicom_web("GET", "/studies")
        .send()?
        .expect(200)?
        .json()?;
    let uids: Vec<_> = (found.as_array().into_iter().flatten())
        .filter_map(|study| study["0020000D"]["Value"][0].as_str())
        .collect();
    ensure!(uids.len() == 1, "{} studies where one is meant", uids.len());
    Ok(uids.concat())
}

/// OHIF's files, compressed beforehand, and Orthanc's DICOMweb behind the same address, as a site would set them up.
fn ohif(orthanc: &str) -> Result<Nginx> {
    let dist = project().join(".ohif/dist");
    ensure!(
        dist.join("index.html").is_file(),
        "OHIF is not there: `make deps` fetches it"
    );
    let nginx = Nginx::start(&format!(
        "gzip_static on; gzip on; gzip_proxied any; gzip_types application/dicom+json application/json; \
         location / {{ try_files $uri /index.html; }} \
         location /dicom-web/ {{ proxy_pass {orthanc}; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
         proxy_set_header Host $http_host; proxy_max_temp_file_size 0; }}"
    ))?;
    let to = nginx.files();
    run(Command::new("cp").arg("-rT").arg(&dist).arg(&to))?;
    let config = fs::read_to_string(project().join("web-viewer/test/perf/ohif-config.js"))?;
    fs::write(to.join("app-config.js"), config)?;
    for path in below(&to)? {
        let kind = path
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default();
        if ["js", "css", "wasm", "svg", "html"].contains(&kind) {
            run(Command::new(tool("gzip")?).arg("-kf").arg(path))?;
        }
    }
    Ok(nginx)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
