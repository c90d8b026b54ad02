//! What a cluster remembers of its past: recent transactions, blocks and inflation rewards.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Deref,
    sync::Arc,
};

use solana_clock::{Epoch, Slot, UnixTimestamp};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::response::RpcInflationReward;
use solana_signature::Signature;
use solana_transaction_status::{ConfirmedTransactionWithStatusMeta, Rewards};

/// How many transactions are remembered.
const MAX_TRANSACTIONS: usize = 10_000;

/// How many blocks are remembered.
const MAX_BLOCKS: usize = 10_000;

/// Of how many epochs the rewards are remembered.
const MAX_REWARD_EPOCHS: usize = 64;

/// A processed transaction with everything that `getTransaction` shows of it.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    /// The transaction, its slot and its outcome.
    pub(crate) confirmed: Arc<ConfirmedTransactionWithStatusMeta>,
    /// The memos in it, if any.
    pub(crate) memo: Option<String>,
}

impl Deref for Transaction {
    type Target = ConfirmedTransactionWithStatusMeta;

    fn deref(&self) -> &Self::Target {
        &self.confirmed
    }
}

/// A block of the past, without its transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its slot.
    pub(crate) slot: Slot,
    /// The slot of the block that it stands on.
    pub(crate) parent: Slot,
    /// How many blocks stand below it.
    pub(crate) height: u64,
    /// When it was made, in seconds since 1970.
    pub(crate) time: UnixTimestamp,
    /// Its hash.
    pub(crate) hash: Hash,
    /// The hash of the block that it stands on.
    pub(crate) parent_hash: Hash,
    /// What was paid in it: inflation at the start of an epoch, fees to its leader.
    pub(crate) rewards: Rewards,
    /// Blocks over which the rewards of an epoch are spread, in the first block of the epoch.
    pub(crate) reward_partitions: Option<u64>,
}

/// The recent past; the oldest entries make room for new ones.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    order: VecDeque<Signature>,
    transactions: HashMap<Signature, Transaction>,
    blocks: VecDeque<Block>,
    rewards: BTreeMap<Epoch, HashMap<Pubkey, RpcInflationReward>>,
}

impl Ledger {
    /// Remembers a transaction. With the oldest, its block is forgotten and those before it: the
    /// blocks that are remembered are whole.
    pub(crate) fn add_transaction(&mut self, transaction: Transaction) {
        let signature = *transaction.tx_with_meta.transaction_signature();
        self.order.push_back(signature);
        self.transactions.insert(signature, transaction);
        if self.order.len() > MAX_TRANSACTIONS
            && let Some(oldest) = self.order.pop_front()
            && let Some(forgotten) = self.transactions.remove(&oldest)
        {
            while self
                .blocks
                .front()
                .is_some_and(|block| block.slot <= forgotten.slot)
            {
                self.blocks.pop_front();
            }
        }
    }

    /// A transaction by its first signature.
    pub(crate) fn transaction(&self, signature: &Signature) -> Option<&Transaction> {
        self.transactions.get(signature)
    }

    /// All transactions, newest first.
    pub(crate) fn newest_transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.order
            .iter()
            .rev()
            .filter_map(|signature| self.transactions.get(signature))
    }

    /// The transactions of a block, in its order.
    pub(crate) fn transactions_of(&self, slot: Slot) -> impl Iterator<Item = &Transaction> {
        let of_block = self
            .newest_transactions()
            .skip_while(move |transaction| transaction.slot > slot)
            .take_while(move |transaction| transaction.slot == slot);
        of_block.collect::<Vec<_>>().into_iter().rev()
    }

    /// Remembers a block.
    pub(crate) fn add_block(&mut self, block: Block) {
        self.blocks.push_back(block);
        if self.blocks.len() > MAX_BLOCKS {
            self.blocks.pop_front();
        }
    }

    /// All blocks, oldest first.
    pub(crate) fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        self.blocks.iter()
    }

    /// The block of a slot, if it had one.
    pub(crate) fn block(&self, slot: Slot) -> Option<&Block> {
        let index = self
            .blocks
            .binary_search_by_key(&slot, |block| block.slot)
            .ok()?;
        self.blocks.get(index)
    }

    /// Remembers that an account was rewarded for an epoch.
    pub(crate) fn add_reward(&mut self, address: Pubkey, reward: RpcInflationReward) {
        self.rewards
            .entry(reward.epoch)
            .or_default()
            .insert(address, reward);
        if self.rewards.len() > MAX_REWARD_EPOCHS {
            self.rewards.pop_first();
        }
    }

    /// What an account was rewarded with for an epoch.
    pub(crate) fn reward(&self, epoch: Epoch, address: &Pubkey) -> Option<&RpcInflationReward> {
        self.rewards.get(&epoch)?.get(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(slot: Slot) -> Block {
        Block {
            slot,
            ..Block::default()
        }
    }

    #[test]
    fn blocks_are_found_by_slot_and_skipped_slots_have_none() {
        let mut ledger = Ledger::default();
        for slot in [0, 1, 2, 32, 33] {
            ledger.add_block(block(slot));
        }
        assert_eq!(ledger.block(32), Some(&block(32)));
        assert_eq!(ledger.block(3), None);
    }

    #[test]
    fn the_oldest_blocks_are_forgotten() {
        let mut ledger = Ledger::default();
        for slot in 0..=MAX_BLOCKS as Slot {
            ledger.add_block(block(slot));
        }
        assert_eq!(ledger.blocks().count(), MAX_BLOCKS);
        assert_eq!(ledger.block(0), None);
        assert_eq!(ledger.block(1), Some(&block(1)));
    }

    #[test]
    fn rewards_of_old_epochs_are_forgotten() {
        let mut ledger = Ledger::default();
        let address = Pubkey::new_unique();
        for epoch in 0..=MAX_REWARD_EPOCHS as Epoch {
            let reward = RpcInflationReward {
                epoch,
                effective_slot: 0,
                amount: 1,
                post_balance: 1,
                commission: None,
                commission_bps: None,
            };
            ledger.add_reward(address, reward);
        }
        assert!(ledger.reward(0, &address).is_none());
        assert!(ledger.reward(1, &address).is_some());
    }
}
