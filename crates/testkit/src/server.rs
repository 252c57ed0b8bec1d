//! The real `yingyun`, started and ended as its users do.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    http::{self, Request},
    peer::{Association, Proposal},
    ports,
    process::{Daemon, Finished, Launch, cargo, run_command, tool, write_file},
    python::project,
    scratch::Scratch,
};

/// The AE title of every server.
pub const AE_TITLE: &str = "YINGYUN";

/// A row of the peer table.
#[derive(Clone, Debug)]
pub struct Peer {
    /// AE title.
    pub ae_title: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it may do.
    pub operations: Vec<&'static str>,
}

/// A bucket to keep objects in.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// URL of the service.
    pub endpoint: String,
    /// Name of the bucket.
    pub name: String,
}

/// What a server is started with.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Without `--dev`: with accounts and a peer table.
    pub guarded: bool,
    /// The peer table.
    pub peers: Vec<Peer>,
    /// The index; none: SQLite in the data folder.
    pub database: Option<String>,
    /// Objects in S3; none: in the data folder.
    pub bucket: Option<Bucket>,
    /// The data folder; none: one of the server's own.
    pub data_dir: Option<PathBuf>,
    /// `limits.disk_watermark_bytes`.
    pub watermark: u64,
    /// A program and its arguments to run the server under.
    pub under: Vec<OsString>,
    /// Variables for the server's environment.
    pub environment: Vec<(String, String)>,
    /// Another binary than the one of this build.
    pub binary: Option<PathBuf>,
    /// Waits only until its ports are open: it speaks TLS, which this crate does not.
    pub only_bound: bool,
    /// Lets nothing be written to the log but warnings.
    pub quiet: bool,
    /// What else the configuration file says: whole tables.
    pub more: String,
}

/// A server, running or ended; its folder lives as long as this.
#[derive(Debug)]
pub struct Server {
    setup: Setup,
    daemon: Option<Daemon>,
    http: SocketAddr,
    dicom: SocketAddr,
    folder: Scratch,
}

/// The binary of this build: built once a process, or what `YINGYUN_BIN` names.
pub fn binary() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    if let Some(path) = std::env::var_os("YINGYUN_BIN") {
        return Ok(path.into());
    }
    BUILT
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(anyhow::Error::msg)
}

/// The whole workspace is named, as `make test` does: another selection has other features, and every
/// dependency would be built a second time.
fn build() -> Result<PathBuf> {
    let mut command = cargo();
    command
        .current_dir(project())
        .args(["build", "--quiet", "--workspace", "--bins", "--tests"]);
    run_command(command, Duration::from_secs(1800))?
        .successful()
        .context("building yingyun")?;
    let own = std::env::current_exe()?;
    let profile = own
        .ancestors()
        .find(|folder| folder.ends_with("debug") || folder.ends_with("release"))
        .context("this test is in no target folder; set YINGYUN_BIN")?;
    let path = profile.with_file_name("debug").join("yingyun");
    if !path.is_file() {
        bail!("{} was not built", path.display());
    }
    Ok(path)
}

impl Setup {
    /// Starts a server and waits until it is ready.
    pub fn start(self) -> Result<Server> {
        let folder = Scratch::new("server")?;
        let (http, dicom) = (ports::free()?, ports::free()?);
        let mut server = Server {
            setup: self,
            daemon: None,
            http,
            dicom,
            folder,
        };
        server.write_configuration()?;
        server.start()?;
        Ok(server)
    }
}

impl Server {
    /// A server of `--dev` on SQLite and a folder.
    pub fn dev() -> Result<Self> {
        Setup::default().start()
    }

    fn write_configuration(&self) -> Result<()> {
        let Setup {
            guarded,
            peers,
            database,
            bucket,
            watermark,
            quiet,
            more,
            ..
        } = &self.setup;
        let mut text = String::new();
        writeln!(
            text,
            "[server]\ndata_dir = {:?}\ndev = {}",
            self.data_dir(),
            !guarded
        )?;
        writeln!(text, "[http]\naddress = \"{}\"", self.http)?;
        writeln!(text, "[limits]\ndisk_watermark_bytes = {watermark}")?;
        if *quiet {
            writeln!(text, "[log]\nlevel = \"warn\"")?;
        }
        if let Some(url) = database {
            writeln!(text, "[database]\nurl = {url:?}")?;
        }
        if let Some(Bucket { endpoint, name }) = bucket {
            writeln!(
                text,
                "[storage]\nkind = \"s3\"\n[storage.s3]\nallow_http = true"
            )?;
            writeln!(text, "endpoint = {endpoint:?}\nbucket = {name:?}")?;
        }
        writeln!(
            text,
            "[dicom]\nae_title = \"{AE_TITLE}\"\naddress = \"{}\"",
            self.dicom
        )?;
        for Peer {
            ae_title,
            address,
            operations,
        } in peers
        {
            writeln!(text, "[[dicom.peers]]\nae_title = {ae_title:?}")?;
            writeln!(
                text,
                "host = \"{}\"\nport = {}",
                address.ip(),
                address.port()
            )?;
            writeln!(text, "operations = {operations:?}")?;
        }
        text.push_str(more);
        write_file(&self.configuration(), text.as_bytes())
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("yingyun.toml")
    }

    fn binary(&self) -> Result<PathBuf> {
        self.setup.binary.clone().map_or_else(binary, Ok)
    }

    fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.setup.environment.clone();
        if self.setup.bucket.is_some() {
            for (name, value) in [
                ("ACCESS_KEY", crate::services::ceph::ACCESS_KEY),
                ("SECRET_KEY", crate::services::ceph::SECRET_KEY),
            ] {
                environment.push((format!("YINGYUN_STORAGE__S3__{name}"), value.into()));
            }
        }
        environment
    }

    /// Starts it again, on the same addresses and data.
    pub fn start(&mut self) -> Result<()> {
        let binary = self.binary()?;
        let mut arguments: Vec<OsString> = Vec::new();
        let program = match self.setup.under.split_first() {
            Some((program, rest)) => {
                arguments.extend(rest.iter().cloned());
                arguments.push(binary.into());
                PathBuf::from(program)
            }
            None => binary,
        };
        arguments.extend([
            "serve".into(),
            "--config".into(),
            self.configuration().into(),
        ]);
        let mut daemon = Daemon::start(Launch {
            program,
            arguments,
            environment: self.environment(),
            log: self.folder.path().join("server.log"),
            ..Launch::default()
        })?;
        let began = Instant::now();
        let url = format!("{}/readyz", self.url());
        let is_ready = |url: &str| http::get(url).send().map(|r| r.status).ok() == Some(200);
        let is_bound = || std::net::TcpStream::connect(self.http).is_ok();
        let only_bound = self.setup.only_bound;
        while !(is_ready(&url) || only_bound && is_bound()) {
            if let Some(status) = daemon.ended()? {
                bail!("yingyun ended with {status}:\n{}", daemon.log());
            }
            if began.elapsed() > Duration::from_secs(60) {
                bail!("yingyun is not ready:\n{}", daemon.log());
            }
            thread::sleep(Duration::from_millis(10));
        }
        ports::wait_for(self.dicom, Duration::from_secs(10))?;
        self.daemon = Some(daemon);
        Ok(())
    }

    fn running(&mut self) -> Result<&mut Daemon> {
        self.daemon.as_mut().context("the server does not run")
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        self.running()?.kill()?;
        self.daemon = None;
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        let status = self
            .running()?
            .signal_and_wait("TERM", Duration::from_secs(40))?;
        self.daemon = None;
        Ok(status)
    }

    /// What it wrote since it was started first.
    pub fn log(&self) -> String {
        fs::read(self.folder.path().join("server.log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The most memory it had resident since it was last started, in bytes.
    pub fn peak_memory(&mut self) -> Result<u64> {
        self.running()?.peak_memory()
    }

    /// Its process id.
    pub fn pid(&mut self) -> Result<u32> {
        Ok(self.running()?.pid())
    }

    /// Its data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.setup
            .data_dir
            .clone()
            .unwrap_or_else(|| self.folder.path().join("data"))
    }

    /// `http://address:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// A request for a path below `/dicom-web`.
    pub fn dicom_web(&self, method: &str, path: &str) -> Request {
        Request::new(method, &format!("{}/dicom-web{path}", self.url()))
    }

    /// Where it takes associations.
    pub fn dicom(&self) -> SocketAddr {
        self.dicom
    }

    /// An association with it, as `TESTKIT`.
    pub fn associate(&self, proposals: &[Proposal]) -> Result<Association> {
        Association::request(self.dicom, "TESTKIT", AE_TITLE, proposals)
    }

    /// Runs a verb of the command line on the same data, whether the server runs or not.
    pub fn verb(&self, arguments: &[&str]) -> Result<Finished> {
        let mut command = Command::new(self.binary()?);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.configuration());
        command.envs(self.environment());
        run_command(command, Duration::from_secs(600))
    }

    /// Runs a program with arguments and an environment, for at most a minute.
    pub fn tool<const N: usize>(&self, name: &str, arguments: [&str; N]) -> Result<Finished> {
        let mut command = Command::new(tool(name)?);
        command.args(arguments).env("TCP_NODELAY", "1");
        run_command(command, Duration::from_secs(60))
    }

    /// All regular files below a folder of its data, with lengths.
    pub fn files(&self, below: &str) -> Result<Vec<(PathBuf, u64)>> {
        let mut found = Vec::new();
        walk(&self.data_dir().join(below), &mut found)?;
        found.sort();
        Ok(found)
    }
}

/// All regular files below a folder, with lengths; a folder that is not there holds none.
pub fn walk(folder: &Path, found: &mut Vec<(PathBuf, u64)>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push((entry.path(), entry.metadata()?.len()));
        }
    }
    Ok(())
}
