//! A pool made of accounts, for the unit tests: what a node would serve.

use crate::{AccountSource, Fetched, Filter, PoolAddresses, PoolSnapshot, Result};
use anchor_lang::prelude::{Clock, EpochSchedule, Rent};
use bytemuck::Zeroable;
use sluice::state::{
    Marker, NEVER, Pool, RateHistory, SLOTS_PER_PAGE, SlotState, StakeAccountKind, UnstakeBatch,
    VERSION, ValidatorPage,
};
use solana_account::Account;
use solana_epoch_rewards::EpochRewards;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program, sysvar, vote};
use solana_stake_interface::{
    stake_flags::StakeFlags,
    stake_history::StakeHistory,
    state::{Authorized, Delegation, Meta, Stake, StakeStateV2},
};
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};
use std::collections::HashMap;

pub const SOL: u64 = 1_000_000_000;
pub const EPOCH: u64 = 10;
pub const SLOTS_PER_EPOCH: u64 = 1_000;
/// The first slot of the epoch and of its rebalance window.
pub const EPOCH_START: u64 = EPOCH * SLOTS_PER_EPOCH;
pub const WINDOW_START: u64 = EPOCH_START + 800;

/// Accounts at a slot.
#[derive(Clone)]
pub struct Fixture {
    pub addresses: PoolAddresses,
    pub slot: u64,
    pub pool: Pool,
    pub pages: Vec<ValidatorPage>,
    pub batches: Vec<UnstakeBatch>,
    pub rewards_active: bool,
    pub mint_supply: u64,
    /// Everything that is not derived from the fields above.
    pub others: HashMap<Pubkey, Account>,
}

pub fn stake_rent() -> u64 {
    Rent::default().minimum_balance(StakeStateV2::size_of())
}

pub fn reserve_rent() -> u64 {
    Rent::default().minimum_balance(0)
}

impl Fixture {
    /// A fresh pool whose validators have equal weights and this many active lamports each, and
    /// whose reserve has this many lamports above its rent. Price one.
    pub fn new(validators: usize, lamports_each: u64, spendable: u64) -> Self {
        let addresses = PoolAddresses::of_mint(Pubkey::new_from_array([7; 32]));
        let mut fixture = Self {
            addresses,
            slot: EPOCH_START + 100,
            pool: pool(&addresses, reserve_rent() + spendable),
            pages: Vec::new(),
            batches: Vec::new(),
            rewards_active: false,
            mint_supply: 0,
            others: HashMap::new(),
        };
        for _ in 0..validators {
            fixture.add_validator(lamports_each);
        }
        let pool = &mut fixture.pool;
        pool.locked_lamports = reserve_rent() + 2 * stake_rent() * validators as u64;
        pool.lst_supply = pool.staked_lamports + pool.reserve_lamports - pool.locked_lamports;
        fixture.mint_supply = pool.lst_supply;
        fixture
    }

    fn add_validator(&mut self, lamports: u64) {
        let serial = self.pool.next_serial;
        self.pool.next_serial += 1;
        if (serial as usize).is_multiple_of(SLOTS_PER_PAGE) {
            let mut page = ValidatorPage::zeroed();
            page.version = VERSION;
            page.index = self.pool.page_count;
            page.pool = self.addresses.pool;
            self.pool.page_count += 1;
            self.pages.push(page);
        }
        let (addresses, rent) = (self.addresses, stake_rent());
        let page = self.pages.last_mut().unwrap();
        let slot = &mut page.slots[usize::from(page.occupied)];
        slot.vote = Pubkey::new_unique();
        slot.main = addresses.main(serial);
        slot.transient = addresses.transient(serial);
        slot.serial = serial;
        slot.main_lamports = rent + lamports;
        slot.transient_lamports = rent;
        slot.rent_lamports = u32::try_from(2 * rent).unwrap();
        slot.weight = 100;
        slot.next_weight = 100;
        slot.observed_epoch = EPOCH as u32;
        slot.state = SlotState::Active.code();
        let slot = *slot;
        page.occupied += 1;
        page.observed += 1;
        page.observed_epoch = EPOCH;
        page.total_weight += 100;
        page.staked_lamports += slot.main_lamports + slot.transient_lamports;
        self.pool.total_weight += 100;
        self.pool.validator_count += 1;
        self.pool.staked_lamports += slot.main_lamports + slot.transient_lamports;
        let delegation = (lamports > 0).then_some((lamports, EPOCH - 5, u64::MAX));
        self.put_stake(slot.main, slot.vote, rent + lamports, delegation);
        self.put_stake(slot.transient, slot.vote, rent, None);
        let account = self.account(1, vote::ID, Vec::new());
        self.others.insert(slot.vote, account);
    }

    /// A stake account of the pool: lamports, and delegated lamports with their two epochs.
    pub fn put_stake(
        &mut self,
        address: Pubkey,
        vote: Pubkey,
        lamports: u64,
        delegation: Option<(u64, u64, u64)>,
    ) {
        let meta = Meta {
            authorized: Authorized::auto(&self.addresses.stake_authority),
            ..Meta::default()
        };
        let state = match delegation {
            None => StakeStateV2::Initialized(meta),
            Some((stake, activation_epoch, deactivation_epoch)) => StakeStateV2::Stake(
                meta,
                Stake {
                    delegation: Delegation {
                        voter_pubkey: vote,
                        stake,
                        activation_epoch,
                        deactivation_epoch,
                        ..Delegation::default()
                    },
                    credits_observed: 0,
                },
                StakeFlags::empty(),
            ),
        };
        let mut data = bincode::serialize(&state).unwrap();
        data.resize(StakeStateV2::size_of(), 0);
        let account = self.account(lamports, stake::ID, data);
        self.others.insert(address, account);
    }

    /// Gives a validator more active stake, and the pool as much LST.
    pub fn grow(&mut self, index: usize, lamports: u64) {
        let page = &mut self.pages[index / SLOTS_PER_PAGE];
        let slot = &mut page.slots[index % SLOTS_PER_PAGE];
        slot.main_lamports += lamports;
        let slot = *slot;
        page.staked_lamports += lamports;
        self.pool.staked_lamports += lamports;
        self.pool.lst_supply += lamports;
        self.mint_supply += lamports;
        let delegation = Some((slot.main_lamports - stake_rent(), 1, u64::MAX));
        self.put_stake(slot.main, slot.vote, slot.main_lamports, delegation);
    }

    /// Turns part of a validator's main stake into a transient that deactivates since an epoch.
    pub fn deactivate_part(&mut self, index: usize, lamports: u64, since: u64) {
        let rent = stake_rent();
        let page = &mut self.pages[index / SLOTS_PER_PAGE];
        let at = index % SLOTS_PER_PAGE;
        page.book_between(
            at as u8,
            StakeAccountKind::Main,
            StakeAccountKind::Transient,
            sluice_math::Lamports::new(lamports),
        )
        .unwrap();
        page.book_deactivating(at as u8, sluice_math::Lamports::new(lamports))
            .unwrap();
        page.slots[at]
            .set_transient_use(sluice::state::TransientUse::Deactivating, since)
            .unwrap();
        let slot = page.slots[at];
        self.pool.deactivating_lamports += lamports;
        let main = slot.main_lamports - rent;
        self.put_stake(
            slot.main,
            slot.vote,
            slot.main_lamports,
            Some((main, 1, u64::MAX)),
        );
        let transient = slot.transient_lamports;
        self.put_stake(
            slot.transient,
            slot.vote,
            transient,
            Some((lamports, 1, since)),
        );
    }

    /// A batch that was locked in the epoch before this one, with one ticket.
    pub fn lock_batch(&mut self, lst: u64) {
        let id = self.pool.open_batch;
        let mut batch = UnstakeBatch::zeroed();
        batch.version = VERSION;
        batch.pool = self.addresses.pool;
        batch.id = id;
        batch.lock_epoch = EPOCH - 1;
        batch.lock_slot = EPOCH_START - 200;
        batch.lst = lst;
        batch.unsettled_lst = lst;
        batch.tickets = 1;
        self.batches.push(batch);
        self.pool.open_batch += 1;
        self.pool.locked_lst += lst;
    }

    /// Lets a validator leave, with a marker that says who paid for it.
    pub fn retire(&mut self, index: usize, payer: Pubkey) {
        let slot = &mut self.pages[index / SLOTS_PER_PAGE].slots[index % SLOTS_PER_PAGE];
        slot.state = SlotState::Retiring.code();
        slot.weight = 0;
        let mut marker = Marker::zeroed();
        marker.version = VERSION;
        marker.pool = self.addresses.pool;
        marker.vote = slot.vote;
        marker.serial = slot.serial;
        marker.payer = payer;
        let address = self.addresses.marker(&slot.vote);
        self.put(address, &marker);
        self.pages[index / SLOTS_PER_PAGE].total_weight -= 100;
        self.pool.total_weight -= 100;
    }

    /// As the last epoch left it: nothing is observed yet.
    pub fn stale(mut self) -> Self {
        self.pool.finalized_epoch = EPOCH - 1;
        for page in &mut self.pages {
            page.observed_epoch = EPOCH - 1;
            for slot in &mut page.slots {
                slot.observed_epoch = EPOCH as u32 - 1;
            }
        }
        self
    }

    pub fn at(mut self, slot: u64) -> Self {
        self.slot = slot;
        self
    }

    pub fn snapshot(&self) -> PoolSnapshot {
        PoolSnapshot::with_stakes(self, &self.addresses).unwrap()
    }

    pub fn put<T: crate::decode::SluiceAccount>(&mut self, address: Pubkey, content: &T) {
        let account = self.sluice_account(content);
        self.others.insert(address, account);
    }

    pub fn sluice_account<T: crate::decode::SluiceAccount>(&self, content: &T) -> Account {
        let data = [T::DISCRIMINATOR, bytemuck::bytes_of(content)].concat();
        self.account(SOL, sluice::ID, data)
    }

    pub fn account(&self, lamports: u64, owner: Pubkey, data: Vec<u8>) -> Account {
        Account {
            lamports,
            data,
            owner,
            ..Account::default()
        }
    }

    pub fn token_account(&self, owner: Pubkey, amount: u64) -> Account {
        let mut data = vec![0; TokenAccount::LEN];
        let token = TokenAccount {
            mint: self.addresses.mint,
            owner,
            amount,
            state: AccountState::Initialized,
            ..TokenAccount::default()
        };
        TokenAccount::pack(token, &mut data).unwrap();
        self.account(SOL, spl_token_interface::ID, data)
    }

    fn get(&self, address: &Pubkey) -> Option<Account> {
        if let Some(account) = self.others.get(address) {
            return Some(account.clone());
        }
        let of_system = |lamports| Some(self.account(lamports, system_program::ID, Vec::new()));
        let sysvar = |data| Some(self.account(1, sysvar::ID, data));
        let PoolAddresses {
            pool,
            mint,
            reserve,
            claims_vault,
            history,
            ..
        } = self.addresses;
        if *address == pool {
            return Some(self.sluice_account(&self.pool));
        } else if *address == mint {
            let mut data = vec![0; Mint::LEN];
            let mint = Mint {
                supply: self.mint_supply,
                decimals: 9,
                is_initialized: true,
                ..Mint::default()
            };
            Mint::pack(mint, &mut data).unwrap();
            return Some(self.account(1, spl_token_interface::ID, data));
        } else if *address == reserve {
            return of_system(self.pool.reserve_lamports);
        } else if *address == claims_vault {
            return of_system(2 * reserve_rent());
        } else if *address == history {
            let mut history = RateHistory::zeroed();
            history.version = VERSION;
            return Some(self.sluice_account(&history));
        } else if *address == sysvar::clock::ID {
            let clock = Clock {
                slot: self.slot,
                epoch: self.slot / SLOTS_PER_EPOCH,
                ..Clock::default()
            };
            return sysvar(bincode::serialize(&clock).unwrap());
        } else if *address == sysvar::rent::ID {
            return sysvar(bincode::serialize(&Rent::default()).unwrap());
        } else if *address == sysvar::epoch_schedule::ID {
            let schedule = EpochSchedule::custom(SLOTS_PER_EPOCH, SLOTS_PER_EPOCH, false);
            return sysvar(bincode::serialize(&schedule).unwrap());
        } else if *address == sysvar::epoch_rewards::ID {
            let rewards = EpochRewards {
                active: self.rewards_active,
                ..EpochRewards::default()
            };
            return sysvar(bincode::serialize(&rewards).unwrap());
        } else if *address == sysvar::stake_history::ID {
            return sysvar(bincode::serialize(&StakeHistory::default()).unwrap());
        }
        let page = self
            .pages
            .iter()
            .find(|page| self.addresses.page(page.index) == *address);
        let batch = self
            .batches
            .iter()
            .find(|batch| self.addresses.batch(batch.id) == *address);
        page.map(|page| self.sluice_account(page))
            .or_else(|| batch.map(|batch| self.sluice_account(batch)))
    }
}

impl AccountSource for Fixture {
    fn accounts(&self, addresses: &[Pubkey], _min_slot: Option<u64>) -> Result<Fetched> {
        assert!(addresses.len() <= crate::MAX_ADDRESSES);
        Ok(Fetched {
            slot: self.slot,
            accounts: addresses.iter().map(|address| self.get(address)).collect(),
        })
    }

    fn program_accounts(
        &self,
        data_bytes: usize,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>> {
        let passes = |account: &Account| {
            account.owner == sluice::ID
                && account.data.len() == data_bytes
                && filters
                    .iter()
                    .all(|filter| account.data[filter.offset..].starts_with(&filter.bytes))
        };
        let own = [self.addresses.pool].into_iter();
        Ok(own
            .chain(self.others.keys().copied())
            .filter_map(|address| Some((address, self.get(&address)?)))
            .filter(|(_, account)| passes(account))
            .collect())
    }

    fn minimum_delegation_lamports(&self) -> Result<u64> {
        Ok(SOL)
    }
}

fn pool(addresses: &PoolAddresses, reserve_lamports: u64) -> Pool {
    let mut pool = Pool::zeroed();
    pool.version = VERSION;
    pool.mint = addresses.mint;
    pool.stake_authority = addresses.stake_authority;
    pool.reserve = addresses.reserve;
    pool.reserve_lamports = reserve_lamports;
    pool.finalized_epoch = EPOCH;
    pool.breaker_epoch = NEVER;
    pool.config.window_bps = 8_000;
    pool.config.tolerance_bps = 500;
    pool.config.movement_cap_bps = 1_000;
    pool.config.drip_bound_bps = 50;
    pool.config.instant_fee_max_bps = 300;
    pool.config.instant_fee_min_bps = 1;
    pool
}
