use proptest::prelude::*;
use sluice_math::{
    Lamports, Lst, MIN_SETTLEMENT_SHARE, MathError, queue_lamports, settlement, ticket_owed,
    ticket_unpaid,
};

use crate::{
    exact::{ceil, fits, floor},
    worlds::{MOST, amounts, up_to},
};

/// Locked LST is part of the supply.
fn locked_of_supply() -> impl Strategy<Value = (u64, u64)> {
    (1..=u64::MAX, amounts()).prop_map(|(supply, locked)| (locked.min(supply), supply))
}

/// The tickets of a batch.
fn tickets() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(
        prop_oneof![3 => 1..=5_u64, 3 => up_to(MOST / 16).prop_map(|lst| lst.max(1))],
        1..8,
    )
}

proptest! {
    #[test]
    fn queue((locked, supply) in locked_of_supply(), value in amounts()) {
        let needed = queue_lamports(Lst::new(locked), Lamports::new(value), Lst::new(supply));
        prop_assert_eq!(needed.map(Lamports::get), fits(ceil(locked, value, supply)));
        let nothing = queue_lamports(Lst::new(locked), Lamports::new(value), Lst::ZERO);
        prop_assert_eq!(nothing, Err(MathError::DivisionByZero));
    }

    #[test]
    fn settled(
        (batch, supply) in locked_of_supply(),
        settled in amounts(),
        spendable in amounts(),
        value in amounts(),
    ) {
        let left = batch.saturating_sub(settled);
        let (spendable, value) = (Lamports::new(spendable), Lamports::new(value));
        let supply = Lst::new(supply);
        let paid = settlement(Lst::new(left), spendable, value, supply).unwrap();

        let payable = if value.is_zero() {
            u128::from(left)
        } else {
            floor(spendable.get(), supply.get(), value.get()).min(u128::from(left))
        };
        let all = payable == u128::from(left);
        let least = u128::from(left).div_ceil(u128::from(MIN_SETTLEMENT_SHARE));
        match paid {
            None => prop_assert!(left == 0 || (!all && payable < least)),
            Some(lst) => {
                prop_assert_eq!(u128::from(lst.get()), payable);
                prop_assert!(!lst.is_zero() && (all || payable >= least));
                let lamports = floor(lst.get(), value.get(), supply.get());
                prop_assert!(lamports <= u128::from(spendable.get()), "the reserve has it");
            }
        }
    }

    #[test]
    fn ticket(
        tickets in tickets(),
        payments in prop::collection::vec(up_to(MOST / 16), 1..5),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let batch = Lst::new(tickets.iter().sum());
        let mut claimed = vec![Lamports::ZERO; tickets.len()];
        let mut paid = Lamports::ZERO;
        let mut claims = order.iter();
        for payment in &payments {
            paid = paid.add(Lamports::new(*payment)).unwrap();
            for index in claims.by_ref().take(10) {
                let index = index.index(tickets.len());
                let ticket = Lst::new(tickets[index]);
                let unpaid = ticket_unpaid(paid, ticket, batch, claimed[index]).unwrap();
                claimed[index] = claimed[index].add(unpaid).unwrap();
            }
            let sum: u64 = claimed.iter().map(|lamports| lamports.get()).sum();
            prop_assert!(sum <= paid.get(), "never more than was paid in");
        }
        let owed = tickets.iter().map(|lst| ticket_owed(paid, Lst::new(*lst), batch).unwrap());
        let mut sum = 0;
        for ((owed, lst), claimed) in owed.zip(&tickets).zip(&claimed) {
            prop_assert_eq!(u128::from(owed.get()), floor(paid.get(), *lst, batch.get()));
            prop_assert!(owed >= *claimed, "claiming early or in parts costs nothing");
            sum += owed.get();
        }
        let dust = paid.get() - sum;
        prop_assert!(dust < u64::try_from(tickets.len()).unwrap(), "dust: under one lamport each");
    }
}

/// A batch that waits for all of it would let one giant hold everybody; one that settles in
/// crumbs would never end. The least part each time ends even the largest batch.
#[test]
fn a_batch_is_paid_in_few_parts() {
    let price = (Lamports::new(MOST), Lst::new(MOST));
    let (mut left, mut parts) = (Lst::new(MOST), 0);
    while !left.is_zero() {
        let least = left.get().div_ceil(MIN_SETTLEMENT_SHARE);
        let too_little = settlement(left, Lamports::new(least - 1), price.0, price.1);
        assert_eq!(too_little, Ok(None));
        let paid = settlement(left, Lamports::new(least), price.0, price.1);
        left = left.sub(paid.unwrap().unwrap()).unwrap();
        parts += 1;
    }
    assert!(parts < 700, "{parts} parts");
}

/// Left with its drip, the last crumb of a batch is short of its lamports every time: what is
/// there is paid.
#[test]
fn the_last_crumb_of_a_batch_is_paid_as_far_as_it_goes() {
    let left = Lst::new(4_647_598_530);
    let value = Lamports::new(248_765_000_000);
    let supply = Lst::new(11_093_021_552);
    let paid = settlement(left, Lamports::new(103_071_108_308), value, supply);
    let paid = paid.unwrap().unwrap();
    assert!(paid < left && paid.get() > left.get() / 100 * 98);
}
