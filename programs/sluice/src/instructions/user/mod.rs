//! What holders do.

mod cancel_ticket;
mod claim;
mod deposit_sol;
mod request_unstake;
mod transfer_ticket;
mod withdraw_sol;

pub use cancel_ticket::*;
pub use claim::*;
pub use deposit_sol::*;
pub use request_unstake::*;
pub use transfer_ticket::*;
pub use withdraw_sol::*;
