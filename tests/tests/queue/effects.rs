//! What the instructions of the queue change, and no more.

use sluice::{
    events::{BatchSettled, TicketCancelled, TicketClaimed, TicketTransferred, UnstakeRequested},
    state::{Ticket, UnstakeBatch, VERSION},
};
use sluice_client::TicketAccounts;
use sluice_math::{Lamports, Lst, settlement, ticket_owed};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    scenario::two_pools::{Stage, TwoPools, content, lamports, lst},
};
use solana_signer::Signer;

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn a_request_moves_lst_into_the_escrow_and_makes_a_ticket() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "request_unstake").await;
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let open = pools.tickets().open;
    let (payer, owner) = (
        pools.bob.pubkey(),
        pools.pool.cluster.address("alice's vault"),
    );
    let address = addresses.ticket(&alice, 1_000_000);
    let rent = pools.rent(Ticket::SPACE).await;
    acted.assert_changes(&[
        (payer, lamports(-rent)),
        (address, content(rent)),
        (pools.pool.lst_account(&alice), lst(-ONE)),
        (addresses.escrow, lst(ONE)),
        (open.batch, content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.open_lst += SOL);
    let before = acted.before.batches[&open.batch_id];
    let expected = UnstakeBatch {
        lst: before.lst + SOL,
        unsettled_lst: before.lst + SOL,
        tickets: before.tickets + 1,
        ..before
    };
    assert_eq!(acted.after.batches[&open.batch_id], expected);
    let ticket = pools.pool.ticket(&address).await;
    let expected = Ticket {
        version: VERSION,
        bump: ticket.bump,
        padding: [0; 6],
        pool: addresses.pool,
        payer,
        owner,
        number: 1_000_000,
        lst: SOL,
        claimed_lamports: 0,
        batch: open.batch_id,
        reserved: 0,
    };
    assert_eq!(ticket, expected);
    acted.assert_event(&UnstakeRequested {
        pool: addresses.pool,
        batch: open.batch_id,
        ticket: address,
        number: 1_000_000,
        requester: alice,
        owner,
        payer,
        lst: SOL,
        lock_slot: before.lock_slot,
    });
}

#[tokio::test]
async fn the_first_request_after_the_lock_opens_the_next_batch_and_pays_for_it() {
    let mut pools = TwoPools::at(Stage::Window).await;
    let bob = pools.bob.insecure_clone();
    let open = pools.tickets().open;
    let (request, ticket) = pools.pool.request_instruction(&bob.pubkey(), SOL).await;
    assert_eq!(ticket.batch_id, open.batch_id + 1);
    let acted = pools.act(&request, &[&bob]).await;
    let addresses = pools.pool.addresses;
    let batch_rent = pools.rent(UnstakeBatch::SPACE).await;
    let ticket_rent = pools.rent(Ticket::SPACE).await;
    acted.assert_changes(&[
        (bob.pubkey(), lamports(-batch_rent - ticket_rent)),
        (ticket.batch, content(batch_rent)),
        (ticket.ticket, content(ticket_rent)),
        (pools.pool.lst_account(&bob.pubkey()), lst(-ONE)),
        (addresses.escrow, lst(ONE)),
        (addresses.pool, content(0)),
    ]);
    let next_window = {
        let next = acted.before.epoch + 1;
        let schedule = pools.pool.cluster.epoch_schedule();
        let slots = schedule.get_slots_in_epoch(next);
        schedule.get_first_slot_in_epoch(next) + (slots * 4).div_ceil(5)
    };
    acted.assert_pool(|pool| {
        pool.locked_lst += pool.open_lst;
        pool.open_lst = SOL;
        pool.open_batch += 1;
        pool.open_lock_slot = next_window;
    });
    let batch = acted.after.batches[&ticket.batch_id];
    assert_eq!((batch.opener, batch.lock_slot), (bob.pubkey(), next_window));
    assert_eq!(batch.lock_epoch, acted.before.epoch + 1);
}

#[tokio::test]
async fn a_cancelled_ticket_gives_back_lst_and_rent() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "cancel_ticket").await;
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let open = pools.tickets().open;
    let rent = pools.rent(Ticket::SPACE).await;
    acted.assert_changes(&[
        (alice, lamports(rent)),
        (open.ticket, content(-rent)),
        (pools.pool.lst_account(&alice), lst(5 * ONE)),
        (addresses.escrow, lst(-5 * ONE)),
        (open.batch, content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| (pool.open_lst, pool.open_lock_slot) = (0, 0));
    let expected = UnstakeBatch {
        lst: 0,
        unsettled_lst: 0,
        tickets: 0,
        lock_slot: 0,
        lock_epoch: 0,
        ..acted.before.batches[&open.batch_id]
    };
    assert_eq!(acted.after.batches[&open.batch_id], expected);
    acted.assert_event(&TicketCancelled {
        pool: addresses.pool,
        batch: open.batch_id,
        ticket: open.ticket,
        owner: alice,
        recipient: pools.pool.lst_account(&alice),
        lst: 5 * SOL,
    });
}

#[tokio::test]
async fn a_transferred_ticket_changes_its_owner_alone() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "transfer_ticket").await;
    let open = pools.tickets().open;
    acted.assert_changes(&[(open.ticket, content(0))]);
    let expected = Ticket {
        owner: pools.bob.pubkey(),
        ..acted.before.tickets[&open.ticket]
    };
    assert_eq!(pools.pool.ticket(&open.ticket).await, expected);
    acted.assert_event(&TicketTransferred {
        pool: pools.pool.addresses.pool,
        batch: open.batch_id,
        lst: open.lst,
        ticket: open.ticket,
        from: pools.alice.pubkey(),
        to: pools.bob.pubkey(),
    });
}

#[tokio::test]
async fn a_claim_pays_the_share_of_the_batch_and_the_last_one_closes_it() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "claim").await;
    let (bob, addresses) = (pools.bob.pubkey(), pools.pool.addresses);
    let payer = pools.pool.creator().pubkey();
    let claimable = pools.tickets().claimable;
    let rent = pools.rent(Ticket::SPACE).await;
    let batch = acted.before.batches[&claimable.batch_id];
    let ticket = acted.before.tickets[&claimable.ticket];
    assert_eq!((ticket.lst, batch.lst), (50 * SOL, 51 * SOL));
    let paid = Lamports::new(batch.paid_lamports);
    let owed = ticket_owed(paid, Lst::new(ticket.lst), batch.lst())
        .unwrap()
        .get();
    acted.assert_changes(&[
        (bob, lamports(i128::from(owed))),
        (payer, lamports(rent)),
        (addresses.claims_vault, lamports(-i128::from(owed))),
        (claimable.ticket, content(-rent)),
        (claimable.batch, content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.claims_lamports -= owed);
    let expected = UnstakeBatch {
        claimed_lamports: owed,
        tickets: 1,
        ..batch
    };
    assert_eq!(acted.after.batches[&claimable.batch_id], expected);
    acted.assert_event(&TicketClaimed {
        pool: addresses.pool,
        batch: claimable.batch_id,
        ticket: claimable.ticket,
        owner: bob,
        payer,
        lamports: owed,
        closed: true,
        dust_lamports: 0,
        books: (&acted.after.pool).into(),
    });
    the_last_claim_closes_the_batch(&mut pools).await;
}

async fn the_last_claim_closes_the_batch(pools: &mut TwoPools) {
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let batch_address = pools.tickets().claimable.batch;
    let batch_id = pools.tickets().claimable.batch_id;
    let tickets = pools.pool.tickets().await;
    let mut of_batch = tickets
        .iter()
        .filter(|(_, ticket)| ticket.batch == batch_id);
    let (address, _) = of_batch.next().expect("Alice's ticket is left");
    let batch = pools.pool.batch(batch_id).await;
    assert_eq!(batch.opener, alice);
    let ticket = TicketAccounts {
        ticket: *address,
        batch: batch_address,
        owner: alice,
        payer: alice,
    };
    let claim = addresses.claim(&ticket, alice);
    let acted = pools.act(&claim, &[]).await;
    let paid = Lamports::new(batch.paid_lamports);
    let owed = ticket_owed(paid, Lst::new(SOL), batch.lst()).unwrap().get();
    let dust = batch.paid_lamports - batch.claimed_lamports - owed;
    let ticket_rent = pools.rent(Ticket::SPACE).await;
    let batch_rent = pools.rent(UnstakeBatch::SPACE).await;
    let left = i128::from(owed + dust);
    let mut expected = vec![
        (alice, lamports(ticket_rent + batch_rent + i128::from(owed))),
        (addresses.claims_vault, lamports(-left)),
        (*address, content(-ticket_rent)),
        (batch_address, content(-batch_rent)),
        (addresses.pool, content(0)),
    ];
    if dust > 0 {
        expected.push((addresses.reserve, lamports(dust.into())));
    }
    acted.assert_changes(&expected);
    acted.assert_pool(|pool| {
        pool.claims_lamports -= owed + dust;
        pool.reserve_lamports += dust;
        pool.pending_lamports += dust;
    });
}

#[tokio::test]
async fn settling_burns_the_batchs_lst_and_moves_its_worth_into_the_claims_vault() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "settle_batch").await;
    let (addresses, due) = (pools.pool.addresses, pools.tickets().due);
    let (pool, slot) = (&acted.before.pool, acted.before.slot);
    let ledger = pool.ledger();
    let value = ledger.value(slot).unwrap();
    let rent = Lamports::new(u64::try_from(pools.rent(0).await).unwrap());
    let spendable = ledger.reserve.sub(rent).unwrap();
    let batch = acted.before.batches[&due.batch_id];
    let settled = settlement(batch.lst(), spendable, value, ledger.supply);
    let lst_burned = settled.unwrap().expect("the reserve is full");
    assert_eq!(lst_burned, Lst::new(20 * SOL), "all of it");
    let redeemed = ledger.redeem(lst_burned, slot).unwrap();
    let paid = redeemed.lamports.get();
    acted.assert_changes(&[
        (addresses.mint, lst(-20 * ONE)),
        (addresses.escrow, lst(-20 * ONE)),
        (addresses.reserve, lamports(-i128::from(paid))),
        (addresses.claims_vault, lamports(paid.into())),
        (due.batch, content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| {
        pool.book(&redeemed.ledger);
        pool.reserve_lamports -= paid;
        pool.claims_lamports += paid;
        pool.locked_lst -= 20 * SOL;
        pool.head_batch += 1;
    });
    let expected = UnstakeBatch {
        unsettled_lst: 0,
        paid_lamports: paid,
        ..batch
    };
    assert_eq!(acted.after.batches[&due.batch_id], expected);
    acted.assert_event(&BatchSettled {
        pool: addresses.pool,
        batch: due.batch_id,
        lst: 20 * SOL,
        lamports: paid,
        unsettled_lst: 0,
        slot,
        books: (&acted.after.pool).into(),
    });
}
