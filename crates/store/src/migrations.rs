//! The tables, version by version. What was released is never edited: a change is a new file.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// The version of the tables that this program reads and writes.
pub const VERSION: i64 = 2;

/// Brings a store to [`VERSION`].
pub fn migrator() -> Migrator {
    Migrator::with_migrations(vec![
        step(1, "pools", include_str!("../migrations/0001_pools.sql")),
        step(
            2,
            "validators",
            include_str!("../migrations/0002_validators.sql"),
        ),
    ])
}

/// The step to a version.
fn step(version: i64, what: &'static str, sql: &'static str) -> Migration {
    Migration::new(
        version,
        what.into(),
        MigrationType::Simple,
        sql.into_sql_str(),
        false,
    )
}
