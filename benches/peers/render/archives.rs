//! Two archives with the same CT instances, started anew for each measurement.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use testkit::{
    http,
    multipart::{STOW_TYPE, stow_body},
    process::processor_time,
    scratch::Scratch,
    server::{Server, Setup},
    services::orthanc::Orthanc,
};

use crate::{case::Target, scene::Scene};

/// Asked of everybody, so that the same picture is made by all.
const WINDOW: (i32, i32) = (40, 400);
const QUALITY: u32 = 90;
/// Instances that are asked for before a measurement and never in one.
const WARM_UP: usize = 8;

/// Where one instance is.
#[derive(Debug)]
struct Instance {
    study: String,
    series: String,
    sop: String,
    orthanc: String,
}

/// Both archives, filled.
#[derive(Debug)]
pub(crate) struct Archives {
    binary: PathBuf,
    data: Scratch,
    orthanc: Orthanc,
    warm_up: Vec<Instance>,
    measured: Vec<Instance>,
}

/// A server just started.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) url: String,
    pid: u32,
    own: Option<Server>,
}

impl Archives {
    pub(crate) fn fill(binary: PathBuf, objects: usize) -> Result<Self> {
        // Nothing that it keeps of files is lost for want of room.
        let settings = json!({ "MaximumStorageCacheSize": 1024 });
        let mut archives = Self {
            binary,
            data: Scratch::new("archive")?,
            orthanc: Orthanc::with_dicom_web(Scratch::new("orthanc")?, &settings)?,
            warm_up: Vec::new(),
            measured: Vec::new(),
        };
        let mut own = archives.own(&[])?;
        let series = Scene::new().series(objects + WARM_UP)?;
        for (number, object) in series.into_iter().enumerate() {
            let file = object.file();
            let request = own.dicom_web("POST", "/studies");
            request
                .header("Content-Type", STOW_TYPE)
                .send_bytes(&stow_body(&[&file]))?
                .expect(200)?;
            let answer = archives.orthanc.post("/instances", &file)?;
            let list = match number < WARM_UP {
                true => &mut archives.warm_up,
                false => &mut archives.measured,
            };
            list.push(Instance {
                study: object.study,
                series: object.series,
                sop: object.sop,
                orthanc: answer["ID"].as_str().context("no ID")?.into(),
            });
        }
        ensure!(own.stop()?.success(), "the server did not end well");
        Ok(archives)
    }

    fn own(&self, settings: &[(&str, &str)]) -> Result<Server> {
        let environment = settings
            .iter()
            .map(|(name, value)| (format!("YINGYUN_{name}"), (*value).to_owned()));
        Setup {
            binary: Some(self.binary.clone()),
            data_dir: Some(self.data.path().join("data")),
            environment: environment.collect(),
            quiet: true,
            ..Setup::default()
        }
        .start()
    }

    /// Starts a target with nothing in its memory.
    pub(crate) fn start(&mut self, target: Target) -> Result<Running> {
        if matches!(target, Target::OrthancRest | Target::OrthancDicomWeb) {
            self.orthanc.restart()?;
            return Ok(Running {
                url: self.orthanc.url(),
                pid: self.orthanc.pid(),
                own: None,
            });
        }
        let mut own = match target {
            Target::Renders(count) => self.own(&[
                ("LIMITS__RENDERS", &count.to_string()),
                ("PICTURES__MEMORY_BYTES", "0"),
            ])?,
            _ => self.own(&[])?,
        };
        Ok(Running {
            url: own.url(),
            pid: own.pid()?,
            own: Some(own),
        })
    }

    /// Paths of the pictures to measure.
    pub(crate) fn pictures(&self, target: Target) -> Vec<String> {
        paths(&self.measured, target)
    }

    /// Paths of the pictures to ask for before.
    pub(crate) fn warm_up(&self, target: Target) -> Vec<String> {
        paths(&self.warm_up, target)
    }
}

fn paths(instances: &[Instance], target: Target) -> Vec<String> {
    let (center, width) = WINDOW;
    let path = |instance: &Instance| {
        let Instance {
            study,
            series,
            sop,
            orthanc,
        } = instance;
        let web = format!("/dicom-web/studies/{study}/series/{series}/instances/{sop}");
        let query = format!("window={center},{width},linear&quality={QUALITY}");
        match target {
            Target::OrthancRest => format!(
                "/instances/{orthanc}/frames/0/rendered?window-center={center}&window-width={width}\
                 &quality={QUALITY}"
            ),
            Target::Frame => format!("{web}/frames/1/rendered?{query}"),
            _ => format!("{web}/rendered?{query}"),
        }
    };
    instances.iter().map(path).collect()
}

impl Running {
    /// Processor time it took so far.
    pub(crate) fn processor(&self) -> Result<Duration> {
        processor_time(self.pid)
    }

    /// Pictures that ours says it took from its cache, and made from pixels.
    pub(crate) fn counted(&self) -> Result<Option<[u64; 2]>> {
        if self.own.is_none() {
            return Ok(None);
        }
        let metrics = http::get(&format!("{}/metrics", self.url)).send()?;
        let text = metrics.expect(200)?.text();
        let count = |from: &str| {
            let name = format!("yingyun_pictures_total{{from=\"{from}\"}} ");
            let value = text.lines().find_map(|line| line.strip_prefix(&name));
            value.map_or(Ok(0), str::parse)
        };
        Ok(Some([count("memory")?, count("pixels")?]))
    }

    /// Ends ours; Orthanc stays until it is started again.
    pub(crate) fn end(self) -> Result<()> {
        if let Some(mut own) = self.own {
            ensure!(own.stop()?.success(), "the server did not end well");
        }
        Ok(())
    }
}
