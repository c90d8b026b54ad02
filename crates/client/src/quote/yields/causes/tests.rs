use solana_stake_interface::stake_history::StakeHistoryEntry;

use super::*;
use crate::fixture::{EPOCH, Fixture, SOL, Vote};

const TWO_DAYS: i64 = 2 * 86_400;
const START: i64 = 1_700_000_000;
/// What the cluster of these tests paid for a million SOL: 0.05% in the epoch.
const REWARDS: u64 = 500 * SOL;
const STAKE: u64 = 1_000_000 * SOL;

fn entry(epoch: u64, full_lamports: u64, lst_supply: u64) -> EpochRate {
    EpochRate {
        epoch,
        full_lamports,
        lst_supply,
        epoch_start_timestamp: START + TWO_DAYS * i64::try_from(epoch).unwrap(),
        ..EpochRate::default()
    }
}

/// A pool of 1,000 SOL at price one, of which two validators had 400 SOL each: the one voted for half of
/// the mean, the other kept a tenth. It gained 0.5 SOL, of which the treasury got 0.02.
fn pool() -> (Fixture, [EpochRate; 2]) {
    let mut fixture = Fixture::new(2, 400 * SOL, 200 * SOL);
    fixture.rewards.total_rewards = REWARDS;
    fixture.rewards.total_points = 100 * u128::from(STAKE);
    let stake = StakeHistoryEntry::with_effective(STAKE);
    fixture.history.add(EPOCH - 1, stake);
    for (index, credits, paid) in [(0, 50, SOL / 10), (1, 100, SOL / 100 * 18)] {
        let vote = fixture.slot(index).vote;
        fixture.put_vote(
            vote,
            &Vote {
                credits,
                ..Vote::default()
            },
        );
        let slot = fixture.slot(index);
        (slot.rewarded_lamports, slot.paid_lamports) = (400 * SOL, paid);
    }
    let page = &mut fixture.pages[0];
    (page.paid_lamports, page.rewarded_lamports) = (SOL / 100 * 28, 800 * SOL);
    page.earning_lamports = 800 * SOL + page.paid_lamports;
    let full = 1_000 * SOL + SOL / 2;
    let before = entry(EPOCH - 1, 900 * SOL, 900 * SOL);
    let booked = EpochRate {
        gain_lamports: SOL / 2,
        fee_lamports: SOL / 50,
        // Price one before, so what deposits left is nothing.
        ..entry(EPOCH, full, 1_000 * SOL + 19_990_404)
    };
    (fixture, [before, booked])
}

fn explain(fixture: &Fixture, rates: &[EpochRate]) -> std::result::Result<Explained, Unexplained> {
    let mut snapshot = fixture.snapshot();
    snapshot.history.refill(rates);
    snapshot.explain_yield().unwrap()
}

fn effects(explained: &Explained) -> Vec<(Cause, i64)> {
    let changed = |effect: &Effect| effect.after.lamports - effect.before.lamports;
    let effects = explained.effects.iter();
    effects
        .map(|effect| (effect.cause, changed(effect)))
        .collect()
}

/// Tenths of a milli-SOL.
const UNIT: i64 = 100_000;

#[test]
fn every_cause_has_its_lamports_and_they_add_up() {
    let (fixture, rates) = pool();
    let explained = explain(&fixture, &rates).unwrap();
    assert_eq!(explained.owned.get(), 1_000 * SOL);
    assert_eq!(explained.earning.get(), 800 * SOL);
    assert_eq!(explained.gross.lamports, 5_000 * UNIT);
    assert_eq!(
        effects(&explained)[..5],
        [
            (Cause::Idle, -1_000 * UNIT),
            (Cause::Votes, -1_000 * UNIT),
            (Cause::Commission, -200 * UNIT),
            (Cause::Other, 2_200 * UNIT),
            (Cause::RewardFee, -200 * UNIT),
        ]
    );
    let (cause, flows) = effects(&explained)[5];
    assert_eq!(cause, Cause::Flows);
    assert!(flows.abs() < 3, "{flows}");
    let sum: i64 = effects(&explained).iter().map(|(_, change)| change).sum();
    assert_eq!(explained.gross.lamports + sum, explained.net.lamports);
}

#[test]
fn the_last_step_is_the_yield_that_the_history_tells() {
    let (fixture, rates) = pool();
    let explained = explain(&fixture, &rates).unwrap();
    let told = Yield::between(&rates[0], &rates[1]).unwrap();
    assert_eq!(explained.net.over, told);
    let mut before = explained.gross;
    for effect in &explained.effects {
        assert_eq!(effect.before, before);
        before = effect.after;
    }
    assert_eq!(explained.net, before);
    // 0.05% in two days, compounded over a year.
    assert_eq!(explained.gross.over.apy_parts_e9(), Some(95_517_873));
}

#[test]
fn what_a_large_deposit_left_is_no_reward() {
    let (fixture, mut rates) = pool();
    rates[0].full_lamports -= SOL;
    let explained = explain(&fixture, &rates).unwrap();
    let (cause, flows) = effects(&explained)[5];
    assert_eq!(cause, Cause::Flows);
    // 1 SOL of 899, for the 1,000 SOL of now.
    let expected = 1_112_881_000;
    assert!((flows - expected).abs() < 1_000, "{flows}");
}

#[test]
fn votes_and_commission_are_one_cause_where_no_points_are_counted() {
    let (mut fixture, rates) = pool();
    fixture.rewards.total_points = 0;
    let explained = explain(&fixture, &rates).unwrap();
    assert_eq!(
        effects(&explained)[..2],
        [
            (Cause::Idle, -1_000 * UNIT),
            (Cause::Validators, -1_200 * UNIT)
        ]
    );
}

#[test]
fn a_vote_account_that_is_gone_is_told_apart_from_those_that_are_there() {
    let (mut fixture, rates) = pool();
    let vote = fixture.slot(0).vote;
    fixture.others.remove(&vote);
    let explained = explain(&fixture, &rates).unwrap();
    assert_eq!(
        effects(&explained)[1..4],
        [
            (Cause::Votes, 0),
            (Cause::Commission, -200 * UNIT),
            (Cause::Validators, -1_000 * UNIT)
        ]
    );
}

#[test]
fn what_cannot_be_known_is_named() {
    let (fixture, [before, booked]) = pool();
    let unexplained = |fixture: &Fixture, rates: &[EpochRate]| explain(fixture, rates).unwrap_err();
    assert_eq!(unexplained(&fixture, &[]), Unexplained::Young);
    assert_eq!(unexplained(&fixture, &[booked]), Unexplained::Young);
    let timeless = EpochRate {
        epoch_start_timestamp: 0,
        ..before
    };
    assert_eq!(
        unexplained(&fixture, &[timeless, booked]),
        Unexplained::Young
    );
    let earlier = entry(EPOCH - 2, 900 * SOL, 900 * SOL);
    assert_eq!(
        unexplained(&fixture, &[earlier, booked]),
        Unexplained::Skipped
    );
    assert_eq!(
        unexplained(&fixture, &[earlier, before]),
        Unexplained::Stale
    );
    let stale = fixture.clone().stale();
    assert_eq!(unexplained(&stale, &[before, booked]), Unexplained::Stale);
    let lost = EpochRate {
        gain_lamports: 0,
        ..booked
    };
    assert_eq!(unexplained(&fixture, &[before, lost]), Unexplained::NoGain);
    let mut silent = fixture.clone();
    silent.rewards.total_rewards = 0;
    assert_eq!(
        unexplained(&silent, &[before, booked]),
        Unexplained::NoRewards
    );
    silent = fixture;
    silent.history = Default::default();
    assert_eq!(
        unexplained(&silent, &[before, booked]),
        Unexplained::NoRewards
    );
}
