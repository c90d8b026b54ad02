//! What a validator that breaks the rules costs the holders, in rewards: measured against the
//! same pool in which everybody keeps them.

use sluice::{events::EpochFinalized, state::SlotState};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const EPOCHS: usize = 8;
/// The epoch, of those that are lived, at whose start the breach happens.
const BREACH: usize = 3;
/// The first one that it can happen in: the stake has just become active.
const EARLY_BREACH: usize = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misconduct {
    None,
    RaisesCommission,
    Vanishes,
    StopsVoting,
}

/// Four validators with 100 SOL each, beside a million SOL of others that vote: what the pool
/// does not earn goes to them, and hardly to itself.
async fn pool_among_others() -> (Pool, Pubkey) {
    let builder = Pool::builder()
        .cluster(|cluster| cluster.cluster_stake_lamports(2_000_000 * SOL))
        .config(|config| config.reserve_target_bps = 0)
        .epoch(3)
        .validators(&[(0, 1); 4]);
    let mut pool = builder.start().await;
    let others = pool.cluster.keypair("other stake's vote account").pubkey();
    assert!(pool.cluster.try_account(&others).await.is_some());
    let alice = pool.user("alice", 500 * SOL).await;
    pool.deposit(&alice, 400 * SOL).await;
    pool.crank_window().await;
    pool.cluster.earn_credits(&others, CREDITS).await;
    pool.live_an_epoch(CREDITS).await;
    (pool, others)
}

/// Ejects v0 as soon as anybody can.
async fn guard(pool: &mut Pool) {
    let vote = pool.vote(0);
    let state = pool.slot_of(&vote).await.state().expect("known");
    if state == SlotState::Active {
        // Refused while there is no breach to prove.
        let _outcome = pool.try_eject(&vote).await;
    }
}

/// Lamports that the pool earned in each epoch, v0 with this conduct from the breach on.
async fn gains(misconduct: Misconduct, breach: usize) -> Vec<u64> {
    let (mut pool, others) = pool_among_others().await;
    let vote = pool.vote(0);
    let mut gains = Vec::new();
    for epoch in 0..EPOCHS {
        if epoch == breach {
            match misconduct {
                Misconduct::None | Misconduct::StopsVoting => {}
                Misconduct::RaisesCommission => pool.cluster.set_commission(&vote, 10_000).await,
                Misconduct::Vanishes => pool.cluster.remove_account(&vote).await,
            }
        }
        guard(&mut pool).await;
        pool.crank_window().await;
        let votes = match misconduct {
            Misconduct::Vanishes | Misconduct::StopsVoting if epoch >= breach => 1..4,
            _ => 0..4,
        };
        let votes: Vec<Pubkey> = votes.map(|number| pool.vote(number)).collect();
        pool.cluster.earn_credits(&others, CREDITS).await;
        pool.next_epoch_with_votes_of(&votes, CREDITS).await;
        pool.observe_all().await;
        let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
        assert_eq!(booked.loss_lamports, 0);
        gains.push(booked.gain_lamports);
        pool.crank_epoch().await;
    }
    gains
}

/// How many epochs' rewards of a quarter of the pool are missing, in hundredths, per epoch.
fn lost_hundredths(good: &[u64], bad: &[u64]) -> Vec<u64> {
    let pairs = good.iter().zip(bad);
    pairs
        .map(|(good, bad)| good.saturating_sub(*bad) * 400 / good)
        .collect()
}

async fn lost(misconduct: Misconduct, breach: usize) -> Vec<u64> {
    let good = gains(Misconduct::None, breach).await;
    assert!(good.iter().all(|gain| *gain > 40_000), "{good:?}");
    let lost = lost_hundredths(&good, &gains(misconduct, breach).await);
    println!("{misconduct:?} costs {lost:?} hundredths of its epochs' rewards");
    lost
}

/// Asserts that v0's rewards are missing in these epochs after the breach, and in no other.
fn assert_missing(lost: &[u64], epochs: &[usize]) {
    for (epoch, lost) in lost.iter().enumerate() {
        let expected = if epochs.contains(&epoch) {
            97..=101
        } else {
            0..=3
        };
        assert!(expected.contains(lost), "epoch {epoch}: {lost} hundredths");
    }
}

/// E14. A raised commission acts on the rewards of the epoch after the next, and by then the stake has
/// left: it idles for one epoch. The epoch that it had worked for is paid, since the minimum stays
/// for the next one: where the pool is a validator's only delegator, it lost that one too.
#[tokio::test]
async fn a_raised_commission_costs_the_idle_epoch_alone() {
    for breach in [EARLY_BREACH, BREACH] {
        let lost = lost(Misconduct::RaisesCommission, breach).await;
        assert_missing(&lost, &[breach + 1]);
    }
}

/// Without a vote account the running epoch's rewards are gone too.
#[tokio::test]
async fn a_vanished_validator_costs_the_epoch_and_the_idle_one() {
    let lost = lost(Misconduct::Vanishes, BREACH).await;
    assert_missing(&lost, &[BREACH, BREACH + 1]);
}

/// That nobody voted is known when the epoch is over. The runtime holds the stake for one more.
#[tokio::test]
async fn a_silent_validator_costs_the_epoch_the_one_that_proves_it_and_the_idle_one() {
    let lost = lost(Misconduct::StopsVoting, BREACH).await;
    assert_missing(&lost, &[BREACH, BREACH + 1, BREACH + 2]);
}
