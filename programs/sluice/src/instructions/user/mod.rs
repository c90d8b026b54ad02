//! What holders do.

mod cancel_ticket;
mod claim;
mod deposit_sol;
mod deposit_stake;
mod request_unstake;
mod transfer_ticket;
mod withdraw_sol;
mod withdraw_stake;

pub use cancel_ticket::*;
pub use claim::*;
pub use deposit_sol::*;
pub use deposit_stake::*;
pub use request_unstake::*;
pub use transfer_ticket::*;
pub use withdraw_sol::*;
pub use withdraw_stake::*;
