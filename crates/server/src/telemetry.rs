//! Logs on standard error, and the metrics recorder.

use std::io::IsTerminal;

use config::{Format, Log};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

use crate::failure::{SetupError, setup};

/// Bounds of the histograms of durations, seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
];

/// Bounds of the histograms of work on pixels, nanoseconds a pixel.
const NANOSECONDS: [f64; 10] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 1000.0];

/// Begins logging as the section says.
pub(crate) fn log(settings: &Log) -> anyhow::Result<()> {
    // What a library tells of itself is not for operators, unless they ask for it.
    let directives = format!("foyer=warn,foyer_storage=warn,{}", settings.level);
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        SetupError(format!(
            "log.level = {:?}: {error}: give a level, or crates and levels, as warn,dimse=debug",
            settings.level
        ))
    })?;
    let lines = fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let begun = match settings.format {
        Format::Text => lines.compact().try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| setup("logging cannot begin", anyhow::anyhow!(error)))
}

/// Installs the metrics recorder; the handle renders Prometheus' text format.
pub(crate) fn metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(|builder| {
            let name = Matcher::Suffix("_nanoseconds_per_pixel".into());
            builder.set_buckets_for_metric(name, &NANOSECONDS)
        })
        .and_then(|builder| builder.install_recorder())
        .map_err(|error| setup("metrics cannot be recorded", error))?;
    metrics::gauge!("yingyun_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}
