//! What holders of stake accounts pay for: stake in and out.

use {
    super::Samples,
    crate::{cluster::LAMPORTS_PER_SOL, pool::Pool},
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// Stake that comes in, in lamports.
const DEPOSITS_LAMPORTS: [u64; 3] = [1, LAMPORTS_PER_SOL, 123_456_789_012];
/// LST that goes out.
const EXITS_LST: [u64; 3] = [2 * LAMPORTS_PER_SOL, 3_456_789_012, 50 * LAMPORTS_PER_SOL];

/// Measures deposits and exits with stake of a validator whose main stake account is active. The
/// pool must be priced. `suffix` is appended to the names of the measures.
pub async fn measure_stakes(pool: &mut Pool, vote: &Pubkey, samples: &mut Samples, suffix: &str) {
    let name = |measure: &str| format!("{measure}{suffix}");
    let holder = pool.user(&format!("eve{suffix}"), LAMPORTS_PER_SOL).await;
    // No instruction is cheaper or dearer for it, and exits with stake are open in any pool.
    pool.change_pool(|account| account.reward_rate = 1).await;
    for lamports in DEPOSITS_LAMPORTS {
        let offered = format!("stake of {lamports}{suffix}");
        let cluster = &mut pool.cluster;
        let stake = cluster.inject_active_stake(&offered, &holder.pubkey(), lamports, vote);
        let stake = stake.await;
        let sent = pool.deposit_stake(&holder, &stake, vote).await;
        samples.compute(name("deposit_stake"), sent.compute_units);
    }
    for lst in EXITS_LST {
        let taken = pool.withdraw_stake(&holder, vote, lst).await;
        samples.compute(name("withdraw_stake"), taken.sent.compute_units);
    }
}
