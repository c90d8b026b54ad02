//! Attacks on the prices: inflation, rounding, dust, zero.

use sluice::SluiceError;
use sluice_tests::{
    pool::{Pool, Prices},
    scenario::{SOL, assert_refused, cheap_pool, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn row_01_a_first_depositor_cannot_make_a_unit_dear_with_a_donation() {
    let builder = Pool::builder().validators(&[(0, 1)]);
    let mut pool = builder.start().await;
    let mallory = pool.user("mallory", 10_000 * SOL).await;
    let victim = pool.user("victim", 100 * SOL).await;
    pool.deposit(&mallory, 1).await;
    let donated = 1_000 * SOL;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, donated).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    pool.deposit(&victim, 10 * SOL).await;
    let (lst, prices) = (
        pool.lst_balance(&victim.pubkey()).await,
        pool.prices().await,
    );
    let unit = prices.full / prices.supply + 1;
    assert!(10 * SOL - worth(lst, prices.full, prices.supply) <= unit);
    assert!(unit < SOL / 1_000, "{unit}");
    let mallorys = pool.lst_balance(&mallory.pubkey()).await;
    let back = worth(mallorys, prices.full, prices.supply);
    assert!(
        back < donated / 1_000_000,
        "the donation is not hers: {back}"
    );
}

#[tokio::test]
async fn v38_looping_donations_and_deposits_at_a_tiny_supply_wins_nothing() {
    let mut pool = Pool::builder().start().await;
    let mallory = pool.user("mallory", 10_000 * SOL).await;
    let before = pool.wallet(&mallory).await;
    let mut given = 0;
    for round in 1..=5 {
        pool.deposit(&mallory, SOL / 1_000 * round).await;
        let reserve = pool.addresses.reserve;
        pool.cluster.fund(&reserve, SOL * round).await;
        given += SOL * round;
        pool.pass_an_epoch().await;
    }
    let lst = pool.lst_balance(&mallory.pubkey()).await;
    let ticket = pool.request(&mallory, lst).await;
    pool.pass_an_epoch().await;
    pool.claim(&ticket).await;
    let after = pool.wallet(&mallory).await;
    assert!(after < before + given, "she paid the donations, too");
    let account = pool.account().await;
    assert!(account.lst_supply >= account.dead_lst);
}

/// Both prices as numbers to compare, scaled.
fn scaled(prices: &Prices) -> (u128, u128) {
    let scale =
        |lamports: u64| u128::from(lamports) * 1_000_000_000_000 / u128::from(prices.supply);
    (scale(prices.full), scale(prices.value))
}

#[tokio::test]
async fn row_02_and_v16_round_trips_of_odd_amounts_never_gain_a_lamport() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    let main = pool.slot_of(&pool.vote(0)).await.main;
    // A price that is no round number.
    pool.cluster.fund(&main, 7 * SOL + 12_345_677).await;
    pool.crank_next_epoch(0).await;
    let start = pool.wallet(&mallory).await;
    let mut amount = 3;
    for _ in 0..25 {
        amount = amount * 7 % 50_000_000_003;
        let before = (pool.wallet(&mallory).await, pool.prices().await);
        pool.deposit(&mallory, amount.max(100)).await;
        let lst = pool.lst_balance(&mallory.pubkey()).await;
        pool.withdraw(&mallory, lst).await;
        let after = (pool.wallet(&mallory).await, pool.prices().await);
        assert!(after.0 < before.0, "the fee and the roundings are hers");
        let (old, new) = (scaled(&before.1), scaled(&after.1));
        assert!(new.0 >= old.0 && new.1 >= old.1, "{old:?} -> {new:?}");
    }
    assert!(pool.wallet(&mallory).await < start);
}

#[tokio::test]
async fn v17_and_row_03_fees_are_not_dodged_with_dust() {
    let builder = Pool::builder()
        .config(|config| config.deposit_fee_bps = 20)
        .validators(&[(0, 1)]);
    let mut pool = builder.start().await;
    let mallory = pool.user("mallory", 100 * SOL).await;
    let before = pool.account().await.pending_lamports;
    for lamports in 2..52 {
        pool.deposit(&mallory, lamports).await;
    }
    let fees = pool.account().await.pending_lamports - before;
    assert_eq!(fees, 50, "a lamport of each, however small");
}

#[tokio::test]
async fn row_03_splitting_an_instant_exit_pays_no_lamport_more() {
    let pays = async |parts: u64| {
        let builder = Pool::builder().config(|config| config.reserve_target_bps = 1_000);
        let mut pool = builder.start().await;
        let user = pool.user("user", 200 * SOL).await;
        pool.deposit(&user, 100 * SOL).await;
        let before = pool.wallet(&user).await;
        for _ in 0..parts {
            pool.withdraw(&user, 60 * SOL / parts).await;
        }
        pool.wallet(&user).await - before
    };
    let at_once = pays(1).await;
    for parts in [2, 7, 30] {
        let in_parts = pays(parts).await;
        assert!(in_parts <= at_once, "{parts} parts");
        assert!(at_once - in_parts < 1_000_000, "{parts} parts");
    }
}

#[tokio::test]
async fn v18_zero_and_one_are_refused_or_exact() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    assert_refused(pool.try_deposit(&holder, 0).await, SluiceError::ZeroAmount);
    assert_refused(pool.try_withdraw(&holder, 0).await, SluiceError::ZeroAmount);
    assert_refused(pool.try_request(&holder, 0).await, SluiceError::ZeroAmount);
    let it = pool.addresses;
    for quote in [it.quote_deposit(0), it.quote_withdraw(0)] {
        assert_refused(pool.send(&[quote], &[]).await, SluiceError::ZeroAmount);
    }
    pool.deposit(&mallory, 1).await;
    assert_eq!(pool.lst_balance(&mallory.pubkey()).await, 1);
    // The least fee takes the only lamport.
    let refused = pool.try_withdraw(&mallory, 1).await;
    assert_refused(refused, SluiceError::AmountTooSmall);
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 600 * SOL).await;
    pool.crank_next_epoch(0).await;
    let refused = pool.try_deposit(&holder, 1).await;
    assert_refused(refused, SluiceError::AmountTooSmall);
    let ticket = pool.request(&mallory, 1).await;
    pool.pass_an_epoch().await;
    pool.claim(&ticket).await;
}

/// All of a holder's LST through the queue.
async fn leave(pool: &mut Pool, holder: &Keypair) {
    let lst = pool.lst_balance(&holder.pubkey()).await;
    let ticket = pool.request(holder, lst).await;
    pool.pass_an_epoch().await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn v19_and_row_28_the_last_unit_leaves_at_a_price_of_two() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    pool.change_pool(|account| account.config.drip_bound_bps = 10_000)
        .await;
    let donation = pool.prices().await.full;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, donation).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    let prices = pool.prices().await;
    assert!(prices.value > prices.supply * 19 / 10, "{prices:?}");
    pool.deposit(&mallory, 7).await;
    assert_eq!(pool.lst_balance(&mallory.pubkey()).await, 3);
    leave(&mut pool, &mallory).await;
    leave(&mut pool, &holder).await;
    pool.pay_fees().await;
    let treasury = pool.treasury();
    pool.cluster.fund(&treasury.pubkey(), SOL).await;
    leave(&mut pool, &treasury).await;
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
}

#[tokio::test]
async fn v30_nobody_mints_outside_the_program() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    let to = pool.lst_account(&mallory.pubkey());
    let former = pool.creator();
    for authority in [&mallory, &holder, &former] {
        let mint = spl_token_interface::instruction::mint_to(
            &spl_token_interface::ID,
            &pool.addresses.mint,
            &to,
            &authority.pubkey(),
            &[],
            SOL,
        );
        let mint = mint.expect("the token program's instruction");
        let refused = pool.send(&[mint], &[authority]).await;
        refused.expect_err("the mint belongs to the pool");
    }
    let mint = pool.cluster.mint(&pool.addresses.mint).await;
    assert_eq!(
        Option::from(mint.mint_authority),
        Some(pool.addresses.mint_authority)
    );
    assert!(mint.freeze_authority.is_none());
}

#[tokio::test]
async fn v39_deposits_and_donations_commute() {
    let mut results = Vec::new();
    for donation_first in [true, false] {
        let (mut pool, holder, mallory) = cheap_pool(0).await;
        let reserve = pool.addresses.reserve;
        if donation_first {
            pool.cluster.fund(&reserve, 9 * SOL).await;
        }
        pool.deposit(&holder, 33 * SOL + 1).await;
        pool.deposit(&mallory, 44 * SOL + 2).await;
        if !donation_first {
            pool.cluster.fund(&reserve, 9 * SOL).await;
        }
        pool.crank_next_epoch(0).await;
        let mut pool = pool.books().await.pool;
        // The two clusters did not start in the same second.
        pool.epoch_start_timestamp = 0;
        results.push(pool);
    }
    assert_eq!(results[0], results[1]);
}
