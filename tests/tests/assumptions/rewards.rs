//! Rewards: who gets them, when, and what is impossible meanwhile.

use sluice_math::{BoundaryRewards, Bps, LEAST_JUDGED_REWARD, Lamports, Rewarded};
use sluice_tests::cluster::{Cluster, VoteAccount, VoteVersion};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{
    error::StakeError,
    instruction as stake,
    state::{Authorized, Lockup, StakeAuthorize},
};

use crate::stake_cluster::{SOL, STAKE_RENT, StakeCluster, stake_error};

/// Both validators vote in this epoch; returns in the next one, rewards paid.
async fn rewarded_epoch(stakes: &mut StakeCluster) {
    let votes = [stakes.vote_a, stakes.vote_b];
    for vote in votes {
        stakes.cluster.earn_credits(&vote, 1_000).await;
    }
    stakes.cluster.next_epoch().await;
}

async fn reward_of(stakes: &mut StakeCluster, account: &Pubkey, delegated: u64) -> u64 {
    stakes.cluster.lamports(account).await - STAKE_RENT - delegated
}

#[tokio::test]
async fn commission_is_paid_in_the_first_slot_of_an_epoch_and_stake_one_slot_later() {
    let mut stakes = StakeCluster::new().await;
    let (main, vote) = (stakes.active("main", 5 * SOL).await, stakes.vote_a);
    stakes.cluster.earn_credits(&vote, 1_000).await;
    let vote_lamports = stakes.cluster.lamports(&vote).await;

    stakes.cluster.next_epoch_in_rewards().await;
    let commission = stakes.cluster.lamports(&vote).await - vote_lamports;
    assert!(commission > 0);
    assert_eq!(
        stakes.cluster.epoch_rewards().await.distributed_rewards,
        commission
    );
    stakes.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;

    stakes.cluster.warp_by(1).await;
    let rewards = stakes.cluster.epoch_rewards().await;
    let reward = reward_of(&mut stakes, &main, 5 * SOL).await;
    assert!(!rewards.active);
    assert_eq!(rewards.distributed_rewards, commission + reward);
    let total = rewards.total_rewards;
    assert_eq!((commission, reward), (total / 10, total * 9 / 10));
}

#[tokio::test]
async fn a_reward_adds_the_same_lamports_to_the_account_and_to_its_delegation() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    stakes.cluster.fund(&main, 99).await;
    rewarded_epoch(&mut stakes).await;
    let reward = reward_of(&mut stakes, &main, 5 * SOL + 99).await;
    assert!(reward > 0);
    stakes
        .expect(&main, STAKE_RENT + 5 * SOL + 99 + reward, 5 * SOL + reward)
        .await;
    assert_eq!(
        stakes.cluster.stake_activation(&main).await.effective,
        5 * SOL + reward
    );
    let state = stakes.cluster.stake_state(&main).await;
    assert_eq!(
        state.stake().map(|stake| stake.credits_observed),
        Some(1_000)
    );
}

#[tokio::test]
async fn commission_lowers_the_reward_in_proportion_rounded_down() {
    let mut stakes = StakeCluster::new().await;
    let (authority, other) = (stakes.authority.insecure_clone(), stakes.vote_b);
    let ten = stakes.activating("ten percent", 5 * SOL).await;
    let five = stakes
        .cluster
        .create_delegated_stake("five percent", &authority, 5 * SOL, &other)
        .await;
    stakes.cluster.next_epoch().await;
    rewarded_epoch(&mut stakes).await;
    let ten = reward_of(&mut stakes, &ten, 5 * SOL).await;
    let five = reward_of(&mut stakes, &five, 5 * SOL).await;
    let whole = stakes.cluster.epoch_rewards().await.total_rewards / 2;
    assert_eq!((ten, five), (whole * 90 / 100, whole * 95 / 100));
}

#[tokio::test]
async fn rewards_are_in_proportion_to_stake() {
    let mut stakes = StakeCluster::new().await;
    let one = stakes.activating("one", SOL).await;
    let three = stakes.active("three", 3 * SOL).await;
    rewarded_epoch(&mut stakes).await;
    let one = reward_of(&mut stakes, &one, SOL).await;
    let three = reward_of(&mut stakes, &three, 3 * SOL).await;
    assert!(one > 0);
    assert!((3 * one..=3 * one + 3).contains(&three), "{one} {three}");
}

#[tokio::test]
async fn without_credits_there_is_no_reward() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    stakes.cluster.next_epoch().await;
    stakes.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn the_epoch_of_activation_earns_nothing() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    rewarded_epoch(&mut stakes).await;
    stakes.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
    rewarded_epoch(&mut stakes).await;
    assert!(reward_of(&mut stakes, &main, 5 * SOL).await > 0);
}

#[tokio::test]
async fn stake_earns_in_the_epoch_of_its_deactivation_and_not_after() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let transient = stakes.initialized("transient", 0).await;
    let stays = stakes.active("stays", 2 * SOL).await;
    stakes
        .accepts(&[
            stakes.move_stake(&main, &transient, 2 * SOL),
            stakes.deactivate(&transient),
        ])
        .await;
    rewarded_epoch(&mut stakes).await;
    let reward = reward_of(&mut stakes, &transient, 2 * SOL).await;
    assert!(reward > 0);
    assert_eq!(reward, reward_of(&mut stakes, &stays, 2 * SOL).await);

    rewarded_epoch(&mut stakes).await;
    assert_eq!(reward, reward_of(&mut stakes, &transient, 2 * SOL).await);
    stakes
        .accepts(&[stakes.withdraw(&transient, 2 * SOL + reward)])
        .await;
}

#[tokio::test]
async fn stake_on_a_validator_without_a_bls_key_earns_nothing() {
    let keyless = VoteAccount {
        bls_key: false,
        ..VoteAccount::default()
    };
    let old = VoteAccount {
        version: VoteVersion::V3,
        ..VoteAccount::default()
    };
    for account in [keyless, old] {
        let mut cluster = Cluster::builder().start().await;
        let authority = cluster.funded("authority", SOL).await;
        let vote = cluster.create_vote_account("vote", &account).await;
        let main = cluster
            .create_delegated_stake("main", &authority, 5 * SOL, &vote)
            .await;
        cluster.next_epoch().await;
        cluster.earn_credits(&vote, 1_000).await;
        cluster.next_epoch().await;
        assert_eq!(
            cluster.lamports(&main).await,
            STAKE_RENT + 5 * SOL,
            "{account:?}"
        );
    }
}

#[tokio::test]
async fn a_raised_commission_acts_on_the_rewards_of_the_epoch_after_the_next() {
    let mut stakes = StakeCluster::new().await;
    let vote = stakes.vote_a;
    stakes.active("main", 5 * SOL).await;
    stakes.cluster.set_commission(&vote, 5_000).await;
    for expected_percent in [10, 10, 50] {
        let before = stakes.cluster.lamports(&vote).await;
        rewarded_epoch(&mut stakes).await;
        let commission = stakes.cluster.lamports(&vote).await - before;
        let total = stakes.cluster.epoch_rewards().await.total_rewards;
        assert_eq!(commission, total * expected_percent / 100);
    }
}

/// A boundary knows the commissions of those alone with whom stake was effective at the boundary before. Of
/// the first stake with a validator the whole first reward can be kept: the commission counts that it shows
/// as the stake becomes effective, an epoch after it was chosen.
#[tokio::test]
async fn the_first_stake_of_all_with_a_validator_is_paid_by_a_commission_that_was_raised_after_its_delegation()
 {
    for others_stake in [true, false] {
        let mut cluster = Cluster::builder().start().await;
        let authority = cluster.funded("authority", SOL).await;
        let fair = VoteAccount::default();
        let vote = cluster.create_vote_account("vote", &fair).await;
        if others_stake {
            cluster
                .inject_active_stake("other", &authority.pubkey(), 2 * SOL, &vote)
                .await;
        }
        cluster.next_epoch().await;
        let main = cluster
            .create_delegated_stake("main", &authority, 5 * SOL, &vote)
            .await;
        cluster.set_commission(&vote, 10_000).await;
        cluster.next_epoch().await;
        cluster.set_commission(&vote, 0).await;
        cluster.earn_credits(&vote, 1_000).await;
        cluster.next_epoch().await;
        let earned = cluster.lamports(&main).await - STAKE_RENT - 5 * SOL;
        assert_eq!(earned > 0, others_stake, "{earned}");
    }
}

#[tokio::test]
async fn every_epoch_starts_with_a_slot_in_which_rewards_are_paid() {
    let mut stakes = StakeCluster::new().await;
    for _ in 0..4 {
        let epoch = stakes.cluster.next_epoch_in_rewards().await;
        assert_eq!(
            stakes.cluster.slot().await,
            stakes.cluster.first_slot_of(epoch)
        );
        let rewards = stakes.cluster.epoch_rewards().await;
        assert_eq!((rewards.num_partitions, rewards.total_rewards), (1, 0));
        stakes.cluster.finish_rewards().await;
        assert_eq!(
            stakes.cluster.slot().await,
            stakes.cluster.first_slot_of(epoch) + 1
        );
    }
}

#[tokio::test]
async fn while_rewards_are_paid_every_stake_instruction_is_refused() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let other = stakes.activating("other", 5 * SOL).await;
    let idle = stakes.initialized("idle", 2 * SOL).await;
    let (owner, new) = (stakes.owner(), stakes.cluster.address("new"));
    stakes.cluster.next_epoch_in_rewards().await;
    for instruction in [
        stake::initialize(&new, &Authorized::auto(&owner), &Lockup::default()),
        stakes.delegate(&idle, &stakes.vote_a),
        stakes.move_stake(&main, &other, SOL),
        stakes.move_lamports(&main, &other, 1),
        stake::merge(&main, &other, &owner).remove(0),
        stake::split(&main, &owner, SOL, &idle).remove(2),
        stakes.deactivate(&main),
        stake::deactivate_delinquent_stake(&main, &stakes.vote_a, &stakes.vote_b),
        stakes.withdraw(&idle, 1),
        stake::authorize(&idle, &owner, &owner, StakeAuthorize::Staker, None),
    ] {
        stakes
            .refuses(&[instruction], stake_error(StakeError::EpochRewardsActive))
            .await;
    }
    stakes.cluster.finish_rewards().await;
    stakes.accepts(&[stakes.withdraw(&idle, 1)]).await;
}

#[tokio::test]
async fn while_rewards_are_paid_lamports_go_in_and_the_minimum_delegation_is_told() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    stakes.cluster.next_epoch_in_rewards().await;
    stakes.cluster.fund(&main, 5).await;
    stakes
        .expect(&main, STAKE_RENT + 5 * SOL + 5, 5 * SOL)
        .await;
    let sent = stakes.accepts(&[stake::get_minimum_delegation()]).await;
    assert_eq!(
        sent.return_data.map(|(_, data)| data),
        Some(SOL.to_le_bytes().to_vec())
    );
}

/// The rule by which validators are judged: for every stake and every commission, what a boundary
/// adds is the gross that the sysvar and the credits say, less the commission, to the lamport.
#[tokio::test]
async fn a_boundary_pays_the_gross_of_its_sysvar_less_the_commission_to_the_lamport() {
    let mut cluster = Cluster::builder().start().await;
    // Epochs long enough for rewards that no commission splits into less than a lamport.
    cluster.next_epochs(6).await;
    let authority = cluster.funded("authority", 80_000 * SOL).await;
    // Together they become active within one epoch.
    let stakes = [SOL, 3 * SOL + 1, 99 * SOL + 123_456_789, 10_000 * SOL + 7];
    let mut accounts = Vec::new();
    for commission_bps in [0, 1, 700, 1_000, 3_333, 9_999, 10_000] {
        let name = format!("{commission_bps}");
        let vote = cluster.create_validator(&name, commission_bps).await;
        for lamports in stakes {
            let name = format!("{commission_bps} of {lamports}");
            let stake = cluster
                .create_delegated_stake(&name, &authority, lamports, &vote)
                .await;
            accounts.push((commission_bps, vote, stake));
        }
    }
    cluster.next_epoch().await;
    let votes: Vec<Pubkey> = accounts.iter().map(|(_, vote, _)| *vote).collect();
    for epoch in 0..6_u64 {
        let mut before = Vec::new();
        for (number, (_, vote, stake)) in accounts.iter().enumerate() {
            if number % stakes.len() == 0 {
                let credits = 100_000 + 7_919 * epoch + 13 * number as u64;
                cluster.earn_credits(vote, credits).await;
            }
            before.push(delegation(&mut cluster, stake).await);
        }
        cluster.next_epoch().await;
        let rewards = cluster.epoch_rewards().await;
        assert!(!rewards.active && rewards.total_points > 0);
        let rewards = BoundaryRewards {
            points: rewards.total_points,
            lamports: Lamports::new(rewards.total_rewards),
        };
        for (at, ((commission_bps, _, stake), before)) in accounts.iter().zip(before).enumerate() {
            let state = cluster.vote_state(&votes[at]).await;
            let (_, credits, earlier) = *state.epoch_credits.last().expect("it voted");
            let gross = rewards.gross(Lamports::new(before), credits - earlier);
            let gross = gross.expect("a reward");
            assert!(gross > LEAST_JUDGED_REWARD, "{gross:?}");
            let commission = Bps::new(*commission_bps).expect("a share");
            let least = Rewarded::least_of(gross, commission);
            let paid = delegation(&mut cluster, stake).await - before;
            assert_eq!(Ok(Lamports::new(paid)), least, "{commission_bps} {before}");
            let observed = cluster.stake_state(stake).await.stake().expect("a stake");
            assert_eq!(observed.credits_observed, credits, "moves on at 100% too");
        }
    }
}

async fn delegation(cluster: &mut Cluster, stake: &Pubkey) -> u64 {
    let state = cluster.stake_state(stake).await;
    state.delegation().expect("delegated").stake
}
