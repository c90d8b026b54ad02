//! Everything that a program outside the chain needs to use a Sluice pool, in five rooms:
//!
//! - [`pool`]: what is there. Addresses, accounts, events, one consistent view of a pool
//!   ([`PoolSnapshot`]), and builders of every instruction.
//! - [`quote`]: what would be. Prices, yields, stake exits, dates, and what the admin's decisions do,
//!   from the program's own methods.
//! - [`plan`]: what to do. What is due and why, and how stake accounts come in, go out or come
//!   from another stake pool.
//! - [`send`]: doing it. Packs instructions into transactions, looks at them, lands them.
//! - [`words`]: saying it. Errors, messages and changes in sentences.
//!
//! What most callers need is also named here, at the root.

pub mod plan;
pub mod pool;
pub mod quote;
pub mod send;
pub mod words;

#[cfg(test)]
mod fixture;

pub use plan::{
    claims::{CLAIMS_PER_TRANSACTION, ClaimsTogether, is_worth_its_fee},
    convert::{Conversion, SplPool},
    crank::{CrankPlan, Step, StepKind},
    program::LoaderError,
    stake_in::{HeldStake, HeldState, Route, stake_accounts_at, stake_accounts_of},
    stake_out::{StakeExitPart, StakeExitPlan, StakeExitRange},
    standing::{Listed, Standing},
};
pub use pool::{
    accounts::{OwnedTicket, newest_layout, pools, tickets_of, tickets_of_pool},
    addresses::PoolAddresses,
    buffers::Buffer,
    decode::{Event, decode, decode_existing, sluice_events},
    deployed::Deployed,
    holding::{Holding, HoldingError, Sum},
    instructions::{
        LATER_VALIDATORS, SlotAddress, StakeRecipient, StakeSource, TicketAccounts, UnstakeRequest,
        transfer_ticket,
    },
    recipients::{
        ProgramOwned, require_recipient, require_recipient_anywhere, require_signer,
        require_signer_anywhere,
    },
    snapshot::{
        Cluster, PlacedSlot, PoolSnapshot, StakeAccount, TreasuryAccount, resolve_pool,
        resolve_pool_by,
    },
    source::{AccountSource, Fetched, Filter, MAX_ADDRESSES},
    squads::{Multisig, Proposal, Vault},
    tickets::{TicketNumber, TicketSearch, tickets_at},
    token_metadata::{TokenMetadata, TokenName},
};
pub use quote::{
    calendar::{Coming, Occasion},
    dates::{ExitSchedule, Pace, SlotTime},
    forecast::{ExitForecast, PayableDates},
    governance::{LossMode, PauseStatus, PlannedChange},
    prices::{Rate, TicketPayout},
    ratings::{Facts, Gathered, Gathering, Rating, Thresholds, rate},
    statement::Statement,
    tolerance::Tolerance,
    verify::{Evidence, Expected, Report, Subject, Verdict},
    yields::{Cause, ClusterPay, Effect, Explained, Stage, Unexplained, Yield},
};
pub use send::{
    cluster::{Forgotten, NodeUrl, Nodes},
    confirmed::{Confirmed, Shown},
    cranking::{CrankFailure, CrankProgress, CrankReport, Turn, Watch, own_delay},
    delivery::{Fate, Flight},
    executor::{Executor, Landing, Repeat, Sent},
    journal::{Journal, Pending},
    pending::Outlook,
    pouring::{Pour, Poured},
    preview::Preview,
    priority::PriorityFee,
    purse::Purse,
    simulation::Simulated,
    unsigned::Unsigned,
};
pub use words::error::{ClientError, Result};
