//! Two samples of what a lender writes, in the style of oracles that read one account of a stake pool.

use sluice::state::{NEVER, Pool};
use sluice_rate::{LST_UNIT, PROGRAM_ID, PoolRate, RateError};

/// An oracle that aggregates prices: SOL per token, with its exponent and the time that it is of.
mod aggregator {
    use super::*;

    pub struct DatedPrice {
        pub value: u64,
        pub exponent: u32,
        pub epoch: u64,
    }

    #[derive(Debug, PartialEq)]
    pub enum Refused {
        Unreadable(RateError),
        AnotherToken,
        Stale,
        Unsound,
    }

    /// The price of a token of `mint`, from the account that was configured for it.
    pub fn price(
        (owner, data): (&[u8; 32], &[u8]),
        mint: &[u8; 32],
        (slot, epoch): (u64, u64),
    ) -> Result<DatedPrice, Refused> {
        let pool = PoolRate::read(owner, data).map_err(Refused::Unreadable)?;
        if pool.mint != *mint {
            return Err(Refused::AnotherToken);
        }
        if pool.is_stale(epoch) {
            return Err(Refused::Stale);
        }
        if pool.is_tripped() {
            return Err(Refused::Unsound);
        }
        let value = pool.collateral_lamports(LST_UNIT, slot);
        Ok(DatedPrice {
            value: value.map_err(Refused::Unreadable)?,
            exponent: 9,
            epoch: pool.finalized_epoch,
        })
    }
}

/// A money market that has a feed of SOL in dollars, and values a position by feed and pool. A stale
/// price still values what is lent; it lends nothing new.
mod market {
    use super::*;

    pub struct Position {
        pub micro_dollars: u64,
        pub may_borrow: bool,
    }

    pub fn value(
        pool: &PoolRate,
        lst: u64,
        sol_micro_dollars: u64,
        (slot, epoch): (u64, u64),
    ) -> Result<Position, RateError> {
        let lamports = pool.collateral_lamports(lst, slot)?;
        let product = u128::from(lamports).checked_mul(u128::from(sol_micro_dollars));
        let whole = product.ok_or(RateError::Overflow)? / u128::from(LST_UNIT);
        Ok(Position {
            micro_dollars: u64::try_from(whole).map_err(|_| RateError::Overflow)?,
            may_borrow: !pool.is_stale(epoch) && !pool.is_tripped(),
        })
    }
}

/// A pool of epoch 7: 1,000 tokens, 1,100 SOL, of which 50 drip; 1,040 were released at the finalize.
fn pool() -> Pool {
    Pool {
        version: 1,
        mint: [5; 32].into(),
        staked_lamports: 1_100 * LST_UNIT,
        withheld_lamports: 60 * LST_UNIT,
        drip_start_slot: 100,
        drip_end_slot: 160,
        lst_supply: 1_000 * LST_UNIT,
        finalized_epoch: 7,
        finalized_value_lamports: 1_040 * LST_UNIT,
        finalized_lst: 1_000 * LST_UNIT,
        breaker_epoch: NEVER,
        ..bytemuck::Zeroable::zeroed()
    }
}

fn bytes_of(pool: &Pool) -> Vec<u8> {
    let head = <Pool as anchor_lang::Discriminator>::DISCRIMINATOR;
    [head, bytemuck::bytes_of(pool)].concat()
}

const NOW: (u64, u64) = (110, 7);

#[test]
fn an_aggregator_takes_the_price_of_its_pool_while_it_holds() {
    let price = |pool: &Pool, now| aggregator::price((&PROGRAM_ID, &bytes_of(pool)), &[5; 32], now);
    let mut pool = pool();
    let dated = price(&pool, NOW).ok().unwrap();
    assert_eq!(
        (dated.value, dated.exponent, dated.epoch),
        (LST_UNIT * 104 / 100, 9, 7)
    );
    assert_eq!(
        price(&pool, (200, 8)).err(),
        Some(aggregator::Refused::Stale)
    );
    pool.breaker_epoch = 7;
    assert_eq!(price(&pool, NOW).err(), Some(aggregator::Refused::Unsound));
    pool.mint = [6; 32].into();
    assert_eq!(
        price(&pool, NOW).err(),
        Some(aggregator::Refused::AnotherToken)
    );
    let strangers = aggregator::price((&[1; 32], &bytes_of(&pool)), &[5; 32], NOW);
    let refused = aggregator::Refused::Unreadable(RateError::OtherProgram);
    assert_eq!(strangers.err(), Some(refused));
}

#[test]
fn a_market_values_what_is_lent_also_while_it_lends_nothing_new() {
    let read = |pool: &Pool| PoolRate::read(&PROGRAM_ID, &bytes_of(pool)).unwrap();
    let (ten, dollars) = (10 * LST_UNIT, 150_000_000);
    let mut pool = pool();
    let position = market::value(&read(&pool), ten, dollars, NOW).unwrap();
    assert_eq!(
        (position.micro_dollars, position.may_borrow),
        (1_560_000_000, true)
    );
    let position = market::value(&read(&pool), ten, dollars, (200, 8)).unwrap();
    assert_eq!(
        (position.micro_dollars, position.may_borrow),
        (1_560_000_000, false)
    );
    // A loss is in the price of the same slot.
    pool.staked_lamports -= 200 * LST_UNIT;
    let position = market::value(&read(&pool), ten, dollars, (200, 7)).unwrap();
    assert_eq!(
        (position.micro_dollars, position.may_borrow),
        (1_350_000_000, true)
    );
}
