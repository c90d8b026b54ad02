//! Where everything of a pool is.

use sluice::state::{
    BATCH_SEED, CLAIMS_SEED, ESCROW_SEED, FEES_SEED, HISTORY_SEED, MAIN_SEED, MARKER_SEED,
    MINT_AUTHORITY_SEED, PAGE_SEED, POOL_SEED, Pool, RESERVE_SEED, STAKE_AUTHORITY_SEED,
    TRANSIENT_SEED,
};
use solana_pubkey::Pubkey;

use crate::{ClientError, Result};

/// The addresses that follow from a pool's LST mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAddresses {
    /// The LST mint.
    pub mint: Pubkey,
    /// The pool account.
    pub pool: Pubkey,
    /// Staker and withdrawer of every stake account.
    pub stake_authority: Pubkey,
    /// Mint authority, and owner of escrow and fees.
    pub mint_authority: Pubkey,
    /// System account with the idle lamports.
    pub reserve: Pubkey,
    /// System account with the lamports of settled batches.
    pub claims_vault: Pubkey,
    /// Token account with queued LST.
    pub escrow: Pubkey,
    /// Token account with the reward fee until it is paid.
    pub fees: Pubkey,
    /// Rates of the last epochs.
    pub history: Pubkey,
}

impl PoolAddresses {
    /// The addresses of the pool with this LST mint.
    pub fn of_mint(mint: Pubkey) -> Self {
        let pool = derive(&[POOL_SEED, mint.as_ref()]);
        let of_pool = |seed: &[u8]| derive(&[seed, pool.as_ref()]);
        Self {
            mint,
            pool,
            stake_authority: of_pool(STAKE_AUTHORITY_SEED),
            mint_authority: of_pool(MINT_AUTHORITY_SEED),
            reserve: of_pool(RESERVE_SEED),
            claims_vault: of_pool(CLAIMS_SEED),
            escrow: of_pool(ESCROW_SEED),
            fees: of_pool(FEES_SEED),
            history: of_pool(HISTORY_SEED),
        }
    }

    /// The addresses of the pool whose account was read at `asked`. Fails where a pool with this
    /// mint is at another address: then the account is not the one that was asked for.
    pub fn of_pool(asked: &Pubkey, account: &Pool) -> Result<Self> {
        let addresses = Self::of_mint(account.mint);
        if addresses.pool == *asked {
            return Ok(addresses);
        }
        Err(ClientError::AnotherPool {
            asked: *asked,
            answered: addresses.pool,
        })
    }

    /// All of them: accounts of the pool, and authorities that no account is at.
    pub fn all(&self) -> [Pubkey; 9] {
        [
            self.mint,
            self.pool,
            self.stake_authority,
            self.mint_authority,
            self.reserve,
            self.claims_vault,
            self.escrow,
            self.fees,
            self.history,
        ]
    }

    /// A page of validators.
    pub fn page(&self, index: u16) -> Pubkey {
        derive(&[PAGE_SEED, self.pool.as_ref(), &index.to_le_bytes()])
    }

    /// The marker of a vote account.
    pub fn marker(&self, vote: &Pubkey) -> Pubkey {
        derive(&[MARKER_SEED, self.pool.as_ref(), vote.as_ref()])
    }

    /// The main stake account of a slot.
    pub fn main(&self, serial: u64) -> Pubkey {
        derive(&[MAIN_SEED, self.pool.as_ref(), &serial.to_le_bytes()])
    }

    /// The transient stake account of a slot.
    pub fn transient(&self, serial: u64) -> Pubkey {
        derive(&[TRANSIENT_SEED, self.pool.as_ref(), &serial.to_le_bytes()])
    }

    /// A batch of the queue.
    pub fn batch(&self, id: u64) -> Pubkey {
        derive(&[BATCH_SEED, self.pool.as_ref(), &id.to_le_bytes()])
    }
}

fn derive(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &sluice::ID).0
}
