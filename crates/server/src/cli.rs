//! The command line: verbs and flags, a contract that other tools rely on.

mod accounts;

pub(crate) use accounts::{Deeds, Tokens, TokensVerb, Users, UsersVerb};

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

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
    /// Look after accounts: who signs in, and what they do.
    Users(Users),
    /// Look after tokens: what programs come with.
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

#[derive(Debug, Args)]
pub(crate) struct Pixels {
    /// DICOM files and folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The largest frame, decoded, bytes; a larger one is an error.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) max_frame_bytes: u64,
    #[command(flatten)]
    pub(crate) at_once: AtOnce,
}

/// How much is decoded at once.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AtOnce {
    /// Threads that decode [default: as many as the machine has cores].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory that files and frames under way may take together, bytes; what is larger goes alone.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) memory: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A DICOM file.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// The picture: .jpg, .png, .webp (lossless), or of all frames .gif or .apng.
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Center and width of the window, in the values after the modality LUT [default: the file's own,
    /// else the range of its values].
    #[arg(long, value_name = "C,W", value_parser = window, allow_hyphen_values = true)]
    pub(crate) window: Option<(f64, f64)>,
    /// Which of the file's windows and VOI LUTs, from 1.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN, conflicts_with = "window")]
    pub(crate) view: NonZeroUsize,
    /// The frame, from 1 [default: 1; of a moving picture all].
    #[arg(long, value_name = "N")]
    pub(crate) frame: Option<NonZeroU32>,
    /// A grayscale softcopy presentation state to show it under.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Fit it into so many pixels.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,
    /// Quality of JPEG, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) quality: u8,
    /// Leave out overlays and shutters.
    #[arg(long)]
    pub(crate) no_graphics: bool,
    /// The largest frame, decoded or rendered, bytes; a larger one is an error.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) max_frame_bytes: u64,
    #[command(flatten)]
    pub(crate) at_once: AtOnce,
}

/// `manifest`.
fn kind(text: &str) -> Result<database::jobs::Kind, String> {
    database::jobs::Kind::parse(text)
        .ok_or_else(|| format!("{text:?} is no kind of job: manifest, deliver"))
}

/// `40,400`.
fn window(text: &str) -> Result<(f64, f64), String> {
    let wrong = || format!("{text:?} is no window: give center and width, as 40,400");
    let (center, width) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let (center, width) = number(center).zip(number(width)).ok_or_else(wrong)?;
    if width < 1.0 {
        return Err(format!("{text:?} is no window: its width is less than 1"));
    }
    Ok((center, width))
}

/// `640x480`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse().ok().filter(|side| *side > 0);
    text.split_once('x')
        .and_then(|(width, height)| side(width).zip(side(height)))
        .ok_or_else(|| format!("{text:?} is no size: give width and height, as 640x480"))
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
    fn a_window_is_center_and_width() {
        assert_eq!(window("-600,1500"), Ok((-600.0, 1500.0)));
        assert_eq!(window("40.5, 1"), Ok((40.5, 1.0)));
        for bad in ["", "40", "40,0", "40,x", "nan,1", "1,inf"] {
            assert!(window(bad).is_err(), "{bad}");
        }
        assert_eq!(size("640x480"), Ok((640, 480)));
        for bad in ["", "640", "0x1", "1x-1", "1x1x1"] {
            assert!(size(bad).is_err(), "{bad}");
        }
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
