//! Facts of several sources.

use super::*;

fn row(epoch: u64) -> ValidatorEpoch {
    ValidatorEpoch {
        vote: address(1),
        epoch,
        ..ValidatorEpoch::default()
    }
}

#[test]
fn what_a_store_keeps_and_what_the_chain_tells_now_are_one_row() {
    let stored = ValidatorEpoch {
        activated_stake_lamports: Some(7),
        commission_bps: Some(500),
        credits: Some(10),
        first_credits_epoch: Some(3),
        delinquent: Some(false),
        version: Some("4.1.0".to_owned()),
        ..row(900)
    };
    let told = ValidatorEpoch {
        credits: Some(90),
        first_credits_epoch: Some(40),
        collected_lamports: Some(5),
        collector_is_shared: true,
        ..row(900)
    };
    let both = Facts::from_rows([stored.clone()], []).merged(Facts::from_rows([told], []));
    let expected = ValidatorEpoch {
        credits: Some(90),
        collected_lamports: Some(5),
        collector_is_shared: true,
        ..stored
    };
    assert_eq!(both.validators().collect::<Vec<_>>(), [&expected]);
}

#[test]
fn what_is_unknown_now_does_not_take_away_what_was_known() {
    let known = ValidatorEpoch {
        collected_lamports: Some(5),
        collector_is_shared: true,
        noted_commission_bps: Some(6),
        sample: Some(StakeSample {
            balance_lamports: 2,
            reward_lamports: 1,
        }),
        has_bls_key: Some(true),
        block_revenue_commission_bps: Some(8),
        ..row(900)
    };
    let facts = Facts::from_rows([known.clone(), row(900)], []);
    assert_eq!(facts.row(&address(1), 900), Some(&known));
}

#[test]
fn what_a_cluster_paid_is_kept_when_the_chain_has_forgotten_it() {
    let paid = ClusterEpoch {
        epoch: 900,
        stake_lamports: 10,
        rewards_lamports: Some(3),
        points: Some(4),
    };
    let forgotten = ClusterEpoch {
        rewards_lamports: None,
        points: None,
        ..paid
    };
    let facts = Facts::from_rows([], [paid, forgotten]);
    assert_eq!(facts.cluster_in(900), Some(&paid));
}

#[test]
fn stored_facts_make_a_take_certain_that_was_estimated() {
    let raiser = Validator::honest(1).takes_in(NOW - 6, 700);
    let stored = among_others(&[raiser]);
    let told = as_the_chain_tells(&stored);
    let take = |facts: &Facts| find(&rated(facts), address(1)).worst_take.unwrap();
    assert_eq!(
        (take(&told).bps, take(&told).basis),
        (630, Basis::Estimated)
    );
    let merged = stored.merged(told);
    assert_eq!(
        (take(&merged).bps, take(&merged).basis),
        (700, Basis::Computed)
    );
}
