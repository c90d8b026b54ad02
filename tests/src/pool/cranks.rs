//! What anybody does to keep the pool going.

use sluice::state::{SLOTS_PER_PAGE, StakeAccountKind};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::{Sending, Sent};

/// Slots observed by one transaction: their accounts fit it without a lookup table.
const SLOTS_PER_OBSERVE: u8 = 12;

verbs! {
    /// Observes `count` slots of a page from `first` on, with the accounts they need.
    observe, try_observe, (page: u16, first: u8, count: u8), |pool| {
        (pool.observe_instruction(page, first, count).await, vec![])
    };

    /// Gives a stake account that was reset the pool's authority again.
    reclaim, try_reclaim, (vote: &Pubkey, kind: StakeAccountKind), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.reclaim(&place, kind), vec![])
    };

    /// Moves a validator's activated stake into main and what is free into the reserve.
    collect, try_collect, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.collect(&place), vec![])
    };

    /// Delegates to a validator what is due.
    delegate, try_delegate, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.delegate(&place), vec![])
    };

    /// Takes from a validator what is due.
    undelegate, try_undelegate, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.undelegate(&place), vec![])
    };

    /// Pays the oldest batch of the queue.
    settle_head, try_settle_head, (), |pool| {
        let head = pool.account().await.head_batch;
        (pool.addresses.settle_batch(head), vec![])
    };

    /// Forwards the fees to the treasury's token account. The payer of the transaction pays its rent where
    /// it is missing.
    pay_fees, try_pay_fees, (), |pool| {
        let (payer, treasury) = (pool.cluster.payer().pubkey(), pool.treasury().pubkey());
        (pool.addresses.pay_fees(payer, treasury), vec![])
    };
}

impl Pool {
    /// Books the epoch. Pools of many pages need a lookup table, which this makes.
    #[track_caller]
    pub fn finalize(&mut self) -> impl Future<Output = Sent> {
        let caller = std::panic::Location::caller();
        async move { accepted(self.try_finalize().await, caller) }
    }

    /// Books the epoch. Pools of many pages need a lookup table, which this makes.
    pub async fn try_finalize(&mut self) -> Outcome {
        let finalize = self.finalize_instruction().await;
        let instructions = [finalize];
        let sending = Sending::default();
        let bytes = self.cluster.transaction_bytes(&instructions, &sending);
        if bytes <= crate::cluster::MAX_TRANSACTION_BYTES {
            return self.send(&instructions, &[]).await;
        }
        let addresses = crate::cluster::addresses_of(&instructions);
        let name = format!("pages of {} at {}", self.name, self.cluster.slot().await);
        let table = self.cluster.lookup_table(&name, &addresses).await;
        let sending = Sending::with_tables(&[table]);
        self.send_as(&instructions, &[], &sending).await
    }

    /// The instruction that books the epoch, with every page.
    pub async fn finalize_instruction(&mut self) -> Instruction {
        let page_count = self.account().await.page_count;
        self.addresses.finalize_epoch(page_count)
    }

    /// The instruction that observes `count` slots of a page from `first` on, with exactly the
    /// accounts that it must read.
    pub async fn observe_instruction(&mut self, page: u16, first: u8, count: u8) -> Instruction {
        let epoch = self.cluster.epoch().await;
        let content = self.page(page).await;
        let slots = content.slots.iter().skip(usize::from(first));
        let slots = slots
            .take(usize::from(count))
            .filter(|slot| !slot.is_empty());
        let stakes: Vec<Pubkey> = slots
            .flat_map(|slot| {
                let transient = slot.must_observe_transient(epoch);
                std::iter::once(slot.main).chain(transient.then_some(slot.transient))
            })
            .collect();
        self.addresses.observe(page, first, count, &stakes)
    }

    /// Observes every validator that has not been observed in this epoch.
    pub async fn observe_all(&mut self) {
        let epoch = self.cluster.epoch().await;
        for page in self.pages().await {
            let due: Vec<u8> = (0..)
                .zip(&page.slots)
                .filter(|(_, slot)| !slot.is_empty() && !slot.is_observed(epoch))
                .map(|(index, _)| index)
                .collect();
            let end = SLOTS_PER_PAGE as u8;
            let mut next = 0;
            for index in due {
                if index >= next {
                    let count = SLOTS_PER_OBSERVE.min(end - index);
                    self.observe(page.index, index, count).await;
                    next = index + count;
                }
            }
        }
    }

    /// Collects from every validator.
    pub async fn collect_all(&mut self) {
        for place in self.places().await {
            self.must_send(&[self.addresses.collect(&place)], &[]).await;
        }
    }

    /// Undelegates from every validator what is due.
    pub async fn undelegate_all(&mut self) {
        for place in self.places().await {
            self.must_send(&[self.addresses.undelegate(&place)], &[])
                .await;
        }
    }

    /// Delegates to every validator what is due.
    pub async fn delegate_all(&mut self) {
        for place in self.places().await {
            self.must_send(&[self.addresses.delegate(&place)], &[])
                .await;
        }
    }

    /// Settles due batches until none is left or the reserve holds too little for the next one.
    pub async fn settle(&mut self) {
        let epoch = self.cluster.epoch().await;
        loop {
            let before = self.account().await;
            let open = self.open_batch_id().await;
            if before.head_batch >= open {
                return;
            }
            let batch = self.batch(before.head_batch).await;
            if batch.lock_epoch >= epoch {
                return;
            }
            self.settle_head().await;
            if self.batch(before.head_batch).await == batch {
                return;
            }
        }
    }

    /// Makes the prices of this epoch: observes every validator and books the epoch.
    pub async fn price(&mut self) {
        self.observe_all().await;
        self.finalize().await;
    }

    /// Does everything that is due now, in the order that serves holders best: observe, finalize,
    /// collect, settle, and in the rebalance window undelegate and delegate.
    pub async fn crank_epoch(&mut self) {
        let clock = self.cluster.clock().await;
        if !self.account().await.is_fresh(clock.epoch) {
            self.price().await;
        }
        self.collect_all().await;
        self.settle().await;
        if clock.slot >= self.window_slot().await {
            self.undelegate_all().await;
            self.delegate_all().await;
        }
    }

    /// First slot of this epoch's rebalance window.
    pub async fn window_slot(&mut self) -> u64 {
        let epoch = self.cluster.epoch().await;
        let window_bps = self.account().await.window_bps_in(epoch);
        self.cluster
            .slot_at_epoch_fraction(u64::from(window_bps))
            .await
    }

    /// Moves on to this epoch's rebalance window; stays where it is open already.
    pub async fn warp_to_window(&mut self) {
        let (slot, window) = (self.cluster.slot().await, self.window_slot().await);
        self.cluster.warp_to_slot(window.max(slot)).await;
    }

    /// Lets every validator earn credits and goes on to the next epoch, where their rewards have
    /// been paid and nothing is cranked yet.
    pub async fn next_epoch_with_rewards(&mut self, credits: u64) -> u64 {
        for place in self.places().await {
            self.cluster.earn_credits(&place.vote, credits).await;
        }
        self.cluster.next_epoch().await
    }

    /// Moves on to this epoch's rebalance window and cranks what is due there.
    pub async fn crank_window(&mut self) {
        self.warp_to_window().await;
        self.crank_epoch().await;
    }

    /// Goes to the next epoch with rewards and cranks what is due at its start.
    pub async fn crank_next_epoch(&mut self, credits: u64) -> u64 {
        let epoch = self.next_epoch_with_rewards(credits).await;
        self.crank_epoch().await;
        epoch
    }

    /// Goes to the next epoch, in which these validators alone have voted, and cranks what is due
    /// at its start.
    pub async fn crank_next_epoch_of(&mut self, votes: &[Pubkey], credits: u64) {
        self.next_epoch_with_votes_of(votes, credits).await;
        self.crank_epoch().await;
    }

    /// The rest of this epoch and the start of the next, without rewards.
    pub async fn pass_an_epoch(&mut self) {
        self.crank_window().await;
        self.crank_next_epoch(0).await;
    }

    /// A whole epoch with good cranks: goes to the next one with rewards, cranks, goes to the
    /// window, cranks.
    pub async fn live_an_epoch(&mut self, credits: u64) -> u64 {
        let epoch = self.crank_next_epoch(credits).await;
        self.crank_window().await;
        epoch
    }

    /// Does everything that is due now and that neither a pause nor a loss has closed.
    pub async fn crank_what_is_open(&mut self) {
        let clock = self.cluster.clock().await;
        if !self.account().await.is_fresh(clock.epoch) {
            self.price().await;
        }
        self.collect_all().await;
        let account = self.account().await;
        if account.require_settlement_open(&clock).is_ok() {
            self.settle().await;
        }
        if clock.slot >= self.window_slot().await {
            self.undelegate_all().await;
            if !account.is_paused(clock.epoch) {
                self.delegate_all().await;
            }
        }
    }

    /// A whole epoch of cranks that do what is open.
    pub async fn live_an_epoch_as_open(&mut self, credits: u64) {
        self.next_epoch_with_rewards(credits).await;
        self.crank_what_is_open().await;
        self.warp_to_window().await;
        self.crank_what_is_open().await;
    }
}
