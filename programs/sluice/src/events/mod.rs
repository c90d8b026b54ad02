//! Events: one per instruction that changes state, with the books after it, so that both prices
//! can be derived again. Logs can be truncated; accounts and history are the authority.

mod admin;
mod crank;
mod curator;
mod user;

pub use admin::*;
use anchor_lang::prelude::*;
pub use crank::*;
pub use curator::*;
pub use user::*;

use crate::state::Pool;

/// The amounts from which both prices follow.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Lamports in all stake accounts.
    pub staked_lamports: u64,
    /// Lamports in the reserve.
    pub reserve_lamports: u64,
    /// Rent paid in by creator and curator.
    pub locked_lamports: u64,
    /// Lamports withheld at the drip's start.
    pub withheld_lamports: u64,
    /// Slot at which the drip starts.
    pub drip_start_slot: u64,
    /// Slot from which nothing is withheld.
    pub drip_end_slot: u64,
    /// Lamports that join the drip at the next finalize.
    pub pending_lamports: u64,
    /// LST in existence.
    pub lst_supply: u64,
}

impl From<&Pool> for Books {
    fn from(pool: &Pool) -> Self {
        Self {
            staked_lamports: pool.staked_lamports,
            reserve_lamports: pool.reserve_lamports,
            locked_lamports: pool.locked_lamports,
            withheld_lamports: pool.withheld_lamports,
            drip_start_slot: pool.drip_start_slot,
            drip_end_slot: pool.drip_end_slot,
            pending_lamports: pool.pending_lamports,
            lst_supply: pool.lst_supply,
        }
    }
}
