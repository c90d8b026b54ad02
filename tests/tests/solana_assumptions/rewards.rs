//! Rewards: who gets them, when, and what is impossible meanwhile.

use {
    crate::world::{SOL, STAKE_RENT, World, stake_error},
    sluice_tests::cluster::{Cluster, VoteAccount, VoteVersion},
    solana_pubkey::Pubkey,
    solana_stake_interface::{
        error::StakeError,
        instruction as stake,
        state::{Authorized, Lockup, StakeAuthorize},
    },
};

/// Both validators vote in this epoch; returns in the next one, rewards paid.
async fn rewarded_epoch(world: &mut World) {
    let votes = [world.vote_a, world.vote_b];
    for vote in votes {
        world.cluster.earn_credits(&vote, 1_000).await;
    }
    world.cluster.next_epoch().await;
}

async fn reward_of(world: &mut World, account: &Pubkey, delegated: u64) -> u64 {
    world.cluster.lamports(account).await - STAKE_RENT - delegated
}

#[tokio::test]
async fn commission_is_paid_in_the_first_slot_of_an_epoch_and_stake_one_slot_later() {
    let mut world = World::new().await;
    let (main, vote) = (world.active("main", 5 * SOL).await, world.vote_a);
    world.cluster.earn_credits(&vote, 1_000).await;
    let vote_lamports = world.cluster.lamports(&vote).await;

    world.cluster.next_epoch_in_rewards().await;
    let commission = world.cluster.lamports(&vote).await - vote_lamports;
    assert!(commission > 0);
    assert_eq!(
        world.cluster.epoch_rewards().await.distributed_rewards,
        commission
    );
    world.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;

    world.cluster.warp_by(1).await;
    let rewards = world.cluster.epoch_rewards().await;
    let reward = reward_of(&mut world, &main, 5 * SOL).await;
    assert!(!rewards.active);
    assert_eq!(rewards.distributed_rewards, commission + reward);
    let total = rewards.total_rewards;
    assert_eq!((commission, reward), (total / 10, total * 9 / 10));
}

#[tokio::test]
async fn a_reward_adds_the_same_lamports_to_the_account_and_to_its_delegation() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    world.cluster.fund(&main, 99).await;
    rewarded_epoch(&mut world).await;
    let reward = reward_of(&mut world, &main, 5 * SOL + 99).await;
    assert!(reward > 0);
    world
        .expect(&main, STAKE_RENT + 5 * SOL + 99 + reward, 5 * SOL + reward)
        .await;
    assert_eq!(
        world.cluster.stake_activation(&main).await.effective,
        5 * SOL + reward
    );
    let state = world.cluster.stake_state(&main).await;
    assert_eq!(
        state.stake().map(|stake| stake.credits_observed),
        Some(1_000)
    );
}

#[tokio::test]
async fn commission_lowers_the_reward_in_proportion_rounded_down() {
    let mut world = World::new().await;
    let (authority, other) = (world.authority.insecure_clone(), world.vote_b);
    let ten = world.activating("ten percent", 5 * SOL).await;
    let five = world
        .cluster
        .create_delegated_stake("five percent", &authority, 5 * SOL, &other)
        .await;
    world.cluster.next_epoch().await;
    rewarded_epoch(&mut world).await;
    let ten = reward_of(&mut world, &ten, 5 * SOL).await;
    let five = reward_of(&mut world, &five, 5 * SOL).await;
    let whole = world.cluster.epoch_rewards().await.total_rewards / 2;
    assert_eq!((ten, five), (whole * 90 / 100, whole * 95 / 100));
}

#[tokio::test]
async fn rewards_are_in_proportion_to_stake() {
    let mut world = World::new().await;
    let one = world.activating("one", SOL).await;
    let three = world.active("three", 3 * SOL).await;
    rewarded_epoch(&mut world).await;
    let one = reward_of(&mut world, &one, SOL).await;
    let three = reward_of(&mut world, &three, 3 * SOL).await;
    assert!(one > 0);
    assert!((3 * one..=3 * one + 3).contains(&three), "{one} {three}");
}

#[tokio::test]
async fn without_credits_there_is_no_reward() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    world.cluster.next_epoch().await;
    world.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn the_epoch_of_activation_earns_nothing() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    rewarded_epoch(&mut world).await;
    world.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
    rewarded_epoch(&mut world).await;
    assert!(reward_of(&mut world, &main, 5 * SOL).await > 0);
}

#[tokio::test]
async fn stake_earns_in_the_epoch_of_its_deactivation_and_not_after() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    let transient = world.initialized("transient", 0).await;
    let stays = world.active("stays", 2 * SOL).await;
    world
        .accepts(&[
            world.move_stake(&main, &transient, 2 * SOL),
            world.deactivate(&transient),
        ])
        .await;
    rewarded_epoch(&mut world).await;
    let reward = reward_of(&mut world, &transient, 2 * SOL).await;
    assert!(reward > 0);
    assert_eq!(reward, reward_of(&mut world, &stays, 2 * SOL).await);

    rewarded_epoch(&mut world).await;
    assert_eq!(reward, reward_of(&mut world, &transient, 2 * SOL).await);
    world
        .accepts(&[world.withdraw(&transient, 2 * SOL + reward)])
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
    let mut world = World::new().await;
    let vote = world.vote_a;
    world.active("main", 5 * SOL).await;
    world.cluster.set_commission(&vote, 5_000).await;
    for expected_percent in [10, 10, 50] {
        let before = world.cluster.lamports(&vote).await;
        rewarded_epoch(&mut world).await;
        let commission = world.cluster.lamports(&vote).await - before;
        let total = world.cluster.epoch_rewards().await.total_rewards;
        assert_eq!(commission, total * expected_percent / 100);
    }
}

#[tokio::test]
async fn every_epoch_starts_with_a_slot_in_which_rewards_are_paid() {
    let mut world = World::new().await;
    for _ in 0..4 {
        let epoch = world.cluster.next_epoch_in_rewards().await;
        assert_eq!(
            world.cluster.slot().await,
            world.cluster.first_slot_of(epoch)
        );
        let rewards = world.cluster.epoch_rewards().await;
        assert_eq!((rewards.num_partitions, rewards.total_rewards), (1, 0));
        world.cluster.finish_rewards().await;
        assert_eq!(
            world.cluster.slot().await,
            world.cluster.first_slot_of(epoch) + 1
        );
    }
}

#[tokio::test]
async fn while_rewards_are_paid_every_stake_instruction_is_refused() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    let other = world.activating("other", 5 * SOL).await;
    let idle = world.initialized("idle", 2 * SOL).await;
    let (owner, new) = (world.owner(), world.cluster.address("new"));
    world.cluster.next_epoch_in_rewards().await;
    for instruction in [
        stake::initialize(&new, &Authorized::auto(&owner), &Lockup::default()),
        world.delegate(&idle, &world.vote_a),
        world.move_stake(&main, &other, SOL),
        world.move_lamports(&main, &other, 1),
        stake::merge(&main, &other, &owner).remove(0),
        stake::split(&main, &owner, SOL, &idle).remove(2),
        world.deactivate(&main),
        stake::deactivate_delinquent_stake(&main, &world.vote_a, &world.vote_b),
        world.withdraw(&idle, 1),
        stake::authorize(&idle, &owner, &owner, StakeAuthorize::Staker, None),
    ] {
        world
            .refuses(&[instruction], stake_error(StakeError::EpochRewardsActive))
            .await;
    }
    world.cluster.finish_rewards().await;
    world.accepts(&[world.withdraw(&idle, 1)]).await;
}

#[tokio::test]
async fn while_rewards_are_paid_lamports_go_in_and_the_minimum_delegation_is_told() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    world.cluster.next_epoch_in_rewards().await;
    world.cluster.fund(&main, 5).await;
    world.expect(&main, STAKE_RENT + 5 * SOL + 5, 5 * SOL).await;
    let sent = world.accepts(&[stake::get_minimum_delegation()]).await;
    assert_eq!(
        sent.return_data.map(|(_, data)| data),
        Some(SOL.to_le_bytes().to_vec())
    );
}
