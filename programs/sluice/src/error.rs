//! Errors. Codes are part of the interface: append only, a test pins them.

use anchor_lang::prelude::*;
use sluice_math::MathError;

/// Why an instruction changed nothing.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum SluiceError {
    // Gates
    /// 6000
    #[msg(
        "The pool is not priced for this epoch yet: observe its validators and finalize the epoch first"
    )]
    PoolStale,
    /// 6001
    #[msg("The epoch's rewards are still being paid: wait a few slots")]
    RewardsBeingPaid,
    /// 6002
    #[msg("An abnormal loss has closed this instruction for now; the unstake queue stays open")]
    BreakerTripped,
    /// 6003
    #[msg("The guardian has paused deposits and delegation; the pause ends by itself")]
    Paused,

    // Amounts
    /// 6004
    #[msg("An amount must be above zero")]
    ZeroAmount,
    /// 6005
    #[msg("The amount is too small: it would be worth nothing at the current price")]
    AmountTooSmall,
    /// 6006
    #[msg("The result is below the minimum that the caller accepts")]
    BelowMinimum,
    /// 6007
    #[msg("The reserve holds too little for this instant exit: take less, or use the queue")]
    InsufficientReserve,
    /// 6008
    #[msg("The pool's value is zero after a total loss: nothing can be bought")]
    NoValue,
    /// 6009
    #[msg("An amount does not fit 64 bits")]
    MathOverflow,
    /// 6010
    #[msg("An amount would be negative")]
    MathUnderflow,
    /// 6011
    #[msg("A share must be at most 10,000 basis points, and no divisor may be zero")]
    MathRatio,

    // Accounts
    /// 6012
    #[msg("This account does not belong to the pool")]
    ForeignAccount,
    /// 6013
    #[msg("This is not the mint that the pool was created for")]
    WrongMint,
    /// 6014
    #[msg(
        "The mint must have nine decimals, no supply, no freeze authority, and its authority must sign"
    )]
    MintUnsuitable,
    /// 6015
    #[msg("Only the pool's curator may do this")]
    NotCurator,
    /// 6016
    #[msg("Only the ticket's owner may do this")]
    NotTicketOwner,
    /// 6017
    #[msg("Two accounts that must differ are the same")]
    AccountsNotDistinct,
    /// 6018
    #[msg("The fees go to the treasury's associated token account for the pool's mint")]
    WrongTreasuryAccount,

    // Configuration
    /// 6019
    #[msg("A parameter is outside the bounds that the program allows")]
    ParameterOutOfBounds,

    // Queue
    /// 6020
    #[msg("New requests go to the open batch, and none of the batches named is it")]
    WrongBatch,
    /// 6021
    #[msg("The batch is locked: the request can no longer be cancelled")]
    BatchLocked,
    /// 6022
    #[msg("Batches are settled in order, from the epoch after they were locked")]
    BatchNotDue,
    /// 6023
    #[msg("The ticket has nothing to claim yet")]
    NothingToClaim,
    /// 6024
    #[msg("A ticket's owner must be able to receive lamports: no account of this program")]
    OwnerUnpayable,

    // Validators
    /// 6025
    #[msg("The page has no free slot: use the pool's next page")]
    PageFull,
    /// 6026
    #[msg("The pool has as many validators as it can have")]
    TooManyValidators,
    /// 6027
    #[msg("There is no validator in this slot")]
    SlotEmpty,
    /// 6028
    #[msg("The validator is leaving the pool: it cannot be weighed or retired again")]
    SlotLeaving,
    /// 6029
    #[msg("Only a retiring or ejected validator that holds nothing but rent can be closed")]
    SlotNotDrained,
    /// 6030
    #[msg("The vote account is gone, belongs to another program or has an unknown version")]
    VoteAccountUnknown,
    /// 6031
    #[msg("The validator's commission is above the pool's maximum")]
    CommissionTooHigh,
    /// 6032
    #[msg(
        "The validator has no BLS key, so its stake earns nothing once the cluster admits validators by it"
    )]
    BlsKeyMissing,

    // Cranks
    /// 6033
    #[msg(
        "The accounts to observe must be those of the slots, in order: main, then transient where stake moves"
    )]
    WrongObservedAccount,
    /// 6034
    #[msg("Pass every page of the pool, in ascending order")]
    WrongPages,
    /// 6035
    #[msg("A validator has not been observed in this epoch")]
    NotObserved,
    /// 6036
    #[msg("The rebalance window of this epoch is not open yet")]
    WindowClosed,
    /// 6037
    #[msg("The stake account was reset: reclaim it first")]
    StakeNotInitialized,

    /// 6038
    #[msg("The books do not add up; nothing was changed")]
    InvariantViolated,

    // Stake accounts of holders
    /// 6039
    #[msg("This is not a stake account that was initialized")]
    NotStakeAccount,
    /// 6040
    #[msg("Staker and withdrawer of the stake account must sign, and be none of the pool's keys")]
    WrongStakeAuthority,
    /// 6041
    #[msg("The stake account is locked up: its lockup must end first")]
    StakeLockedUp,
    /// 6042
    #[msg("The stake account has a custodian, who could lock it up again: clear the lockup first")]
    StakeHasCustodian,
    /// 6043
    #[msg("The stake account is not delegated: withdraw its SOL and deposit that")]
    StakeNotDelegated,
    /// 6044
    #[msg("The stake is still activating: deposit it once it is fully active")]
    StakeActivating,
    /// 6045
    #[msg("The stake is deactivating: withdraw its SOL once it has, and deposit that")]
    StakeDeactivating,
    /// 6046
    #[msg("The stake is delegated to another validator than that of the slot")]
    StakeOfOtherValidator,
    /// 6047
    #[msg("The validator is leaving the pool: it takes no stake")]
    SlotNotActive,
    /// 6048
    #[msg("The pool's stake with this validator is not fully active now: choose another validator")]
    MainNotActive,
    /// 6049
    #[msg("The stake account is the pool's own")]
    OwnStakeAccount,
    /// 6050
    #[msg(
        "The stake account holds more idle lamports than one rent: withdraw them first, and deposit them as SOL"
    )]
    IdleLamportsTooLarge,
    /// 6051
    #[msg("The new stake account must be an unused address whose key signs")]
    StakeAccountInUse,
    /// 6052
    #[msg("A stake account holds at least the minimum delegation: take more, or use the queue")]
    StakeExitTooSmall,
    /// 6053
    #[msg(
        "The validator's stake must keep the minimum delegation: take less, or all of it where the validator leaves"
    )]
    StakeExitTooLarge,
    /// 6054
    #[msg("Exits with stake open once the pool has booked its first reward")]
    NoRewardYet,
    /// 6055
    #[msg(
        "Exits with stake are closed while the last rewards were above what may drip in an epoch"
    )]
    RewardRateTooHigh,

    // Misbehaving validators
    /// 6056
    #[msg("The validator keeps the pool's rules: nothing to eject it for")]
    NoBreach,
    /// 6057
    #[msg("The pool has ejected as much as it may in one epoch")]
    EjectionBudgetSpent,
    /// 6058
    #[msg("The rewards of another validator must be of this pool, and observed in this epoch")]
    WrongReference,
    /// 6059
    #[msg("An ejected validator is taken back after two whole epochs without a breach")]
    NotReinstatable,

    // Authority
    /// 6060
    #[msg("Only the pool's admin may do this")]
    NotAdmin,
    /// 6061
    #[msg("Only the key that the admin has nominated may accept")]
    NotNominated,
    /// 6062
    #[msg("Only the pool's guardian may pause; its admin, too, may end a pause")]
    NotGuardian,
    /// 6063
    #[msg("This key cannot have the role: it is nobody's, or one of the pool's own addresses")]
    KeyUnusable,
    /// 6064
    #[msg("The parameter has this value already, or no change of it waits")]
    NothingToChange,
    /// 6065
    #[msg(
        "The pool has been paused for as many epochs as it may be: wait until some are long past"
    )]
    PauseUsedUp,
    /// 6066
    #[msg("The pool is not paused")]
    NotPaused,
    /// 6067
    #[msg("No abnormal loss has tripped the breaker")]
    NothingToAcknowledge,
    /// 6068
    #[msg("The deposit is smaller than the pool's minimum")]
    DepositTooSmall,
    /// 6069
    #[msg("The deposit would lift the pool above its cap")]
    DepositCapReached,

    // Layout versions
    /// 6070
    #[msg(
        "The account has the layout of another version than the program: migrate pages and pool first"
    )]
    MigrationNeeded,
    // Validators
    /// 6071
    #[msg(
        "The validator has earned no credits for five epochs, or never: anybody could undo a delegation to it"
    )]
    ValidatorDelinquent,
    /// 6072
    #[msg(
        "A page of the older layout has more validators than the current one: another page of the pool must take them"
    )]
    SlotsDoNotFit,
    // Stake accounts
    /// 6073
    #[msg(
        "The validator has earned no credits in this epoch, so its stake would earn the holders nothing"
    )]
    ValidatorNotVoting,
    /// 6074
    #[msg("The deposit would lift its validator above the pool's share cap")]
    ShareCapReached,
    /// 6075
    #[msg(
        "The exit would leave its validator less than its part of the pool's stake, or takes stake of one without weight too late in the epoch"
    )]
    StakeExitUnbalanced,
    /// 6076
    #[msg("The validator was ejected, and its slot stays until it may come back")]
    SlotWaits,
    // Tickets
    /// 6077
    #[msg("The requester has a ticket of this number: choose another number")]
    TicketNumberTaken,
    /// 6078
    #[msg("The address of the ticket does not follow from pool, requester and number")]
    WrongTicketAddress,
    /// 6079
    #[msg("The ticket has another batch or amount than this transfer names: it is another one")]
    AnotherTicket,
    // Roles
    /// 6080
    #[msg(
        "The message names a loss, change, pause, role, validator or weight that is another one by now"
    )]
    MessageOutdated,
}

/// The error to return. Out of line: where it is built in place, each of the program's many
/// checks would carry the code for its texts.
#[cold]
#[inline(never)]
pub fn refuse(error: SluiceError) -> Error {
    error.into()
}

/// Returns the error unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $error:expr $(,)?) => {
        if !$condition {
            return Err($crate::error::refuse($error));
        }
    };
}

/// Returns the error unless the account is the expected one.
#[inline(never)]
pub fn ensure_is(account: &AccountInfo<'_>, expected: &Pubkey, error: SluiceError) -> Result<()> {
    ensure!(account.key == expected, error);
    Ok(())
}

/// Fails unless what a role's message names is still what is there: a message that waited for its
/// signatures acts on what its signers saw, and on nothing later.
pub fn ensure_named<T: PartialEq>(named: &T, now: &T) -> Result<()> {
    ensure!(named == now, SluiceError::MessageOutdated);
    Ok(())
}

/// Fails unless each account is the one of the pool that it stands for.
pub fn ensure_own(accounts: &[(&AccountInfo<'_>, &Pubkey)]) -> Result<()> {
    for (account, expected) in accounts {
        ensure_is(account, expected, SluiceError::ForeignAccount)?;
    }
    Ok(())
}

/// Turns a calculation's failure into the program's error.
pub trait Checked<T> {
    /// The answer, or the error with its code.
    fn checked(self) -> Result<T>;
}

impl<T> Checked<T> for sluice_math::Result<T> {
    fn checked(self) -> Result<T> {
        self.map_err(|error| {
            refuse(match error {
                MathError::Overflow => SluiceError::MathOverflow,
                MathError::Underflow => SluiceError::MathUnderflow,
                MathError::DivisionByZero | MathError::TooManyBps => SluiceError::MathRatio,
                MathError::NoValue => SluiceError::NoValue,
            })
        })
    }
}
