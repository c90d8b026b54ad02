use std::cell::{Cell, RefCell};

use bytemuck::Zeroable;
use sluice::state::{Pool, Ticket, VERSION};
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::*;
use crate::{
    ClientError, Fetched, Filter, decode,
    fixture::{Fixture, SOL},
    pool::snapshot::ATTEMPTS,
};

/// A node whose pool changes with its calls, which it counts.
struct Node<F> {
    fixture: RefCell<Fixture>,
    calls: Cell<usize>,
    change: F,
}

impl<F: Fn(&mut Fixture, usize)> Node<F> {
    fn new(fixture: Fixture, change: F) -> Self {
        Self {
            fixture: RefCell::new(fixture),
            calls: Cell::new(0),
            change,
        }
    }

    fn count(&self) -> usize {
        let calls = self.calls.get() + 1;
        self.calls.set(calls);
        calls
    }
}

impl<F: Fn(&mut Fixture, usize)> AccountSource for Node<F> {
    fn accounts(&self, addresses: &[Pubkey], min_slot: Option<u64>) -> Result<Fetched> {
        let calls = self.count();
        let fetched = self.fixture.borrow().accounts(addresses, min_slot)?;
        (self.change)(&mut self.fixture.borrow_mut(), calls);
        Ok(fetched)
    }

    fn program_accounts(
        &self,
        program: &Pubkey,
        bytes: Option<usize>,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>> {
        self.count();
        let fixture = self.fixture.borrow();
        fixture.program_accounts(program, bytes, filters)
    }

    fn minimum_delegation_lamports(&self, payer: &Pubkey) -> Option<u64> {
        self.fixture.borrow().minimum_delegation_lamports(payer)
    }
}

fn put_tickets(fixture: &mut Fixture, count: u64) {
    for number in 0..count {
        let mut ticket = Ticket::zeroed();
        ticket.version = VERSION;
        ticket.pool = fixture.addresses.pool;
        ticket.number = number;
        ticket.lst = 1;
        fixture.put(Pubkey::new_unique(), &ticket);
    }
}

#[test]
fn ten_thousand_accounts_take_a_bounded_number_of_calls() {
    let mut fixture = Fixture::new(2_016, 2 * SOL, SOL);
    fixture.lock_batch(6_000);
    fixture.batches[0].tickets = 6_000;
    put_tickets(&mut fixture, 6_000);
    let addresses = fixture.addresses;
    let node = Node::new(fixture, |_, _| {});
    let evidence = Evidence::gather(&node, &addresses).unwrap();
    assert!(evidence.accounts.len() > 10_000);
    // Two for the pool, the program (there is none), 41 for stakes and batches, 60 for tickets, two
    // searches.
    assert_eq!(node.calls.get(), 2 + 1 + 41 + 60 + 2);
    let report = verify(&evidence, &Expected::default()).unwrap();
    for subject in [
        Subject::Backing,
        Subject::StakeAccounts,
        Subject::UnlistedStake,
        Subject::Validators,
        Subject::Staked,
        Subject::Batches,
        Subject::Tickets,
    ] {
        let check = report.check(subject).unwrap();
        assert_eq!(check.verdict(), Verdict::Ok, "{check:?}");
    }
}

#[test]
fn a_pool_that_moves_while_it_is_read_is_read_again() {
    let fixture = Fixture::new(2, 5 * SOL, SOL);
    let addresses = fixture.addresses;
    // The fourth call reads the stakes.
    let node = Node::new(fixture, |fixture, calls| {
        if calls == 3 {
            fixture.slot += 1;
            fixture.deactivate_part(0, 2 * SOL, crate::fixture::EPOCH);
        }
    });
    let evidence = Evidence::gather(&node, &addresses).unwrap();
    assert_eq!((evidence.from_slot, evidence.slot), (10_101, 10_101));
    let report = verify(&evidence, &Expected::default()).unwrap();
    for subject in [Subject::StakeAccounts, Subject::Staked, Subject::Backing] {
        let check = report.check(subject).unwrap();
        assert_eq!(check.verdict(), Verdict::Ok, "{check:?}");
    }
}

#[test]
fn an_epoch_that_begins_meanwhile_is_no_moment_to_compare() {
    let fixture = Fixture::new(1, 5 * SOL, SOL);
    let addresses = fixture.addresses;
    let node = Node::new(fixture, |fixture, _| {
        fixture.slot += crate::fixture::SLOTS_PER_EPOCH;
    });
    let refused = Evidence::gather(&node, &addresses).unwrap_err();
    assert!(matches!(
        refused,
        ClientError::Inconsistent { attempts: ATTEMPTS }
    ));
}

#[test]
fn tickets_that_an_index_learns_of_late_are_no_lie() {
    let mut fixture = Fixture::new(1, 5 * SOL, SOL);
    fixture.lock_batch(1);
    let addresses = fixture.addresses;
    let node = Node::new(fixture, |fixture, calls| {
        if calls == 6 {
            put_tickets(fixture, 1);
        }
    });
    let (_, report) = examine(&node, &addresses, &Expected::default(), |_| {}).unwrap();
    let check = report.check(Subject::Tickets).unwrap();
    assert_eq!(check.verdict(), Verdict::Ok, "{check:?}");
    assert!(node.calls.get() > 6);
}

#[test]
fn two_nodes_that_show_the_same_agree_and_others_do_not() {
    let honest = Fixture::new(2, 5 * SOL, SOL);
    let addresses = honest.addresses;
    let read = || examine(&honest, &addresses, &Expected::default(), |_| {});
    let verdict = |other: &Fixture| {
        let (_, report) = confirmed(read, &[("https://other", other)]).unwrap();
        let check = report.check(Subject::SecondNode).unwrap();
        (check.verdict(), check.says())
    };
    assert_eq!(verdict(&honest).0, Verdict::Ok);

    let mut lying = honest.clone();
    let main = lying.pages[0].slots[0].main;
    lying.others.get_mut(&main).unwrap().lamports += 1;
    let (worst, says) = verdict(&lying);
    assert_eq!(worst, Verdict::Fail);
    assert!(says.contains("https://other") && says.contains(&main.to_string()));

    let mut moved = honest.clone();
    moved.pool.open_lst += 1;
    assert_eq!(verdict(&moved).0, Verdict::Notice);
    moved.pool.admin = Pubkey::new_unique();
    assert_eq!(verdict(&moved).0, Verdict::Fail);

    let mut silent = honest.clone();
    silent.pool.version = VERSION + 1;
    let (worst, says) = verdict(&silent);
    assert_eq!(worst, Verdict::Warning);
    assert!(says.contains("gave no answer"), "{says}");
}

#[test]
fn what_was_shown_once_and_confirmed_by_nobody_is_not_reported() {
    let honest = Fixture::new(2, 5 * SOL, SOL);
    let (addresses, admin) = (honest.addresses, honest.pool.admin);
    let mut lie = honest.clone();
    lie.pool.admin = Pubkey::new_unique();
    let readings = Cell::new(0);
    let read = || {
        readings.set(readings.get() + 1);
        let source = if readings.get() == 1 { &lie } else { &honest };
        examine(source, &addresses, &Expected::default(), |_| {})
    };
    let (evidence, report) = confirmed(read, &[("https://other", &honest)]).unwrap();
    let shown: Pool = decode(&addresses.pool, evidence.account(&addresses.pool).unwrap()).unwrap();
    assert_eq!((shown.admin, readings.get()), (admin, 2));
    let check = report.check(Subject::SecondNode).unwrap();
    assert_eq!(check.verdict(), Verdict::Ok);
}

#[test]
fn a_pool_of_a_later_epoch_than_the_clock_is_a_lie_and_one_without_weight_a_warning() {
    let verdict = |fixture: &Fixture, subject| {
        let addresses = &fixture.addresses;
        let (_, report) = examine(fixture, addresses, &Expected::default(), |_| {}).unwrap();
        report.check(subject).unwrap().verdict()
    };
    let honest = Fixture::new(2, 5 * SOL, SOL);
    assert!(verdict(&honest, Subject::Open) < Verdict::Fail);
    assert_eq!(verdict(&honest, Subject::Weights), Verdict::Ok);
    let mut ahead = honest.clone();
    ahead.pool.finalized_epoch = crate::fixture::EPOCH + 1;
    assert_eq!(verdict(&ahead, Subject::Open), Verdict::Fail);

    let mut weightless = honest;
    weightless.pool.total_weight = 0;
    for page in &mut weightless.pages {
        page.total_weight = 0;
        page.slots.iter_mut().for_each(|slot| slot.weight = 0);
    }
    assert_eq!(verdict(&weightless, Subject::Weights), Verdict::Warning);
}

#[test]
fn the_superminority_is_the_fewest_with_more_than_a_third() {
    let votes: Vec<Pubkey> = (0..5).map(|_| Pubkey::new_unique()).collect();
    let largest = |stakes: [u64; 5]| {
        let all = votes.iter().copied().zip(stakes);
        let largest = superminority(all);
        votes
            .iter()
            .map(|vote| largest.contains(vote))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        largest([10, 50, 20, 10, 10]),
        [false, true, false, false, false]
    );
    // A third is not more than a third.
    assert_eq!(
        largest([30, 20, 25, 10, 5]),
        [true, false, true, false, false]
    );
    assert_eq!(largest([0; 5]), [true; 5]);
    assert!(superminority([]).is_empty());
}
