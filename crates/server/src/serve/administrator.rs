//! The first administrator: made at the first start, with a password that serves once.

use std::sync::Arc;

use accounts::{Accounts, SystemSecrets};
use anyhow::Context;

use crate::house::House;

/// Makes the account `admin` when the institution has none; its one-time password. `--dev` asks
/// for no login and makes none.
pub(super) async fn first(house: &House) -> anyhow::Result<Option<String>> {
    if house.config.server.dev {
        return Ok(None);
    }
    Accounts::new(house.database.clone(), Arc::new(SystemSecrets))
        .make_first(&house.config.institution.id)
        .await
        .context("the first administrator could not be made")
}
