//! Settlement of locked batches, and the reward fee.

use sluice_math::{Lst, settlement};

use super::{CrankPlan, Step, StepKind, Work, world::World};
use crate::{PoolSnapshot, Result, TreasuryAccount, words::amounts::sol};

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

/// The reward fee, where the treasury can receive it. Nobody is asked to pay more rent for a token account
/// that is missing than the fee is worth.
pub fn fees(snapshot: &PoolSnapshot, plan: &mut CrankPlan) -> Result<()> {
    let Some(lst) = snapshot.fees.filter(|lst| !lst.is_zero()) else {
        return Ok(());
    };
    let treasury = snapshot.pool.treasury;
    let rent = snapshot.cluster.token_account_rent();
    let why = match snapshot.treasury_account {
        TreasuryAccount::Usable => format!("The treasury gets the reward fee of {lst} LST"),
        TreasuryAccount::Missing if snapshot.rate()?.redeemable(lst)? > rent => format!(
            "The treasury gets the reward fee of {lst} LST, in a token account that is made for {}",
            sol(rent)
        ),
        TreasuryAccount::Missing => {
            plan.waiting.push(format!(
                "The reward fee of {lst} LST waits: it is worth no more than {}, the rent of the \
                 treasury's token account, which is missing",
                sol(rent)
            ));
            return Ok(());
        }
        TreasuryAccount::Unusable => {
            plan.waiting.push(format!(
                "The reward fee of {lst} LST waits: the associated token account of the treasury \
                 {treasury} cannot receive it"
            ));
            return Ok(());
        }
    };
    plan.steps.push(Step {
        kind: StepKind::PayFees,
        validator: None,
        lamports: None,
        why,
        work: Work::PayFees { treasury },
    });
    Ok(())
}
