//! What the OpenAPI description says is what two servers do, one of `--dev` and one behind the door.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{
    python,
    server::{Server, Setup},
};

/// Requests that are made up for each operation, beside those at the limits of what is described;
/// `YINGYUN_CONTRACT_EXAMPLES` asks for more, with another seed in `YINGYUN_CONTRACT_SEED`.
const EXAMPLES: &str = "6";
const SEED: &str = "20260301";
const PASSWORD: &str = "a-longer-passphrase-7";

/// An OpenID provider that does not answer: how one that does is spoken to is in `access::openid`.
const PROVIDER: &str = "[[openid]]\nid = \"city\"\nissuer = \"http://127.0.0.1:9\"\n\
                        client_id = \"yingyun\"\nroles = { imaging = \"radiologist\" }\n";

/// A server takes subscriptions of a receiver on this machine, that nobody is.
fn start(guarded: bool) -> Result<Server> {
    let hosts = "[\"http://127.0.0.1:9\"]".to_owned();
    Setup {
        guarded,
        environment: vec![
            ("YINGYUN_WEBHOOKS__ALLOWED_HOSTS".into(), hosts),
            ("YINGYUN_WEBHOOKS__MOST".into(), "1000".into()),
        ],
        more: PROVIDER.into(),
        ..Setup::default()
    }
    .start()
}

#[test]
fn every_answer_is_one_that_is_described() -> Result<()> {
    let (dev, guarded) = (start(false)?, start(true)?);
    guarded.sign_in("zhang.san", &["radiologist", "archivist"], PASSWORD)?;
    let chosen = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.into());
    let examples = chosen("YINGYUN_CONTRACT_EXAMPLES", EXAMPLES);
    let limit = 300 + 30 * examples.parse::<u64>()?;
    let arguments = [
        examples,
        chosen("YINGYUN_CONTRACT_SEED", SEED),
        dev.url(),
        guarded.url(),
        "zhang.san".into(),
        PASSWORD.into(),
    ];
    let finished = python::run("contract_judge.py", arguments, Duration::from_secs(limit))?;
    ensure!(finished.status.success(), "{}", finished.text);
    Ok(())
}
