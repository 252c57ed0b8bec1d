//! The worklist of unified procedure steps (PS3.4 annex CC): what may be created, changed and
//! finished, who may follow it, and what they are told.

mod attributes;
mod check;
mod error;
mod feed;
mod filter;
mod follow;
mod matching;
mod moment;
mod report;
mod requirements;
mod search;
mod service;
mod settings;
mod state;
mod steps;

pub use error::WorkitemError;
pub use feed::Feed;
pub use follow::Target;
pub use search::{Page, Search, always_returned};
pub use service::{Canceled, Changed, Created, Updated, Workitems};
pub use settings::Settings;
pub use state::{Event, Outcome, Refusal, transition};
