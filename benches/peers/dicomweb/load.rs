//! Who asks: `wrk`, one thread, the requests of a list in turn on connections that stay open.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::process::{run, tool};

/// What `wrk` saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) answers: u64,
    pub(crate) seconds: f64,
    pub(crate) bytes: u64,
    /// Milliseconds within which 99 of 100 answers came.
    pub(crate) p99: f64,
}

/// The requests of a measurement.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    pub(crate) url: String,
    pub(crate) paths: Vec<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// Every request is made before the clock runs; at the end the figures are printed as JSON.
const SCRIPT: &str = r#"
local requests, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    if line ~= "" then requests[#requests + 1] = wrk.format("GET", line) end
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency, _)
  local e = summary.errors
  print(string.format(
    '{"answers":%d,"micros":%d,"bytes":%d,"p99":%d,"ended":%d,"failed":%d}', summary.requests, summary.duration,
    summary.bytes, latency:percentile(99), e.read, e.connect + e.write + e.status + e.timeout))
end
"#;

/// Asks for `seconds`; every answer must be one of success.
pub(crate) fn ask(
    folder: &Path,
    requests: &Requests,
    connections: usize,
    seconds: u64,
) -> Result<Seen> {
    let (script, list) = (folder.join("wrk.lua"), folder.join("paths"));
    fs::write(&script, SCRIPT)?;
    fs::write(&list, requests.paths.join("\n"))?;
    let mut arguments: Vec<String> = ["-t1".into(), format!("-c{connections}")].into();
    arguments.extend([format!("-d{seconds}s"), "--timeout=60s".into()]);
    for (name, value) in &requests.headers {
        arguments.extend(["-H".into(), format!("{name}: {value}")]);
    }
    arguments.extend(["-s".into(), script.display().to_string()]);
    arguments.extend([
        requests.url.clone(),
        "--".into(),
        list.display().to_string(),
    ]);
    let finished =
        run(&tool("wrk")?, arguments, Duration::from_secs(seconds + 90))?.successful()?;
    let line = finished.text.lines().find(|line| line.starts_with('{'));
    let figures: Value = serde_json::from_str(line.context("wrk printed no figures")?)?;
    let figure = |name: &str| figures[name].as_u64().context("a figure that is none");
    // Orthanc ends a study by closing the connection: `wrk` counts the answer, and that it closed. One
    // that breaks off inside of a body of known length is not counted as an answer.
    let closed = figure("ended")? <= figure("answers")?;
    ensure!(figure("failed")? == 0 && closed, "{}", finished.text);
    Ok(Seen {
        answers: figure("answers")?,
        seconds: figure("micros")? as f64 / 1e6,
        bytes: figure("bytes")?,
        p99: figure("p99")? as f64 / 1e3,
    })
}
