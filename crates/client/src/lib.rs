//! Everything that a program outside the chain needs to use a Sluice pool.
//!
//! - [`PoolAddresses`] and [`SlotAddress`]: where everything is, and builders of every instruction.
//! - [`PoolSnapshot`]: one consistent view of a pool, with quotes and dates from the program's own
//!   methods.
//! - [`tickets_of`], [`pools`], [`resolve_pool`], [`decode()`], [`sluice_events`]: accounts and events.
//! - [`crank`]: what is due now and why, packed into transactions with lookup tables.
//! - [`Executor`]: simulates, limits, signs, sends and confirms; turns whole cranks.
//! - [`describe`]: unsigned messages in words, and what a transaction would change.
//! - [`ClientError`]: everything that can go wrong, in sentences that say what to do next.

pub mod accounts;
pub mod addresses;
pub mod crank;
pub mod decode;
pub mod describe;
pub mod error;
pub mod executor;
pub mod explain;
pub mod governance;
pub mod instructions;
pub mod quote;
pub mod snapshot;
pub mod source;
pub mod when;

#[cfg(test)]
mod fixture;

pub use accounts::{OwnedTicket, pools, tickets_of};
pub use addresses::PoolAddresses;
pub use crank::{CrankPlan, Step, StepKind};
pub use decode::{Event, decode, decode_existing, sluice_events};
pub use error::{ClientError, Result};
pub use executor::{CrankProgress, CrankReport, Executor, Preview, Sent, Simulated};
pub use governance::{Costs, LossMode, PauseStatus, PlannedChange};
pub use instructions::{SlotAddress, StakeRecipient, StakeSource, transfer_ticket};
pub use quote::{Rate, TicketPayout};
pub use snapshot::{Cluster, PlacedSlot, PoolSnapshot, StakeAccount, resolve_pool};
pub use source::{AccountSource, Fetched, Filter, MAX_ADDRESSES};
pub use when::{ExitSchedule, SlotTime};
