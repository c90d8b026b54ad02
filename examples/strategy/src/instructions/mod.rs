//! The instructions, a file each: the accounts, then what is done with them.

pub mod cancel_exit;
pub mod create_strategy;
pub mod deposit;
pub mod exit_now;
pub mod pay_exit;
pub mod queue;
pub mod refill;
pub mod request_exit;
mod shares;
pub mod stake_surplus;

pub use cancel_exit::*;
pub use create_strategy::*;
pub use deposit::*;
pub use exit_now::*;
pub use pay_exit::*;
pub use refill::*;
pub use request_exit::*;
pub use stake_surplus::*;
