//! What anybody may turn. The program computes every amount; the caller chooses only whom to
//! serve next.

mod close_slot;
mod collect;
mod delegate;
mod eject_validator;
mod finalize_epoch;
mod migrate_page;
mod migrate_pool;
mod move_stake;
mod observe;
mod pay_fees;
mod reclaim;
mod report_loss;
mod settle_batch;
mod undelegate;

pub use close_slot::*;
pub use eject_validator::*;
pub use finalize_epoch::*;
pub use migrate_page::*;
pub use migrate_pool::*;
pub use move_stake::*;
pub use observe::*;
pub use pay_fees::*;
pub use reclaim::*;
pub use report_loss::*;
pub use settle_batch::*;
