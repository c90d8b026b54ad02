//! Slots and epochs.

use std::time::Instant;

use solana_clock::{Clock, Epoch, Slot};
use solana_epoch_rewards::EpochRewards;
use solana_epoch_schedule::EpochSchedule;
use solana_pubkey::Pubkey;
use solana_sdk_ids::vote;
use solana_vote_interface::state::{BlockTimestamp, VoteStateVersions};

use super::Cluster;

const BPS: u64 = 10_000;

impl Cluster {
    /// The clock sysvar.
    pub async fn clock(&mut self) -> Clock {
        self.sysvar().await
    }

    /// The current slot.
    pub async fn slot(&mut self) -> Slot {
        self.clock().await.slot
    }

    /// The current epoch.
    pub async fn epoch(&mut self) -> Epoch {
        self.clock().await.epoch
    }

    /// As if the epoch had begun at this time, and it were this time now.
    pub async fn set_epoch_start(&mut self, unix_timestamp: i64) {
        let clock = self.clock().await;
        self.context.set_sysvar(&Clock {
            epoch_start_timestamp: unix_timestamp,
            unix_timestamp,
            ..clock
        });
    }

    /// Lets all validators of the genesis say that it is this time.
    pub async fn vote_time(&mut self, unix_timestamp: i64) {
        let slot = self.slot().await;
        let accounts = &self.context.genesis_config().accounts;
        let votes = accounts
            .iter()
            .filter(|(_, account)| account.owner == vote::ID);
        let votes: Vec<Pubkey> = votes.map(|(address, _)| *address).collect();
        for vote in votes {
            self.change_vote(&vote, |state| {
                let said = BlockTimestamp {
                    slot,
                    timestamp: unix_timestamp,
                };
                match state {
                    VoteStateVersions::V3(state) => state.last_timestamp = said,
                    VoteStateVersions::V4(state) => state.last_timestamp = said,
                    other => panic!("an old vote state: {other:?}"),
                }
            })
            .await;
        }
    }

    /// The epoch schedule: lengths double from 32 slots up to 432,000 from epoch 14 on.
    pub fn epoch_schedule(&self) -> EpochSchedule {
        self.context.genesis_config().epoch_schedule.clone()
    }

    /// First slot of an epoch.
    pub fn first_slot_of(&self, epoch: Epoch) -> Slot {
        self.epoch_schedule().get_first_slot_in_epoch(epoch)
    }

    /// Last slot of an epoch.
    pub fn last_slot_of(&self, epoch: Epoch) -> Slot {
        self.epoch_schedule().get_last_slot_in_epoch(epoch)
    }

    /// The sysvar that says whether rewards are being paid.
    pub async fn epoch_rewards(&mut self) -> EpochRewards {
        self.sysvar().await
    }

    /// As if the last boundary had shared out something else.
    pub fn set_epoch_rewards(&mut self, rewards: &EpochRewards) {
        self.context.set_sysvar(rewards);
    }

    /// Moves on to `slot`: nothing happens if it is the current one. Panics if it is past, or if
    /// more than one epoch boundary is on the way, since that leaves holes in the stake history
    /// that no real cluster has.
    pub async fn warp_to_slot(&mut self, slot: Slot) {
        let now = self.clock().await;
        let epoch = self.epoch_schedule().get_epoch(slot);
        assert!(
            slot >= now.slot,
            "slot {slot} is past: it is slot {}",
            now.slot
        );
        assert!(
            epoch <= now.epoch + 1,
            "slot {slot} of epoch {epoch} is too far from epoch {}: go epoch by epoch",
            now.epoch
        );
        if slot > now.slot {
            self.jump_to_slot(slot);
        }
    }

    /// Moves on by `slots`.
    pub async fn warp_by(&mut self, slots: u64) {
        let slot = self.slot().await;
        self.warp_to_slot(slot + slots).await;
    }

    /// Moves on to the first slot of this epoch that is at least `bps` / 10,000 of it in; does
    /// nothing in that very slot, panics after it.
    pub async fn warp_to_epoch_fraction(&mut self, bps: u64) {
        let slot = self.slot_at_epoch_fraction(bps).await;
        self.warp_to_slot(slot).await;
    }

    /// The first slot of this epoch that is at least `bps` / 10,000 of it in.
    pub async fn slot_at_epoch_fraction(&mut self, bps: u64) -> Slot {
        let epoch = self.epoch().await;
        let slots = self.epoch_schedule().get_slots_in_epoch(epoch);
        self.first_slot_of(epoch) + (slots * bps).div_ceil(BPS)
    }

    /// Moves on to the next epoch and past the slots in which it pays rewards. Returns the epoch.
    pub async fn next_epoch(&mut self) -> Epoch {
        let epoch = self.next_epoch_in_rewards().await;
        self.finish_rewards().await;
        epoch
    }

    /// Moves on to the first slot of the next epoch, where rewards are still being paid and the
    /// stake program refuses to work. Returns the epoch.
    pub async fn next_epoch_in_rewards(&mut self) -> Epoch {
        let epoch = self.epoch().await + 1;
        self.warp_to_slot(self.first_slot_of(epoch)).await;
        assert!(
            self.epoch_rewards().await.active,
            "an epoch starts with paying rewards"
        );
        epoch
    }

    /// Moves on slot by slot until no rewards are being paid.
    pub async fn finish_rewards(&mut self) {
        while self.epoch_rewards().await.active {
            self.warp_by(1).await;
        }
    }

    /// Goes through `count` epochs one by one. Returns the epoch.
    pub async fn next_epochs(&mut self, count: u64) -> Epoch {
        for _ in 0..count {
            self.next_epoch().await;
        }
        self.epoch().await
    }

    /// Moves straight to `slot`, leaving out any epoch boundaries on the way: the bank skips
    /// their stake history. Only for tests of what that breaks.
    pub fn jump_to_slot(&mut self, slot: Slot) {
        self.context
            .warp_to_slot(slot)
            .unwrap_or_else(|error| panic!("slot {slot}: {error}"));
        self.blockhash = self.context.last_blockhash;
        self.blockhash_read_at = Instant::now();
    }

    async fn sysvar<T: solana_sysvar::SysvarSerialize>(&mut self) -> T {
        let read = self.context.banks_client.get_sysvar::<T>().await;
        read.expect("the bank has every sysvar")
    }
}
