//! The binary `yingyun`: reads the configuration, joins the crates, serves and keeps the archive.

mod cli;
mod clock;
mod command;
mod demo;
mod failure;
mod house;
mod identifiers;
mod serve;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    match command::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("yingyun: {}", failure::one_line(&error));
            failure::exit_code(&error)
        }
    }
}
