//! `[[openid]]`: OpenID providers, of people who sign in and of programs.

use std::{collections::BTreeMap, path::PathBuf};

use model::{InstitutionId, Operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, Secret, dicom::OperationName, error::within};

/// An OpenID provider.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenId {
    /// Our name of it, part of addresses: 1–32 of `a-z 0-9 -`.
    pub id: String,
    /// What its button at the sign-in page says; the id if nothing is given.
    #[serde(default)]
    pub label: String,
    /// The institution whose people and programs it knows; the archive's own if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub institution: Option<InstitutionId>,
    /// Its identifier, as in its tokens: `https://…`, or `http://…` on this machine.
    pub issuer: String,
    /// What it calls us.
    #[serde(default)]
    pub client_id: String,
    /// The file with the secret that it knows us by; none: a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// What it is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The claim that names a new account.
    #[serde(default = "name_claim")]
    pub name_claim: String,
    /// The claim that tells what somebody is: texts, or a text with spaces between; `a.b` is `b` within `a`.
    #[serde(default = "roles_claim")]
    pub roles_claim: String,
    /// Our role for what that claim says: `"PACS-Radiologen" = "radiologist"`. Empty: no person signs in by it.
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
    /// Whom the tokens of programs must be made for; none: no program comes with its tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// What a program's token may let it do at most; it also must say so, by the scope `yingyun:` and the name.
    #[serde(default)]
    #[schemars(with = "Vec<OperationName>")]
    pub operations: Vec<Operation>,
    /// How long it may take to answer.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u32,
}

fn scopes() -> Vec<String> {
    vec!["profile".into()]
}

fn name_claim() -> String {
    "preferred_username".into()
}

fn roles_claim() -> String {
    "roles".into()
}

fn timeout_seconds() -> u32 {
    10
}

impl OpenId {
    /// What its button says.
    pub fn label(&self) -> &str {
        if self.label.is_empty() {
            &self.id
        } else {
            &self.label
        }
    }

    /// The secret that it knows us by.
    pub fn client_secret(&self) -> Result<Option<Secret>, ConfigError> {
        let file = self.client_secret_file.as_deref();
        Secret::resolve(None, "openid.client_secret_file", file)
    }

    fn validate(&self, key: &str) -> Result<(), ConfigError> {
        let refuse = |name: &str, value: &str, mend: &str| {
            Err(ConfigError::value(&format!("{key}.{name}"), value, mend))
        };
        let is_spelt = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=32).contains(&self.id.len()) || !self.id.chars().all(is_spelt) {
            return refuse("id", &self.id, "give 1 to 32 of a-z, 0-9 and -");
        }
        if !self.issuer.starts_with("https://") && !self.issuer.starts_with("http://") {
            return refuse("issuer", &self.issuer, "give its identifier, https://…");
        }
        let audience = self.audience.as_deref();
        if self.roles.is_empty() && audience.is_none() {
            let mend = "say which roles its words stand for (roles), or take its tokens (audience)";
            return refuse("roles", "{}", mend);
        }
        if !self.roles.is_empty() && self.client_id.is_empty() {
            return refuse("client_id", "", "say what the provider calls us");
        }
        // A token that shows who signed in would be one of a program too.
        if audience.is_some_and(|audience| audience.is_empty() || audience == self.client_id) {
            let mend = "give the programs' tokens an audience of their own, not client_id";
            return refuse("audience", audience.unwrap_or_default(), mend);
        }
        if audience.is_some() == self.operations.is_empty() {
            let mend = "audience and operations go together: programs and what they may do";
            return refuse("operations", "[]", mend);
        }
        let timeout = format!("{key}.timeout_seconds");
        within(&timeout, self.timeout_seconds.into(), 1..=60)
    }
}

/// Refuses what cannot be served.
pub(crate) fn validate(providers: &[OpenId]) -> Result<(), ConfigError> {
    for (number, provider) in providers.iter().enumerate() {
        let key = format!("openid[{number}]");
        provider.validate(&key)?;
        let before = &providers[..number];
        let same = |one: &OpenId| one.id == provider.id || one.issuer == provider.issuer;
        if before.iter().any(same) {
            let mend = "give each provider an id and an issuer of its own";
            return Err(ConfigError::value(&key, &provider.id, mend));
        }
    }
    Ok(())
}
