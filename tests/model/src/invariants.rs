//! What holds after every step, whatever the model thinks.

use anyhow::{Result, ensure};
use sluice_math::Ledger;

use crate::{
    action::Action,
    life::Life,
    pool::{DEAD_LST, Model},
    slots::Slot,
};

/// Both prices, as pairs of lamports and the supply.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    full: u64,
    value: u64,
    supply: u64,
    pending: u64,
}

impl Prices {
    /// Of the books at this moment.
    pub fn of_model(model: &Model) -> Self {
        Self::of(&model.ledger, model.now.slot)
    }

    fn of(ledger: &Ledger, slot: u64) -> Self {
        let amount = |lamports: sluice_math::Result<sluice_math::Lamports>| {
            lamports.expect("booked amounts fit").get()
        };
        Self {
            full: amount(ledger.full()),
            value: amount(ledger.value(slot)),
            supply: ledger.supply.get(),
            pending: ledger.pending.get(),
        }
    }
}

fn wide(amount: u64) -> u128 {
    u128::from(amount)
}

/// Whether `one.0 / one.1` is at most `other.0 / other.1`.
fn at_most(one: (u64, u64), other: (u64, u64)) -> bool {
    wide(one.0) * wide(other.1) <= wide(other.0) * wide(one.1)
}

impl Life {
    /// The books equal the chain's by now, so what is said of them is said of the chain.
    pub fn check_invariants(&mut self, action: &Action) -> Result<()> {
        let (before, after) = (self.prices, Prices::of_model(&self.model));
        self.prices = after;
        check_prices(&before, &after, action)?;
        check_sums(&self.model)?;
        self.check_stakes()
    }

    /// No stake that is or becomes active is below the stake program's minimum.
    fn check_stakes(&self) -> Result<()> {
        if self.character.losses {
            return Ok(());
        }
        let minimum = self.model.now.minimum_delegation;
        let stakes = self.model.slots.values().flat_map(|slot| slot.stakes);
        for held in stakes {
            if let Some(delegation) = held.account.delegation() {
                let stays = delegation.deactivation_epoch == u64::MAX;
                ensure!(!stays || delegation.stake >= minimum, "{held:?}");
            }
        }
        Ok(())
    }
}

/// Principle 2: only finalize and a reported loss lower a price, and nothing lifts one by more than
/// it says. Both are taken at the same slot, so the drip moves nothing in between.
fn check_prices(before: &Prices, after: &Prices, action: &Action) -> Result<()> {
    let falls = |what: &str| format!("{what} falls: {before:?} {after:?}");
    let lifts = |what: &str| format!("{what} rises: {before:?} {after:?}");
    let (full, value) = ((before.full, before.supply), (before.value, before.supply));
    let (new_full, new_value) = ((after.full, after.supply), (after.value, after.supply));
    if matches!(action, Action::Finalize) {
        let calm = after.full >= before.full;
        ensure!(!calm || at_most(value, new_value), falls("value"));
        return Ok(());
    }
    if matches!(action, Action::ReportLoss { .. }) {
        ensure!(after.supply == before.supply, "the supply changes");
        ensure!(after.full <= before.full, lifts("full"));
        ensure!(after.value <= before.value, lifts("value"));
        return Ok(());
    }
    ensure!(at_most(full, new_full), falls("full"));
    ensure!(at_most(value, new_value), falls("value"));

    let kept = after.pending.saturating_sub(before.pending);
    match action {
        Action::Deposit { .. } | Action::DepositStake { .. } => {
            // The fee stays; beyond it, less than the price of one unit was rounded off.
            let bought = (after.full - kept, after.supply + 1);
            let more = wide(bought.0) * wide(full.1) > wide(full.0) * wide(bought.1);
            ensure!(!more || after.supply == before.supply, lifts("full"));
            ensure!(at_most(new_value, new_full), lifts("value beyond full"));
        }
        Action::Withdraw { .. } | Action::WithdrawStake { .. } | Action::Settle { .. } => {
            // Less than one lamport was rounded off.
            let paid = (after.value.saturating_sub(1), after.supply);
            ensure!(at_most(paid, value), lifts("value"));
            // What the leavers forgo is what they did not get of full.
            let gone = before.supply - after.supply;
            let left_in = before.full - after.full;
            let share = wide(before.full) * wide(gone) / wide(before.supply);
            let forgone = share.saturating_sub(wide(left_in));
            ensure!(
                wide(after.full) * wide(before.supply)
                    <= wide(before.full) * wide(after.supply) + (forgone + 1) * wide(before.supply),
                lifts("full")
            );
        }
        _ => {
            // Dust of a batch and rent of a slot wait in pending.
            ensure!(after.supply == before.supply, "the supply changes");
            ensure!(after.value == before.value, lifts("value"));
            ensure!(after.full == before.full + kept, lifts("full"));
        }
    }
    Ok(())
}

/// Every amount is there, and every sum adds up.
fn check_sums(model: &Model) -> Result<()> {
    let (queue, ledger) = (&model.queue, &model.ledger);
    ensure!(
        model.reserve >= ledger.reserve.get(),
        "the reserve lacks lamports"
    );
    ensure!(
        ledger.reserve.get() >= model.rents.wallet,
        "the reserve's rent is gone"
    );
    ensure!(
        model.vault >= model.claims + 2 * model.rents.wallet,
        "tickets are not backed"
    );
    let unclaimed: u64 = queue
        .batches
        .values()
        .map(|batch| batch.paid - batch.claimed)
        .sum();
    ensure!(model.claims == unclaimed, "claims are not what batches owe");
    let queued = queue.open_lst().0 + queue.locked_lst();
    ensure!(
        model.escrow == DEAD_LST + model.stuck + queued,
        "the escrow does not hold what is queued"
    );
    ensure!(
        ledger.supply.get() >= DEAD_LST + queued,
        "more is queued than exists"
    );
    ensure!(
        model.mint_supply <= ledger.supply.get(),
        "minted outside the books"
    );
    let held: u64 = model.holders.iter().map(|holder| holder.lst).sum();
    ensure!(
        model.mint_supply == held + model.escrow + model.fees,
        "LST without a holder"
    );
    check_batches(model)?;
    if model.is_fresh() {
        let booked: u64 = model.slots.values().map(Slot::booked).sum();
        ensure!(ledger.staked.get() == booked, "slots do not add up");
        let locked: u64 = model.slots.values().map(|slot| slot.rent).sum();
        ensure!(
            ledger.locked.get() == locked + model.rents.wallet,
            "locked rent"
        );
    }
    Ok(())
}

fn check_batches(model: &Model) -> Result<()> {
    let queue = &model.queue;
    for (id, batch) in &queue.batches {
        let tickets = queue.tickets.values().filter(|ticket| ticket.batch == *id);
        let (count, lst, claimed) = tickets.fold((0, 0, 0), |sum, ticket| {
            (sum.0 + 1, sum.1 + ticket.lst, sum.2 + ticket.claimed)
        });
        ensure!(
            count == batch.tickets && lst <= batch.lst,
            "batch {id} miscounts"
        );
        ensure!(
            claimed <= batch.claimed,
            "batch {id} paid less than its tickets got"
        );
        ensure!(
            batch.unsettled == 0 || lst == batch.lst,
            "batch {id} lost a ticket"
        );
    }
    Ok(())
}
