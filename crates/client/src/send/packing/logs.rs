//! How many bytes of logs instructions leave at most.
//!
//! The runtime keeps the lines of a transaction while they have less than 10,000 bytes together.
//! What does not fit is left out, one line "Log truncated" says so, and a shorter line may follow:
//! an event is lost, and nobody who reads logs knows which. So a transaction that this client
//! builds never comes that far.

use anchor_lang::Discriminator;
use sluice::{events::*, state::PARAMETERS};
use solana_instruction::Instruction;
use solana_sdk_ids::{compute_budget, stake, system_program};
use spl_associated_token_account_interface::program::ID as ASSOCIATED_TOKEN;
use spl_token_interface::ID as TOKEN;

/// Bytes of logs that a transaction may leave.
pub const MAX_LOG_BYTES: usize = 9_999;

/// Base 58 of an address has at most so many characters.
const ADDRESS: usize = 44;
/// What a program of the runtime leaves that is called.
const SYSTEM: usize = called("11111111111111111111111111111111".len());
/// The compute budget's has the longer address.
const RUNTIME: usize = called(ADDRESS);
/// A call of the program, by the longest name of an instruction.
const OWN: usize = call(ADDRESS, "RetireValidator");
/// A call of the stake program, by the longest name of what it is asked to do.
const STAKE: usize = call(
    "Stake11111111111111111111111111111111111111".len(),
    "DelegateStake",
);
/// A question for the stake program, and its answer of eight bytes.
const MINIMUM: usize = call(ADDRESS, "GetMinimumDelegation") + returned(8);
/// What the stake program says when it merges.
const MERGED: usize = "Program log: Checking if destination stake is mergeable".len()
    + "Program log: Checking if source stake is mergeable".len()
    + "Program log: Merging stake accounts".len();
/// A call of the token program, by the longest name that it has for what it is asked to do.
const TOKENS: usize = call(ADDRESS, "InitializeImmutableOwner");
/// What it advises when an owner shall be immutable.
const ADVISED: usize =
    "Program log: Please upgrade to SPL Token 2022 for immutable owner support".len();
/// The longest answer of one of our views.
const VIEWED: usize = returned(64);
/// Creating an associated token account: three calls of the token program and up to three of the
/// system program.
const ASSOCIATED: usize = call(ADDRESS, "CreateIdempotent")
    + "Program log: Initialize the associated token account".len()
    + CREATION * SYSTEM
    + 3 * TOKENS
    + returned(8)
    + ADVISED;
/// A call of any other program, with those that it makes.
const OTHER: usize = 3_000;

/// Creating an account to which strangers may have sent lamports takes three calls.
const CREATION: usize = 3;

/// The most bytes of logs of something.
#[derive(Clone, Copy)]
struct Leaves(usize);

/// What every instruction of the program leaves.
const SLUICE: Leaves = Leaves(OWN);

impl Leaves {
    /// One event. A value of fixed size takes at least as many bytes in memory as in Borsh.
    const fn event<E>(self) -> Self {
        self.and("Program data: ".len() + base64(8 + size_of::<E>()))
    }

    /// As many events of a kind as there are parameters.
    const fn of_each_parameter<E>(self) -> Self {
        self.and((Self(0).event::<E>().0) * PARAMETERS)
    }

    const fn system(self, calls: usize) -> Self {
        self.and(calls * SYSTEM)
    }

    const fn token(self, calls: usize) -> Self {
        self.and(calls * TOKENS)
    }

    const fn stake(self, calls: usize) -> Self {
        self.and(calls * STAKE)
    }

    /// The stake program is asked for the minimum delegation.
    const fn minimum(self) -> Self {
        self.and(MINIMUM)
    }

    const fn and(self, bytes: usize) -> Self {
        Self(self.0 + bytes)
    }
}

/// Begin and end of a call.
const fn called(address: usize) -> usize {
    "Program  invoke [1]".len() + "Program  success".len() + 2 * address
}

/// A call of a program that is no part of the runtime: it consumes, and says what it does.
const fn call(address: usize, name: &str) -> usize {
    called(address)
        + "Program  consumed 1400000 of 1400000 compute units".len()
        + address
        + "Program log: Instruction: ".len()
        + name.len()
}

/// An answer of so many bytes.
const fn returned(bytes: usize) -> usize {
    "Program return:  ".len() + ADDRESS + base64(bytes)
}

const fn base64(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// Declares [`INSTRUCTIONS`].
macro_rules! instructions {
    ($($name:ident => $leaves:expr,)+) => {
        /// Every instruction of the program: its events and its calls of other programs, all that
        /// it can make at once.
        const INSTRUCTIONS: &[(&[u8], Leaves)] = &[
            $((sluice::instruction::$name::DISCRIMINATOR, $leaves),)+
        ];
    };
}

instructions! {
    CreatePool => SLUICE.event::<PoolCreated>().system(4 * CREATION + 2).token(4),
    DepositSol => SLUICE.event::<SolDeposited>().system(1).token(1),
    WithdrawSol => SLUICE.event::<SolWithdrawn>().system(1).token(1),
    DepositStake => SLUICE.event::<StakeDeposited>().minimum().stake(3).token(1).and(MERGED),
    WithdrawStake => SLUICE.event::<StakeWithdrawn>()
        .token(1).system(1 + CREATION).minimum().stake(4),
    RequestUnstake => SLUICE.event::<UnstakeRequested>().system(2 * CREATION).token(1),
    CancelTicket => SLUICE.event::<TicketCancelled>().token(1),
    TransferTicket => SLUICE.event::<TicketTransferred>(),
    Claim => SLUICE.event::<TicketClaimed>().system(2),
    AddValidator => SLUICE.event::<ValidatorAdded>().system(4 * CREATION).stake(2),
    SetWeight => SLUICE.event::<ValidatorReinstated>().event::<WeightSet>(),
    RetireValidator => SLUICE.event::<ValidatorRetired>(),
    CloseSlot => SLUICE.event::<SlotClosed>().stake(2),
    Observe => SLUICE.event::<StakeObserved>(),
    Reclaim => SLUICE.event::<StakeReclaimed>().stake(1),
    FinalizeEpoch => SLUICE.event::<EpochFinalized>().token(1).of_each_parameter::<ChangeApplied>(),
    Collect => SLUICE.event::<StakeCollected>().minimum().system(1).stake(3),
    EjectValidator => SLUICE.event::<ValidatorEjected>(),
    ReportLoss => SLUICE.event::<LossReported>(),
    SettleBatch => SLUICE.event::<BatchSettled>().token(1).system(1),
    PayFees => SLUICE.event::<FeesPaid>().token(1).and(ASSOCIATED),
    Delegate => SLUICE.event::<StakeDelegated>().minimum().system(1).stake(1),
    Undelegate => SLUICE.event::<StakeUndelegated>().minimum().stake(3),
    MigratePage => SLUICE.event::<PageMigrated>().system(1),
    MigratePool => SLUICE.event::<PoolMigrated>().system(1),
    Rate => SLUICE.and(VIEWED),
    QuoteDeposit => SLUICE.and(VIEWED),
    QuoteWithdraw => SLUICE.and(VIEWED),
    NominateAdmin => SLUICE.event::<AdminNominated>(),
    AcceptAdmin => SLUICE.event::<RoleSet>(),
    SetCurator => SLUICE.event::<RoleSet>(),
    SetGuardian => SLUICE.event::<RoleSet>(),
    SetTreasury => SLUICE.event::<RoleSet>(),
    ScheduleChange => SLUICE.event::<ChangeScheduled>(),
    CancelChange => SLUICE.event::<ChangeCancelled>(),
    Pause => SLUICE.event::<PoolPaused>(),
    Unpause => SLUICE.event::<PoolUnpaused>(),
    AcknowledgeLoss => SLUICE.event::<LossAcknowledged>(),
}

/// Most bytes that instructions leave in the logs of a transaction that succeeds.
pub fn log_bytes(instructions: &[Instruction]) -> usize {
    instructions.iter().map(of_instruction).sum()
}

fn of_instruction(instruction: &Instruction) -> usize {
    match instruction.program_id {
        program if program == sluice::ID => of_sluice(&instruction.data),
        system_program::ID => SYSTEM,
        compute_budget::ID => RUNTIME,
        stake::ID => STAKE + MERGED,
        TOKEN => TOKENS + ADVISED,
        ASSOCIATED_TOKEN => ASSOCIATED,
        _ => OTHER,
    }
}

/// One that is not known counts as the largest.
fn of_sluice(data: &[u8]) -> usize {
    let largest = || INSTRUCTIONS.iter().map(|(_, leaves)| leaves.0).max();
    known(data).or_else(largest).unwrap_or_default()
}

fn known(data: &[u8]) -> Option<usize> {
    let mut all = INSTRUCTIONS.iter();
    let found = all.find(|(discriminator, _)| data.starts_with(discriminator))?;
    Some(found.1.0)
}

#[cfg(test)]
pub(super) fn is_known(data: &[u8]) -> bool {
    known(data).is_some()
}
