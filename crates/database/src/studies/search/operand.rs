//! Which column, or which place in the level's JSON, a tag is matched against.

use dataset::{Tag, levels};
use model::search::{Level, TagNumber};

/// How the values of an attribute compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As they are.
    Text,
    /// Person names, folded (`studies::fold::names`).
    Name,
    /// `YYYYMMDD`.
    Date,
    /// `HHMMSS.FFFFFF`.
    Time,
    /// Integers.
    Number,
}

/// What a tag is matched against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A column.
    Column {
        level: Level,
        expression: &'static str,
        kind: Kind,
    },
    /// Modalities in Study (0008,0061).
    Modalities,
    /// SOP Classes in Study (0008,0062).
    SopClasses,
    /// An attribute in the level's JSON, or one in a sequence's items there.
    Json { level: Level, path: Vec<String> },
    /// Says how to answer, not what is searched: no condition.
    Nothing,
}

/// Tag, level, column, kind.
const COLUMNS: &[(TagNumber, Level, &str, Kind)] = &[
    (0x0010_0010, Level::Patient, "p.name", Kind::Name),
    (0x0010_0020, Level::Patient, "p.patient_id", Kind::Text),
    (0x0010_0021, Level::Patient, "p.issuer", Kind::Text),
    (0x0010_0030, Level::Patient, "p.birth_date", Kind::Date),
    (0x0010_0040, Level::Patient, "p.sex", Kind::Text),
    (0x0020_000D, Level::Study, "s.study_uid", Kind::Text),
    (0x0008_0020, Level::Study, "s.study_date", Kind::Date),
    (0x0008_0030, Level::Study, "s.study_time", Kind::Time),
    (0x0008_0050, Level::Study, "s.accession_number", Kind::Text),
    (0x0020_0010, Level::Study, "s.study_id", Kind::Text),
    (0x0008_1030, Level::Study, "s.description", Kind::Text),
    (
        0x0008_0090,
        Level::Study,
        "s.referring_physician",
        Kind::Name,
    ),
    (0x0020_000E, Level::Series, "e.series_uid", Kind::Text),
    (0x0008_0060, Level::Series, "e.modality", Kind::Text),
    (0x0020_0011, Level::Series, "e.series_number", Kind::Number),
    (0x0008_0018, Level::Instance, "i.sop_uid", Kind::Text),
    (0x0008_0016, Level::Instance, "i.sop_class", Kind::Text),
    (
        0x0020_0013,
        Level::Instance,
        "i.instance_number",
        Kind::Number,
    ),
    (
        0x0008_3002,
        Level::Instance,
        "i.transfer_syntax",
        Kind::Text,
    ),
];

/// Specific Character Set, Query/Retrieve Level, Retrieve AE Title, Instance Availability, Timezone
/// Offset From UTC: they ask for a form of the answer.
const NOTHING: [TagNumber; 5] = [
    0x0008_0005,
    0x0008_0052,
    0x0008_0054,
    0x0008_0056,
    0x0008_0201,
];

/// What `path` is matched against; none when it cannot be matched.
pub(super) fn operand(path: &[TagNumber]) -> Option<Operand> {
    let (&first, rest) = path.split_first()?;
    if rest.is_empty() {
        if first & 0xFFFF == 0 || NOTHING.contains(&first) {
            return Some(Operand::Nothing);
        }
        match first {
            0x0008_0061 => return Some(Operand::Modalities),
            0x0008_0062 => return Some(Operand::SopClasses),
            _ => {}
        }
        if let Some(&(_, level, expression, kind)) = COLUMNS.iter().find(|row| row.0 == first) {
            return Some(Operand::Column {
                level,
                expression,
                kind,
            });
        }
    }
    if rest.len() > 1 {
        return None;
    }
    let tag = Tag((first >> 16) as u16, (first & 0xFFFF) as u16);
    Some(Operand::Json {
        level: levels::of(tag)?,
        path: path.iter().map(|tag| format!("{tag:08X}")).collect(),
    })
}
