//! What honest cranks alone must bring about, from whatever state a world has reached.

use anyhow::{Result, ensure};
use rand::{Rng, seq::SliceRandom};
use sluice_model::{
    Action, SOL,
    pool::DEAD_LST,
    slots::{Slot, Usage},
};

use super::world::World;

/// Every batch that is locked is paid within this many epochs.
const EPOCHS_TO_PAY: u64 = 3;
/// Epochs that a tripped breaker may add.
const BREAKER_EPOCHS: u64 = 2;
/// Epochs that cooling down may add where the cluster lets only 9% of its stake go per epoch.
const GIANT_EPOCHS: u64 = 30;
/// Epochs in which an untouched pool rests, beside those that the movement cap takes to move all.
const EPOCHS_TO_REST: u64 = 20;
const BPS: u64 = 10_000;

impl World {
    /// Turns every crank that is due until none is: as the client plans them, or in random order.
    pub async fn crank(&mut self) -> Result<()> {
        if self.model.now.pays_rewards {
            self.step(Action::FinishRewards).await?;
        }
        if self.rng.random() {
            self.crank_as_planned().await?;
        }
        let mut turns = 0;
        loop {
            let mut due = self.model.due_cranks();
            if due.is_empty() {
                return Ok(());
            }
            let most = 20 * (self.model.slots.len() + self.model.queue.tickets.len() + 10);
            due.shuffle(&mut self.rng);
            for action in due {
                // An earlier crank may have made it undue, or closed what it names.
                if self.model.clone().predict(&action).is_ok() {
                    self.disturb().await?;
                    if self.model.clone().predict(&action).is_ok() {
                        self.step(action).await?;
                    }
                    turns += 1;
                }
            }
            ensure!(turns < most, "the cranks of one moment never end");
        }
    }

    /// In some worlds a stranger acts before each crank.
    async fn disturb(&mut self) -> Result<()> {
        if !self.character.adversary || !self.rng.random_ratio(1, 3) {
            return Ok(());
        }
        match self.disturbance() {
            Some(action) => self.step(action).await,
            None => Ok(()),
        }
    }

    /// One epoch of honest cranks: what is due now, then what the window lets do, then the next
    /// epoch and its prices.
    pub async fn honest_epoch(&mut self, earning: Vec<usize>) -> Result<()> {
        self.crank().await?;
        let window = self.model.window(self.model.now.epoch);
        if self.model.now.slot < window {
            self.step(Action::Wait { slot: window }).await?;
        }
        self.crank().await?;
        self.step(Action::NextEpoch { earning }).await?;
        self.crank().await
    }

    fn patience(&self) -> u64 {
        let breaker = if self.model.tripped.is_some() {
            BREAKER_EPOCHS
        } else {
            0
        };
        let giant = if self.character.giant {
            GIANT_EPOCHS
        } else {
            0
        };
        EPOCHS_TO_PAY + breaker + giant
    }

    /// Honest cranks pay every batch that is locked by now.
    pub async fn pays_every_locked_batch(&mut self) -> Result<()> {
        self.crank().await?;
        let locked = self.open_batch();
        let latest = self.model.now.epoch + self.patience();
        while self.model.queue.head < locked {
            let epoch = self.model.now.epoch;
            ensure!(
                epoch < latest,
                "a locked batch is not paid: {:#?}",
                self.model
            );
            let earning = (0..self.validators.len()).collect();
            self.honest_epoch(earning).await?;
        }
        Ok(())
    }

    /// All holders leave, and everything but the seed is paid out.
    pub async fn everybody_leaves(&mut self) -> Result<()> {
        self.character.adversary = false;
        let mut left = 4 * self.patience();
        loop {
            self.crank().await?;
            if self.model.fees > 0 {
                self.step(Action::PayFees).await?;
            }
            for user in 0..self.model.holders.len() {
                let lst = self.model.holders[user].lst;
                if lst > 0 {
                    self.afford_a_request(user).await;
                    let batch = self.open_batch();
                    self.step(Action::request(user, lst, batch)).await?;
                }
            }
            let model = &self.model;
            if model.queue.tickets.is_empty() && model.is_fresh() {
                break;
            }
            ensure!(left > 0, "somebody cannot leave: {model:#?}");
            left -= 1;
            self.honest_epoch(Vec::new()).await?;
        }
        let model = &self.model;
        let supply = model.ledger.supply.get();
        // Who put all SOL into the pool cannot pay for a ticket.
        let fare = model.rents.ticket + model.rents.batch + model.rents.wallet;
        let stranded = model.holders.iter().filter(|one| one.lamports < fare);
        let stranded: u64 = stranded.map(|holder| holder.lst).sum();
        ensure!(
            supply == DEAD_LST + model.stuck + stranded,
            "a supply of {supply} is left: {model:#?}"
        );
        ensure!(model.claims == 0 && model.queue.batches.values().all(|batch| batch.lst == 0));
        Ok(())
    }

    /// Who has given every lamport for LST needs the rent of a batch and a ticket from a friend.
    async fn afford_a_request(&mut self, user: usize) {
        let rents = &self.model.rents;
        let least = rents.wallet + rents.ticket + rents.batch;
        if self.model.holders[user].lamports < least {
            let wallet = self.user(user);
            self.cluster.fund(&wallet, SOL).await;
            self.model.holders[user].lamports += SOL;
            let has = self.model.holders[user].lamports;
            self.lamports.insert(wallet, has);
        }
    }

    /// A pool that nobody touches comes to rest, as fast as its movement cap lets it: an epoch in
    /// which no crank moves stake.
    pub async fn comes_to_rest(&mut self) -> Result<()> {
        let cap_epochs = BPS / u64::from(self.model.config.movement_cap_bps);
        for _ in 0..EPOCHS_TO_REST + cap_epochs {
            let moves = self.statistics.moves();
            self.honest_epoch(Vec::new()).await?;
            let idle = |slot: &Slot| slot.usage.0 == Usage::Idle;
            if self.statistics.moves() == moves && self.model.slots.values().all(idle) {
                return Ok(());
            }
        }
        anyhow::bail!("stake still moves: {:#?}", self.model)
    }

    /// Whether coming to rest takes few enough epochs to wait for.
    pub(super) fn may_rest_soon(&self) -> bool {
        self.model.config.movement_cap_bps >= 500
    }
}
