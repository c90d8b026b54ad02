use proptest::{collection::vec, prelude::*};

use super::*;

fn candidate(number: u8, yield_parts_e9: u64, is_superminority: bool) -> Candidate {
    Candidate {
        vote: Pubkey::new_from_array([number; 32]),
        yield_parts_e9,
        max_share_bps: WHOLE,
        is_superminority,
    }
}

/// Five validators, of which the two best are the superminority.
fn five() -> Vec<Candidate> {
    [
        (70, true),
        (68, true),
        (66, false),
        (64, false),
        (60, false),
    ]
    .into_iter()
    .zip(1..)
    .map(|((yields, inside), number)| candidate(number, yields * 1_000_000, inside))
    .collect()
}

const CAPS: Caps = Caps {
    max_share_bps: 4_000,
    max_superminority_bps: 3_000,
    min_validators: 0,
    least_share_bps: 0,
};

#[test]
fn the_best_are_filled_first_up_to_their_caps() {
    let optimum = optimise(&five(), &CAPS).unwrap();
    assert_eq!(optimum.weights, [3_000, 0, 4_000, 3_000, 0]);
    // 0.3 x 7% + 0.4 x 6.6% + 0.3 x 6.4%
    assert_eq!(optimum.yield_parts_e9(), 66_600_000);
}

#[test]
fn a_cap_costs_what_a_point_more_of_it_would_bring() {
    let prices = prices(&five(), &CAPS).unwrap();
    // A point from 6.4% to 6.6%; one from 6.4% to 7%; nobody has to have a least share.
    assert_eq!(prices.share_parts_e9, 20_000);
    assert_eq!(prices.superminority_parts_e9, 60_000);
    assert_eq!(prices.count_parts_e9, 0);
}

#[test]
fn a_least_number_of_validators_costs_what_the_last_of_them_misses() {
    let caps = Caps {
        min_validators: 5,
        least_share_bps: 500,
        ..CAPS
    };
    let optimum = optimise(&five(), &caps).unwrap();
    assert_eq!(optimum.weights, [2_500, 500, 4_000, 2_500, 500]);
    // Without the fifth its 5% would earn 6.4% instead of 6%.
    assert_eq!(prices(&five(), &caps).unwrap().count_parts_e9, 200_000);
}

#[test]
fn caps_that_leave_no_place_are_told_with_what_they_leave() {
    let tight = Caps {
        max_share_bps: 1_500,
        ..CAPS
    };
    assert_eq!(
        optimise(&five(), &tight).unwrap_err().to_string(),
        "with at most 15.00% for each and 30.00% for the superminority together, these 5 validators can have \
         only 75.00% of the stake: raise a cap, or name more"
    );
    let many = Caps {
        min_validators: 6,
        least_share_bps: 100,
        ..CAPS
    };
    assert_eq!(
        optimise(&five(), &many).unwrap_err().to_string(),
        "6 validators cannot have 1.00% each, as the caps are and with these 5 validators: ask for fewer, or \
         for less of each"
    );
}

#[test]
fn of_equal_validators_the_superminority_gets_less() {
    let equal = [candidate(1, 7, true), candidate(2, 7, false)];
    let caps = Caps {
        max_share_bps: 6_000,
        max_superminority_bps: WHOLE,
        ..CAPS
    };
    assert_eq!(optimise(&equal, &caps).unwrap().weights, [4_000, 6_000]);
}

/// The most that any weights earn, by trying all.
fn by_trying(problem: &Problem<'_>) -> Option<u128> {
    let caps = problem.caps;
    let mut best = None;
    let mut weights = vec![0_u16; problem.candidates.len()];
    loop {
        let sum = |inside: bool| -> u16 {
            let all = weights.iter().zip(problem.candidates);
            all.filter(|(_, one)| !inside || one.is_superminority)
                .map(|(weight, _)| *weight)
                .sum()
        };
        let least = caps.least_share_bps;
        let having = weights.iter().filter(|weight| **weight >= least).count();
        let keeps = sum(false) == problem.whole
            && sum(true) <= caps.max_superminority_bps
            && having >= usize::from(caps.min_validators);
        if keeps {
            let all = weights.iter().zip(problem.candidates);
            let earned =
                all.map(|(weight, one)| u128::from(*weight) * u128::from(one.yield_parts_e9));
            best = best.max(Some(earned.sum()));
        }
        let Some(at) = (0..weights.len()).find(|at| weights[*at] < problem.cap(*at)) else {
            return best;
        };
        weights[at] += 1;
        weights[..at].fill(0);
    }
}

prop_compose! {
    fn any_candidates()(drawn in vec((0_u64..6, 0_u16..6, any::<bool>()), 1..5)) -> Vec<Candidate> {
        drawn
            .into_iter()
            .zip(1..)
            .map(|((yields, max_share_bps, inside), number)| Candidate {
                max_share_bps,
                ..candidate(number, yields, inside)
            })
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_other_weights_that_keep_the_caps_earn_more(
        candidates in any_candidates(),
        whole in 1_u16..9,
        max_share_bps in 1_u16..6,
        max_superminority_bps in 0_u16..9,
        min_validators in 0_u16..5,
        least_share_bps in 1_u16..4,
    ) {
        let caps = Caps { max_share_bps, max_superminority_bps, min_validators, least_share_bps };
        let problem = Problem::new(&candidates, &caps, whole);
        let solved = problem.solve();
        prop_assert_eq!(solved.as_ref().ok().map(|best| best.weighted), by_trying(&problem));
        if let Ok(optimum) = solved {
            prop_assert_eq!(optimum.weights.iter().sum::<u16>(), whole);
        }
    }

    #[test]
    fn a_looser_cap_never_costs(candidates in any_candidates(), point in 0_u16..3) {
        let caps = Caps {
            max_share_bps: 4,
            max_superminority_bps: 4,
            min_validators: 1,
            least_share_bps: 1,
        };
        let looser = Caps { max_share_bps: 4 + point, max_superminority_bps: 4 + point, ..caps };
        let solve = |caps: &Caps| Problem::new(&candidates, caps, 6).solve();
        if let Ok(tight) = solve(&caps) {
            prop_assert!(solve(&looser).unwrap().weighted >= tight.weighted);
        }
    }
}
