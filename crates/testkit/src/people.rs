//! People of a guarded server.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{http::post, server::Server};

impl Server {
    /// Makes an account at the command line; its one-time password.
    pub fn account(&self, name: &str, roles: &[&str]) -> Result<String> {
        let mut arguments = vec!["users", "add", name];
        arguments.extend(roles.iter().flat_map(|role| ["--role", *role]));
        let made = self.verb(&arguments)?.successful()?;
        let line = made.text.lines().find(|line| line.starts_with('{'));
        let made: Value = serde_json::from_str(line.context("no account was printed")?)?;
        let password = made["one_time_password"].as_str().map(str::to_owned);
        password.context("no password was printed")
    }

    /// Makes an account and signs in with it, by `password` from now on; the session's token.
    pub fn sign_in(&self, name: &str, roles: &[&str], password: &str) -> Result<String> {
        let one_time = self.account(name, roles)?;
        let body = json!({"user": name, "password": one_time, "new_password": password});
        let answer = post(&format!("{}/api/session", self.url()))
            .header("Content-Type", "application/json")
            .send_bytes(body.to_string().as_bytes())?
            .expect(200)?;
        let token = answer.json()?["token"].as_str().map(str::to_owned);
        token.context("no token")
    }
}
