//! The instructions, a file each: the accounts, then what is done with them.

pub mod add_collateral;
pub mod close_loan;
pub mod collect;
pub mod create_market;
pub mod lend;
pub mod liquidate_by_queue;
pub mod liquidate_now;
mod moves;
pub mod open_loan;
pub mod repay;
mod seize;
pub mod withdraw;

pub use add_collateral::*;
pub use close_loan::*;
pub use collect::*;
pub use create_market::*;
pub use lend::*;
pub use liquidate_by_queue::*;
pub use liquidate_now::*;
pub use open_loan::*;
pub use repay::*;
pub use withdraw::*;
