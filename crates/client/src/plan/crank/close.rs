//! Slots of validators that have left.

use super::{
    CrankPlan, StepKind,
    world::{At, World},
};
use sluice::{
    foreign::{StakeStatus, StakeView},
    state::StakeAccountKind::{Main, Transient},
};

/// Slots that leave the pool and hold only rent. A slot that merely has no weight stays: its
/// curator may give it weight again.
pub fn slots(world: &World<'_>, plan: &mut CrankPlan) {
    for at in world.places() {
        let vote = at.place.vote;
        if let Some(marker) = world.snapshot.markers.get(&vote)
            && is_drained(world, &at)
        {
            plan.due(
                StepKind::CloseSlot,
                Some(vote),
                None,
                format!("{vote} has left the pool and holds only rent"),
                world.snapshot.addresses.close_slot(&at.place, marker.payer),
            );
        }
    }
}

fn is_drained(world: &World<'_>, at: &At) -> bool {
    let drained = world.slot(at).is_ok_and(|slot| {
        slot.is_leaving() && slot.require_drained(&world.cluster().moment()).is_ok()
    });
    drained
        && [Main, Transient].into_iter().all(|kind| {
            let view = world.stake(at, kind).view;
            view != StakeView::Uninitialized
                && (!view.is_ours() || world.status(at, kind) == StakeStatus::Inactive)
        })
}
