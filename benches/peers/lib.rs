//! What the benchmarks beside peers share: figures of several rounds, how a machine is named, and a
//! disk at rest.

pub mod nginx;

use std::{fs, process::Command, thread, time::Duration};

use anyhow::{Context, Result, ensure};

/// The middle of the figures of all rounds and their ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the rounds are below.
    pub median: f64,
    /// The least.
    pub lowest: f64,
    /// The most.
    pub highest: f64,
}

impl Spread {
    /// Of one figure a round; of none nothing is a number.
    pub fn of(figures: &[f64]) -> Self {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = match sorted.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        };
        Self {
            median,
            lowest: sorted.first().copied().unwrap_or(f64::NAN),
            highest: sorted.last().copied().unwrap_or(f64::NAN),
        }
    }
}

/// The last column of a table of aims.
pub fn verdict(measured: f64, aim: f64) -> &'static str {
    if measured >= aim { "reached" } else { "missed" }
}

/// Cores and memory, as far as they explain the figures.
///
/// # Errors
/// When the system does not tell.
pub fn machine() -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let total: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().split(' ').next())
        .context("no MemTotal")?
        .parse()?;
    Ok(format!(
        "{cores} cores, {} GiB, clients on the same machine",
        total >> 20
    ))
}

/// Lets the disk come to rest: what one measurement left unwritten (the files to send, what a target
/// that does not sync holds back, discarded blocks) would be paid for by the syncs of the next.
///
/// # Errors
/// When `sync` fails.
pub fn settle() -> Result<()> {
    let synced = Command::new("sync")
        .status()
        .context("sync cannot be run")?;
    ensure!(synced.success(), "sync failed");
    thread::sleep(Duration::from_millis(500));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        let spread = Spread::of(&[9.0, 1.0, 2.0, 4.0]);
        assert_eq!(
            (spread.median, spread.lowest, spread.highest),
            (3.0, 1.0, 9.0)
        );
        assert_eq!(Spread::of(&[7.0, 5.0, 6.0]).median, 6.0);
    }
}
