//! The way back of an ejected validator.

use sluice::{
    SluiceError::{
        BlsKeyMissing, CommissionTooHigh, NoBreach, NotCurator, NotReinstatable, SlotLeaving,
        VoteAccountUnknown,
    },
    events::{ValidatorEjected, ValidatorReinstated},
    state::SlotState,
};
use sluice_tests::{
    cluster::VoteAccount,
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, voting_pool},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// v0 of three was ejected in this epoch for its commission, which is good again.
async fn pool_with_ejected() -> (Pool, Keypair, Pubkey) {
    let (mut pool, alice) = voting_pool(&[1, 1, 1]).await;
    let vote = pool.vote(0);
    pool.cluster.set_commission(&vote, 1_100).await;
    let sent = pool.eject(&vote).await;
    let event = sent.events::<ValidatorEjected>().remove(0);
    assert_eq!(event.reinstatable_epoch, pool.cluster.epoch().await + 3);
    pool.cluster.set_commission(&vote, 500).await;
    pool.crank_window().await;
    (pool, alice, vote)
}

#[tokio::test]
async fn an_ejected_validator_comes_back_after_two_whole_epochs_without_a_breach() {
    let (mut pool, _alice, vote) = pool_with_ejected().await;
    for _ in 0..3 {
        assert_refused(pool.try_set_weight(&vote, 2).await, NotReinstatable);
        pool.crank_next_epoch(CREDITS).await;
    }
    let sent = pool.set_weight(&vote, 2).await;
    assert_eq!(sent.events::<ValidatorReinstated>().len(), 1);
    assert_eq!(pool.slot_state(&vote).await, SlotState::Active);
    assert_eq!(
        pool.slot_of(&vote).await.weight,
        0,
        "from the next epoch on"
    );
    let kept = pool.delegated(&vote).await;
    assert!(
        kept < 11 * SOL / 10,
        "{kept}: the minimum and what it earned"
    );
    pool.crank_next_epoch(CREDITS).await;
    assert_eq!(pool.account().await.total_weight, 4);
    for _ in 0..8 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    let (back, other) = (
        pool.delegated(&vote).await,
        pool.delegated(&pool.vote(1)).await,
    );
    assert!(back > other * 3 / 2, "{back} {other}");
}

#[tokio::test]
async fn a_second_breach_starts_the_probation_anew() {
    let (mut pool, _alice, vote) = pool_with_ejected().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.cluster.set_commission(&vote, 1_100).await;
    pool.eject(&vote).await;
    pool.cluster.set_commission(&vote, 0).await;
    for _ in 0..3 {
        assert_refused(pool.try_set_weight(&vote, 1).await, NotReinstatable);
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.set_weight(&vote, 1).await;
}

#[tokio::test]
async fn a_silent_validator_comes_back_only_after_it_voted_in_both_epochs() {
    let (mut pool, _alice, vote) = pool_with_ejected().await;
    let others = [pool.vote(1), pool.vote(2)];
    let all = [vote, others[0], others[1]];
    for votes in [&all[..], &others, &all, &others, &all] {
        pool.crank_next_epoch_of(votes, CREDITS).await;
        assert_refused(pool.try_set_weight(&vote, 1).await, NotReinstatable);
    }
    pool.crank_next_epoch_of(&all, CREDITS).await;
    pool.set_weight(&vote, 1).await;
}

#[tokio::test]
async fn an_ejected_validator_must_keep_the_rules_when_it_comes_back() {
    let (mut pool, _alice, vote) = pool_with_ejected().await;
    for _ in 0..3 {
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.cluster.set_commission(&vote, 1_001).await;
    assert_refused(pool.try_set_weight(&vote, 1).await, CommissionTooHigh);
    let good = pool.cluster.account(&vote).await;
    let without_key = VoteAccount {
        bls_key: false,
        ..VoteAccount::default()
    };
    let name = "pool's v0";
    pool.cluster.create_vote_account(name, &without_key).await;
    assert_refused(pool.try_set_weight(&vote, 1).await, BlsKeyMissing);
    pool.cluster.remove_account(&vote).await;
    assert_refused(pool.try_set_weight(&vote, 1).await, VoteAccountUnknown);
    pool.cluster.set_account(&vote, good);
    pool.cluster.set_commission(&vote, 0).await;
    pool.set_weight(&vote, 1).await;
}

#[tokio::test]
async fn nobody_but_the_curator_takes_it_back_and_the_curator_ejects_nobody() {
    let (mut pool, alice, vote) = pool_with_ejected().await;
    let good = pool.vote(1);
    assert_refused(pool.try_eject(&good).await, NoBreach);
    let curator = pool.curator();
    let place = pool.place(&good).await;
    let eject = pool.addresses.eject_validator(&place, None);
    assert_refused(pool.send(&[eject], &[&curator]).await, NoBreach);
    assert_refused(pool.try_retire(&vote).await, SlotLeaving);
    for _ in 0..3 {
        pool.crank_next_epoch(CREDITS).await;
    }
    let place = pool.place(&vote).await;
    let back = pool.addresses.set_weight(alice.pubkey(), &place, 1, 0);
    assert_refused(pool.send(&[back], &[&alice]).await, NotCurator);
    pool.set_weight(&vote, 1).await;
}

#[tokio::test]
async fn a_weight_that_was_due_does_not_bring_an_ejected_validator_back() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    pool.set_weight(&vote, 50).await;
    pool.cluster.set_commission(&vote, 2_000).await;
    pool.eject(&vote).await;
    for _ in 0..4 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        let slot = pool.slot_of(&vote).await;
        assert_eq!((slot.weight, slot.is_leaving()), (0, true));
    }
    assert!(pool.delegated(&vote).await < SOL);
}

/// Its slot was closed as soon as it was empty, and the vote account added anew: the weight of who went
/// on not voting came back after two epochs.
#[tokio::test]
async fn to_close_and_to_add_again_is_no_way_round_the_wait() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (lazy, other) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    let sent = pool.eject(&lazy).await;
    let event = sent.events::<ValidatorEjected>().remove(0);
    let mut refused = 0;
    while pool.cluster.epoch().await < event.reinstatable_epoch {
        match pool.try_close(&lazy).await {
            Ok(_) => panic!("closed in epoch {}", pool.cluster.epoch().await),
            Err(_) => refused += 1,
        }
        pool.crank_window().await;
        pool.crank_next_epoch_of(&[other], CREDITS).await;
    }
    assert!(refused > 1);
    pool.close(&lazy).await;
}
