//! Stake accounts out: how little and how much of a validator's stake can leave.

use sluice::{SluiceError, events::StakeWithdrawn};
use sluice_math::Lamports;
use sluice_tests::scenario::{MINIMUM_DELEGATION, SOL, assert_refused, open_pool};
use solana_signer::Signer;

#[tokio::test]
async fn the_floor_of_the_new_account_is_exact_to_the_lamport() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    pool.forget_rewards().await;
    let (vote, minimum) = (pool.vote(0), MINIMUM_DELEGATION);
    let least = pool.lst_for_stake(minimum).await;
    let exit = pool.stake_exit(least).await;
    assert_eq!(exit.lamports.get(), minimum);
    let below = pool.stake_exit(least - 1).await;
    assert_eq!(below.lamports.get(), minimum - 1);
    let refused = pool.try_withdraw_stake(&alice, &vote, least - 1).await;
    assert_refused(refused, SluiceError::StakeExitTooSmall);
    pool.take_stake(&alice, least).await;
    let more = pool.lst_for_stake(minimum + 1).await;
    pool.take_stake(&alice, more).await;
}

/// A delegation of just below, exactly and just above twice the minimum can be split in no way,
/// in one way, and in two.
#[tokio::test]
async fn v20_the_floor_of_what_stays_is_exact_to_the_lamport() {
    let minimum = MINIMUM_DELEGATION;
    for delegated in [
        minimum,
        2 * minimum - 1,
        2 * minimum,
        2 * minimum + 1,
        3 * minimum,
    ] {
        let (mut pool, alice) = open_pool(|_| {}).await;
        pool.forget_rewards().await;
        let vote = pool.vote(0);
        let main = pool.place(&vote).await.main;
        pool.set_delegation(&main, delegated).await;
        let mut accepted = Vec::new();
        let around = [
            minimum - 1,
            minimum,
            minimum + 1,
            minimum + 2,
            2 * minimum - 1,
            2 * minimum,
            2 * minimum + 1,
            3 * minimum,
        ];
        for lamports in around {
            let main_before = pool.cluster.account(&main).await;
            let fits = lamports >= minimum && lamports + minimum <= delegated;
            let lst = pool.lst_for_stake(lamports).await;
            assert_eq!(pool.stake_exit(lst).await.lamports.get(), lamports);
            let outcome = pool.try_withdraw_stake(&alice, &vote, lst).await;
            if fits {
                accepted.push(lamports);
                outcome.expect("it fits on both sides");
                let left = pool.cluster.delegation(&main).await.stake;
                assert_eq!(left, delegated - lamports);
                assert!(left >= minimum);
                // Main as before, for the next amount; what went out was booked.
                let grown = main_before.lamports - pool.cluster.lamports(&main).await;
                assert_eq!(grown, lamports);
                pool.set_delegation(&main, delegated).await;
            } else if lamports < minimum {
                assert_refused(outcome, SluiceError::StakeExitTooSmall);
            } else {
                assert_refused(outcome, SluiceError::StakeExitTooLarge);
            }
        }
        let ways = around
            .iter()
            .filter(|lamports| **lamports >= minimum && **lamports + minimum <= delegated);
        assert_eq!(accepted.len(), ways.count(), "{delegated}: {accepted:?}");
    }
}

/// LST of more than all stake is worth: the reserve holds the rest.
#[tokio::test]
async fn an_exit_that_all_stake_together_is_not_worth_is_refused_as_too_large() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    pool.deposit(&alice, 500 * SOL).await;
    let vote = pool.vote(0);
    let all = pool.account().await.lst_supply;
    let refused = pool.try_withdraw_stake(&alice, &vote, all).await;
    assert_refused(refused, SluiceError::StakeExitTooLarge);
}

/// The validator drains, and its main goes to anybody who offers its worth or more; what it is
/// not worth is not burned.
#[tokio::test]
async fn row_28_main_goes_as_a_whole_where_its_validator_leaves_and_only_there() {
    for over in [0, 1, 2, 3, 1_000_000, SOL, 100 * SOL] {
        let (mut pool, alice) = open_pool(|_| {}).await;
        pool.forget_rewards().await;
        let vote = pool.vote(0);
        let main = pool.place(&vote).await.main;
        let delegated = pool.cluster.delegation(&main).await.stake;
        let all = pool.lst_for_stake(delegated).await;
        let refused = pool.try_withdraw_stake(&alice, &vote, all).await;
        assert_refused(refused, SluiceError::StakeExitTooLarge);
        pool.retire(&vote).await;
        let refused = pool.try_withdraw_stake(&alice, &vote, all).await;
        assert_refused(refused, SluiceError::StakeExitTooLarge);
        pool.crank_next_epoch(0).await;

        let all = pool.lst_for_stake(delegated).await;
        let before = pool.books().await;
        let held = pool.lst_balance(&alice.pubkey()).await;
        let whole = pool.withdraw_stake(&alice, &vote, all + over).await;
        pool.assert_taken(&whole.stake, &alice.pubkey(), delegated)
            .await;
        let burned = held - pool.lst_balance(&alice.pubkey()).await;
        assert!((all..=all + 3).contains(&burned), "{burned} of {all}");
        let exit = pool.stake_exit_at(&before, burned);
        let limited = exit.limited_to(Lamports::new(delegated)).expect("limited");
        assert_eq!(pool.account().await.ledger(), limited.ledger);
        // What is left is rent: the slot closes at once.
        pool.close(&vote).await;
    }
}

/// E5. The fee was taken on all that was offered: for 10 SOL of stake, an offer of 1,000 LST burned
/// LST worth 10.66 SOL.
#[tokio::test]
async fn a_whole_main_costs_its_worth_and_the_fee_on_it_however_much_is_offered() {
    for configured in [0, 20] {
        let (mut pool, alice) = open_pool(|config| config.stake_exit_fee_bps = configured).await;
        let vote = pool.vote(0);
        pool.retire(&vote).await;
        pool.crank_next_epoch(0).await;
        let main = pool.place(&vote).await.main;
        let delegated = 10 * SOL;
        pool.set_delegation(&main, delegated).await;
        let enough = pool.lst_for_stake(delegated).await;
        let before = pool.books().await;
        let offered = 50 * enough;
        let taken = pool.withdraw_stake(&alice, &vote, offered).await;
        pool.assert_taken(&taken.stake, &alice.pubkey(), delegated)
            .await;
        let exit = taken.sent.events::<StakeWithdrawn>().remove(0);
        assert!(exit.lst <= enough + 3, "{} for {enough}", exit.lst);
        let fee = pool.stake_exit_at(&before, enough).fee.get();
        assert!(
            exit.fee_lamports <= fee + 3,
            "{} of {fee}",
            exit.fee_lamports
        );
    }
}

/// A unit of LST is worth two lamports and a bit: no amount meets main exactly, and yet main goes.
#[tokio::test]
async fn v19_and_row_28_main_goes_as_a_whole_at_a_price_of_two() {
    let (mut pool, alice) = open_pool(|config| config.drip_bound_bps = 10_000).await;
    let vote = pool.vote(0);
    let donation = pool.prices().await.full + 12_345;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, donation).await;
    pool.retire(&vote).await;
    for _ in 0..2 {
        pool.next_epoch_with_rewards(0).await;
        pool.price().await;
    }
    pool.forget_rewards().await;
    let prices = pool.prices().await;
    assert!(prices.value > prices.supply * 19 / 10, "{prices:?}");
    let main = pool.place(&vote).await.main;
    let delegated = pool.cluster.delegation(&main).await.stake;
    let lst = pool.lst_for_stake(delegated).await;
    let stake = pool.withdraw_stake(&alice, &vote, lst).await.stake;
    pool.assert_taken(&stake, &alice.pubkey(), delegated).await;
}

#[tokio::test]
async fn an_exit_that_leaves_less_than_the_minimum_of_a_leaving_validator_is_refused() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    pool.forget_rewards().await;
    let vote = pool.vote(0);
    let main = pool.place(&vote).await.main;
    pool.retire(&vote).await;
    pool.crank_next_epoch(0).await;
    let delegated = pool.cluster.delegation(&main).await.stake;
    for (left, fits) in [(1, false), (SOL - 1, false), (SOL, true)] {
        let lst = pool.lst_for_stake(delegated - left).await;
        let outcome = pool.try_withdraw_stake(&alice, &vote, lst).await;
        if fits {
            outcome.expect("main keeps the minimum");
        } else {
            assert_refused(outcome, SluiceError::StakeExitTooLarge);
        }
    }
    // The last SOL, too.
    let rest = pool.lst_for_stake(SOL).await;
    pool.withdraw_stake(&alice, &vote, rest).await;
    assert_eq!(pool.delegated(&vote).await, 0);
}

#[tokio::test]
async fn the_minimum_is_exact_and_nothing_is_no_amount() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let (place, stake) = (pool.place(&vote).await, pool.new_stake_key());
    let parties = pool.stake_recipient(&alice.pubkey(), &stake.pubkey());
    let lamports = pool.stake_exit(3 * SOL).await.lamports.get();
    let it = pool.addresses;
    let exit = |lst, minimum| it.withdraw_stake(&place, &parties, lst, minimum);
    let refused = pool.send(&[exit(0, 0)], &[&alice, &stake]).await;
    assert_refused(refused, SluiceError::ZeroAmount);
    let refused = pool
        .send(&[exit(3 * SOL, lamports + 1)], &[&alice, &stake])
        .await;
    assert_refused(refused, SluiceError::BelowMinimum);
    pool.must_send(&[exit(3 * SOL, lamports)], &[&alice, &stake])
        .await;
}
