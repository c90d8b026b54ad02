//! What tests begin with and have in common: pools in certain states, what befalls them, and what is
//! read of them.

mod many;
mod past_the_program;
mod pools;
mod readings;
pub mod recovery;
pub mod router;
pub mod sol_value;
mod stake_exits;
pub mod two_pools;

use std::fmt::Debug;

pub use pools::{
    cheap_pool, delegated_pool, earning_pool, empty_pool, empty_pool_with, open_pool, opened,
    staked_pool, voting_pool, voting_pool_with,
};
pub use readings::{breach, reported};
use sluice::SluiceError;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::cluster::{LAMPORTS_PER_SOL, TransactionFailure};

/// One SOL in lamports.
pub const SOL: u64 = LAMPORTS_PER_SOL;

/// The smallest delegation that the stake program accepts, in lamports.
pub const MINIMUM_DELEGATION: u64 = SOL;

/// Credits that a validator earns in an epoch in which it votes.
pub const CREDITS: u64 = 1_000;

/// Panics unless the transaction was refused with this error of the program.
#[track_caller]
pub fn assert_refused<T: Debug>(outcome: Result<T, TransactionFailure>, error: SluiceError) {
    let failure = outcome.expect_err("accepted, but should be refused");
    assert_eq!(failure.custom_code, Some(error.into()), "{failure}");
}

/// Puts another account into the place of one that an instruction names.
pub fn replace_account(instruction: &mut Instruction, named: &Pubkey, other: Pubkey) {
    let mut metas = instruction.accounts.iter_mut();
    let meta = metas.find(|meta| meta.pubkey == *named);
    meta.expect("an account of the instruction").pubkey = other;
}

/// `lst` at the price `lamports / supply`, rounded down.
pub fn worth(lst: u64, lamports: u64, supply: u64) -> u64 {
    let product = u128::from(lst) * u128::from(lamports);
    u64::try_from(product / u128::from(supply)).expect("at most all lamports")
}
