//! Why an institution or an application entity was not entered or changed.

use std::fmt;

use access::Denial;
use database::DatabaseError;
use model::Standing;

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the table, from 1; none where there is no table.
    pub line: Option<u64>,
    /// The column or field; none where the whole row is meant.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(column) = self.column {
            write!(f, "{column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// Why an institution or an application entity was not entered or changed; nothing of what came with it was.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Whoever asked may not.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Values cannot be used; each is named.
    #[error("{}", told(.0))]
    Faults(Vec<Fault>),
    /// There is none.
    #[error("there is no {what} {name}")]
    Unknown {
        /// `institution` or `application entity`.
        what: &'static str,
        /// What was asked for.
        name: String,
    },
    /// An institution does not go from one standing to the other.
    #[error("an institution that is {from} does not become {to}: {next}", next = next(*.from))]
    Standing {
        /// Where it stands.
        from: Standing,
        /// Where it was to stand.
        to: Standing,
    },
    /// The archive's own institution is always at work.
    #[error("{0} is the archive's own institution: it stays active")]
    Home(String),
    /// The index did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Faults that are told in one text; the rest is counted.
const TOLD: usize = 20;

fn told(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().take(TOLD).map(Fault::to_string).collect();
    let more = match faults.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("{}{more}", lines.join("; "))
}

fn next(from: Standing) -> String {
    match from.next() {
        [] => "it stays so".into(),
        next => {
            let names: Vec<&str> = next.iter().map(|one| one.as_str()).collect();
            format!("it becomes {}", names.join(" or "))
        }
    }
}
