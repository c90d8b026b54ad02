//! Stake accounts that cannot come in, and exits with stake that cannot be.

use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, STAKE_ACCOUNT_BYTES},
    pool::Pool,
    scenario::{open_pool, opened},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::{Lockup, StakeStateV2};

use super::{Outcome, staked_pool};

/// A pool, and 5 SOL of active stake of alice with its first validator.
async fn offer() -> (Pool, Keypair, Pubkey, Pubkey) {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let (owner, cluster) = (alice.pubkey(), &mut pool.cluster);
    let stake = cluster.inject_active_stake("offered", &owner, 5 * SOL, &vote);
    let stake = stake.await;
    (pool, alice, stake, vote)
}

async fn lock_up(pool: &mut Pool, stake: &Pubkey, lockup: Lockup) {
    let lock = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(meta, _, _) => meta.lockup = lockup,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, lock).await;
}

pub async fn a_wallet_is_no_stake_account() -> Outcome {
    let (mut pool, alice, _, vote) = offer().await;
    pool.try_deposit_stake(&alice, &alice.pubkey(), &vote).await
}

pub async fn nobody_deposits_the_stake_of_another() -> Outcome {
    let (mut pool, _alice, stake, vote) = offer().await;
    let mallory = pool.user("mallory", SOL).await;
    pool.try_deposit_stake(&mallory, &stake, &vote).await
}

pub async fn a_stake_account_that_is_locked_up_is_refused() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    let lockup = Lockup {
        epoch: 1_000,
        ..Lockup::default()
    };
    lock_up(&mut pool, &stake, lockup).await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn a_stake_account_with_a_custodian_is_refused() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    let lockup = Lockup {
        custodian: pool.cluster.address("custodian"),
        ..Lockup::default()
    };
    lock_up(&mut pool, &stake, lockup).await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn a_stake_account_without_a_delegation_is_refused() -> Outcome {
    let (mut pool, alice, _, vote) = offer().await;
    let cluster = &mut pool.cluster;
    let idle = cluster.create_stake("idle", &alice.pubkey(), SOL).await;
    pool.try_deposit_stake(&alice, &idle, &vote).await
}

pub async fn stake_that_activates_is_refused() -> Outcome {
    let (mut pool, alice, _, vote) = offer().await;
    let cluster = &mut pool.cluster;
    let fresh = cluster.create_delegated_stake("fresh", &alice, 5 * SOL, &vote);
    let fresh = fresh.await;
    pool.try_deposit_stake(&alice, &fresh, &vote).await
}

pub async fn stake_of_a_validator_that_is_silent_in_this_epoch_is_refused() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    pool.warp_to_window().await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn stake_beyond_the_share_cap_of_its_validator_is_refused() -> Outcome {
    let builder = Pool::builder().config(|config| config.share_cap_bps = 5_000);
    let (mut pool, alice) = opened(builder.validators(&[(0, 1), (0, 1)]), 2_000 * SOL).await;
    let (owner, vote) = (alice.pubkey(), pool.vote(0));
    let cluster = &mut pool.cluster;
    let stake = cluster.inject_active_stake("offered", &owner, 500 * SOL, &vote);
    let stake = stake.await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn stake_that_deactivates_is_refused() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    let deactivate = solana_stake_interface::instruction::deactivate_stake(&stake, &alice.pubkey());
    pool.cluster.must_send(&[deactivate], &[&alice]).await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn stake_of_another_validator_is_refused() -> Outcome {
    let (mut pool, alice, stake, _) = offer().await;
    let other = pool.vote(1);
    pool.try_deposit_stake(&alice, &stake, &other).await
}

pub async fn a_validator_that_will_retire_takes_no_stake() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    pool.retire(&vote).await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn a_validator_without_active_stake_takes_none() -> Outcome {
    let (mut pool, alice, _, _) = offer().await;
    let new = pool.add_validators(&[(0, 1)]).await[0];
    let (owner, cluster) = (alice.pubkey(), &mut pool.cluster);
    let stake = cluster.inject_active_stake("early", &owner, 5 * SOL, &new);
    let stake = stake.await;
    pool.try_deposit_stake(&alice, &stake, &new).await
}

pub async fn the_main_stake_account_cannot_be_deposited() -> Outcome {
    let (mut pool, alice, _, vote) = offer().await;
    let main = pool.place(&vote).await.main;
    pool.try_deposit_stake(&alice, &main, &vote).await
}

pub async fn more_idle_lamports_than_one_rent_are_refused() -> Outcome {
    let (mut pool, alice, stake, vote) = offer().await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    pool.cluster.fund(&stake, rent + 1).await;
    pool.try_deposit_stake(&alice, &stake, &vote).await
}

pub async fn stake_does_not_go_to_an_account_in_use() -> Outcome {
    let (mut pool, alice, _, vote) = offer().await;
    let used = pool.cluster.keypair("used");
    let owner = alice.pubkey();
    pool.cluster.create_stake("used", &owner, SOL).await;
    let withdraw = pool
        .withdraw_stake_instruction(&owner, &used.pubkey(), &vote, 2 * SOL)
        .await;
    pool.send(&[withdraw], &[&alice, &used]).await
}

async fn exit(pool: &mut Pool, alice: &Keypair, lst: u64) -> Outcome {
    let vote = pool.vote(0);
    let taken = pool.try_withdraw_stake(alice, &vote, lst).await;
    taken.map(|taken| taken.sent)
}

pub async fn an_exit_below_the_minimum_delegation_is_refused() -> Outcome {
    let (mut pool, alice) = open_pool(|_| {}).await;
    exit(&mut pool, &alice, SOL / 2).await
}

pub async fn an_exit_that_leaves_main_below_the_minimum_is_refused() -> Outcome {
    let (mut pool, alice) = open_pool(|_| {}).await;
    exit(&mut pool, &alice, 298 * SOL).await
}

pub async fn an_exit_that_leaves_a_validator_less_than_its_part_is_refused() -> Outcome {
    let (mut pool, alice) = open_pool(|config| config.tolerance_bps = 500).await;
    exit(&mut pool, &alice, 100 * SOL).await
}

pub async fn exits_with_stake_are_closed_before_the_first_reward() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    exit(&mut pool, &alice, 2 * SOL).await
}

/// The rewards of a whole cluster go to 20 SOL.
pub async fn exits_with_stake_are_closed_after_an_exorbitant_reward() -> Outcome {
    let builder = Pool::builder()
        .config(|config| config.drip_bound_bps = 10)
        .validators(&[(0, 1)]);
    let (mut pool, alice) = opened(builder, 20 * SOL).await;
    exit(&mut pool, &alice, 2 * SOL).await
}
