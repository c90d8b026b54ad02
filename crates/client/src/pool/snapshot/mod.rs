//! One consistent view of a pool.
//!
//! Everything that prices and plans need fits one call of `getMultipleAccounts`, hence one slot.
//! Stake and vote accounts of many validators do not: they are read in further calls, not before
//! that slot. Only the program moves the pool's stake, and every move writes the validator's
//! page; so the stakes belong to the view if the pages and the epoch are the same once more after
//! they were read. That second reading is the view. If they are not, all is read again.

mod core;
mod stakes;
pub(crate) mod sysvars;

use std::{collections::HashMap, iter::repeat_n};

use sluice::state::{
    Marker, Pool, RateHistory, SLOTS_PER_PAGE, Slot, UnstakeBatch, VERSION, ValidatorPage,
};
use sluice_math::{Bps, Flows, Lamports, Lst, Spread};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
pub use stakes::StakeAccount;
pub use sysvars::Cluster;

use self::core::{Layout, Reading};
use crate::{
    AccountSource, ClientError, MAX_ADDRESSES, PoolAddresses, Result, SlotAddress,
    pool::source::Fetched,
};

/// How often a view is read again because the pool changed meanwhile.
pub const ATTEMPTS: usize = 8;

/// A pool at one slot.
#[derive(Clone, Debug)]
pub struct PoolSnapshot {
    /// Where everything is.
    pub addresses: PoolAddresses,
    /// The slot that the accounts were read at.
    pub slot: u64,
    /// What the cluster says: clock, rent, epochs, rewards, minimum delegation.
    pub cluster: Cluster,
    /// The pool.
    pub pool: Pool,
    /// Its pages in order.
    pub pages: Vec<ValidatorPage>,
    /// Its rates of the last epochs.
    pub history: Box<RateHistory>,
    /// Lamports really in the reserve.
    pub reserve: Lamports,
    /// Lamports really in the claims vault.
    pub claims_vault: Lamports,
    /// The mint's supply: less than booked where strangers burned.
    pub mint_supply: Lst,
    /// LST that waits in the fees account; `None` where the account is unusable.
    pub fees: Option<Lst>,
    /// Whether the treasury's associated token account can receive.
    pub treasury_account: TreasuryAccount,
    /// Batches from the oldest that is not settled to the open one, by id; the open one is only
    /// there once it has a request. At most 16.
    pub batches: Vec<UnstakeBatch>,
    /// Stake accounts by address, where they were asked for.
    pub stakes: HashMap<Pubkey, StakeAccount>,
    /// Vote accounts by address, where they were asked for.
    pub votes: HashMap<Pubkey, Account>,
    /// Markers of the validators that leave, by vote account, where stakes were asked for.
    pub markers: HashMap<Pubkey, Marker>,
}

/// What the treasury's associated token account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreasuryAccount {
    /// It can receive.
    Usable,
    /// It does not exist; `pay_fees` creates it.
    Missing,
    /// It is frozen, or somebody else's.
    Unusable,
}

/// A validator's slot with its place.
#[derive(Clone, Copy, Debug)]
pub struct PlacedSlot<'a> {
    /// Where it is.
    pub place: SlotAddress,
    /// What is in it.
    pub slot: &'a Slot,
}

impl PoolSnapshot {
    /// Reads the pool without stake and vote accounts: enough for prices, quotes and tickets.
    pub fn load(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        Self::load_since(source, addresses, None)
    }

    fn load_since(
        source: &impl AccountSource,
        addresses: &PoolAddresses,
        min_slot: Option<u64>,
    ) -> Result<Self> {
        let mut layout = Layout::of(source, addresses)?;
        for _ in 0..ATTEMPTS {
            let core = source.accounts(&layout.addresses(), min_slot)?;
            match layout.read(&core)? {
                Reading::View(snapshot) => return Ok(snapshot),
                Reading::Moved(now) => layout = now,
            }
        }
        Err(ClientError::Inconsistent { attempts: ATTEMPTS })
    }

    /// Reads the pool with the vote accounts of all slots: what an epoch is explained from. One call
    /// more for every [`MAX_ADDRESSES`] validators. What an epoch that is over brought a validator
    /// does not change any more, so the votes may be read a little later than the pool.
    pub fn with_votes(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        let mut snapshot = Self::load(source, addresses)?;
        snapshot.votes = fetch_all(source, &snapshot.vote_addresses(), snapshot.slot)?;
        Ok(snapshot)
    }

    /// Reads the pool with the stake and vote accounts of all slots and the minimum delegation: what a
    /// crank plans from.
    pub fn with_stakes(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        Self::with_stakes_since(source, addresses, None)
    }

    /// The same, not before a slot: for who has changed the pool in it.
    pub fn with_stakes_since(
        source: &impl AccountSource,
        addresses: &PoolAddresses,
        min_slot: Option<u64>,
    ) -> Result<Self> {
        for _ in 0..ATTEMPTS {
            let before = Self::load_since(source, addresses, min_slot)?;
            let (stakes, votes) = (before.stake_addresses(), before.vote_addresses());
            let first = before.slot;
            let stake_accounts = fetch_all(source, &stakes, first)?;
            let vote_accounts = fetch_all(source, &votes, first)?;
            let markers = before.markers_of_leaving(source)?;
            let mut after = Self::load_since(source, addresses, min_slot)?;
            let unchanged = after.pages == before.pages
                && after.cluster.clock.epoch == before.cluster.clock.epoch
                && after.cluster.rewards == before.cluster.rewards;
            if after.slot < first || !unchanged {
                continue;
            }
            after.stakes = stake_accounts
                .into_iter()
                .map(|(address, account)| {
                    let stake = StakeAccount::read(&account, &addresses.stake_authority);
                    Ok((address, stake))
                })
                .collect::<Result<_>>()?;
            let told = source.minimum_delegation_lamports(&addresses.claims_vault);
            after.cluster = after.cluster.with_minimum(told);
            after.votes = vote_accounts;
            after.markers = markers;
            return Ok(after);
        }
        Err(ClientError::Inconsistent { attempts: ATTEMPTS })
    }

    /// All slots that have a validator, in order.
    pub fn slots(&self) -> impl Iterator<Item = PlacedSlot<'_>> {
        self.pages.iter().flat_map(|page| {
            (0u8..)
                .zip(&page.slots)
                .filter(|(_, slot)| !slot.is_empty())
                .map(|(index, slot)| PlacedSlot {
                    place: SlotAddress::of(page.index, index, slot),
                    slot,
                })
        })
    }

    /// The slot of a validator.
    pub fn slot_of(&self, vote: &Pubkey) -> Option<PlacedSlot<'_>> {
        self.slots().find(|placed| placed.place.vote == *vote)
    }

    /// Where validators are added, one after another: the pages with free slots, each once for each
    /// free slot, then the pages to come.
    pub fn pages_for_new_validators(&self) -> impl Iterator<Item = u16> {
        let free = self.pages.iter().map(|page| {
            let slots = page.slots.len();
            (page.index, slots.saturating_sub(usize::from(page.occupied)))
        });
        let to_come = (self.pool.page_count..).map(|index| (index, SLOTS_PER_PAGE));
        free.chain(to_come)
            .flat_map(|(index, count)| repeat_n(index, count))
    }

    /// Whether the prices hold for the current epoch.
    pub fn is_fresh(&self) -> bool {
        self.pool.is_fresh(self.cluster.clock.epoch)
    }

    /// Whether the pool has an older layout than the program: only the exits that are always open
    /// work until [`Self::migration`] has been sent.
    pub fn needs_migration(&self) -> bool {
        self.pool.version < VERSION
    }

    /// What gives the pool the current layout: a transaction for each page that lacks it, the one
    /// with most room first, then one for the pool; `payer` pays their rent. Nothing where the pool
    /// has it.
    pub fn migration(&self, payer: Pubkey) -> Vec<Instruction> {
        if !self.needs_migration() {
            return Vec::new();
        }
        let addresses = &self.addresses;
        let mut pages: Vec<_> = self.pages.iter().collect();
        pages.sort_by_key(|page| page.occupied);
        let roomiest = pages.first().map(|page| page.index);
        let old = pages.iter().filter(|page| page.version < VERSION);
        let migrate_page = |page: &&ValidatorPage| {
            let other = roomiest.filter(|other| *other != page.index);
            addresses.migrate_page(payer, page.index, other)
        };
        let pool = addresses.migrate_pool(payer, self.pool.page_count);
        old.map(migrate_page).chain([pool]).collect()
    }

    /// The pool with its queue rolled, as every instruction that touches the queue finds it.
    pub fn rolled_pool(&self) -> Result<Pool> {
        let mut pool = self.pool;
        pool.roll_queue(self.cluster.clock.slot)?;
        Ok(pool)
    }

    /// The pool-wide amounts that decide the moves of the rebalance window, as they are now.
    pub fn flows(&self) -> Result<Flows> {
        Ok(self.rolled_pool()?.flows(&self.cluster.moment())?)
    }

    /// How many lamports a validator should have: none where it leaves.
    pub fn target_of(&self, placed: &PlacedSlot<'_>) -> Result<Lamports> {
        let weight = if placed.slot.is_leaving() {
            0
        } else {
            placed.slot.weight
        };
        Ok(self.flows()?.target(weight)?)
    }

    /// What could be staked, but no validator may have, since the share cap was made for more of them:
    /// less than a minimum delegation counts nothing, without stakes less than the usual one.
    pub fn beyond_share_cap(&self) -> Result<Lamports> {
        let flows = self.flows()?;
        let mut beyond = flows.stakeable();
        let mut weighted = false;
        for placed in self.slots() {
            weighted |= placed.slot.weight > 0;
            beyond = beyond.saturating_sub(flows.target(placed.slot.weight)?);
        }
        let counts = weighted && beyond >= flows.minimum_delegation;
        Ok(if counts { beyond } else { Lamports::ZERO })
    }

    /// What could be staked, but no validator may have, once this one has another weight: the next
    /// finalize spreads the weights anew. Zero where it is less than a minimum delegation.
    pub fn idle_with_weight(&self, vote: &Pubkey, weight: u16) -> Result<Lamports> {
        let to_come = |placed: &PlacedSlot<'_>| match placed.slot {
            slot if placed.place.vote == *vote && !slot.is_leaving() => weight,
            slot if slot.due_epoch != 0 => slot.next_weight,
            slot => slot.weight,
        };
        let weights = || self.slots().map(|placed| to_come(&placed));
        let cap = Bps::new(self.pool.config.share_cap_bps)?;
        let spread = Spread::of(weights, cap, u64::from(self.pool.most_validators))?;
        let flows = self.flows()?;
        let stakeable = flows.stakeable();
        let idle = weights().try_fold(stakeable, |idle, weight| {
            Ok::<_, ClientError>(idle.saturating_sub(spread.part(weight, stakeable)?))
        })?;
        Ok(if idle >= flows.minimum_delegation {
            idle
        } else {
            Lamports::ZERO
        })
    }

    /// The batch with this id, if it exists and is not settled.
    pub fn batch(&self, id: u64) -> Option<&UnstakeBatch> {
        self.batches.iter().find(|batch| batch.id == id)
    }

    fn stake_addresses(&self) -> Vec<Pubkey> {
        self.slots()
            .flat_map(|placed| [placed.place.main, placed.place.transient])
            .collect()
    }

    fn markers_of_leaving(&self, source: &impl AccountSource) -> Result<HashMap<Pubkey, Marker>> {
        let leaving = self.slots().filter(|placed| placed.slot.is_leaving());
        let addresses: Vec<Pubkey> = leaving
            .map(|placed| self.addresses.marker(&placed.place.vote))
            .collect();
        fetch_all(source, &addresses, self.slot)?
            .iter()
            .map(|(address, account)| {
                let marker: Marker = crate::decode(address, account)?;
                Ok((marker.vote, marker))
            })
            .collect()
    }

    fn vote_addresses(&self) -> Vec<Pubkey> {
        self.slots().map(|placed| placed.place.vote).collect()
    }
}

/// The pool's addresses from those of the pool or of its mint.
pub fn resolve_pool(source: &impl AccountSource, pool_or_mint: &Pubkey) -> Result<PoolAddresses> {
    let Fetched { accounts, .. } = source.accounts(&[*pool_or_mint], None)?;
    let account = accounts.into_iter().next().flatten();
    match account {
        Some(account) if account.owner == spl_token_interface::ID => {
            Ok(PoolAddresses::of_mint(*pool_or_mint))
        }
        account => {
            let pool: Pool = crate::decode_existing(pool_or_mint, account.as_ref())?;
            PoolAddresses::of_pool(pool_or_mint, &pool)
        }
    }
}

/// The pool's addresses from those of the pool or of its mint. Where the first source says that there is
/// no such account, each of several nodes is asked: one that shows the pool is believed. The others are then
/// asked for the pool: one of [`Nodes`](crate::Nodes) that denies it still is set aside.
pub fn resolve_pool_by<S: AccountSource>(
    source: &S,
    nodes: &[S],
    pool_or_mint: &Pubkey,
) -> Result<PoolAddresses> {
    let resolved = resolve_pool(source, pool_or_mint);
    let is_missing = matches!(resolved, Err(ClientError::Missing { .. }));
    let several = nodes.iter().filter(|_| is_missing && nodes.len() > 1);
    let mut shown = several.filter_map(|node| {
        let addresses = resolve_pool(node, pool_or_mint).ok()?;
        let fetched = node.accounts(&[addresses.pool], None).ok()?;
        let account = fetched.accounts.first()?.as_ref();
        let pool: Pool = crate::decode_existing(&addresses.pool, account).ok()?;
        let addresses = PoolAddresses::of_pool(&addresses.pool, &pool).ok()?;
        Some((addresses, fetched.slot))
    });
    let Some((addresses, slot)) = shown.next() else {
        return resolved;
    };
    for node in nodes {
        // What it answers is judged where it is read. One that does not answer is none that denies.
        let _ = node.accounts(&[addresses.pool], Some(slot));
    }
    Ok(addresses)
}

/// Accounts that exist, by address; any number of them, none read before `min_slot`.
pub(crate) fn fetch_all(
    source: &impl AccountSource,
    addresses: &[Pubkey],
    min_slot: u64,
) -> Result<HashMap<Pubkey, Account>> {
    let mut found = HashMap::with_capacity(addresses.len());
    for part in addresses.chunks(MAX_ADDRESSES) {
        // Where there is room, the clock tells how old the others are.
        let clock = Some(sysvar::clock::ID).filter(|_| part.len() < MAX_ADDRESSES);
        let asked: Vec<Pubkey> = part.iter().copied().chain(clock).collect();
        let Fetched { accounts, .. } = source.accounts(&asked, Some(min_slot))?;
        let existing = part.iter().zip(accounts);
        found.extend(existing.filter_map(|(address, account)| Some((*address, account?))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
