//! What keepers did.

use solana_hash::Hash;
use solana_pubkey::Pubkey;
use sqlx::{Row as _, any::AnyRow};

use super::{AT_ONCE, Condition, Row, Value, count, maybe_count, name, write_rows};
use crate::{Result, Store, numbers::maybe_signed};

/// Something that a keeper did or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeeperAction {
    /// The keeper.
    pub keeper: Pubkey,
    /// Microseconds since 1970 by its clock; no two of its actions for a pool have the same.
    pub number: u64,
    /// The pool that it was about.
    pub pool: Pubkey,
    /// What it was, such as `finalize`.
    pub kind: String,
    /// What came of it, such as `landed`.
    pub outcome: String,
    /// The transaction, where one was signed.
    pub signature: Option<String>,
    /// What the transaction cost, in the first of its actions, as far as nodes say.
    pub fee_lamports: Option<u64>,
    /// Rent that it paid, in the first of its actions; negative where rent came back.
    pub rent_lamports: Option<i64>,
}

impl Row for KeeperAction {
    const TABLE: &'static str = "keeper_actions";
    const COLUMNS: &'static [&'static str] = &[
        "keeper",
        "pool",
        "number",
        "kind",
        "outcome",
        "signature",
        "fee_lamports",
        "rent_lamports",
    ];
    const KEY: usize = 3;

    fn values(&self) -> Result<Vec<Value>> {
        Ok(vec![
            Value::named(self.keeper),
            Value::named(self.pool),
            Value::count(self.number)?,
            Value::Text(Some(self.kind.clone())),
            Value::Text(Some(self.outcome.clone())),
            Value::Text(self.signature.clone()),
            Value::Number(maybe_signed(self.fee_lamports)?),
            Value::Number(self.rent_lamports),
        ])
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            keeper: name(row, "keeper")?,
            number: count(row, "number")?,
            pool: name(row, "pool")?,
            kind: row.try_get("kind")?,
            outcome: row.try_get("outcome")?,
            signature: row.try_get("signature")?,
            fee_lamports: maybe_count(row, "fee_lamports")?,
            rent_lamports: row.try_get("rent_lamports")?,
        })
    }
}

impl Store {
    /// Writes what a keeper did. Twice is as good as once.
    pub fn keep_actions(&mut self, genesis: &Hash, actions: &[KeeperAction]) -> Result<()> {
        let rows = actions
            .iter()
            .map(Row::values)
            .collect::<Result<Vec<_>>>()?;
        self.write(async |connection| {
            for some in rows.chunks(AT_ONCE) {
                let (table, columns) = (KeeperAction::TABLE, KeeperAction::COLUMNS);
                write_rows(connection, table, columns, KeeperAction::KEY, genesis, some).await?;
            }
            Ok(())
        })
    }

    /// Whether something is stored that a keeper did for a pool in this transaction, with this outcome.
    pub fn has_action(
        &mut self,
        genesis: &Hash,
        pool: &Pubkey,
        signature: &str,
        outcome: &str,
    ) -> Result<bool> {
        let found: Vec<KeeperAction> = self.select(Condition::new(
            "genesis = $1 AND pool = $2 AND signature = $3 AND outcome = $4",
            [
                genesis.to_string(),
                pool.to_string(),
                signature.to_owned(),
                outcome.to_owned(),
            ]
            .map(Value::named),
        ))?;
        Ok(!found.is_empty())
    }

    /// What keepers did for a pool from a moment on, in microseconds since 1970: by keeper, oldest first.
    pub fn actions(
        &mut self,
        genesis: &Hash,
        pool: &Pubkey,
        from: u64,
    ) -> Result<Vec<KeeperAction>> {
        self.select(Condition::new(
            "genesis = $1 AND pool = $2 AND number >= $3",
            [
                Value::named(genesis),
                Value::named(pool),
                Value::count(from)?,
            ],
        ))
    }
}
