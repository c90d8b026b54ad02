//! Collect, undelegate and delegate, decided and carried out as the program does.

use super::{
    CrankPlan, StepKind,
    world::{At, World},
};
use crate::Result;
use sluice::{
    foreign::{StakeStatus, StakeView, VoteView},
    state::{
        SlotState,
        StakeAccountKind::{Main, Transient},
        TransientUse,
    },
};
use sluice_math::{Flows, Lamports, Undelegation};
use std::cmp::Reverse;

/// What `collect` found to do.
struct Collected {
    activated: Lamports,
    returned: Lamports,
    became_idle: bool,
}

/// Everything that has become active or has cooled down.
pub fn collects(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    for at in world.places() {
        let done = collect(world, &at)?;
        let vote = at.place.vote;
        let why = match (done.activated.is_zero(), done.returned.is_zero()) {
            (false, true) => format!("{} of {vote} has become active", sol(done.activated)),
            (true, false) => format!("{} of {vote} is free again", sol(done.returned)),
            (false, false) => format!(
                "{} of {vote} has become active, {} is free again",
                sol(done.activated),
                sol(done.returned)
            ),
            (true, true) if done.became_idle => {
                format!("Nothing of {vote} is in transit any more")
            }
            (true, true) => continue,
        };
        let lamports = done.activated.add(done.returned)?;
        let instruction = world.snapshot.addresses.collect(&at.place);
        plan.due(
            StepKind::Collect,
            Some(vote),
            Some(lamports),
            why,
            instruction,
        );
    }
    Ok(())
}

fn collect(world: &mut World<'_>, at: &At) -> Result<Collected> {
    let activated = merge_activated(world, at)?;
    let mut returned = Lamports::ZERO;
    for kind in [Transient, Main] {
        let free = world.free(at, kind)?;
        if !free.is_zero() {
            world.withdraw(at, kind, free)?;
            returned = returned.add(free)?;
        }
    }
    let idle = world.status(at, Transient) == StakeStatus::Inactive;
    let was_idle = world.slot(at)?.transient_use() == TransientUse::Idle;
    if idle {
        mark_transient(world, at, TransientUse::Idle)?;
    }
    if !activated.is_zero() || !returned.is_zero() {
        world.book_returning(at)?;
    }
    Ok(Collected {
        activated,
        returned,
        became_idle: idle && !was_idle,
    })
}

fn merge_activated(world: &mut World<'_>, at: &At) -> Result<Lamports> {
    let StakeView::Delegated(delegation) = world.stake(at, Transient).view else {
        return Ok(Lamports::ZERO);
    };
    let active = world.status(at, Transient) == StakeStatus::Active;
    if !active || !main_takes(world, at, delegation.lamports)? || !can_merge(world, at)? {
        return Ok(Lamports::ZERO);
    }
    let missing_rent = world.rent_shortfall(at, Transient)?;
    world.fund(at, Transient, missing_rent)?;
    world.move_stake(at, Transient, Main, delegation.lamports)?;
    let moved = delegation.lamports.min(world.slot(at)?.booked(Transient));
    world
        .page(at)?
        .book_between(at.index, Transient, Main, moved)?;
    Ok(delegation.lamports)
}

/// Whether the reserve can top the transient up to today's rent, to be emptied into main.
fn can_merge(world: &World<'_>, at: &At) -> Result<bool> {
    Ok(world.rent_shortfall(at, Transient)? <= world.flows()?.spendable)
}

/// Whether main could take active stake: it is active or empty, and would hold the minimum.
fn main_takes(world: &World<'_>, at: &At, lamports: Lamports) -> Result<bool> {
    let main = world.stake(at, Main).view;
    let held = match (main, world.status(at, Main)) {
        (StakeView::Delegated(delegation), StakeStatus::Active) => delegation.lamports,
        (view, StakeStatus::Inactive) if view.is_ours() => Lamports::ZERO,
        _ => return Ok(false),
    };
    Ok(held.add(lamports)? >= world.flows()?.minimum_delegation)
}

/// Stake that must leave: for the queue and the reserve, above a target, or of who retires. The
/// validators farthest above their targets are served first.
pub fn undelegations(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let mut places = world.places();
    let flows = world.flows()?;
    places.sort_by_cached_key(|at| Reverse(distance(world, at, &flows).0));
    for at in places {
        if let Some(lamports) = stranded(world, &at)? {
            return_stranded(world, &at, lamports, plan)?;
            continue;
        }
        let flows = world.flows()?;
        let stake = world.slot(&at)?.stake(world.epoch())?;
        let Some(due) = flows.undelegation(&stake)? else {
            continue;
        };
        let Some(lamports) = leave(world, &at, &due, &flows)? else {
            continue;
        };
        world.book_returning(&at)?;
        let vote = at.place.vote;
        let reason = if stake.leaving {
            "it leaves the pool".to_owned()
        } else if due.rebalancing {
            world.pool.moved_lamports = world.pool.moved_lamports.saturating_add(lamports.get());
            format!("its target is {}", sol(flows.target(stake.weight)?))
        } else {
            format!("queue and reserve still need {}", sol(flows.need()?))
        };
        plan.due(
            StepKind::Undelegate,
            Some(vote),
            Some(lamports),
            format!(
                "{} leaves {vote}, which has {}: {reason}",
                sol(lamports),
                sol(stake.has)
            ),
            world.snapshot.addresses.undelegate(&at.place),
        );
    }
    Ok(())
}

/// An active transient that main cannot take, because both together are below the minimum.
fn stranded(world: &World<'_>, at: &At) -> Result<Option<Lamports>> {
    let StakeView::Delegated(delegation) = world.stake(at, Transient).view else {
        return Ok(None);
    };
    let active = world.status(at, Transient) == StakeStatus::Active;
    let settled = matches!(
        world.status(at, Main),
        StakeStatus::Active | StakeStatus::Inactive
    );
    let stranded = active && settled && !main_takes(world, at, delegation.lamports)?;
    Ok(stranded.then_some(delegation.lamports))
}

fn return_stranded(
    world: &mut World<'_>,
    at: &At,
    lamports: Lamports,
    plan: &mut CrankPlan,
) -> Result<()> {
    world.deactivate(at, Transient);
    mark_transient(world, at, TransientUse::Deactivating)?;
    world.book_returning(at)?;
    let vote = at.place.vote;
    plan.due(
        StepKind::Undelegate,
        Some(vote),
        Some(lamports),
        format!(
            "{} leaves {vote}: it is below the minimum delegation",
            sol(lamports)
        ),
        world.snapshot.addresses.undelegate(&at.place),
    );
    Ok(())
}

/// Takes stake away in the way that is possible now; the lamports that leave, if any.
fn leave(
    world: &mut World<'_>,
    at: &At,
    due: &Undelegation,
    flows: &Flows,
) -> Result<Option<Lamports>> {
    let lamports = due.lamports;
    if world.status(at, Transient) == StakeStatus::Activating {
        world.deactivate(at, Transient);
        let free = world.free(at, Transient)?;
        world.withdraw(at, Transient, free)?;
        mark_transient(world, at, TransientUse::Idle)?;
        return Ok(Some(free));
    }
    let transient = world.stake(at, Transient).view;
    if let StakeView::Delegated(delegation) = transient
        && world.status(at, Transient) == StakeStatus::Active
        && !can_merge(world, at)?
        && !due.rebalancing
    {
        world.deactivate(at, Transient);
        mark_transient(world, at, TransientUse::Deactivating)?;
        return Ok(Some(delegation.lamports));
    }
    let StakeView::Delegated(delegation) = world.stake(at, Main).view else {
        return Ok(None);
    };
    if world.status(at, Main) != StakeStatus::Active {
        return Ok(None);
    }
    let cannot_split = !transient.is_ours() && !due.rebalancing;
    if delegation.lamports.saturating_sub(lamports) < flows.minimum_delegation || cannot_split {
        world.deactivate(at, Main);
        return Ok(Some(delegation.lamports));
    }
    let idle = is_idle(world, at)? && lamports >= flows.minimum_delegation;
    if !idle {
        return Ok(None);
    }
    world.move_stake(at, Main, Transient, lamports)?;
    world.deactivate(at, Transient);
    world
        .page(at)?
        .book_between(at.index, Main, Transient, lamports)?;
    mark_transient(world, at, TransientUse::Deactivating)?;
    Ok(Some(lamports))
}

/// What the reserve can spare, to the validators farthest below their targets first.
pub fn delegations(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let flows = world.flows()?;
    if world.pool.is_paused(world.epoch()) {
        if flows.surplus() >= flows.minimum_delegation {
            plan.waiting.push(format!(
                "{} waits to be delegated: the pool is paused",
                sol(flows.surplus())
            ));
        }
        return Ok(());
    }
    let mut places = world.places();
    places.sort_by_cached_key(|at| Reverse(distance(world, at, &flows).1));
    for at in places {
        delegate(world, &at, plan)?;
    }
    Ok(())
}

fn delegate(world: &mut World<'_>, at: &At, plan: &mut CrankPlan) -> Result<()> {
    if !can_delegate(world, at)? {
        return Ok(());
    }
    let flows = world.flows()?;
    let stake = world.slot(at)?.stake(world.epoch())?;
    let Some(lamports) = flows.delegation(&stake)? else {
        return Ok(());
    };
    let funding = lamports.add(world.rent_shortfall(at, Transient)?)?;
    if funding > flows.spendable {
        return Ok(());
    }
    world.fund(at, Transient, funding)?;
    world.delegate(at, Transient);
    mark_transient(world, at, TransientUse::Activating)?;
    world.book_returning(at)?;
    let vote = at.place.vote;
    plan.due(
        StepKind::Delegate,
        Some(vote),
        Some(lamports),
        format!(
            "{} goes to {vote}, which has {} of its target of {}",
            sol(lamports),
            sol(stake.has),
            sol(flows.target(stake.weight)?)
        ),
        world.snapshot.addresses.delegate(&at.place),
    );
    Ok(())
}

fn can_delegate(world: &World<'_>, at: &At) -> Result<bool> {
    let votes = &world.snapshot.votes;
    let takes_stake = world.slot(at)?.state()? == SlotState::Active
        && votes
            .get(&at.place.vote)
            .is_some_and(|account| !VoteView::is_gone(&account.owner, &account.data));
    let ready = match world.status(at, Transient) {
        StakeStatus::Inactive => world.free(at, Transient)?.is_zero(),
        StakeStatus::Activating => true,
        StakeStatus::Active | StakeStatus::Between => false,
    };
    let ours = world.stake(at, Transient).view.is_ours() && world.stake(at, Main).view.is_ours();
    Ok(takes_stake && ours && ready)
}

/// Says what the rebalance window is awaited for.
pub fn wait_for_window(world: &World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let mut later = CrankPlan::default();
    let mut tried = world.clone();
    undelegations(&mut tried, &mut later)?;
    delegations(&mut tried, &mut later)?;
    let window = world.snapshot.window_start()?;
    for (kind, verb) in [
        (StepKind::Undelegate, "leave"),
        (StepKind::Delegate, "go to"),
    ] {
        let steps = later.steps.iter().filter(|step| step.kind == kind);
        let mut total = Lamports::ZERO;
        for lamports in steps.filter_map(|step| step.lamports) {
            total = total.add(lamports)?;
        }
        if !total.is_zero() {
            plan.waiting.push(format!(
                "{} will {verb} validators once the rebalance window opens at slot {window}",
                sol(total)
            ));
        }
    }
    Ok(())
}

fn is_idle(world: &World<'_>, at: &At) -> Result<bool> {
    Ok(world.stake(at, Transient).view.is_ours()
        && world.status(at, Transient) == StakeStatus::Inactive
        && world.free(at, Transient)?.is_zero())
}

fn mark_transient(world: &mut World<'_>, at: &At, transient_use: TransientUse) -> Result<()> {
    let epoch = world.epoch();
    let slot = world.page(at)?.slot_mut(at.index)?;
    Ok(slot.set_transient_use(transient_use, epoch)?)
}

/// How far a slot is above and below its target: only for the order of the steps.
fn distance(world: &World<'_>, at: &At, flows: &Flows) -> (Lamports, Lamports) {
    let has = world
        .slot(at)
        .and_then(|slot| Ok(slot.stake(world.epoch())?))
        .unwrap_or_default();
    let target = flows.target(has.weight).unwrap_or_default();
    (
        has.has.saturating_sub(target),
        target.saturating_sub(has.has),
    )
}

/// An amount for people: exact, without trailing zeros.
pub fn sol(lamports: Lamports) -> String {
    let text = lamports.to_string();
    let short = text.trim_end_matches('0').trim_end_matches('.');
    format!("{short} SOL")
}
