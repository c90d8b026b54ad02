//! Stake accounts that come in and go out: what their holders pay for.

use sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::Samples;

/// Validators of the pools in which stake deposits and stake exits are measured.
pub const STAKE_POOL_SIZES: [usize; 3] = [10, 100, 1_000];
/// Lamports of an active stake account that comes in.
pub const STAKE_DEPOSIT_LAMPORTS: u64 = 5 * LAMPORTS_PER_SOL;
/// What is taken out as a stake account, in LST units.
pub const STAKE_EXIT_LST: u64 = 2 * LAMPORTS_PER_SOL;

/// Other amounts, the smallest and an odd one among them: they cost nearly the same.
const DEPOSITS_LAMPORTS: [u64; 3] = [STAKE_DEPOSIT_LAMPORTS, 1, 123_456_789_012];
const EXITS_LST: [u64; 3] = [STAKE_EXIT_LST, 3_456_789_012, 50 * LAMPORTS_PER_SOL];

/// Measures deposits and exits with stake of a validator whose main stake account is active. The
/// pool must be priced. `suffix` is appended to the names of the measures.
pub async fn measure_stakes(pool: &mut Pool, vote: &Pubkey, samples: &mut Samples, suffix: &str) {
    let name = |measure: &str| format!("{measure}{suffix}");
    let holder = pool.user(&format!("eve{suffix}"), LAMPORTS_PER_SOL).await;
    // Exits with stake are open in any pool that is measured, and cost the same in all.
    pool.change_pool(|account| account.reward_rate_e12 = 1)
        .await;
    // Stake is taken in of validators that vote.
    pool.cluster.earn_credits(vote, 1).await;
    for lamports in DEPOSITS_LAMPORTS {
        let offered = format!("s{lamports}{suffix}");
        let cluster = &mut pool.cluster;
        let stake = cluster
            .inject_active_stake(&offered, &holder.pubkey(), lamports, vote)
            .await;
        let sent = pool.deposit_stake(&holder, &stake, vote).await;
        samples.compute(name("deposit_stake"), sent.compute_units);
    }
    for lst in EXITS_LST {
        let taken = pool.withdraw_stake(&holder, vote, lst).await;
        samples.compute(name("withdraw_stake"), taken.sent.compute_units);
    }
}
