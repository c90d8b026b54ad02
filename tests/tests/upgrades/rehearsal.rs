//! From the program of layout 0 to that of today, in place, with everything under way.

use sluice::{
    SluiceError,
    state::{Pool as PoolAccount, Ticket},
};
use sluice_client::Verdict;
use sluice_tests::{
    pool::{Prices, TicketAddress},
    scenario::{CREDITS, SOL, assert_refused, worth},
};
use solana_stake_interface::state::StakeActivationStatus;

use crate::old_program::{OldPool, today};

/// The prices that an account says for a slot.
fn prices_at(account: &PoolAccount, slot: u64) -> Prices {
    let ledger = account.ledger();
    Prices {
        full: ledger.full().expect("it fits").get(),
        value: ledger.value(slot).expect("it fits").get(),
        supply: account.lst_supply,
        slot,
    }
}

/// What a ticket still gets is its share of what its batch was paid, and its owner has it.
async fn claimed_in_full(old: &mut OldPool, ticket: &TicketAddress) -> u64 {
    let pool = &mut old.pool;
    let Ticket { owner, lst, .. } = pool.ticket(&ticket.ticket).await;
    let batch = pool.batch(ticket.batch_id).await;
    assert_eq!(batch.unsettled_lst, 0);
    let owed = worth(lst, batch.paid_lamports, batch.lst);
    let rents = pool.cluster.lamports(&ticket.ticket).await
        + match batch.tickets == 1 && batch.opener == owner {
            true => pool.cluster.lamports(&ticket.batch).await,
            false => 0,
        };
    let before = pool.cluster.lamports(&owner).await;
    pool.claim(ticket).await;
    assert_eq!(pool.cluster.lamports(&owner).await, before + owed + rents);
    owed
}

/// The scene has what an upgrade can meet.
#[tokio::test]
async fn the_old_pool_has_stake_and_tickets_in_every_state() {
    let mut old = OldPool::start().await;
    let account = old.pool.account().await;
    assert_eq!(account.version, 0);
    let mut statuses = Vec::new();
    for place in old.pool.places().await {
        for stake in [place.main, place.transient] {
            statuses.push(old.pool.cluster.stake_activation(&stake).await);
        }
    }
    let any = |is: fn(&StakeActivationStatus) -> bool| statuses.iter().any(is);
    assert!(any(|stake| stake.effective > 0 && stake.deactivating == 0));
    assert!(any(|stake| stake.activating > 0));
    assert!(any(|stake| stake.deactivating > 0));
    assert!(account.withheld_lamports > 0, "rewards are dripping");
    let [paid, locked, open] = [old.paid, old.locked, old.open].map(|ticket| ticket.batch_id);
    let paid = old.pool.batch(paid).await;
    assert!(paid.is_settled() && paid.tickets == 1 && paid.claimed_lamports > 0);
    let locked = old.pool.batch(locked).await;
    assert!(locked.unsettled_lst > 0 && locked.lock_epoch == old.pool.cluster.epoch().await);
    assert_eq!(account.open_batch, open);
}

#[tokio::test]
async fn a_pool_of_the_old_program_is_upgraded_and_migrated_without_a_change_of_price() {
    let mut old = OldPool::start().await;
    let addresses = old.addresses().await;
    let before = old.pool.account().await;
    let accounts = old.pool.cluster.snapshot(&addresses).await;
    old.upgrade(&today()).await;
    let upgraded = old.pool.cluster.snapshot(&addresses).await;
    accounts.assert_identical(&upgraded);

    // Everything but the exits waits, and a claim of before is paid.
    let alice = old.alice.insecure_clone();
    let deposit = old.pool.try_deposit(&alice, SOL).await;
    assert_refused(deposit, SluiceError::MigrationNeeded);
    let paid = old.paid;
    let owed = claimed_in_full(&mut old, &paid).await;
    assert!(owed > 50 * SOL);

    // The last ticket of a batch leaves its dust to all: what follows is compared with what is then.
    let claimed = old.pool.account().await;
    assert!(claimed.ledger().full().expect("it fits") >= before.ledger().full().expect("it fits"));
    old.migrate().await;
    let after = old.pool.account().await;
    let slot = old.pool.cluster.slot().await;
    for slot in [slot, slot + 100, slot + 100_000] {
        assert_eq!(prices_at(&after, slot), prices_at(&claimed, slot));
    }
    assert_eq!(
        (
            before.lst_supply,
            before.staked_lamports,
            claimed.reserve_lamports
        ),
        (
            after.lst_supply,
            after.staked_lamports,
            after.reserve_lamports
        )
    );
}

/// Every transaction is watched: books, prices, balances, to the lamport.
#[tokio::test]
async fn a_pool_of_the_old_program_lives_on_after_its_upgrade_and_pays_every_ticket() {
    let mut old = OldPool::start().await;
    old.upgrade(&today()).await;
    old.migrate().await;
    for ticket in [old.paid, old.locked, old.open] {
        old.pool.know_ticket(&ticket.ticket);
    }
    let (retired, lighter) = (old.pool.vote(2), old.pool.vote(3));
    let bob = old.bob.insecure_clone();
    let new = old.pool.request(&bob, 10 * SOL).await;
    for _ in 0..3 {
        old.pool.crank_next_epoch(CREDITS).await;
        let alice = old.alice.insecure_clone();
        old.pool.deposit(&alice, 5 * SOL).await;
        old.pool.crank_window().await;
    }
    assert!(old.pool.slot_of(&retired).await.is_leaving());
    assert_eq!(old.pool.slot_of(&lighter).await.weight, 50);
    for ticket in [old.paid, old.locked, old.open, new] {
        let owed = claimed_in_full(&mut old, &ticket).await;
        assert!(owed > ticket.lst, "an LST is worth more than a SOL");
    }
    let books = old.pool.books().await;
    assert!(books.tickets.is_empty());
    assert_eq!(books.pool.claims_lamports, 0);
    let history = old.pool.history().await;
    assert!(
        history
            .iter()
            .any(|rate| rate.gain_lamports > 0 && rate.fee_lamports > 0)
    );
    let report = old.pool.verified().await;
    assert_ne!(report.verdict(), Verdict::Fail, "{report:#?}");
}
