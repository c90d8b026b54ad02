//! What emptying the reserve in the last slot of an epoch destroys, and what it costs whoever does it: computed
//! with the rules of the program, and compared with the table of the book. `--nocapture` prints it.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "shares for people are plain arithmetic, and a test may panic"
)]

use sluice_math::{Bps, Flows, InstantFee, Lamports};

const BOOK: &str = include_str!("../../../docs/src/risks.md");
const SOL: u64 = 1_000_000_000;
const OWNED: u64 = 100_000 * SOL;
/// A year of 6% in epochs of two days, in parts of 10^6.
const REWARD_E6: u64 = 330;

/// Stake that comes back for the reserve, where an exit of `taken` finds it full.
fn taken_back(target: u64, taken: u64) -> u64 {
    let flows = Flows {
        full: Lamports::new(OWNED),
        reserve_target: Lamports::new(target),
        spendable: Lamports::new(target - taken),
        delegated: Lamports::new(OWNED - target),
        minimum_delegation: Lamports::new(SOL),
        ..Flows::default()
    };
    flows.need().unwrap().get()
}

/// Lamports that an exit destroys by letting stake idle for an epoch, and the fee that it pays.
fn destroyed_and_paid(target_bps: u64, fees: [u16; 2]) -> (u64, u64) {
    let target = OWNED * target_bps / 10_000;
    let taken = target / 2 + 1;
    let [min, max] = fees.map(|bps| Bps::new(bps).unwrap());
    let fee = InstantFee {
        max,
        min,
        target: Lamports::new(target),
    };
    let paid = fee.charge(Lamports::new(taken), Lamports::new(target));
    let destroyed = taken_back(target, taken) * REWARD_E6 / 1_000_000;
    (destroyed, paid.unwrap().get())
}

/// A row of the table of the book.
fn row(target_bps: u64, fees: [u16; 2]) -> String {
    let sol = |lamports: u64| format!("{}.{:03}", lamports / SOL, lamports % SOL / 1_000_000);
    let percent = |bps: u16| format!("{}.{:02}%", bps / 100, bps % 100);
    let (destroyed, paid) = destroyed_and_paid(target_bps, fees);
    let thousandths = destroyed * 1_000 / paid;
    format!(
        "| {}% | {} to {} | {} SOL | {} SOL | {}.{:03} |",
        target_bps / 100,
        percent(fees[0]),
        percent(fees[1]),
        sol(destroyed),
        sol(paid),
        thousandths / 1_000,
        thousandths % 1_000
    )
}

#[test]
fn the_book_says_what_emptying_the_reserve_in_the_last_slot_destroys_and_costs() {
    let rows: Vec<String> = [100, 2_000]
        .into_iter()
        .flat_map(|target_bps| [[5, 100], [1, 1], [300, 300]].map(|fees| row(target_bps, fees)))
        .collect();
    for row in &rows {
        println!("{row}");
    }
    for row in rows {
        assert!(BOOK.contains(&row), "the book does not say: {row}");
    }
}
