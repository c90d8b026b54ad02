//! The cranks that the client plans: each of them changes what it names, and no other is due.

use anyhow::{Context, Result, ensure};
use sluice_client::{
    CrankPlan, Step, StepKind,
    plan::crank::{self, Work},
};
use sluice_model::{Action, Model, slots::KINDS};

use super::world::World;
use crate::pool::view;

/// Plans of one moment, at most.
const PLANS: usize = 10;

impl World {
    /// Turns the cranks that the client plans, until it plans none. Then nothing is left for it.
    pub(super) async fn crank_as_planned(&mut self) -> Result<()> {
        for _ in 0..PLANS {
            let plan = self.plan().await?;
            if plan.is_empty() {
                return self.check_nothing_is_left(&plan);
            }
            for step in &plan.steps {
                self.turn(step)
                    .await
                    .with_context(|| format!("planned: {}", step.why()))?;
            }
        }
        anyhow::bail!("the plans of one moment never end")
    }

    async fn plan(&mut self) -> Result<CrankPlan> {
        let minimum_delegation = self.model.now.minimum_delegation;
        let snapshot = view(&mut self.cluster, &self.addresses, minimum_delegation).await;
        Ok(crank::plan(&snapshot?)?)
    }

    /// Does a planned step, which must change the validator's slot, or else the pool.
    async fn turn(&mut self, step: &Step) -> Result<()> {
        let action = self.planned_action(step).context("no such instruction")?;
        let before = self.model.clone();
        self.step(action).await?;
        ensure!(self.model.differs(&before), "it changes nothing");
        if let Some(vote) = step.validator {
            let slot = |model: &Model| {
                let found = model.slots.values().find(|slot| slot.vote == vote);
                found.cloned()
            };
            ensure!(slot(&self.model) != slot(&before), "{vote} stays the same");
        }
        Ok(())
    }

    /// The action whose instruction was planned.
    fn planned_action(&self, step: &Step) -> Option<Action> {
        let planned = match &step.work {
            Work::Instruction(instruction) => instruction,
            Work::PayFees { treasury } => {
                let ours = self.user(self.keypairs.len() - 1);
                return (ours == *treasury).then_some(Action::PayFees);
            }
            Work::Observe { slots, .. } => {
                let (first, last) = (slots.first()?.index, slots.last()?.index);
                let count = last - first + 1;
                return Some(Action::Observe { first, count });
            }
        };
        let actions = match step.kind {
            StepKind::Finalize => vec![Action::Finalize],
            StepKind::Settle => {
                let batch = self.model.queue.head;
                vec![Action::Settle { batch }]
            }
            _ => {
                let mut slots = self.model.slots.iter();
                let found = slots.find(|(_, slot)| Some(slot.vote) == step.validator);
                self.actions_of(step.kind, *found?.0)
            }
        };
        let mut actions = actions.into_iter();
        actions.find(|action| self.instruction(action).0 == *planned)
    }

    fn actions_of(&self, kind: StepKind, slot: u8) -> Vec<Action> {
        match kind {
            StepKind::Reclaim => KINDS.map(|kind| Action::Reclaim { slot, kind }).into(),
            StepKind::ReportLoss => vec![Action::ReportLoss { slot }],
            StepKind::Collect => vec![Action::Collect { slot }],
            StepKind::Undelegate => vec![Action::Undelegate { slot }],
            StepKind::Delegate => vec![Action::Delegate { slot }],
            StepKind::CloseSlot => vec![Action::Close { slot }],
            StepKind::Eject => vec![Action::Eject { slot }],
            _ => Vec::new(),
        }
    }

    /// What the model still finds due is a holder's or the curator's business, or over the budget
    /// of ejections.
    fn check_nothing_is_left(&self, plan: &CrankPlan) -> Result<()> {
        for action in self.model.due_cranks() {
            let left_alone = match &action {
                Action::Claim { .. } => true,
                Action::Close { slot } => !self.model.slots[slot].leaving,
                _ => self.model.now.pays_rewards,
            };
            ensure!(left_alone, "{action:?} is due and not planned: {plan:?}");
        }
        Ok(())
    }
}
