//! All holders leave: nothing but the seed stays behind, and its value is in the reserve.

use sluice::state::SEED_LAMPORTS;
use sluice_tests::{
    pool::{Pool, TicketAddress, Watch},
    scenario::{SOL, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What happens to the price before everybody leaves.
#[derive(Clone, Copy, Debug)]
enum Past {
    Nothing,
    /// This many lamports arrive and drip, and the treasury has its fee of them.
    Gain(u64),
    /// The first validator's stake loses this many lamports.
    Loss(u64),
}

/// Everybody asks for everything, the treasury too. All are paid within three epochs.
async fn everybody_leaves(validators: usize, deposits: &[u64], past: Past) {
    let weights: Vec<(u16, u16)> = (0..validators).map(|it| (0, 1 + it as u16 % 3)).collect();
    let watch = match validators {
        0..=5 => Watch::Full,
        _ => Watch::Books,
    };
    let builder = Pool::builder()
        .config(|config| {
            config.drip_bound_bps = 10_000;
            config.breaker_bound_bps = 500;
        })
        .validators(&weights)
        .watch(watch);
    let mut pool = builder.start().await;
    let mut holders = Vec::new();
    for (number, lamports) in deposits.iter().enumerate() {
        let name = format!("holder {number}");
        let holder = pool.user(&name, lamports + SOL).await;
        pool.deposit(&holder, *lamports).await;
        holders.push(holder);
    }
    pool.pass_an_epoch().await;
    live_through(&mut pool, past).await;
    pool.pay_fees().await;
    let treasury = pool.treasury();
    pool.cluster.fund(&treasury.pubkey(), SOL).await;
    holders.push(treasury);

    let tickets = request_everything(&mut pool, &holders).await;
    let worth_before = {
        let prices = pool.prices().await;
        worth(SEED_LAMPORTS, prices.value, prices.supply)
    };
    let mut epochs = 0;
    while pool.account().await.lst_supply > SEED_LAMPORTS {
        pool.pass_an_epoch().await;
        epochs += 1;
        assert!(epochs <= 3, "{validators} validators, {past:?}");
    }
    for ticket in &tickets {
        pool.claim(ticket).await;
    }
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
    assert_eq!(account.claims_lamports, 0);
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let prices = pool.prices().await;
    assert_eq!(
        account.reserve_lamports - rent,
        prices.full,
        "what is left is in the reserve"
    );
    assert!(prices.full >= worth_before);
    assert!(pool.cluster.lamports(&pool.addresses.reserve).await >= rent + worth_before);
    pool.check().await;
}

async fn live_through(pool: &mut Pool, past: Past) {
    match past {
        Past::Nothing => {}
        Past::Gain(lamports) => {
            let reserve = pool.addresses.reserve;
            pool.cluster.fund(&reserve, lamports).await;
            pool.crank_window().await;
            pool.live_an_epoch(0).await;
            pool.crank_next_epoch(0).await;
            assert_eq!(pool.books().await.unreleased(), 0, "all of it has dripped");
        }
        Past::Loss(lamports) => {
            let vote = pool.vote(0);
            pool.slash(&vote, lamports).await;
            pool.pass_an_epoch().await;
        }
    }
}

async fn request_everything(pool: &mut Pool, holders: &[Keypair]) -> Vec<TicketAddress> {
    let mut tickets = Vec::new();
    for holder in holders {
        let lst = pool.lst_balance(&holder.pubkey()).await;
        if lst > 0 {
            tickets.push(pool.request(holder, lst).await);
        }
    }
    tickets
}

#[tokio::test]
async fn everybody_leaves_one_validator_at_price_one() {
    everybody_leaves(1, &[10 * SOL, SOL / 3, 1], Past::Nothing).await;
}

#[tokio::test]
async fn everybody_leaves_one_validator_after_a_gain() {
    everybody_leaves(1, &[10 * SOL, SOL / 3], Past::Gain(3 * SOL + 1)).await;
}

#[tokio::test]
async fn everybody_leaves_one_validator_after_a_loss() {
    everybody_leaves(1, &[10 * SOL, SOL / 3, 77], Past::Loss(SOL / 3)).await;
}

#[tokio::test]
async fn everybody_leaves_two_validators() {
    everybody_leaves(2, &[3 * SOL, 2 * SOL - 1], Past::Gain(12_345_678)).await;
}

#[tokio::test]
async fn everybody_leaves_three_validators_with_hardly_more_than_their_minimum() {
    everybody_leaves(3, &[3 * SOL, SOL / 5], Past::Nothing).await;
}

#[tokio::test]
async fn everybody_leaves_five_validators_at_twice_the_price() {
    everybody_leaves(5, &[95 * SOL, 3 * SOL, 2 * SOL], Past::Gain(100 * SOL)).await;
}

#[tokio::test]
async fn everybody_leaves_five_validators_at_a_tenth_of_the_price_and_less() {
    everybody_leaves(5, &[950 * SOL, 50 * SOL], Past::Loss(45 * SOL)).await;
}

#[tokio::test]
async fn everybody_leaves_ten_validators() {
    everybody_leaves(10, &[23 * SOL, 11 * SOL + 3], Past::Gain(7 * SOL)).await;
}

#[tokio::test]
async fn everybody_leaves_ten_validators_after_a_loss() {
    everybody_leaves(10, &[230 * SOL, 11 * SOL + 3], Past::Loss(SOL + 1)).await;
}

#[tokio::test]
async fn everybody_leaves_thirty_validators() {
    everybody_leaves(30, &[61 * SOL, SOL], Past::Gain(SOL / 7)).await;
}

#[tokio::test]
async fn everybody_leaves_a_hundred_validators() {
    everybody_leaves(100, &[251 * SOL, 17 * SOL, SOL / 9], Past::Gain(13 * SOL)).await;
}

/// E10. The rewards of the last epoch stayed with the seed when everybody left: whoever came next paid
/// for them, and had a tenth of that back only after an epoch.
#[tokio::test]
async fn who_leaves_last_takes_the_rewards_along_and_who_comes_next_can_leave() {
    // The treasury's LST would be somebody's who stays.
    let builder = Pool::builder().config(|config| config.reward_fee_bps = 0);
    let mut pool = builder.validators(&[(0, 1)]).start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.pass_an_epoch().await;
    let all = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(&alice, all).await;
    pool.crank_window().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 3 * SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    pool.collect_all().await;
    let before = pool.prices().await;
    assert!(before.full - before.value > 2 * SOL, "it has not dripped");
    pool.settle().await;
    let batch = pool.batch(ticket.batch_id).await;
    let fair = worth(all, before.full, before.supply);
    assert!(
        fair - batch.paid_lamports < SOL / 100,
        "{batch:?} of {fair}"
    );

    let bob = pool.user("bob", 100 * SOL).await;
    pool.deposit(&bob, 10 * SOL).await;
    let (lst, prices) = (pool.lst_balance(&bob.pubkey()).await, pool.prices().await);
    let redeemable = worth(lst, prices.value, prices.supply);
    assert!(redeemable > 99 * SOL / 10, "{redeemable} of 10 SOL");
}
