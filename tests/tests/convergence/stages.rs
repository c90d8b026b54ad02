//! Every disturbance in every stage of a transient: each pool comes back by cranks alone.

use rand::{SeedableRng, rngs::StdRng};
use sluice::state::{
    PoolConfig, PoolLimits,
    StakeAccountKind::{self, Main, Transient},
};
use sluice_tests::{
    cluster::Cluster,
    pool::Pool,
    scenario::{CREDITS, recovery::recover},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use crate::struck_pool::SOL;

/// Epochs within which a pool must be back.
const EPOCHS: usize = 3;

/// What the transients of both validators are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing.
    Idle,
    /// Delegated in this epoch.
    Activating,
    /// Active since this epoch, and not collected.
    Activated,
    /// Deactivated in this epoch.
    Deactivating,
    /// Inactive since this epoch, and not collected.
    Inactive,
}

const STAGES: [Stage; 5] = [
    Stage::Idle,
    Stage::Activating,
    Stage::Activated,
    Stage::Deactivating,
    Stage::Inactive,
];

/// A pool on a cluster whose rent is neither the least nor the most there can be, with 100 SOL on
/// two validators, whose transients are in this stage.
async fn pool_in(stage: Stage) -> (Pool, Keypair) {
    let mut cluster = Cluster::start().await;
    cluster.schedule_rent(2_575).await;
    cluster.next_epoch().await;
    let mut pool = Pool::create(cluster, "pool", PoolConfig::RECOMMENDED, PoolLimits::NONE).await;
    pool.add_validators(&[(0, 1), (500, 1)]).await;
    let alice = pool.user("alice", 200 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    // Weights hold from the next epoch on, and stake from the one after it.
    for _ in 0..3 {
        pool.live_an_epoch(0).await;
    }
    match stage {
        Stage::Idle => return (pool, alice),
        Stage::Activating | Stage::Activated => {
            pool.deposit(&alice, 20 * SOL).await;
        }
        Stage::Deactivating | Stage::Inactive => {
            // Requests made in the window lock in the next.
            pool.request(&alice, 30 * SOL).await;
            pool.crank_next_epoch(0).await;
            pool.warp_to_window().await;
        }
    }
    pool.crank_epoch().await;
    if matches!(stage, Stage::Activated | Stage::Inactive) {
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.price().await;
    }
    assert_in(&mut pool, stage).await;
    (pool, alice)
}

async fn assert_in(pool: &mut Pool, stage: Stage) {
    for place in pool.places().await {
        let stake = pool.cluster.stake_activation(&place.transient).await;
        let is = [stake.activating, stake.effective, stake.deactivating].map(|part| part > 0);
        let expected = match stage {
            Stage::Idle | Stage::Inactive => [false, false, false],
            Stage::Activating => [true, false, false],
            Stage::Activated => [false, true, false],
            Stage::Deactivating => [false, true, true],
        };
        assert_eq!(is, expected, "{stage:?}: {stake:?}");
    }
}

async fn comes_back(pool: &mut Pool) {
    let mut rng = StdRng::seed_from_u64(0);
    recover(pool, EPOCHS, 2, &mut rng).await;
}

/// Whether anybody could deactivate the account in this stage.
fn is_delegated(stage: Stage, kind: StakeAccountKind) -> bool {
    kind == Main || matches!(stage, Stage::Activating | Stage::Activated)
}

/// Main of the first validator and transient of the second.
const STRUCK: [(u64, StakeAccountKind); 2] = [(0, Main), (1, Transient)];

#[tokio::test]
async fn stake_deactivated_by_a_stranger_in_any_stage_is_back_at_its_target() {
    for stage in STAGES {
        let (mut pool, _alice) = pool_in(stage).await;
        for (number, kind) in STRUCK {
            if is_delegated(stage, kind) {
                pool.deactivate_by_force(&pool.vote(number), kind).await;
            }
        }
        comes_back(&mut pool).await;
    }
}

#[tokio::test]
async fn accounts_reset_to_initialized_in_any_stage_are_back_at_their_targets() {
    for stage in STAGES {
        let (mut pool, _alice) = pool_in(stage).await;
        for (number, kind) in STRUCK {
            pool.reset_to_initialized(&pool.vote(number), kind).await;
        }
        comes_back(&mut pool).await;
    }
}

#[tokio::test]
async fn accounts_reset_to_uninitialized_in_any_stage_are_back_at_their_targets() {
    for stage in STAGES {
        let (mut pool, _alice) = pool_in(stage).await;
        for (number, kind) in STRUCK {
            pool.reset_to_uninitialized(&pool.vote(number), kind).await;
        }
        comes_back(&mut pool).await;
    }
}

#[tokio::test]
async fn a_cluster_restart_that_resets_every_account_in_any_stage_loses_nothing() {
    for stage in STAGES {
        let (mut pool, _alice) = pool_in(stage).await;
        for number in 0..2 {
            let vote = pool.vote(number);
            for kind in [Main, Transient] {
                pool.reset_to_uninitialized(&vote, kind).await;
            }
        }
        comes_back(&mut pool).await;
    }
}

/// What a pool is worth more once strangers' lamports are booked.
async fn full_after(pool: &mut Pool) -> u64 {
    let paid = pool.account().await.claims_lamports;
    pool.prices().await.full + paid
}

#[tokio::test]
async fn tips_and_block_revenue_in_any_stage_reach_the_holders_to_the_lamport() {
    const TIPS: [u64; 3] = [1, 890_881, 3 * SOL + 7];
    for stage in STAGES {
        let (mut pool, _alice) = pool_in(stage).await;
        let before = full_after(&mut pool).await;
        let slot = pool.slot_of(&pool.vote(0)).await;
        for tip in TIPS {
            for stake in [slot.main, slot.transient] {
                pool.cluster.fund(&stake, tip).await;
            }
        }
        assert_eq!(full_after(&mut pool).await, before, "not before finalize");
        let mut rng = StdRng::seed_from_u64(0);
        recover(&mut pool, EPOCHS, 0, &mut rng).await;
        let tips: u64 = TIPS.iter().sum();
        let counted = full_after(&mut pool).await - before;
        // A transient that is collected before it is read counts once it is used again.
        let read = if stage == Stage::Deactivating { 2 } else { 1 };
        let expected = read * tips..=2 * tips;
        assert!(
            expected.contains(&counted),
            "{stage:?}: {counted} of {expected:?}"
        );
    }
}

#[tokio::test]
async fn rent_that_changes_in_any_stage_costs_nothing_and_holds_nothing_up() {
    for lamports_per_byte in [696, 6_960] {
        for stage in STAGES {
            let (mut pool, alice) = pool_in(stage).await;
            pool.cluster.schedule_rent(lamports_per_byte).await;
            comes_back(&mut pool).await;
            leave_and_close(&mut pool, &alice).await;
        }
    }
}

/// Everybody leaves, validators retire, and every lamport is accounted for.
async fn leave_and_close(pool: &mut Pool, alice: &Keypair) {
    let owner = solana_signer::Signer::pubkey(alice);
    let lst = pool.lst_balance(&owner).await;
    let ticket = pool.request(alice, lst).await;
    let votes: Vec<Pubkey> = (0..2).map(|number| pool.vote(number)).collect();
    for vote in &votes {
        pool.retire(vote).await;
    }
    for _ in 0..4 {
        pool.live_an_epoch(0).await;
    }
    for vote in &votes {
        pool.close(vote).await;
    }
    pool.live_an_epoch(0).await;
    // Rent may have risen by more than the vault was funded for at its creation.
    let vault = pool.addresses.claims_vault;
    pool.cluster.fund(&vault, SOL).await;
    pool.claim(&ticket).await;
    assert_eq!(pool.cluster.try_account(&ticket.ticket).await, None);
    assert_eq!(pool.account().await.staked_lamports, 0);
}
