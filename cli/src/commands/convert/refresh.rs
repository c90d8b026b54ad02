//! The other pool, with books of the current epoch: without them it gives nothing.

use anyhow::{Result, bail};
use sluice_client::{PoolSnapshot, Repeat, SplPool};

use crate::{
    args::{ConvertArgs, SendMode},
    output::announce,
    progress::Progress,
    session::{Actor, Session},
};

/// Transactions that are sent for the other pool without further ado.
const MOST_UPDATES: usize = 16;

/// The other pool. Anybody may update it; a small one is updated on the way.
pub fn updated_spl_pool(
    session: &Session,
    actor: &Actor,
    snapshot: &PoolSnapshot,
    arguments: &ConvertArgs,
) -> Result<SplPool> {
    let trusted = arguments.trust_program.as_ref();
    let spl_pool = SplPool::load(&session.rpc, &arguments.from_pool, trusted)?;
    if spl_pool.decimals != SplPool::DECIMALS {
        bail!(
            "the token of that pool has {} decimals, and only tokens with {} can be converted",
            spl_pool.decimals,
            SplPool::DECIMALS
        );
    }
    let epoch = snapshot.cluster.clock.epoch;
    let updates = spl_pool.updates(epoch);
    if updates.is_empty() {
        return Ok(spl_pool);
    }
    let count = updates.len();
    if count > MOST_UPDATES || arguments.no_crank.no_crank || session.send_mode() != SendMode::Send
    {
        bail!(
            "the pool {} is not updated for epoch {epoch} yet, and gives nothing until then. Its operators \
             mostly do that early in the epoch; anybody can, with {count} transactions: \
             `spl-stake-pool update {}`",
            spl_pool.address,
            spl_pool.address
        );
    }
    announce(format_args!(
        "The other pool is not updated for epoch {epoch} yet: updating it first, with {count} transactions."
    ));
    let progress = Progress::steps("updating the other pool");
    let executor = session.executor(actor.payer())?;
    for (done, instructions) in updates.iter().enumerate() {
        progress.at(done, count);
        executor.send(instructions, &[], Repeat::Harmless)?;
    }
    Ok(SplPool::load(&session.rpc, &arguments.from_pool, trusted)?)
}
