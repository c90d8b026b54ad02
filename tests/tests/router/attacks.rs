//! What donations, aliases and prepared accounts win: nothing.

use sluice_math::Lst;
use sluice_router::{RouterError, TRANSIT};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::Watch,
    scenario::{CREDITS, replace_account, router::Routed},
};
use solana_instruction::Instruction;
use solana_signer::Signer;
use spl_token_interface::error::TokenError;

async fn swap(routed: &mut Routed, swap: Instruction) {
    let user = routed.user.insecure_clone();
    routed.pool.must_send(&[swap], &[&user]).await;
}

#[tokio::test]
async fn r2_lamports_given_to_transit_pay_for_nobodys_deposit_and_stop_none() {
    let mut routed = Routed::start().await;
    routed.pool.cluster.fund(&TRANSIT, 5_000 * SOL).await;
    let (wrapped, lst) = routed.balances().await;
    let more_than_owned = routed.deposit(wrapped + 1, 0);
    let user = routed.user.insecure_clone();
    let outcome = routed.pool.try_out(&[more_than_owned], &[&user]).await;
    let failure = outcome.expect_err("the donation pays nothing");
    assert_eq!(
        failure.custom_code,
        Some(TokenError::InsufficientFunds as u32)
    );

    let deposit = routed.deposit(SOL, 0);
    swap(&mut routed, deposit).await;
    let after = routed.balances().await;
    assert!(after.0 == wrapped - SOL && after.1 > lst);
    assert_eq!(routed.pool.cluster.lamports(&TRANSIT).await, 5_000 * SOL);
}

#[tokio::test]
async fn r3_lamports_given_to_a_wrapped_account_are_its_owners_and_no_part_of_a_swap() {
    let mut routed = Routed::start().await;
    let (wrapped, _) = routed.balances().await;
    let account = routed.wrapped;
    routed.pool.cluster.fund(&account, 3 * SOL).await;

    // A deposit takes tokens, and the donation is none yet.
    let deposit = routed.deposit(SOL, 0);
    swap(&mut routed, deposit).await;
    assert_eq!(routed.balances().await.0, wrapped - SOL);

    // An exit makes tokens of both, and its minimum counts the exit alone.
    let user = routed.user.insecure_clone();
    let too_much = routed.withdraw(SOL, 2 * SOL);
    let outcome = routed.pool.try_out(&[too_much], &[&user]).await;
    let below = sluice::SluiceError::BelowMinimum.into();
    assert_eq!(outcome.expect_err("below").custom_code, Some(below));
    let paid = routed
        .pool
        .view()
        .await
        .quote_instant_exit(Lst::new(SOL))
        .expect("open");
    let withdraw = routed.withdraw(SOL, 0);
    swap(&mut routed, withdraw).await;
    assert_eq!(
        routed.balances().await.0,
        wrapped - SOL + 3 * SOL + paid.lamports.get()
    );
}

#[tokio::test]
async fn r4_one_account_in_two_places_is_refused() {
    let mut routed = Routed::start().await;
    let user = routed.user.insecure_clone();
    let (wrapped, lst) = (routed.wrapped, routed.lst);
    for (named, other, error) in [
        (wrapped, lst, RouterError::NotWrappedSol),
        (lst, wrapped, RouterError::NotLst),
    ] {
        for mut swap in [routed.deposit(SOL, 0), routed.withdraw(SOL, 0)] {
            replace_account(&mut swap, &named, other);
            let outcome = routed.pool.try_out(&[swap], &[&user]).await;
            let failure = outcome.expect_err("the same account twice");
            assert_eq!(failure.custom_code, Some(error as u32), "{failure}");
        }
    }
}

/// Its signature reaches Sluice's deposit alone.
#[tokio::test]
async fn r5_tokens_that_transit_owns_are_out_of_reach_for_good() {
    let mut routed = Routed::start().await;
    let owned = routed.pool.wrap(&TRANSIT, SOL).await;
    let mint = routed.pool.addresses.mint;
    let lst = routed
        .pool
        .cluster
        .create_token_account(&mint, &TRANSIT)
        .await;
    let user = routed.user.insecure_clone();
    let pool = routed.pool.routed();

    let swaps = [
        pool.deposit_sol(&routed.swapper(owned, routed.lst), SOL, 0),
        pool.withdraw_sol(&routed.swapper(lst, routed.wrapped), 1, 0),
    ];
    for swap in swaps {
        let outcome = routed.pool.try_out(&[swap], &[&user]).await;
        outcome.expect_err("the user does not own it");
    }
    let mut as_owner = pool.deposit_sol(&routed.swapper(owned, routed.lst), SOL, 0);
    replace_account(&mut as_owner, &user.pubkey(), TRANSIT);
    as_owner
        .accounts
        .iter_mut()
        .for_each(|meta| meta.is_signer = false);
    let outcome = routed.pool.try_out(&[as_owner], &[&user]).await;
    let failure = outcome.expect_err("nobody signs for transit");
    assert_eq!(failure.custom_code, Some(RouterError::NotSigned as u32));
}

/// The runtime changes rent at the start of an epoch.
async fn rent_becomes(routed: &mut Routed, lamports_per_byte: u64) {
    routed.pool.watch = Watch::Off;
    routed.pool.cluster.schedule_rent(lamports_per_byte).await;
    routed.pool.crank_next_epoch(CREDITS).await;
}

/// What an exit pays in this slot.
async fn paid(routed: &mut Routed, lst: u64) -> u64 {
    let quote = routed.pool.view().await.quote_instant_exit(Lst::new(lst));
    quote.expect("open").lamports.get()
}

#[tokio::test]
async fn r6_after_rent_has_risen_no_exit_moves_fewer_tokens_than_its_minimum() {
    let mut routed = Routed::start().await;
    let user = routed.user.insecure_clone();
    rent_becomes(&mut routed, 696).await;
    let friend = routed.pool.user("friend", SOL).await.pubkey();
    let wrapped = routed.pool.wrap(&friend, SOL).await;
    let low = routed.pool.cluster.rent_exempt_lamports(165).await;
    rent_becomes(&mut routed, 6_333).await;
    let rise = routed.pool.cluster.rent_exempt_lamports(165).await - low;

    // The rise takes all of the small exit and more, and a part of the large one.
    let (pool, by) = (routed.pool.routed(), routed.swapper(routed.lst, wrapped));
    let (small, large) = (rise / 2, 10 * rise);
    for (lst, missing) in [(small, 0), (small, small), (large, rise - 1), (large, 0)] {
        let minimum = paid(&mut routed, lst).await.saturating_sub(missing);
        let exit = pool.withdraw_sol(&by, lst, minimum);
        let outcome = routed.pool.try_out(&[exit], &[&user]).await;
        let failure = outcome.expect_err("fewer tokens than the minimum");
        let code = RouterError::FewerTokens as u32;
        assert_eq!(failure.custom_code, Some(code), "{failure}");
    }
    let left = paid(&mut routed, large).await - rise;
    let exit = pool.withdraw_sol(&by, large, left);
    swap(&mut routed, exit).await;
    let tokens = routed.pool.cluster.token_balance(&wrapped).await;
    assert_eq!(tokens, SOL + left);
    // Its rent is today's now.
    let exit = pool.withdraw_sol(&by, small, paid(&mut routed, small).await);
    swap(&mut routed, exit).await;
}

#[tokio::test]
async fn rent_that_is_not_needed_any_more_becomes_tokens_of_the_next_exit() {
    let mut routed = Routed::start().await;
    let before = routed.pool.cluster.rent_exempt_lamports(165).await;
    rent_becomes(&mut routed, 696).await;
    let fall = before - routed.pool.cluster.rent_exempt_lamports(165).await;
    let (wrapped, _) = routed.balances().await;
    let paid = paid(&mut routed, SOL).await;
    let exit = routed.withdraw(SOL, paid);
    swap(&mut routed, exit).await;
    assert_eq!(routed.balances().await.0, wrapped + paid + fall);
}
