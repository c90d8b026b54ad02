//! What a lucky validator's stake yields to whoever takes it out over a boundary, and how much an exit
//! with stake can take at once: the figures by which the latitude of such exits was chosen.
//!
//! `cargo run --example lucky_stake`. Amounts are lamports, shares are whole parts, and chance is a
//! sequence that is the same on every machine.

use sluice_math::{Bps, Floor, Lamports, Ratio, Result, Spread};

const SOL: u64 = 1_000_000_000;
const POOL: u64 = 100_000 * SOL;
/// What an average validator pays its stake per epoch, in hundredths of a basis point.
const AVERAGE: u64 = 330;
/// The fee of an exit: twice the average.
const FEE: u64 = 2 * AVERAGE;
/// Hundredths of a basis point in a whole.
const PARTS: u64 = 1_000_000;
/// A year of epochs of two days.
const EPOCHS: u64 = 182;
const YEARS: u64 = 20;
/// Tolerance and minimum delegation of a pool as recommended.
const TOLERANCE_BPS: u16 = 500;
const MINIMUM: u64 = SOL;

/// How far below its part an exit may leave a validator, beside tolerance and two minimums.
#[derive(Clone, Copy)]
enum Latitude {
    /// As far as one likes.
    Unbounded,
    /// One part in this many of all delegated stake; zero for nothing more.
    OneIn(u64),
}

const LATITUDES: [(&str, Latitude); 4] = [
    ("no rule", Latitude::Unbounded),
    ("0", Latitude::OneIn(0)),
    ("0.1%", Latitude::OneIn(1_000)),
    ("0.5%", Latitude::OneIn(200)),
];

impl Latitude {
    /// The most that one exit takes of one of `validators` that have the same.
    fn largest_exit(self, validators: u64) -> Result<u64> {
        let has = Floor(Ratio::new(1, validators)).apply(POOL)?;
        let (mut least, mut most) = (0, has.saturating_sub(MINIMUM));
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            if has - middle >= self.floor(validators, POOL - middle)? {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        Ok(least)
    }

    fn floor(self, validators: u64, delegated: u64) -> Result<u64> {
        let spread = Spread {
            weight: validators,
            cut_count: 0,
            cap: Bps::ALL,
        };
        let part = spread.part(1, Lamports::new(delegated))?.get();
        let tolerated = Floor(Bps::new(TOLERANCE_BPS)?.ratio()).apply(part)?;
        let below = match self {
            Self::Unbounded => return Ok(0),
            Self::OneIn(0) => 0,
            Self::OneIn(parts) => Floor(Ratio::new(1, parts)).apply(delegated)?,
        };
        Ok(part.saturating_sub(tolerated.max(below).max(2 * MINIMUM)))
    }
}

/// What `lamports` of stake win beyond the fee where their validator pays so much.
fn won(lamports: u64, paid: u64) -> Result<u64> {
    Floor(Ratio::new(paid.saturating_sub(FEE), PARTS)).apply(lamports)
}

/// The same numbers on every machine: Knuth's linear congruential sequence.
struct Chance(u64);

impl Chance {
    /// From one to a million.
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % 1_000_000 + 1
    }

    /// What tips add in an epoch, in hundredths of a basis point of the validator's stake: in one epoch
    /// of a thousand 10 basis points or more, in one of two thousand 20, and at most 30.
    fn tips(&mut self) -> u64 {
        (1_000_000 / self.next()).min(3_000)
    }
}

/// What all that is won in some years by taking from whoever earns more than the fee is, in
/// millionths of what the pool earns on average.
fn share_won(latitude: Latitude, validators: u64) -> Result<u64> {
    let most = latitude.largest_exit(validators)?;
    let mut chance = Chance(1);
    let mut sum = 0_u64;
    for _ in 0..EPOCHS * YEARS * validators {
        sum = sum.saturating_add(won(most, AVERAGE + chance.tips())?);
    }
    let earned = Floor(Ratio::new(AVERAGE, PARTS)).apply(POOL)? * EPOCHS * YEARS;
    Floor(Ratio::new(1_000_000, earned)).apply(sum)
}

fn sol(lamports: u64) -> String {
    let whole = lamports.checked_div(SOL).unwrap_or_default();
    let cents = (lamports % SOL).checked_div(SOL / 100).unwrap_or_default();
    format!("{whole}.{cents:02}")
}

fn main() -> Result<()> {
    println!("A pool of 100,000 SOL, of which all validators have the same.");
    println!(
        "validators  latitude  largest exit  won at 10 bps  won at 30 bps  share of the yield"
    );
    for validators in [1, 20, 100, 1_000] {
        for (name, latitude) in LATITUDES {
            let most = latitude.largest_exit(validators)?;
            let [ten, thirty] = [1_000, 3_000].map(|tips| won(most, AVERAGE + tips));
            println!(
                "{validators:>10}  {name:>8}  {:>12}  {:>13}  {:>13}  {:>14} ppm",
                sol(most),
                sol(ten?),
                sol(thirty?),
                share_won(latitude, validators)?,
            );
        }
    }
    Ok(())
}
