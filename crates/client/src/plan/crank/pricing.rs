//! What makes the prices hold: reclaim, observe, finalize.

use sluice::state::{
    Slot,
    StakeAccountKind::{Main, Transient},
};

use super::{CrankPlan, ObservedSlot, Step, StepKind, Work};
use crate::PoolSnapshot;

/// Stake accounts that were reset, with rent enough to be initialized again.
pub fn reclaims(snapshot: &PoolSnapshot, plan: &mut CrankPlan) {
    for placed in snapshot.slots() {
        for kind in [Main, Transient] {
            let stake = snapshot.stakes.get(&placed.place.stake(kind));
            if stake.is_some_and(|stake| stake.is_reset(snapshot.cluster.stake_rent())) {
                plan.due(
                    StepKind::Reclaim,
                    Some(placed.place.vote),
                    None,
                    (
                        format!("A stake account of {} was reset", placed.place.vote),
                        String::new(),
                    ),
                    snapshot.addresses.reclaim(&placed.place, kind),
                );
            }
        }
    }
}

/// Every page with slots that were not observed in this epoch.
pub fn observations(snapshot: &PoolSnapshot, plan: &mut CrankPlan) {
    let epoch = snapshot.cluster.clock.epoch;
    for page in &snapshot.pages {
        let slots: Vec<ObservedSlot> = (0u8..)
            .zip(&page.slots)
            .filter(|(_, slot)| !slot.is_empty() && !slot.is_observed(epoch))
            .map(|(index, slot)| ObservedSlot {
                index,
                stakes: stakes_to_read(slot, epoch),
            })
            .collect();
        if slots.is_empty() {
            continue;
        }
        plan.steps.push(Step {
            kind: StepKind::Observe,
            validator: None,
            lamports: None,
            what: format!("{} of page {}", validators(slots.len()), page.index),
            because: format!(" must be read to price epoch {epoch}"),
            work: Work::Observe {
                page: page.index,
                slots,
            },
        });
    }
}

/// The rule of the program: main always, transient where it may have earned or holds stake.
fn stakes_to_read(slot: &Slot, epoch: u64) -> Vec<solana_pubkey::Pubkey> {
    let transient = slot.must_observe_transient(epoch).then_some(slot.transient);
    std::iter::once(slot.main).chain(transient).collect()
}

/// Books the epoch, after everything was observed.
pub fn finalize(snapshot: &PoolSnapshot, plan: &mut CrankPlan) {
    let epoch = snapshot.cluster.clock.epoch;
    let last = snapshot.pool.finalized_epoch;
    plan.due(
        StepKind::Finalize,
        None,
        None,
        (
            format!("The prices are those of epoch {last}"),
            format!("; epoch {epoch}'s rewards are to be booked"),
        ),
        snapshot.addresses.finalize_epoch(snapshot.pool.page_count),
    );
}

fn validators(count: usize) -> String {
    match count {
        1 => "1 validator".to_owned(),
        count => format!("{count} validators"),
    }
}
