//! What holders pay for: deposits, exits, requests, claims.

use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, Sent},
    pool::{Pool, TicketAddress},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::Samples;

/// Who deposits and leaves.
pub const HOLDERS: [&str; 4] = ["ann", "ben", "cid", "dot"];
/// What each holder deposits, in lamports.
pub const DEPOSITS_LAMPORTS: [u64; 4] = [
    LAMPORTS_PER_SOL,
    12_345_678_901,
    7 * LAMPORTS_PER_SOL + 3,
    100 * LAMPORTS_PER_SOL,
];
/// What each holder takes out at once, and requests, in LST units.
pub const EXITS_LST: [u64; 3] = [LAMPORTS_PER_SOL / 10, 1_234_567_891, 5 * LAMPORTS_PER_SOL];

/// Measures everything that holders do, from the deposit to the claim in the next epoch. The pool
/// must be priced, and its rebalance window still ahead; it ends priced in the next epoch.
/// `suffix` is appended to the names of the measures.
pub async fn measure_holders(pool: &mut Pool, samples: &mut Samples, suffix: &str) {
    let name = |measure: &str| format!("{measure}{suffix}");
    let mut tickets = Vec::new();
    for holder in HOLDERS {
        let lamports = 1_000 * LAMPORTS_PER_SOL;
        let holder = pool.user(&format!("{holder}{suffix}"), lamports).await;
        for lamports in DEPOSITS_LAMPORTS {
            let sent = pool.deposit(&holder, lamports).await;
            samples.compute(name("deposit_sol"), sent.compute_units);
        }
        for lst in EXITS_LST {
            let sent = pool.withdraw(&holder, lst).await;
            samples.compute(name("withdraw_sol"), sent.compute_units);
        }
        for lst in EXITS_LST {
            let (ticket, sent) = request(pool, &holder, lst).await;
            let opened = pool.batch(ticket.batch_id).await.tickets == 1;
            let measure = match opened {
                true => "request_unstake_opening_batch",
                false => "request_unstake",
            };
            samples.compute(name(measure), sent.compute_units);
            tickets.push(ticket);
        }
    }

    pool.warp_to_window().await;
    pool.next_epoch_with_rewards(100_000).await;
    pool.price().await;
    let sent = pool.settle_head().await;
    samples.compute(name("settle_batch"), sent.compute_units);
    for ticket in tickets {
        let last = pool.batch(ticket.batch_id).await.tickets == 1;
        let measure = match last {
            true => "claim_closing_batch",
            false => "claim",
        };
        let sent = pool.claim(&ticket).await;
        samples.compute(name(measure), sent.compute_units);
    }
}

/// A request with the nonce that clients choose: the one whose address is found first.
async fn request(pool: &mut Pool, holder: &Keypair, lst: u64) -> (TicketAddress, Sent) {
    let owner = holder.pubkey();
    let batch_id = pool.open_batch_id().await;
    let batch = pool.addresses.batch(batch_id);
    let mut nonce = pool.addresses.cheapest_nonce(&batch, &owner, 0);
    while is_taken(pool, &batch, &owner, nonce).await {
        nonce = pool.addresses.cheapest_nonce(&batch, &owner, nonce + 1);
    }
    let source = pool.lst_account(&owner);
    let addresses = pool.addresses;
    let request = addresses.request_unstake(owner, source, batch_id, nonce, lst);
    let sent = pool.must_send(&[request], &[holder]).await;
    let ticket = addresses.ticket(&batch, &owner, nonce);
    let ticket = TicketAddress {
        batch_id,
        batch,
        ticket,
    };
    (ticket, sent)
}

async fn is_taken(pool: &mut Pool, batch: &Pubkey, owner: &Pubkey, nonce: u64) -> bool {
    let ticket = pool.addresses.ticket(batch, owner, nonce);
    pool.cluster.try_account(&ticket).await.is_some()
}
