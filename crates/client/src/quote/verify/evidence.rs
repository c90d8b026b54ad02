//! What a report is made of: accounts as they are, and how they are read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sluice::state::{MAX_PAGES, Pool, Ticket, UnstakeBatch, ValidatorPage};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake;
use solana_stake_interface::state::StakeStateV2;

use crate::{
    AccountSource, ClientError, Cluster, Deployed, Filter, LoaderError, PoolAddresses, Result,
    decode, decode_existing,
    pool::{
        accounts::ticket_addresses,
        snapshot::{ATTEMPTS, fetch_all, sysvars},
    },
};

/// Serials without a validator whose stake accounts are looked at: the last ones.
pub const MAX_CLOSED_SERIALS: u64 = 5_000;
/// Batches that are looked at: the last ones.
pub const MAX_BATCHES: u64 = 10_000;
/// Offset of the withdrawer in a stake account.
const WITHDRAWER_OFFSET: usize = 44;

/// Raw accounts of a pool at one moment, and of what it depends on.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Where everything is.
    pub addresses: PoolAddresses,
    /// Nothing that is compared changed from this slot on ...
    pub from_slot: u64,
    /// ... to this one, at which the pool itself was read.
    pub slot: u64,
    /// Accounts that exist, by address.
    pub accounts: HashMap<Pubkey, Account>,
    /// Tickets of the pool by the node's index; `None` where it has none.
    pub tickets: Option<Vec<Pubkey>>,
    /// Stake accounts that the pool's authority can withdraw from, by the node's index; `None` where
    /// it has none.
    pub stakes: Option<Vec<(Pubkey, Account)>>,
    /// The program; `None` where it cannot be read.
    pub deployed: Option<Deployed>,
    /// Whether the node shows that there is no code any more.
    pub is_program_gone: bool,
    /// Vote accounts of the smallest number of validators with a third of the cluster's stake, where
    /// they are known.
    pub superminority: Option<HashSet<Pubkey>>,
}

impl Evidence {
    /// Reads a pool. Its own accounts are read in one call before everything else and in one call
    /// after it; if they differ, or an epoch began, all is read again.
    ///
    /// Fails with [`crate::ClientError::Inconsistent`] where the pool never rests.
    pub fn gather(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        let deployed = Deployed::load(source, &sluice::ID);
        let is_program_gone = matches!(
            deployed,
            Err(ClientError::Missing { .. } | ClientError::Loader(LoaderError::Closed { .. }))
        );
        let deployed = deployed.ok();
        for _ in 0..ATTEMPTS {
            let before = Core::read(source, addresses, 0)?;
            let mut accounts = fetch_all(source, &before.others(addresses), before.slot)?;
            let tickets = tickets_of(source, &addresses.pool)?;
            let listed = tickets.as_deref().unwrap_or_default();
            accounts.extend(fetch_all(source, listed, before.slot)?);
            let stakes = stakes_of(source, &addresses.stake_authority).ok();
            let after = Core::read(source, addresses, before.slot)?;
            if !after.is_as(&before) {
                continue;
            }
            accounts.extend(after.accounts);
            return Ok(Self {
                addresses: *addresses,
                from_slot: before.slot,
                slot: after.slot,
                accounts,
                tickets,
                stakes,
                deployed,
                is_program_gone,
                superminority: None,
            });
        }
        Err(ClientError::Inconsistent { attempts: ATTEMPTS })
    }

    /// An account, where it exists.
    pub fn account(&self, address: &Pubkey) -> Option<&Account> {
        self.accounts.get(address)
    }

    /// Lamports of an account; zero where it does not exist.
    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.account(address).map_or(0, |account| account.lamports)
    }
}

/// The vote accounts of the smallest number of validators that have more than a third of this
/// stake, from vote accounts with their stake.
pub fn superminority(stakes: impl IntoIterator<Item = (Pubkey, u64)>) -> HashSet<Pubkey> {
    let mut stakes: Vec<(Pubkey, u64)> = stakes.into_iter().collect();
    stakes.sort_by_key(|(vote, lamports)| (std::cmp::Reverse(*lamports), *vote));
    let whole: u128 = stakes
        .iter()
        .map(|(_, lamports)| u128::from(*lamports))
        .sum();
    let mut sum = 0_u128;
    let mut largest = HashSet::new();
    for (vote, lamports) in stakes {
        if sum.saturating_mul(3) > whole {
            break;
        }
        sum = sum.saturating_add(u128::from(lamports));
        largest.insert(vote);
    }
    largest
}

/// The accounts that tell whether the pool has moved, and on what everything else depends.
struct Core {
    slot: u64,
    accounts: HashMap<Pubkey, Account>,
    pool: Pool,
    cluster: Cluster,
    /// Of these, lamports alone may change meanwhile: anybody can send some.
    unchanging: Vec<Pubkey>,
}

impl Core {
    fn read(source: &impl AccountSource, addresses: &PoolAddresses, min_slot: u64) -> Result<Self> {
        let own = [
            addresses.pool,
            addresses.mint,
            addresses.escrow,
            addresses.fees,
            addresses.history,
            addresses.metadata(),
        ];
        // Also those that the pool does not count: a list could have been cut.
        let pages = (0..MAX_PAGES).map(|index| addresses.page(index));
        let unchanging: Vec<Pubkey> = own.into_iter().chain(pages).collect();
        let purses = [addresses.reserve, addresses.claims_vault];
        let asked: Vec<Pubkey> = unchanging
            .iter()
            .copied()
            .chain(purses)
            .chain(sysvars::ADDRESSES)
            .collect();
        let fetched = source.accounts(&asked, (min_slot > 0).then_some(min_slot))?;
        let found = asked.into_iter().zip(fetched.accounts);
        let accounts: HashMap<Pubkey, Account> = found
            .filter_map(|(address, account)| Some((address, account?)))
            .collect();
        let pool: Pool = decode_existing(&addresses.pool, accounts.get(&addresses.pool))?;
        PoolAddresses::of_pool(&addresses.pool, &pool)?;
        Ok(Self {
            slot: fetched.slot,
            cluster: Cluster::read(&accounts.iter().map(|(at, one)| (*at, one)).collect())?,
            accounts,
            pool,
            unchanging,
        })
    }

    fn is_as(&self, before: &Self) -> bool {
        let content = |core: &Self, address: &Pubkey| {
            let account = core.accounts.get(address);
            account.map(|account| (account.owner, account.data.clone()))
        };
        self.slot >= before.slot
            && self.cluster.clock.epoch == before.cluster.clock.epoch
            && self.cluster.rewards == before.cluster.rewards
            && self
                .unchanging
                .iter()
                .all(|address| content(self, address) == content(before, address))
    }

    /// Stake accounts of every serial, and batches.
    fn others(&self, addresses: &PoolAddresses) -> Vec<Pubkey> {
        let pages = (0..self.pool.page_count).filter_map(|index| {
            let address = addresses.page(index);
            decode::<ValidatorPage>(&address, self.accounts.get(&address)?).ok()
        });
        let slots: Vec<_> = pages.flat_map(|page| page.slots).collect();
        let named = slots.iter().filter(|slot| !slot.is_empty());
        let named = named.flat_map(|slot| [slot.main, slot.transient]);
        let derived = closed_serials(&self.pool, slots.iter().map(|slot| u64::from(slot.serial)));
        let derived =
            derived.flat_map(|serial| [addresses.main(serial), addresses.transient(serial)]);
        let batches = batch_ids(&self.pool).map(|id| addresses.batch(id));
        named.chain(derived).chain(batches).collect()
    }
}

/// Serials that the pool has given away and that none of these slots has: the last ones.
pub(super) fn closed_serials(
    pool: &Pool,
    listed: impl Iterator<Item = u64>,
) -> impl Iterator<Item = u64> {
    let listed: HashSet<u64> = listed.collect();
    let all = (0..pool.next_serial).rev();
    all.filter(move |serial| !listed.contains(serial))
        .take(usize::try_from(MAX_CLOSED_SERIALS).unwrap_or(usize::MAX))
}

/// Ids of the batches that are looked at.
pub(super) fn batch_ids(pool: &Pool) -> std::ops::RangeInclusive<u64> {
    pool.open_batch.saturating_sub(MAX_BATCHES)..=pool.open_batch
}

/// The batches among accounts, by id.
pub(super) fn batches(evidence: &Evidence, pool: &Pool) -> BTreeMap<u64, UnstakeBatch> {
    let read = |id: u64| {
        let address = evidence.addresses.batch(id);
        let account = evidence.account(&address)?;
        Some((id, decode(&address, account).ok()?))
    };
    batch_ids(pool).filter_map(read).collect()
}

/// The tickets among accounts; `None` where the node has no index.
pub(super) fn tickets(evidence: &Evidence) -> Option<Vec<(Pubkey, Ticket)>> {
    let read = |address: &Pubkey| {
        let ticket = decode::<Ticket>(address, evidence.account(address)?).ok()?;
        // The index only says where tickets may be.
        (ticket.pool == evidence.addresses.pool).then_some((*address, ticket))
    };
    Some(evidence.tickets.as_ref()?.iter().filter_map(read).collect())
}

/// Each once, whatever the node lists. Fails where a node has an index and does not answer.
fn tickets_of(source: &impl AccountSource, pool: &Pubkey) -> Result<Option<Vec<Pubkey>>> {
    match ticket_addresses(source, pool) {
        Ok(listed) => {
            let once: BTreeSet<Pubkey> = listed.into_iter().collect();
            Ok(Some(once.into_iter().collect()))
        }
        Err(error) if error.refuses_method() => Ok(None),
        Err(error) => Err(error),
    }
}

/// For this search many nodes have no index, or no patience: what it finds is nobody's in the books.
fn stakes_of(source: &impl AccountSource, withdrawer: &Pubkey) -> Result<Vec<(Pubkey, Account)>> {
    let filter = Filter {
        offset: WITHDRAWER_OFFSET,
        bytes: withdrawer.to_bytes().to_vec(),
    };
    source.program_accounts(&stake::ID, Some(StakeStateV2::size_of()), &[filter])
}
