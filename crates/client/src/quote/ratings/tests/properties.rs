//! One that is better in one fact and equal in the rest never ranks lower.

use proptest::prelude::*;

use super::*;

/// A fact that can be better or worse, from 0 (worst) to 3 (best); unknown counts as the worst.
type Change = fn(&mut Validator, u64);

/// Every fact of which more is better.
const FACTS: [(&str, Change); 9] = [
    ("credits", |validator, grade| {
        for row in &mut validator.rows {
            row.credits = (grade > 0).then_some(CREDITS / 4 * (grade + 1));
        }
    }),
    ("what it took once", |validator, grade| {
        let row = validator.at(NOW - 3);
        let collected = row.collected_lamports.unwrap();
        row.collected_lamports = (grade > 0).then(|| collected * (4 - grade) / 2);
    }),
    ("what it says now", |validator, grade| {
        let says = u16::try_from(300 * (4 - grade)).unwrap();
        validator.at(NOW).commission_bps = (grade > 0).then_some(says);
    }),
    ("block revenue", |validator, grade| {
        let keeps = u16::try_from(3_000 * (4 - grade)).unwrap();
        validator.at(NOW).block_revenue_commission_bps = (grade > 0).then_some(keeps);
    }),
    ("a BLS key", |validator, grade| {
        validator.at(NOW).has_bls_key =
            [None, Some(false), Some(true), Some(true)][usize::try_from(grade).unwrap()];
    }),
    ("delinquency now", |validator, grade| {
        validator.at(NOW).delinquent =
            [None, Some(true), Some(false), Some(false)][usize::try_from(grade).unwrap()];
    }),
    ("delinquency before", |validator, grade| {
        for epoch in NOW - 1 - (3 - grade)..NOW - 1 {
            validator.at(epoch).delinquent = Some(true);
        }
    }),
    ("age", |validator, grade| {
        let first = (grade > 0).then(|| NOW - 4 * grade);
        for row in &mut validator.rows {
            row.first_credits_epoch = first;
        }
    }),
    ("software", |validator, grade| {
        let version = format!("4.{grade}.0");
        validator.at(NOW).version = (grade > 0).then_some(version);
    }),
];

fn thresholds() -> Thresholds {
    Thresholds {
        // Whatever is taken may be: nothing is left out that would be worse than what is assumed.
        max_commission_bps: 10_000,
        min_version: Some("4.2.0".parse().unwrap()),
        ..Thresholds::default()
    }
}

/// A validator with a grade for each fact.
fn graded(id: u8, grades: &[u64; 9]) -> Validator {
    let mut validator = Validator::honest(id);
    for ((_, change), grade) in FACTS.iter().zip(grades) {
        change(&mut validator, *grade);
    }
    validator
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]
    #[test]
    fn better_in_one_fact_and_equal_in_the_rest_never_ranks_lower(
        grades in prop::array::uniform9(0_u64..4),
        fact in 0_usize..9,
        better in 0_u64..4,
        is_forgotten: bool,
    ) {
        prop_assume!(better > grades[fact]);
        let mut improved = grades;
        improved[fact] = better;
        // The address of the worse one is the lower, which decides where they are equal.
        let facts = among_others(&[graded(1, &grades), graded(2, &improved)]);
        let facts = if is_forgotten { as_the_chain_tells(&facts) } else { facts };
        let ratings = rate(&facts, &thresholds());
        let (worse, better) = (find(&ratings, address(1)), find(&ratings, address(2)));
        let name = FACTS[fact].0;
        prop_assert!(better.score >= worse.score, "{name}: {worse:#?} {better:#?}");
        prop_assert!(
            better.exclusions.is_empty() || !worse.exclusions.is_empty(),
            "{name}: {worse:#?} {better:#?}"
        );
    }

    #[test]
    fn scores_are_the_sum_of_their_parts_whatever_the_facts_are(
        stake: Option<u64>, credits: Option<u64>, collected: Option<u64>,
        commission: Option<u16>, rewards: Option<u64>, points: Option<u128>, epoch: u64,
    ) {
        let wild = ValidatorEpoch {
            activated_stake_lamports: stake,
            credits,
            collected_lamports: collected,
            commission_bps: commission,
            block_revenue_commission_bps: commission,
            first_credits_epoch: credits,
            ..Validator::honest(1).rows[0].clone()
        };
        let rows = (0..3).map(|before| ValidatorEpoch {
            epoch: epoch.saturating_sub(before),
            ..wild.clone()
        });
        let cluster = ClusterEpoch {
            epoch: epoch.saturating_sub(1),
            stake_lamports: stake.unwrap_or(0),
            rewards_lamports: rewards,
            points,
        };
        for rating in rated(&Facts::from_rows(rows, [cluster])) {
            let points = rating.parts.iter().map(|part| part.points);
            prop_assert_eq!(rating.score, points.fold(WHOLE_SCORE, i64::saturating_add));
        }
    }
}
