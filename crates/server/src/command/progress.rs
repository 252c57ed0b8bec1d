//! Progress of a long verb on standard error; silent where that is no terminal.

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use ingest::upkeep::Progress;

/// A line that counts objects and bytes, for work whose end is not known.
pub(crate) fn counter(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_prefix(what);
    bar.set_style(style("{spinner} {prefix}: {msg} ({elapsed})"));
    bar
}

/// A bar over files.
pub(crate) fn bar(files: u64) -> ProgressBar {
    let bar = ProgressBar::new(files);
    bar.set_style(style(
        "[{bar:40}] {human_pos}/{human_len} files, {per_sec}, {eta} left {msg}",
    ));
    bar
}

/// Shows how far a verb is.
pub(crate) fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_message(format!(
        "{} objects, {}",
        progress.objects,
        HumanBytes(progress.bytes)
    ));
    bar.tick();
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a constant template is valid")
}
