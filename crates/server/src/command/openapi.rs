//! `openapi`: the description of the HTTP interface, kept in `docs/api/openapi.json`.

use std::process::ExitCode;

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&web::openapi())?);
    Ok(ExitCode::SUCCESS)
}
