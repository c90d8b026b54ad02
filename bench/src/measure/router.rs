//! What the router costs, and how much of that is its own: the same swap without it, beside it.

use sluice::state::Pool as PoolAccount;
use sluice_router::instruction::Swapper;
use sluice_tests::{cluster::LAMPORTS_PER_SOL, pool::Pool};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{DEPOSITS_LAMPORTS, EXITS_LST, HOLDERS, Samples};

/// What is queued in the open batch and in the locked one, in LST units.
const QUEUED_LST: [u64; 2] = [7 * LAMPORTS_PER_SOL, 10 * LAMPORTS_PER_SOL];
/// What the reserve holds beside a queue, in lamports: exits pay more than the least fee.
const RESERVE_LAMPORTS: u64 = 30 * LAMPORTS_PER_SOL;
/// How long rewards drip, in slots.
const DRIP_SLOTS: u64 = 1_000;

/// Who swaps, and its two token accounts.
struct Holder {
    keypair: Keypair,
    wrapped: Pubkey,
    lst: Pubkey,
}

/// Measures swaps in both directions of several holders and amounts, and exits beside a queue while
/// rewards drip, which take most. The pool must be priced, and its cluster must have the router.
pub async fn measure_router(pool: &mut Pool, samples: &mut Samples) {
    for name in HOLDERS {
        let name = format!("{name}'s router");
        let keypair = pool.user(&name, 1_000 * LAMPORTS_PER_SOL).await;
        let owner = keypair.pubkey();
        let holder = Holder {
            wrapped: pool.wrap(&owner, 1_000 * LAMPORTS_PER_SOL).await,
            lst: pool.lst_account(&owner),
            keypair,
        };
        for lamports in DEPOSITS_LAMPORTS {
            measure_deposit(pool, samples, &holder, lamports).await;
        }
        measure_exits(pool, samples, &holder).await;
        let before = pool.account().await;
        for is_locked in [true, false] {
            let slot = pool.cluster.slot().await;
            pool.change_pool(|pool| queue_and_drip(pool, slot, is_locked))
                .await;
            measure_exits(pool, samples, &holder).await;
        }
        pool.change_pool(|pool| *pool = before).await;
    }
}

/// Puts LST into the queue, leaves little in the reserve, and withholds a two-thousandth of what the
/// pool owns. Either one batch is locked and the next one open, or a swap must lock the open one first.
fn queue_and_drip(pool: &mut PoolAccount, slot: u64, is_locked: bool) {
    let [open, locked] = QUEUED_LST;
    (pool.open_lst, pool.locked_lst) = (open, locked);
    pool.open_lock_slot = if is_locked {
        slot + DRIP_SLOTS
    } else {
        slot - 1
    };
    let owned = pool.staked_lamports + pool.reserve_lamports;
    pool.reserve_lamports = RESERVE_LAMPORTS;
    pool.staked_lamports = owned - RESERVE_LAMPORTS;
    pool.withheld_lamports = owned.div_ceil(2_000);
    (pool.drip_start_slot, pool.drip_end_slot) = (slot - 1, slot + DRIP_SLOTS);
}

async fn measure_deposit(pool: &mut Pool, samples: &mut Samples, holder: &Holder, lamports: u64) {
    let by = holder.swapper(holder.wrapped, holder.lst);
    let plain = pool
        .addresses
        .deposit_sol(by.owner, holder.lst, lamports, 0);
    let routed = pool.routed().deposit_sol(&by, lamports, 0);
    let measures = ["router_deposit_sol", "router_deposit_sol_overhead"];
    measure(pool, samples, holder, measures, [plain, routed.clone()]).await;
    pool.must_send(&[routed], &[&holder.keypair]).await;
}

async fn measure_exits(pool: &mut Pool, samples: &mut Samples, holder: &Holder) {
    let by = holder.swapper(holder.lst, holder.wrapped);
    for amount in EXITS_LST {
        let plain = pool
            .addresses
            .withdraw_sol(by.owner, holder.lst, by.owner, amount, 0);
        let routed = pool.routed().withdraw_sol(&by, amount, 0);
        let measures = ["router_withdraw_sol", "router_withdraw_sol_overhead"];
        measure(pool, samples, holder, measures, [plain, routed]).await;
    }
}

/// Tries both out, in the same state of the pool.
async fn measure(
    pool: &mut Pool,
    samples: &mut Samples,
    holder: &Holder,
    [whole, overhead]: [&str; 2],
    [plain, routed]: [Instruction; 2],
) {
    let mut units = [0; 2];
    for (units, swap) in units.iter_mut().zip([plain, routed]) {
        let tried = pool.try_out(&[swap], &[&holder.keypair]).await;
        *units = tried.expect("the pool takes it").compute_units;
    }
    let [plain, routed] = units;
    samples.compute(whole, routed);
    samples.compute(overhead, routed - plain);
}

impl Holder {
    fn swapper(&self, source: Pubkey, recipient: Pubkey) -> Swapper {
        Swapper {
            owner: self.keypair.pubkey(),
            source,
            recipient,
        }
    }
}
