//! Stake accounts out: what they cost, and how much of a validator's stake can leave.

use {
    crate::world::{SOL, forget_rewards, next_epoch, set_delegation},
    sluice::SluiceError,
    sluice_client::StakeRecipient,
    sluice_math::{Bps, Lamports, Lst, RewardRate, StakeExit},
    sluice_tests::{
        cluster::STAKE_ACCOUNT_BYTES,
        pool::{Pool, StakeTaken, Watch},
        scenario::{CREDITS, MINIMUM_DELEGATION, assert_refused, open_pool, opened},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_stake_interface::state::{Authorized, Lockup, StakeStateV2},
};

/// What an exit of this many LST takes now, by the math crate.
async fn quote(pool: &mut Pool, lst: u64) -> StakeExit {
    let books = pool.books().await;
    let configured = Bps::new(books.pool.config.stake_exit_fee_bps).expect("a share");
    let rate = RewardRate::new(books.pool.reward_rate);
    let ledger = books.pool.ledger();
    let exit = ledger.stake_exit(Lst::new(lst), books.slot, configured, rate);
    exit.expect("a quote")
}

/// The least LST for which an exit takes this many lamports of stake or more.
async fn lst_for(pool: &mut Pool, lamports: u64) -> u64 {
    let (mut low, mut high) = (0, 2 * lamports);
    while low < high {
        let middle = low + (high - low) / 2;
        if quote(pool, middle).await.lamports.get() >= lamports {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The recipient's new account: all of it active, theirs alone.
async fn assert_taken(pool: &mut Pool, stake: &Pubkey, owner: &Pubkey, lamports: u64) {
    let StakeStateV2::Stake(meta, taken, _) = pool.cluster.stake_state(stake).await else {
        panic!("no stake");
    };
    assert_eq!(meta.authorized, Authorized::auto(owner));
    assert_eq!(meta.lockup, Lockup::default());
    assert_eq!(taken.delegation.stake, lamports);
    let active = pool.cluster.stake_activation(stake).await;
    assert_eq!(active.effective, lamports);
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    assert!(pool.cluster.lamports(stake).await >= lamports + rent);
}

async fn taken(pool: &mut Pool, user: &Keypair, lst: u64) -> StakeTaken {
    let vote = pool.vote(0);
    let exit = quote(pool, lst).await;
    let taken = pool.withdraw_stake(user, &vote, lst).await;
    assert_eq!(pool.account().await.ledger(), exit.ledger);
    assert_taken(pool, &taken.stake, &user.pubkey(), exit.lamports.get()).await;
    taken
}

#[tokio::test]
async fn the_floor_of_the_new_account_is_exact_to_the_lamport() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    forget_rewards(&mut pool).await;
    let (vote, minimum) = (pool.vote(0), MINIMUM_DELEGATION);
    let least = lst_for(&mut pool, minimum).await;
    let exit = quote(&mut pool, least).await;
    assert_eq!(exit.lamports.get(), minimum);
    let below = quote(&mut pool, least - 1).await;
    assert_eq!(below.lamports.get(), minimum - 1);
    let refused = pool.try_withdraw_stake(&alice, &vote, least - 1).await;
    assert_refused(refused, SluiceError::StakeExitTooSmall);
    taken(&mut pool, &alice, least).await;
    let more = lst_for(&mut pool, minimum + 1).await;
    taken(&mut pool, &alice, more).await;
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
        forget_rewards(&mut pool).await;
        let vote = pool.vote(0);
        let main = pool.place(&vote).await.main;
        set_delegation(&mut pool, &main, delegated).await;
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
            let lst = lst_for(&mut pool, lamports).await;
            assert_eq!(quote(&mut pool, lst).await.lamports.get(), lamports);
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
                set_delegation(&mut pool, &main, delegated).await;
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

/// The validator drains, and its main goes to whoever burns what it is worth, or one unit of LST
/// more.
#[tokio::test]
async fn row_28_main_goes_as_a_whole_where_its_validator_leaves_and_only_there() {
    for over in 0..5 {
        let (mut pool, alice) = open_pool(|_| {}).await;
        forget_rewards(&mut pool).await;
        let vote = pool.vote(0);
        let main = pool.place(&vote).await.main;
        let delegated = pool.cluster.delegation(&main).await.stake;
        let all = lst_for(&mut pool, delegated).await;
        let refused = pool.try_withdraw_stake(&alice, &vote, all).await;
        assert_refused(refused, SluiceError::StakeExitTooLarge);
        pool.retire(&vote).await;
        let refused = pool.try_withdraw_stake(&alice, &vote, all).await;
        assert_refused(refused, SluiceError::StakeExitTooLarge);
        pool.next_epoch_with_rewards(0).await;
        pool.crank_epoch().await;

        let all = lst_for(&mut pool, delegated).await;
        let lst = all + over;
        let exit = quote(&mut pool, lst).await;
        let books = pool.books().await;
        let unit = books.pool.ledger().unit_value(books.slot).expect("a unit");
        let excess = exit.lamports.get() - delegated;
        let outcome = pool.try_withdraw_stake(&alice, &vote, lst).await;
        if excess > unit.get() {
            assert!(over >= 2, "one unit over is accepted: {excess}");
            assert_refused(outcome, SluiceError::StakeExitTooLarge);
            continue;
        }
        let whole = outcome.expect("all of it");
        assert!(over <= 2, "{excess} of {unit:?}");
        assert_taken(&mut pool, &whole.stake, &alice.pubkey(), delegated).await;
        let limited = exit.limited_to(Lamports::new(delegated)).expect("limited");
        assert_eq!(pool.account().await.ledger(), limited.ledger);
        // What is left is rent: the slot closes at once.
        pool.close(&vote).await;
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
    forget_rewards(&mut pool).await;
    let prices = pool.prices().await;
    assert!(prices.value > prices.supply * 19 / 10, "{prices:?}");
    let main = pool.place(&vote).await.main;
    let delegated = pool.cluster.delegation(&main).await.stake;
    let lst = lst_for(&mut pool, delegated).await;
    let stake = pool.withdraw_stake(&alice, &vote, lst).await.stake;
    assert_taken(&mut pool, &stake, &alice.pubkey(), delegated).await;
}

#[tokio::test]
async fn an_exit_that_leaves_less_than_the_minimum_of_a_leaving_validator_is_refused() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    forget_rewards(&mut pool).await;
    let vote = pool.vote(0);
    let main = pool.place(&vote).await.main;
    pool.retire(&vote).await;
    pool.next_epoch_with_rewards(0).await;
    pool.crank_epoch().await;
    let delegated = pool.cluster.delegation(&main).await.stake;
    for (left, fits) in [(1, false), (SOL - 1, false), (SOL, true)] {
        let lst = lst_for(&mut pool, delegated - left).await;
        let outcome = pool.try_withdraw_stake(&alice, &vote, lst).await;
        if fits {
            outcome.expect("main keeps the minimum");
        } else {
            assert_refused(outcome, SluiceError::StakeExitTooLarge);
        }
    }
    // The last SOL, too.
    let rest = lst_for(&mut pool, SOL).await;
    pool.withdraw_stake(&alice, &vote, rest).await;
    assert_eq!(pool.delegated(&vote).await, 0);
}

#[tokio::test]
async fn the_fee_is_twice_the_reward_rate_or_what_is_configured_where_that_is_more() {
    for configured_bps in [0, 1, 20] {
        let change = |config: &mut sluice::state::PoolConfig| {
            config.stake_exit_fee_bps = configured_bps;
        };
        let (mut pool, alice) = open_pool(change).await;
        let account = pool.account().await;
        let gained = u128::from(account.last_gain_lamports) * 1_000_000_000_000;
        let rate = gained.div_ceil(u128::from(account.last_gain_stake_lamports));
        assert_eq!(u128::from(account.reward_rate), rate, "one epoch's reward");
        let redeemed = 100 * SOL;
        let prices = pool.prices().await;
        let lst =
            (u128::from(redeemed) * u128::from(prices.supply)).div_ceil(u128::from(prices.value));
        let lst = u64::try_from(lst).expect("LST");
        let exit = quote(&mut pool, lst).await;
        let floor = (u128::from(redeemed) * 2 * rate).div_ceil(1_000_000_000_000);
        let share = (u128::from(redeemed) * u128::from(configured_bps)).div_ceil(10_000);
        assert_eq!(exit.lamports.get() + exit.fee.get(), redeemed);
        assert_eq!(u128::from(exit.fee.get()), floor.max(share));
        assert_eq!(floor > share, configured_bps == 0, "which one decides");
        let pending = pool.books().await.unreleased();
        taken(&mut pool, &alice, lst).await;
        assert_eq!(pool.books().await.unreleased() - pending, exit.fee.get());
    }
}

/// 20 SOL get the rewards of a whole cluster: far more than may drip in an epoch.
async fn overpaid_pool() -> (Pool, Keypair) {
    let builder = Pool::builder()
        .config(|config| config.drip_bound_bps = 10)
        .validators(&[(0, 1)]);
    opened(builder, 20 * SOL).await
}

/// Each epoch with a gain, however small, lowers the rate by an eighth.
#[tokio::test]
async fn exits_close_after_an_exorbitant_reward_and_open_again_by_decay() {
    let (mut pool, alice) = overpaid_pool().await;
    let vote = pool.vote(0);
    let bound = 10 * 100_000_000;
    let mut rate = pool.account().await.reward_rate;
    let mut closed_epochs = 0;
    while rate > bound {
        let refused = pool.try_withdraw_stake(&alice, &vote, 2 * SOL).await;
        assert_refused(refused, SluiceError::RewardRateTooHigh);
        let reserve = pool.addresses.reserve;
        pool.cluster.fund(&reserve, 1).await;
        pool.next_epoch_with_rewards(0).await;
        pool.crank_epoch().await;
        let decayed = (u128::from(rate) * 7).div_ceil(8);
        rate = pool.account().await.reward_rate;
        assert_eq!(u128::from(rate), decayed);
        closed_epochs += 1;
    }
    assert!(closed_epochs > 0);
    taken(&mut pool, &alice, 2 * SOL).await;
}

#[tokio::test]
async fn exits_are_closed_before_the_first_reward_and_open_with_it() {
    let builder = Pool::builder().validators(&[(0, 1)]);
    let mut pool = builder.epoch(1).start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 500 * SOL).await;
    let vote = pool.vote(0);
    for _ in 0..3 {
        pool.warp_to_window().await;
        pool.crank_epoch().await;
        pool.next_epoch_with_rewards(0).await;
        pool.crank_epoch().await;
        let refused = pool.try_withdraw_stake(&alice, &vote, 2 * SOL).await;
        assert_refused(refused, SluiceError::NoRewardYet);
    }
    next_epoch(&mut pool).await;
    taken(&mut pool, &alice, 2 * SOL).await;
}

/// An epoch without any gain says nothing of the next one: the rate stays.
#[tokio::test]
async fn the_rate_stays_where_nothing_was_earned() {
    let (mut pool, _alice) = open_pool(|_| {}).await;
    let rate = pool.account().await.reward_rate;
    for _ in 0..3 {
        pool.next_epoch_with_rewards(0).await;
        pool.crank_epoch().await;
        assert_eq!(pool.account().await.reward_rate, rate);
    }
}

#[tokio::test]
async fn a_rent_cut_changes_nothing_and_a_rent_rise_is_topped_up_from_the_reserve() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let main = pool.slot_of(&pool.vote(0)).await.main;
    pool.cluster.schedule_rent(5_080).await;
    next_epoch(&mut pool).await;
    taken(&mut pool, &alice, 2 * SOL).await;
    // The freed rent is swept; then rent rises again.
    pool.collect_all().await;
    assert_eq!(pool.cluster.free_lamports(&main).await, 0);
    pool.cluster.schedule_rent(6_960).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let (before, vote) = (pool.books().await, pool.vote(0));
    let lst = 3 * SOL;
    let exit = quote(&mut pool, lst).await;
    let stake = pool.withdraw_stake(&alice, &vote, lst).await.stake;
    assert_taken(&mut pool, &stake, &alice.pubkey(), exit.lamports.get()).await;
    let after = pool.books().await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let topped_up = before.reserve_lamports - after.reserve_lamports;
    assert_eq!(topped_up, rent - 1_666_240);
    assert_eq!(
        before.pool.reserve_lamports - after.pool.reserve_lamports,
        topped_up
    );
    let left = before.prices().full - after.prices().full;
    assert_eq!(left, exit.lamports.get(), "the top-up stays the pool's");
    let delegated = pool.cluster.delegation(&main).await.stake;
    assert_eq!(pool.cluster.lamports(&main).await, delegated + rent);
}

#[tokio::test]
async fn v43_and_row_33_lamports_at_the_new_address_beforehand_go_to_the_recipient() {
    for beforehand in [1, 890_880, 2_282_880, 5 * SOL] {
        let (mut pool, alice) = open_pool(|_| {}).await;
        let (vote, stake) = (pool.vote(0), pool.new_stake_key());
        pool.cluster.set_account(
            &stake.pubkey(),
            solana_account::Account {
                lamports: beforehand,
                ..Default::default()
            },
        );
        let exit = quote(&mut pool, 3 * SOL).await;
        let withdraw = pool
            .withdraw_stake_instruction(&alice.pubkey(), &stake.pubkey(), &vote, 3 * SOL)
            .await;
        pool.must_send(&[withdraw], &[&alice, &stake]).await;
        let lamports = exit.lamports.get();
        assert_taken(&mut pool, &stake.pubkey(), &alice.pubkey(), lamports).await;
        let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let held = pool.cluster.lamports(&stake.pubkey()).await;
        assert_eq!(held, lamports + rent + beforehand);
    }
}

#[tokio::test]
async fn owner_payer_recipient_and_stake_are_four() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let payer = pool.cluster.funded("sponsor", SOL).await;
    let recipient = pool.cluster.address("a stranger's vault");
    let stake = pool.new_stake_key();
    let vote = pool.vote(0);
    let place = pool.place(&vote).await;
    let parties = StakeRecipient {
        recipient,
        payer: payer.pubkey(),
        ..pool.stake_recipient(&alice.pubkey(), &stake.pubkey())
    };
    let exit = quote(&mut pool, 3 * SOL).await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let owned = pool.cluster.lamports(&alice.pubkey()).await;
    let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
    for absent in 0..3 {
        let mut signers = vec![&alice, &payer, &stake];
        let silent = signers.remove(absent).pubkey();
        let mut unsigned = withdraw.clone();
        let metas = unsigned.accounts.iter_mut();
        for meta in metas.filter(|meta| meta.pubkey == silent) {
            meta.is_signer = false;
        }
        let refused = pool.send(&[unsigned], &signers).await;
        refused.expect_err("all three must sign");
    }
    pool.must_send(&[withdraw], &[&alice, &payer, &stake]).await;
    assert_taken(&mut pool, &stake.pubkey(), &recipient, exit.lamports.get()).await;
    assert_eq!(pool.cluster.lamports(&payer.pubkey()).await, SOL - rent);
    assert_eq!(pool.cluster.lamports(&alice.pubkey()).await, owned);
}

#[tokio::test]
async fn a_wallet_never_becomes_the_stake_account() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (payer, vote) = (pool.cluster.funded("sponsor", SOL).await, pool.vote(0));
    let place = pool.place(&vote).await;
    let stake = pool.new_stake_key();
    let usual = pool.stake_recipient(&alice.pubkey(), &stake.pubkey());
    let owner = StakeRecipient {
        stake: alice.pubkey(),
        recipient: stake.pubkey(),
        ..usual
    };
    let paying = StakeRecipient {
        stake: payer.pubkey(),
        payer: payer.pubkey(),
        ..usual
    };
    let receiving = StakeRecipient {
        recipient: stake.pubkey(),
        ..usual
    };
    for parties in [owner, paying, receiving] {
        let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
        let refused = pool.send(&[withdraw], &[&alice, &payer, &stake]).await;
        assert_refused(refused, SluiceError::AccountsNotDistinct);
    }
}

#[tokio::test]
async fn the_minimum_is_exact_and_nothing_is_no_amount() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let (place, stake) = (pool.place(&vote).await, pool.new_stake_key());
    let parties = pool.stake_recipient(&alice.pubkey(), &stake.pubkey());
    let lamports = quote(&mut pool, 3 * SOL).await.lamports.get();
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

#[tokio::test]
async fn nobody_burns_the_lst_of_another_or_of_the_queue() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (mallory, vote) = (pool.user("mallory", SOL).await, pool.vote(0));
    pool.request(&alice, 50 * SOL).await;
    let place = pool.place(&vote).await;
    let stake = pool.new_stake_key();
    for source in [pool.lst_account(&alice.pubkey()), pool.addresses.escrow] {
        let parties = StakeRecipient {
            source,
            ..pool.stake_recipient(&mallory.pubkey(), &stake.pubkey())
        };
        let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
        let refused = pool.send(&[withdraw], &[&mallory, &stake]).await;
        refused.expect_err("it is not hers");
    }
}

/// Main cannot serve while a stranger's deactivation runs; another validator can.
#[tokio::test]
async fn v8_a_validator_whose_stake_is_not_active_bricks_no_exit_from_another() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (first, second) = (pool.vote(0), pool.vote(1));
    pool.deactivate_by_force(&first, sluice::state::StakeAccountKind::Main)
        .await;
    let refused = pool.try_withdraw_stake(&alice, &first, 3 * SOL).await;
    assert_refused(refused, SluiceError::MainNotActive);
    pool.withdraw_stake(&alice, &second, 3 * SOL).await;
    pool.cluster.remove_account(&second);
    pool.withdraw_stake(&alice, &second, 3 * SOL).await;
}

/// Compute units of a deposit and of an exit with stake, in a pool of this many validators.
async fn compute_units(validators: usize) -> (u64, u64) {
    let mut weights = vec![(0, 0); validators];
    weights[0].1 = 1;
    let builder = Pool::builder().validators(&weights).watch(Watch::Off);
    let mut pool = builder.start().await;
    let vote = pool.vote(0);
    let alice = pool.user("alice", 20 * SOL).await;
    pool.deposit(&alice, 19 * SOL).await;
    pool.warp_to_window().await;
    pool.delegate(&vote).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.collect(&vote).await;
    forget_rewards(&mut pool).await;
    let owner = alice.pubkey();
    let stake = crate::world::active_stake(&mut pool, "stake", &owner, 3 * SOL, &vote).await;
    let deposited = pool.deposit_stake(&alice, &stake, &vote).await;
    let taken = pool.withdraw_stake(&alice, &vote, 2 * SOL).await;
    (deposited.compute_units, taken.sent.compute_units)
}

#[tokio::test]
async fn v7_and_row_27_the_cost_does_not_depend_on_the_number_of_validators() {
    let one = compute_units(1).await;
    for validators in [64, 65, 1_000] {
        assert_eq!(compute_units(validators).await, one, "{validators}");
    }
}

#[tokio::test]
async fn stake_taken_out_earns_for_its_new_owner() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(1);
    let taken = pool.withdraw_stake(&alice, &vote, 100 * SOL).await;
    let before = pool.cluster.lamports(&taken.stake).await;
    pool.cluster.earn_credits(&vote, CREDITS).await;
    pool.cluster.next_epoch().await;
    assert!(pool.cluster.lamports(&taken.stake).await > before);
}
