//! What the bot sees: the pool, and the pair beside it.

use anchor_lang::AccountDeserialize;
use anyhow::{Context, Result, ensure};
use pair::{Pair, client::PairAddresses, curve::Reserves};
use sluice_client::{AccountSource, PoolAddresses, PoolSnapshot};

/// A pool and its pair. They are read one after the other, so the chain may already be further: the
/// transaction that follows from them is bound.
#[derive(Clone, Debug)]
pub struct Market {
    /// The pool, whose quotes are exact for its slot.
    pub pool: PoolSnapshot,
    /// Where the pair's accounts are.
    pub pair: PairAddresses,
    /// What the pair holds.
    pub reserves: Reserves,
}

impl Market {
    /// Reads both.
    pub fn load(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        let pair = PairAddresses::of(addresses.pool, addresses.mint);
        let pool = PoolSnapshot::load(source, addresses)?;
        let fetched = source.accounts(&[pair.pair], Some(pool.slot))?;
        let account = fetched.accounts.into_iter().next().flatten();
        let account = account.with_context(|| {
            format!(
                "the pool {} has no pair yet: `pair-bot open` makes one",
                addresses.pool
            )
        })?;
        ensure!(
            account.owner == pair::ID,
            "{} belongs to another program than the pair's",
            pair.pair
        );
        let read = Pair::try_deserialize(&mut account.data.as_slice());
        let read = read.with_context(|| format!("{} is no pair", pair.pair))?;
        Ok(Self {
            pool,
            pair,
            reserves: read.reserves,
        })
    }
}
