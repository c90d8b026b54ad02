//! From the token of another stake pool to a pool's LST, through stake of a validator that both
//! have: the other pool gives a stake account, which is deposited in the same transaction.

mod plan;
mod spl_pool;
mod transactions;

pub use plan::{Conversion, ConversionPart, Obstacle};
pub use spl_pool::{SPL_POOL_PROGRAMS, SplPool};
pub use transactions::{ConversionAccounts, Minimums};
