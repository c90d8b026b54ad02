//! Everything a pool consists of, read at one moment.

use std::collections::BTreeMap;

use anchor_lang::{Discriminator, ZeroCopy};
use sluice::state::{
    Marker, Pool as PoolAccount, RateHistory, Slot, Ticket, UnstakeBatch, ValidatorPage, v0,
};
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::{Pool, Watch};

/// Both prices as exact pairs: `full / supply` and `value / supply`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// What the pool owns, in lamports.
    pub full: u64,
    /// What exits share at `slot`, in lamports.
    pub value: u64,
    /// LST in existence, as booked.
    pub supply: u64,
    /// The slot that this holds for.
    pub slot: u64,
}

/// All accounts of a pool at one moment, the stake accounts only if they are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// The slot.
    pub slot: u64,
    /// The epoch.
    pub epoch: u64,
    /// The pool account.
    pub pool: PoolAccount,
    /// Its pages, in order.
    pub pages: Vec<ValidatorPage>,
    /// Lamports in the reserve.
    pub reserve_lamports: u64,
    /// Lamports in the claims vault.
    pub vault_lamports: u64,
    /// LST in existence.
    pub mint_supply: u64,
    /// LST in the escrow.
    pub escrow_lst: u64,
    /// LST in the fees account.
    pub fees_lst: u64,
    /// Batches that exist, by id.
    pub batches: BTreeMap<u64, UnstakeBatch>,
    /// Tickets that exist and belong to this pool.
    pub tickets: BTreeMap<Pubkey, Ticket>,
    /// Stake accounts that exist; empty unless watched in full.
    pub stakes: BTreeMap<Pubkey, Account>,
}

impl Books {
    /// The slots that have a validator.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        let slots = self.pages.iter().flat_map(|page| &page.slots);
        slots.filter(|slot| !slot.is_empty())
    }

    /// Both prices.
    pub fn prices(&self) -> Prices {
        let ledger = self.pool.ledger();
        Prices {
            full: ledger.full().expect("full fits").get(),
            value: ledger.value(self.slot).expect("the value fits").get(),
            supply: self.pool.lst_supply,
            slot: self.slot,
        }
    }

    /// Booked lamports that are not in the value yet: withheld and pending.
    pub fn unreleased(&self) -> u64 {
        let drip = self.pool.ledger().drip;
        let withheld = drip.withheld_at(self.slot).expect("withheld fits").get();
        withheld + self.pool.pending_lamports
    }

    /// Whether the pool is finalized for this epoch.
    pub fn is_fresh(&self) -> bool {
        self.pool.is_fresh(self.epoch)
    }
}

impl Pool {
    /// The pool account.
    pub async fn account(&mut self) -> PoolAccount {
        let address = self.addresses.pool;
        self.read(&address).await
    }

    /// A page of validators.
    pub async fn page(&mut self, index: u16) -> ValidatorPage {
        let address = self.addresses.page(index);
        if let Some(page) = self.try_read(&address).await {
            return page;
        }
        // One of an older layout is read as clients do, whatever version it says that it has.
        let mut account = self.cluster.account(&address).await;
        account.data[ValidatorPage::DISCRIMINATOR.len()] = v0::VERSION;
        sluice_client::decode(&address, &account).expect("a page")
    }

    /// All pages, in order.
    pub async fn pages(&mut self) -> Vec<ValidatorPage> {
        let count = self.account().await.page_count;
        self.first_pages(count).await
    }

    async fn first_pages(&mut self, count: u16) -> Vec<ValidatorPage> {
        let mut pages = Vec::new();
        for index in 0..count {
            pages.push(self.page(index).await);
        }
        pages
    }

    /// The slot of a validator.
    pub async fn slot_of(&mut self, vote: &Pubkey) -> Slot {
        let place = self.place(vote).await;
        self.page(place.page).await.slots[usize::from(place.slot)]
    }

    /// The marker of a validator.
    pub async fn marker(&mut self, vote: &Pubkey) -> Marker {
        let address = self.addresses.marker(vote);
        self.read(&address).await
    }

    /// A batch of the queue.
    pub async fn batch(&mut self, id: u64) -> UnstakeBatch {
        let address = self.addresses.batch(id);
        self.read(&address).await
    }

    /// A ticket.
    pub async fn ticket(&mut self, address: &Pubkey) -> Ticket {
        self.read(address).await
    }

    /// The rates of the last epochs.
    pub async fn history(&mut self) -> RateHistory {
        let address = self.addresses.history;
        self.read(&address).await
    }

    /// Both prices at this slot.
    pub async fn prices(&mut self) -> Prices {
        self.books().await.prices()
    }

    /// Tickets of this pool requested through this fixture that still exist.
    pub async fn tickets(&mut self) -> BTreeMap<Pubkey, Ticket> {
        self.read_books(Watch::Books).await.tickets
    }

    /// Everything the pool consists of now.
    pub async fn books(&mut self) -> Books {
        let watch = self.watch;
        self.read_books(watch).await
    }

    async fn read_books(&mut self, watch: Watch) -> Books {
        let books = self.try_read_books(watch).await;
        books.expect("the pool exists")
    }

    /// Everything the pool consists of now, if it exists.
    pub(super) async fn try_read_books(&mut self, watch: Watch) -> Option<Books> {
        let addresses = self.addresses;
        let pool = self.try_read::<PoolAccount>(&addresses.pool).await?;
        let clock = self.cluster.clock().await;
        let pages = self.first_pages(pool.page_count).await;
        let mut books = Books {
            slot: clock.slot,
            epoch: clock.epoch,
            pool,
            pages,
            reserve_lamports: self.cluster.lamports(&addresses.reserve).await,
            vault_lamports: self.cluster.lamports(&addresses.claims_vault).await,
            mint_supply: self.cluster.mint_supply(&addresses.mint).await,
            escrow_lst: self.cluster.token_balance(&addresses.escrow).await,
            fees_lst: self.cluster.token_balance(&addresses.fees).await,
            batches: BTreeMap::new(),
            tickets: BTreeMap::new(),
            stakes: BTreeMap::new(),
        };
        self.read_queue(&mut books).await;
        if watch == Watch::Full {
            self.read_stakes(&mut books).await;
        }
        Some(books)
    }

    async fn read_queue(&mut self, books: &mut Books) {
        for id in self.oldest_batch..=books.pool.open_batch {
            let address = self.addresses.batch(id);
            if let Some(batch) = self.try_read::<UnstakeBatch>(&address).await {
                books.batches.insert(id, batch);
            }
        }
        for address in self.tickets_of_this_pool() {
            if let Some(ticket) = self.try_read::<Ticket>(&address).await {
                books.tickets.insert(address, ticket);
            }
        }
    }

    /// Has a ticket watched that was not requested through this fixture.
    pub fn know_ticket(&mut self, ticket: &Pubkey) {
        self.tickets.insert(*ticket, self.addresses.pool);
    }

    pub(super) fn tickets_of_this_pool(&self) -> Vec<Pubkey> {
        let ours = self.tickets.iter();
        let ours = ours.filter(|(_, pool)| **pool == self.addresses.pool);
        ours.map(|(ticket, _)| *ticket).collect()
    }

    /// Closed tickets and batches never come back, and need not be read again.
    pub(super) fn forget_closed(&mut self, books: &Books) {
        let pool = self.addresses.pool;
        self.tickets
            .retain(|ticket, of| *of != pool || books.tickets.contains_key(ticket));
        while self.oldest_batch < books.pool.head_batch
            && !books.batches.contains_key(&self.oldest_batch)
        {
            self.oldest_batch += 1;
        }
    }

    async fn read_stakes(&mut self, books: &mut Books) {
        let slots: Vec<[Pubkey; 2]> = books
            .slots()
            .map(|slot| [slot.main, slot.transient])
            .collect();
        for address in slots.into_iter().flatten() {
            if let Some(account) = self.cluster.try_account(&address).await {
                books.stakes.insert(address, account);
            }
        }
    }

    /// A zero-copy account of the program; panics if it is none.
    pub async fn read<T: ZeroCopy>(&mut self, address: &Pubkey) -> T {
        let account = self.try_read(address).await;
        account.unwrap_or_else(|| panic!("there is no such account at {address}"))
    }

    /// A zero-copy account of the program, if it exists.
    pub async fn try_read<T: ZeroCopy>(&mut self, address: &Pubkey) -> Option<T> {
        let account = self.cluster.try_account(address).await?;
        let data = account.data.strip_prefix(T::DISCRIMINATOR)?;
        Some(bytemuck::pod_read_unaligned(data.get(..size_of::<T>())?))
    }
}
