//! What is tried, and how much of it there was.

use sluice_math::{Drip, Lamports, Ledger, Lst};

/// How much larger than its small numbers a pool is, and what comes in or goes out.
pub(crate) const SCALES: [Scale; 3] = [
    Scale { pool: 1, amount: 1 },
    // Dust in a pool so large that a product with its numbers may take more than 64 bits.
    Scale {
        pool: 1 << 56,
        amount: 1,
    },
    // Every product takes more than 64 bits, and no sum does.
    Scale {
        pool: 1 << 50,
        amount: 1 << 50,
    },
];

/// Slots that a drip takes.
const DRIP_SLOTS: u64 = 3;

/// What small numbers are multiplied with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) pool: u64,
    pub(crate) amount: u64,
}

impl Scale {
    /// How many steps of this scale there are up to an amount, `most` at most.
    pub(crate) fn steps_to(self, amount: u64, most: u64) -> u64 {
        (amount / self.amount).min(most)
    }
}

/// The size of a world: the first, or the second where `SLUICE_WIDE` is set.
pub(crate) fn size(usual: u64, wide: u64) -> u64 {
    if std::env::var_os("SLUICE_WIDE").is_some() {
        wide
    } else {
        usual
    }
}

/// Says how many inputs were tried. None would prove nothing.
pub(crate) fn tell(world: &str, inputs: u64) {
    assert!(inputs > 0);
    println!("{world}: {inputs} inputs");
}

/// Every ledger whose numbers are below `size`, times `scale`, with every slot of its drip. What is
/// unreleased is part of what the pool owns.
pub(crate) fn ledgers(size: u64, scale: u64) -> impl Iterator<Item = (Ledger, u64)> {
    let parts = move |full: u64| {
        (0..=full).flat_map(move |withheld| {
            (0..=full - withheld).map(move |pending| (full, withheld, pending))
        })
    };
    (0..size)
        .flat_map(parts)
        .flat_map(move |(full, withheld, pending)| {
            // Of a drip without lamports no slot differs from another.
            let slots = if withheld == 0 { 0..=0 } else { 0..=DRIP_SLOTS };
            (1..size).flat_map(move |supply| {
                slots.clone().map(move |slot| {
                    let ledger = Ledger {
                        reserve: Lamports::new(full * scale),
                        drip: Drip {
                            withheld: Lamports::new(withheld * scale),
                            start_slot: 0,
                            end_slot: DRIP_SLOTS,
                        },
                        pending: Lamports::new(pending * scale),
                        supply: Lst::new(supply * scale),
                        ..Ledger::default()
                    };
                    (ledger, slot)
                })
            })
        })
}

/// Both prices: lamports and LST, which are compared by their cross product.
pub(crate) type Price = (u128, u128);

/// What the pool owns, per LST.
pub(crate) fn full_price(ledger: &Ledger) -> Price {
    (
        ledger.full().unwrap().get().into(),
        ledger.supply.get().into(),
    )
}

/// What exits share, per LST.
pub(crate) fn exit_price(ledger: &Ledger, slot: u64) -> Price {
    (
        ledger.value(slot).unwrap().get().into(),
        ledger.supply.get().into(),
    )
}

/// Whether a price has not fallen.
pub(crate) fn holds(before: Price, after: Price) -> bool {
    after.0 * before.1 >= before.0 * after.1
}

/// Whether `quotient` is `amount x numerator / denominator`, rounded down.
pub(crate) fn is_floor(quotient: u64, amount: u64, numerator: u64, denominator: u64) -> bool {
    let [quotient, amount] = [quotient, amount].map(u128::from);
    let [numerator, denominator] = [numerator, denominator].map(u128::from);
    let product = amount * numerator;
    quotient * denominator <= product && product < (quotient + 1) * denominator
}

/// The ledger after lamports were paid from its reserve.
pub(crate) fn pay(ledger: Ledger, lamports: Lamports) -> Ledger {
    Ledger {
        reserve: ledger.reserve.sub(lamports).unwrap(),
        ..ledger
    }
}
