//! Everything that a program outside the chain needs to use a Sluice pool.
//!
//! - [`PoolAddresses`] and [`SlotAddress`]: where everything is, and builders of every instruction.
//! - [`PoolSnapshot`]: one consistent view of a pool, with quotes and dates from the program's own
//!   methods.
//! - [`tickets_of`], [`pools`], [`resolve_pool`], [`decode()`], [`sluice_events`]: accounts and events.
//! - [`held_stake`], [`stake_exit`], [`convert`]: stake accounts into a pool and out of it.
//! - [`standing`]: how a validator stands with a pool.
//! - [`crank`]: what is due now and why, packed into transactions with lookup tables.
//! - [`Executor`]: simulates, limits, signs, sends and confirms; turns whole cranks.
//! - [`describe`]: unsigned messages in words, and what a transaction would change.
//! - [`ClientError`]: everything that can go wrong, in sentences that say what to do next.

pub mod accounts;
pub mod addresses;
pub mod convert;
pub mod crank;
pub mod decode;
pub mod describe;
pub mod error;
pub mod executor;
pub mod explain;
pub mod governance;
pub mod held_stake;
pub mod instructions;
pub mod quote;
pub mod snapshot;
pub mod source;
pub mod stake_exit;
pub mod standing;
pub mod when;

#[cfg(test)]
mod fixture;

pub use accounts::{OwnedTicket, pools, tickets_of};
pub use addresses::PoolAddresses;
pub use convert::{Conversion, PeerPool};
pub use crank::{CrankPlan, Step, StepKind};
pub use decode::{Event, decode, decode_existing, sluice_events};
pub use error::{ClientError, Result};
pub use executor::{CrankProgress, CrankReport, Executor, Preview, Sent, Simulated};
pub use governance::{LossMode, PauseStatus, PlannedChange};
pub use held_stake::{HeldStake, HeldState, Route, stake_accounts_of};
pub use instructions::{SlotAddress, StakeRecipient, StakeSource, transfer_ticket};
pub use quote::{Rate, TicketPayout};
pub use snapshot::{Cluster, PlacedSlot, PoolSnapshot, StakeAccount, resolve_pool};
pub use source::{AccountSource, Fetched, Filter, MAX_ADDRESSES};
pub use stake_exit::{StakeExitPart, StakeExitPlan, StakeExitRange};
pub use standing::{Listed, Standing};
pub use when::{ExitSchedule, SlotTime};
