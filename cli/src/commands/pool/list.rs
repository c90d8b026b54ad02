//! All pools of a cluster.

use std::{cmp::Reverse, fmt};

use anyhow::{Error, Result};
use serde::Serialize;
use sluice::state::Pool;
use sluice_client::{ClientError, words::amounts::price_lamports};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{output::table, session::Session};

/// The pools of a cluster.
#[derive(Debug, Serialize)]
pub struct Listed {
    pools: Vec<PoolLine>,
}

#[derive(Debug, Serialize)]
struct PoolLine {
    pool: String,
    mint: String,
    full_lamports: u64,
    supply_lst: u64,
    deposit_price_lamports: Option<u64>,
    validator_count: u32,
    finalized_epoch: u64,
}

/// Lists the pools of the cluster, those that own most first. Each node is asked before it is believed that
/// there is none.
pub fn list(session: &Session) -> Result<Listed> {
    let listed = sluice_client::pools(&session.rpc).map(|listed| match listed.is_empty() {
        true => shown_by_another(session.nodes.each()),
        false => listed,
    });
    let listed = listed.map_err(|error| match error.refuses_method() {
        true => Error::from(error).context(
            "pools cannot be listed by this node: `sluice pool show --pool ADDRESS` shows one that you \
             know",
        ),
        false => error.into(),
    })?;
    let mut pools = listed
        .iter()
        .map(|(address, pool)| PoolLine::new(address, pool))
        .collect::<Result<Vec<_>, ClientError>>()?;
    pools.sort_by_key(|pool| Reverse(pool.full_lamports));
    Ok(Listed { pools })
}

/// What the first of several nodes shows that shows a pool.
fn shown_by_another(nodes: &[RpcClient]) -> Vec<(Pubkey, Pool)> {
    let several = nodes.iter().filter(|_| nodes.len() > 1);
    let mut shown = several.filter_map(|node| sluice_client::pools(node).ok());
    shown.find(|listed| !listed.is_empty()).unwrap_or_default()
}

impl PoolLine {
    fn new(address: &Pubkey, pool: &Pool) -> Result<Self, ClientError> {
        let ledger = pool.ledger();
        let full = ledger.full()?;
        Ok(Self {
            pool: address.to_string(),
            mint: pool.mint.to_string(),
            full_lamports: full.get(),
            supply_lst: ledger.supply.get(),
            deposit_price_lamports: price_lamports(full, ledger.supply),
            validator_count: pool.validator_count,
            finalized_epoch: pool.finalized_epoch,
        })
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pools.is_empty() {
            return writeln!(
                formatter,
                "There is no pool on this cluster yet: `sluice pool create` makes one."
            );
        }
        let mut pools = table(
            [
                "pool",
                "owned SOL",
                "deposit price SOL",
                "validators",
                "priced in",
            ],
            1,
        );
        for pool in &self.pools {
            pools.add_row([
                pool.pool.clone(),
                Lamports::new(pool.full_lamports).to_string(),
                pool.deposit_price_lamports
                    .map_or_else(String::new, |price| Lamports::new(price).to_string()),
                pool.validator_count.to_string(),
                format!("epoch {}", pool.finalized_epoch),
            ]);
        }
        writeln!(formatter, "{pools}")
    }
}
