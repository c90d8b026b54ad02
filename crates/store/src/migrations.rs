//! The tables, version by version. What was released is never edited: a change is a new file.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// The version of the tables that this program reads and writes.
pub const VERSION: i64 = 2;

/// The table of the versions that a store has gone through. Its name is Sluice's own: other programs
/// may have tables in the same database.
pub const TABLE: &str = "sluice_store_versions";
/// Asks for the version of a store.
pub const VERSION_QUERY: &str = "SELECT MAX(version) AS version FROM sluice_store_versions";

/// Brings a store to [`VERSION`].
pub fn migrator() -> Migrator {
    let mut migrator = Migrator::with_migrations(vec![
        step(1, "pools", include_str!("../migrations/0001_pools.sql")),
        step(
            2,
            "validators",
            include_str!("../migrations/0002_validators.sql"),
        ),
    ]);
    // Dangerous only once there are stores with another name.
    migrator.dangerous_set_table_name(TABLE);
    migrator
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
