//! What the OpenAPI description says is what two servers do, one of `--dev` and one behind the door.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use testkit::{
    http::post,
    python,
    server::{Server, Setup},
};

/// Requests that are made up for each operation, beside those at the limits of what is described;
/// `YINGYUN_CONTRACT_EXAMPLES` asks for more, with another seed in `YINGYUN_CONTRACT_SEED`.
const EXAMPLES: &str = "6";
const SEED: &str = "20260301";
const PASSWORD: &str = "a-longer-passphrase-7";

/// A server takes subscriptions of a receiver on this machine, that nobody is.
fn start(guarded: bool) -> Result<Server> {
    let hosts = "[\"http://127.0.0.1:9\"]".to_owned();
    Setup {
        guarded,
        environment: vec![
            ("YINGYUN_WEBHOOKS__ALLOWED_HOSTS".into(), hosts),
            ("YINGYUN_WEBHOOKS__MOST".into(), "1000".into()),
        ],
        ..Setup::default()
    }
    .start()
}

/// Gives the first administrator a password.
fn opened(server: &Server) -> Result<()> {
    let log = server.log();
    let printed = log.split("one-time password ").nth(1);
    let printed = printed.and_then(|rest| rest.split_whitespace().next());
    let password = printed.with_context(|| format!("no password was printed:\n{log}"))?;
    let body = json!({"user": "admin", "password": password, "new_password": PASSWORD});
    post(&format!("{}/api/session", server.url()))
        .header("Content-Type", "application/json")
        .send_bytes(body.to_string().as_bytes())?
        .expect(200)?;
    Ok(())
}

#[test]
fn every_answer_is_one_that_is_described() -> Result<()> {
    let (dev, guarded) = (start(false)?, start(true)?);
    opened(&guarded)?;
    let chosen = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.into());
    let examples = chosen("YINGYUN_CONTRACT_EXAMPLES", EXAMPLES);
    let limit = 300 + 30 * examples.parse::<u64>()?;
    let arguments = [
        examples,
        chosen("YINGYUN_CONTRACT_SEED", SEED),
        dev.url(),
        guarded.url(),
        "admin".into(),
        PASSWORD.into(),
    ];
    let finished = python::run("contract_judge.py", arguments, Duration::from_secs(limit))?;
    ensure!(finished.status.success(), "{}", finished.text);
    Ok(())
}
