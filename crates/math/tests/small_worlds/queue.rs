use sluice_math::{
    Claim, Lamports, Lst, MIN_SETTLEMENT_SHARE, queue_lamports, settlement, ticket_owed,
};

use crate::world::{SCALES, size, tell};

/// Three tickets, whatever they hold, never get more than their batch was paid, and lack less than a
/// lamport each.
#[test]
fn tickets_together_get_no_more_than_their_batch_was_paid() {
    let most = size(12, 40);
    let mut inputs = 0;
    for scale in SCALES {
        for first in 1..most {
            for second in 1..most {
                for third in 0..most {
                    let tickets = [first, second, third].map(|lst| Lst::new(lst * scale.pool));
                    let batch = Lst::new((first + second + third) * scale.pool);
                    for paid in (0..most).map(|paid| Lamports::new(paid * scale.amount)) {
                        inputs += 1;
                        let owed = tickets.map(|ticket| ticket_owed(paid, ticket, batch).unwrap());
                        let sum: u64 = owed.map(Lamports::get).iter().sum();
                        assert!(
                            sum <= paid.get() && paid.get() < sum + 3,
                            "{tickets:?} {paid:?}"
                        );
                    }
                }
            }
        }
    }
    tell("batches of three tickets", inputs);
}

/// Two tickets claim in either order, before and after the last payment, from a vault that may be
/// short: all that was paid is paid on, to the last lamport, and no ticket gets more in parts.
#[test]
fn claims_in_any_order_pay_out_exactly_what_was_paid() {
    let most = size(8, 20);
    let mut inputs = 0;
    for (tickets, is_first_last) in (1..most)
        .flat_map(|one| (1..most).map(move |other| [one, other]))
        .flat_map(|tickets| [false, true].map(|order| (tickets, order)))
    {
        for paid in 0..most {
            for early in 0..=paid {
                for short in 0..=early {
                    inputs += 1;
                    let mut batch = Batch::of(tickets);
                    batch.pay(early, false);
                    batch.claim(0, early - short);
                    batch.pay(paid, true);
                    let order = if is_first_last { [1, 0] } else { [0, 1] };
                    for index in order {
                        batch.claim(index, paid - batch.claimed.iter().sum::<u64>());
                    }
                    let whole: u64 = tickets.iter().sum();
                    for (index, ticket) in tickets.iter().enumerate() {
                        let owed = (paid * ticket).checked_div(whole).unwrap();
                        assert_eq!(
                            batch.claimed[index], owed,
                            "{tickets:?} {paid} {early} {short}"
                        );
                    }
                    let sum: u64 = batch.claimed.iter().sum();
                    assert_eq!(
                        batch.dust,
                        Some(paid - sum),
                        "{tickets:?} {paid} {early} {short}"
                    );
                }
            }
        }
    }
    tell("orders of claims", inputs);
}

/// A batch of two tickets.
struct Batch {
    lst: [u64; 2],
    claimed: [u64; 2],
    is_open: [bool; 2],
    paid: u64,
    is_settled: bool,
    dust: Option<u64>,
}

impl Batch {
    fn of(lst: [u64; 2]) -> Self {
        Self {
            lst,
            claimed: [0; 2],
            is_open: [true; 2],
            paid: 0,
            is_settled: false,
            dust: None,
        }
    }

    fn pay(&mut self, paid: u64, is_settled: bool) {
        (self.paid, self.is_settled) = (paid, is_settled);
    }

    fn claim(&mut self, index: usize, payable: u64) {
        assert!(self.is_open[index] && self.dust.is_none());
        let claim = Claim {
            ticket: Lst::new(self.lst[index]),
            ticket_claimed: Lamports::new(self.claimed[index]),
            batch: Lst::new(self.lst.iter().sum()),
            paid: Lamports::new(self.paid),
            claimed: Lamports::new(self.claimed.iter().sum()),
            tickets: self
                .is_open
                .iter()
                .filter(|is_open| **is_open)
                .count()
                .try_into()
                .unwrap(),
            settled: self.is_settled,
            payable: Lamports::new(payable),
        };
        let Some(payout) = claim.payout().unwrap() else {
            return;
        };
        assert!(payout.lamports.get() <= payable);
        self.claimed[index] += payout.lamports.get();
        self.is_open[index] = !payout.closes;
        self.dust = payout.dust.map(Lamports::get);
    }
}

/// What settles can be paid, is no crumb, and never less than what there is lamports for.
#[test]
fn what_settles_can_be_paid() {
    let most = size(20, 56);
    let mut inputs = 0;
    for scale in SCALES {
        for (value, supply) in (0..most).flat_map(|one| (1..most).map(move |other| (one, other))) {
            let (value, supply) = (value * scale.pool, supply * scale.pool);
            for (left, spendable) in
                (0..most).flat_map(|one| (0..most).map(move |other| (one, other)))
            {
                inputs += 1;
                let (left, spendable) = (left * scale.amount, spendable * scale.amount);
                let lst = settlement(
                    Lst::new(left),
                    Lamports::new(spendable),
                    Lamports::new(value),
                    Lst::new(supply),
                );
                let wide = u128::from;
                let buys = |lst: u64| wide(lst) * wide(value) <= wide(spendable) * wide(supply);
                match lst.unwrap().map(Lst::get) {
                    Some(lst) => {
                        assert!(lst > 0 && lst <= left && buys(lst));
                        assert!(lst == left || !buys(lst + 1), "all that can be paid");
                        assert!(lst == left || lst * MIN_SETTLEMENT_SHARE >= left);
                    }
                    None => {
                        let least = left.div_ceil(MIN_SETTLEMENT_SHARE).max(1);
                        assert!(
                            left == 0 || !buys(least),
                            "{left} {spendable} {value} {supply}"
                        );
                    }
                }
            }
        }
    }
    tell("settlements of a batch", inputs);
}

/// What is kept ready for two batches is enough for both, and for each.
#[test]
fn what_the_queue_needs_is_enough() {
    let most = size(20, 56);
    let mut inputs = 0;
    for scale in SCALES {
        for (full, supply) in (0..most).flat_map(|one| (1..most).map(move |other| (one, other))) {
            let (full, supply) = (full * scale.pool, supply * scale.pool);
            for (one, other) in (0..most).flat_map(|one| (0..most).map(move |other| (one, other))) {
                inputs += 1;
                let needs = |lst: u64| {
                    let lst = Lst::new(lst * scale.amount);
                    queue_lamports(lst, Lamports::new(full), Lst::new(supply))
                        .unwrap()
                        .get()
                };
                let both = needs(one + other);
                assert!(both <= needs(one) + needs(other) && both >= needs(one));
                let worth = u128::from((one + other) * scale.amount) * u128::from(full);
                let needed = u128::from(both) * u128::from(supply);
                assert!(needed >= worth && needed < worth + u128::from(supply));
            }
        }
    }
    tell("needs of the queue", inputs);
}
