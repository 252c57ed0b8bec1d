//! Institutions.

use access::Authority;
use database::registry::{Conflict, ConflictWith, Details, Institution};
use model::{CreditCode, InstitutionId, Standing};

use crate::{Fault, Registry, RegistryError, table};

/// The longest name, characters.
const NAME: usize = 128;
/// The longest of the other texts, characters.
const TEXT: usize = 32;

/// Provinces, autonomous regions and municipalities: the first two digits of a GB/T 2260 code.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// An institution as it is told of, before it is checked.
#[derive(Clone, Debug, Default)]
pub struct NewInstitution {
    /// First part of every key, 1 to 64 of `a-z 0-9 - _`.
    pub id: String,
    /// Unified social credit code (GB 32100).
    pub credit_code: String,
    /// Its name.
    pub name: String,
    /// Where it is: six digits of GB/T 2260.
    pub region: String,
    /// Which of its campuses (院区).
    pub campus: String,
    /// Its level, as 三级甲等.
    pub level: String,
    /// Whose it is, as 公立.
    pub ownership: String,
}

impl table::Row for Details {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "credit_code",
        "name",
        "region",
        "campus",
        "level",
        "ownership",
    ];
    const OPTIONAL: &'static [&'static str] = &["campus", "level", "ownership"];

    fn read<'v>(value: impl Fn(&str) -> &'v str) -> Result<Self, Vec<Fault>> {
        details(NewInstitution {
            id: value("id").into(),
            credit_code: value("credit_code").into(),
            name: value("name").into(),
            region: value("region").into(),
            campus: value("campus").into(),
            level: value("level").into(),
            ownership: value("ownership").into(),
        })
    }
}

/// What is told, checked.
fn details(told: NewInstitution) -> Result<Details, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |column, reason: String| {
        faults.push(Fault {
            line: None,
            column: Some(column),
            reason,
        });
    };
    let id = InstitutionId::new(&told.id).map_err(|error| wrong("id", error.to_string()));
    let credit_code = told.credit_code.parse::<CreditCode>();
    let credit_code = credit_code.map_err(|error| wrong("credit_code", error.to_string()));
    if told.name.is_empty() {
        wrong("name", "an institution has a name".into());
    }
    for (column, text, most) in [
        ("name", &told.name, NAME),
        ("campus", &told.campus, TEXT),
        ("level", &told.level, TEXT),
        ("ownership", &told.ownership, TEXT),
    ] {
        if text.chars().count() > most || text.chars().any(char::is_control) {
            wrong(column, format!("at most {most} characters on one line"));
        }
    }
    let is_region = told.region.len() == 6
        && told.region.bytes().all(|byte| byte.is_ascii_digit())
        && PROVINCES.contains(&&told.region[..2]);
    if !is_region {
        let reason = format!("{:?} is no region of GB/T 2260: six digits", told.region);
        wrong("region", reason);
    }
    match (id, credit_code) {
        (Ok(id), Ok(credit_code)) if faults.is_empty() => Ok(Details {
            id,
            credit_code: Some(credit_code),
            campus: told.campus,
            name: told.name,
            level: told.level,
            ownership: told.ownership,
            region: told.region,
        }),
        _ => Err(faults),
    }
}

impl Registry {
    /// The institutions, by id.
    pub async fn institutions(
        &self,
        authority: &Authority,
    ) -> Result<Vec<Institution>, RegistryError> {
        self.require(authority)?;
        Ok(self.database.institutions().await?)
    }

    /// Enters an institution, pending, or changes what is told of it.
    pub async fn put_institution(
        &self,
        authority: &Authority,
        told: NewInstitution,
    ) -> Result<(), RegistryError> {
        self.require(authority)?;
        let details = details(told).map_err(RegistryError::Faults)?;
        self.put_all(authority, vec![(None, details)]).await
    }

    /// Enters the institutions of a table, or changes what is told of them: all or none. How many there were.
    pub async fn import_institutions(
        &self,
        authority: &Authority,
        table: &[u8],
    ) -> Result<usize, RegistryError> {
        self.require(authority)?;
        let rows = table::read::<Details>(table).map_err(RegistryError::Faults)?;
        let count = rows.len();
        self.put_all(authority, rows).await?;
        Ok(count)
    }

    async fn put_all(
        &self,
        authority: &Authority,
        rows: Vec<table::Numbered<Details>>,
    ) -> Result<(), RegistryError> {
        let deeds: Vec<_> = rows
            .iter()
            .map(|(_, details)| {
                let detail = [&details.name, &details.campus].map(String::as_str);
                let detail = detail.join(" ").trim_end().to_owned();
                let subject = details.id.as_str();
                let deed = self.deed(authority, "institution_put", subject, detail);
                (deed, details.clone())
            })
            .collect();
        let conflicts = self.database.put_institutions(&deeds).await?;
        refuse(conflicts, &rows)
    }

    /// Moves an institution to another standing, in force at the next request of its people.
    pub async fn set_standing(
        &self,
        authority: &Authority,
        id: &InstitutionId,
        to: Standing,
    ) -> Result<(), RegistryError> {
        self.require(authority)?;
        if *id == self.home {
            return Err(RegistryError::Home(id.to_string()));
        }
        loop {
            let known = self.database.institution(id).await?;
            let unknown = || RegistryError::Unknown {
                what: "institution",
                name: id.to_string(),
            };
            let from = known.ok_or_else(unknown)?.standing;
            if !from.next().contains(&to) {
                return Err(RegistryError::Standing { from, to });
            }
            let detail = format!("{from} to {to}");
            let deed = self.deed(authority, "standing_set", id.as_str(), detail);
            // Somebody else may have moved it meanwhile.
            if self.database.set_standing(&deed, id, from, to).await? {
                return Ok(());
            }
        }
    }
}

/// Rows that conflict, by their lines.
pub(crate) fn refuse<R>(
    conflicts: Vec<Conflict>,
    rows: &[table::Numbered<R>],
) -> Result<(), RegistryError> {
    let faults = conflicts.into_iter().map(|conflict| {
        let (column, reason) = match conflict.with {
            ConflictWith::CreditCode(other) => {
                let reason = format!("{other} has this code and campus");
                ("credit_code", reason)
            }
            ConflictWith::NoInstitution(id) => {
                ("institution", format!("there is no institution {id}"))
            }
        };
        Fault {
            line: rows.get(conflict.at).and_then(|(line, _)| *line),
            column: Some(column),
            reason,
        }
    });
    let faults: Vec<Fault> = faults.collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(RegistryError::Faults(faults))
    }
}
