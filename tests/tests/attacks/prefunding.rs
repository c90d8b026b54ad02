//! V43 and catalogue 33: a stranger sends lamports to an address before it is created.

use sluice::state::{Marker, Ticket, UnstakeBatch, ValidatorPage};
use sluice_tests::{
    cluster::{Cluster, LAMPORTS_PER_SOL as SOL, STAKE_ACCOUNT_BYTES},
    pool::Pool,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// From less than any rent to more than all of them.
const DONATIONS: [u64; 3] = [890_880, 2_282_880, SOL];

async fn donate(pool: &mut Pool, addresses: &[Pubkey], lamports: u64) {
    for address in addresses {
        pool.cluster.fund(address, lamports).await;
    }
}

#[tokio::test]
async fn v43_every_address_of_a_pool_may_be_funded_before_it_is_created() {
    let plain = Pool::start().await.account().await;
    for lamports in DONATIONS {
        let mut pool = Pool::not_created(Cluster::start().await, "pool");
        let of = pool.addresses;
        let addresses = [
            of.pool,
            of.stake_authority,
            of.mint_authority,
            of.reserve,
            of.claims_vault,
            of.escrow,
            of.fees,
            of.history,
        ];
        donate(&mut pool, &addresses, lamports).await;
        pool.found("pool", plain.config).await;
        assert_eq!(
            pool.account().await,
            plain,
            "what strangers send is not booked"
        );
        pool.check().await;
    }
}

#[tokio::test]
async fn v43_every_address_of_a_validator_may_be_funded_before_it_is_added() {
    let mut plain = Pool::builder().validators(&[(0, 1)]).start().await;
    let (plain_pool, plain_pages) = (plain.account().await, plain.pages().await);
    for lamports in DONATIONS {
        let mut pool = Pool::start().await;
        let of = pool.addresses;
        let vote = pool.vote(0);
        let addresses = [of.page(0), of.marker(&vote), of.main(0), of.transient(0)];
        donate(&mut pool, &addresses, lamports).await;
        let curator = pool.curator().pubkey();
        let had = pool.cluster.lamports(&curator).await;
        pool.add_validators(&[(0, 1)]).await;
        let paid = had - pool.cluster.lamports(&curator).await;
        assert_eq!(pool.account().await, plain_pool);
        assert_eq!(pool.pages().await, plain_pages);
        let stake_rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let at_least = 2 * stake_rent;
        assert!(
            paid >= at_least,
            "the stake accounts' rent is paid in whole"
        );
        let rents = [Marker::SPACE, ValidatorPage::SPACE];
        let mut most = at_least;
        for bytes in rents {
            most += pool.cluster.rent_exempt_lamports(bytes).await;
        }
        assert!(paid <= most);
        for stake in [of.main(0), of.transient(0)] {
            assert_eq!(pool.cluster.lamports(&stake).await, stake_rent + lamports);
        }
    }
}

/// What was sent to the stake accounts reaches all holders with the next epoch, and nobody else.
#[tokio::test]
async fn v43_lamports_sent_to_a_stake_account_before_its_creation_drip_to_the_holders() {
    let mut pool = Pool::start().await;
    let of = pool.addresses;
    donate(&mut pool, &[of.main(0)], SOL).await;
    pool.add_validators(&[(0, 1)]).await;
    let before = pool.prices().await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    let after = pool.prices().await;
    assert_eq!(after.full, before.full + SOL);
}

#[tokio::test]
async fn v43_batch_and_ticket_may_be_funded_before_the_request() {
    for lamports in DONATIONS {
        let mut pool = Pool::start().await;
        let alice = pool.user("alice", 10 * SOL).await;
        pool.deposit(&alice, 5 * SOL).await;
        let (request, address) = pool.request_instruction(&alice.pubkey(), SOL).await;
        donate(&mut pool, &[address.batch, address.ticket], lamports).await;
        pool.must_send(&[request], &[&alice]).await;
        let sizes = [
            (address.batch, UnstakeBatch::SPACE),
            (address.ticket, Ticket::SPACE),
        ];
        for (account, bytes) in sizes {
            let rent = pool.cluster.rent_exempt_lamports(bytes).await;
            assert!(pool.cluster.lamports(&account).await >= rent);
        }
        pool.cancel(&alice, &address).await;
        assert_eq!(pool.lst_balance(&alice.pubkey()).await, 5 * SOL);
    }
}
