//! The command line: verbs and flags, a contract that other tools rely on.

mod accounts;
mod grants;
mod pictures;
mod registry;

pub(crate) use accounts::{Deeds, Tokens, TokensVerb, Users, UsersVerb, Whose};
pub(crate) use grants::{
    Bounds, Emergencies, EmergenciesVerb, Encounters, EncountersVerb, Grants, GrantsVerb,
    Prohibitions, ProhibitionsVerb,
};
pub(crate) use pictures::{AtOnce, Pixels, Render};
pub(crate) use registry::{Entities, EntitiesVerb, Institutions, InstitutionsVerb, Table};

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use model::Uid;

/// Yingyun 影云: a regional medical imaging cloud in one binary.
#[derive(Debug, Parser)]
#[command(name = "yingyun", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run the server.
    Serve(Serve),
    /// Look at the configuration.
    Config(Config),
    /// Load DICOM files and folders of them into the archive.
    Import(Import),
    /// Check that every row has its bytes and digest, and every object its row.
    Verify(Common),
    /// Take away objects that no row names, and unfinished uploads.
    Sweep(Sweep),
    /// Rebuild the index from the archive alone.
    Reindex(Reindex),
    /// Delete a study, with a reason that is kept.
    Delete(Delete),
    /// Look after what was rejected (IHE IOCM) and is still kept.
    Rejected(Rejected),
    /// Look into the index.
    Index(Index),
    /// Look after work that waits, and what failed for good.
    Jobs(Jobs),
    /// Look after who is told of changes.
    Webhooks(Webhooks),
    /// Look after institutions: who takes part, and where each stands.
    #[command(alias = "institution")]
    Institutions(Institutions),
    /// Look after application entities: which institution calls by which AE title, and from where.
    #[command(alias = "entity")]
    Entities(Entities),
    /// Look after grants: what lets an institution see what others hold.
    #[command(alias = "grant")]
    Grants(Grants),
    /// Look after prohibitions: what a patient, or the law, forbids others to see.
    #[command(alias = "prohibition")]
    Prohibitions(Prohibitions),
    /// Look after encounters: while a patient is treated somewhere, what others hold is seen there.
    #[command(alias = "encounter")]
    Encounters(Encounters),
    /// Look after emergencies: who saw what nothing else allowed, and what came of the review.
    #[command(alias = "emergency")]
    Emergencies(Emergencies),
    /// Look after accounts: who signs in, and what they do.
    #[command(alias = "user")]
    Users(Users),
    /// Look after tokens: what programs come with.
    #[command(alias = "token")]
    Tokens(Tokens),
    /// Print what administrators did, as lines of JSON, the latest first.
    Deeds(Deeds),
    /// Write the generated demo study as DICOM files.
    Demo(Demo),
    /// Print `path,sha256` of the decoded samples of files, or `path,error: reason`.
    Pixels(Pixels),
    /// Write a frame of a DICOM file as a picture, or all frames as a moving one.
    Render(Render),
    /// Print the OpenAPI description of the HTTP interface.
    Openapi,
    /// Print the DICOM conformance statement.
    Conformance,
}

/// What every verb that touches the archive takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of index and objects [default: ./yingyun-data].
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address of the viewer and DICOMweb [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<SocketAddr>,
    /// Address of the DICOM listener [default: 127.0.0.1:11112].
    #[arg(long, value_name = "ADDR")]
    pub(crate) dicom: Option<SocketAddr>,
    /// AE title [default: YINGYUN].
    #[arg(long, value_name = "TITLE")]
    pub(crate) aet: Option<String>,
    /// No login and any DICOM peer; loopback addresses only.
    #[arg(long)]
    pub(crate) dev: bool,
    /// Put the generated demo study into an archive that is empty.
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) verb: ConfigVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Check the configuration; one line and exit code 2 if it cannot be used.
    Check(Common),
    /// Print the effective configuration, without secrets.
    Show(Common),
    /// Print the JSON schema of the configuration file.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Read files again that an interrupted import of the same paths took already.
    #[arg(long)]
    pub(crate) again: bool,
    /// Files, and folders with all that is in them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Leave what is younger: it may be on its way in. A number and s, m, h or d; less than
    /// limits.sweep_floor_seconds only while no server runs.
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = age)]
    pub(crate) older_than: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Reindex {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Call the index complete though objects without a row cannot be read: sweep may take them.
    #[arg(long)]
    pub(crate) give_up_unreadable: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Study Instance UID (0020,000D).
    #[arg(long, value_name = "UID")]
    pub(crate) study: Uid,
    /// Why; kept in the archive's journal.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rejected {
    #[command(subcommand)]
    pub(crate) verb: RejectedVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RejectedVerb {
    /// Print `key,code,since` of every rejected object.
    List(Common),
    /// Show again what was rejected of a study, a series or an instance.
    Restore(Restore),
    /// Delete what was rejected longer ago than `[rejection]` says.
    Remove(Common),
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Study Instance UID (0020,000D).
    #[arg(long, value_name = "UID")]
    pub(crate) study: Uid,
    /// Series Instance UID (0020,000E).
    #[arg(long, value_name = "UID")]
    pub(crate) series: Option<Uid>,
    /// SOP Instance UID (0008,0018).
    #[arg(long, value_name = "UID")]
    pub(crate) instance: Option<Uid>,
}

impl RejectedVerb {
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::List(common) | Self::Remove(common) => common,
            Self::Restore(restore) => &restore.common,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Index {
    #[command(subcommand)]
    pub(crate) verb: IndexVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IndexVerb {
    /// Print every row as a line of JSON; equal indexes print equal lines.
    Dump(Common),
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    pub(crate) verb: JobsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsVerb {
    /// Print jobs as lines of JSON, those due first.
    List(JobsList),
    /// Have dead letters tried again.
    Retry(Letters),
    /// Take dead letters away.
    Drop(Letters),
}

#[derive(Debug, Args)]
pub(crate) struct JobsList {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Dead letters only.
    #[arg(long)]
    pub(crate) dead: bool,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: u32,
}

/// Which dead letters.
#[derive(Debug, Args)]
pub(crate) struct Letters {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Of this kind only: manifest, deliver.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Option<database::jobs::Kind>,
    /// Of this subject only, as `jobs list` prints it.
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    pub(crate) verb: WebhooksVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksVerb {
    /// Print the subscriptions as lines of JSON.
    List(Common),
    /// Subscribe to what changes from now on; prints the id and, once, the secret.
    Create(WebhookCreate),
    /// End a subscription.
    Delete(WebhookOf),
    /// Deliver everything from a change on, once more where it was delivered already.
    Replay(WebhookReplay),
}

#[derive(Debug, Args)]
pub(crate) struct WebhookCreate {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Where messages go; webhooks.allowed_hosts must name its host.
    #[arg(value_name = "URL")]
    pub(crate) url: String,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookOf {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The subscription's id.
    #[arg(value_name = "ID")]
    pub(crate) id: ulid::Ulid,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookReplay {
    #[command(flatten)]
    pub(crate) of: WebhookOf,
    /// The number of the first change to deliver.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) from: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder to write to; made if absent.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

/// `manifest`.
fn kind(text: &str) -> Result<database::jobs::Kind, String> {
    database::jobs::Kind::parse(text)
        .ok_or_else(|| format!("{text:?} is no kind of job: manifest, deliver"))
}

/// `90s`, `30m`, `24h`, `7d`.
fn age(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no age: give a number and s, m, h or d, as 24h");
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn an_age_has_a_unit() {
        assert_eq!(age("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(age("0s"), Ok(Duration::ZERO));
        for bad in ["", "24", "h", "-1h", "1w", "1日", "99999999999999999999d"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
