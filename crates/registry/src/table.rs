//! Tables as hospitals send them: CSV (RFC 4180) in UTF-8 or GB 18030, as spreadsheets write it.

use std::collections::BTreeSet;

use encoding_rs::GB18030;

use crate::Fault;

/// Rows that are read; a table with more is refused.
const MOST_ROWS: usize = 100_000;

/// What a table holds in a row.
pub(crate) trait Row: Sized {
    /// Its columns, in any order.
    const COLUMNS: &'static [&'static str];
    /// Those that a table may leave out.
    const OPTIONAL: &'static [&'static str];

    /// Reads a row; `value` gives a column's, empty where the table has none.
    fn read<'v>(value: impl Fn(&str) -> &'v str) -> Result<Self, Vec<Fault>>;
}

/// A row, and its line where it comes from a table.
pub(crate) type Numbered<R> = (Option<u64>, R);

/// Every row, or everything that is wrong with the table.
pub(crate) fn read<R: Row>(bytes: &[u8]) -> Result<Vec<Numbered<R>>, Vec<Fault>> {
    let text = decode(bytes).map_err(|fault| vec![fault])?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| vec![unreadable(&error)])?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    columns::<R>(&names)?;
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(unreadable(&error));
                continue;
            }
        };
        if rows.len() == MOST_ROWS {
            let reason = format!("the table has more than {MOST_ROWS} rows: send it in parts");
            return Err(vec![whole(reason)]);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let value = |column: &str| {
            let at = names.iter().position(|name| name == column);
            at.and_then(|at| record.get(at)).unwrap_or_default()
        };
        match R::read(value) {
            Ok(row) => rows.push((Some(line), row)),
            Err(wrong) => faults.extend(wrong.into_iter().map(|fault| Fault {
                line: Some(line),
                ..fault
            })),
        }
    }
    match faults.is_empty() {
        true if rows.is_empty() => Err(vec![whole("the table has no rows".into())]),
        true => Ok(rows),
        false => Err(faults),
    }
}

/// UTF-8, with or without a mark; else GB 18030.
fn decode(bytes: &[u8]) -> Result<String, Fault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| whole("the table is neither UTF-8 nor GB 18030".into())),
    }
}

fn columns<R: Row>(names: &[String]) -> Result<(), Vec<Fault>> {
    let due = || R::COLUMNS.join(",");
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for name in names {
        if !R::COLUMNS.contains(&name.as_str()) {
            let name: String = name.chars().take(40).collect();
            faults.push(header(format!(
                "{name:?} is no column; the first line is {}",
                due()
            )));
        } else if !seen.insert(name) {
            faults.push(header(format!("the column {name} comes twice")));
        }
    }
    let missing = R::COLUMNS.iter().filter(|column| {
        !R::OPTIONAL.contains(column) && !names.iter().any(|name| name == **column)
    });
    faults.extend(missing.map(|column| header(format!("the column {column} is missing"))));
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn header(reason: String) -> Fault {
    Fault {
        line: Some(1),
        column: None,
        reason,
    }
}

fn whole(reason: String) -> Fault {
    Fault {
        line: None,
        column: None,
        reason,
    }
}

fn unreadable(error: &csv::Error) -> Fault {
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} values where the first line names {expected_len} columns"),
        _ => "the line cannot be read as CSV".into(),
    };
    Fault {
        line: error.position().map(csv::Position::line),
        column: None,
        reason,
    }
}
