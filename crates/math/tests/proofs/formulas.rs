//! For every formula of the proofs: which numbers it is about, and the function that it stands for.

use sluice_math::{
    Bps, Ceil, Drip, EntryCharge, Finalize, Finalized, Floor, HighWater, InstantFee, Lamports,
    Ledger, Lst, MathError, Ratio, Result, RewardRate, Spread, queue_lamports, settlement,
    ticket_owed,
};

/// A formula, and the function that it stands for.
pub(crate) struct Formula {
    pub(crate) name: &'static str,
    /// Makes any numbers fit.
    pub(crate) fit: fn(&mut [u64]),
    /// What the code answers; `None` where it answers nothing.
    pub(crate) code: fn(&[u64]) -> Option<Result<u64>>,
}

pub(crate) const FORMULAS: &[Formula] = &[
    Formula {
        name: "floor_ratio",
        fit: |it| it[2] = it[2].max(1),
        code: |it| Some(Floor(Ratio::new(it[1], it[2])).apply(it[0])),
    },
    Formula {
        name: "ceil_ratio",
        fit: |it| it[2] = it[2].max(1),
        code: |it| Some(Ceil(Ratio::new(it[1], it[2])).apply(it[0])),
    },
    Formula {
        name: "minted",
        fit: |it| it[2] = it[2].max(1),
        code: |it| {
            let lamports = Lamports::new(it[0]);
            let quote = ledger(it[2], it[1]).deposit(lamports, Bps::ZERO, EntryCharge::NONE, 0);
            Some(quote.map(|quote| quote.minted.get()))
        },
    },
    Formula {
        name: "redeemed",
        fit: |it| at_most_whole(it, 0, 2),
        code: |it| {
            let redeemed = ledger(it[1], it[2]).redeem(Lst::new(it[0]), 0);
            Some(redeemed.map(|redeemed| redeemed.lamports.get()))
        },
    },
    Formula {
        name: "withheld_at",
        fit: |it| at_most_whole(it, 1, 2),
        code: |it| {
            Some(
                drip(it[0], it[2])
                    .withheld_at(it[2] - it[1])
                    .map(Lamports::get),
            )
        },
    },
    Formula {
        name: "withheld_without",
        fit: |it| at_most_whole(it, 1, 2),
        code: |it| {
            let left = drip(it[0], 1).without_share_of(Lst::new(it[1]), Lst::new(it[2]));
            Some(left.map(|left| left.withheld.get()))
        },
    },
    Formula {
        name: "charged",
        fit: |it| it[1] %= 10_001,
        code: |it| {
            let (pool, charge) = (ledger(1, 0), EntryCharge::NONE);
            let quote = pool.deposit(Lamports::new(it[0]), bps(it[1]), charge, 0);
            Some(quote.map(|quote| quote.fee.get()))
        },
    },
    Formula {
        name: "instant_fee",
        fit: |it| {
            // The product of three of them must fit 128 bits.
            it[2] = (it[2] >> 14).max(1);
            it[0] %= it[2] + 1;
            it[1] %= it[0] + 1;
            it[3] %= 10_001;
            it[4] %= it[3] + 1;
        },
        code: |it| {
            let fee = InstantFee {
                max: bps(it[3]),
                min: bps(it[4]),
                target: Lamports::new(it[2]),
            };
            let taken = Lamports::new(it[0] - it[1]);
            Some(fee.charge(taken, Lamports::new(it[0])).map(Lamports::get))
        },
    },
    Formula {
        name: "fee_lst",
        fit: |it| {
            it[0] %= it[1].saturating_add(1);
            it[2] = it[2].max(1);
        },
        code: |it| {
            let booked = all_is_fee(
                [it[1] - it[0], it[1]],
                it[2],
                HighWater::default(),
                Bps::ZERO,
            );
            Some(booked.map(|booked| booked.fee_lst.get()))
        },
    },
    Formula {
        name: "mark_worth",
        fit: |it| it[2] = it[2].max(1),
        code: |it| {
            let mark = HighWater {
                full: Lamports::new(it[1]),
                supply: Lst::new(it[2]),
            };
            // What is above the mark stays as a fee; what is left of all is the worth.
            let booked = all_is_fee([0, u64::MAX], it[0].max(1), mark, Bps::ALL);
            Some(match booked.map(|booked| booked.fee_kept.get()) {
                Ok(0) => Err(MathError::Overflow),
                above => above.map(|above| u64::MAX - above),
            })
            .filter(|_| it[0] > 0)
        },
    },
    Formula {
        name: "ticket_owed",
        fit: |it| it[2] = it[2].max(1),
        code: |it| {
            let [paid, ticket, batch] = [it[0], it[1], it[2]];
            let owed = ticket_owed(Lamports::new(paid), Lst::new(ticket), Lst::new(batch));
            Some(owed.map(Lamports::get))
        },
    },
    Formula {
        name: "part",
        fit: |it| {
            it[1] &= 0xffff;
            it[2] = it[2].max(it[1]).max(1);
        },
        code: |it| {
            let spread = Spread {
                weight: it[2],
                cut_count: 0,
                cap: Bps::ALL,
            };
            let weight = u16::try_from(it[1]).unwrap();
            Some(spread.part(weight, Lamports::new(it[0])).map(Lamports::get))
        },
    },
    Formula {
        name: "settled",
        fit: |it| it[3] = it[3].max(1),
        code: |it| {
            let [left, spendable, value, supply] = [it[0], it[1], it[2], it[3]];
            let (left, supply) = (Lst::new(left), Lst::new(supply));
            let settled = settlement(left, Lamports::new(spendable), Lamports::new(value), supply);
            // A crumb is not settled.
            settled.map(|lst| lst.map(Lst::get)).transpose()
        },
    },
    Formula {
        name: "queue_lamports",
        fit: |it| it[2] = it[2].max(1),
        code: |it| {
            let needs = queue_lamports(Lst::new(it[0]), Lamports::new(it[1]), Lst::new(it[2]));
            Some(needs.map(Lamports::get))
        },
    },
    Formula {
        name: "stake_exit_fee",
        fit: |it| {
            it[0] = it[0].max(1);
            it[1] %= 1_000_000_000_001;
            it[1] &= !1;
        },
        code: |it| {
            let pool = Ledger {
                staked: Lamports::new(it[0]),
                supply: Lst::new(it[0]),
                ..Ledger::default()
            };
            let exit = pool.stake_exit(pool.supply, 0, Bps::ZERO, half(it[1]));
            Some(exit.map(|exit| exit.fee.get()))
        },
    },
    Formula {
        name: "lst_for_stake",
        fit: |it| {
            // What the account is worth with its fee must fit 64 bits.
            it[0] %= 1 << 50;
            it[1] %= 999_900_000_000;
            it[1] &= !1;
            it[2] = it[2].max(1);
        },
        code: |it| {
            let pool = ledger(it[2], it[3]);
            let lst = pool.lst_for_stake(Lamports::new(it[0]), 0, Bps::ZERO, half(it[1]));
            Some(lst.map(Lst::get))
        },
    },
];

fn ledger(full: u64, supply: u64) -> Ledger {
    Ledger {
        reserve: Lamports::new(full),
        supply: Lst::new(supply),
        ..Ledger::default()
    }
}

fn drip(withheld: u64, end_slot: u64) -> Drip {
    Drip {
        withheld: Lamports::new(withheld),
        start_slot: 0,
        end_slot,
    }
}

fn bps(bps: u64) -> Bps {
    Bps::new(u16::try_from(bps).unwrap()).unwrap()
}

/// The rate of which an exit takes twice as much.
fn half(parts: u64) -> RewardRate {
    RewardRate::new(parts >> 1)
}

/// Makes one number at least 1, and another one no more than that.
fn at_most_whole(it: &mut [u64], part: usize, whole: usize) {
    it[whole] = it[whole].max(1);
    it[part] = it[part].min(it[whole]);
}

/// A finalize of a pool that owned the first and owns the second, with a fee of all that is above the
/// mark.
fn all_is_fee(
    full: [u64; 2],
    supply: u64,
    high_water: HighWater,
    holder_share: Bps,
) -> Result<Finalized> {
    let high_water = HighWater {
        supply: high_water.supply.max(Lst::new(1)),
        ..high_water
    };
    let finalize = Finalize {
        ledger: ledger(full[0], supply),
        mint_supply: Lst::new(supply),
        observed_staked: Lamports::ZERO,
        observed_reserve: Lamports::new(full[1]),
        slot: 0,
        slots_per_epoch: 1,
        epochs_elapsed: 1,
        high_water,
        reward_fee: Bps::ALL,
        holder_share,
        drip_bound: Bps::ALL,
        breaker_bound: Bps::ALL,
        unrestored: Lamports::ZERO,
        tripped: false,
    };
    finalize.book()
}
