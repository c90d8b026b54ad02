//! What the tests of stake accounts share.

use {
    sluice_math::{Bps, Lst, RewardRate, StakeExit},
    sluice_tests::{
        cluster::{LAMPORTS_PER_SOL, STAKE_ACCOUNT_BYTES},
        pool::{Pool, StakeTaken},
        scenario::CREDITS,
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_stake_interface::state::{Authorized, Lockup, StakeStateV2},
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Goes to the next epoch with rewards and cranks what is due at its start.
pub async fn next_epoch(pool: &mut Pool) {
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
}

/// Writes the least rate of rewards past the program: the configured fee decides.
pub async fn forget_rewards(pool: &mut Pool) {
    pool.change_pool(|account| account.reward_rate_e12 = 1)
        .await;
}

/// An active stake account of this size that was paid for all credits of its validator so far,
/// stored as a fixture.
pub async fn active_stake(
    pool: &mut Pool,
    name: &str,
    owner: &Pubkey,
    lamports: u64,
    vote: &Pubkey,
) -> Pubkey {
    let cluster = &mut pool.cluster;
    let stake = cluster
        .inject_active_stake(name, owner, lamports, vote)
        .await;
    let credits = pool.cluster.vote_state(vote).await.epoch_credits;
    let paid = credits.last().map_or(0, |(_, credits, _)| *credits);
    set_credits_observed(pool, &stake, paid).await;
    stake
}

/// Locks a delegated stake account up past the stake program.
pub async fn lock_up(pool: &mut Pool, stake: &Pubkey, lockup: Lockup) {
    let lock = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(meta, _, _) => meta.lockup = lockup,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, lock).await;
}

/// Writes up to which credits of its validator a stake account was paid.
pub async fn set_credits_observed(pool: &mut Pool, stake: &Pubkey, credits: u64) {
    let set = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.credits_observed = credits,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, set).await;
}

/// Sets a delegation past the stake program; what it loses becomes idle, and what it gains must be.
pub async fn set_delegation(pool: &mut Pool, stake: &Pubkey, lamports: u64) {
    let set = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.delegation.stake = lamports,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(stake, set).await;
}

/// What an exit of this many LST takes now, by the math crate.
pub async fn quote(pool: &mut Pool, lst: u64) -> StakeExit {
    let books = pool.books().await;
    let configured = Bps::new(books.pool.config.stake_exit_fee_bps).expect("a share");
    let rate = RewardRate::new(books.pool.reward_rate_e12);
    let ledger = books.pool.ledger();
    let exit = ledger.stake_exit(Lst::new(lst), books.slot, configured, rate);
    exit.expect("a quote")
}

/// The least LST for which an exit takes this many lamports of stake or more.
pub async fn lst_for(pool: &mut Pool, lamports: u64) -> u64 {
    let (mut low, mut high) = (0, 2 * lamports);
    while low < high {
        let middle = low + (high - low) / 2;
        if quote(pool, middle).await.lamports.get() >= lamports {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The recipient's new account: all of it active, theirs alone.
pub async fn assert_taken(pool: &mut Pool, stake: &Pubkey, owner: &Pubkey, lamports: u64) {
    let StakeStateV2::Stake(meta, taken, _) = pool.cluster.stake_state(stake).await else {
        panic!("no stake");
    };
    assert_eq!(meta.authorized, Authorized::auto(owner));
    assert_eq!(meta.lockup, Lockup::default());
    assert_eq!(taken.delegation.stake, lamports);
    let active = pool.cluster.stake_activation(stake).await;
    assert_eq!(active.effective, lamports);
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    assert!(pool.cluster.lamports(stake).await >= lamports + rent);
}

pub async fn taken(pool: &mut Pool, user: &Keypair, lst: u64) -> StakeTaken {
    let vote = pool.vote(0);
    let exit = quote(pool, lst).await;
    let taken = pool.withdraw_stake(user, &vote, lst).await;
    assert_eq!(pool.account().await.ledger(), exit.ledger);
    assert_taken(pool, &taken.stake, &user.pubkey(), exit.lamports.get()).await;
    taken
}
