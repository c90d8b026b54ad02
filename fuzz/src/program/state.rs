//! Accounts as an input has left them, over those of a world.

use std::collections::HashMap;

use anchor_lang::ZeroCopy;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;

/// Accounts by address.
pub type Accounts = HashMap<Pubkey, AccountSharedData>;

/// The accounts of a world, and those that differ by now.
#[derive(Clone)]
pub struct State<'a> {
    /// As they were.
    pub before: &'a Accounts,
    /// As they are, where they differ.
    pub changed: Accounts,
}

impl<'a> State<'a> {
    /// The accounts of a world.
    pub fn of(before: &'a Accounts) -> Self {
        Self {
            before,
            changed: Accounts::new(),
        }
    }

    /// The account at an address; empty where there is none.
    pub fn get(&self, address: &Pubkey) -> AccountSharedData {
        let account = self.changed.get(address);
        let account = account.or_else(|| self.before.get(address));
        account.cloned().unwrap_or_default()
    }

    /// Puts an account there.
    pub fn set(&mut self, address: Pubkey, account: AccountSharedData) {
        self.changed.insert(address, account);
    }

    /// An account of the program, if there is one of this kind.
    pub fn read<T: ZeroCopy>(&self, address: &Pubkey) -> Option<T> {
        let account = self.get(address);
        if *account.owner() != sluice::ID {
            return None;
        }
        let data = account.data().strip_prefix(T::DISCRIMINATOR)?;
        Some(bytemuck::pod_read_unaligned(data.get(..size_of::<T>())?))
    }
}
