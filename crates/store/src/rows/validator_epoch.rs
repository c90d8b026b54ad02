//! What an epoch of a validator was.

use std::{collections::BTreeMap, ops::RangeInclusive};

use sluice_client::quote::ratings::{StakeSample, ValidatorEpoch};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use sqlx::{Row as _, any::AnyRow};

use super::{Condition, Kept, Row, Value, Writer, count, maybe_count, name, within};
use crate::{Result, Store, numbers::signed};

impl Row for ValidatorEpoch {
    const TABLE: &'static str = "validator_epochs";
    const COLUMNS: &'static [&'static str] = &[
        "epoch",
        "vote",
        "identity",
        "activated_stake_lamports",
        "credits",
        "first_credits_epoch",
        "commission_bps",
        "block_revenue_commission_bps",
        "has_bls_key",
        "collected_lamports",
        "collector_is_shared",
        "noted_commission_bps",
        "sample_balance_lamports",
        "sample_reward_lamports",
        "delinquent",
        "version",
    ];
    const KEY: usize = 2;
    // What a validator can change within an epoch, what a node sees otherwise than another, and what was
    // collected: only collectors of today are looked at.
    const VAGUE: &'static [&'static str] = &[
        "identity",
        "first_credits_epoch",
        "commission_bps",
        "block_revenue_commission_bps",
        "has_bls_key",
        "collected_lamports",
        "collector_is_shared",
        "noted_commission_bps",
        "sample_balance_lamports",
        "sample_reward_lamports",
        "delinquent",
        "version",
    ];

    fn values(&self) -> Result<Vec<Value>> {
        // More than a store can hold is more than there can be: a node has made it up. It must not cost the
        // rows of all others.
        let number =
            |number: Option<u64>| Value::Number(number.and_then(|number| signed(number).ok()));
        let bps = |bps: Option<u16>| Value::Number(bps.map(i64::from));
        let flag = |flag: Option<bool>| Value::Number(flag.map(i64::from));
        let is_shared = self.collected_lamports.map(|_| self.collector_is_shared);
        Ok(vec![
            Value::count(self.epoch)?,
            Value::named(self.vote),
            Value::named(self.identity),
            number(self.activated_stake_lamports),
            number(self.credits),
            number(self.first_credits_epoch),
            bps(self.commission_bps),
            bps(self.block_revenue_commission_bps),
            flag(self.has_bls_key),
            number(self.collected_lamports),
            flag(is_shared),
            bps(self.noted_commission_bps),
            number(self.sample.map(|sample| sample.balance_lamports)),
            number(self.sample.map(|sample| sample.reward_lamports)),
            flag(self.delinquent),
            Value::Text(self.version.clone()),
        ])
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let balance = maybe_count(row, "sample_balance_lamports")?;
        let reward = maybe_count(row, "sample_reward_lamports")?;
        Ok(Self {
            vote: name(row, "vote")?,
            identity: name(row, "identity")?,
            epoch: count(row, "epoch")?,
            activated_stake_lamports: maybe_count(row, "activated_stake_lamports")?,
            credits: maybe_count(row, "credits")?,
            first_credits_epoch: maybe_count(row, "first_credits_epoch")?,
            commission_bps: bps(row, "commission_bps")?,
            block_revenue_commission_bps: bps(row, "block_revenue_commission_bps")?,
            has_bls_key: flag(row, "has_bls_key")?,
            collected_lamports: maybe_count(row, "collected_lamports")?,
            collector_is_shared: flag(row, "collector_is_shared")?.unwrap_or_default(),
            noted_commission_bps: bps(row, "noted_commission_bps")?,
            sample: balance
                .zip(reward)
                .map(|(balance_lamports, reward_lamports)| StakeSample {
                    balance_lamports,
                    reward_lamports,
                }),
            delinquent: flag(row, "delinquent")?,
            version: row.try_get("version")?,
        })
    }
}

impl Store {
    /// Writes what epochs of validators were, as far as it is not stored. Of the epoch `running`, and of
    /// later ones, nothing is taken that still grows. Each epoch is written as a whole.
    pub fn keep_validators(
        &mut self,
        writer: &Writer,
        rows: &[ValidatorEpoch],
        running: u64,
    ) -> Result<Kept> {
        let mut by_epoch: BTreeMap<u64, Vec<ValidatorEpoch>> = BTreeMap::new();
        for row in rows {
            by_epoch
                .entry(row.epoch)
                .or_default()
                .push(settled(row, running));
        }
        by_epoch
            .into_iter()
            .try_fold(Kept::default(), |kept, (epoch, rows)| {
                let of_epoch = within(&writer.genesis, &(epoch..=epoch))?;
                Ok(kept.and(self.keep(writer, &rows, of_epoch)?))
            })
    }

    /// What these epochs of all validators were, by epoch.
    pub fn validators(
        &mut self,
        genesis: &Hash,
        epochs: &RangeInclusive<u64>,
    ) -> Result<Vec<ValidatorEpoch>> {
        self.select(within(genesis, epochs)?)
    }

    /// What the stored epochs of a validator were, oldest first.
    pub fn validator(&mut self, genesis: &Hash, vote: &Pubkey) -> Result<Vec<ValidatorEpoch>> {
        self.select(Condition::new(
            "genesis = $1 AND vote = $2",
            [Value::named(genesis), Value::named(vote)],
        ))
    }
}

/// What does not change any more.
fn settled(row: &ValidatorEpoch, running: u64) -> ValidatorEpoch {
    let mut row = row.clone();
    if row.epoch >= running {
        (row.credits, row.collected_lamports) = (None, None);
        (row.noted_commission_bps, row.sample) = (None, None);
    }
    row
}

fn bps(row: &AnyRow, column: &str) -> Result<Option<u16>, sqlx::Error> {
    let odd = |error: std::num::TryFromIntError| sqlx::Error::Decode(error.into());
    let number: Option<i64> = row.try_get(column)?;
    number.map(u16::try_from).transpose().map_err(odd)
}

fn flag(row: &AnyRow, column: &str) -> Result<Option<bool>, sqlx::Error> {
    let number: Option<i64> = row.try_get(column)?;
    Ok(number.map(|number| number != 0))
}
