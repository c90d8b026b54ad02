//! Settlement of locked batches, and the reward fee.

use sluice_math::{Lamports, Lst, settlement};

use super::{CrankPlan, StepKind, world::World};
use crate::{PoolSnapshot, Result, words::amounts::sol};

/// Locked batches in order, as far as the reserve goes.
pub fn settlements(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let clock = world.moment.clock.clone();
    loop {
        let head = world.pool.head_batch;
        let Some(index) = world.batches.iter().position(|batch| batch.id == head) else {
            return Ok(());
        };
        let mut batch = world.batches[index];
        if world.pool.require_due(&batch, clock.epoch).is_err() {
            return Ok(());
        }
        if world.pool.require_settlement_open(&clock).is_err() {
            plan.waiting.push(format!(
                "Batch {head} waits: an abnormal loss has closed settlement for at most two epochs"
            ));
            return Ok(());
        }
        let ledger = world.pool.ledger();
        let spendable = world.spendable();
        let payable = settlement(
            Lst::new(batch.unsettled_lst),
            spendable,
            ledger.value(clock.slot)?,
            ledger.supply,
        )?;
        let Some(lst) = payable else {
            plan.waiting.push(format!(
                "Batch {head} waits for its stake to cool down: the reserve has {}, too little for a payment",
                sol(spendable)
            ));
            return Ok(());
        };
        let seed = Lst::new(world.pool.dead_lst);
        let paid = ledger.settle(lst, clock.slot, spendable, seed)?;
        batch.book_payment(lst, paid.lamports)?;
        let settled = batch.unsettled_lst == 0;
        world
            .pool
            .book_settlement(&paid.ledger, lst, paid.lamports, settled)?;
        world.batches[index] = batch;
        let extent = if settled { "in full" } else { "in part" };
        plan.due(
            StepKind::Settle,
            None,
            Some(paid.lamports),
            format!("{} pays batch {head} {extent}", sol(paid.lamports)),
            world.snapshot.addresses.settle_batch(head),
        );
        if !settled {
            return Ok(());
        }
    }
}

/// The reward fee, where the treasury can receive it.
pub fn fees(snapshot: &PoolSnapshot, plan: &mut CrankPlan) {
    let Some(lst) = snapshot.fees.filter(|lst| !lst.is_zero()) else {
        return;
    };
    let Some(treasury_account) = snapshot.treasury_account else {
        plan.waiting.push(format!(
            "The reward fee of {lst} LST waits: the treasury {} has no associated token account for it",
            snapshot.pool.treasury
        ));
        return;
    };
    plan.due(
        StepKind::PayFees,
        None,
        None::<Lamports>,
        format!("The treasury gets the reward fee of {lst} LST"),
        snapshot.addresses.pay_fees(treasury_account),
    );
}
