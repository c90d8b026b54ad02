//! Seeds with which the program signs.

use anchor_lang::prelude::*;

use crate::state::{CLAIMS_SEED, MINT_AUTHORITY_SEED, Pool, RESERVE_SEED, STAKE_AUTHORITY_SEED};

/// The seeds of one of a pool's signers.
#[derive(Clone, Copy, Debug)]
pub struct PoolSigner {
    seed: &'static [u8],
    pool: Pubkey,
    bump: [u8; 1],
}

impl PoolSigner {
    /// Staker and withdrawer of every stake account.
    pub fn stake_authority(pool_key: Pubkey, pool: &Pool) -> Self {
        Self::new(STAKE_AUTHORITY_SEED, pool_key, pool.stake_authority_bump)
    }

    /// Mint authority, and owner of escrow and fees.
    pub fn mint_authority(pool_key: Pubkey, pool: &Pool) -> Self {
        Self::new(MINT_AUTHORITY_SEED, pool_key, pool.mint_authority_bump)
    }

    /// The reserve.
    pub fn reserve(pool_key: Pubkey, pool: &Pool) -> Self {
        Self::new(RESERVE_SEED, pool_key, pool.reserve_bump)
    }

    /// The claims vault.
    pub fn claims_vault(pool_key: Pubkey, pool: &Pool) -> Self {
        Self::new(CLAIMS_SEED, pool_key, pool.claims_vault_bump)
    }

    fn new(seed: &'static [u8], pool: Pubkey, bump: u8) -> Self {
        Self {
            seed,
            pool,
            bump: [bump],
        }
    }

    /// The seeds as the runtime wants them.
    pub fn seeds(&self) -> [&[u8]; 3] {
        [self.seed, self.pool.as_ref(), &self.bump]
    }
}
