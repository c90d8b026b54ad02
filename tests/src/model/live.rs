//! A world's whole life.

use anyhow::{Context, Result};
use rand::Rng;
use sluice_model::{Action, Statistics};

use super::world::World;

/// Steps between two comparisons of every account.
const STEPS_PER_AUDIT: u64 = 100;

impl World {
    /// Lives a whole life: random steps, then honest cranks, then everybody leaves.
    pub async fn live(seed: u64, steps: u64) -> Result<Statistics> {
        let mut world = Self::new(seed).await;
        let lived = world.live_on(steps).await;
        let report = || {
            let trace = world.trace();
            format!("seed {seed} with {steps} steps; the last ones were\n{trace}")
        };
        lived.with_context(report)?;
        Ok(world.life.statistics)
    }

    async fn live_on(&mut self, steps: u64) -> Result<()> {
        let validators = self.validators.len();
        for validator in 0..self.rng.random_range(0..=validators) {
            let weight = self.weight();
            self.step(Action::AddValidator { validator, weight })
                .await?;
        }
        while self.statistics.steps < steps {
            let action = self.choose();
            self.step(action).await?;
            if self.statistics.steps.is_multiple_of(STEPS_PER_AUDIT) {
                self.check_all().await?;
            }
        }
        self.pays_every_locked_batch().await?;
        if self.may_rest_soon() && self.rng.random_ratio(1, 2) {
            self.character.adversary = false;
            self.comes_to_rest().await?;
        }
        self.everybody_leaves().await?;
        self.check_all().await
    }
}
