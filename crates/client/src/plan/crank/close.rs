//! Slots of validators that have left.

use sluice_math::{StakeKind, StakeNow, StakeStatus};

use super::{
    CrankPlan, StepKind,
    world::{At, World},
};

/// Slots that leave the pool and hold only rent. A slot that merely has no weight stays: its
/// curator may give it weight again.
pub fn slots(world: &World<'_>, plan: &mut CrankPlan) {
    for at in world.places() {
        let vote = at.place.vote;
        if let Some(marker) = world.snapshot.markers.get(&vote)
            && is_drained(world, &at)
            && world
                .slot(&at)
                .require_waited(marker, world.epoch())
                .is_ok()
        {
            plan.due(
                StepKind::CloseSlot,
                Some(vote),
                None,
                (
                    format!("{vote} has left the pool and holds only rent"),
                    String::new(),
                ),
                world.snapshot.addresses.close_slot(&at.place, marker.payer),
            );
        }
    }
}

/// Nothing is booked but rent, nothing is staked, and no account waits to be reclaimed.
fn is_drained(world: &World<'_>, at: &At) -> bool {
    let (slot, now) = (world.slot(at), world.now(at));
    let drained = slot.is_leaving() && slot.require_drained(&world.moment).is_ok();
    let closes = |stake: &StakeNow| {
        stake.holding.kind != StakeKind::Reset && stake.status == StakeStatus::Inactive
    };
    drained && closes(&now.main) && closes(&now.transient)
}
