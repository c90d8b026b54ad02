//! What is done to a pool past the program: by the runtime, by the stake program, or by nobody in
//! this world.

use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use sluice::state::{Pool as PoolAccount, Slot, StakeAccountKind, ValidatorPage, v0};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::{Lockup, StakeStateV2};
use solana_vote_interface::state::VoteStateVersions;

use crate::{
    cluster::{Sent, TransactionFailure, addresses_of},
    pool::Pool,
};

impl Pool {
    /// Sends a transaction to see what comes of it, and puts every account that it names back. What
    /// is refused must have changed nothing.
    pub async fn try_out(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, TransactionFailure> {
        let addresses = addresses_of(instructions);
        let before = self.cluster.snapshot(&addresses).await;
        let outcome = self.send(instructions, signers).await;
        if outcome.is_err() {
            before.assert_identical(&self.cluster.snapshot(&addresses).await);
        }
        self.cluster.restore(&before).await;
        outcome
    }

    /// Changes the pool account past the program.
    pub async fn change_pool(&mut self, change: impl FnOnce(&mut PoolAccount)) {
        let mut pool = self.account().await;
        change(&mut pool);
        let address = self.addresses.pool;
        let store = |account: &mut Account| {
            let content = bytemuck::bytes_of(&pool);
            let start = PoolAccount::SPACE - content.len();
            account.data[start..].copy_from_slice(content);
        };
        self.cluster.change_account(&address, store).await;
    }

    /// Gives a page the layout of version 0, with its slots in their places.
    pub async fn age_page(&mut self, index: u16) {
        let page = self.page(index).await;
        let mut old = v0::ValidatorPage::zeroed();
        let front = bytemuck::bytes_of_mut(&mut old.front);
        front[..V0_FRONT_BYTES].copy_from_slice(&bytemuck::bytes_of(&page)[..V0_FRONT_BYTES]);
        front[0] = v0::VERSION;
        for (old, slot) in old.slots.iter_mut().zip(&page.slots) {
            *old = v0_slot(slot);
        }
        self.change_old_page(index, |page| *page = old).await;
        let address = self.addresses.page(index);
        let bytes = self.cluster.account(&address).await.data.len();
        let rent = self.cluster.rent_exempt_lamports(bytes).await;
        let pay = |account: &mut Account| account.lamports = rent;
        self.cluster.change_account(&address, pay).await;
    }

    /// Changes a page of version 0 past the program, or makes it one.
    pub async fn change_old_page(
        &mut self,
        index: u16,
        change: impl FnOnce(&mut v0::ValidatorPage),
    ) {
        let address = self.addresses.page(index);
        let store = |account: &mut Account| {
            let (discriminator, body) = account.data.split_at(ValidatorPage::DISCRIMINATOR.len());
            let body = body.get(..size_of::<v0::ValidatorPage>()).expect("as long");
            let mut page = bytemuck::pod_read_unaligned(body);
            change(&mut page);
            account.data = [discriminator, bytemuck::bytes_of(&page)].concat();
        };
        self.cluster.change_account(&address, store).await;
    }

    /// Takes lamports from a validator's active stake, as a slashing would.
    pub async fn slash(&mut self, vote: &Pubkey, lamports: u64) {
        self.slash_account(vote, StakeAccountKind::Main, lamports)
            .await;
    }

    /// Deactivates stake as `DeactivateDelinquent` would, which anybody may call on a validator
    /// that does not vote.
    pub async fn deactivate_by_force(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let epoch = self.cluster.epoch().await;
        let deactivate = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(_, stake, _) => stake.delegation.deactivation_epoch = epoch,
            other => panic!("no stake to deactivate: {other:?}"),
        };
        self.cluster.change_stake(&stake, deactivate).await;
    }

    /// Takes the delegation of a stake account away, as a cluster restart can: the authorities stay.
    pub async fn reset_to_initialized(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let reset = |state: &mut StakeStateV2| {
            let meta = state.meta().expect("an account with authorities");
            *state = StakeStateV2::Initialized(meta);
        };
        self.cluster.change_stake(&stake, reset).await;
    }

    /// Takes delegation and authorities of a stake account away, as a cluster restart can: from
    /// here anybody may initialize it.
    pub async fn reset_to_uninitialized(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let reset = |state: &mut StakeStateV2| *state = StakeStateV2::Uninitialized;
        self.cluster.change_stake(&stake, reset).await;
    }

    /// Sets a validator's share of block revenue.
    pub async fn set_block_commission(&mut self, vote: &Pubkey, commission_bps: u16) {
        let set = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V4(state) => state.block_revenue_commission_bps = commission_bps,
            other => panic!("no vote state with a block commission: {other:?}"),
        };
        self.cluster.change_vote(vote, set).await;
    }

    /// Takes lamports from one of a validator's stake accounts, from its stake where it has any,
    /// as a slashing would.
    pub async fn slash_account(&mut self, vote: &Pubkey, kind: StakeAccountKind, lamports: u64) {
        let stake = self.slot_of(vote).await.address(kind);
        let cut = |state: &mut StakeStateV2| {
            if let StakeStateV2::Stake(_, stake, _) = state {
                stake.delegation.stake = stake.delegation.stake.saturating_sub(lamports);
            }
        };
        self.cluster.change_stake(&stake, cut).await;
        let take = |account: &mut Account| account.lamports -= lamports;
        self.cluster.change_account(&stake, take).await;
    }

    /// Resets a stake account to nothing, as a cluster restart might.
    pub async fn reset_account(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let clear = |account: &mut Account| account.data.fill(0);
        self.cluster.change_account(&stake, clear).await;
    }

    /// Writes the least rate of rewards past the program: the configured fee decides.
    pub async fn forget_rewards(&mut self) {
        self.change_pool(|account| account.reward_rate_e12 = 1)
            .await;
    }

    /// An active stake account of this size that was paid for all credits of its validator so far,
    /// stored as a fixture.
    pub async fn active_stake(
        &mut self,
        name: &str,
        owner: &Pubkey,
        lamports: u64,
        vote: &Pubkey,
    ) -> Pubkey {
        let cluster = &mut self.cluster;
        let stake = cluster
            .inject_active_stake(name, owner, lamports, vote)
            .await;
        let credits = self.cluster.vote_state(vote).await.epoch_credits;
        let paid = credits.last().map_or(0, |(_, credits, _)| *credits);
        self.set_credits_observed(&stake, paid).await;
        stake
    }

    /// Locks a delegated stake account up past the stake program.
    pub async fn lock_up(&mut self, stake: &Pubkey, lockup: Lockup) {
        let lock = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(meta, _, _) => meta.lockup = lockup,
            other => panic!("{other:?}"),
        };
        self.cluster.change_stake(stake, lock).await;
    }

    /// Writes up to which credits of its validator a stake account was paid.
    pub async fn set_credits_observed(&mut self, stake: &Pubkey, credits: u64) {
        let set = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(_, stake, _) => stake.credits_observed = credits,
            other => panic!("{other:?}"),
        };
        self.cluster.change_stake(stake, set).await;
    }

    /// Sets a delegation past the stake program; what it loses becomes idle, and what it gains must be.
    pub async fn set_delegation(&mut self, stake: &Pubkey, lamports: u64) {
        let set = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(_, stake, _) => stake.delegation.stake = lamports,
            other => panic!("{other:?}"),
        };
        self.cluster.change_stake(stake, set).await;
    }
}

/// What a page of version 0 has before zeros and its slots.
const V0_FRONT_BYTES: usize = 80;

fn v0_slot(slot: &Slot) -> v0::Slot {
    v0::Slot {
        vote: slot.vote,
        main: slot.main,
        transient: slot.transient,
        serial: u64::from(slot.serial),
        main_lamports: slot.main_lamports,
        transient_lamports: slot.transient_lamports,
        deactivating_lamports: slot.deactivating_lamports,
        rent_lamports: slot.rent_lamports,
        weight: slot.weight,
        next_weight: slot.next_weight,
        observed_epoch: slot.observed_epoch,
        due_epoch: slot.due_epoch,
        moved_epoch: slot.moved_epoch,
        bumps: [0; 2],
        state: slot.state,
        flags: slot.flags,
    }
}
