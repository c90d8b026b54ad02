//! "Earned no credits" needs a witness: another validator of the pool that did.

use sluice::{
    SluiceError,
    state::{Breach, PoolConfig, StakeAccountKind},
};
use sluice_tests::scenario::{CREDITS, SOL, assert_refused, breach, voting_pool};

/// Where the optional accounts are in the instruction.
const REFERENCE_MARKER: usize = 4;
const REFERENCE_VOTE: usize = 5;

#[tokio::test]
async fn in_a_halt_in_which_nobody_earns_credits_nobody_can_be_ejected() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1]).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    for accused in 0..3 {
        for witness in 0..3 {
            if accused != witness {
                let (accused, witness) = (pool.vote(accused), pool.vote(witness));
                let halted = pool.try_eject_beside(&accused, &witness).await;
                assert_refused(halted, SluiceError::NoBreach);
            }
        }
    }
}

#[tokio::test]
async fn what_the_witness_earned_before_or_since_does_not_count() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    pool.cluster.earn_credits(&witness, 50).await;
    let since = pool.try_eject_beside(&accused, &witness).await;
    assert_refused(since, SluiceError::NoBreach);
    pool.crank_next_epoch_of(&[], CREDITS).await;
    let sent = pool.eject_beside(&accused, &witness).await;
    assert_eq!(
        breach(&sent),
        Breach::NoCredits,
        "now that epoch is the last one"
    );
}

#[tokio::test]
async fn nobody_is_its_own_witness() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let accused = pool.vote(0);
    let own = pool.try_eject_beside(&accused, &accused).await;
    assert_refused(own, SluiceError::WrongReference);
}

#[tokio::test]
async fn a_validator_of_another_pool_is_no_witness() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let accused = pool.vote(0);
    pool.found("second", PoolConfig::RECOMMENDED).await;
    let stranger = pool.add_validators(&[(0, 1)]).await[0];
    let foreign = pool.addresses.marker(&stranger);
    pool.turn_to("pool");
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[stranger], CREDITS).await;
    let place = pool.place(&accused).await;
    let mut eject = pool.addresses.eject_validator(&place, Some(stranger));
    eject.accounts[REFERENCE_MARKER].pubkey = foreign;
    let refused = pool.send(&[eject], &[]).await;
    assert_refused(refused, SluiceError::WrongReference);
}

#[tokio::test]
async fn the_witness_is_who_its_marker_names() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1]).await;
    let (accused, silent, voting) = (pool.vote(0), pool.vote(1), pool.vote(2));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[voting], CREDITS).await;
    let place = pool.place(&accused).await;
    let mut eject = pool.addresses.eject_validator(&place, Some(silent));
    eject.accounts[REFERENCE_VOTE].pubkey = voting;
    let refused = pool.send(&[eject.clone()], &[]).await;
    assert_refused(refused, SluiceError::WrongReference);

    // Half a witness is none.
    let mut eject = pool.addresses.eject_validator(&place, Some(voting));
    eject.accounts[REFERENCE_MARKER].pubkey = sluice::ID;
    let half = pool.send(&[eject], &[]).await;
    assert_refused(half, SluiceError::NoBreach);
    // And neither a page nor a stranger's account is a marker.
    for fake in [pool.addresses.page(0), pool.addresses.pool, accused] {
        let mut eject = pool.addresses.eject_validator(&place, Some(voting));
        eject.accounts[REFERENCE_MARKER].pubkey = fake;
        let refused = pool.send(&[eject], &[]).await;
        refused.expect_err("no marker");
    }
    pool.eject_beside(&accused, &voting).await;
}

#[tokio::test]
async fn a_witness_whose_vote_account_cannot_be_read_proves_nothing() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    let version_one = |account: &mut solana_account::Account| account.data[0] = 1;
    pool.cluster.change_account(&witness, version_one).await;
    let unknown = pool.try_eject_beside(&accused, &witness).await;
    assert_refused(unknown, SluiceError::VoteAccountUnknown);
    pool.cluster.remove_account(&witness);
    let gone = pool.try_eject_beside(&accused, &witness).await;
    assert_refused(gone, SluiceError::VoteAccountUnknown);
}

#[tokio::test]
async fn a_validator_whose_stake_was_not_active_for_all_of_the_last_epoch_is_not_judged() {
    let (mut pool, alice) = voting_pool(&[1]).await;
    let witness = pool.vote(0);
    let late = pool.add_validators(&[(0, 1)]).await[0];
    // Added in this epoch.
    assert_refused(
        pool.try_eject_beside(&late, &witness).await,
        SluiceError::NoBreach,
    );
    pool.deposit(&alice, 90 * SOL).await;
    pool.crank_window().await;
    assert!(pool.delegated(&late).await > 50 * SOL);
    // Delegated in the last epoch: it was activating then. Merged or not makes no difference.
    pool.next_epoch_with_votes_of(&[witness], 1_000).await;
    pool.price().await;
    assert_refused(
        pool.try_eject_beside(&late, &witness).await,
        SluiceError::NoBreach,
    );
    pool.collect_all().await;
    assert_refused(
        pool.try_eject_beside(&late, &witness).await,
        SluiceError::NoBreach,
    );
    pool.crank_window().await;
    // Active for all of the last epoch: now it counts.
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    let sent = pool.eject_beside(&late, &witness).await;
    assert_eq!(breach(&sent), Breach::NoCredits);
}

#[tokio::test]
async fn a_validator_whose_stake_a_stranger_took_away_is_not_judged_for_the_time_after() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.deactivate_by_force(&accused, StakeAccountKind::Main)
        .await;
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    // The epoch of its deactivation it was still active to the end: that one counts.
    let main = pool.slot_of(&accused).await.main;
    let drained = pool.cluster.stake_activation(&main).await.effective;
    assert_eq!(drained, 0);
    pool.crank_next_epoch_of(&[witness], CREDITS).await;
    assert_refused(
        pool.try_eject_beside(&accused, &witness).await,
        SluiceError::NoBreach,
    );
}

#[tokio::test]
async fn in_epoch_0_nobody_can_have_earned_nothing_in_the_last_epoch() {
    let mut pool = sluice_tests::scenario::empty_pool(&[1, 1]).await;
    let (accused, witness) = (pool.vote(0), pool.vote(1));
    pool.cluster.earn_credits(&witness, 1_000).await;
    assert_eq!(pool.cluster.epoch().await, 0);
    assert_refused(
        pool.try_eject_beside(&accused, &witness).await,
        SluiceError::NoBreach,
    );
}
