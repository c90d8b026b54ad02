//! The accounts of a pool that are read in one call.

use std::collections::HashMap;

use sluice::state::{Pool, RateHistory, UnstakeBatch, ValidatorPage};
use sluice_math::{Lamports, Lst};
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

use super::{Cluster, PoolSnapshot, TreasuryAccount, sysvars};
use crate::{
    AccountSource, ClientError, PoolAddresses, Result, decode_existing,
    pool::{decode::SluiceAccount, source::Fetched},
};

/// Batches that a view holds: locked batches are settled in order, one or two at a time.
pub const MAX_BATCHES: u64 = 16;

/// Which accounts belong to the view, as the pool said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    addresses: PoolAddresses,
    page_count: u16,
    head_batch: u64,
    open_batch: u64,
    treasury: Pubkey,
}

/// What came of reading a layout's accounts.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart where it is returned"
)]
pub enum Reading {
    /// The view.
    View(PoolSnapshot),
    /// The pool has other accounts by now: these.
    Moved(Layout),
}

impl Layout {
    /// What the pool says now.
    pub fn of(source: &impl AccountSource, addresses: &PoolAddresses) -> Result<Self> {
        let Fetched { accounts, .. } = source.accounts(&[addresses.pool], None)?;
        let pool = decode_existing(&addresses.pool, accounts.first().and_then(Option::as_ref))?;
        Self::said_by(addresses, &pool)
    }

    fn said_by(addresses: &PoolAddresses, pool: &Pool) -> Result<Self> {
        Ok(Self {
            addresses: PoolAddresses::of_pool(&addresses.pool, pool)?,
            page_count: pool.page_count,
            head_batch: pool.head_batch,
            open_batch: pool.open_batch,
            treasury: pool.treasury,
        })
    }

    fn pages(&self) -> impl Iterator<Item = Pubkey> {
        (0..self.page_count).map(|index| self.addresses.page(index))
    }

    fn batches(&self) -> impl Iterator<Item = Pubkey> {
        let end = self
            .open_batch
            .min(self.head_batch.saturating_add(MAX_BATCHES - 1));
        (self.head_batch..=end).map(|id| self.addresses.batch(id))
    }

    fn treasury_account(&self) -> Pubkey {
        get_associated_token_address(&self.treasury, &self.addresses.mint)
    }

    /// Everything to read: at most 7 + 5 sysvars + 32 pages + 16 batches.
    pub fn addresses(&self) -> Vec<Pubkey> {
        let PoolAddresses {
            mint,
            pool,
            reserve,
            claims_vault,
            fees,
            history,
            ..
        } = self.addresses;
        [
            pool,
            mint,
            reserve,
            claims_vault,
            fees,
            history,
            self.treasury_account(),
        ]
        .into_iter()
        .chain(sysvars::ADDRESSES)
        .chain(self.pages())
        .chain(self.batches())
        .collect()
    }

    /// Makes a view of the accounts that were read at these addresses.
    pub fn read(&self, core: &Fetched) -> Result<Reading> {
        let accounts: HashMap<Pubkey, &Account> = self
            .addresses()
            .into_iter()
            .zip(&core.accounts)
            .filter_map(|(address, account)| Some((address, account.as_ref()?)))
            .collect();
        let pool: Pool = self.decode(&accounts, self.addresses.pool)?;
        let now = Self::said_by(&self.addresses, &pool)?;
        if now != *self {
            return Ok(Reading::Moved(now));
        }
        let treasury_account = self.treasury_account();
        Ok(Reading::View(PoolSnapshot {
            addresses: self.addresses,
            slot: core.slot,
            cluster: Cluster::read(&accounts)?,
            pages: self
                .pages()
                .map(|address| self.decode::<ValidatorPage>(&accounts, address))
                .collect::<Result<_>>()?,
            history: Box::new(self.decode::<RateHistory>(&accounts, self.addresses.history)?),
            reserve: lamports(&accounts, &self.addresses.reserve),
            claims_vault: lamports(&accounts, &self.addresses.claims_vault),
            mint_supply: mint_supply(&accounts, &self.addresses.mint)?,
            fees: self
                .token_account(accounts.get(&self.addresses.fees).copied())
                .map(|fees| Lst::new(fees.amount)),
            treasury_account: self.treasury_account_of(accounts.get(&treasury_account).copied()),
            batches: self
                .batches()
                .filter(|address| accounts.get(address).is_some_and(|a| a.owner == sluice::ID))
                .map(|address| self.decode::<UnstakeBatch>(&accounts, address))
                .collect::<Result<_>>()?,
            pool,
            stakes: HashMap::new(),
            votes: HashMap::new(),
            markers: HashMap::new(),
        }))
    }

    fn decode<T: SluiceAccount>(
        &self,
        accounts: &HashMap<Pubkey, &Account>,
        address: Pubkey,
    ) -> Result<T> {
        decode_existing(&address, accounts.get(&address).copied())
    }

    /// A token account of the pool's LST; `None` where it cannot be used.
    fn token_account(&self, account: Option<&Account>) -> Option<TokenAccount> {
        let account = account.filter(|account| account.owner == spl_token_interface::ID)?;
        let token = TokenAccount::unpack(&account.data).ok()?;
        let usable = token.mint == self.addresses.mint && token.state == AccountState::Initialized;
        usable.then_some(token)
    }

    fn treasury_account_of(&self, account: Option<&Account>) -> TreasuryAccount {
        if account.is_none_or(|account| account.owner == system_program::ID) {
            return TreasuryAccount::Missing;
        }
        match self.token_account(account) {
            Some(token) if token.owner == self.treasury => TreasuryAccount::Usable,
            _ => TreasuryAccount::Unusable,
        }
    }
}

fn lamports(accounts: &HashMap<Pubkey, &Account>, address: &Pubkey) -> Lamports {
    Lamports::new(accounts.get(address).map_or(0, |account| account.lamports))
}

fn mint_supply(accounts: &HashMap<Pubkey, &Account>, mint: &Pubkey) -> Result<Lst> {
    accounts
        .get(mint)
        .filter(|account| account.owner == spl_token_interface::ID)
        .and_then(|account| Mint::unpack(&account.data).ok())
        .map(|mint| Lst::new(mint.supply))
        .ok_or(ClientError::Unreadable {
            address: *mint,
            expected: "LST mint",
        })
}
