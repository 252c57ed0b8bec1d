//! nginx as Debian ships it, serving files: what a request costs that does nothing else.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result};
use testkit::{
    ports,
    process::{Daemon, Launch, tool},
    scratch::Scratch,
};

/// A running nginx; what lies in its folder is served.
#[derive(Debug)]
pub(crate) struct Nginx {
    daemon: Daemon,
    address: SocketAddr,
    folder: Scratch,
}

impl Nginx {
    pub(crate) fn start() -> Result<Self> {
        let folder = Scratch::new("nginx")?;
        fs::create_dir(folder.path().join("files"))?;
        let address = ports::free()?;
        let configuration = folder.path().join("nginx.conf");
        fs::write(&configuration, text(folder.path(), address))?;
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

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        Ok(fs::write(
            self.folder.path().join("files").join(name),
            bytes,
        )?)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.daemon.pid()
    }
}

/// Workers keep connections open as long as they are asked on, and send files from the page cache.
fn text(folder: &Path, address: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n\
         events {{ worker_connections 256; }}\n\
         http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  tcp_nodelay on;\n\
         \x20 keepalive_requests 100000000;\n  open_file_cache max=4096;\n\
         \x20 client_body_temp_path {folder}/b;\n  proxy_temp_path {folder}/p;\n\
         \x20 fastcgi_temp_path {folder}/f;\n  uwsgi_temp_path {folder}/u;\n  scgi_temp_path {folder}/s;\n\
         \x20 server {{ listen {address}; root {folder}/files; }}\n}}\n"
    )
}
