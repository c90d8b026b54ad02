//! Validators that break the pool's rules, and stake that is missing.

use sluice::{
    foreign::{StakeView, VoteView},
    state::{Breach, PROBATION_EPOCHS, SlotState},
};
use sluice_math::MissingStake;
use solana_pubkey::Pubkey;

use super::{CrankPlan, StepKind, world::World};
use crate::{PoolSnapshot, Result, words::amounts::sol};

/// How a validator stands with the rules of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// It keeps them, or cannot be shown to break one.
    Good,
    /// It breaks one; the reference proves that others earned credits.
    Breach(Breach, Option<Pubkey>),
    /// Its vote account has a version that the program does not know.
    Unknown,
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
            format!("{} of the stake with {vote} is missing", sol(missing.lost)),
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
        if state == SlotState::Retiring || begun {
            continue;
        }
        let vote = at.place.vote;
        let (breach, reference) = match conduct(world.snapshot, &vote) {
            Conduct::Breach(breach, reference) => (breach, reference),
            Conduct::Good | Conduct::Unknown => continue,
        };
        // Who is gone for good has no way back that could begin anew.
        if state == SlotState::Ejected && breach == Breach::VoteAccountGone {
            continue;
        }
        let mut pool = world.pool;
        let active = state == SlotState::Active;
        if active && pool.book_ejection(slot.weight, breach, epoch).is_err() {
            plan.waiting.push(format!(
                "{vote} waits to be ejected, because {}: an epoch's budget is one validator or a tenth of the weights",
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
            format!("{vote} is ejected: {}", breach_of(breach)),
            world
                .snapshot
                .addresses
                .eject_validator(&at.place, reference),
        );
    }
    Ok(())
}

/// How a validator of the pool stands: the rule of `eject_validator`.
pub(crate) fn conduct(snapshot: &PoolSnapshot, vote: &Pubkey) -> Conduct {
    let account = match snapshot.vote_view(vote) {
        VoteView::Gone => return Conduct::Breach(Breach::VoteAccountGone, None),
        VoteView::Unknown => return Conduct::Unknown,
        VoteView::Known(account) => account,
    };
    let terms = &account.terms;
    let config = &snapshot.pool.config;
    if terms.exceeds_commission(config) {
        return Conduct::Breach(Breach::Commission, None);
    }
    if terms.exceeds_block_commission(config) {
        return Conduct::Breach(Breach::BlockCommission, None);
    }
    if account.is_delinquent(snapshot.cluster.clock.epoch) {
        return Conduct::Breach(Breach::Delinquent, None);
    }
    earned_nothing(snapshot, vote).map_or(Conduct::Good, |reference| {
        Conduct::Breach(Breach::NoCredits, Some(reference))
    })
}

/// Another validator that earned credits in the last whole epoch, through all of which the pool's
/// stake was active with this one, which earned none.
fn earned_nothing(snapshot: &PoolSnapshot, vote: &Pubkey) -> Option<Pubkey> {
    let last_epoch = snapshot.cluster.clock.epoch.checked_sub(1)?;
    let main = snapshot.stakes.get(&snapshot.slot_of(vote)?.place.main);
    let main = main.map_or(StakeView::Foreign, |main| main.view);
    let earns = |vote: &Pubkey| match snapshot.vote_view(vote) {
        VoteView::Known(account) => Some(account.credits(last_epoch) > 0),
        VoteView::Gone | VoteView::Unknown => None,
    };
    if main.earning(last_epoch).is_zero() || earns(vote) != Some(false) {
        return None;
    }
    let mut others = snapshot.slots().map(|placed| placed.place.vote);
    others.find(|other| other != vote && earns(other) == Some(true))
}

/// A breach as the reason in a sentence.
pub(crate) fn breach_of(breach: Breach) -> &'static str {
    match breach {
        Breach::VoteAccountGone => "its vote account is gone",
        Breach::Commission => "its commission is above the pool's maximum",
        Breach::BlockCommission => "its block-revenue commission is above the pool's maximum",
        Breach::NoCredits => "it earned no credits in the last epoch while others did",
        Breach::Delinquent => "it earned no credits for five epochs, or never",
    }
}
