//! The schema's steps, compiled in from `migrations/`.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// One step: its version, its name, its text for SQLite and for PostgreSQL.
macro_rules! step {
    ($version:literal, $name:literal) => {
        (
            $version,
            $name,
            include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        )
    };
}

const STEPS: &[(i64, &str, &str, &str)] = &[
    step!(1, "0001_studies"),
    step!(2, "0002_access"),
    step!(3, "0003_upkeep"),
    step!(4, "0004_search"),
    step!(5, "0005_jobs"),
    step!(6, "0006_rejection"),
    step!(7, "0007_workitems"),
    step!(8, "0008_roles"),
    step!(9, "0009_institutions"),
    step!(10, "0010_second_factors"),
    step!(11, "0011_grants"),
    step!(12, "0012_identities"),
];

fn migrator(
    text: impl Fn(&(i64, &'static str, &'static str, &'static str)) -> &'static str,
) -> Migrator {
    Migrator::with_migrations(
        STEPS
            .iter()
            .map(|step| {
                Migration::new(
                    step.0,
                    step.1.into(),
                    MigrationType::Simple,
                    text(step).into_sql_str(),
                    false,
                )
            })
            .collect(),
    )
}

/// The steps for SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(|step| step.2)
}

/// The steps for PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(|step| step.3)
}
