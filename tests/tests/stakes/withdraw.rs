//! Stake accounts out.

use {
    crate::world::{SOL, active_stake, next_epoch, },
    solana_signer::Signer,
};

#[tokio::test]
async fn probe() {
    let (mut pool, alice) = sluice_tests::scenario::open_pool(|_| {}).await;
    let a = pool.account().await;
    println!("rate {} prices {:?} last gain {} on {}", a.reward_rate, pool.prices().await, a.last_gain_lamports, a.last_gain_stake_lamports);
    let vote = pool.vote(0);
    for i in 0..6 {
    let stake = active_stake(&mut pool, &format!("s{i}"), &alice.pubkey(), 7 * SOL, &vote).await;
    let sent = pool.deposit_stake(&alice, &stake, &vote).await;
    println!("deposit {}", sent.compute_units);
    if i == 0 { for l in &sent.logs { println!("{l}"); } }
    let taken = pool.withdraw_stake(&alice, &vote, 3 * SOL).await;
    println!("withdraw {}", taken.sent.compute_units);
    if i == 0 { for l in &taken.sent.logs { println!("{l}"); } }
    }
    next_epoch(&mut pool).await;
    println!("rate {}", pool.account().await.reward_rate);
}
