//! Validators that break the pool's rules, and stake that is missing.

use sluice::{
    foreign::{StakeView, VoteView},
    moment::Moment,
    state::{Breach, Evidence, PROBATION_EPOCHS, SlotState},
};
use sluice_math::MissingStake;
use solana_pubkey::Pubkey;

use super::{CrankPlan, StepKind, said, world::World};
use crate::{PlacedSlot, PoolSnapshot, Result, SlotAddress};

/// How a validator stands with the rules of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// It keeps them, or cannot be shown to break one.
    Good,
    /// It breaks one; where the cluster counts no points, another validator's rewards prove it.
    Breach(Breach, Option<SlotAddress>),
    /// Its vote account has a version that the program does not know.
    Unknown,
}

/// A validator of a pool that breaks one of its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InBreach {
    /// Its vote account.
    pub vote: Pubkey,
    /// The rule.
    pub breach: Breach,
}

/// The validators that break a rule of the pool, those that were ejected included. The snapshot must have
/// been read with its stakes.
pub fn in_breach(snapshot: &PoolSnapshot) -> Result<Vec<InBreach>> {
    let mut all = Vec::new();
    for placed in snapshot.slots() {
        if let Conduct::Breach(breach, _) = conduct(snapshot, &placed)? {
            let vote = placed.place.vote;
            all.push(InBreach { vote, breach });
        }
    }
    Ok(all)
}

/// Losses that nobody has reported yet: priced exits must not run ahead of them.
pub fn losses(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    for at in world.places() {
        let now = world.now(&at);
        let missing = MissingStake::of(&now.main.holding, &now.transient.holding, now.rent)?;
        if missing.lost.is_zero() {
            continue;
        }
        world.report_loss(&at, &missing)?;
        let vote = at.place.vote;
        plan.due(
            StepKind::ReportLoss,
            Some(vote),
            Some(missing.lost),
            (said::lost(&vote, missing.lost), String::new()),
            world.snapshot.addresses.report_loss(&at.place),
        );
    }
    Ok(())
}

/// Validators in breach, as far as the epoch's budget goes.
pub fn ejections(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let epoch = world.epoch();
    let probation = epoch.saturating_add(PROBATION_EPOCHS).saturating_add(1);
    for at in world.places() {
        let slot = *world.slot(&at);
        let state = slot.state()?;
        let begun = state == SlotState::Ejected && u64::from(slot.due_epoch) >= probation;
        if begun {
            continue;
        }
        let vote = at.place.vote;
        let placed = PlacedSlot {
            place: at.place,
            slot: &slot,
        };
        let (breach, reference) = match conduct(world.snapshot, &placed)? {
            Conduct::Breach(breach, reference) => (breach, reference),
            Conduct::Good | Conduct::Unknown => continue,
        };
        // Who is gone for good has no way back that could begin anew.
        if state == SlotState::Ejected && breach == Breach::VoteAccountGone {
            continue;
        }
        let mut pool = world.pool;
        let drains = state == SlotState::Ejected;
        if !drains && pool.book_ejection(&slot, breach, epoch).is_err() {
            plan.held_back.push(vote);
            plan.waiting.push(format!(
                "{vote} waits to be ejected, because {}: an epoch's budget is one validator, or a tenth of the weights and of the stake",
                breach_of(breach)
            ));
            continue;
        }
        world.pool = pool;
        world.eject(&at)?;
        plan.due(
            StepKind::Eject,
            Some(vote),
            None,
            (
                format!("{vote} is ejected"),
                format!(": {}", breach_of(breach)),
            ),
            world
                .snapshot
                .addresses
                .eject_validator(&at.place, reference),
        );
    }
    Ok(())
}

/// How a validator of the pool stands: the rules of `eject_validator`.
pub(crate) fn conduct(snapshot: &PoolSnapshot, placed: &PlacedSlot<'_>) -> Result<Conduct> {
    let vote = snapshot.vote_view(&placed.place.vote);
    if vote == VoteView::Unknown {
        return Ok(Conduct::Unknown);
    }
    let moment = snapshot.cluster.moment();
    let main = snapshot.stakes.get(&placed.place.main);
    let main = main.map_or(StakeView::Foreign, |main| main.view);
    let best = best_paid(snapshot, &moment)?;
    let evidence = Evidence {
        slot: placed.slot,
        main: &main,
        reference: best.and_then(|best| best.slot.rewarded()),
    };
    let breach = snapshot.pool.breach(vote, &evidence, &moment)?;
    Ok(breach.map_or(Conduct::Good, |breach| {
        let needed = best.filter(|_| breach == Breach::LowYield);
        Conduct::Breach(breach, needed.map(|best| best.place))
    }))
}

/// The validator for whose stake the last boundary paid most, where the cluster counts no points by
/// which others could be judged.
fn best_paid<'a>(snapshot: &'a PoolSnapshot, moment: &Moment) -> Result<Option<PlacedSlot<'a>>> {
    if moment.boundary_rewards()?.has_points() {
        return Ok(None);
    }
    let epoch = moment.clock.epoch;
    let known = snapshot.slots().filter_map(|placed| {
        let rewarded = placed.slot.rewarded();
        Some((placed, rewarded.filter(|_| placed.slot.is_observed(epoch))?))
    });
    let best = known.max_by(|(_, one), (_, other)| one.cmp_yield(other));
    Ok(best.map(|(placed, _)| placed))
}

/// A breach as the reason in a sentence.
pub fn breach_of(breach: Breach) -> &'static str {
    match breach {
        Breach::VoteAccountGone => "its vote account is gone",
        Breach::Commission => "its commission is above the pool's maximum",
        Breach::BlockCommission => "its block-revenue commission is above the pool's maximum",
        Breach::LowYield => {
            "the last rewards of its stake were lower than the pool's highest commission leaves"
        }
        Breach::LowCredits => {
            "it earned far fewer credits in the last epoch than the cluster's mean"
        }
        Breach::Delinquent => "it earned no credits for five epochs, or never",
    }
}
