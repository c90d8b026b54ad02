//! The one bank of the cluster: transactions go in one after another, slots and epochs move on.

use std::{ops::Deref, sync::Arc};

use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use solana_accounts_db::accounts_db::ACCOUNTS_DB_CONFIG_FOR_TESTING;
use solana_clock::{Epoch, Slot};
use solana_cost_model::cost_tracker::CostTrackerLimits;
use solana_epoch_info::EpochInfo;
use solana_genesis_config::GenesisConfig;
use solana_hash::Hash;
use solana_leader_schedule::{LeaderSchedule, SlotLeader};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::response::{RpcInflationReward, SlotInfo};
use solana_runtime::{
    bank::Bank, bank_forks::BankForks, installed_scheduler_pool::BankWithScheduler,
    leader_schedule_utils::leader_schedule, runtime_config::RuntimeConfig,
};
use solana_sha256_hasher::hashv;
use solana_transaction_status::{Reward, RewardType};
use tokio::sync::broadcast;

use crate::{
    LocalnetError,
    ledger::{Block, Ledger, Transaction},
    validators::Validators,
};

/// How often, in slots, superseded account versions are removed.
const SLOTS_BETWEEN_CLEANUPS: u64 = 100;

/// How many events a slow subscriber may lag behind before it loses some.
const EVENT_CAPACITY: usize = 4_096;

/// Something that happened on the cluster.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A block is complete and the next slot has begun.
    Slot(SlotInfo),
    /// A transaction was processed, with or without success.
    Transaction(Transaction),
}

/// A running cluster without its ports.
pub(crate) struct Cluster {
    /// Write-locked while the bank changes, so that readers see whole transactions and slots.
    pub(crate) head: RwLock<Head>,
    pub(crate) ledger: RwLock<Ledger>,
    pub(crate) validators: Validators,
    pub(crate) genesis_hash: Hash,
    events: broadcast::Sender<Event>,
    leaders: Mutex<Option<(Epoch, Arc<LeaderSchedule>)>>,
}

/// The bank that takes transactions, and the forks that own it.
pub(crate) struct Head {
    forks: Arc<std::sync::RwLock<BankForks>>,
    bank: BankWithScheduler,
    slots_since_cleanup: u64,
    transactions_in_block: u32,
}

impl Deref for Head {
    type Target = Bank;

    fn deref(&self) -> &Bank {
        &self.bank
    }
}

impl Cluster {
    /// Starts the cluster in slot 1, on top of the genesis block.
    pub(crate) fn new(genesis: &GenesisConfig, validators: Validators) -> Self {
        let bank = Bank::new_from_genesis(
            genesis,
            Arc::new(RuntimeConfig::default()),
            Vec::new(),
            None,
            ACCOUNTS_DB_CONFIG_FOR_TESTING,
            None,
            None,
            Arc::default(),
            None,
            None,
        );
        let forks = BankForks::new_rw_arc(bank);
        let bank = write(&forks).working_bank_with_scheduler();
        let cluster = Self {
            head: RwLock::new(Head {
                forks,
                bank,
                slots_since_cleanup: 0,
                transactions_in_block: 0,
            }),
            ledger: RwLock::default(),
            validators,
            genesis_hash: genesis.hash(),
            events: broadcast::Sender::new(EVENT_CAPACITY),
            leaders: Mutex::default(),
        };
        cluster.next_slot();
        cluster
    }

    /// The current bank, which stays as it is while the guard lives.
    pub(crate) fn bank(&self) -> RwLockReadGuard<'_, Head> {
        self.head.read()
    }

    /// What happens from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells subscribers; that there may be none is no failure.
    pub(crate) fn publish(&self, event: Event) {
        drop(self.events.send(event));
    }

    /// Completes the current block and begins the next slot.
    pub(crate) fn next_slot(&self) {
        let mut head = self.head.write();
        let next = head.slot().saturating_add(1);
        self.advance_to(&mut head, next);
    }

    /// Completes the current block, skips the rest of the epoch, and goes on until the rewards of
    /// the epoch are paid.
    pub(crate) fn advance_epoch(&self) -> EpochInfo {
        let mut head = self.head.write();
        let next_epoch = head.epoch().saturating_add(1);
        let first_slot = head.epoch_schedule().get_first_slot_in_epoch(next_epoch);
        self.advance_to(&mut head, first_slot);
        while rewards_are_being_paid(&head) {
            let next = head.slot().saturating_add(1);
            self.advance_to(&mut head, next);
        }
        head.get_epoch_info()
    }

    /// Completes the current block and skips to `slot`, if that is ahead in the same epoch.
    pub(crate) fn advance_to_slot(&self, slot: Slot) -> Result<EpochInfo, LocalnetError> {
        let mut head = self.head.write();
        if head.epoch_schedule().get_epoch(slot) > head.epoch() {
            return Err(LocalnetError::BeyondEpoch(slot));
        }
        if slot > head.slot() {
            self.advance_to(&mut head, slot);
        }
        Ok(head.get_epoch_info())
    }

    /// Completes the current block, makes it the root, and begins `slot` on top of it.
    fn advance_to(&self, head: &mut Head, slot: Slot) {
        complete_block(&head.bank);
        self.remember_block(head);
        let parent = head.bank.clone_without_scheduler();
        let leader = self.leader(&parent, slot).unwrap_or(*parent.leader());
        let child = Bank::new_from_parent(Arc::clone(&parent), leader, slot);
        self.remember_rewards(&child);
        self.validators.vote(&child);
        {
            let mut forks = write(&head.forks);
            // As a validator does before it moves its root: without it the cache of programs takes
            // what was deployed before the root for another fork's.
            parent.prune_program_cache(&forks);
            forks.set_root(parent.slot(), None, Some(parent.slot()));
            head.bank = forks.insert(child);
            head.transactions_in_block = 0;
        }
        head.clean_up_sometimes(&parent);
        self.publish(Event::Slot(SlotInfo {
            slot,
            parent: parent.slot(),
            root: parent.slot(),
        }));
    }

    /// Writes a complete block into the ledger.
    fn remember_block(&self, bank: &Bank) {
        let paid = bank.get_rewards_and_num_partitions();
        let shown = paid.keyed_rewards.iter().map(|(address, reward)| Reward {
            pubkey: address.to_string(),
            lamports: reward.lamports,
            post_balance: reward.post_balance,
            reward_type: Some(reward.reward_type),
            commission: reward.commission_bps.map(percent_rounded_up),
            commission_bps: reward.commission_bps,
        });
        self.ledger.write().add_block(Block {
            slot: bank.slot(),
            parent: bank.parent_slot(),
            height: bank.block_height(),
            time: bank.clock().unix_timestamp,
            hash: bank.last_blockhash(),
            parent_hash: bank
                .parent()
                .map(|parent| parent.last_blockhash())
                .unwrap_or_default(),
            rewards: shown.collect(),
            reward_partitions: paid.num_partitions,
        });
    }

    /// Writes the inflation rewards that a block begins with into the ledger.
    fn remember_rewards(&self, bank: &Bank) {
        let mut ledger = self.ledger.write();
        for (address, reward) in bank.get_rewards_and_num_partitions().keyed_rewards {
            let inflation = matches!(reward.reward_type, RewardType::Staking | RewardType::Voting);
            if let (true, Ok(amount)) = (inflation, u64::try_from(reward.lamports)) {
                ledger.add_reward(
                    address,
                    RpcInflationReward {
                        epoch: bank.epoch().saturating_sub(1),
                        effective_slot: bank.slot(),
                        amount,
                        post_balance: reward.post_balance,
                        commission: reward.commission_bps.map(percent_rounded_up),
                        commission_bps: reward.commission_bps,
                    },
                );
            }
        }
    }

    /// Who leads a slot of the epoch of `bank` or the one after.
    pub(crate) fn leader(&self, bank: &Bank, slot: Slot) -> Option<SlotLeader> {
        let (epoch, index) = bank.get_epoch_and_slot_index(slot);
        let mut cached = self.leaders.lock();
        let schedule = match cached.as_ref() {
            Some((cached_epoch, schedule)) if *cached_epoch == epoch => Arc::clone(schedule),
            _ => {
                let schedule = Arc::new(leader_schedule(epoch, bank)?);
                *cached = Some((epoch, Arc::clone(&schedule)));
                schedule
            }
        };
        Some(schedule.get_slot_leader_at_index(usize::try_from(index).ok()?))
    }

    /// Stops or resumes the voting of a validator.
    pub(crate) fn set_delinquent(
        &self,
        vote: &Pubkey,
        delinquent: bool,
    ) -> Result<(), LocalnetError> {
        self.validators.set_delinquent(vote, delinquent)
    }
}

impl Head {
    /// What the current block admits, in cost units.
    pub(crate) fn block_limits(&self) -> CostTrackerLimits {
        let tracker = self.bank.read_cost_tracker();
        tracker
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get_limits()
    }

    /// The place of the next transaction in the current block.
    pub(crate) fn take_transaction_index(&mut self) -> u32 {
        let index = self.transactions_in_block;
        self.transactions_in_block = index.saturating_add(1);
        index
    }

    /// Writes rooted accounts to disk and drops their superseded versions every now and then, so
    /// that a long run needs no more memory than a short one.
    fn clean_up_sometimes(&mut self, root: &Bank) {
        self.slots_since_cleanup = self.slots_since_cleanup.saturating_add(1);
        if self.slots_since_cleanup < SLOTS_BETWEEN_CLEANUPS {
            return;
        }
        self.slots_since_cleanup = 0;
        root.force_flush_accounts_cache();
        let last_superseded_slot = root.slot().saturating_sub(1);
        root.rc
            .accounts
            .accounts_db
            .clean_accounts(Some(last_superseded_slot), false);
        root.shrink_candidate_slots();
    }
}

/// Registers the ticks that a block still lacks, the last of which gives it a blockhash, and freezes
/// it. After a jump these are many: the hash is made once.
fn complete_block(bank: &BankWithScheduler) {
    let hash = hashv(&[
        bank.last_blockhash().as_ref(),
        &bank.max_tick_height().to_le_bytes(),
    ]);
    while !bank.is_complete() {
        bank.register_tick(&hash);
    }
    bank.freeze();
}

/// Whether the rewards of the last epoch are still being paid.
pub(crate) fn rewards_are_being_paid(bank: &Bank) -> bool {
    bank.get_account(&solana_sdk_ids::sysvar::epoch_rewards::ID)
        .and_then(|account| {
            solana_account::from_account::<solana_sysvar::epoch_rewards::EpochRewards, _>(&account)
        })
        .is_some_and(|rewards| rewards.active)
}

/// A commission in percent as JSON-RPC shows it.
pub(crate) fn percent_rounded_up(commission_bps: u16) -> u8 {
    u8::try_from(commission_bps.div_ceil(100)).unwrap_or(u8::MAX)
}

/// Locks the forks. Nobody else holds this lock for long, and a panic under it leaves nothing
/// half done that a later holder could see, so poisoning is ignored.
fn write(forks: &std::sync::RwLock<BankForks>) -> std::sync::RwLockWriteGuard<'_, BankForks> {
    forks
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
