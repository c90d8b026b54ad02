//! The pool of version 0 that was frozen, on a cluster of today.

use std::{collections::BTreeMap, fs, path::Path};

use anchor_lang::{Discriminator, ZeroCopy};
use serde::Deserialize;
use sluice::state::{self, Ticket, UnstakeBatch, VERSION, ValidatorPage};
use sluice_tests::{
    cluster::{AccountsSnapshot, Cluster, Sent, TransactionFailure},
    pool::{Pool, TicketAddress, Watch},
};
use solana_account::Account;
use solana_account_decoder::UiAccount;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

/// What `migrations/fixtures/v0` holds.
#[derive(Deserialize)]
struct File {
    seed: u64,
    epoch: u64,
    slot: u64,
    tickets: Vec<String>,
    accounts: Vec<KeyedAccount>,
}

#[derive(Deserialize)]
struct KeyedAccount {
    pubkey: String,
    account: UiAccount,
}

fn key(text: &str) -> Pubkey {
    text.parse().expect("an address")
}

/// The frozen pool, at the slot in which it was frozen.
pub struct FrozenPool {
    pub pool: Pool,
    pub alice: Keypair,
    pub bob: Keypair,
    pub carol: Keypair,
    /// Alice's, of a batch that is paid.
    pub paid: TicketAddress,
    /// Bob's, of a batch that is locked.
    pub locked: TicketAddress,
    /// Carol's, of the open batch.
    pub open: TicketAddress,
    /// All accounts, as they were frozen.
    pub frozen: BTreeMap<Pubkey, Account>,
}

impl FrozenPool {
    /// Starts a cluster with the frozen accounts and lets it come to their slot.
    pub async fn start() -> Self {
        Self::start_with(|_, _| {}).await
    }

    /// The same, with frozen accounts that a test has changed first.
    pub async fn start_with(change: impl Fn(&Pubkey, &mut Account)) -> Self {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/fixtures/v0/pool.json");
        let text = fs::read_to_string(path).expect("the frozen pool is committed");
        let file: File = serde_json::from_str(&text).expect("the frozen pool is JSON");
        let mut frozen = BTreeMap::new();
        let mut cluster = Cluster::builder().seed(file.seed).sluice();
        for KeyedAccount { pubkey, account } in &file.accounts {
            let address = key(pubkey);
            let mut account = account.to_account().expect("an account");
            change(&address, &mut account);
            cluster = cluster.account(address, account.clone());
            frozen.insert(address, account);
        }
        let mut cluster = cluster.start().await;
        cluster.next_epochs(file.epoch).await;
        cluster.warp_to_slot(file.slot).await;

        let mut pool = Pool::not_created(cluster, "pool");
        pool.watch = Watch::Off;
        let tickets: Vec<_> = file.tickets.iter().map(|ticket| key(ticket)).collect();
        tickets.iter().for_each(|ticket| pool.know_ticket(ticket));
        let [paid, locked, open] = tickets[..] else {
            panic!("three tickets were frozen")
        };
        let place = |ticket| ticket_address(&frozen, ticket);
        Self {
            paid: place(paid),
            locked: place(locked),
            open: place(open),
            alice: pool.cluster.keypair("alice"),
            bob: pool.cluster.keypair("bob"),
            carol: pool.cluster.keypair("carol"),
            pool,
            frozen,
        }
    }

    /// All accounts that were frozen, as they are now.
    pub async fn snapshot(&mut self) -> AccountsSnapshot {
        let addresses: Vec<Pubkey> = self.frozen.keys().copied().collect();
        self.pool.cluster.snapshot(&addresses).await
    }

    /// Bytes of an account as it was frozen, without its discriminator.
    pub fn frozen_fields<T: Discriminator>(&self, address: &Pubkey) -> &[u8] {
        let data = &self.frozen[address].data;
        data.strip_prefix(T::DISCRIMINATOR).expect("this kind")
    }

    /// Layout versions of the pool and of its pages.
    pub async fn versions(&mut self) -> (u8, Vec<u8>) {
        let pages = self.pool.pages().await;
        let versions = pages.iter().map(|page| page.version).collect();
        (self.pool.account().await.version, versions)
    }

    pub async fn try_migrate_page(&mut self, page: u16) -> Result<Sent, TransactionFailure> {
        let payer = solana_signer::Signer::pubkey(&self.pool.cluster.payer());
        // Page 0 is full, and page 1 nearly empty.
        let other = (page == 0).then_some(1);
        let migrate = self.pool.addresses.migrate_page(payer, page, other);
        self.pool.send(&[migrate], &[]).await
    }

    pub async fn migrate_page(&mut self, page: u16) -> Sent {
        self.try_migrate_page(page).await.expect("migrated")
    }

    /// Somebody whom the pool does not know pays.
    pub async fn try_migrate_pool(&mut self) -> Result<Sent, TransactionFailure> {
        let payer = self.pool.cluster.payer();
        let payer = solana_signer::Signer::pubkey(&payer);
        let pages = self.pool.account().await.page_count;
        let migrate = self.pool.addresses.migrate_pool(payer, pages);
        self.pool.send(&[migrate], &[]).await
    }

    pub async fn migrate_pool(&mut self) -> Sent {
        self.try_migrate_pool().await.expect("migrated")
    }

    /// Migrates everything, and has every transaction watched from here on.
    pub async fn migrate(&mut self) {
        self.migrate_page(1).await;
        self.migrate_page(0).await;
        self.migrate_pool().await;
        assert_eq!(self.versions().await, (VERSION, vec![VERSION; 2]));
        self.pool.watch = Watch::Full;
    }
}

fn ticket_address(frozen: &BTreeMap<Pubkey, Account>, ticket: Pubkey) -> TicketAddress {
    let account = read::<Ticket>(frozen, &ticket);
    let batch = *account.batch_of_v0().expect("a ticket of version 0");
    TicketAddress {
        batch_id: read::<UnstakeBatch>(frozen, &batch).id,
        batch,
        ticket,
        payer: *account.rent_recipient(),
        lst: account.lst,
    }
}

fn read<T: ZeroCopy>(frozen: &BTreeMap<Pubkey, Account>, address: &Pubkey) -> T {
    let data = &frozen[address].data;
    bytemuck::pod_read_unaligned(data.strip_prefix(T::DISCRIMINATOR).expect("this kind"))
}

/// Where the version is in the data of every account of the program.
pub const VERSION_BYTE: usize = 8;

const _: () = assert!(ValidatorPage::DISCRIMINATOR.len() == VERSION_BYTE);
const _: () = assert!(state::v0::VERSION < VERSION);
