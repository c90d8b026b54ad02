//! What the router costs, and how much of that is its own: the same swap without it, beside it.

use sluice_router::instruction::Swapper;
use sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{DEPOSITS_LAMPORTS, EXITS_LST, HOLDERS, Samples};

/// Measures swaps in both directions of several holders and amounts. The pool must be priced, and
/// its cluster must have the router.
pub async fn measure_router(pool: &mut Pool, samples: &mut Samples) {
    for holder in HOLDERS {
        let name = format!("{holder}'s router");
        let holder = pool.user(&name, 1_000 * LAMPORTS_PER_SOL).await;
        let owner = holder.pubkey();
        let wrapped = pool.wrap(&owner, 1_000 * LAMPORTS_PER_SOL).await;
        let lst = pool.lst_account(&owner);
        let (into, out) = (
            Swapper {
                owner,
                source: wrapped,
                recipient: lst,
            },
            Swapper {
                owner,
                source: lst,
                recipient: wrapped,
            },
        );
        for lamports in DEPOSITS_LAMPORTS {
            let plain = pool.addresses.deposit_sol(owner, lst, lamports, 0);
            let routed = pool.routed().deposit_sol(&into, lamports, 0);
            measure(
                pool,
                samples,
                &holder,
                ["router_deposit_sol", "router_deposit_sol_overhead"],
                [plain, routed],
            )
            .await;
        }
        for amount in EXITS_LST {
            let plain = pool.addresses.withdraw_sol(owner, lst, owner, amount, 0);
            let routed = pool.routed().withdraw_sol(&out, amount, 0);
            measure(
                pool,
                samples,
                &holder,
                ["router_withdraw_sol", "router_withdraw_sol_overhead"],
                [plain, routed],
            )
            .await;
        }
    }
}

/// Tries the plain instruction out, then sends the router's.
async fn measure(
    pool: &mut Pool,
    samples: &mut Samples,
    holder: &Keypair,
    [whole, overhead]: [&str; 2],
    [plain, routed]: [Instruction; 2],
) {
    let tried = pool.try_out(&[plain], &[holder]).await;
    let plain = tried.expect("the pool takes it").compute_units;
    let routed = pool.must_send(&[routed], &[holder]).await.compute_units;
    samples.compute(whole, routed);
    samples.compute(overhead, routed - plain);
}
