//! Layouts and discriminators of all accounts. Accounts live longer than programs: a field that
//! moves, or a size that changes, is a migration.

use std::mem::{align_of, offset_of, size_of};

use anchor_lang::Discriminator;
use sluice::state::{
    EpochRate, Governance, Marker, Parameter, Parameters, PendingChange, Pool, PoolConfig,
    PoolLimits, RateHistory, Slot, Ticket, UnstakeBatch, ValidatorPage,
};

/// Pins size and offset of every field. That none is left out follows from the destructuring, and
/// that there is no hidden padding from the sum of the fields' sizes.
macro_rules! layout {
    ($test:ident: $type:ident, $size:literal bytes, { $($field:ident: $offset:literal,)* }) => {
        #[test]
        fn $test() {
            assert_eq!(size_of::<$type>(), $size);
            assert!(align_of::<$type>() <= 8);
            $(assert_eq!(offset_of!($type, $field), $offset, stringify!($field));)*
            let value: $type = bytemuck::Zeroable::zeroed();
            let $type { $($field),* } = value;
            let fields = 0 $(+ size_of_val(&$field))*;
            assert_eq!(fields, $size, "hidden padding");
            $(crate::interface::the_book_says(stringify!($type), stringify!($field), $offset);)*
        }
    };
}

layout!(the_layout_of_pool_config_is_pinned: PoolConfig, 34 bytes, {
    reward_fee_bps: 0,
    deposit_fee_bps: 2,
    instant_fee_max_bps: 4,
    instant_fee_min_bps: 6,
    stake_exit_fee_bps: 8,
    reserve_target_bps: 10,
    window_bps: 12,
    tolerance_bps: 14,
    movement_cap_bps: 16,
    drip_bound_bps: 18,
    breaker_bound_bps: 20,
    max_commission_bps: 22,
    max_block_commission_bps: 24,
    share_cap_bps: 26,
    holder_share_bps: 28,
    least_credits_bps: 30,
    entry_charge_bps: 32,
});

layout!(the_layout_of_pool_limits_is_pinned: PoolLimits, 16 bytes, {
    deposit_cap_lamports: 0,
    minimum_deposit_lamports: 8,
});

layout!(the_layout_of_pending_change_is_pinned: PendingChange, 16 bytes, {
    value: 0,
    from_epoch: 8,
});

layout!(the_layout_of_governance_is_pinned: Governance, 328 bytes, {
    limits: 0,
    pause_record: 16,
    pending: 24,
});

/// The number of a parameter is its place in the pool's list of changes, and in instructions.
#[test]
fn the_parameters_are_the_fields_of_configuration_and_limits_in_order() {
    use Parameter::*;
    let config = PoolConfig {
        reward_fee_bps: 1,
        deposit_fee_bps: 2,
        instant_fee_max_bps: 3,
        instant_fee_min_bps: 4,
        stake_exit_fee_bps: 5,
        reserve_target_bps: 6,
        window_bps: 7,
        tolerance_bps: 8,
        movement_cap_bps: 9,
        drip_bound_bps: 10,
        breaker_bound_bps: 11,
        max_commission_bps: 12,
        max_block_commission_bps: 13,
        share_cap_bps: 14,
        holder_share_bps: 15,
        least_credits_bps: 16,
        entry_charge_bps: 17,
    };
    let limits = PoolLimits {
        deposit_cap_lamports: 18,
        minimum_deposit_lamports: 19,
    };
    let parameters = Parameters::of(&config, &limits);
    let expected = [
        RewardFeeBps,
        DepositFeeBps,
        InstantFeeMaxBps,
        InstantFeeMinBps,
        StakeExitFeeBps,
        ReserveTargetBps,
        WindowBps,
        ToleranceBps,
        MovementCapBps,
        DripBoundBps,
        BreakerBoundBps,
        MaxCommissionBps,
        MaxBlockCommissionBps,
        ShareCapBps,
        HolderShareBps,
        LeastCreditsBps,
        EntryChargeBps,
        DepositCapLamports,
        MinimumDepositLamports,
    ];
    assert_eq!(Parameter::ALL, expected);
    for (index, parameter) in expected.into_iter().enumerate() {
        assert_eq!(parameter.index(), index);
        assert_eq!(borsh::to_vec(&parameter).unwrap(), [index as u8]);
        assert_eq!(parameters.get(parameter), index as u64 + 1);
    }
}

layout!(the_layout_of_pool_is_pinned: Pool, 1200 bytes, {
    version: 0,
    bump: 1,
    stake_authority_bump: 2,
    mint_authority_bump: 3,
    reserve_bump: 4,
    claims_vault_bump: 5,
    page_count: 6,
    mint: 8,
    stake_authority: 40,
    mint_authority: 72,
    reserve: 104,
    claims_vault: 136,
    escrow: 168,
    fees: 200,
    history: 232,
    admin: 264,
    nominated_admin: 296,
    curator: 328,
    guardian: 360,
    treasury: 392,
    staked_lamports: 424,
    reserve_lamports: 432,
    locked_lamports: 440,
    withheld_lamports: 448,
    drip_start_slot: 456,
    drip_end_slot: 464,
    pending_lamports: 472,
    claims_lamports: 480,
    lst_supply: 488,
    dead_lst: 496,
    open_batch: 504,
    open_lst: 512,
    open_lock_slot: 520,
    head_batch: 528,
    locked_lst: 536,
    high_water_lamports: 544,
    high_water_lst: 552,
    finalized_epoch: 560,
    last_gain_lamports: 568,
    last_gain_stake_lamports: 576,
    last_gain_epochs: 584,
    instant_fee_lamports: 592,
    deactivating_lamports: 600,
    total_weight: 608,
    moved_lamports: 616,
    breaker_epoch: 624,
    unrestored_lamports: 632,
    paused_until_epoch: 640,
    next_serial: 648,
    validator_count: 656,
    config: 660,
    spread_cap_bps: 694,
    earlier_commission_until_epoch: 696,
    cut_count: 700,
    instant_paid_lamports: 704,
    reserve_rent_lamports: 712,
    reward_rate_e12: 720,
    fallen_lamports: 728,
    ejection_epoch: 736,
    ejected_weight: 744,
    spread_weight: 752,
    governance: 760,
    paid_rate_e12: 1088,
    window_from_epoch: 1096,
    window_bps_before: 1104,
    earlier_commission_bps: 1106,
    most_validators: 1108,
    ejected_lamports: 1112,
    epoch_start_timestamp: 1120,
    finalized_value_lamports: 1128,
    finalized_lst: 1136,
    reserved: 1144,
});

layout!(the_layout_of_slot_is_pinned: Slot, 176 bytes, {
    vote: 0,
    main: 32,
    transient: 64,
    main_lamports: 96,
    transient_lamports: 104,
    deactivating_lamports: 112,
    delegated_lamports: 120,
    rewarded_lamports: 128,
    paid_lamports: 136,
    serial: 144,
    rent_lamports: 148,
    credits_observed: 152,
    observed_epoch: 156,
    due_epoch: 160,
    moved_epoch: 164,
    weight: 168,
    next_weight: 170,
    state: 172,
    flags: 173,
    unjudged_epochs: 174,
    padding: 175,
});

layout!(the_layout_of_validator_page_is_pinned: ValidatorPage, 10000 bytes, {
    version: 0,
    bump: 1,
    index: 2,
    occupied: 4,
    observed: 6,
    pool: 8,
    observed_epoch: 40,
    staked_lamports: 48,
    deactivating_lamports: 56,
    earning_lamports: 64,
    total_weight: 72,
    stake_rent_lamports: 80,
    rent_rise_epoch: 88,
    paid_lamports: 96,
    rewarded_lamports: 104,
    reserved: 112,
    slots: 144,
});

layout!(the_layout_of_marker_is_pinned: Marker, 112 bytes, {
    version: 0,
    bump: 1,
    old_place: 2,
    wait_epochs: 5,
    is_kept: 6,
    padding: 7,
    pool: 8,
    vote: 40,
    payer: 72,
    serial: 104,
    reinstatable_epoch: 108,
});

layout!(the_layout_of_unstake_batch_is_pinned: UnstakeBatch, 168 bytes, {
    version: 0,
    bump: 1,
    padding: 2,
    pool: 8,
    opener: 40,
    id: 72,
    lock_slot: 80,
    lock_epoch: 88,
    lst: 96,
    unsettled_lst: 104,
    paid_lamports: 112,
    claimed_lamports: 120,
    tickets: 128,
    reserved: 136,
});

layout!(the_layout_of_ticket_is_pinned: Ticket, 144 bytes, {
    version: 0,
    bump: 1,
    padding: 2,
    pool: 8,
    payer: 40,
    owner: 72,
    number: 104,
    lst: 112,
    claimed_lamports: 120,
    batch: 128,
    reserved: 136,
});

layout!(the_layout_of_epoch_rate_is_pinned: EpochRate, 56 bytes, {
    epoch: 0,
    full_lamports: 8,
    lst_supply: 16,
    gain_lamports: 24,
    fee_lamports: 32,
    fee_kept_lamports: 40,
    epoch_start_timestamp: 48,
});

layout!(the_layout_of_rate_history_is_pinned: RateHistory, 10120 bytes, {
    version: 0,
    bump: 1,
    next: 2,
    count: 4,
    padding: 6,
    pool: 8,
    epochs: 40,
});

#[test]
fn the_discriminators_of_accounts_are_pinned() {
    assert_eq!(Pool::DISCRIMINATOR, [241, 154, 109, 4, 17, 177, 109, 188]);
    assert_eq!(
        ValidatorPage::DISCRIMINATOR,
        [185, 67, 86, 236, 167, 46, 200, 126]
    );
    assert_eq!(Marker::DISCRIMINATOR, [190, 81, 208, 182, 158, 86, 51, 154]);
    assert_eq!(
        UnstakeBatch::DISCRIMINATOR,
        [203, 81, 112, 204, 30, 187, 105, 127]
    );
    assert_eq!(Ticket::DISCRIMINATOR, [41, 228, 24, 165, 78, 90, 235, 200]);
    assert_eq!(
        RateHistory::DISCRIMINATOR,
        [33, 237, 238, 92, 237, 89, 98, 122]
    );
}

#[test]
fn the_discriminators_of_instructions_follow_from_their_names() {
    for name in sluice_tests::idl::instruction_names() {
        let digest = solana_sha256_hasher::hash(format!("global:{name}").as_bytes()).to_bytes();
        assert_eq!(
            sluice_tests::idl::instruction_discriminator(&name),
            digest[..8],
            "{name}"
        );
    }
}

#[test]
fn a_page_fits_the_size_that_one_instruction_may_create() {
    const {
        assert!(ValidatorPage::SPACE <= 10_240);
        assert!(RateHistory::SPACE <= 10_240);
        assert!(Pool::SPACE <= 10_240);
    }
}
