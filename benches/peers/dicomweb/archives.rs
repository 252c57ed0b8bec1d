//! Both archives with the same objects, and nginx with our answers.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use peers::nginx::Nginx;
use serde_json::{Value, json};
use testkit::{
    fixture::Object,
    http,
    multipart::{STOW_TYPE, stow_body},
    process::processor_time,
    scratch::Scratch,
    server::{Server, Setup},
    services::orthanc::Orthanc,
};

use crate::{
    case::{SERIES, Target, Work},
    load::Requests,
    searches::queries,
    studies::{series, small},
};

/// Objects of one STOW-RS request.
const BATCH: usize = 50;
const FRAMES: &str = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
const OBJECTS: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
const JSON: &str = "application/dicom+json";

/// The three servers, filled.
#[derive(Debug)]
pub(crate) struct Archives {
    own: Server,
    orthanc: Orthanc,
    nginx: Nginx,
    studies: usize,
    /// `/studies/…/series/…` of each length of `SERIES`.
    series: Vec<String>,
    /// `/studies/…/series/…/instances/…` of the first.
    instances: Vec<String>,
    pub(crate) scratch: Scratch,
}

impl Archives {
    pub(crate) fn fill(binary: PathBuf, studies: usize) -> Result<Self> {
        // Nothing that Orthanc keeps of files is lost for want of room.
        let settings = json!({ "MaximumStorageCacheSize": 1024 });
        let own = Setup {
            binary: Some(binary),
            quiet: true,
            ..Setup::default()
        };
        let mut archives = Self {
            own: own.start()?,
            orthanc: Orthanc::with_dicom_web(Scratch::new("orthanc")?, &settings)?,
            nginx: Nginx::start("")?,
            studies,
            series: Vec::new(),
            instances: Vec::new(),
            scratch: Scratch::new("dicomweb")?,
        };
        for batch in (0..studies).collect::<Vec<_>>().chunks(BATCH) {
            let files = batch.iter().map(|number| small(*number));
            archives.store(&files.collect::<Result<Vec<_>>>()?)?;
        }
        for (count, size) in SERIES.into_iter().zip([512, 64]) {
            archives.store_series(&series(&format!("BENCH-{count}"), size, count)?)?;
        }
        archives.fill_nginx()?;
        Ok(archives)
    }

    fn store(&self, files: &[Vec<u8>]) -> Result<()> {
        let parts: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
        let request = self.own.dicom_web("POST", "/studies");
        request
            .header("Content-Type", STOW_TYPE)
            .send_bytes(&stow_body(&parts))?
            .expect(200)?;
        for file in files {
            self.orthanc.post("/instances", file)?;
        }
        Ok(())
    }

    fn store_series(&mut self, objects: &[Object]) -> Result<()> {
        for batch in objects.chunks(BATCH) {
            self.store(&batch.iter().map(Object::file).collect::<Vec<_>>())?;
        }
        let of = objects.first().context("a series of nothing")?;
        let path = format!("/studies/{}/series/{}", of.study, of.series);
        if self.series.is_empty() {
            let instance = |object: &Object| format!("{path}/instances/{}", object.sop);
            self.instances = objects.iter().map(instance).collect();
        }
        self.series.push(path);
        Ok(())
    }

    /// nginx serves what we answer, byte by byte.
    fn fill_nginx(&self) -> Result<()> {
        for work in [Work::Frame, Work::Study] {
            let requests = self.requests(work, Target::Yingyun);
            for (number, path) in requests.paths.iter().enumerate() {
                let answer = fetch(&requests, path)?;
                self.nginx.put(&file(work, number), &answer)?;
            }
        }
        Ok(())
    }

    pub(crate) fn requests(&self, work: Work, target: Target) -> Requests {
        let mut headers = Vec::new();
        let paths = match work {
            Work::Search => queries(self.studies),
            Work::Metadata(count) | Work::Compressed(count) => self.metadata(count),
            Work::Frame => (self.instances.iter())
                .map(|path| format!("{path}/frames/1"))
                .collect(),
            Work::Study => (self.series.iter().take(1))
                .filter_map(|path| Some(path.split_once("/series/")?.0.to_owned()))
                .collect(),
        };
        let accept = match work {
            Work::Frame => FRAMES,
            Work::Study => OBJECTS,
            _ => JSON,
        };
        headers.push(("Accept", accept.to_owned()));
        if matches!(work, Work::Compressed(_)) {
            headers.push(("Accept-Encoding", "gzip".to_owned()));
        }
        let (url, paths) = match target {
            Target::Yingyun => (self.own.url(), below("/dicom-web", &paths)),
            Target::Orthanc => (self.orthanc.url(), below("/dicom-web", &paths)),
            Target::Nginx => {
                let files = (0..paths.len()).map(|number| format!("/{}", file(work, number)));
                (self.nginx.url(), files.collect())
            }
        };
        Requests {
            url,
            paths,
            headers,
        }
    }

    fn metadata(&self, count: usize) -> Vec<String> {
        let place = SERIES.iter().position(|length| *length == count);
        let path = place.and_then(|place| self.series.get(place));
        path.map(|path| format!("{path}/metadata"))
            .into_iter()
            .collect()
    }

    /// The same question has the same answer, or the work is not the same: as many matches, headers of
    /// as many instances, frames of the same bytes.
    pub(crate) fn alike(&self, work: Work) -> Result<()> {
        let (own, theirs) = (
            self.requests(work, Target::Yingyun),
            self.requests(work, Target::Orthanc),
        );
        let mut matches = 0;
        for (path, other) in own.paths.iter().zip(&theirs.paths) {
            if matches!(work, Work::Study | Work::Frame | Work::Compressed(_)) {
                let (own, other) = (fetch(&own, path)?.len(), fetch(&theirs, other)?.len());
                ensure!(
                    matches!(work, Work::Compressed(_)) || own.abs_diff(other) * 50 < own,
                    "{path}: {own} and {other} bytes"
                );
                continue;
            }
            let (own, other) = (rows(&own, path)?, rows(&theirs, other)?);
            ensure!(own == other, "{path}: {own} and {other} rows");
            matches += own;
        }
        ensure!(
            work != Work::Search || matches >= own.paths.len(),
            "searches that find nothing"
        );
        Ok(())
    }

    /// Processor time a target took so far.
    pub(crate) fn processor(&mut self, target: Target) -> Result<std::time::Duration> {
        processor_time(match target {
            Target::Yingyun => self.own.pid()?,
            Target::Orthanc => self.orthanc.pid(),
            Target::Nginx => self.nginx.pid(),
        })
    }
}

fn below(root: &str, paths: &[String]) -> Vec<String> {
    paths.iter().map(|path| format!("{root}{path}")).collect()
}

fn file(work: Work, number: usize) -> String {
    format!("{}-{number}", work.name())
}

fn fetch(requests: &Requests, path: &str) -> Result<Vec<u8>> {
    let mut request = http::get(&format!("{}{path}", requests.url));
    for (name, value) in &requests.headers {
        request = request.header(name, value);
    }
    let answer = request.send()?;
    ensure!(
        matches!(answer.status, 200 | 204),
        "{path}: {}",
        answer.status
    );
    Ok(answer.body)
}

fn rows(requests: &Requests, path: &str) -> Result<usize> {
    let body = fetch(requests, path)?;
    if body.is_empty() {
        return Ok(0);
    }
    let rows: Value = serde_json::from_slice(&body)?;
    Ok(rows.as_array().context("no array")?.len())
}
