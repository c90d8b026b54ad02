//! What growth and visits cost holders, by the entry charge: computed with the rules of the program, and
//! compared with the tables of the book. `--nocapture` prints them.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "shares for people are plain arithmetic, and a test may panic"
)]

mod pool;

use pool::{PER_EPOCH_E12, Pool};
use sluice_math::{Bps, Lamports};

const BOOK: &str = include_str!("../../../../docs/src/risks.md");
/// Parts of an epoch's reward that are charged.
const CHARGES_BPS: [u16; 4] = [0, 2_500, 5_000, 10_000];
const EPOCHS: u64 = 100;

/// The row of a table: what it is about, and a share in parts of 10,000 per charge.
fn row(about: &str, of: impl Fn(Bps) -> i128) -> String {
    let cells = CHARGES_BPS.map(|charge| {
        let share = of(Bps::new(charge).unwrap());
        let sign = if share < 0 { "-" } else { "" };
        let share = share.unsigned_abs();
        format!("{sign}{}.{:02}%", share / 100, share % 100)
    });
    format!("| {about} | {} |", cells.join(" | "))
}

fn in_the_book(rows: &[String]) {
    for row in rows {
        println!("{row}");
    }
    for row in rows {
        assert!(BOOK.contains(row.as_str()), "the book does not say: {row}");
    }
}

/// What holders of a pool that `passes` gain, as a part of what holders of a quiet pool gain.
fn part_of_quiet(charge: Bps, passes: impl Fn(&mut Pool, u64)) -> i128 {
    let gain = |passes: &dyn Fn(&mut Pool, u64)| {
        let mut pool = Pool::settled(charge);
        let before = pool.price_e15();
        for epoch in 0..EPOCHS {
            passes(&mut pool, epoch);
        }
        i128::try_from(pool.price_e15() - before).unwrap()
    };
    gain(&passes) * 10_000 / gain(&|pool, _| pool.quiet_epoch())
}

#[test]
fn the_book_says_what_growth_costs_holders() {
    let rows = [0, 1, 2, 5, 10].map(|percent| {
        row(&format!("growth of {percent}% an epoch"), |charge| {
            part_of_quiet(charge, |pool, _| pool.growing_epoch(percent))
        })
    });
    in_the_book(&rows);
}

#[test]
fn the_book_says_what_visits_cost_holders() {
    let rows = [10, 100, 1_000].map(|percent| {
        row(
            &format!("holders, visits of {percent}% of the pool"),
            |charge| {
                part_of_quiet(charge, |pool, epoch| {
                    if epoch % 2 == 0 {
                        pool.visit(percent);
                    }
                })
            },
        )
    });
    in_the_book(&rows);
}

/// What a visit of two boundaries gains, as a part of what its lamports would earn as stake in an epoch.
#[test]
fn the_book_says_what_a_visitor_gains() {
    let rows = [10, 100, 1_000].map(|percent| {
        row(
            &format!("a visitor with {percent}% of the pool"),
            |charge| {
                let mut pool = Pool::settled(charge);
                let (paid, back) = pool.visit(percent);
                as_rewards(paid, back)
            },
        )
    });
    in_the_book(&rows);
}

/// What somebody gains who comes with 1% of the pool and stays, in epochs of rewards of a staker of as
/// many lamports; such a staker has waited for an epoch.
#[test]
fn the_book_says_what_a_newcomer_gains() {
    let rows = [1, 10, 50].map(|epochs| {
        row(&format!("a newcomer after {epochs} epochs"), |charge| {
            let mut pool = Pool::settled(charge);
            let lamports = Lamports::new(pool.ledger.full().unwrap().get() / 100);
            let minted = pool.deposit(lamports);
            for _ in 0..epochs {
                pool.quiet_epoch();
            }
            as_rewards(lamports, pool.worth(minted)) / i128::from(epochs)
        })
    });
    in_the_book(&rows);
}

/// What came back of `lamports` beyond them, as a part of what stake of as many earns in an epoch: parts
/// of 10,000.
fn as_rewards(lamports: Lamports, back: Lamports) -> i128 {
    let [lamports, back] = [lamports, back].map(|amount| i128::from(amount.get()));
    (back - lamports) * 10_000 * 1_000_000_000_000 / (lamports * i128::from(PER_EPOCH_E12))
}
