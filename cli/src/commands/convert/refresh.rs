//! The other pool, with books of the current epoch: without them it gives nothing.

use anyhow::{Result, bail};
use sluice_client::{PoolSnapshot, Repeat, SplPool, words::amounts::counted};

use crate::{
    args::{ConvertArgs, SendMode},
    output::announce,
    progress::Progress,
    session::{Actor, Session},
};

/// Transactions that are sent for the other pool without further ado.
const MOST_UPDATES: usize = 16;

/// The other pool as it is.
pub fn spl_pool(session: &Session, arguments: &ConvertArgs) -> Result<SplPool> {
    let trusted = arguments.trust_program.as_ref();
    let spl_pool = SplPool::load(&session.rpc, &arguments.from_pool, trusted)?;
    if spl_pool.decimals != SplPool::DECIMALS {
        bail!(
            "the token of that pool has {} decimals, and only tokens with {} can be converted",
            spl_pool.decimals,
            SplPool::DECIMALS
        );
    }
    Ok(spl_pool)
}

/// The same in this epoch. Anybody may update it; a small one is updated on the way.
pub fn updated_spl_pool(
    session: &Session,
    actor: &Actor,
    snapshot: &PoolSnapshot,
    arguments: &ConvertArgs,
) -> Result<SplPool> {
    let known = spl_pool(session, arguments)?;
    let epoch = snapshot.cluster.clock.epoch;
    let updates = known.updates(epoch);
    if updates.is_empty() {
        return Ok(known);
    }
    let count = updates.len();
    if count > MOST_UPDATES || arguments.no_crank.no_crank || session.send_mode() != SendMode::Send
    {
        bail!(
            "the pool {} is not updated for epoch {epoch} yet, and gives nothing until then. Its operators \
             mostly do that early in the epoch; anybody can, with {}: \
             `spl-stake-pool update {}`",
            known.address,
            counted(count, "transaction"),
            known.address
        );
    }
    announce(format_args!(
        "The other pool is not updated for epoch {epoch} yet: updating it first, with {}.",
        counted(count, "transaction")
    ));
    let progress = Progress::steps("updating the other pool");
    let executor = session.executor(actor.payer())?;
    for (done, instructions) in updates.iter().enumerate() {
        progress.at(done, count);
        executor.send(instructions, &[], Repeat::Harmless)?;
    }
    spl_pool(session, arguments)
}
