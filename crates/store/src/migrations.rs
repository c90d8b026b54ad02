//! The tables, version by version. What was released is never edited: a change is a new file.

use sqlx::{
    SqlSafeStr, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// The version of the tables that this program reads and writes.
pub const VERSION: i64 = 1;

/// Brings a store to [`VERSION`].
pub fn migrator() -> Migrator {
    Migrator::with_migrations(vec![step(
        1,
        "pools",
        include_str!("../migrations/0001_pools.sql").into_sql_str(),
    )])
}

/// The step to a version.
pub fn step(version: i64, what: &'static str, sql: SqlStr) -> Migration {
    Migration::new(version, what.into(), MigrationType::Simple, sql, false)
}
