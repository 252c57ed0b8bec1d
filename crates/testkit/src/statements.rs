//! SQL statements, counted as the database's library reports them.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts what sqlx says of each statement that it ran.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target() == "sqlx::query" {
            let mut settles = Settles(false);
            event.record(&mut settles);
            STATEMENTS.fetch_add(usize::from(!settles.0), Ordering::SeqCst);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Whether a statement only sets a connection up, which the pool opens when it likes.
struct Settles(bool);

impl Visit for Settles {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0 |= field.name() == "summary" && value.trim_start().starts_with("PRAGMA");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        self.record_str(field, text.trim_start_matches('"'));
    }
}

/// Begins to count, for the whole process: a test that counts is alone in its program.
pub fn count() -> Result<()> {
    tracing::subscriber::set_global_default(Counter).context("somebody else listens already")
}

/// Statements that `work` runs, and what it gives. Nothing else may run meanwhile.
pub async fn counted<T>(work: impl Future<Output = T>) -> (usize, T) {
    let before = STATEMENTS.load(Ordering::SeqCst);
    let result = work.await;
    (STATEMENTS.load(Ordering::SeqCst) - before, result)
}
