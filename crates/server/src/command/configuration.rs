//! `config check|show|schema`.

use std::process::ExitCode;

use crate::cli::ConfigVerb;

pub(crate) fn run(verb: ConfigVerb) -> anyhow::Result<ExitCode> {
    match verb {
        ConfigVerb::Check(common) => {
            super::configuration(&common)?;
            println!("the configuration can be used");
        }
        ConfigVerb::Show(common) => print!("{}", super::configuration(&common)?.show()?),
        ConfigVerb::Schema => print!("{}", config::schema()),
    }
    Ok(ExitCode::SUCCESS)
}
