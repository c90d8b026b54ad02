//! Settlement of locked batches, and the reward fee.

use sluice_math::{Lamports, Lst, settlement};

use super::{CrankPlan, Step, StepKind, Work, said, world::World};
use crate::{PoolSnapshot, Result, TreasuryAccount, words::amounts::sol};

/// What a reward fee is worth at least when it is paid: two hundred times what that costs.
pub const LEAST_FEE: Lamports = Lamports::new(1_000_000);

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
        plan.due(
            StepKind::Settle,
            None,
            Some(paid.lamports),
            (said::settled(head, paid.lamports, settled), String::new()),
            world.snapshot.addresses.settle_batch(head),
        );
        if !settled {
            return Ok(());
        }
    }
}

/// The reward fee, where the treasury can receive it. Nobody is asked to pay for trifles, which any
/// stranger can send there, nor to pay more rent for a token account that is missing than the fee is
/// worth.
pub fn fees(snapshot: &PoolSnapshot, plan: &mut CrankPlan) -> Result<()> {
    let Some(lst) = snapshot.fees.filter(|lst| !lst.is_zero()) else {
        return Ok(());
    };
    let treasury = snapshot.pool.treasury;
    let worth = snapshot.rate()?.redeemable(lst)?;
    let rent = snapshot.cluster.token_account_rent();
    let obstacle = match snapshot.treasury_account {
        TreasuryAccount::Unusable => Some(format!(
            "the associated token account of the treasury {treasury} cannot receive it"
        )),
        TreasuryAccount::Missing if worth <= rent => Some(format!(
            "it is worth no more than {}, the rent of the treasury's token account, which is missing",
            sol(rent)
        )),
        TreasuryAccount::Missing | TreasuryAccount::Usable => {
            (worth < LEAST_FEE).then(|| format!("it is worth less than {}", sol(LEAST_FEE)))
        }
    };
    if let Some(why) = obstacle {
        plan.waiting
            .push(format!("The reward fee of {lst} LST waits: {why}"));
        return Ok(());
    }
    let rent = match snapshot.treasury_account {
        TreasuryAccount::Missing => format!(", in a token account that is made for {}", sol(rent)),
        TreasuryAccount::Usable | TreasuryAccount::Unusable => String::new(),
    };
    plan.steps.push(Step {
        kind: StepKind::PayFees,
        validator: None,
        lamports: None,
        what: said::fee_paid(lst),
        because: rent,
        work: Work::PayFees { treasury },
    });
    Ok(())
}
