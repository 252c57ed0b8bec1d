//! A private PostgreSQL, its durable settings left as they are.

use std::{
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, anyhow};

use crate::{
    ports,
    process::{Daemon, Launch, is_superuser, run, run_command, tool},
    scratch::Scratch,
};

const ACCOUNT: &str = "postgres";

/// A running cluster; databases are made in it as tests want them.
#[derive(Debug)]
pub struct Postgres {
    daemon: Daemon,
    port: u16,
    _folder: Scratch,
}

/// The cluster that the tests of this process share.
pub fn shared() -> Result<Arc<Postgres>> {
    static SHARED: Mutex<Option<Arc<Postgres>>> = Mutex::new(None);
    let mut shared = SHARED
        .lock()
        .map_err(|_| anyhow!("PostgreSQL could not be started"))?;
    if let Some(running) = &*shared {
        return Ok(running.clone());
    }
    let started = Arc::new(Postgres::start(Scratch::new("postgres")?)?);
    *shared = Some(started.clone());
    Ok(started)
}

impl Postgres {
    /// Initialises a cluster in `folder` and starts it.
    pub fn start(folder: Scratch) -> Result<Self> {
        let data = folder.path().join("data");
        let initdb = tool("initdb")?;
        let mut command = as_account(&initdb, folder.path())?;
        command.args([
            "-N",
            "-U",
            ACCOUNT,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
        ]);
        command.arg(&data);
        run_command(command, Duration::from_secs(60))?
            .successful()
            .context("initdb")?;
        let address = ports::free()?;
        let daemon = Daemon::start(Launch {
            program: tool("postgres")?,
            arguments: vec![
                "-D".into(),
                data.clone().into(),
                "-p".into(),
                address.port().to_string().into(),
                "-c".into(),
                "listen_addresses=127.0.0.1".into(),
                "-c".into(),
                format!("unix_socket_directories={}", folder.path().display()).into(),
            ],
            account: Some(ACCOUNT.into()),
            dying_signal: Some("INT"),
            log: folder.path().join("log"),
            ..Launch::default()
        })?;
        ports::wait_for(address, Duration::from_secs(30)).with_context(|| daemon.log())?;
        let started = Self {
            daemon,
            port: address.port(),
            _folder: folder,
        };
        started.wait_until_it_answers()?;
        Ok(started)
    }

    fn wait_until_it_answers(&self) -> Result<()> {
        for _ in 0..200 {
            if self.sql("postgres", "select 1").is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.sql("postgres", "select 1")
            .map(drop)
            .with_context(|| self.daemon.log())
    }

    /// Makes a new, empty database and gives its URL.
    pub fn database(&self) -> Result<String> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("yingyun_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name}"))?;
        Ok(format!(
            "postgres://{ACCOUNT}@127.0.0.1:{}/{name}",
            self.port
        ))
    }

    /// Runs one statement in a database: unaligned rows without headings.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let port = self.port.to_string();
        let arguments = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            ACCOUNT,
            "-d",
            database,
            "-qAt",
            "-c",
            statement,
        ];
        Ok(run(&tool("psql")?, arguments, Duration::from_secs(30))?
            .successful()?
            .stdout)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.daemon.signal_and_wait("INT", Duration::from_secs(20));
    }
}

/// A command in the name of the account that PostgreSQL runs as: it refuses the superuser's.
fn as_account(program: &PathBuf, folder: &Path) -> Result<Command> {
    if !is_superuser()? {
        return Ok(Command::new(program));
    }
    let id = |flag: &str| -> Result<u32> {
        let out = run(&tool("id")?, [flag, ACCOUNT], Duration::from_secs(5))?.successful()?;
        Ok(out.stdout.trim().parse()?)
    };
    chown(folder, Some(id("-u")?), Some(id("-g")?))?;
    let mut command = Command::new(tool("setpriv")?);
    command.args([format!("--reuid={ACCOUNT}"), format!("--regid={ACCOUNT}")]);
    command
        .args(["--clear-groups", "--"])
        .arg(program)
        .current_dir(folder);
    Ok(command)
}
