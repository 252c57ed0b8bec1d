//! Child processes: tools that run to their end, and daemons that die with the test.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

/// Cargo as it is called from a shell. What the cargo above told this process of its own package
/// must not pass down: a build script that watches those variables (that of `ring` does) would be
/// stale at each change of the caller, and with it nearly every crate of the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Finds a program on the path, or where Debian keeps administrators' tools and PostgreSQL's.
///
/// # Errors
/// Names the program and the Debian package it comes from: a test without its peer has failed.
pub fn tool(name: &str) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    folders.extend(["/usr/sbin".into(), "/sbin".into()]);
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut bins: Vec<_> = versions.flatten().map(|v| v.path().join("bin")).collect();
        bins.sort();
        bins.reverse();
        // Before the path: wrappers of other versions may stand there.
        folders.splice(0..0, bins);
    }
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            anyhow!(
                "{name} is missing; it is in the Debian package {}",
                package(name)
            )
        })
}

fn package(name: &str) -> &str {
    match name {
        "echoscu" | "storescu" | "storescp" | "dcmsend" | "findscu" | "movescu" | "getscu" => {
            "dcmtk"
        }
        "dcmcjpeg" | "dcmdjpeg" | "dcmcjpls" | "dcmdjpls" | "dcmcrle" | "dcmdrle" => "dcmtk",
        "gdcmconv" => "libgdcm-tools",
        "Orthanc" => "orthanc (and orthanc-dicomweb)",
        "initdb" | "postgres" => "postgresql",
        "radosgw" | "radosgw-admin" => "radosgw",
        "ceph" | "monmaptool" => "ceph-common",
        "ceph-mon" | "ceph-mgr" | "ceph-osd" => name,
        "setpriv" | "mount" | "umount" => "util-linux",
        other => other,
    }
}

/// What a program that ended left behind.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output and error, as text, in this order.
    pub text: String,
    /// Standard output alone.
    pub stdout: String,
}

impl Finished {
    /// Fails with the program's own words unless it ended well.
    pub fn successful(self) -> Result<Self> {
        if self.status.success() {
            Ok(self)
        } else {
            bail!("ended with {}:\n{}", self.status, self.text)
        }
    }
}

/// Runs a program to its end, at most `limit` long.
pub fn run<I, S>(program: &Path, arguments: I, limit: Duration) -> Result<Finished>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(program);
    command.args(arguments);
    run_command(command, limit)
}

/// Runs a prepared command to its end, at most `limit` long.
pub fn run_command(mut command: Command, limit: Duration) -> Result<Finished> {
    let shown = format!("{command:?}");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let out = drain(child.stdout.take());
    let err = drain(child.stderr.take());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("{shown} did not end within {limit:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let stdout = out.recv().unwrap_or_default();
    let text = format!("{stdout}{}", err.recv().unwrap_or_default());
    Ok(Finished {
        status,
        text,
        stdout,
    })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// How a [`Daemon`] is started.
#[derive(Debug, Default)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables added to the environment.
    pub environment: Vec<(String, String)>,
    /// The account to run as; only when this process is the superuser's.
    pub account: Option<String>,
    /// The signal that ends it when this process dies.
    pub dying_signal: Option<&'static str>,
    /// Where its output goes.
    pub log: PathBuf,
}

/// A child in the foreground that is killed when this is dropped, and by the kernel when this
/// process dies.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it.
    pub fn start(launch: Launch) -> Result<Self> {
        let log = launch.log.clone();
        let out = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(tool("setpriv")?);
        command
            .arg("--pdeathsig")
            .arg(launch.dying_signal.unwrap_or("KILL"));
        if let Some(account) = &launch.account
            && is_superuser()?
        {
            command.arg(format!("--reuid={account}"));
            command.arg(format!("--regid={account}"));
            command.arg("--clear-groups");
        }
        command
            .arg("--")
            .arg(&launch.program)
            .args(&launch.arguments);
        command.envs(launch.environment);
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        let shown = launch.program.display().to_string();
        let child = spawn(command).with_context(|| format!("cannot start {shown}"))?;
        Ok(Self { child, log })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its output up to now.
    pub fn log(&self) -> String {
        fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Whether it ended, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a signal by name and waits for the end.
    pub fn signal_and_wait(&mut self, signal: &str, limit: Duration) -> Result<ExitStatus> {
        run(
            &tool("kill")?,
            ["-s", signal, &self.pid().to_string()],
            Duration::from_secs(5),
        )?
        .successful()?;
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        bail!("still running {limit:?} after SIG{signal}:\n{}", self.log())
    }

    /// The most memory it ever had resident, in bytes (`VmHWM`).
    pub fn peak_memory(&self) -> Result<u64> {
        memory(self.pid(), "VmHWM:")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A line of `/proc/PID/status` in bytes.
fn memory(pid: u32, name: &str) -> Result<u64> {
    let file = BufReader::new(File::open(format!("/proc/{pid}/status"))?);
    for line in file.lines() {
        let line = line?;
        if let Some(rest) = line.strip_prefix(name) {
            let kib: u64 = rest.trim().trim_end_matches("kB").trim().parse()?;
            return Ok(kib * 1024);
        }
    }
    bail!("no {name} for process {pid}")
}

/// Processor time that a process took so far, its own and the kernel's for it, to a hundredth of a
/// second: `utime` and `stime` of `/proc/PID/stat`, which Linux counts so for programs.
pub fn processor_time(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before may have blanks in it; it ends with the last parenthesis.
    let (_, rest) = stat.rsplit_once(") ").context("no name in stat")?;
    let ticks = rest.split(' ').skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// Whether this process is the superuser's.
pub fn is_superuser() -> Result<bool> {
    let status = fs::read_to_string("/proc/self/status")?;
    Ok(status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0")))
}

/// Starts a child from a thread that lives as long as this process: the kernel sends the
/// parent-death signal when the starting *thread* ends, and test threads end early.
fn spawn(command: Command) -> Result<Child> {
    type Order = (Command, mpsc::Sender<std::io::Result<Child>>);
    static SPAWNER: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in receiver {
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let (answer, child) = mpsc::channel();
    spawner
        .send((command, answer))
        .map_err(|_| anyhow!("the spawner thread is gone"))?;
    Ok(child.recv()??)
}

/// Writes a file and its folder.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(path)
        .and_then(|mut file| file.write_all(bytes))
        .with_context(|| format!("cannot write {}", path.display()))
}
