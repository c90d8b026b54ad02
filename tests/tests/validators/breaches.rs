//! What a validator is ejected for, and what it is not.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sluice::{
    SluiceError,
    state::{Breach, SlotState},
};
use sluice_tests::{
    cluster::{TransactionFailure, VoteAccount, VoteVersion},
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL, assert_refused, breach, empty_pool, empty_pool_with, voting_pool},
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::vote::ID as VOTE_PROGRAM;
use solana_signer::Signer;
use solana_stake_interface::tools::eligible_for_deactivate_delinquent;
use solana_system_interface::instruction::transfer;
use solana_vote_interface::{instruction::withdraw, state::VoteStateV4};

use crate::made_up_votes::{Fixture, all};

#[tokio::test]
async fn a_validator_that_keeps_the_rules_cannot_be_ejected() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    assert_refused(pool.try_eject(&vote).await, SluiceError::NoBreach);
}

#[tokio::test]
async fn a_validator_without_a_vote_account_is_ejected() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    pool.cluster.remove_account(&vote).await;
    let sent = pool.eject(&vote).await;
    assert_eq!(breach(&sent), Breach::VoteAccountGone);
    assert_eq!(pool.slot_state(&vote).await, SlotState::Ejected);
}

/// The vote program clears an account that is emptied. A transfer in the same transaction keeps
/// it alive: it is still the vote program's, and no vote account.
#[tokio::test]
async fn a_vote_account_that_was_closed_and_kept_alive_is_gone() {
    let (mut pool, alice) = voting_pool(&[1, 1]).await;
    let (vote, other) = (pool.vote(0), pool.vote(1));
    pool.cluster.set_account(&vote, Account::default());
    let silent = VoteAccount {
        has_voted: false,
        ..VoteAccount::default()
    };
    pool.cluster.create_vote_account("pool's v0", &silent).await;
    let (owner, lamports) = (
        pool.cluster.keypair("pool's v0"),
        pool.cluster.lamports(&vote).await,
    );
    let payer = pool.cluster.payer();
    let close = [
        withdraw(&vote, &vote, lamports, &payer.pubkey()),
        transfer(&payer.pubkey(), &vote, lamports),
    ];
    pool.cluster.must_send(&close, &[&owner]).await;
    let zombie = pool.cluster.account(&vote).await;
    assert_eq!(zombie.owner, VOTE_PROGRAM);
    assert!(zombie.data.iter().all(|byte| *byte == 0));

    // Nothing is delegated to it, and the others are served.
    pool.deposit(&alice, 20 * SOL).await;
    pool.warp_to_window().await;
    let before = (pool.delegated(&vote).await, pool.delegated(&other).await);
    pool.delegate_all().await;
    assert_eq!(pool.delegated(&vote).await, before.0);
    assert!(pool.delegated(&other).await > before.1);
    let sent = pool.eject(&vote).await;
    assert_eq!(breach(&sent), Breach::VoteAccountGone);
    // The last SOL leaves an epoch after the rest.
    for _ in 0..2 {
        pool.crank_window().await;
        pool.crank_next_epoch_of(&[other], CREDITS).await;
    }
    pool.crank_window().await;
    assert_eq!(pool.delegated(&vote).await, 0);
}

#[tokio::test]
async fn a_commission_is_a_breach_only_above_the_maximum() {
    let mut pool = empty_pool(&[1, 1, 1]).await;
    let vote = pool.vote(0);
    for (commission_bps, is_breach) in [(1_000, false), (1_001, true)] {
        pool.cluster.set_commission(&vote, commission_bps).await;
        if is_breach {
            assert_eq!(breach(&pool.eject(&vote).await), Breach::Commission);
        } else {
            assert_refused(pool.try_eject(&vote).await, SluiceError::NoBreach);
        }
    }
}

#[tokio::test]
async fn a_block_revenue_commission_is_a_breach_only_above_the_maximum() {
    let mut pool = empty_pool_with(&[], |config| config.max_block_commission_bps = 5_000).await;
    let account = VoteAccount {
        block_revenue_commission_bps: 5_000,
        ..Default::default()
    };
    let vote = pool.cluster.create_vote_account("fair", &account).await;
    pool.add_validator(&vote, 1).await;
    assert_refused(pool.try_eject(&vote).await, SluiceError::NoBreach);
    pool.set_block_commission(&vote, 5_001).await;
    assert_eq!(breach(&pool.eject(&vote).await), Breach::BlockCommission);
}

#[tokio::test]
async fn a_block_revenue_commission_beyond_the_whole_is_the_whole() {
    let mut pool = empty_pool(&[1]).await;
    let vote = pool.vote(0);
    pool.set_block_commission(&vote, u16::MAX).await;
    assert_refused(pool.try_eject(&vote).await, SluiceError::NoBreach);
}

#[tokio::test]
async fn a_validator_that_stopped_voting_is_ejected() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (silent, other) = (pool.vote(0), pool.vote(1));
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    assert_refused(pool.try_eject(&other).await, SluiceError::NoBreach);
    assert_eq!(breach(&pool.eject(&silent).await), Breach::LowCredits);
}

#[tokio::test]
async fn an_ejected_validator_drains_in_the_window_closes_and_costs_the_price_nothing() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 2]).await;
    let vote = pool.vote(2);
    pool.crank_window().await;
    pool.cluster.set_commission(&vote, 2_000).await;
    let before = pool.prices().await;
    pool.eject(&vote).await;
    assert_eq!(pool.prices().await, before);
    let (slot, books) = (pool.slot_of(&vote).await, pool.books().await);
    assert_eq!((slot.weight, slot.next_weight), (0, 0));
    assert_eq!(books.pool.total_weight, 2);
    assert_refused(pool.try_close(&vote).await, SluiceError::SlotNotDrained);

    pool.undelegate(&vote).await;
    assert_eq!(
        pool.delegated(&vote).await,
        SOL,
        "all but the minimum, whatever the movement cap"
    );
    pool.delegate(&vote).await;
    assert_eq!(pool.delegated(&vote).await, SOL, "and nothing comes back");
    let delegated = pool.delegated(&pool.vote(0)).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.crank_window().await;
    assert_eq!(pool.delegated(&vote).await, 0, "the minimum an epoch later");
    pool.crank_next_epoch(CREDITS).await;
    pool.close(&vote).await;
    pool.crank_window().await;
    let now = pool.delegated(&pool.vote(0)).await;
    assert!(
        now > delegated * 19 / 10,
        "its part is spread over the others: {delegated} {now}"
    );
}

#[tokio::test]
async fn an_ejected_validator_gets_back_at_once_what_only_began_to_activate() {
    let (mut pool, alice) = voting_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    pool.deposit(&alice, 60 * SOL).await;
    pool.crank_window().await;
    let reserve = pool.account().await.reserve_lamports;
    pool.cluster.set_commission(&vote, 2_000).await;
    pool.eject(&vote).await;
    pool.undelegate(&vote).await;
    assert!(pool.account().await.reserve_lamports > reserve + 25 * SOL);
    for _ in 0..2 {
        pool.live_an_epoch(CREDITS).await;
    }
    pool.crank_next_epoch(CREDITS).await;
    pool.close(&vote).await;
}

#[tokio::test]
async fn a_validator_that_retires_or_is_about_to_is_ejected_like_any_other() {
    let mut pool = empty_pool(&[1, 1, 1]).await;
    let (retiring, about_to) = (pool.vote(0), pool.vote(1));
    pool.retire(&retiring).await;
    pool.crank_next_epoch(CREDITS).await;
    assert_eq!(pool.slot_state(&retiring).await, SlotState::Retiring);
    pool.retire(&about_to).await;
    for vote in [retiring, about_to] {
        pool.cluster.set_commission(&vote, 2_000).await;
        pool.eject(&vote).await;
    }
    pool.crank_next_epoch(CREDITS).await;
    for vote in [retiring, about_to] {
        assert_eq!(pool.slot_state(&vote).await, SlotState::Ejected);
        pool.close(&vote).await;
    }
}

#[tokio::test]
async fn an_ejection_needs_the_slots_own_accounts() {
    let mut pool = empty_pool(&[1, 1]).await;
    let (bad, good) = (pool.vote(0), pool.vote(1));
    pool.cluster.set_commission(&bad, 2_000).await;
    let (bad, good) = (pool.place(&bad).await, pool.place(&good).await);
    let mut eject = pool.addresses.eject_validator(&good, None);
    // The good one's slot, judged by the bad one's vote account.
    eject.accounts[3].pubkey = bad.vote;
    let foreign = pool.send(&[eject], &[]).await;
    assert_refused(foreign, SluiceError::ForeignAccount);
    let mut eject = pool.addresses.eject_validator(&bad, None);
    eject.accounts[4].pubkey = good.main;
    let foreign = pool.send(&[eject], &[]).await;
    assert_refused(foreign, SluiceError::ForeignAccount);
}

/// What must come of an ejection beside a validator that votes, by the vote program's own reading
/// of the account.
fn expected(data: &[u8], vote: &Pubkey, epoch: u64) -> Result<Breach, SluiceError> {
    let tag = &data[..4];
    if tag == [0; 4] {
        return Ok(Breach::VoteAccountGone);
    }
    let known = tag == [2, 0, 0, 0] || tag == [3, 0, 0, 0];
    let state = VoteStateV4::deserialize(data, vote).ok().filter(|_| known);
    let state = state.ok_or(SluiceError::VoteAccountUnknown)?;
    let mut entries = state.epoch_credits.iter().rev();
    let last = entries.find(|entry| entry.0 == epoch - 1);
    if state.inflation_rewards_commission_bps > 1_000 {
        Ok(Breach::Commission)
    } else if state.block_revenue_commission_bps.min(10_000) > 5_000 {
        Ok(Breach::BlockCommission)
    } else if eligible_for_deactivate_delinquent(&state.epoch_credits, epoch) {
        Ok(Breach::Delinquent)
    } else if last.is_none_or(|(_, credits, before)| credits <= before) {
        Ok(Breach::LowCredits)
    } else {
        Err(SluiceError::NoBreach)
    }
}

/// A pool in which v0's vote account can be replaced and judged again and again.
struct Court {
    pool: Pool,
    accused: Pubkey,
    epoch: u64,
    fresh: [(Pubkey, Account); 2],
}

impl Court {
    async fn sit() -> Self {
        let (mut pool, _alice) = voting_pool(&[1, 1]).await;
        for _ in 0..3 {
            pool.crank_window().await;
            pool.crank_next_epoch(CREDITS).await;
        }
        pool.change_pool(|pool| pool.config.max_block_commission_bps = 5_000)
            .await;
        pool.watch = Watch::Off;
        let addresses = [pool.addresses.pool, pool.addresses.page(0)];
        let mut fresh = Vec::new();
        for address in addresses {
            fresh.push((address, pool.cluster.account(&address).await));
        }
        Self {
            accused: pool.vote(0),
            epoch: pool.cluster.epoch().await,
            fresh: fresh.try_into().expect("two"),
            pool,
        }
    }

    /// Judges the accused by this data, and forgets the verdict.
    async fn judge(&mut self, data: Vec<u8>) -> Result<Breach, TransactionFailure> {
        let accused = self.accused;
        let store = |account: &mut Account| account.data = data;
        self.pool.cluster.change_account(&accused, store).await;
        let verdict = self.pool.try_eject(&accused).await;
        if verdict.is_ok() {
            for (address, account) in &self.fresh {
                self.pool.cluster.set_account(address, account.clone());
            }
        }
        verdict.map(|sent| breach(&sent))
    }

    async fn assert_just(&mut self, data: Vec<u8>, what: &str) {
        let expected = expected(&data, &self.accused, self.epoch);
        match (self.judge(data).await, expected) {
            (Ok(breach), Ok(expected)) => assert_eq!(breach, expected, "{what}"),
            (Err(failure), Err(expected)) => {
                assert_eq!(
                    failure.custom_code,
                    Some(expected.into()),
                    "{what}: {failure}"
                );
            }
            (Ok(breach), Err(_)) => panic!("{what}: ejected for {breach:?}"),
            (Err(failure), Ok(breach)) => panic!("{what}: {breach:?} is no breach: {failure}"),
        }
    }
}

#[tokio::test]
async fn every_combination_of_terms_and_credits_is_judged_by_the_rules() {
    let mut court = Court::sit().await;
    let fixtures: Vec<Fixture> = all().collect();
    // A prime step through all of them meets each value of each property many times.
    for fixture in fixtures.iter().step_by(5) {
        let data = fixture.data(&court.accused, court.epoch);
        court.assert_just(data, &format!("{fixture:?}")).await;
    }
    let good = Fixture {
        block_commission_bps: 5_000,
        ..Fixture::good()
    };
    let data = good.data(&court.accused, court.epoch);
    let kept = court.judge(data).await;
    assert_refused(kept, SluiceError::NoBreach);
}

#[tokio::test]
async fn damaged_accounts_never_eject_for_what_they_do_not_say() {
    let mut court = Court::sit().await;
    let mut rng = StdRng::seed_from_u64(5);
    let fixtures: Vec<Fixture> = all().filter(|one| one.commission_bps < 1_000).collect();
    for round in 0..120 {
        let fixture = fixtures.choose(&mut rng).expect("some");
        let mut data = fixture.data(&court.accused, court.epoch);
        let within = [8, 300, 2_000, data.len()];
        let within = *within.choose(&mut rng).expect("some");
        for _ in 0..rng.random_range(1..6) {
            let at = rng.random_range(0..within);
            data[at] = rng.random();
        }
        court
            .assert_just(data, &format!("round {round}: {fixture:?}"))
            .await;
    }
    for _ in 0..20 {
        let mut data = vec![0; 3_762];
        rng.fill(&mut data[..]);
        court.assert_just(data, "random bytes").await;
    }
    for version in [VoteVersion::V3, VoteVersion::V4] {
        let whole = Fixture::longest(version).data(&court.accused, court.epoch);
        for length in [4, 70, 133, 136, 145, 200, 600, 1_500] {
            court.assert_just(whole[..length].to_vec(), "cut off").await;
        }
    }
}

#[tokio::test]
async fn versions_of_yesterday_are_refused_without_harm() {
    let mut court = Court::sit().await;
    let whole = Fixture::good().data(&court.accused, court.epoch);
    for tag in [1, 4, u32::MAX] {
        let mut data = whole.clone();
        data[..4].copy_from_slice(&tag.to_le_bytes());
        let unknown = court.judge(data).await;
        assert_refused(unknown, SluiceError::VoteAccountUnknown);
    }
    let slot = court.pool.slot_of(&court.accused).await;
    assert_eq!(slot.state().expect("known"), SlotState::Active);
}
