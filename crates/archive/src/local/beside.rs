//! A step that another thread does meanwhile.

use std::{
    io,
    sync::mpsc::{Receiver, sync_channel},
};

use tokio::runtime::Handle;

/// A step under way, or done.
#[derive(Debug)]
pub(super) struct Beside(Receiver<io::Result<()>>);

impl Beside {
    /// Starts the step on a thread of the runtime for blocking work; outside of a runtime it is done
    /// at once.
    pub(super) fn run(step: impl FnOnce() -> io::Result<()> + Send + 'static) -> Self {
        let (done, waiting) = sync_channel(1);
        let work = move || {
            // Nobody waits where the waiting thread panicked.
            done.send(step()).ok();
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(work)),
            Err(_) => work(),
        }
        Self(waiting)
    }

    /// Waits for its end.
    pub(super) fn wait(self) -> io::Result<()> {
        let lost = |_| Err(io::Error::other("the runtime ended"));
        self.0.recv().unwrap_or_else(lost)
    }
}
