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

use std::collections::BTreeMap;

use sluice::SluiceError;
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, Sent, TransactionFailure},
    idl,
    pool::Pool,
    scenario::assert_refused,
};
use solana_keypair::Keypair;

/// Anchor's own codes end below this.
const FIRST_CODE: u32 = 6_000;

/// Every error with its pinned code, and the scenario that reaches it. Codes are part of the
/// interface: they are appended, never moved.
macro_rules! errors {
    ($($code:literal $error:ident: $module:ident::$test:ident,)*) => {
        const ERRORS: &[(SluiceError, &str, u32)] =
            &[$((SluiceError::$error, stringify!($error), $code)),*];

        $(
            #[tokio::test]
            async fn $test() {
                assert_refused($module::$test().await, SluiceError::$error);
            }
        )*
    };
}

errors! {
    6_000 PoolStale: gates::a_pool_that_is_not_priced_for_this_epoch_takes_no_deposits,
    6_001 RewardsBeingPaid: gates::nothing_is_observed_while_rewards_are_paid,
    6_002 BreakerTripped: gates::a_tripped_breaker_stops_deposits,
    6_003 Paused: gates::a_paused_pool_takes_no_deposits,
    6_004 ZeroAmount: amounts::nothing_cannot_be_deposited,
    6_005 AmountTooSmall: amounts::a_deposit_must_buy_one_unit_at_least,
    6_006 BelowMinimum: amounts::a_deposit_that_mints_less_than_the_minimum_is_refused,
    6_007 InsufficientReserve: amounts::an_instant_exit_cannot_take_more_than_the_buffer,
    6_008 NoValue: amounts::nothing_can_be_bought_after_a_total_loss,
    6_009 MathOverflow: amounts::a_deposit_beyond_64_bits_is_refused,
    6_010 MathUnderflow: amounts::an_exit_of_more_than_the_supply_is_refused,
    6_011 MathRatio: amounts::a_share_above_the_whole_is_refused_even_in_a_corrupt_pool,
    6_012 ForeignAccount: accounts::the_reserve_of_another_pool_is_refused,
    6_013 WrongMint: accounts::the_mint_of_another_pool_is_refused,
    6_014 MintUnsuitable: accounts::a_mint_with_other_decimals_is_unsuitable,
    6_015 NotCurator: accounts::only_the_curator_retires_validators,
    6_016 NotTicketOwner: accounts::only_its_owner_transfers_a_ticket,
    6_017 AccountsNotDistinct: accounts::fees_are_not_paid_to_themselves,
    6_018 WrongTreasuryAccount: accounts::fees_go_to_the_treasury_alone,
    6_019 ParameterOutOfBounds: accounts::a_reward_fee_above_a_tenth_is_refused,
    6_020 WrongBatch: accounts::requests_go_to_the_open_batch_alone,
    6_021 BatchLocked: cranks::a_locked_ticket_cannot_be_cancelled,
    6_022 BatchNotDue: cranks::a_batch_is_not_settled_in_the_epoch_in_which_it_locks,
    6_023 NothingToClaim: cranks::an_unsettled_ticket_has_nothing_to_claim,
    6_024 OwnerUnpayable: accounts::a_ticket_cannot_belong_to_an_account_of_the_program,
    6_025 PageFull: validators::a_full_page_takes_no_validator,
    6_026 TooManyValidators: validators::a_page_more_than_there_can_be_is_refused,
    6_027 SlotEmpty: validators::an_empty_slot_has_no_weight,
    6_028 SlotLeaving: validators::a_validator_retires_once,
    6_029 SlotNotDrained: validators::an_active_slot_cannot_be_closed,
    6_030 VoteAccountUnknown: validators::an_unknown_account_is_no_validator,
    6_031 CommissionTooHigh: validators::a_commission_above_the_maximum_is_refused,
    6_032 BlsKeyMissing: validators::a_validator_needs_a_bls_key,
    6_033 WrongObservedAccount: cranks::observing_a_wrong_stake_account_is_refused,
    6_034 WrongPages: cranks::finalize_wants_every_page,
    6_035 NotObserved: cranks::finalize_wants_every_validator_observed,
    6_036 WindowClosed: cranks::nothing_is_delegated_before_the_window,
    6_037 StakeNotInitialized: cranks::a_slot_with_a_reset_stake_account_cannot_be_closed,
    6_038 InvariantViolated: cranks::a_reserve_that_holds_less_than_booked_stops_everything,
    6_039 NotStakeAccount: stakes::a_wallet_is_no_stake_account,
    6_040 WrongStakeAuthority: stakes::nobody_deposits_the_stake_of_another,
    6_041 StakeLockedUp: stakes::a_stake_account_that_is_locked_up_is_refused,
    6_042 StakeHasCustodian: stakes::a_stake_account_with_a_custodian_is_refused,
    6_043 StakeNotDelegated: stakes::a_stake_account_without_a_delegation_is_refused,
    6_044 StakeActivating: stakes::stake_that_activates_is_refused,
    6_045 StakeDeactivating: stakes::stake_that_deactivates_is_refused,
    6_046 StakeOfOtherValidator: stakes::stake_of_another_validator_is_refused,
    6_047 SlotNotActive: stakes::a_validator_that_will_retire_takes_no_stake,
    6_048 MainNotActive: stakes::a_validator_without_active_stake_takes_none,
    6_049 OwnStakeAccount: stakes::the_main_stake_account_cannot_be_deposited,
    6_050 IdleLamportsTooLarge: stakes::more_idle_lamports_than_one_rent_are_refused,
    6_051 StakeAccountInUse: stakes::stake_does_not_go_to_an_account_in_use,
    6_052 StakeExitTooSmall: stakes::an_exit_below_the_minimum_delegation_is_refused,
    6_053 StakeExitTooLarge: stakes::an_exit_that_leaves_main_below_the_minimum_is_refused,
    6_054 NoRewardYet: stakes::exits_with_stake_are_closed_before_the_first_reward,
    6_055 RewardRateTooHigh: stakes::exits_with_stake_are_closed_after_an_exorbitant_reward,
    6_056 NoBreach: conduct::a_validator_that_keeps_the_rules_is_not_ejected,
    6_057 EjectionBudgetSpent: conduct::a_second_validator_is_not_ejected_in_the_same_epoch,
    6_058 WrongReference: conduct::a_validator_that_was_not_observed_is_no_reference,
    6_059 NotReinstatable: conduct::an_ejected_validator_is_not_taken_back_at_once,
    6_060 NotAdmin: authority::only_the_admin_changes_roles,
    6_061 NotNominated: authority::only_the_nominated_key_becomes_the_admin,
    6_062 NotGuardian: authority::only_the_guardian_pauses,
    6_063 KeyUnusable: authority::the_pool_itself_has_no_role,
    6_064 NothingToChange: authority::a_value_that_holds_already_is_no_change,
    6_065 PauseUsedUp: authority::a_pause_cannot_be_prolonged_for_ever,
    6_066 NotPaused: authority::a_pool_that_is_not_paused_cannot_be_unpaused,
    6_067 NothingToAcknowledge: authority::without_a_tripped_loss_there_is_nothing_to_acknowledge,
    6_068 DepositTooSmall: authority::a_deposit_below_the_minimum_is_refused,
    6_069 DepositCapReached: authority::a_deposit_beyond_the_cap_is_refused,
    6_070 MigrationNeeded: layouts::a_pool_of_an_older_layout_waits_for_its_migration,
    6_071 ValidatorDelinquent: validators::a_validator_that_never_voted_is_refused,
    6_072 SlotsDoNotFit: layouts::a_page_with_validators_where_the_new_one_has_no_place_is_refused,
    6_073 ValidatorNotVoting: stakes::stake_of_a_validator_that_is_silent_in_this_epoch_is_refused,
    6_074 ShareCapReached: stakes::stake_beyond_the_share_cap_of_its_validator_is_refused,
    6_075 StakeExitUnbalanced: stakes::an_exit_that_leaves_a_validator_less_than_its_part_is_refused,
    6_076 SlotWaits: conduct::the_slot_of_an_ejected_validator_is_not_closed_before_it_may_come_back,
    6_077 TicketNumberTaken: accounts::a_number_has_one_ticket,
    6_078 WrongTicketAddress: accounts::a_ticket_is_made_at_the_requesters_address_alone,
    6_079 AnotherTicket: accounts::a_transfer_moves_the_ticket_that_it_names_alone,
    6_080 MessageOutdated: authority::an_old_message_takes_no_later_decision_back,
}

#[test]
fn every_error_has_its_pinned_code_and_a_test_that_reaches_it() {
    let tested: BTreeMap<String, u32> = ERRORS
        .iter()
        .map(|(error, name, _)| (name.to_string(), u32::from(*error)))
        .collect();
    let pinned: BTreeMap<String, u32> = ERRORS
        .iter()
        .map(|(_, name, code)| (name.to_string(), *code))
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
async fn staked_pool() -> (Pool, Keypair) {
    let mut pool = Pool::builder()
        .validators(&[(0, 1), (500, 1)])
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.crank_window().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    (pool, alice)
}

type Outcome = Result<Sent, TransactionFailure>;
