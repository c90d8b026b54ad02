//! The program's own errors, with what to do next.

use sluice::SluiceError::{self, *};

use super::Explanation;

const STALE: &str = "Run {crank}, which prices the pool, then try again";
const OWN_FAULT: &str =
    "This client passed wrong accounts: check that it fits the deployed program";
const REPORT: &str = "Nothing was changed. Please report this with the transaction's logs";

/// Every error in the order of its code, with what to do next.
const ADVICE: [(SluiceError, &str); 81] = [
    (PoolStale, STALE),
    (
        RewardsBeingPaid,
        "Wait for a few slots after the epoch's boundary, then try again",
    ),
    (
        BreakerTripped,
        "Use the unstake queue ({unstake}), or wait: {show_pool} says until when",
    ),
    (
        Paused,
        "Wait until the pause ends ({show_pool} says when); unstaking goes on meanwhile",
    ),
    (ZeroAmount, "Give an amount above zero"),
    (AmountTooSmall, "Give a larger amount"),
    (
        BelowMinimum,
        "The price moved while you waited: ask for a new quote, or accept a lower minimum",
    ),
    (
        InsufficientReserve,
        "Leave off {instant} to go through the queue, or take less",
    ),
    (NoValue, "Do not deposit into this pool"),
    (MathOverflow, "Give a smaller amount"),
    (MathUnderflow, REPORT),
    (MathRatio, "Give shares between 0 and 10,000 basis points"),
    (ForeignAccount, OWN_FAULT),
    (WrongMint, OWN_FAULT),
    (
        MintUnsuitable,
        "Create a new mint with nine decimals and no freeze authority, mint nothing, and sign with its authority",
    ),
    (
        NotCurator,
        "Sign with the curator's key ({show_pool} names it)",
    ),
    (
        NotTicketOwner,
        "Sign with the key that owns the ticket ({show_tickets} shows yours)",
    ),
    (AccountsNotDistinct, "Give different accounts"),
    (
        WrongTreasuryAccount,
        "Name the pool's treasury and its associated token account for the LST",
    ),
    (
        ParameterOutOfBounds,
        "Choose a value within the bounds that {show_config} names",
    ),
    (
        WrongBatch,
        "The request waited too long for its signatures: make a new message, which names the batches of the next epochs",
    ),
    (
        BatchLocked,
        "Wait for the payment and claim it; the ticket can also be transferred",
    ),
    (BatchNotDue, "Wait for the next epoch, then run {crank}"),
    (
        NothingToClaim,
        "Wait until the batch is settled ({show_tickets} says when)",
    ),
    (OwnerUnpayable, "Give the address of a wallet"),
    (
        PageFull,
        "Try again: the validator goes to the pool's next page",
    ),
    (TooManyValidators, "Retire a validator first"),
    (
        SlotEmpty,
        "The validator has left meanwhile: look at {show_validators}",
    ),
    (
        SlotLeaving,
        "Wait until it is drained and closed, then add it again",
    ),
    (
        SlotNotDrained,
        "Retire the validator, and crank until its stake has come back",
    ),
    (
        VoteAccountUnknown,
        "Check the vote account's address and the cluster",
    ),
    (
        CommissionTooHigh,
        "Choose a validator with a lower commission",
    ),
    (
        BlsKeyMissing,
        "Ask the validator to set its BLS key, which it can on every cluster, or choose another one",
    ),
    (
        WrongObservedAccount,
        "The pool changed meanwhile: try again",
    ),
    (WrongPages, "The pool changed meanwhile: try again"),
    (NotObserved, STALE),
    (
        WindowClosed,
        "Wait for the last part of the epoch ({show_pool} says when)",
    ),
    (StakeNotInitialized, "Run {crank}, which reclaims it"),
    (InvariantViolated, REPORT),
    (
        NotStakeAccount,
        "Check the address: it must be a stake account that exists and was initialized",
    ),
    (
        WrongStakeAuthority,
        "Sign with the stake account's staker and withdrawer",
    ),
    (
        StakeLockedUp,
        "Wait until the lockup ends, then deposit the stake account",
    ),
    (
        StakeHasCustodian,
        "Let the custodian clear the lockup ({set_lockup}), then deposit it",
    ),
    (
        StakeNotDelegated,
        "Withdraw its SOL ({withdraw_stake}) and deposit that with {stake}",
    ),
    (
        StakeActivating,
        "Wait until the stake is fully active, mostly one epoch, then deposit it",
    ),
    (
        StakeDeactivating,
        "Wait until it has cooled down, withdraw its SOL and deposit that with {stake}",
    ),
    (
        StakeOfOtherValidator,
        "Deposit it with its own validator, if the pool lists it: {show_validators}",
    ),
    (
        SlotNotActive,
        "Deactivate the stake, withdraw its SOL next epoch and deposit that with {stake}",
    ),
    (
        MainNotActive,
        "Choose another validator ({show_validators}), or try again next epoch",
    ),
    (
        OwnStakeAccount,
        "Only a stake account of your own can be deposited",
    ),
    (
        IdleLamportsTooLarge,
        "Withdraw what is not staked ({withdraw_stake}), then deposit the stake account",
    ),
    (StakeAccountInUse, "Use a new key for the new stake account"),
    (
        StakeExitTooSmall,
        "Take more, or leave through the queue with {unstake}",
    ),
    (
        StakeExitTooLarge,
        "Take less, choose a validator with more stake, or leave through the queue",
    ),
    (
        NoRewardYet,
        "Leave through the queue with {unstake} until the pool has booked a reward",
    ),
    (
        RewardRateTooHigh,
        "Leave through the queue with {unstake}, or try again in some epochs",
    ),
    (
        NoBreach,
        "Nothing to do: {explain_validator} tells how the validator stands",
    ),
    (
        EjectionBudgetSpent,
        "Try again next epoch: one validator or a tenth of the weights may be ejected per epoch",
    ),
    (
        WrongReference,
        "Name another validator of the pool, once {crank} has observed it in this epoch",
    ),
    (
        NotReinstatable,
        "Wait until the validator has kept the rules and earned credits for two whole epochs, longer each time that it took too much: {explain_validator} tells until when",
    ),
    (
        NotAdmin,
        "Sign with the admin's key ({show_roles} names it), or propose it to the admin with {dump}",
    ),
    (
        NotNominated,
        "Sign with the nominated key ({show_roles} names it), or let the admin nominate this one",
    ),
    (
        NotGuardian,
        "Sign with the guardian's key ({show_roles} names it)",
    ),
    (KeyUnusable, "Give the address of a wallet or a multisig"),
    (
        NothingToChange,
        "Look at the values and at the changes that wait: {show_config}",
    ),
    (
        PauseUsedUp,
        "Wait for the epoch that {show_pool} names; the guardian's pauses are bounded",
    ),
    (NotPaused, "Nothing to do: no pause keeps deposits closed"),
    (
        NothingToAcknowledge,
        "Nothing to do: no loss keeps anything closed",
    ),
    (
        DepositTooSmall,
        "Deposit at least the minimum that {show_pool} names",
    ),
    (
        DepositCapReached,
        "Deposit less ({show_pool} names the cap), or wait until others leave or it is raised",
    ),
    (
        MigrationNeeded,
        "Run {migrate}, which anybody may; leaving through the queue works meanwhile",
    ),
    (
        ValidatorDelinquent,
        "Let it vote first, with stake that is not the pool's: one vote in this epoch is enough",
    ),
    (
        SlotsDoNotFit,
        "Migrate a page with fewer validators first, and name it as the one that takes the others",
    ),
    (
        ValidatorNotVoting,
        "Try again once it votes, or deactivate the stake and deposit its SOL with {stake}",
    ),
    (
        ShareCapReached,
        "Deposit less of this validator's stake, or withdraw its SOL and deposit that with {stake}",
    ),
    (
        StakeExitUnbalanced,
        "Take less of it and the rest of other validators, or leave through the queue with {unstake}",
    ),
    (
        SlotWaits,
        "Wait for the epoch from which it may come back; a crank closes the slot then",
    ),
    (
        TicketNumberTaken,
        "If you sent this request before, it is done ({show_tickets} shows it); else make it again, and it takes a free number",
    ),
    (WrongTicketAddress, OWN_FAULT),
    (
        AnotherTicket,
        "The message is old: {show_tickets} shows what there is; make a new one for that",
    ),
    (
        MessageOutdated,
        "If you sent it before, it is done; else look at what there is now ({show_pool}, {show_config}, {show_roles}, {show_validators}), and make a new message if it is still wanted",
    ),
];

/// The explanation of a code, if it is the program's.
pub fn explain(code: u32) -> Option<Explanation> {
    let (_, (error, next)) = ADVICE
        .iter()
        .enumerate()
        .find(|(_, (error, _))| u32::from(*error) == code)?;
    Some(Explanation {
        sluice_code: Some(code),
        ..Explanation::new(error.to_string(), next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_program_in_order_has_its_sentence_and_advice() {
        for (code, (error, next)) in (6000..).zip(ADVICE) {
            assert_eq!(u32::from(error), code);
            assert!(!next.is_empty());
            assert_eq!(explain(code).unwrap().what, error.to_string());
        }
        let last = u32::try_from(ADVICE.len()).unwrap() + 6000;
        assert_eq!(explain(last), None);
    }
}
