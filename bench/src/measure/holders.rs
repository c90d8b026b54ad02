//! What holders pay for: deposits, exits, requests, claims.

use sluice_client::UnstakeRequest;
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, Sent},
    pool::{Pool, TicketAddress},
};
use solana_keypair::Keypair;
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
    let (mut tickets, mut holders) = (Vec::new(), Vec::new());
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
        holders.push(holder);
    }

    pool.warp_to_window().await;
    // Now the queue is locked, the first time by an exit.
    for holder in &holders {
        let sent = pool.withdraw(holder, EXITS_LST[0]).await;
        samples.compute(name("withdraw_sol_beside_locked_queue"), sent.compute_units);
    }
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

/// A request with the number that clients choose: the one whose address is found first. The next
/// batch is a candidate, too, as clients ask by default.
async fn request(pool: &mut Pool, holder: &Keypair, lst: u64) -> (TicketAddress, Sent) {
    let owner = holder.pubkey();
    let own = pool.own_request(&owner, lst).await;
    let mut numbers = pool.addresses.ticket_numbers(owner, 0);
    let number = loop {
        let number = numbers.next().expect("an epoch has many");
        if pool.cluster.try_account(&number.address).await.is_none() {
            break number.value;
        }
    };
    let request = UnstakeRequest {
        number,
        later_batches: 1,
        ..own
    };
    let instruction = pool.addresses.request_unstake(&request);
    let sent = pool.must_send(&[instruction], &[holder]).await;
    (pool.ticket_of(&request), sent)
}
