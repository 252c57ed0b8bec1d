//! The first administrator: made at the first start, with a password that serves once.

use anyhow::Context;

use crate::house::House;

/// Makes the account `admin` when the institution has none; its one-time password. `--dev` asks
/// for no login and makes none.
pub(super) async fn first(house: &House) -> anyhow::Result<Option<String>> {
    if house.config.server.dev {
        return Ok(None);
    }
    let (password, hash) = tokio::task::spawn_blocking(|| {
        let password = accounts::one_time_password(&accounts::SystemSecrets);
        let hash = accounts::hash_password(&password, &accounts::SystemSecrets);
        hash.map(|hash| (password, hash))
    })
    .await
    .context("the first password could not be made")??;
    let made = house
        .database
        .create_first_administrator(&house.config.institution.id, &hash)
        .await
        .context("the first administrator could not be made")?;
    Ok(made.then_some(password))
}
