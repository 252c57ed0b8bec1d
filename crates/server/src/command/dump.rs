//! `index dump`: every row as a line of JSON.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use futures::TryStreamExt;

use crate::house::House;

pub(crate) async fn run(house: House) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(std::io::stdout());
    let mut rows = house.database.dump();
    while let Some(row) = rows.try_next().await? {
        writeln!(out, "{row}")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
