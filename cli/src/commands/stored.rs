//! Prices of a pool that a keeper has stored, beside those that the pool keeps itself.

use std::collections::BTreeMap;

use anyhow::Result;
use sluice::state::EpochRate;
use sluice_client::{PoolSnapshot, words::amounts::counted};
use sluice_store::{Place, Store, StoreError};

use crate::{args::StoreArgs, failure::misuse, output::announce, session::Session};

/// The pool's prices, oldest first. Where the pool's own history has an epoch, it is believed, and a store
/// that says otherwise is told.
///
/// Fails where there is a store to read, and it cannot be read.
pub fn prices(
    session: &Session,
    snapshot: &PoolSnapshot,
    arguments: &StoreArgs,
) -> Result<Vec<EpochRate>> {
    let own = snapshot.history.iter().map(|rate| (rate.epoch, *rate));
    let own: BTreeMap<u64, EpochRate> = own.collect();
    let Some(place) = &arguments.store else {
        return Ok(own.into_values().collect());
    };
    let no_store = |error: StoreError| misuse(error.to_string());
    let place: Place = place.parse().map_err(no_store)?;
    let pool = &snapshot.addresses.pool;
    let genesis = session.genesis_hash()?;
    let mut store = match Store::read(&place) {
        Err(missing @ StoreError::NotThere(_)) => return Err(no_store(missing)),
        read => read?,
    };
    let stored = store.history(genesis, pool, &(0..=u64::MAX))?;
    if stored.is_empty() {
        announce(format_args!(
            "The store at {place} has no prices of the pool {pool} on this cluster. What the pool keeps itself is all \
             there is."
        ));
    }
    let mut rates: BTreeMap<u64, EpochRate> = stored
        .into_iter()
        .map(|row| (row.rate.epoch, row.rate))
        .collect();
    let differs = |rate: &&EpochRate| rates.get(&rate.epoch).is_some_and(|stored| stored != *rate);
    let differing = own.values().filter(differs).count() as u64;
    if differing > 0 {
        announce(format_args!(
            "The store at {place} says otherwise than the pool of {}. There the pool is believed. Find out why \
             before you believe it of earlier epochs.",
            counted(differing, "epoch")
        ));
    }
    rates.extend(own);
    Ok(rates.into_values().collect())
}
