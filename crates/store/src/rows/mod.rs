//! Rows of all tables: how they are written once, and read.

pub mod action;
mod cluster_epoch;
pub mod pool_epoch;
pub mod pool_validator;
mod validator_epoch;

use std::{collections::HashMap, fmt, ops::RangeInclusive};

use sluice_client::quote::ratings::{ClusterEpoch, ValidatorEpoch};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use sqlx::{
    Any, AnyConnection, AssertSqlSafe, Row as _,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use self::{action::KeeperAction, pool_epoch::PoolEpoch, pool_validator::PoolValidator};
use crate::{Result, Store, numbers::signed};

/// All tables of rows.
pub const TABLES: [&str; 5] = [
    PoolEpoch::TABLE,
    PoolValidator::TABLE,
    KeeperAction::TABLE,
    ValidatorEpoch::TABLE,
    ClusterEpoch::TABLE,
];

/// Rows that one statement writes.
const AT_ONCE: usize = 100;

/// A value as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// A whole number.
    Number(Option<i64>),
    /// A text, such as an address.
    Text(Option<String>),
}

/// A row of a table.
pub trait Row: Sized {
    /// The table.
    const TABLE: &'static str;
    /// Its columns, beside those of the cluster and of who wrote it: first those of the key.
    const COLUMNS: &'static [&'static str];
    /// How many of them are the key beside the cluster.
    const KEY: usize;
    /// Columns that may differ by who looked, and when: the first counts.
    const VAGUE: &'static [&'static str] = &[];

    /// What is stored.
    fn values(&self) -> Result<Vec<Value>>;

    /// What was stored.
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error>;
}

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// The cluster that it is about.
    pub genesis: Hash,
    /// The keeper.
    pub source: Pubkey,
    /// The cluster's clock, in seconds since 1970.
    pub timestamp: i64,
}

/// What became of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many were not stored before.
    pub new: u64,
    /// What is stored otherwise. It stays.
    pub contradictions: Vec<Contradiction>,
}

/// A row that is stored, and is told otherwise now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The table, and the key of the row.
    pub row: String,
    /// Which columns differ, and how.
    pub differences: Vec<String>,
    /// The keeper that wrote it.
    pub source: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            row,
            differences,
            source,
        } = self;
        let differences = differences.join(", ");
        write!(
            formatter,
            "{row} is stored otherwise by {source}, and stays so: {differences}"
        )
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(Some(number)) => write!(formatter, "{number}"),
            Self::Text(Some(text)) => write!(formatter, "{text}"),
            Self::Number(None) | Self::Text(None) => write!(formatter, "unknown"),
        }
    }
}

impl Value {
    /// An address, a hash or a signature.
    pub fn named(name: impl fmt::Display) -> Self {
        Self::Text(Some(name.to_string()))
    }

    /// A number without a sign.
    pub fn count(number: u64) -> Result<Self> {
        Ok(Self::Number(Some(signed(number)?)))
    }

    fn is_known(&self) -> bool {
        !matches!(self, Self::Number(None) | Self::Text(None))
    }

    fn bind(self, query: Query<'_, Any, AnyArguments>) -> Query<'_, Any, AnyArguments> {
        match self {
            Self::Number(number) => query.bind(number),
            Self::Text(text) => query.bind(text),
        }
    }
}

impl Kept {
    fn and(mut self, other: Self) -> Self {
        self.new = self.new.saturating_add(other.new);
        self.contradictions.extend(other.contradictions);
        self
    }
}

impl Store {
    /// Writes what is not stored, as a whole: rows, and in rows that are there what was not known of them.
    /// What another keeper writes in this moment is compared the next time.
    pub(crate) fn keep<R: Row>(
        &mut self,
        writer: &Writer,
        rows: &[R],
        among: Condition,
    ) -> Result<Kept> {
        let mut told = rows.iter().map(R::values).collect::<Result<Vec<_>>>()?;
        // Two writers that go the other way round would wait for each other.
        told.sort();
        let by = [
            Value::named(writer.source),
            Value::Number(Some(writer.timestamp)),
        ];
        self.write(async |connection| {
            let stored = stored::<R>(connection, among).await?;
            let mut kept = Kept::default();
            let mut wanted = Vec::new();
            for values in told {
                match stored.get(&values[..R::KEY]) {
                    None => kept.new = kept.new.saturating_add(1),
                    Some(before) => {
                        kept.contradictions
                            .extend(contradiction::<R>(before, &values));
                        if !tells_more(&values, &before.0) {
                            continue;
                        }
                    }
                }
                wanted.push([&values[..], &by[..]].concat());
            }
            for some in wanted.chunks(AT_ONCE) {
                let columns = [R::COLUMNS, &["source", "stored_timestamp"]].concat();
                write_rows(
                    connection,
                    R::TABLE,
                    &columns,
                    R::KEY,
                    &writer.genesis,
                    some,
                )
                .await?;
            }
            Ok(kept)
        })
    }

    /// The rows of which this is true, in the order of their keys.
    pub(crate) fn select<R: Row>(&mut self, among: Condition) -> Result<Vec<R>> {
        let columns = R::COLUMNS.join(", ");
        let order = R::COLUMNS[..R::KEY].join(", ");
        let sql = format!(
            "SELECT {columns} FROM {} {among} ORDER BY {order}",
            R::TABLE
        );
        self.wait(async |connection| {
            let rows = among.bind(sql).fetch_all(connection).await?;
            rows.iter().map(R::read).collect()
        })
    }
}

/// What is true of the rows that are meant: text of this program, and values for its `$1`, `$2` ...
pub(crate) struct Condition {
    text: &'static str,
    values: Vec<Value>,
}

impl Condition {
    pub fn new(text: &'static str, values: impl Into<Vec<Value>>) -> Self {
        Self {
            text,
            values: values.into(),
        }
    }

    fn bind(self, sql: String) -> Query<'static, Any, AnyArguments> {
        let query = sqlx::query(AssertSqlSafe(sql));
        self.values
            .into_iter()
            .fold(query, |query, value| value.bind(query))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WHERE {}", self.text)
    }
}

type Stored = HashMap<Vec<Value>, (Vec<Value>, String)>;

/// What is stored, by its key, and by whom.
async fn stored<R: Row>(
    connection: &mut AnyConnection,
    among: Condition,
) -> Result<Stored, sqlx::Error> {
    let columns = R::COLUMNS.join(", ");
    let sql = format!("SELECT {columns}, source FROM {} {among}", R::TABLE);
    let rows = among.bind(sql).fetch_all(connection).await?;
    let pair = |row: &AnyRow| {
        let values = R::read(row)?.values();
        let values = values.map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok((values[..R::KEY].to_vec(), (values, row.try_get("source")?)))
    };
    rows.iter().map(pair).collect()
}

fn contradiction<R: Row>(stored: &(Vec<Value>, String), told: &[Value]) -> Option<Contradiction> {
    let (before, source) = stored;
    let columns = R::COLUMNS.iter().zip(before.iter().zip(told));
    let differences: Vec<String> = columns
        .filter(|(column, (before, now))| {
            before != now && before.is_known() && now.is_known() && !R::VAGUE.contains(column)
        })
        .map(|(column, (before, now))| format!("{column} {before}, now {now}"))
        .collect();
    let key = R::COLUMNS.iter().zip(before).take(R::KEY);
    let key: Vec<String> = key
        .map(|(column, value)| format!("{column} {value}"))
        .collect();
    (!differences.is_empty()).then(|| Contradiction {
        row: format!("{} of {}", R::TABLE, key.join(", ")),
        differences,
        source: source.clone(),
    })
}

/// Whether something is known now that was not known before.
fn tells_more(now: &[Value], before: &[Value]) -> bool {
    let mut both = now.iter().zip(before);
    both.any(|(now, before)| now.is_known() && !before.is_known())
}

/// Writes rows. Of those that are there already, what is not known is filled in, and nothing else.
async fn write_rows(
    connection: &mut AnyConnection,
    table: &str,
    columns: &[&str],
    key: usize,
    genesis: &Hash,
    rows: &[Vec<Value>],
) -> Result<(), sqlx::Error> {
    // The cluster is the same in all rows.
    let mut number = 1;
    let places = rows.iter().map(|row| {
        let places = row.iter().map(|_| {
            number += 1;
            format!("${number}")
        });
        format!("($1, {})", places.collect::<Vec<_>>().join(", "))
    });
    let places = places.collect::<Vec<_>>().join(", ");
    let (key, rest) = columns.split_at(key);
    let (key, columns) = (key.join(", "), columns.join(", "));
    let filled = rest
        .iter()
        .map(|column| format!("{column} = COALESCE({table}.{column}, EXCLUDED.{column})"));
    let filled = filled.collect::<Vec<_>>().join(", ");
    let sql = format!(
        "INSERT INTO {table} (genesis, {columns}) VALUES {places} ON CONFLICT (genesis, {key}) DO UPDATE SET {filled}"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(genesis.to_string());
    let values = rows.iter().flatten().cloned();
    let query = values.fold(query, |query, value| value.bind(query));
    query.execute(connection).await?;
    Ok(())
}

/// An address, a hash or a signature that was stored.
pub(crate) fn name<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    let odd = || sqlx::Error::Decode(format!("{column} is no address").into());
    text.parse().map_err(|_| odd())
}

/// A number without a sign that was stored.
pub(crate) fn count(row: &AnyRow, column: &str) -> Result<u64, sqlx::Error> {
    crate::numbers::unsigned(row.try_get(column)?)
}

/// The same, where it may not be known.
pub(crate) fn maybe_count(row: &AnyRow, column: &str) -> Result<Option<u64>, sqlx::Error> {
    crate::numbers::maybe_unsigned(row.try_get(column)?)
}

/// The rows of these epochs: of every table.
fn within(genesis: &Hash, epochs: &RangeInclusive<u64>) -> Result<Condition> {
    // No epoch is beyond what can be stored.
    let last = (*epochs.end()).min(i64::MAX.unsigned_abs());
    Ok(Condition::new(
        "genesis = $1 AND epoch BETWEEN $2 AND $3",
        [
            Value::named(genesis),
            Value::count(*epochs.start())?,
            Value::count(last)?,
        ],
    ))
}
