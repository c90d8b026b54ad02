//! What the pools of a program own: what would be locked for good if its code were gone.

use anchor_lang::Discriminator;
use sluice::state::{Pool, VERSION};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::accounts::kind;
use crate::{AccountSource, Result};

/// A pool, and what its account says of its amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estate {
    /// Where the pool is.
    pub pool: Pubkey,
    /// `None` where this library does not know its layout.
    pub amounts: Option<Amounts>,
}

/// What is in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// What its tokens stand for.
    pub owned: Lamports,
    /// What it owes to tickets of settled batches.
    pub owed: Lamports,
    /// Whether no token is left but those that nobody can ever redeem, and no ticket is owed anything.
    pub is_empty: bool,
}

impl Estate {
    /// Whether nothing in it is anybody's.
    pub fn is_empty(&self) -> bool {
        self.amounts.is_some_and(|amounts| amounts.is_empty)
    }

    fn read(pool: Pubkey, data: &[u8]) -> Self {
        Self {
            pool,
            amounts: Amounts::read(data),
        }
    }
}

impl Amounts {
    /// Reads them from an account of any layout up to today's: no version has moved the ledger.
    fn read(data: &[u8]) -> Option<Self> {
        let bytes = data.get(Pool::DISCRIMINATOR.len()..Pool::SPACE)?;
        let pool: Pool = bytemuck::try_pod_read_unaligned(bytes).ok()?;
        if pool.version > VERSION {
            return None;
        }
        Some(Self {
            owned: pool.ledger().full().ok()?,
            owed: Lamports::new(pool.claims_lamports),
            is_empty: pool.lst_supply == pool.dead_lst && pool.claims_lamports == 0,
        })
    }
}

/// All pools of a program at any address, with what is in them: also those of a later layout, which may be
/// of another size.
///
/// # Errors
///
/// Where the node lists no accounts of programs.
pub fn estates(source: &impl AccountSource, program: &Pubkey) -> Result<Vec<Estate>> {
    let pools = source.program_accounts(program, None, &[kind::<Pool>()])?;
    let estates = pools.iter();
    Ok(estates
        .map(|(address, account)| Estate::read(*address, &account.data))
        .collect())
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use solana_account::Account;

    use super::*;
    use crate::{
        fixture::{Fixture, SOL},
        pool::accounts::newest_layout,
    };

    fn amounts(change: impl FnOnce(&mut Pool)) -> Option<Amounts> {
        let mut pool = Pool::zeroed();
        pool.version = VERSION;
        (pool.reserve_lamports, pool.locked_lamports) = (30, 10);
        (pool.lst_supply, pool.dead_lst) = (7, 7);
        change(&mut pool);
        let data = [Pool::DISCRIMINATOR, bytemuck::bytes_of(&pool)].concat();
        Amounts::read(&data)
    }

    #[test]
    fn a_pool_is_empty_once_no_token_and_no_ticket_is_left_to_anybody() {
        let nothing = amounts(|_| {}).unwrap();
        assert!(nothing.is_empty);
        assert_eq!(nothing.owned, Lamports::new(20));
        assert!(!amounts(|pool| pool.lst_supply = 8).unwrap().is_empty);
        let owing = amounts(|pool| pool.claims_lamports = 1).unwrap();
        assert!(!owing.is_empty);
        assert_eq!(owing.owed, Lamports::new(1));
        assert!(amounts(|pool| pool.version = 0).unwrap().is_empty);
    }

    #[test]
    fn a_pool_of_a_layout_to_come_is_listed_though_it_is_longer() {
        let mut fixture = Fixture::new(1, SOL, SOL);
        let mut pool = fixture.pool;
        pool.version = VERSION + 1;
        let data = [Pool::DISCRIMINATOR, bytemuck::bytes_of(&pool), &[0; 64]].concat();
        let (at, owner) = (Pubkey::new_unique(), sluice::ID);
        let longer = Account {
            data,
            owner,
            ..Account::default()
        };
        fixture.others.insert(at, longer);
        let listed = estates(&fixture, &owner).unwrap();
        let unread = listed.iter().filter(|estate| estate.amounts.is_none());
        assert_eq!(unread.map(|estate| estate.pool).collect::<Vec<_>>(), [at]);
        assert_eq!(listed.len(), 2);
        assert_eq!(newest_layout(&fixture).unwrap(), Some(VERSION + 1));
    }

    #[test]
    fn a_pool_that_cannot_be_read_is_never_called_empty() {
        let newer = amounts(|pool| pool.version = VERSION + 1);
        let torn = amounts(|pool| pool.staked_lamports = u64::MAX);
        for amounts in [newer, torn, Amounts::read(&[0; 8])] {
            let pool = Pubkey::default();
            assert!(!Estate { pool, amounts }.is_empty());
            assert_eq!(amounts, None);
        }
    }
}
