//! A real S3: single-node Ceph (monitor, manager, one in-memory OSD, RADOS gateway).

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use crate::{
    http, ports,
    process::{Daemon, Finished, Launch, run_command, tool, write_file},
    python,
    scratch::Scratch,
};

/// Access key of the one user.
pub const ACCESS_KEY: &str = "test";
/// Secret key of the one user.
pub const SECRET_KEY: &str = "testtest";
/// Region of every bucket.
pub const REGION: &str = "us-east-1";

/// A running gateway; buckets are made in it as tests want them.
#[derive(Debug)]
pub struct Ceph {
    endpoint: String,
    // Ended in this order.
    _daemons: Vec<Daemon>,
    _folder: Scratch,
}

/// The gateway that the tests of this process share.
pub fn shared() -> Result<Arc<Ceph>> {
    static SHARED: Mutex<Option<Arc<Ceph>>> = Mutex::new(None);
    let mut shared = SHARED
        .lock()
        .map_err(|_| anyhow!("Ceph could not be started"))?;
    if let Some(running) = &*shared {
        return Ok(running.clone());
    }
    let started = Arc::new(Ceph::start()?);
    *shared = Some(started.clone());
    Ok(started)
}

struct Cluster<'a> {
    folder: &'a Path,
    conf: PathBuf,
}

impl Cluster<'_> {
    fn run<const N: usize>(&self, program: &str, arguments: [&str; N]) -> Result<Finished> {
        let mut command = Command::new(tool(program)?);
        command.env("CEPH_CONF", &self.conf).args(arguments);
        run_command(command, Duration::from_secs(90))?
            .successful()
            .with_context(|| format!("{program} {arguments:?}"))
    }

    fn daemon(&self, program: &str, arguments: &[&str]) -> Result<Daemon> {
        let mut all: Vec<OsString> = vec!["-f".into()];
        all.extend(arguments.iter().map(OsString::from));
        Daemon::start(Launch {
            program: tool(program)?,
            arguments: all,
            environment: vec![("CEPH_CONF".into(), self.conf.display().to_string())],
            log: self.folder.join("log").join(format!("{program}.out")),
            ..Launch::default()
        })
    }
}

impl Cluster<'_> {
    /// The last lines of every daemon's log.
    fn last_words(&self) -> Result<String> {
        let mut text = String::new();
        for entry in fs::read_dir(self.folder.join("log"))? {
            let path = entry?.path();
            let log = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            let lines: Vec<&str> = log.lines().rev().take(12).collect();
            text.push_str(&format!("{}:\n", path.display()));
            for line in lines.into_iter().rev() {
                text.push_str(&format!("    {line}\n"));
            }
        }
        Ok(text)
    }
}

impl Ceph {
    /// Starts one; about 15 seconds and 600 MB of memory. On a busy machine a new cluster now and
    /// then never settles: another one is made.
    pub fn start() -> Result<Self> {
        let mut outcome = Self::start_once();
        for _ in 0..2 {
            if outcome.is_ok() {
                break;
            }
            outcome = Self::start_once();
        }
        outcome
    }

    fn start_once() -> Result<Self> {
        let scratch = Scratch::new("ceph")?;
        let folder = scratch.path();
        for name in ["mon", "mgr", "osd", "log", "run"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let (monitor, gateway) = (ports::free()?, ports::free()?);
        let (fsid, osd) = (uuid()?, uuid()?);
        let conf = folder.join("ceph.conf");
        let text = configuration(folder, &fsid, monitor.port(), gateway.port());
        write_file(&conf, text.as_bytes())?;
        let cluster = Cluster { folder, conf };

        let map = folder.join("monmap").display().to_string();
        let at = format!("[v1:{monitor}]");
        cluster.run(
            "monmaptool",
            [
                "--create",
                "--clobber",
                "--addv",
                "a",
                &at,
                "--fsid",
                &fsid,
                &map,
            ],
        )?;
        cluster.run("ceph-mon", ["--mkfs", "-i", "a", "--monmap", &map])?;
        let mon = cluster.daemon("ceph-mon", &["-i", "a"])?;
        ports::wait_for(monitor, Duration::from_secs(30)).with_context(|| mon.log())?;
        let mgr = cluster.daemon("ceph-mgr", &["-i", "x"])?;
        let id = cluster.run("ceph", ["osd", "new", &osd])?.stdout;
        let id = id.trim();
        cluster.run("ceph-osd", ["-i", id, "--mkfs", "--osd-uuid", &osd])?;
        let store = cluster.daemon("ceph-osd", &["-i", id])?;
        let rgw = cluster.daemon("radosgw", &["-n", "client.rgw.a"])?;

        let endpoint = format!("http://{gateway}");
        let began = Instant::now();
        while http::get(&endpoint).send().map(|r| r.status).ok() != Some(200) {
            if began.elapsed() > Duration::from_secs(45) {
                bail!("the gateway does not answer:\n{}", cluster.last_words()?);
            }
            thread::sleep(Duration::from_millis(200));
        }
        let keys = [
            format!("--access-key={ACCESS_KEY}"),
            format!("--secret-key={SECRET_KEY}"),
        ];
        cluster.run(
            "radosgw-admin",
            [
                "user",
                "create",
                "--uid=test",
                "--display-name=test",
                &keys[0],
                &keys[1],
            ],
        )?;
        Ok(Self {
            endpoint,
            _daemons: vec![rgw, mgr, store, mon],
            _folder: scratch,
        })
    }

    /// URL of the gateway.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes a new, empty bucket and gives its name.
    pub fn bucket(&self) -> Result<String> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("bucket-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let arguments = [&self.endpoint, &name, ACCESS_KEY, SECRET_KEY, REGION];
        python::run("make_bucket.py", arguments, Duration::from_secs(60))?
            .successful()
            .context("making a bucket")?;
        Ok(name)
    }
}

fn uuid() -> Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/uuid")?
        .trim()
        .to_owned())
}

fn configuration(folder: &Path, fsid: &str, monitor: u16, gateway: u16) -> String {
    let folder = folder.display();
    format!(
        "[global]\n\
         fsid = {fsid}\n\
         mon host = v1:127.0.0.1:{monitor}\n\
         public addr = 127.0.0.1\n\
         ms bind msgr2 = false\n\
         auth cluster required = none\n\
         auth service required = none\n\
         auth client required = none\n\
         osd pool default size = 1\n\
         osd pool default min size = 1\n\
         osd pool default pg num = 8\n\
         osd pool default pg autoscale mode = off\n\
         mon allow pool size one = true\n\
         osd crush chooseleaf type = 0\n\
         mon data = {folder}/mon\n\
         mgr data = {folder}/mgr\n\
         osd data = {folder}/osd\n\
         osd objectstore = memstore\n\
         memstore device bytes = 8589934592\n\
         log file = {folder}/log/$name.log\n\
         run dir = {folder}/run\n\
         admin socket = {folder}/run/$name.asok\n\
         pid file = {folder}/run/$name.pid\n\
         [client.rgw.a]\n\
         rgw frontends = beast endpoint=127.0.0.1:{gateway}\n"
    )
}
