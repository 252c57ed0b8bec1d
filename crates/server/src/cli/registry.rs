//! The verbs that keep institutions and their application entities.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use model::{AeTitle, InstitutionId, Standing};

use super::{Common, accounts::institution};

#[derive(Debug, Args)]
pub(crate) struct Institutions {
    #[command(subcommand)]
    pub(crate) verb: InstitutionsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InstitutionsVerb {
    /// Print the institutions as lines of JSON.
    List(Common),
    /// Enter an institution, pending, or change what is told of it.
    Put(InstitutionPut),
    /// Move an institution to another standing: testing, active, suspended, retired.
    Standing(StandingOf),
    /// Enter those of a table (CSV: id,credit_code,name,region and, where wanted, campus,level,ownership), all or none.
    Import(Table),
}

#[derive(Debug, Args)]
pub(crate) struct InstitutionPut {
    #[command(flatten)]
    pub(crate) common: Common,
    /// First part of every key, 1 to 64 of a-z 0-9 - _; it never changes.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Unified social credit code (GB 32100).
    #[arg(long, value_name = "CODE")]
    pub(crate) credit_code: String,
    /// Its name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: String,
    /// Where it is: six digits of GB/T 2260.
    #[arg(long, value_name = "CODE")]
    pub(crate) region: String,
    /// Which of its campuses (院区).
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) campus: String,
    /// Its level, as 三级甲等.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) level: String,
    /// Whose it is, as 公立.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) ownership: String,
}

#[derive(Debug, Args)]
pub(crate) struct StandingOf {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The institution.
    #[arg(value_name = "ID", value_parser = institution)]
    pub(crate) id: InstitutionId,
    /// Where it is to stand.
    #[arg(value_name = "STANDING")]
    pub(crate) standing: Standing,
}

#[derive(Debug, Args)]
pub(crate) struct Table {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The table, UTF-8 or GB 18030; `-` reads it from standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

impl InstitutionsVerb {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(common) => common,
            Self::Put(put) => &put.common,
            Self::Standing(of) => &of.common,
            Self::Import(table) => &table.common,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Entities {
    #[command(subcommand)]
    pub(crate) verb: EntitiesVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EntitiesVerb {
    /// Print the application entities as lines of JSON; those of the configuration are not among them.
    List(Common),
    /// Enter an application entity, or change it.
    Put(EntityPut),
    /// Take an application entity away: it calls no more, within five seconds.
    Remove(EntityOf),
    /// Enter those of a table (CSV: institution,ae_title,host,port,operations), all or none.
    Import(Table),
}

#[derive(Debug, Args)]
pub(crate) struct EntityOf {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The institution.
    #[arg(value_name = "INSTITUTION", value_parser = institution)]
    pub(crate) institution: InstitutionId,
    /// Its AE title.
    #[arg(value_name = "TITLE")]
    pub(crate) ae_title: AeTitle,
}

#[derive(Debug, Args)]
pub(crate) struct EntityPut {
    #[command(flatten)]
    pub(crate) of: EntityOf,
    /// Host name or address; `*`: it calls from anywhere, and cannot be reached.
    #[arg(long, value_name = "HOST")]
    pub(crate) host: String,
    /// The port on which it is reached.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: u16,
    /// What it may do: store, query, retrieve, delete, worklist, schedule. May be repeated.
    #[arg(long = "operation", value_name = "OPERATION", required = true)]
    pub(crate) operations: Vec<String>,
}

impl EntitiesVerb {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(common) => common,
            Self::Put(put) => &put.of.common,
            Self::Remove(of) => &of.common,
            Self::Import(table) => &table.common,
        }
    }
}
