//! What can happen to a ticket between request and payment.

use sluice::{SluiceError, events::TicketClaimed};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, sluice_elf},
    pool::{Pool, TicketAddress, Watch},
    scenario::{assert_refused, open_pool},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, incinerator, system_program, sysvar, vote};
use spl_token_interface::ID as TOKEN_PROGRAM;

/// A pool with a ticket of alice's, and addresses that can never be paid.
pub async fn unpayable_owners() -> (Pool, Keypair, TicketAddress, [Pubkey; 10]) {
    let program = Pubkey::new_from_array([0xfa; 32]);
    let mut pool = Pool::builder()
        .cluster(|cluster| cluster.program(program, sluice_elf()))
        .start()
        .await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 50 * SOL).await;
    let ticket = pool.request(&alice, SOL).await;
    let unpayable = [
        program,
        sysvar::clock::ID,
        system_program::ID,
        bpf_loader_upgradeable::ID,
        vote::ID,
        TOKEN_PROGRAM,
        sluice::ID,
        pool.addresses.pool,
        ticket.ticket,
        ticket.batch,
    ];
    (pool, alice, ticket, unpayable)
}

/// Otherwise its batch could never close, and the one who opened it would not get its rent back.
#[tokio::test]
async fn a_ticket_cannot_go_to_an_address_that_can_never_be_paid() {
    let (mut pool, alice, ticket, unpayable) = unpayable_owners().await;
    for address in unpayable {
        let transfer = pool.try_transfer(&alice, &ticket, &address).await;
        assert_refused(transfer, SluiceError::OwnerUnpayable);
    }
}

/// Whatever a ticket's owner is, its batch closes.
#[tokio::test]
async fn tickets_of_the_pools_own_wallets_and_of_token_accounts_can_be_claimed() {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 50 * SOL).await;
    let addresses = pool.addresses;
    let owners = [
        addresses.reserve,
        addresses.claims_vault,
        addresses.stake_authority,
        addresses.mint_authority,
        addresses.escrow,
        addresses.fees,
        addresses.mint,
        addresses.batch(1),
        incinerator::ID,
        Pubkey::new_from_array([5; 32]),
    ];
    let mut tickets = Vec::new();
    for owner in owners {
        let ticket = pool.request(&alice, SOL).await;
        pool.transfer(&alice, &ticket, &owner).await;
        tickets.push(ticket);
    }
    pool.warp_to_window().await;
    pool.live_an_epoch(0).await;
    for ticket in &tickets {
        // The watcher takes what a ticket pays into the reserve for lamports from nowhere.
        pool.watch = Watch::Off;
        pool.claim(ticket).await;
        pool.check().await;
    }
    let batch = tickets[0].batch;
    assert!(pool.cluster.try_account(&batch).await.is_none());
}

/// A1. The reserve's own ticket is the last one of its batch, and rounding has left a lamport: the
/// dust goes to the reserve before the ticket's rent does.
#[tokio::test]
async fn a_last_ticket_of_the_reserve_is_claimed_beside_the_dust_of_its_batch() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let mut tickets = Vec::new();
    for lst in [SOL + 1, SOL + 3, SOL + 7] {
        tickets.push(pool.request(&alice, lst).await);
    }
    let reserve = pool.addresses.reserve;
    let last = tickets[2];
    pool.transfer(&alice, &last, &reserve).await;
    pool.warp_to_window().await;
    pool.live_an_epoch(0).await;
    pool.claim(&tickets[0]).await;
    pool.claim(&tickets[1]).await;
    // The watcher takes what a ticket pays into the reserve for lamports from nowhere.
    pool.watch = Watch::Off;
    let claimed = pool.claim(&last).await.events::<TicketClaimed>().remove(0);
    assert!(claimed.closed && claimed.dust_lamports > 0);
    assert!(pool.cluster.try_account(&last.batch).await.is_none());
    pool.check().await;
}
