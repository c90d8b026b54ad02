use std::collections::HashSet;

use sluice_client::{
    ClientError, Event, Repeat, StepKind::*, UnstakeRequest, sluice_events, tickets_of,
};
use sluice_math::{Lamports, Lst};
use sluice_tests::net::{PoolNet, SOL, count};
use solana_signer::Signer;

#[test]
fn a_pool_lives_through_its_epochs_on_plans_and_quotes_that_hold_to_the_lamport() {
    let net = PoolNet::with_pool(3);
    a_deposit_mints_what_was_quoted(&net);
    it_is_delegated_to_all_in_the_window(&net);
    rewards_come_and_the_fee_goes_to_the_treasury(&net);
    an_instant_exit_pays_what_was_quoted(&net);
    half_of_it_leaves_through_the_queue(&net);
    a_validator_retires_drains_and_is_closed(&net);
}

fn a_deposit_mints_what_was_quoted(net: &PoolNet) {
    net.executor()
        .refresh(&net.addresses, usize::MAX, &mut |_| {})
        .unwrap();
    let quote = net
        .snapshot()
        .quote_deposit(Lamports::new(100 * SOL))
        .unwrap();
    let minimum = quote.minted.get();
    let payer = net.payer.pubkey();
    let deposit = net
        .addresses
        .deposit_sol(payer, net.lst_account(), 100 * SOL, minimum);
    let sent = net.send(&[deposit]);
    let [Event::SolDeposited(event)] = &sluice_events(&sent.logs)[..] else {
        panic!("a deposit is one event");
    };
    assert_eq!(event.lst, minimum);
}

fn it_is_delegated_to_all_in_the_window(net: &PoolNet) {
    net.wait_for_window();
    let report = net.crank();
    assert_eq!(count(&report, Delegate), 3);
    assert!(net.crank().steps.is_empty(), "then the pool rests");
}

fn rewards_come_and_the_fee_goes_to_the_treasury(net: &PoolNet) {
    net.next_epoch();
    let report = net.crank();
    assert_eq!((count(&report, Observe), count(&report, Finalize)), (1, 1));
    assert_eq!(count(&report, Collect), 3);
    net.next_epoch();
    let report = net.crank();
    assert_eq!(count(&report, PayFees), 1);
    let rate = net.snapshot().rate().unwrap();
    assert!(rate.fresh && rate.full.get() > rate.supply.get());
}

/// What was quoted at that slot, or the drip's part more.
fn an_instant_exit_pays_what_was_quoted(net: &PoolNet) {
    let lst = Lst::new(SOL / 10);
    let quote = net.snapshot().quote_instant_exit(lst).unwrap();
    let minimum = quote.lamports.get();
    let payer = net.payer.pubkey();
    let exit = net
        .addresses
        .withdraw_sol(payer, net.lst_account(), payer, lst.get(), minimum);
    let sent = net.send(&[exit]);
    let [Event::SolWithdrawn(event)] = &sluice_events(&sent.logs)[..] else {
        panic!("an exit is one event");
    };
    assert!(event.lamports >= minimum);
}

fn half_of_it_leaves_through_the_queue(net: &PoolNet) {
    let payer = net.payer.pubkey();
    let schedule = net.snapshot().exit_schedule().unwrap();
    let open_batch = net.snapshot().rolled_pool().unwrap().open_batch;
    let own = UnstakeRequest::own(payer, net.lst_account(), open_batch, 0, 50 * SOL);
    let request = net.addresses.request_unstake(&own);
    net.send(&[request]);
    let tickets = tickets_of(&net.rpc, &payer, Some(&net.addresses.pool)).unwrap();
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].batch.lock_slot, schedule.lock_slot);
    let payout = net
        .snapshot()
        .ticket_payout(&tickets[0].ticket, &tickets[0].batch)
        .unwrap();
    assert!(!payout.can_claim && payout.outstanding.get() >= 50 * SOL);

    net.wait_for_window();
    let report = net.crank();
    assert!(count(&report, Undelegate) > 0);
    net.next_epoch();
    let report = net.crank();
    assert!(count(&report, Collect) > 0);
    assert_eq!(count(&report, Settle), 1);
    let tickets = tickets_of(&net.rpc, &payer, None).unwrap();
    let (ticket, batch) = (&tickets[0], tickets[0].batch);
    let payout = net
        .snapshot()
        .ticket_payout(&ticket.ticket, &batch)
        .unwrap();
    let claim = net.addresses.claim(&ticket.accounts(), batch.opener);
    let sent = net.send(&[claim]);
    let [Event::TicketClaimed(event)] = &sluice_events(&sent.logs)[..] else {
        panic!("a claim is one event");
    };
    assert_eq!(event.lamports, payout.claimable.get());
    assert!(event.closed);
}

fn a_validator_retires_drains_and_is_closed(net: &PoolNet) {
    let snapshot = net.snapshot();
    let place = snapshot.slots().next().unwrap().place;
    let payer = net.payer.pubkey();
    net.send(&[net.addresses.retire_validator(payer, &place)]);
    net.next_epoch();
    net.crank();
    net.wait_for_window();
    let report = net.crank();
    assert!(
        report
            .steps
            .iter()
            .any(|step| step.validator == Some(place.vote))
    );
    net.next_epoch();
    let report = net.crank();
    assert_eq!(count(&report, CloseSlot), 1);
    assert_eq!(report.snapshot.slots().count(), 2);
    assert!(net.crank().steps.is_empty());
}

#[test]
fn refusals_of_a_real_node_are_sentences() {
    let net = PoolNet::with_pool(1);
    net.next_epoch();
    let payer = net.payer.pubkey();
    let deposit = net.addresses.deposit_sol(payer, net.lst_account(), SOL, 0);
    let stale = net
        .executor()
        .send(&[deposit], &[], Repeat::Harmful)
        .unwrap_err();
    assert_eq!(
        stale.sluice_code(),
        Some(sluice::SluiceError::PoolStale.into())
    );
    assert!(stale.to_string().contains("Run the crank"), "{stale}");

    net.executor()
        .refresh(&net.addresses, usize::MAX, &mut |_| {})
        .unwrap();
    let too_much = net
        .addresses
        .deposit_sol(payer, net.lst_account(), u64::MAX / 2, 0);
    let poor = net
        .executor()
        .send(&[too_much], &[], Repeat::Harmful)
        .unwrap_err();
    assert!(
        poor.to_string()
            .starts_with("The account that pays has too little SOL"),
        "{poor}"
    );
    assert!(matches!(poor, ClientError::Refused(_)));
}

#[test]
fn equal_transactions_at_one_moment_are_all_carried_out() {
    let net = PoolNet::with_pool(1);
    let payer = net.payer.pubkey();
    net.executor()
        .refresh(&net.addresses, usize::MAX, &mut |_| {})
        .unwrap();
    let before = net.snapshot().pool.reserve_lamports;
    let deposit = net.addresses.deposit_sol(payer, net.lst_account(), SOL, 1);
    let signatures: HashSet<_> = std::thread::scope(|scope| {
        let send = || {
            let sent = net
                .executor()
                .send(std::slice::from_ref(&deposit), &[], Repeat::Harmful);
            sent.unwrap().signature
        };
        let sending: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
        sending
            .into_iter()
            .map(|sending| sending.join().unwrap())
            .collect()
    });
    assert_eq!(signatures.len(), 6);
    assert_eq!(net.snapshot().pool.reserve_lamports, before + 6 * SOL);
}
