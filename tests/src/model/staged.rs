//! Worlds whose epochs pay what a script says: sequences of the search for profit, played once more
//! on the compiled program.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use rand::{SeedableRng, rngs::StdRng};
use sluice_model::{
    Action, Addresses, Character, Model, SOL,
    invariants::Prices,
    life::{Founding, MadeUp, RENTS},
    search::{ELSEWHERE, FIRST_EPOCH, Scene, VALIDATORS, WEALTH_LAMPORTS},
    stake::{StakeAccount, StakeKind},
};
use solana_epoch_rewards::EpochRewards;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{stake_flags::StakeFlags, state::StakeStateV2};

use super::world::World;
use crate::cluster::Cluster;

/// Of so many lamports the inflation of an epoch is about a third of a thousandth of all stake.
const SUPPLY_LAMPORTS: u64 = 690_000_000_000_000_000;

impl World {
    /// A new pool in a scene of the search.
    pub async fn of_scene(scene: &Scene) -> Result<Self> {
        let builder = Cluster::builder().seed(0).sluice();
        let cluster = builder.payer_lamports(SUPPLY_LAMPORTS).start().await;
        let founding = Founding {
            character: Character {
                giant: false,
                losses: false,
                adversary: false,
            },
            epochs: FIRST_EPOCH,
            commissions_bps: vec![0; VALIDATORS],
            config: scene.setting.config(),
            rng: StdRng::seed_from_u64(0),
        };
        let mut world = Self::found(cluster, founding, &WEALTH_LAMPORTS).await;
        let rents = world.life.model.rents;
        ensure!(rents == RENTS, "the rents are {rents:?}");
        let elsewhere = world.cluster.create_validator("elsewhere", 0).await;
        let owner = world.curator.pubkey();
        world
            .cluster
            .inject_active_stake("witness", &owner, ELSEWHERE.stake, &elsewhere)
            .await;
        world.elsewhere = Some(elsewhere);
        // A boundary passes over a validator that nobody has stake with, and its last epoch is not paid.
        for (number, vote) in world.validators.clone().iter().enumerate() {
            let name = format!("others with validator {number}");
            let staked = world.cluster.inject_active_stake(&name, &owner, SOL, vote);
            staked.await;
        }
        Ok(world)
    }

    /// Does what was done on the model alone, and compares every account at the end.
    pub async fn replay(&mut self, actions: &[Action]) -> Result<()> {
        let mut tickets = HashMap::new();
        for (number, action) in actions.iter().enumerate() {
            if let Action::Request { user, .. } = action {
                let made_up = MadeUp.ticket(*user, self.ticket_number);
                tickets.insert(made_up, self.next_ticket(*user));
            }
            let action = named(action, &tickets);
            let done = self.step(action).await;
            done.with_context(|| format!("number {number} of {}", actions.len()))?;
        }
        self.check_all().await
    }

    /// The boundary has come: the script says what it pays, the runtime what time it is.
    pub(super) async fn begin_scripted_epoch(&mut self, elsewhere: Pubkey) -> Result<()> {
        self.cluster
            .earn_credits(&elsewhere, ELSEWHERE.credits)
            .await;
        self.cluster.next_epoch_in_rewards().await;
        self.life.model.begin_epoch(&ELSEWHERE);
        self.keep_time().await
    }

    /// The rewards are paid. The runtime pays what the model expects of it; then they become those of
    /// the script.
    pub(super) async fn finish_scripted_rewards(&mut self) -> Result<()> {
        self.cluster.finish_rewards().await;
        let chain = self.cluster.epoch_rewards().await;
        let mut expected = self.life.model.clone();
        expected.now.rewards = chain.clone();
        self.check_paid(&expected).await?;
        self.life.model.finish_rewards();
        let rewards = &self.life.model.now.rewards;
        let scripted = EpochRewards {
            total_points: rewards.total_points,
            total_rewards: rewards.total_rewards,
            ..chain
        };
        self.cluster.set_epoch_rewards(&scripted);
        let slots = self.life.model.slots.values();
        for held in slots.flat_map(|slot| slot.stakes).collect::<Vec<_>>() {
            self.set_stake(&held.address, &held.account).await;
        }
        self.life.prices = Prices::of_model(&self.life.model);
        self.keep_time().await
    }

    async fn keep_time(&mut self) -> Result<()> {
        let clock = self.cluster.clock().await;
        let history = self.cluster.stake_history().await;
        let now = &mut self.life.model.now;
        ensure!(
            now.slot == clock.slot,
            "slot {} is {}",
            clock.slot,
            now.slot
        );
        now.epoch_start_timestamp = clock.epoch_start_timestamp;
        now.history = std::sync::Arc::new(history);
        self.life.prices = Prices::of_model(&self.life.model);
        Ok(())
    }

    /// The runtime has paid every stake account what the model says, to the lamport.
    pub(super) async fn check_paid(&mut self, expected: &Model) -> Result<()> {
        for slot in expected.slots.values() {
            for held in &slot.stakes {
                let account = self.cluster.account(&held.address).await;
                let found = StakeAccount::read(&account, &self.addresses.stake_authority)?;
                let paid = expected.paid(&held.account, slot.validator);
                ensure!(found == paid, "paid {found:?}, the model says {paid:?}");
            }
        }
        Ok(())
    }

    /// Writes a stake account past the stake program.
    pub(super) async fn set_stake(&mut self, address: &Pubkey, after: &StakeAccount) {
        let after = *after;
        self.cluster
            .change_stake(address, |state| match after.kind {
                StakeKind::Uninitialized => *state = StakeStateV2::Uninitialized,
                StakeKind::Initialized => {}
                StakeKind::Delegated(delegation) => {
                    if let StakeStateV2::Stake(meta, stake, _) = *state {
                        let mut stake = stake;
                        stake.delegation = delegation;
                        *state = StakeStateV2::Stake(meta, stake, StakeFlags::empty());
                    }
                }
            })
            .await;
        let set_lamports =
            |account: &mut solana_account::Account| account.lamports = after.lamports;
        self.cluster.change_account(address, set_lamports).await;
        self.lamports.insert(*address, after.lamports);
    }
}

/// The same action, with the addresses of tickets that the chain has.
fn named(action: &Action, tickets: &HashMap<Pubkey, Pubkey>) -> Action {
    let mut named = action.clone();
    if let Action::Cancel { ticket } | Action::Claim { ticket } | Action::Transfer { ticket, .. } =
        &mut named
    {
        *ticket = tickets.get(ticket).copied().unwrap_or(*ticket);
    }
    named
}
