use bytemuck::Zeroable;

use super::*;
use crate::fixture::{EPOCH, Fixture, SOL, reserve_rent};

#[test]
fn withheld_rewards_are_redeemable_only_later() {
    let mut fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
    fixture.pool.pending_lamports = 20 * SOL;
    let rate = fixture.snapshot().rate().unwrap();
    assert!(rate.fresh);
    assert_eq!(rate.full.get(), 100 * SOL);
    let lst = Lst::new(10 * SOL);
    assert_eq!(rate.redeemable(lst).unwrap().get(), 8 * SOL);
    assert_eq!(rate.redeemable_later(lst).unwrap().get(), 10 * SOL);
    assert_eq!(fixture.snapshot().quote_queue(lst).unwrap().get(), 8 * SOL);
}

#[test]
fn quotes_fail_as_the_instructions_would() {
    let fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
    let snapshot = fixture.snapshot();
    let code = |error: ClientError| error.sluice_code();
    let nothing = snapshot.quote_deposit(Lamports::ZERO).unwrap_err();
    assert_eq!(code(nothing), Some(SluiceError::ZeroAmount.into()));
    let too_much = snapshot.quote_instant_exit(Lst::new(11 * SOL)).unwrap_err();
    assert_eq!(
        code(too_much),
        Some(SluiceError::InsufficientReserve.into())
    );
    let stale = fixture.stale().snapshot();
    let refused = stale.quote_deposit(Lamports::new(SOL)).unwrap_err();
    assert_eq!(code(refused), Some(SluiceError::PoolStale.into()));
}

#[test]
fn an_instant_exit_leaves_the_queue_its_lamports() {
    let mut fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
    fixture.lock_batch(4 * SOL);
    let snapshot = fixture.snapshot();
    assert_eq!(snapshot.instant_buffer().unwrap().get(), 6 * SOL);
    let exit = snapshot.quote_instant_exit(Lst::new(SOL)).unwrap();
    assert_eq!(exit.lamports.get() + exit.fee.get(), SOL);
    assert_eq!(
        exit.ledger.reserve.get(),
        reserve_rent() + 10 * SOL - exit.lamports.get()
    );
}

#[test]
fn a_ticket_can_claim_its_share_of_what_its_batch_was_paid() {
    let mut fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
    fixture.lock_batch(4 * SOL);
    let batch = &mut fixture.batches[0];
    batch.unsettled_lst = SOL;
    batch.paid_lamports = 3 * SOL;
    batch.claimed_lamports = SOL;
    let batch = *batch;
    fixture.pool.claims_lamports = 2 * SOL;
    let mut ticket = Ticket::zeroed();
    ticket.lst = 2 * SOL;
    ticket.claimed_lamports = SOL;
    let payout = fixture.snapshot().ticket_payout(&ticket, &batch).unwrap();
    assert_eq!(payout.claimed.get(), SOL);
    assert_eq!(payout.claimable.get(), SOL / 2);
    assert_eq!(payout.outstanding.get(), SOL / 2);
    assert!(payout.can_claim);
}

#[test]
fn a_ticket_can_claim_no_more_than_the_claims_vault_can_pay() {
    let mut fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
    fixture.lock_batch(4 * SOL);
    fixture.batches[0].unsettled_lst = 0;
    fixture.batches[0].paid_lamports = 4 * SOL;
    let batch = fixture.batches[0];
    let mut ticket = Ticket::zeroed();
    ticket.lst = 4 * SOL;
    // The vault has its rent twice, and nothing of what was paid in.
    fixture.pool.claims_lamports = 0;
    let payout = fixture.snapshot().ticket_payout(&ticket, &batch).unwrap();
    assert_eq!(payout.claimable.get(), reserve_rent());
    fixture.pool.claims_lamports = 4 * SOL;
    let payout = fixture.snapshot().ticket_payout(&ticket, &batch).unwrap();
    assert_eq!(payout.claimable.get(), 4 * SOL);
}

#[test]
fn a_request_before_the_window_locks_in_this_epoch_and_after_it_in_the_next() {
    use crate::fixture::{EPOCH_START, SLOTS_PER_EPOCH, WINDOW_START};
    let early = Fixture::new(1, SOL, 0).snapshot().exit_schedule().unwrap();
    assert_eq!((early.lock_slot, early.lock_epoch), (WINDOW_START, EPOCH));
    assert_eq!(early.settle_slot, EPOCH_START + SLOTS_PER_EPOCH);
    assert_eq!(early.slots_to_lock(), 700);
    let late = Fixture::new(1, SOL, 0).at(WINDOW_START);
    let late = late.snapshot().exit_schedule().unwrap();
    assert_eq!(late.lock_slot, WINDOW_START + SLOTS_PER_EPOCH);
    assert_eq!(late.settle_epoch, EPOCH + 2);
}
