//! Work behind the doors: workers lease jobs that any node may do, and one sequencer puts changes in
//! order (docs/adr/0012).

mod backoff;
mod gauges;
mod handler;
mod sequencer;
mod settings;
mod workers;

pub use backoff::Random;
pub use handler::{Failure, Handler};
pub use settings::{Sequencing, Settings};
pub use workers::{Office, Workers};
