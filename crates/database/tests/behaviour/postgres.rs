//! A PostgreSQL of the tests' own: on a free loopback port, in a temporary folder, as a user without
//! privileges, durable settings left as they are. One a test process; stopped when the process ends.

use std::{
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// A running cluster; ends with its value.
pub(crate) struct Cluster {
    server: Child,
    folder: tempfile::TempDir,
    bin: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    databases: AtomicU32,
}

static CLUSTER: Mutex<Option<std::sync::Weak<Cluster>>> = Mutex::new(None);

/// The cluster of this process, started when it is first asked for; none when PostgreSQL is not
/// installed.
pub(crate) fn cluster() -> Option<std::sync::Arc<Cluster>> {
    let mut shared = CLUSTER
        .lock()
        .expect("no test panics while it starts the cluster");
    if let Some(cluster) = shared.as_ref().and_then(std::sync::Weak::upgrade) {
        return Some(cluster);
    }
    let Some(bin) = binaries() else {
        eprintln!("SKIPPED: no PostgreSQL under /usr/lib/postgresql; install it to run this test");
        return None;
    };
    let cluster = std::sync::Arc::new(Cluster::start(bin));
    *shared = Some(std::sync::Arc::downgrade(&cluster));
    Some(cluster)
}

fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop()
}

/// The user and group `postgres` of the machine, when we are root: the server refuses to run as it.
fn unprivileged() -> Option<(u32, u32)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    if uid.split_whitespace().next() != Some("0") {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("a user table");
    let row = users
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .expect("the user `postgres`, which the package makes");
    let mut ids = row
        .split(':')
        .skip(2)
        .map(|id| id.parse().expect("a number"));
    Some((ids.next().expect("a uid"), ids.next().expect("a gid")))
}

fn command(owner: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

impl Cluster {
    fn start(bin: PathBuf) -> Self {
        let owner = unprivileged();
        let folder = tempfile::tempdir().expect("a temporary folder");
        if let Some((uid, gid)) = owner {
            chown(folder.path(), Some(uid), Some(gid)).expect("the folder to be handed over");
        }
        let data = folder.path().join("data");
        let made = command(owner, &bin.join("initdb"))
            .current_dir(folder.path())
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-D",
            ])
            .arg(&data)
            .status()
            .expect("initdb to run");
        assert!(made.success(), "initdb: {made}");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let server = command(owner, &bin.join("postgres"))
            .current_dir(folder.path())
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "max_connections=200", "-k"])
            .arg(folder.path())
            .spawn()
            .expect("postgres to start");
        let cluster = Self {
            server,
            folder,
            bin,
            owner,
            port,
            databases: AtomicU32::new(0),
        };
        let began = Instant::now();
        while !cluster.psql("postgres", "SELECT 1") {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "PostgreSQL does not answer"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster
    }

    /// Runs a statement in `database`; whether it went well.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> bool {
        command(self.owner, &self.bin.join("psql"))
            .current_dir(self.folder.path())
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-U",
                "postgres",
            ])
            .args(["-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
            .status()
            .expect("psql to run")
            .success()
    }

    /// A new, empty database: its name and URL.
    pub(crate) fn database(&self) -> (String, String) {
        let name = format!("yingyun{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(self.psql("postgres", &format!("CREATE DATABASE {name}")));
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", self.port);
        (name, url)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = command(self.owner, &self.bin.join("pg_ctl"))
            .current_dir(self.folder.path())
            .args(["-m", "immediate", "-w", "stop", "-D"])
            .arg(self.folder.path().join("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            self.server.kill().ok();
        }
        self.server.wait().ok();
    }
}
