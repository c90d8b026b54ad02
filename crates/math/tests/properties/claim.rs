use proptest::prelude::*;
use sluice_math::{Claim, Lamports, Lst, ticket_unpaid};

use crate::worlds::{MOST, up_to};

/// A settled or unsettled batch, its tickets, and what of them was claimed.
#[derive(Clone, Debug)]
struct Batch {
    tickets: Vec<(u64, Lamports)>,
    lst: Lst,
    paid: Lamports,
    claimed: Lamports,
    settled: bool,
}

impl Batch {
    fn claim(&self, index: usize, payable: u64) -> Claim {
        let (lst, claimed) = self.tickets[index];
        Claim {
            ticket: Lst::new(lst),
            ticket_claimed: claimed,
            batch: self.lst,
            paid: self.paid,
            claimed: self.claimed,
            tickets: u64::try_from(self.tickets.len()).unwrap(),
            settled: self.settled,
            payable: Lamports::new(payable),
        }
    }
}

fn batches() -> impl Strategy<Value = Batch> {
    let tickets = prop::collection::vec(up_to(MOST / 16).prop_map(|lst| lst.max(1)), 1..8);
    (tickets, up_to(MOST), any::<bool>()).prop_map(|(tickets, paid, settled)| Batch {
        lst: Lst::new(tickets.iter().sum()),
        tickets: tickets
            .into_iter()
            .map(|lst| (lst, Lamports::ZERO))
            .collect(),
        paid: Lamports::new(paid),
        claimed: Lamports::ZERO,
        settled,
    })
}

proptest! {
    #[test]
    fn claimed(batch in batches(), index in any::<prop::sample::Index>(), payable in up_to(MOST)) {
        let index = index.index(batch.tickets.len());
        let claim = batch.claim(index, payable);
        let unpaid = ticket_unpaid(claim.paid, claim.ticket, claim.batch, claim.ticket_claimed).unwrap();
        let Some(payout) = claim.payout().unwrap() else {
            let nothing = unpaid.is_zero() || payable == 0;
            prop_assert!(nothing, "what is owed and there is paid");
            return Ok(());
        };
        prop_assert_eq!(payout.lamports, unpaid.min(Lamports::new(payable)));
        prop_assert!(payout.closes || !payout.lamports.is_zero(), "a claim changes something");
        if payout.closes {
            prop_assert!(batch.settled && payout.lamports == unpaid, "nothing is owed any more");
        }
        let is_last = batch.tickets.len() == 1;
        prop_assert_eq!(payout.dust.is_some(), payout.closes && is_last);
        let leaves = payout.lamports.add(payout.dust.unwrap_or_default()).unwrap();
        prop_assert!(leaves.get() <= payable, "the vault has it");
    }

    /// The vault's last lamport is enough.
    #[test]
    fn a_settled_ticket_closes_where_the_vault_has_just_what_leaves(
        batch in batches(),
        index in any::<prop::sample::Index>(),
    ) {
        let batch = Batch { settled: true, ..batch };
        let index = index.index(batch.tickets.len());
        let closing = batch.claim(index, MOST).payout().unwrap().unwrap();
        let leaves = closing.lamports.add(closing.dust.unwrap_or_default()).unwrap();
        prop_assert_eq!(batch.claim(index, leaves.get()).payout().unwrap(), Some(closing));
        if let Some(less) = leaves.get().checked_sub(1) {
            let payout = batch.claim(index, less).payout().unwrap();
            prop_assert!(payout.is_none_or(|payout| !payout.closes));
        }
    }

    /// Whatever the vault has at each claim: once the batch is settled all of it leaves, and what
    /// rounding left is less than one lamport for each ticket.
    #[test]
    fn a_settled_batch_leaves_nothing_behind(
        batch in batches(),
        order in prop::collection::vec((any::<usize>(), up_to(MOST)), 20),
    ) {
        let mut batch = Batch { settled: true, ..batch };
        let count = u64::try_from(batch.tickets.len()).unwrap();
        let rich = vec![(0, MOST); batch.tickets.len()];
        let mut dust = None;
        for (index, payable) in order.into_iter().chain(rich) {
            prop_assert!(dust.is_none(), "no ticket is left");
            let index = index % batch.tickets.len();
            let Some(payout) = batch.claim(index, payable).payout().unwrap() else {
                continue;
            };
            batch.claimed = batch.claimed.add(payout.lamports).unwrap();
            let ticket = &mut batch.tickets[index];
            ticket.1 = ticket.1.add(payout.lamports).unwrap();
            if payout.closes {
                batch.tickets.remove(index);
            }
            dust = payout.dust;
            if dust.is_some() {
                break;
            }
        }
        let dust = dust.unwrap();
        prop_assert_eq!(batch.claimed.add(dust).unwrap(), batch.paid);
        prop_assert!(dust.get() < count);
    }
}
