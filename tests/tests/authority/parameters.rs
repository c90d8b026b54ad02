//! Announced changes: bounds, delays, and that no change ever stops an epoch.

use SluiceError::{NothingToChange, ParameterOutOfBounds};
use sluice::{
    SluiceError,
    events::{ChangeApplied, ChangeDropped},
    state::{Parameter, PoolConfig, PoolLimits},
};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, Sent},
    pool::Pool,
    scenario::{assert_refused, worth},
};
use solana_signer::Signer;

/// Every parameter: a value below the one in the middle, that one, one above; the epochs that it
/// takes to fall and to rise.
const TABLE: [(Parameter, [u64; 3], [u64; 2]); 18] = [
    (Parameter::RewardFeeBps, [400, 500, 600], [1, 2]),
    (Parameter::DepositFeeBps, [5, 10, 15], [1, 2]),
    (Parameter::InstantFeeMaxBps, [150, 200, 250], [1, 2]),
    (Parameter::InstantFeeMinBps, [50, 100, 140], [1, 2]),
    (Parameter::StakeExitFeeBps, [5, 10, 15], [1, 2]),
    (Parameter::ReserveTargetBps, [50, 100, 200], [2, 2]),
    (Parameter::WindowBps, [6_000, 7_000, 8_000], [2, 2]),
    (Parameter::ToleranceBps, [100, 500, 900], [2, 2]),
    (Parameter::MovementCapBps, [500, 1_000, 2_000], [2, 2]),
    (Parameter::DripBoundBps, [40, 50, 60], [2, 2]),
    (Parameter::BreakerBoundBps, [400, 500, 600], [2, 2]),
    (Parameter::MaxCommissionBps, [500, 1_000, 1_500], [2, 2]),
    (
        Parameter::MaxBlockCommissionBps,
        [4_000, 5_000, 6_000],
        [2, 2],
    ),
    (Parameter::ShareCapBps, [4_000, 5_000, 6_000], [2, 2]),
    (Parameter::HolderShareBps, [4_000, 5_000, 6_000], [2, 1]),
    (Parameter::EntryChargeBps, [4_000, 5_000, 6_000], [1, 2]),
    (
        Parameter::DepositCapLamports,
        [500 * SOL, 1_000 * SOL, 2_000 * SOL],
        [2, 1],
    ),
    (
        Parameter::MinimumDepositLamports,
        [SOL / 2, SOL, 2 * SOL],
        [1, 2],
    ),
];

/// A pool with the values of the table's middle.
async fn middle_pool() -> Pool {
    let middle = |config: &mut PoolConfig| {
        config.deposit_fee_bps = 10;
        config.instant_fee_max_bps = 200;
        config.instant_fee_min_bps = 100;
        config.stake_exit_fee_bps = 10;
        config.breaker_bound_bps = 500;
        config.window_bps = 7_000;
        config.movement_cap_bps = 1_000;
        config.share_cap_bps = 5_000;
        config.holder_share_bps = 5_000;
        config.entry_charge_bps = 5_000;
    };
    let limits = PoolLimits {
        deposit_cap_lamports: 1_000 * SOL,
        minimum_deposit_lamports: SOL,
    };
    let builder = Pool::builder().config(middle).limits(limits);
    let mut pool = builder.validators(&[(0, 1), (0, 1), (0, 1)]).start().await;
    // Below what validators take unless they say otherwise: none could be added.
    pool.change_pool(|account| account.config.max_block_commission_bps = 5_000)
        .await;
    let parameters = pool.account().await.parameters();
    for (parameter, [_, middle, _], _) in TABLE {
        assert_eq!(parameters.get(parameter), middle, "{parameter:?}");
    }
    pool
}

async fn value(pool: &mut Pool, parameter: Parameter) -> u64 {
    pool.account().await.parameters().get(parameter)
}

/// Observes and books the epoch that has begun.
async fn book(pool: &mut Pool) -> Sent {
    pool.observe_all().await;
    pool.finalize().await
}

async fn next_booking(pool: &mut Pool) -> Sent {
    pool.cluster.next_epoch().await;
    book(pool).await
}

fn applied(sent: &Sent) -> Vec<(Parameter, u64, u64)> {
    let events = sent.events::<ChangeApplied>();
    let facts = events
        .iter()
        .map(|change| (change.parameter, change.before, change.value));
    facts.collect()
}

#[tokio::test]
async fn attack_30_every_bound_holds_below_at_and_above() {
    let mut pool = middle_pool().await;
    for (parameter, [_, middle, _], _) in TABLE {
        let (mut least, mut most) = parameter.bounds();
        match parameter {
            Parameter::InstantFeeMinBps => most = 200,
            Parameter::InstantFeeMaxBps => least = 100,
            _ => {}
        }
        assert!(least < middle && middle < most, "{parameter:?}");
        for outside in [least.checked_sub(1), most.checked_add(1)] {
            let Some(outside) = outside else { continue };
            let refused = pool.try_schedule_change(parameter, outside).await;
            assert_refused(refused, ParameterOutOfBounds);
        }
        for inside in [least, most] {
            pool.schedule_change(parameter, inside).await;
            pool.cancel_change(parameter).await;
        }
        if parameter != Parameter::ShareCapBps {
            let same = pool.try_schedule_change(parameter, middle).await;
            assert_refused(same, NothingToChange);
        }
        let none = pool.try_cancel_change(parameter).await;
        assert_refused(none, NothingToChange);
    }
}

/// V14: a number that fits no field is beyond every bound, never a small one.
#[tokio::test]
async fn v14_no_extreme_number_passes_for_a_small_one() {
    let mut pool = middle_pool().await;
    for (parameter, _, _) in TABLE {
        if parameter == Parameter::DepositCapLamports {
            continue;
        }
        for extreme in [1 << 16, (1 << 16) + 100, 1 << 32, (1 << 32) + 100, u64::MAX] {
            if extreme <= parameter.bounds().1 {
                continue;
            }
            let refused = pool.try_schedule_change(parameter, extreme).await;
            assert_refused(refused, ParameterOutOfBounds);
        }
    }
}

/// V12 too: what is announced in the last slot of an epoch waits for whole epochs all the same.
#[tokio::test]
async fn v12_every_change_acts_at_the_finalize_of_its_epoch_and_not_a_slot_earlier() {
    for direction in [0, 1] {
        let mut pool = middle_pool().await;
        let epoch = pool.cluster.epoch().await;
        let last = pool.cluster.last_slot_of(epoch);
        pool.cluster.warp_to_slot(last).await;
        for (parameter, values, delays) in TABLE {
            pool.schedule_change(parameter, values[2 * direction]).await;
            let change = pool.account().await.governance.pending_change(parameter);
            let change = change.expect("it waits");
            assert_eq!(change.from_epoch, epoch + delays[direction]);
            assert_eq!(value(&mut pool, parameter).await, values[1]);
        }
        // The next epoch, booked in its last slot: one epoch is over, two are not.
        pool.cluster.next_epoch().await;
        let last = pool.cluster.last_slot_of(epoch + 1);
        pool.cluster.warp_to_slot(last).await;
        let first = applied(&book(&mut pool).await);
        let second = applied(&next_booking(&mut pool).await);
        for (parameter, values, delays) in TABLE {
            let change = (parameter, values[1], values[2 * direction]);
            assert_eq!(
                first.contains(&change),
                delays[direction] == 1,
                "{change:?}"
            );
            assert_eq!(
                second.contains(&change),
                delays[direction] == 2,
                "{change:?}"
            );
            assert_eq!(value(&mut pool, parameter).await, values[2 * direction]);
            let waits = pool.account().await.governance.pending_change(parameter);
            assert_eq!(waits, None);
        }
    }
}

#[tokio::test]
async fn a_change_acts_at_the_first_finalize_after_missed_epochs() {
    let mut pool = middle_pool().await;
    pool.schedule_change(Parameter::RewardFeeBps, 600).await;
    pool.cluster.next_epochs(5).await;
    assert_eq!(value(&mut pool, Parameter::RewardFeeBps).await, 500);
    book(&mut pool).await;
    assert_eq!(value(&mut pool, Parameter::RewardFeeBps).await, 600);
}

/// The rewards of an epoch are shared by the rules that it began with.
#[tokio::test]
async fn v12_a_raised_fee_takes_nothing_of_the_epoch_that_it_ends() {
    let (mut pool, _) = sluice_tests::scenario::earning_pool(Pool::builder()).await;
    pool.schedule_change(Parameter::RewardFeeBps, 1_000).await;
    for expected in [500, 500, 1_000] {
        pool.next_epoch_with_rewards(1_000).await;
        let booked = book(&mut pool).await;
        let event = booked.events::<sluice::events::EpochFinalized>().remove(0);
        let charged = (event.gain_lamports * expected).div_ceil(10_000);
        assert_eq!(event.fee_lamports, charged);
        pool.crank_epoch().await;
    }
}

/// V11 and V15: the last announcement counts, from its own moment on.
#[tokio::test]
async fn v11_raise_lower_raise_gains_no_time() {
    let fee = Parameter::RewardFeeBps;
    let mut pool = middle_pool().await;
    // Announced again, a raise waits again.
    pool.schedule_change(fee, 1_000).await;
    next_booking(&mut pool).await;
    pool.schedule_change(fee, 400).await;
    pool.schedule_change(fee, 1_000).await;
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, fee).await, 500);
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, fee).await, 1_000);
    // A raise does not ride on the short delay of the fall that it replaces.
    pool.schedule_change(fee, 900).await;
    pool.cancel_change(fee).await;
    pool.schedule_change(fee, 300).await;
    next_booking(&mut pool).await;
    pool.schedule_change(fee, 200).await;
    pool.schedule_change(fee, 1_000).await;
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, fee).await, 300);
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, fee).await, 1_000);
}

#[tokio::test]
async fn a_change_in_the_holders_favour_clears_a_pending_raise() {
    let fee = Parameter::RewardFeeBps;
    let mut pool = middle_pool().await;
    pool.schedule_change(fee, 1_000).await;
    pool.schedule_change(fee, 100).await;
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, fee).await, 100);
    for _ in 0..3 {
        assert!(applied(&next_booking(&mut pool).await).is_empty());
    }
    assert_eq!(value(&mut pool, fee).await, 100);
}

#[tokio::test]
async fn v13_a_fee_raised_in_front_of_a_deposit_does_not_meet_it() {
    let mut pool = middle_pool().await;
    let alice = pool.user("alice", 100 * SOL).await;
    let (admin, it) = (pool.admin(), pool.addresses);
    let recipient = pool.lst_account(&alice.pubkey());
    let fee = Parameter::DepositFeeBps;
    let minimum_lst = 50 * SOL - 50 * SOL / 1_000;
    let now = pool.account().await.planned_value(fee);
    let front_run = [
        it.schedule_change(admin.pubkey(), fee, 20, now),
        it.deposit_sol(alice.pubkey(), recipient, 50 * SOL, minimum_lst),
    ];
    pool.must_send(&front_run, &[&admin, &alice]).await;
    assert_eq!(pool.lst_balance(&alice.pubkey()).await, minimum_lst);
    // Once it acts, a deposit that expects the old fee fails instead of paying more.
    next_booking(&mut pool).await;
    next_booking(&mut pool).await;
    let prices = pool.prices().await;
    let expected = worth(10 * SOL - 10 * SOL / 1_000, prices.supply, prices.full);
    let late = it.deposit_sol(alice.pubkey(), recipient, 10 * SOL, expected);
    let refused = pool.send(&[late], &[&alice]).await;
    assert_refused(refused, SluiceError::BelowMinimum);
}

/// An admin that lowers a fee for its own exit cannot: within an epoch nothing changes.
#[tokio::test]
async fn attack_30_a_fee_cannot_be_lowered_for_one_transaction() {
    let mut pool = middle_pool().await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 50 * SOL).await;
    let before = pool.account().await.config;
    pool.schedule_change(Parameter::InstantFeeMinBps, 1).await;
    pool.schedule_change(Parameter::InstantFeeMaxBps, 1).await;
    assert_eq!(pool.account().await.config, before);
    pool.cluster.warp_by(1).await;
    pool.withdraw(&alice, SOL / 10).await;
    assert_eq!(pool.account().await.config, before);
}

#[tokio::test]
async fn two_fees_that_fit_only_together_move_together_either_way() {
    let (max, min) = (Parameter::InstantFeeMaxBps, Parameter::InstantFeeMinBps);
    let mut pool = middle_pool().await;
    let refused = pool.try_schedule_change(max, 80).await;
    assert_refused(refused, ParameterOutOfBounds);
    pool.schedule_change(min, 50).await;
    pool.schedule_change(max, 80).await;
    assert_eq!(applied(&next_booking(&mut pool).await).len(), 2);
    let refused = pool.try_schedule_change(min, 90).await;
    assert_refused(refused, ParameterOutOfBounds);
    pool.schedule_change(max, 300).await;
    pool.schedule_change(min, 290).await;
    next_booking(&mut pool).await;
    assert_eq!(applied(&next_booking(&mut pool).await).len(), 2);
    let config = pool.account().await.config;
    assert_eq!(
        (config.instant_fee_min_bps, config.instant_fee_max_bps),
        (290, 300)
    );
}

#[tokio::test]
async fn a_change_that_fits_no_longer_is_dropped_and_the_epoch_is_booked() {
    let (max, min) = (Parameter::InstantFeeMaxBps, Parameter::InstantFeeMinBps);
    let mut pool = middle_pool().await;
    pool.schedule_change(max, 300).await;
    pool.schedule_change(min, 250).await;
    pool.cancel_change(max).await;
    next_booking(&mut pool).await;
    let booked = next_booking(&mut pool).await;
    let dropped = booked.events::<ChangeDropped>();
    assert_eq!(dropped.len(), 1);
    assert_eq!(
        (dropped[0].parameter, dropped[0].before, dropped[0].value),
        (min, 100, 250)
    );
    assert_eq!(value(&mut pool, min).await, 100);
    assert_eq!(pool.account().await.governance.pending_change(min), None);
}

/// An even share holds where the cap is less, so a cap needs no room.
#[tokio::test]
async fn a_share_cap_below_an_even_share_is_taken_and_an_even_share_holds() {
    let cap = Parameter::ShareCapBps;
    let mut pool = middle_pool().await;
    pool.schedule_change(cap, 1).await;
    next_booking(&mut pool).await;
    next_booking(&mut pool).await;
    assert_eq!(value(&mut pool, cap).await, 1);
    assert_eq!(pool.account().await.spread_cap_bps, 3_334);
}

#[tokio::test]
async fn epochs_are_booked_with_every_parameter_at_either_bound() {
    for at_most in [false, true] {
        let (mut pool, _) = sluice_tests::scenario::earning_pool(Pool::builder()).await;
        // The lower instant fee first where both fall, the higher one first where both rise.
        let mut order = Parameter::ALL;
        if !at_most {
            order.swap(
                Parameter::InstantFeeMaxBps.index(),
                Parameter::InstantFeeMinBps.index(),
            );
        }
        for parameter in order {
            let (least, most) = parameter.bounds();
            let bound = if at_most { most } else { least };
            if value(&mut pool, parameter).await != bound {
                pool.schedule_change(parameter, bound).await;
            }
        }
        for gain in [true, true, true, false, true] {
            let vote = pool.vote(1);
            if !gain {
                pool.slash(&vote, 20 * SOL).await;
            }
            pool.next_epoch_with_rewards(1_000).await;
            book(&mut pool).await;
        }
        let parameters = pool.account().await.parameters();
        for parameter in Parameter::ALL {
            let (least, most) = parameter.bounds();
            let bound = if at_most { most } else { least };
            assert_eq!(parameters.get(parameter), bound, "{parameter:?}");
        }
    }
}
