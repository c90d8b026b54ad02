//! Nothing that happens in the life of an honest pool is called a failure.

use sluice::state::StakeAccountKind::{Main, Transient};
use sluice_client::{Report, Subject, Verdict};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool, open_pool, staked_pool, voting_pool},
};
use solana_signer::Signer;

/// What a pool of these tests always has to say: its program was compared with nothing, its admin is a
/// key, some parameters are unusual, and it has few validators.
const ALWAYS: [Subject; 4] = [
    Subject::Program,
    Subject::Roles,
    Subject::Parameters,
    Subject::Concentration,
];

/// Everything that the report does not call fine, as words.
fn complaints(report: &Report) -> Vec<String> {
    let checks = report.checks.iter();
    let said = checks.filter(|check| check.verdict() != Verdict::Ok);
    let said = said.filter(|check| !ALWAYS.contains(&check.subject));
    said.map(|check| format!("{} {:?}: {}", check.name(), check.verdict(), check.says()))
        .collect()
}

/// Checks that nothing is remarkable, or only that these subjects are, and nothing fails.
async fn assert_honest(pool: &mut Pool, when: &str, remarkable: &[Subject]) {
    let report = pool.verified().await;
    let complaints = complaints(&report);
    assert_ne!(report.verdict(), Verdict::Fail, "{when}: {complaints:#?}");
    for check in &report.checks {
        let is_expected = remarkable.contains(&check.subject) || ALWAYS.contains(&check.subject);
        let says = check.says();
        assert!(
            is_expected || check.verdict() == Verdict::Ok,
            "{when}: {}: {says}",
            check.name()
        );
    }
    for subject in remarkable {
        let check = report.check(*subject).expect("a check");
        assert_ne!(check.verdict(), Verdict::Ok, "{when}: {}", check.name());
    }
}

#[tokio::test]
async fn a_new_pool_is_honest_before_and_after_its_first_validator_and_deposit() {
    let mut pool = Pool::start().await;
    assert_honest(&mut pool, "new", &[]).await;
    pool.add_validators(&[(0, 1)]).await;
    assert_honest(&mut pool, "with a validator", &[]).await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 10 * SOL).await;
    assert_honest(&mut pool, "with a deposit", &[]).await;
}

#[tokio::test]
async fn pricing_is_honest_before_it_while_it_goes_on_and_after_it() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    assert_honest(&mut pool, "before", &[Subject::Open]).await;
    let observe = pool.observe_instruction(0, 0, 1).await;
    pool.must_send(&[observe], &[]).await;
    let sums = [Subject::Open, Subject::Staked];
    assert_honest(&mut pool, "while", &sums).await;
    pool.price().await;
    assert_honest(&mut pool, "after", &[]).await;
    for _ in 0..2 {
        pool.next_epoch_with_rewards(CREDITS).await;
    }
    assert_honest(&mut pool, "late", &[Subject::Open]).await;
    pool.crank_epoch().await;
    assert_honest(&mut pool, "after a late pricing", &[]).await;
}

#[tokio::test]
async fn rewards_that_are_being_paid_are_no_lie() {
    let (mut pool, _alice) = voting_pool(&[1, 2, 3]).await;
    for place in pool.places().await {
        pool.cluster.earn_credits(&place.vote, CREDITS).await;
    }
    pool.cluster.next_epoch_in_rewards().await;
    assert_honest(&mut pool, "while rewards are paid", &[Subject::Open]).await;
    pool.cluster.finish_rewards().await;
    pool.crank_epoch().await;
    assert_honest(&mut pool, "afterwards", &[]).await;
}

#[tokio::test]
async fn the_queue_is_honest_from_the_request_to_the_last_claim() {
    let (mut pool, alice, bob) = staked_pool().await;
    let first = pool.request(&alice, 40 * SOL).await;
    let cancelled = pool.request(&alice, SOL).await;
    let second = pool.request(&bob, 7 * SOL).await;
    assert_honest(&mut pool, "requested", &[]).await;
    pool.cancel(&alice, &cancelled).await;
    assert_honest(&mut pool, "cancelled", &[]).await;
    pool.crank_window().await;
    assert_honest(&mut pool, "locked", &[]).await;
    let late = pool.request(&bob, SOL).await;
    assert_honest(&mut pool, "a second batch", &[]).await;
    pool.crank_next_epoch(0).await;
    assert_honest(&mut pool, "settled", &[]).await;
    pool.claim(&first).await;
    assert_honest(&mut pool, "claimed in part", &[]).await;
    pool.claim(&second).await;
    assert_honest(&mut pool, "claimed", &[]).await;
    for _ in 0..2 {
        pool.live_an_epoch(0).await;
    }
    pool.claim(&late).await;
    assert_honest(&mut pool, "empty again", &[]).await;
}

#[tokio::test]
async fn stake_that_comes_goes_and_is_on_its_way_is_honest() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    assert_honest(&mut pool, "active", &[]).await;
    pool.deposit(&alice, 50 * SOL).await;
    pool.crank_window().await;
    assert_honest(&mut pool, "activating", &[]).await;
    pool.request(&alice, 300 * SOL).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.crank_window().await;
    assert_honest(&mut pool, "deactivating", &[]).await;
    for _ in 0..3 {
        pool.live_an_epoch(CREDITS).await;
        assert_honest(&mut pool, "at rest", &[]).await;
    }
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(1);
    pool.withdraw(&alice, SOL).await;
    pool.withdraw_stake(&alice, &vote, 20 * SOL).await;
    assert_honest(&mut pool, "left with stake", &[]).await;
}

#[tokio::test]
async fn validators_that_come_retire_and_are_closed_are_honest() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1, 1]).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pool.add_validators(&[(0, 2)]).await;
    assert_honest(&mut pool, "announced", &[Subject::Changes]).await;
    pool.crank_next_epoch(CREDITS).await;
    assert_honest(&mut pool, "retiring", &[]).await;
    for _ in 0..12 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.close(&vote).await;
    assert_honest(&mut pool, "closed", &[]).await;
    let report = pool.verified().await;
    let stakes = report.check(Subject::UnlistedStake).expect("a check");
    assert_eq!(stakes.verdict(), Verdict::Ok, "{}", stakes.says());
}

#[tokio::test]
async fn a_tripped_breaker_and_a_pause_are_told_and_are_no_failure() {
    let (mut pool, _alice) = voting_pool(&[2, 2, 2]).await;
    let vote = pool.vote(0);
    pool.pause().await;
    assert_honest(&mut pool, "paused", &[Subject::Open]).await;
    pool.slash_account(&vote, Main, 30 * SOL).await;
    let report = pool.verified().await;
    assert_eq!(report.verdict(), Verdict::Fail, "a loss that is not booked");
    pool.report_loss(&vote).await;
    let told = [Subject::Open, Subject::Prices, Subject::StakeAccounts];
    let report = pool.verified().await;
    assert_eq!(
        report.verdict(),
        Verdict::Warning,
        "{:#?}",
        complaints(&report)
    );
    assert_honest(&mut pool, "tripped", &told).await;
}

#[tokio::test]
async fn what_strangers_and_the_cluster_do_is_no_failure() {
    let (mut pool, alice) = voting_pool(&[1, 1, 1]).await;
    let vote = pool.vote(0);
    let own = pool.addresses;
    let main = pool.slot_of(&vote).await.main;
    for address in [main, own.reserve, own.claims_vault, own.pool, own.mint] {
        pool.cluster.fund(&address, 3 * SOL).await;
    }
    assert_honest(&mut pool, "gifts", &[]).await;
    let burn = spl_token_interface::instruction::burn(
        &spl_token_interface::ID,
        &pool.lst_account(&alice.pubkey()),
        &own.mint,
        &alice.pubkey(),
        &[],
        SOL,
    );
    let burn = burn.expect("an instruction");
    pool.cluster.must_send(&[burn], &[&alice]).await;
    assert_honest(&mut pool, "burned", &[]).await;
    pool.deactivate_by_force(&vote, Main).await;
    assert_honest(&mut pool, "deactivated", &[]).await;
    let (first, second) = (pool.vote(1), pool.vote(2));
    pool.reset_to_initialized(&first, Main).await;
    assert_honest(&mut pool, "reset", &[]).await;
    pool.reset_to_uninitialized(&second, Transient).await;
    assert_honest(&mut pool, "reset as a whole", &[Subject::StakeAccounts]).await;
    pool.reclaim(&second, Transient).await;
    assert_honest(&mut pool, "reclaimed", &[]).await;
    pool.crank_next_epoch(CREDITS).await;
    assert_honest(&mut pool, "priced", &[]).await;
}
