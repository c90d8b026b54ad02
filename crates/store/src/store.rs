//! A store that is open.

use std::{fs, time::Duration};

use sqlx::{
    Any, AnyConnection, AssertSqlSafe, ConnectOptions, Connection, Row, Transaction,
    any::{AnyConnectOptions, install_default_drivers},
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

use crate::{
    Place, Result, StoreError, VERSION,
    migrations::{TABLE, VERSION_QUERY, migrator},
    rows::TABLES,
};

/// How long a store is waited for, each time.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The low byte of SQLite's codes: the file is damaged, or no database.
const DAMAGED: [u32; 2] = [11, 26];
/// The tables and views of a file, without SQLite's own.
const TABLES_QUERY: &str = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND \
                            name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY name";
/// PostgreSQL's code for a table that is not there.
const NO_TABLE: &str = "42P01";

/// A store that is open, of this thread alone.
pub struct Store {
    place: Place,
    /// Taken only at the end.
    connection: Option<AnyConnection>,
    runtime: Runtime,
}

impl Drop for Store {
    /// Waits until a file is closed: what stands in the log beside it then stands in the file.
    fn drop(&mut self) {
        let is_file = self.place.file().is_some();
        if let Some(connection) = self.connection.take().filter(|_| is_file) {
            let closing = async { timeout(PATIENCE, connection.close()).await };
            // What could not be closed is read from the log the next time.
            let _closed = self.runtime.block_on(closing);
        }
    }
}

impl Store {
    /// Opens a store for writing. Makes it where there is none, and brings its tables to [`VERSION`].
    ///
    /// Fails where it cannot be reached, is damaged, was made by a later version of Sluice, or is a file of
    /// another program.
    pub fn open(place: &Place) -> Result<Self> {
        let mut store = Self::connect(place, true)?;
        if store.sound_version()?.unwrap_or_default() < VERSION {
            store.migrate(&migrator())?;
        }
        store.let_readers_be()?;
        Ok(store)
    }

    /// Opens a store for reading, as it is.
    ///
    /// Fails where there is none, also, where it cannot be reached, is damaged, or has other tables than
    /// those of [`VERSION`].
    pub fn read(place: &Place) -> Result<Self> {
        let mut store =
            Self::existing(place)?.ok_or_else(|| StoreError::NotThere(place.clone()))?;
        match store.sound_version()? {
            Some(VERSION) => Ok(store),
            Some(version) => Err(StoreError::Older {
                place: place.clone(),
                version,
            }),
            None => Err(StoreError::NotThere(place.clone())),
        }
    }

    /// The version of the tables at this place; none where no keeper has made them. Nothing is changed.
    ///
    /// Fails where it cannot be reached, is damaged, or was made by a later version of Sluice.
    pub fn version_at(place: &Place) -> Result<Option<i64>> {
        Self::existing(place)?.map_or(Ok(None), |mut store| store.sound_version())
    }

    fn existing(place: &Place) -> Result<Option<Self>> {
        let is_missing = place.file().is_some_and(|file| !file.exists());
        (!is_missing)
            .then(|| Self::connect(place, false))
            .transpose()
    }

    /// Connects, whatever is there.
    pub(crate) fn connect(place: &Place, may_make: bool) -> Result<Self> {
        install_default_drivers();
        let unusable = |error: std::io::Error| StoreError::Unusable {
            place: place.clone(),
            what: error.to_string(),
        };
        let folder = place.file().and_then(|file| file.parent());
        if let Some(folder) = folder.filter(|_| may_make) {
            fs::create_dir_all(folder).map_err(unusable)?;
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(unusable)?;
        let options = AnyConnectOptions::from_url(&place.url(may_make)?);
        let options = options.map_err(|error| error_at(place, &error))?;
        let options = options.disable_statement_logging();
        let connecting = async { timeout(PATIENCE, options.connect()).await };
        let connection = match runtime.block_on(connecting) {
            Ok(connected) => connected.map_err(|error| error_at(place, &error))?,
            Err(_) => return Err(silent(place)),
        };
        Ok(Self {
            place: place.clone(),
            connection: Some(connection),
            runtime,
        })
    }

    /// The same, once nothing is found damaged: a part that is whole would be written to, and found usable.
    fn sound_version(&mut self) -> Result<Option<i64>> {
        if self.place.file().is_some() {
            let found: String = self.wait(async |connection| {
                let query = sqlx::query("PRAGMA quick_check(1)");
                query.fetch_one(connection).await?.try_get(0)
            })?;
            if found != "ok" {
                return Err(StoreError::Damaged {
                    place: self.place.clone(),
                    what: found,
                });
            }
        }
        let version = self.version()?;
        if version.is_none() {
            self.require_own_file()?;
        }
        if version == Some(VERSION) {
            for table in TABLES {
                let sql = format!("SELECT 1 FROM {table} LIMIT 1");
                self.wait(async |connection| {
                    let query = sqlx::query(AssertSqlSafe(sql));
                    query.fetch_optional(connection).await
                })?;
            }
        }
        Ok(version)
    }

    /// A file without our versions must be empty. In a database, others may have tables too: it was made for
    /// whoever is named in the URL.
    fn require_own_file(&mut self) -> Result<()> {
        if self.place.file().is_none() {
            return Ok(());
        }
        let named: Vec<String> = self.wait(async |connection| {
            let query = sqlx::query(TABLES_QUERY);
            let rows = query.fetch_all(connection).await?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })?;
        let is_ours = |table: &String| table == TABLE || TABLES.contains(&table.as_str());
        match named.into_iter().find(|table| !is_ours(table)) {
            Some(table) => Err(StoreError::Foreign {
                place: self.place.clone(),
                table,
            }),
            None => Ok(()),
        }
    }

    /// Lets who reads a file for long not hold up who writes it: by a log beside it, which stays switched on.
    /// Where the file system has no shared memory, or somebody else uses the file in this moment, it stays as
    /// it is: the same is stored, and the next start tries again.
    fn let_readers_be(&mut self) -> Result<()> {
        if self.place.file().is_none() {
            return Ok(());
        }
        let switched = self.asked(async |connection| {
            let query = sqlx::query("PRAGMA journal_mode = WAL");
            query.fetch_one(connection).await
        })?;
        match switched.map_err(|error| error_at(&self.place, &error)) {
            Err(StoreError::Damaged { place, what }) => Err(StoreError::Damaged { place, what }),
            _ => Ok(()),
        }
    }

    /// The version of its tables; none where they are not there. A later one than is known is refused.
    fn version(&mut self) -> Result<Option<i64>> {
        let asked = self.asked(async |connection| {
            let query = sqlx::query(VERSION_QUERY);
            let row = query.fetch_one(connection).await?;
            row.try_get::<Option<i64>, _>("version")
        })?;
        let version = match asked {
            Err(error) if is_no_table(&error) => None,
            answer => answer.map_err(|error| error_at(&self.place, &error))?,
        };
        match version {
            Some(version) if version > VERSION => Err(StoreError::Newer {
                place: self.place.clone(),
                version,
            }),
            version => Ok(version),
        }
    }

    /// Brings the tables to the latest version that the migrator knows. Who comes second waits, and finds it
    /// done: PostgreSQL by the migrator's own lock, SQLite by a transaction around all.
    pub(crate) fn migrate(&mut self, migrator: &Migrator) -> Result<()> {
        let of_migration = |error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error,
            other => sqlx::Error::Migrate(Box::new(other)),
        };
        if self.place.file().is_none() {
            return self.wait(async |connection| {
                let migrated = migrator.run_direct(None, connection, false).await;
                migrated.map_err(of_migration)
            });
        }
        self.write(async |connection| {
            let migrated = migrator.run_direct(None, connection, false).await;
            migrated.map_err(of_migration)
        })
    }

    /// Does something as a whole, or not at all.
    pub(crate) fn write<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T> {
        // A reader of SQLite that becomes a writer halfway would fail where another writer came between.
        let begin = match self.place {
            Place::File(_) => "BEGIN IMMEDIATE",
            Place::Server(_) => "BEGIN",
        };
        self.wait(async |connection| {
            let mut whole: Transaction<'_, Any> = connection.begin_with(begin).await?;
            let done = work(&mut whole).await?;
            whole.commit().await?;
            Ok(done)
        })
    }

    /// Waits for an answer, and says what is wrong where there is none.
    pub(crate) fn wait<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T> {
        let answer = self.asked(work)?;
        answer.map_err(|error| error_at(&self.place, &error))
    }

    fn asked<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<Result<T, sqlx::Error>> {
        let Some(connection) = &mut self.connection else {
            return Err(silent(&self.place));
        };
        let answer = async { timeout(PATIENCE, work(connection)).await };
        let answer = self.runtime.block_on(answer);
        answer.map_err(|_| silent(&self.place))
    }
}

fn silent(place: &Place) -> StoreError {
    StoreError::Unusable {
        place: place.clone(),
        what: format!("no answer within {} seconds", PATIENCE.as_secs()),
    }
}

fn is_no_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == NO_TABLE)
            || error.message().starts_with("no such table")
    })
}

/// What the driver's error means to people.
fn error_at(place: &Place, error: &sqlx::Error) -> StoreError {
    let place = place.clone();
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    let is_damaged = match error {
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => true,
        // The codes of PostgreSQL are other ones.
        _ => place.file().is_some() && code.is_some_and(|code| DAMAGED.contains(&(code & 0xff))),
    };
    let what = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    };
    match is_damaged || is_no_table(error) {
        true => StoreError::Damaged { place, what },
        false => StoreError::Unusable { place, what },
    }
}
