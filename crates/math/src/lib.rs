//! The money rules of Sluice, and nothing else: no Solana, no allocation, no floating point.
//!
//! Program, client, command line and tests compute every amount through this crate, so a quote
//! equals what the program pays, to the lamport. Three rules hold throughout:
//!
//! 1. Lamports and LST are different types and do not mix.
//! 2. Every division names its rounding: [`Floor`] for what the pool pays or mints, [`Ceil`] for
//!    what it charges or burns. Both round in favour of those who stay.
//! 3. Every operation that can fail returns a [`Result`].
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::integer_division,
    clippy::unwrap_used
)]

mod amount;
mod claim;
mod deposit;
mod drip;
mod entry;
mod error;
mod finalize;
mod instant;
mod ledger;
mod loss;
mod moves;
mod queue;
mod ratio;
mod rewards;
mod share_cap;
mod slot_moves;
mod stake;
mod stake_exit;

pub use amount::{Lamports, Lst, ParseAmountError};
pub use claim::{Claim, Payout};
pub use deposit::DepositQuote;
pub use drip::{Drip, MAX_DRIP_EPOCHS};
pub use entry::{EntryCharge, MOST_ENTRY_BPS};
pub use error::{MathError, Result};
pub use finalize::{Finalize, Finalized, HighWater};
pub use instant::InstantFee;
pub use ledger::{LAST_HOLDERS, Ledger, Redeemed};
pub use loss::{MissingStake, ReportedLoss, is_abnormal};
pub use moves::{Flows, SlotStake, Undelegation};
pub use queue::{MIN_SETTLEMENT_SHARE, queue_lamports, settlement, ticket_owed, ticket_unpaid};
pub use ratio::{BPS, Bps, Ceil, Floor, Ratio};
pub use rewards::{BoundaryRewards, LEAST_JUDGED_REWARD, Rewarded};
pub use share_cap::{MAX_CUT_ROUNDS, Spread};
pub use slot_moves::{Arrival, Collection, Departure, DepartureReason, Merge, SlotNow, WayOut};
pub use stake::{Holding, StakeKind, StakeNow, StakeStatus};
pub use stake_exit::{EXIT_SHARE_PARTS, RewardRate, StakeExit};
