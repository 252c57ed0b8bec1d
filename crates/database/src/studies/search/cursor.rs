//! Where a page ends, and the condition for what comes behind it: the values that a level is ordered
//! by, parted by `~`. Patients, whose order is by names, are counted: no name stands in an address.

use std::cmp::Reverse;

use model::search::{Cursor, Level};

use super::condition::Where;
use crate::{
    DatabaseError,
    sql::{Bind, Row},
};

/// A number that is absent: numbers come first.
const NONE: &str = "-";

/// What a level is ordered by. Columns of the page's statement come in the same order.
fn columns(level: Level) -> &'static [(&'static str, Order)] {
    const ALL: &[(&str, Order)] = &[
        ("{key}.study_date", Order::Falling),
        ("{key}.study_time", Order::Falling),
        ("{key}.study_uid", Order::Rising),
        ("e.series_number", Order::Number),
        ("e.series_uid", Order::Rising),
        ("i.instance_number", Order::Number),
        ("i.sop_uid", Order::Rising),
    ];
    match level {
        Level::Patient => &[],
        Level::Study => &ALL[..3],
        Level::Series => &ALL[..5],
        Level::Instance => ALL,
    }
}

/// What rows of a level stand in the order of; of patients too.
fn order(level: Level) -> Vec<Order> {
    match level {
        Level::Patient => vec![Order::Rising; 3],
        _ => columns(level).iter().map(|(_, order)| *order).collect(),
    }
}

/// Where a row stands among others of its level: rows of two pages are put together by it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing(Vec<Place>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Falling(Reverse<String>),
    Rising(String),
    /// Those without a number last.
    Number(bool, i64),
}

/// Where `row` stands, whose ordering columns begin at `from`.
pub(super) fn standing(level: Level, row: &Row, from: usize) -> Result<Standing, DatabaseError> {
    let places = order(level).into_iter().enumerate().map(|(at, order)| {
        Ok(match order {
            Order::Falling => Place::Falling(Reverse(row.text(from + at)?)),
            Order::Rising => Place::Rising(row.text(from + at)?),
            Order::Number => {
                let number = row.number_or_null(from + at)?;
                Place::Number(number.is_none(), number.unwrap_or_default())
            }
        })
    });
    Ok(Standing(places.collect::<Result<_, DatabaseError>>()?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Falling,
    Rising,
    /// Rising, those without a number last.
    Number,
}

/// The cursor behind `row`, the last of a page whose ordering columns begin at `from`; `passed` rows
/// lie before the page's end.
pub(super) fn behind(
    level: Level,
    row: &Row,
    from: usize,
    passed: u64,
) -> Result<Cursor, DatabaseError> {
    if level == Level::Patient {
        return Ok(Cursor::new(passed.to_string()));
    }
    let mut values = Vec::new();
    for (at, (_, order)) in columns(level).iter().enumerate() {
        values.push(match order {
            Order::Number => row
                .number_or_null(from + at)?
                .map_or_else(|| NONE.to_owned(), |number| number.to_string()),
            Order::Falling | Order::Rising => row.text(from + at)?,
        });
    }
    Ok(Cursor::new(values.join("~")))
}

/// How many patients the cursor passes over.
pub(super) fn passed(cursor: &Cursor) -> Result<u64, DatabaseError> {
    let number: Option<u32> = cursor.as_str().parse().ok();
    number.map(u64::from).ok_or(DatabaseError::Cursor)
}

impl Where {
    /// What comes behind `cursor` in the order of `level`: a bound for the index, and the whole.
    pub(super) fn after(
        &mut self,
        level: Level,
        cursor: &Cursor,
    ) -> Result<[String; 2], DatabaseError> {
        let values: Vec<&str> = cursor.as_str().split('~').collect();
        let columns = columns(level);
        if values.len() != columns.len() || values.iter().any(|value| value.contains('\0')) {
            return Err(DatabaseError::Cursor);
        }
        let mut condition = "false".to_owned();
        for ((column, order), value) in columns.iter().zip(values).rev() {
            let column = column.replace("{key}", self.key);
            condition = match order {
                Order::Number if value == NONE => format!("{column} IS NULL AND ({condition})"),
                Order::Number => {
                    let number = value.parse().map_err(|_| DatabaseError::Cursor)?;
                    let place = self.bind(Bind::number(number));
                    format!(
                        "{column} IS NULL OR {column} > {place} OR {column} = {place} \
                         AND ({condition})"
                    )
                }
                Order::Falling | Order::Rising => {
                    let place = self.text(value);
                    let sign = if *order == Order::Falling { '<' } else { '>' };
                    format!("{column} {sign} {place} OR {column} = {place} AND ({condition})")
                }
            };
        }
        // What comes behind is of the same day or of one before.
        let day = self.text(cursor.as_str().split('~').next().unwrap_or_default());
        let bound = format!("{}.study_date <= {day}", self.key);
        Ok([bound, format!("({condition})")])
    }
}
