//! What is read equals what the program has and computes.

use std::mem::offset_of;

use proptest::prelude::*;
use sluice::state::{NEVER, Parameter, Pool};
use sluice_math::{Floor, Lamports, Ledger, Lst, Ratio};
use sluice_rate::{LST_UNIT, MAX_INSTANT_FEE_BPS, PROGRAM_ID, PoolRate, RateError};

const HEAD: usize = 8;

/// The bytes of a pool's account.
fn bytes_of(pool: &Pool) -> Vec<u8> {
    [
        <Pool as anchor_lang::Discriminator>::DISCRIMINATOR,
        bytemuck::bytes_of(pool),
    ]
    .concat()
}

fn read(pool: &Pool) -> Result<PoolRate, RateError> {
    PoolRate::read(&PROGRAM_ID, &bytes_of(pool))
}

/// A pool of the present layout with these figures.
fn pool(figures: [u64; 8]) -> Pool {
    let [
        staked,
        reserve,
        locked,
        withheld,
        start,
        length,
        pending,
        supply,
    ] = figures;
    Pool {
        version: 1,
        staked_lamports: staked,
        reserve_lamports: reserve,
        locked_lamports: locked,
        withheld_lamports: withheld,
        drip_start_slot: start,
        drip_end_slot: start + length,
        pending_lamports: pending,
        lst_supply: supply,
        breaker_epoch: NEVER,
        ..bytemuck::Zeroable::zeroed()
    }
}

fn figures() -> impl Strategy<Value = Pool> {
    let amount = || 0..1_u64 << 58;
    (
        (amount(), amount(), amount(), amount()),
        (0..1_u64 << 40, 0..1_u64 << 24, amount(), 1..1_u64 << 58),
    )
        .prop_map(|((a, b, c, d), (e, f, g, h))| pool([a, b, c, d, e, f, g, h]))
}

fn exit_lamports(ledger: &Ledger, lst: u64, slot: u64) -> u64 {
    let value = ledger.value(slot).unwrap();
    Floor(Ratio::new(value.get(), ledger.supply.get()))
        .apply(lst)
        .unwrap_or(u64::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn prices_equal_those_of_the_program_to_the_lamport(
        pool in figures(),
        lst in 0..1_u64 << 60,
        after in 0..1_u64 << 25,
    ) {
        let (ledger, slot) = (pool.ledger(), pool.drip_start_slot.saturating_sub(100) + after);
        let rate = read(&pool).unwrap();
        prop_assert_eq!(Lamports::new(rate.value_lamports(slot).unwrap()), ledger.value(slot).unwrap());
        prop_assert_eq!(Lamports::new(rate.full_lamports), ledger.full().unwrap());
        let exit = rate.exit_lamports(lst, slot).unwrap_or(u64::MAX);
        prop_assert_eq!(exit, exit_lamports(&ledger, lst, slot));
        if lst <= pool.lst_supply {
            let redeemed = ledger.redeem(Lst::new(lst), slot).unwrap();
            prop_assert_eq!(Lamports::new(exit), redeemed.lamports);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_bytes_are_an_error_or_a_price_and_never_a_panic(
        mut data in prop::collection::vec(any::<u8>(), 0..1_400),
        is_ours in any::<bool>(),
        is_pool in any::<bool>(),
        (lst, slot, epoch) in any::<(u64, u64, u64)>(),
    ) {
        if is_pool && data.len() > HEAD {
            data[..HEAD].copy_from_slice(<Pool as anchor_lang::Discriminator>::DISCRIMINATOR);
        }
        let owner = if is_ours { PROGRAM_ID } else { [7; 32] };
        if let Ok(rate) = PoolRate::read(&owner, &data) {
            prop_assert!(is_ours && is_pool && data.len() >= 1_152);
            let _ = (rate.exit_lamports(lst, slot), rate.deposit_lamports(lst));
            if let Ok(collateral) = rate.collateral_lamports(lst, slot) {
                prop_assert!(collateral <= rate.exit_lamports(lst, slot).unwrap());
            }
            let _ = (rate.is_stale(epoch), rate.is_tripped(), rate.has_loss());
        }
    }
}

#[test]
fn every_offset_is_where_the_program_has_the_field() {
    let mut pool = pool([11, 12, 3, 14, 15, 16, 17, 18]);
    pool.mint = [21; 32].into();
    pool.finalized_epoch = 22;
    pool.epoch_start_timestamp = -23;
    pool.finalized_value_lamports = 24;
    pool.finalized_lst = 25;
    pool.breaker_epoch = 26;
    pool.unrestored_lamports = 27;
    pool.fallen_lamports = 28;
    let expected = PoolRate {
        mint: [21; 32],
        finalized_epoch: 22,
        epoch_start_timestamp: -23,
        lst_supply: 18,
        full_lamports: 20,
        withheld_lamports: 14,
        drip_start_slot: 15,
        drip_end_slot: 31,
        pending_lamports: 17,
        finalized_value_lamports: 24,
        finalized_lst: 25,
        breaker_epoch: Some(26),
        unrestored_lamports: 27,
        fallen_lamports: 28,
    };
    assert_eq!(read(&pool), Ok(expected));
    pool.breaker_epoch = NEVER;
    assert_eq!(read(&pool).unwrap().breaker_epoch, None);
    assert_eq!(PROGRAM_ID, sluice::ID.to_bytes());
    assert_eq!(HEAD + offset_of!(Pool, finalized_lst) + 8, 1_152);
}

#[test]
fn what_is_no_pool_says_which_and_why() {
    let mut pool = pool([1; 8]);
    let data = bytes_of(&pool);
    let other = PoolRate::read(&[9; 32], &data);
    assert_eq!(other, Err(RateError::OtherProgram));
    let cut = PoolRate::read(&PROGRAM_ID, &data[..1_151]);
    assert_eq!(cut, Err(RateError::TooShort));
    assert!(PoolRate::read(&PROGRAM_ID, &data[..1_152]).is_ok());
    let mut ticket = data.clone();
    ticket[0] ^= 1;
    let no_pool = PoolRate::read(&PROGRAM_ID, &ticket);
    assert_eq!(no_pool, Err(RateError::NotAPool));
    pool.version = 0;
    assert_eq!(read(&pool), Err(RateError::Version(0)));
    // What comes later keeps these places.
    pool.version = 2;
    assert!(read(&pool).is_ok());
    pool.reserve_lamports = 9;
    let larger = read(&pool).unwrap().exit_lamports(u64::MAX, 100);
    assert_eq!(larger, Err(RateError::Overflow));
    pool.lst_supply = 0;
    let exit = read(&pool).unwrap().exit_lamports(1, 0);
    assert_eq!(exit, Err(RateError::NoSupply));
    let collateral = read(&pool).unwrap().collateral_lamports(1, 0);
    assert_eq!(collateral, Err(RateError::NotFinalized));
}

#[test]
fn no_pool_can_be_set_to_a_higher_fee_of_instant_exits() {
    for fee in [Parameter::InstantFeeMaxBps, Parameter::InstantFeeMinBps] {
        let (_, most) = fee.bounds();
        assert_eq!(most, MAX_INSTANT_FEE_BPS, "{}", fee.field());
    }
}

#[test]
fn collateral_is_worth_the_lower_of_both_prices() {
    let mut pool = pool([1_000 * LST_UNIT, 0, 0, 0, 0, 0, 0, 1_000 * LST_UNIT]);
    (pool.finalized_value_lamports, pool.finalized_lst) = (900 * LST_UNIT, 1_000 * LST_UNIT);
    let worth = |pool: &Pool| {
        read(pool)
            .unwrap()
            .collateral_lamports(LST_UNIT, 1)
            .unwrap()
    };
    assert_eq!(worth(&pool), LST_UNIT * 9 / 10);
    pool.staked_lamports = 800 * LST_UNIT;
    assert_eq!(worth(&pool), LST_UNIT * 8 / 10);
}
