//! The OpenID providers of the configuration.

use std::time::Duration;

use access::Role;
use config::Config;

use crate::failure::setup;

/// Nothing is asked of them yet.
pub(super) fn open(config: &Config) -> anyhow::Result<web::OpenIds> {
    let providers = config.openid.iter().enumerate();
    providers
        .map(|(number, one)| provider(config, one, &format!("openid[{number}]")))
        .collect()
}

fn provider(config: &Config, one: &config::OpenId, key: &str) -> anyhow::Result<web::OpenId> {
    let roles = one.roles.iter().map(|(word, role)| {
        let role = role.parse::<Role>();
        let role = role.map_err(|error| setup(format!("{key}.roles.{word:?}"), error))?;
        Ok((word.clone(), role))
    });
    let secret = one.client_secret()?;
    let settings = openid::Settings {
        issuer: one.issuer.clone(),
        client_id: one.client_id.clone(),
        client_secret: secret.map(|secret| openid::ClientSecret::new(secret.expose())),
        scopes: one.scopes.clone(),
        name_claim: one.name_claim.clone(),
        roles_claim: one.roles_claim.clone(),
        audience: one.audience.clone(),
        timeout: Duration::from_secs(one.timeout_seconds.into()),
    };
    let provider = openid::Provider::new(settings);
    let institution = one.institution.as_ref().unwrap_or(&config.institution.id);
    Ok(web::OpenId {
        id: one.id.clone(),
        label: one.label().to_owned(),
        institution: institution.clone(),
        provider: provider.map_err(|error| setup(key.to_owned(), error))?,
        roles: roles.collect::<anyhow::Result<_>>()?,
        operations: one.operations.clone(),
    })
}
