//! nginx as Debian ships it: what a request costs that does nothing else, and what stands before other servers.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use testkit::{
    ports,
    process::{Daemon, Launch, tool},
    scratch::Scratch,
};

/// A running nginx; what lies in its folder is served.
#[derive(Debug)]
pub struct Nginx {
    daemon: Daemon,
    address: SocketAddr,
    folder: Scratch,
}

impl Nginx {
    /// Serves its folder; `server` are directives of the server block beside that.
    ///
    /// # Errors
    /// When nginx is missing or does not take the directives.
    pub fn start(server: &str) -> Result<Self> {
        let folder = Scratch::new("nginx")?;
        fs::create_dir(folder.path().join("files"))?;
        let address = ports::free()?;
        let configuration = folder.path().join("nginx.conf");
        fs::write(&configuration, text(folder.path(), address, server))?;
        let daemon = Daemon::start(Launch {
            program: tool("nginx")?,
            arguments: ["-c".into(), configuration.into_os_string()].into(),
            log: folder.path().join("log"),
            ..Launch::default()
        })?;
        ports::wait_for(address, Duration::from_secs(10)).with_context(|| daemon.log())?;
        Ok(Self {
            daemon,
            address,
            folder,
        })
    }

    /// Serves `bytes` as `/name`.
    ///
    /// # Errors
    /// Of the disk.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        Ok(fs::write(self.files().join(name), bytes)?)
    }

    /// Where what is served lies.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The only process.
    pub fn pid(&self) -> u32 {
        self.daemon.pid()
    }
}

/// Workers keep connections open as long as they are asked on, and send files from the page cache.
fn text(folder: &Path, address: SocketAddr, server: &str) -> String {
    let folder = folder.display();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n\
         events {{ worker_connections 256; }}\n\
         http {{\n  include /etc/nginx/mime.types;\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  tcp_nodelay on;\n\
         \x20 keepalive_requests 100000000;\n  open_file_cache max=4096;\n\
         \x20 client_body_temp_path {folder}/b;\n  proxy_temp_path {folder}/p;\n\
         \x20 fastcgi_temp_path {folder}/f;\n  uwsgi_temp_path {folder}/u;\n  scgi_temp_path {folder}/s;\n\
         \x20 server {{ listen {address}; root {folder}/files; {server} }}\n}}\n"
    )
}
