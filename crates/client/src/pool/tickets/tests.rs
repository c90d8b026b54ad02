use bytemuck::Zeroable;
use sluice::state::{VERSION, v0};

use super::*;
use crate::fixture::{EPOCH, Fixture, SOL};

/// A ticket of the first batch, at the address of this number.
fn put_ticket(fixture: &mut Fixture, requester: Pubkey, owner: Pubkey, number: TicketNumber) {
    let mut ticket = Ticket::zeroed();
    ticket.version = VERSION;
    ticket.pool = fixture.addresses.pool;
    ticket.owner = owner;
    ticket.payer = requester;
    ticket.number = number.value;
    fixture.put(number.address, &ticket);
}

fn fixture() -> (Fixture, Pubkey) {
    let mut fixture = Fixture::new(1, SOL, 0);
    fixture.lock_batch(SOL);
    (fixture, Pubkey::new_unique())
}

#[test]
fn a_number_says_its_epoch_and_has_an_address_that_is_found_at_once() {
    let (fixture, requester) = fixture();
    let pool = &fixture.addresses;
    let numbers: Vec<_> = pool.ticket_numbers(requester, 7).collect();
    assert!(numbers.len() > 90, "about a half: {}", numbers.len());
    for number in numbers {
        assert_eq!(number.value / NUMBERS_PER_EPOCH, 7);
        let seeds: &[&[u8]] = &[
            TICKET_SEED,
            pool.pool.as_ref(),
            requester.as_ref(),
            &number.value.to_le_bytes(),
            &[u8::MAX],
        ];
        let derived = Pubkey::create_program_address(seeds, &sluice::ID);
        assert_eq!(derived, Ok(number.address));
        assert_eq!(pool.ticket(&requester, number.value), number.address);
    }
}

#[test]
fn the_lowest_number_without_a_ticket_and_without_a_pending_message_is_free() {
    let (mut fixture, requester) = fixture();
    let pool = fixture.addresses;
    let numbers: Vec<_> = pool.ticket_numbers(requester, EPOCH).take(4).collect();
    let free = |fixture: &Fixture, noted: Option<TicketNumber>| {
        let is_noted = |number: &TicketNumber| Some(*number) == noted;
        pool.free_ticket_number(fixture, requester, EPOCH, is_noted)
            .unwrap()
    };
    assert_eq!(free(&fixture, None), numbers[0]);
    put_ticket(&mut fixture, requester, requester, numbers[0]);
    assert_eq!(free(&fixture, None), numbers[1]);
    assert_eq!(free(&fixture, Some(numbers[1])), numbers[2]);
    let gift = fixture.account(SOL, solana_sdk_ids::system_program::ID, Vec::new());
    fixture.others.insert(numbers[1].address, gift);
    assert_eq!(free(&fixture, None), numbers[1], "a gift takes nothing");
}

#[test]
fn an_epoch_without_a_free_number_is_an_error_and_not_another_epochs_number() {
    let (fixture, requester) = fixture();
    let pool = fixture.addresses;
    let refused = pool.free_ticket_number(&fixture, requester, EPOCH, |_| true);
    assert!(matches!(
        refused,
        Err(ClientError::NoTicketNumber { requester: of }) if of == requester
    ));
}

#[test]
fn what_one_requested_is_found_without_an_index_as_far_back_as_is_searched() {
    let (mut fixture, requester) = fixture();
    let pool = fixture.addresses;
    let first = |epoch| pool.ticket_numbers(requester, epoch).next().unwrap();
    let (now, last, older) = (first(EPOCH), first(EPOCH - 9), first(EPOCH - 10));
    for number in [now, last, older] {
        put_ticket(&mut fixture, requester, requester, number);
    }
    let found = |epochs| {
        let searched = TicketSearch {
            epochs,
            ..TicketSearch::default()
        };
        let tickets = pool
            .requested_tickets(&fixture, requester, EPOCH, searched)
            .unwrap();
        let numbers = tickets.iter().map(|owned| owned.ticket.number);
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(found(10), [last.value, now.value]);
    assert_eq!(found(11), [older.value, last.value, now.value]);
}

#[test]
fn a_number_that_somebody_chose_is_found_whatever_its_bump_where_so_many_are_searched() {
    let (mut fixture, requester) = fixture();
    let pool = fixture.addresses;
    let first = EPOCH * NUMBERS_PER_EPOCH;
    let easy: BTreeSet<u64> = pool
        .ticket_numbers(requester, EPOCH)
        .map(|number| number.value)
        .collect();
    // Numbers that are chosen by nobody but a person, one of the first 16, and the last.
    let chosen = [first..first + 16, first + 16..first + NUMBERS_PER_EPOCH]
        .map(|mut numbers| numbers.rfind(|value| !easy.contains(value)).unwrap());
    for value in chosen {
        let address = pool.ticket(&requester, value);
        let number = TicketNumber { value, address };
        put_ticket(&mut fixture, requester, requester, number);
    }
    let found = |numbers| {
        let searched = TicketSearch { epochs: 1, numbers };
        let tickets = pool.requested_tickets(&fixture, requester, EPOCH, searched);
        let tickets = tickets.unwrap().into_iter();
        tickets.map(|owned| owned.ticket.number).collect::<Vec<_>>()
    };
    assert_eq!(found(16), chosen[..1]);
    assert_eq!(found(chosen[1] - first), chosen[..1]);
    assert_eq!(found(TicketSearch::default().numbers), chosen);
    assert_eq!(found(chosen[1] - first + 1), chosen);
    assert_eq!(found(u64::MAX), chosen, "an epoch has no more");
}

#[test]
fn a_ticket_says_where_its_batch_is_in_both_versions() {
    let (fixture, _) = fixture();
    let mut ticket = Ticket::zeroed();
    ticket.version = VERSION;
    ticket.pool = fixture.addresses.pool;
    ticket.batch = 5;
    assert_eq!(batch_of(&ticket), fixture.addresses.batch(5));
    ticket.version = v0::VERSION;
    ticket.payer = Pubkey::new_unique();
    assert_eq!(batch_of(&ticket), ticket.payer);
}
