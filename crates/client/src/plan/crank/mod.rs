//! What is due now, and why: decided from a snapshot alone, by the rules of the program.
//!
//! A stale pool is priced first: reclaim, observe, finalize. Once it is priced, everything else
//! is planned on a copy of the books, on which every step is carried out as the program will, so
//! that nothing useless is sent.

mod close;
mod conduct;
mod due;
mod moves;
mod pricing;
mod queue;
pub(crate) mod said;
mod world;

use std::fmt;

pub(crate) use conduct::{Conduct, conduct};
pub use conduct::{InBreach, breach_of, in_breach};
pub use due::{can_be_due, next_due_slot};
pub use queue::LEAST_FEE;
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use world::World;

use crate::{PoolSnapshot, Result};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// Gives a reset stake account the pool's authority again.
    Reclaim,
    /// Reads stake accounts.
    Observe,
    /// Books the epoch; from there the prices hold.
    Finalize,
    /// Books what a validator's stake accounts hold less than booked.
    ReportLoss,
    /// Lets a validator drain that breaks the pool's rules.
    Eject,
    /// Merges activated stake and brings back what has cooled down.
    Collect,
    /// Pays the oldest locked batch.
    Settle,
    /// Takes stake from a validator.
    Undelegate,
    /// Gives stake to a validator.
    Delegate,
    /// Forwards the reward fee.
    PayFees,
    /// Closes the slot of a validator that has left.
    CloseSlot,
}

impl fmt::Display for StepKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Reclaim => "reclaim",
            Self::Observe => "observe",
            Self::Finalize => "finalize",
            Self::ReportLoss => "report loss",
            Self::Eject => "eject",
            Self::Collect => "collect",
            Self::Settle => "settle",
            Self::Undelegate => "undelegate",
            Self::Delegate => "delegate",
            Self::PayFees => "pay fees",
            Self::CloseSlot => "close slot",
        })
    }
}

/// The stake accounts of a slot that pricing reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedSlot {
    /// Index of the slot on its page.
    pub index: u8,
    /// Main, then transient where it must be read.
    pub stakes: Vec<Pubkey>,
}

/// What a step sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// One instruction.
    Instruction(Instruction),
    /// Slots of a page, in as many instructions as transactions need.
    Observe {
        /// The page.
        page: u16,
        /// Its slots in ascending order.
        slots: Vec<ObservedSlot>,
    },
    /// The reward fee goes to the treasury; who sends it pays the rent of a missing token account.
    PayFees {
        /// The treasury.
        treasury: Pubkey,
    },
}

/// One thing that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// The validator it is about.
    pub validator: Option<Pubkey>,
    /// Lamports that it moves, where it moves a known amount.
    pub lamports: Option<Lamports>,
    /// What happens: the beginning of a sentence, or all of it.
    pub what: String,
    /// The reason: the end of that sentence, without its full stop; empty where `what` has it.
    pub because: String,
    /// What to send.
    pub work: Work,
}

impl Step {
    /// What happens and why, as a sentence without its full stop.
    pub fn why(&self) -> String {
        format!("{}{}", self.what, self.because)
    }

    /// The same where nobody says how much it moved.
    pub(crate) fn without_amount(&self) -> Self {
        let has_figures = self.lamports.is_some() || self.kind == StepKind::PayFees;
        let because = match has_figures {
            true => " (as planned: no node tells what was moved)",
            false => &self.because,
        };
        Self {
            lamports: None,
            because: because.to_owned(),
            ..self.clone()
        }
    }
}

/// Everything that is due, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrankPlan {
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What cannot be done yet, as sentences without their full stops.
    pub waiting: Vec<String>,
    /// Validators in breach that this epoch's budget of ejections holds back.
    pub held_back: Vec<Pubkey>,
}

impl CrankPlan {
    /// Whether nothing is due.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// No crank turns before the pool has the current layout.
    fn for_migration() -> Self {
        Self {
            waiting: vec![
                "The pool has an older layout than the program: its migration, which anybody may \
                 send, comes first"
                    .to_owned(),
            ],
            ..Self::default()
        }
    }

    fn due(
        &mut self,
        kind: StepKind,
        validator: Option<Pubkey>,
        lamports: Option<Lamports>,
        (what, because): (String, String),
        instruction: Instruction,
    ) {
        self.steps.push(Step {
            kind,
            validator,
            lamports,
            what,
            because,
            work: Work::Instruction(instruction),
        });
    }
}

/// Plans what is due now. The snapshot must have been read with its stakes.
///
/// A stale pool gets only ejections and what prices it: afterwards everything looks different, so
/// plan again from a new snapshot.
pub fn plan(snapshot: &PoolSnapshot) -> Result<CrankPlan> {
    if snapshot.needs_migration() {
        return Ok(CrankPlan::for_migration());
    }
    let mut plan = CrankPlan::default();
    let mut world = World::new(snapshot)?;
    // No shelter around a boundary for who takes too much: no stake moves, so nothing is waited for.
    conduct::ejections(&mut world, &mut plan)?;
    if !snapshot.is_fresh() {
        let pricing = plan_pricing(snapshot)?;
        plan.steps.extend(pricing.steps);
        plan.waiting.extend(pricing.waiting);
        return Ok(plan);
    }
    if snapshot.cluster.rewards.active {
        plan.waiting.push(rewards_are_paid());
        return Ok(plan);
    }
    pricing::reclaims(snapshot, &mut plan);
    conduct::losses(&mut world, &mut plan)?;
    moves::collects(&mut world, &mut plan)?;
    queue::settlements(&mut world, &mut plan)?;
    if snapshot.cluster.clock.slot >= snapshot.window_start()? {
        moves::undelegations(&mut world, &mut plan)?;
        moves::delegations(&mut world, &mut plan)?;
    } else {
        moves::wait_for_window(&world, &mut plan)?;
    }
    close::slots(&world, &mut plan);
    queue::fees(snapshot, &mut plan)?;
    Ok(plan)
}

/// What the rebalance window would move if it opened now. The snapshot must have been read with
/// its stakes.
pub fn plan_window(snapshot: &PoolSnapshot) -> Result<CrankPlan> {
    let mut plan = CrankPlan::default();
    let mut world = World::new(snapshot)?;
    moves::undelegations(&mut world, &mut plan)?;
    moves::delegations(&mut world, &mut plan)?;
    Ok(plan)
}

/// Plans only what makes the prices hold; nothing where they do.
pub fn plan_pricing(snapshot: &PoolSnapshot) -> Result<CrankPlan> {
    if snapshot.needs_migration() {
        return Ok(CrankPlan::for_migration());
    }
    let mut plan = CrankPlan::default();
    if snapshot.is_fresh() {
        return Ok(plan);
    }
    if snapshot.cluster.rewards.active {
        plan.waiting.push(rewards_are_paid());
        return Ok(plan);
    }
    pricing::reclaims(snapshot, &mut plan);
    pricing::observations(snapshot, &mut plan);
    pricing::finalize(snapshot, &mut plan);
    Ok(plan)
}

fn rewards_are_paid() -> String {
    "The cluster is still paying the last epoch's rewards; nothing is priced before that ends"
        .to_owned()
}

#[cfg(test)]
mod tests;
