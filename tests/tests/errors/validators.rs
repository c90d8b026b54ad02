//! Validators that do not fit.

use sluice::state::{MAX_PAGES, SLOTS_PER_PAGE};
use sluice_tests::{
    cluster::VoteAccount,
    pool::{Pool, Watch},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::Outcome;

async fn pool_of(validators: usize) -> Pool {
    let validators = vec![(0, 1); validators];
    let builder = Pool::builder().watch(Watch::Books);
    builder.validators(&validators).start().await
}

pub async fn a_full_page_takes_no_validator() -> Outcome {
    let mut pool = pool_of(SLOTS_PER_PAGE).await;
    add_to_page(&mut pool, 0, "one more").await
}

pub async fn a_page_more_than_there_can_be_is_refused() -> Outcome {
    let mut pool = pool_of(0).await;
    for page in 0..MAX_PAGES {
        let added = add_to_page(&mut pool, page, &format!("first of page {page}")).await;
        added.expect("as many pages are allowed");
    }
    add_to_page(&mut pool, MAX_PAGES, "one too many").await
}

async fn add_to_page(pool: &mut Pool, page: u16, name: &str) -> Outcome {
    let vote = pool.cluster.create_validator(name, 0).await;
    let serial = pool.account().await.next_serial;
    let curator = pool.curator();
    let add = pool
        .addresses
        .add_validator(curator.pubkey(), vote, page, serial, 1);
    pool.send(&[add], &[&curator]).await
}

pub async fn an_empty_slot_has_no_weight() -> Outcome {
    let mut pool = pool_of(1).await;
    let vote = pool.vote(0);
    let mut place = pool.place(&vote).await;
    place.slot = 1;
    let curator = pool.curator();
    let set = pool.addresses.set_weight(curator.pubkey(), &place, 1, 0);
    pool.send(&[set], &[&curator]).await
}

pub async fn a_validator_retires_once() -> Outcome {
    let mut pool = pool_of(1).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pool.try_retire(&vote).await
}

pub async fn an_active_slot_cannot_be_closed() -> Outcome {
    let mut pool = pool_of(1).await;
    let vote = pool.vote(0);
    pool.try_close(&vote).await
}

pub async fn an_unknown_account_is_no_validator() -> Outcome {
    let mut pool = pool_of(0).await;
    pool.try_add_validator(&Pubkey::new_from_array([9; 32]), 1)
        .await
}

pub async fn a_commission_above_the_maximum_is_refused() -> Outcome {
    let mut pool = pool_of(0).await;
    let vote = pool.cluster.create_validator("greedy", 1_001).await;
    pool.try_add_validator(&vote, 1).await
}

pub async fn a_validator_that_never_voted_is_refused() -> Outcome {
    let mut pool = pool_of(0).await;
    let silent = VoteAccount {
        has_voted: false,
        ..VoteAccount::default()
    };
    let vote = pool.cluster.create_vote_account("silent", &silent).await;
    pool.try_add_validator(&vote, 1).await
}

pub async fn a_validator_needs_a_bls_key() -> Outcome {
    let mut pool = pool_of(0).await;
    let without_key = VoteAccount {
        bls_key: false,
        ..VoteAccount::default()
    };
    let vote = pool
        .cluster
        .create_vote_account("keyless", &without_key)
        .await;
    pool.try_add_validator(&vote, 1).await
}
