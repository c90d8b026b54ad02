use std::cell::{Cell, RefCell};

use bytemuck::Zeroable;
use sluice::state::{Ticket, VERSION};

use super::*;
use crate::{
    Filter,
    fixture::{EPOCH, Fixture, SOL},
    pool::accounts,
};

/// A node on which something happens after every call.
struct Changing<F: Fn(&mut Fixture, usize)> {
    fixture: RefCell<Fixture>,
    calls: Cell<usize>,
    change: F,
}

impl<F: Fn(&mut Fixture, usize)> Changing<F> {
    fn new(fixture: Fixture, change: F) -> Self {
        Self {
            fixture: RefCell::new(fixture),
            calls: Cell::new(0),
            change,
        }
    }
}

impl<F: Fn(&mut Fixture, usize)> AccountSource for Changing<F> {
    fn accounts(&self, addresses: &[Pubkey], min_slot: Option<u64>) -> Result<Fetched> {
        let fetched = self.fixture.borrow().accounts(addresses, min_slot)?;
        assert!(min_slot.is_none_or(|slot| slot <= fetched.slot));
        self.calls.set(self.calls.get() + 1);
        (self.change)(&mut self.fixture.borrow_mut(), self.calls.get());
        Ok(fetched)
    }

    fn program_accounts(
        &self,
        program: &Pubkey,
        bytes: Option<usize>,
        filters: &[Filter],
    ) -> Result<Vec<(Pubkey, Account)>> {
        let fixture = self.fixture.borrow();
        fixture.program_accounts(program, bytes, filters)
    }

    fn minimum_delegation_lamports(&self, payer: &Pubkey) -> Option<u64> {
        self.fixture.borrow().minimum_delegation_lamports(payer)
    }
}

#[test]
fn a_view_has_everything_of_the_pool() {
    let mut fixture = Fixture::new(70, 2 * SOL, SOL);
    fixture.lock_batch(SOL);
    fixture.retire(3, Pubkey::new_unique());
    let snapshot = fixture.snapshot();
    assert_eq!(snapshot.pool, fixture.pool);
    assert_eq!(snapshot.pages, fixture.pages);
    assert_eq!(snapshot.batches, fixture.batches);
    assert_eq!(snapshot.slots().count(), 70);
    assert_eq!((snapshot.stakes.len(), snapshot.votes.len()), (140, 70));
    assert_eq!(snapshot.markers.len(), 1);
    assert_eq!(snapshot.reserve.get(), fixture.pool.reserve_lamports);
    assert_eq!(snapshot.mint_supply.get(), fixture.pool.lst_supply);
    assert_eq!(snapshot.cluster.clock.epoch, EPOCH);
    assert!(snapshot.is_fresh());
    let mut pages = snapshot.pages_for_new_validators();
    assert_eq!(pages.by_ref().take(42).collect::<Vec<_>>(), [1; 42]);
    assert_eq!(pages.by_ref().take(56).collect::<Vec<_>>(), [2; 56]);
    assert_eq!(pages.next(), Some(3));
}

#[test]
fn a_batch_that_opens_while_the_pool_is_read_is_part_of_the_view() {
    let source = Changing::new(Fixture::new(1, SOL, SOL), |fixture, call| {
        if call == 1 {
            fixture.lock_batch(SOL);
        }
    });
    let addresses = source.fixture.borrow().addresses;
    let snapshot = PoolSnapshot::load(&source, &addresses).unwrap();
    assert_eq!(snapshot.batches.len(), 1);
    assert_eq!(snapshot.pool.open_batch, 1);
}

#[test]
fn stakes_that_moved_while_they_were_read_are_read_again() {
    let source = Changing::new(Fixture::new(2, 5 * SOL, SOL), |fixture, call| {
        // The third call reads the stakes; the move is seen when the books are read once more.
        if call == 3 {
            fixture.slot += 1;
            fixture.deactivate_part(0, 2 * SOL, EPOCH);
        }
    });
    let addresses = source.fixture.borrow().addresses;
    let snapshot = PoolSnapshot::with_stakes(&source, &addresses).unwrap();
    for placed in snapshot.slots() {
        let main = snapshot.stakes[&placed.place.main];
        assert_eq!(main.lamports.get(), placed.slot.main_lamports);
    }
    assert_eq!(snapshot.pool.deactivating_lamports, 2 * SOL);
}

#[test]
fn a_pool_that_never_rests_is_an_error() {
    let source = Changing::new(Fixture::new(1, SOL, SOL), |fixture, _| {
        fixture.pages[0].earning_lamports += 1;
    });
    let addresses = source.fixture.borrow().addresses;
    let error = PoolSnapshot::with_stakes(&source, &addresses).unwrap_err();
    assert!(matches!(
        error,
        ClientError::Inconsistent { attempts: ATTEMPTS }
    ));
}

#[test]
fn a_pool_is_found_by_its_address_and_by_its_mint() {
    let fixture = Fixture::new(1, SOL, 0);
    let addresses = fixture.addresses;
    assert_eq!(resolve_pool(&fixture, &addresses.pool).unwrap(), addresses);
    assert_eq!(resolve_pool(&fixture, &addresses.mint).unwrap(), addresses);
    let nothing = resolve_pool(&fixture, &Pubkey::new_unique()).unwrap_err();
    assert!(matches!(nothing, ClientError::Missing { .. }));
    let reserve = resolve_pool(&fixture, &addresses.reserve).unwrap_err();
    assert!(matches!(reserve, ClientError::ForeignOwner { .. }));
    assert_eq!(
        accounts::pools(&fixture).unwrap(),
        [(addresses.pool, fixture.pool)]
    );
}

#[test]
fn the_tickets_of_an_owner_come_with_their_batches() {
    let mut fixture = Fixture::new(1, SOL, 0);
    fixture.lock_batch(SOL);
    let owner = Pubkey::new_unique();
    for (holder, number) in [(owner, 1), (Pubkey::new_unique(), 2), (owner, 0)] {
        let mut ticket = Ticket::zeroed();
        ticket.version = VERSION;
        ticket.pool = fixture.addresses.pool;
        ticket.batch = 0;
        ticket.owner = holder;
        ticket.number = number;
        fixture.put(Pubkey::new_unique(), &ticket);
    }
    let tickets = accounts::tickets_of(&fixture, &owner, None).unwrap();
    let numbers: Vec<u64> = tickets.iter().map(|owned| owned.ticket.number).collect();
    assert_eq!(numbers, [0, 1]);
    assert_eq!(tickets[0].batch, fixture.batches[0]);
    let elsewhere = accounts::tickets_of(&fixture, &owner, Some(&Pubkey::new_unique()));
    assert!(elsewhere.unwrap().is_empty());
}

/// A node that serves somebody else's pool wherever `asked` is asked for.
fn lying(asked: Pubkey) -> (Fixture, Pubkey) {
    let mut fixture = Fixture::new(1, SOL, 0);
    let mut others = fixture.pool;
    others.mint = Pubkey::new_from_array([8; 32]);
    fixture.put(asked, &others);
    (fixture, PoolAddresses::of_mint(others.mint).pool)
}

#[test]
fn another_pool_than_the_one_that_was_asked_for_is_refused_by_pool_and_by_mint() {
    let honest = Fixture::new(1, SOL, 0).addresses;
    for asked in [honest.pool, honest.mint] {
        let (fixture, answered) = lying(asked);
        let refused = resolve_pool(&fixture, &asked).unwrap_err();
        let ClientError::AnotherPool {
            asked: a,
            answered: b,
        } = refused
        else {
            panic!("{refused}");
        };
        assert_eq!((a, b), (asked, answered));
    }
}

#[test]
fn another_pool_is_refused_also_where_the_addresses_are_known_already() {
    let addresses = Fixture::new(1, SOL, 0).addresses;
    let (fixture, _) = lying(addresses.pool);
    for refused in [
        PoolSnapshot::load(&fixture, &addresses).unwrap_err(),
        accounts::pools(&fixture).unwrap_err(),
    ] {
        assert!(matches!(refused, ClientError::AnotherPool { .. }));
    }
}
