//! Both pools with books of the current epoch: without them the other one gives nothing.

use anyhow::{Context, Result, bail};
use sluice_client::{
    Confirmed, PoolAddresses, PoolSnapshot, Repeat, SplPool, words::amounts::counted,
};

use crate::{
    args::{ConvertArgs, SendMode},
    commands::freshness::{Cost, Due, PoolDue, Upkeep, View},
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

/// What both pools need before one gives and the other takes.
pub struct BothDue<'a> {
    here: PoolDue,
    there: SplPool,
    arguments: &'a ConvertArgs,
}

impl<'a> BothDue<'a> {
    /// Looks at both. Fails where the other one is not to be updated: anybody may, but only a small one
    /// is updated on the way.
    pub fn of(session: &Session, actor: &Actor, arguments: &'a ConvertArgs) -> Result<Self> {
        let here = PoolDue::of(session, actor, arguments.no_crank, View::Stakes)?;
        let due = Self {
            here,
            there: spl_pool(session, arguments)?,
            arguments,
        };
        let (count, epoch) = (due.updates(), due.epoch());
        let may_send = session.send_mode() == SendMode::Send && !arguments.no_crank.no_crank;
        if count > 0 && (count > MOST_UPDATES || !may_send) {
            let address = due.there.address;
            bail!(
                "the pool {address} is not updated for epoch {epoch} yet, and gives nothing until then. Its \
                 operators mostly do that early in the epoch; anybody can, with {}: \
                 `spl-stake-pool update {address}`",
                counted(count, "transaction")
            );
        }
        Ok(due)
    }

    fn epoch(&self) -> u64 {
        self.here.snapshot().cluster.clock.epoch
    }

    fn updates(&self) -> usize {
        self.there.updates(self.epoch()).len()
    }
}

impl Due for BothDue<'_> {
    type Books = (PoolSnapshot, SplPool);

    fn pool(&self) -> &PoolAddresses {
        self.here.pool()
    }

    fn cost(&self) -> Cost {
        let (pool, epoch) = (self.there.address, self.epoch());
        let there = Cost::of(pool, "updated", epoch, self.updates());
        self.here.cost().and(there)
    }

    fn assumed(&self) -> Self::Books {
        let mut there = self.there.clone();
        there.account.last_update_epoch = self.epoch();
        (self.here.assumed(), there)
    }

    fn carry_out(self, session: &Session, actor: &Actor) -> Result<(Self::Books, Upkeep)> {
        let (epoch, arguments) = (self.epoch(), self.arguments);
        let (here, upkeep) = self.here.carry_out(session, actor)?;
        let updates = self.there.updates(epoch);
        if updates.is_empty() {
            return Ok(((here, self.there), upkeep));
        }
        let address = self.there.address;
        let mut updating = Upkeep::default();
        let progress = Progress::steps("updating the other pool");
        let executor = session.executor(actor.payer())?;
        for (done, instructions) in updates.iter().enumerate() {
            progress.at(done, updates.len());
            let sent = executor.send(instructions, &[], Repeat::Harmless);
            let sent = sent.with_context(|| {
                format!("{address} could not be updated for epoch {epoch}, which comes first")
            })?;
            let confirmed = Confirmed::read(&session.afterwards, &sent.signature);
            let fee_lamports = confirmed.map(|confirmed| confirmed.fee_lamports);
            updating.note(sent.signature.to_string(), fee_lamports);
        }
        drop(progress);
        announce(format_args!("Updated {address}: {updating}."));
        Ok(((here, spl_pool(session, arguments)?), upkeep.and(updating)))
    }
}
