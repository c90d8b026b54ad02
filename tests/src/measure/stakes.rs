//! Stake accounts that come in and go out.

use crate::cluster::LAMPORTS_PER_SOL;

/// Validators of the pools in which stake deposits and stake exits are measured.
pub const STAKE_POOL_SIZES: [usize; 3] = [10, 100, 1_000];
/// Lamports of an active stake account that comes in.
pub const STAKE_DEPOSIT_LAMPORTS: u64 = 5 * LAMPORTS_PER_SOL;
/// What is taken out as a stake account, in LST units.
pub const STAKE_EXIT_LST: u64 = 2 * LAMPORTS_PER_SOL;
