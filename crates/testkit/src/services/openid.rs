//! An OpenID provider: npm's `oidc-provider`, under Node.js (`web-viewer/test/openid/provider.mjs`).

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use serde_json::json;

use crate::{
    http::{Response, encode, get, post},
    ports,
    process::{Daemon, Launch, tool},
    python::project,
    scratch::Scratch,
};

/// What it knows us by.
pub const SECRET: &str = "a secret of 43 letters, + / : & among them.";
/// Whom its programs' tokens are made for.
pub const AUDIENCE: &str = "https://images.example.org";

/// A provider, running; killed when this is dropped.
#[derive(Debug)]
pub struct OpenId {
    address: SocketAddr,
    daemon: Daemon,
    folder: Scratch,
}

impl OpenId {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let address = ports::free()?;
        let folder = Scratch::new("openid")?;
        let script = project().join("web-viewer/test/openid/provider.mjs");
        let daemon = Daemon::start(Launch {
            program: tool("node")?,
            arguments: vec![script.into(), address.port().to_string().into()],
            log: folder.path().join("log"),
            ..Launch::default()
        })?;
        let mut provider = Self {
            address,
            daemon,
            folder,
        };
        let begun = Instant::now();
        while !provider.log().contains("listening") {
            if provider.daemon.ended()?.is_some() || begun.elapsed() > Duration::from_secs(30) {
                bail!("the provider does not start:\n{}", provider.log());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(provider)
    }

    /// Its identifier.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A file with the client's secret.
    pub fn secret_file(&self) -> Result<String> {
        let path = self.folder.path().join("secret");
        std::fs::write(&path, format!("{SECRET}\n"))?;
        Ok(path.display().to_string())
    }

    /// Starts anew, for one redirect URI; `tamper`: in which way ID tokens are wrong; `keys`: `kept` or `new`.
    pub fn begin(&self, redirect: &str, tamper: Option<&str>, keys: &str) -> Result<()> {
        let body = json!({"redirect": redirect, "tamper": tamper, "keys": keys});
        let url = format!("{}/test/begin", self.issuer());
        post(&url)
            .send_bytes(body.to_string().as_bytes())?
            .expect(200)?;
        Ok(())
    }

    /// A program's token, right (`good`) or wrong in one way.
    pub fn token(&self, kind: &str, scope: &str) -> Result<String> {
        let url = format!("{}/test/token?kind={kind}", self.issuer());
        let url = format!("{url}&scope={}", encode(scope));
        Ok(get(&url).send()?.expect(200)?.text())
    }

    /// How often its keys were asked for.
    pub fn keys_asked(&self) -> Result<u32> {
        let answer = get(&format!("{}/test/asked", self.issuer())).send()?;
        Ok(answer.text().parse()?)
    }

    /// What it gives to a program that shows its secret.
    pub fn grant(&self, authorization: &str, scope: &str) -> Result<Response> {
        let body = format!("grant_type=client_credentials&scope={}", encode(scope));
        post(&format!("{}/token", self.issuer()))
            .header("Authorization", authorization)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send_bytes(body.as_bytes())
    }

    /// Ends it.
    pub fn stop(&mut self) -> Result<()> {
        self.daemon.kill()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}
