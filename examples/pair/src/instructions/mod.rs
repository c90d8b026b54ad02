//! The instructions, a file each: the accounts, then what is done with them.

pub mod add_liquidity;
pub mod best_swap;
pub mod create_pair;
mod moves;
pub mod remove_liquidity;
pub mod swap;

pub use add_liquidity::*;
pub use best_swap::*;
pub use create_pair::*;
pub use remove_liquidity::*;
pub use swap::*;
