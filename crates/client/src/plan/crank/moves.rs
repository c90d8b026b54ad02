//! Collect, undelegate and delegate: decided by the rules of the program, said in words.

use std::cmp::Reverse;

use sluice::foreign::VoteView;
use sluice_math::{Departure, DepartureReason, Flows, Lamports, SlotStake};

use super::{
    CrankPlan, StepKind, said,
    world::{At, World},
};
use crate::{Result, words::amounts::sol};

/// Everything that has become active or has cooled down.
pub fn collects(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let minimum = world.snapshot.cluster.minimum_delegation;
    for at in world.places() {
        let collection = world.now(&at).collection(world.spendable(), minimum)?;
        if !world.slot(&at).is_changed_by(&collection) {
            continue;
        }
        world.collect(&at, &collection)?;
        let vote = at.place.vote;
        let (activated, returned) = (collection.activated(), collection.returned()?);
        plan.due(
            StepKind::Collect,
            Some(vote),
            Some(activated.add(returned)?),
            (said::collected(&vote, activated, returned), String::new()),
            world.snapshot.addresses.collect(&at.place),
        );
    }
    Ok(())
}

/// Stake that must leave: for the queue and the reserve, above a target, or of who retires. The
/// validators farthest above their targets are served first.
pub fn undelegations(world: &mut World<'_>, plan: &mut CrankPlan) -> Result<()> {
    let mut places = world.places();
    let flows = world.flows()?;
    places.sort_by_cached_key(|at| Reverse(distance(world, at, &flows).0));
    for at in places {
        let flows = world.flows()?;
        let stake = world.slot(&at).stake(world.epoch())?;
        let takes_stake = takes_stake(world, &at)?;
        let Some(departure) = world.now(&at).departure(&flows, &stake, takes_stake)? else {
            continue;
        };
        world.undelegate(&at, &departure)?;
        plan.due(
            StepKind::Undelegate,
            Some(at.place.vote),
            Some(departure.lamports),
            (
                said::undelegated(&at.place.vote, departure.lamports),
                why_leaving(&departure, &flows, &stake)?,
            ),
            world.snapshot.addresses.undelegate(&at.place),
        );
    }
    Ok(())
}

fn why_leaving(departure: &Departure, flows: &Flows, stake: &SlotStake) -> Result<String> {
    let reason = match departure.reason {
        DepartureReason::Stranded => {
            return Ok(": it is below the minimum delegation".to_owned());
        }
        DepartureReason::Leaving => "it leaves the pool".to_owned(),
        DepartureReason::Rebalancing => {
            format!("its target is {}", sol(flows.target(stake.weight)?))
        }
        DepartureReason::Need => format!("queue and reserve still need {}", sol(flows.need()?)),
    };
    Ok(format!(", which has {}: {reason}", sol(stake.has)))
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
        if takes_stake(world, &at)? {
            delegate(world, &at, plan)?;
        }
    }
    Ok(())
}

fn delegate(world: &mut World<'_>, at: &At, plan: &mut CrankPlan) -> Result<()> {
    let flows = world.flows()?;
    let stake = world.slot(at).stake(world.epoch())?;
    let Some(arrival) = world.now(at).arrival(&flows, &stake)? else {
        return Ok(());
    };
    world.delegate(at, &arrival)?;
    let vote = at.place.vote;
    plan.due(
        StepKind::Delegate,
        Some(vote),
        Some(arrival.lamports),
        (
            said::delegated(&vote, arrival.lamports),
            format!(
                ", which has {} of its target of {}",
                sol(stake.has),
                sol(flows.target(stake.weight)?)
            ),
        ),
        world.snapshot.addresses.delegate(&at.place),
    );
    Ok(())
}

fn takes_stake(world: &World<'_>, at: &At) -> Result<bool> {
    let vote = world.snapshot.votes.get(&at.place.vote);
    let vote = vote.map_or(VoteView::Gone, |account| {
        VoteView::read(&account.owner, &account.data)
    });
    Ok(world.slot(at).takes_delegation(&vote, world.epoch())?)
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

/// How far a slot is above and below its target: only for the order of the steps.
fn distance(world: &World<'_>, at: &At, flows: &Flows) -> (Lamports, Lamports) {
    let has = world.slot(at).stake(world.epoch()).unwrap_or_default();
    let target = flows.target(has.weight).unwrap_or_default();
    (
        has.has.saturating_sub(target),
        target.saturating_sub(has.has),
    )
}
