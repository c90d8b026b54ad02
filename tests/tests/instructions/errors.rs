//! Each error of the program: its pinned code, and a way to reach it.

mod accounts;
mod amounts;
mod authority;
mod conduct;
mod cranks;
mod gates;
mod layouts;
mod stakes;
mod validators;

use {
    crate::idl,
    sluice::SluiceError,
    sluice_tests::{
        cluster::{Sent, TransactionFailure},
        pool::Pool,
    },
    std::collections::BTreeMap,
};

/// Anchor's own codes end below this.
const FIRST_CODE: u32 = 6_000;

/// Panics unless the transaction was refused with this error.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(
    outcome: Result<T, TransactionFailure>,
    error: SluiceError,
) {
    let name = error.name();
    match outcome {
        Ok(accepted) => panic!("accepted instead of {name}: {accepted:?}"),
        Err(failure) => assert_eq!(failure.custom_code, Some(code(error)), "{name}: {failure}"),
    }
}

/// The pinned code of every error. It is part of the interface: codes are appended, never moved.
fn code(error: SluiceError) -> u32 {
    match error {
        SluiceError::PoolStale => 6_000,
        SluiceError::RewardsBeingPaid => 6_001,
        SluiceError::BreakerTripped => 6_002,
        SluiceError::Paused => 6_003,
        SluiceError::ZeroAmount => 6_004,
        SluiceError::AmountTooSmall => 6_005,
        SluiceError::BelowMinimum => 6_006,
        SluiceError::InsufficientReserve => 6_007,
        SluiceError::NoValue => 6_008,
        SluiceError::MathOverflow => 6_009,
        SluiceError::MathUnderflow => 6_010,
        SluiceError::MathRatio => 6_011,
        SluiceError::ForeignAccount => 6_012,
        SluiceError::WrongMint => 6_013,
        SluiceError::MintUnsuitable => 6_014,
        SluiceError::NotCurator => 6_015,
        SluiceError::NotTicketOwner => 6_016,
        SluiceError::AccountsNotDistinct => 6_017,
        SluiceError::WrongTreasuryAccount => 6_018,
        SluiceError::ParameterOutOfBounds => 6_019,
        SluiceError::WrongBatch => 6_020,
        SluiceError::BatchLocked => 6_021,
        SluiceError::BatchNotDue => 6_022,
        SluiceError::NothingToClaim => 6_023,
        SluiceError::OwnerUnpayable => 6_024,
        SluiceError::PageFull => 6_025,
        SluiceError::TooManyValidators => 6_026,
        SluiceError::SlotEmpty => 6_027,
        SluiceError::SlotLeaving => 6_028,
        SluiceError::SlotNotDrained => 6_029,
        SluiceError::VoteAccountUnknown => 6_030,
        SluiceError::CommissionTooHigh => 6_031,
        SluiceError::BlsKeyMissing => 6_032,
        SluiceError::WrongObservedAccount => 6_033,
        SluiceError::WrongPages => 6_034,
        SluiceError::NotObserved => 6_035,
        SluiceError::WindowClosed => 6_036,
        SluiceError::StakeNotInitialized => 6_037,
        SluiceError::InvariantViolated => 6_038,
        SluiceError::NotStakeAccount => 6_039,
        SluiceError::WrongStakeAuthority => 6_040,
        SluiceError::StakeLockedUp => 6_041,
        SluiceError::StakeHasCustodian => 6_042,
        SluiceError::StakeNotDelegated => 6_043,
        SluiceError::StakeActivating => 6_044,
        SluiceError::StakeDeactivating => 6_045,
        SluiceError::StakeOfOtherValidator => 6_046,
        SluiceError::SlotNotActive => 6_047,
        SluiceError::MainNotActive => 6_048,
        SluiceError::OwnStakeAccount => 6_049,
        SluiceError::IdleLamportsTooLarge => 6_050,
        SluiceError::StakeAccountInUse => 6_051,
        SluiceError::StakeExitTooSmall => 6_052,
        SluiceError::StakeExitTooLarge => 6_053,
        SluiceError::NoRewardYet => 6_054,
        SluiceError::RewardRateTooHigh => 6_055,
        SluiceError::NoBreach => 6_056,
        SluiceError::EjectionBudgetSpent => 6_057,
        SluiceError::WrongReference => 6_058,
        SluiceError::NotReinstatable => 6_059,
        SluiceError::NotAdmin => 6_060,
        SluiceError::NotNominated => 6_061,
        SluiceError::NotGuardian => 6_062,
        SluiceError::KeyUnusable => 6_063,
        SluiceError::NothingToChange => 6_064,
        SluiceError::PauseUsedUp => 6_065,
        SluiceError::NotPaused => 6_066,
        SluiceError::NothingToAcknowledge => 6_067,
        SluiceError::DepositTooSmall => 6_068,
        SluiceError::DepositCapReached => 6_069,
        SluiceError::MigrationNeeded => 6_070,
    }
}

/// Every error, the scenario that reaches it and its name.
macro_rules! errors {
    ($($error:ident: $module:ident::$test:ident,)*) => {
        const ERRORS: &[(SluiceError, &str)] = &[$((SluiceError::$error, stringify!($error))),*];

        $(
            #[tokio::test]
            async fn $test() {
                assert_refused($module::$test().await, SluiceError::$error);
            }
        )*
    };
}

errors! {
    PoolStale: gates::a_pool_that_is_not_priced_for_this_epoch_takes_no_deposits,
    RewardsBeingPaid: gates::nothing_is_observed_while_rewards_are_paid,
    BreakerTripped: gates::a_tripped_breaker_stops_deposits,
    Paused: gates::a_paused_pool_takes_no_deposits,
    ZeroAmount: amounts::nothing_cannot_be_deposited,
    AmountTooSmall: amounts::a_deposit_must_buy_one_unit_at_least,
    BelowMinimum: amounts::a_deposit_that_mints_less_than_the_minimum_is_refused,
    InsufficientReserve: amounts::an_instant_exit_cannot_take_more_than_the_buffer,
    NoValue: amounts::nothing_can_be_bought_after_a_total_loss,
    MathOverflow: amounts::a_deposit_beyond_64_bits_is_refused,
    MathUnderflow: amounts::an_exit_of_more_than_the_supply_is_refused,
    MathRatio: amounts::a_share_above_the_whole_is_refused_even_in_a_corrupt_pool,
    ForeignAccount: accounts::the_reserve_of_another_pool_is_refused,
    WrongMint: accounts::the_mint_of_another_pool_is_refused,
    MintUnsuitable: accounts::a_mint_with_other_decimals_is_unsuitable,
    NotCurator: accounts::only_the_curator_retires_validators,
    NotTicketOwner: accounts::only_its_owner_transfers_a_ticket,
    AccountsNotDistinct: accounts::fees_are_not_paid_to_themselves,
    WrongTreasuryAccount: accounts::fees_go_to_the_treasury_alone,
    ParameterOutOfBounds: accounts::a_reward_fee_above_a_tenth_is_refused,
    WrongBatch: accounts::requests_go_to_the_open_batch_alone,
    BatchLocked: cranks::a_locked_ticket_cannot_be_cancelled,
    BatchNotDue: cranks::a_batch_is_not_settled_in_the_epoch_in_which_it_locks,
    NothingToClaim: cranks::an_unsettled_ticket_has_nothing_to_claim,
    OwnerUnpayable: accounts::a_ticket_cannot_belong_to_an_account_of_the_program,
    PageFull: validators::a_full_page_takes_no_validator,
    TooManyValidators: validators::a_thirty_third_page_is_refused,
    SlotEmpty: validators::an_empty_slot_has_no_weight,
    SlotLeaving: validators::a_validator_retires_once,
    SlotNotDrained: validators::an_active_slot_cannot_be_closed,
    VoteAccountUnknown: validators::an_unknown_account_is_no_validator,
    CommissionTooHigh: validators::a_commission_above_the_maximum_is_refused,
    BlsKeyMissing: validators::a_validator_needs_a_bls_key,
    WrongObservedAccount: cranks::observing_a_wrong_stake_account_is_refused,
    WrongPages: cranks::finalize_wants_every_page,
    NotObserved: cranks::finalize_wants_every_validator_observed,
    WindowClosed: cranks::nothing_is_delegated_before_the_window,
    StakeNotInitialized: cranks::a_slot_with_a_reset_stake_account_cannot_be_closed,
    InvariantViolated: cranks::a_reserve_that_holds_less_than_booked_stops_everything,
    NotStakeAccount: stakes::a_wallet_is_no_stake_account,
    WrongStakeAuthority: stakes::nobody_deposits_the_stake_of_another,
    StakeLockedUp: stakes::a_stake_account_that_is_locked_up_is_refused,
    StakeHasCustodian: stakes::a_stake_account_with_a_custodian_is_refused,
    StakeNotDelegated: stakes::a_stake_account_without_a_delegation_is_refused,
    StakeActivating: stakes::stake_that_activates_is_refused,
    StakeDeactivating: stakes::stake_that_deactivates_is_refused,
    StakeOfOtherValidator: stakes::stake_of_another_validator_is_refused,
    SlotNotActive: stakes::a_validator_that_will_retire_takes_no_stake,
    MainNotActive: stakes::a_validator_without_active_stake_takes_none,
    OwnStakeAccount: stakes::the_main_stake_account_cannot_be_deposited,
    IdleLamportsTooLarge: stakes::more_idle_lamports_than_one_rent_are_refused,
    StakeAccountInUse: stakes::stake_does_not_go_to_an_account_in_use,
    StakeExitTooSmall: stakes::an_exit_below_the_minimum_delegation_is_refused,
    StakeExitTooLarge: stakes::an_exit_that_leaves_main_below_the_minimum_is_refused,
    NoRewardYet: stakes::exits_with_stake_are_closed_before_the_first_reward,
    RewardRateTooHigh: stakes::exits_with_stake_are_closed_after_an_exorbitant_reward,
    NoBreach: conduct::a_validator_that_keeps_the_rules_is_not_ejected,
    EjectionBudgetSpent: conduct::a_second_validator_is_not_ejected_in_the_same_epoch,
    WrongReference: conduct::a_validator_is_no_reference_for_itself,
    NotReinstatable: conduct::an_ejected_validator_is_not_taken_back_at_once,
    NotAdmin: authority::only_the_admin_changes_roles,
    NotNominated: authority::only_the_nominated_key_becomes_the_admin,
    NotGuardian: authority::only_the_guardian_pauses,
    KeyUnusable: authority::the_pool_itself_has_no_role,
    NothingToChange: authority::a_value_that_holds_already_is_no_change,
    PauseUsedUp: authority::a_pause_cannot_be_prolonged_for_ever,
    NotPaused: authority::a_pool_that_is_not_paused_cannot_be_unpaused,
    NothingToAcknowledge: authority::without_a_tripped_loss_there_is_nothing_to_acknowledge,
    DepositTooSmall: authority::a_deposit_below_the_minimum_is_refused,
    DepositCapReached: authority::a_deposit_beyond_the_cap_is_refused,
    MigrationNeeded: layouts::a_pool_of_an_older_layout_waits_for_its_migration,
}

#[test]
fn every_error_has_its_pinned_code_and_a_test_that_reaches_it() {
    let tested: BTreeMap<String, u32> = ERRORS
        .iter()
        .map(|(error, name)| (name.to_string(), u32::from(*error)))
        .collect();
    let pinned: BTreeMap<String, u32> = ERRORS
        .iter()
        .map(|(error, name)| (name.to_string(), code(*error)))
        .collect();
    assert_eq!(tested, pinned);
    let idl = idl::idl();
    let listed = idl["errors"].as_array().expect("errors");
    let listed: BTreeMap<String, u32> = listed
        .iter()
        .map(|error| {
            let name = error["name"].as_str().expect("a name").to_string();
            let code = error["code"].as_u64().expect("a code");
            (name, u32::try_from(code).expect("a small number"))
        })
        .collect();
    assert_eq!(
        tested, listed,
        "the errors with a test, and those of the IDL"
    );
    let codes: Vec<u32> = {
        let mut codes: Vec<u32> = listed.values().copied().collect();
        codes.sort_unstable();
        codes
    };
    let expected: Vec<u32> = (FIRST_CODE..).take(codes.len()).collect();
    assert_eq!(codes, expected, "codes without a gap");
}

/// A pool in the epoch after its first stake became active, priced, with Alice's 100 SOL in it.
async fn staked_pool() -> (Pool, solana_keypair::Keypair) {
    use sluice_tests::cluster::LAMPORTS_PER_SOL as SOL;
    let mut pool = Pool::builder()
        .validators(&[(0, 1), (500, 1)])
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    (pool, alice)
}

type Outcome = Result<Sent, TransactionFailure>;
