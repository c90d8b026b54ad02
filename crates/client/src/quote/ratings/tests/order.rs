//! The order of validators, and what is said of each.

use super::*;

#[test]
fn an_average_validator_has_what_its_commission_leaves() {
    let rating = rating(&Validator::honest(1));
    assert_eq!(rating.score, 10_000 - 500 - 100);
    assert_eq!(
        words(&rating),
        [
            "+0: earned 100.00% of the cluster's credits over 10 epochs",
            "-500: keeps 5.00% of rewards; no payment shows more",
            "-100: keeps 100.00% of block revenue",
        ]
    );
    assert_eq!(rating.excluded(), None);
    // 0.03% less 5% of it.
    assert_eq!(rating.net_yield_parts_e9, Some(285_000));
}

#[test]
fn the_order_of_a_hand_made_cluster_is_as_it_should_be() {
    let generous = Validator::honest(1).says(0).takes(0);
    let sharing = Validator::honest(2).with(|row| row.block_revenue_commission_bps = Some(2_000));
    let honest = Validator::honest(3);
    let lazy = Validator::honest(4)
        .finished(|row| row.credits = Some(CREDITS * 95 / 100))
        .takes(500);
    let dear = Validator::honest(5).says(1_000).takes(1_000);
    let raiser = Validator::honest(6).takes_in(NOW - 1, 700);
    let validators = [&dear, &lazy, &raiser, &honest, &sharing, &generous].map(Clone::clone);
    // Credits of all others make it a little more than the average that one of them lacks.
    let ratings = rated(&among_others(&validators));
    let order: Vec<Pubkey> = ratings
        .iter()
        .map(|rating| rating.vote)
        .filter(|vote| (1..=6).any(|id| address(id) == *vote))
        .collect();
    assert_eq!(order, [1, 2, 3, 6, 4, 5].map(address));
}

#[test]
fn one_that_raises_its_commission_at_the_end_of_an_epoch_is_told_and_loses_twice() {
    let rating = rating(&Validator::honest(1).takes_in(NOW - 1, 700));
    assert_eq!(
        words(&rating),
        [
            "+0: earned 100.00% of the cluster's credits over 10 epochs",
            "-700: took 7.00% in epoch 930, and says 5.00% now",
            "-200: took 7.00% in epoch 930 after saying 5.00%",
            "-100: keeps 100.00% of block revenue",
        ]
    );
    assert_eq!(rating.score, 10_000 - 700 - 200 - 100);
}

#[test]
fn one_that_took_all_once_is_left_out_however_little_it_says() {
    let rating = rating(
        &Validator::honest(1)
            .says(0)
            .takes(0)
            .takes_in(NOW - 7, 10_000),
    );
    assert_eq!(codes(&rating), ["took"]);
    assert_eq!(
        rating.exclusions[0].to_string(),
        "it took 100.00% in epoch 924, more than 10.00%"
    );
    assert!(rating.score < 0);
}

#[test]
fn a_commission_that_was_raised_in_the_open_costs_little_but_is_told() {
    let mut validator = Validator::honest(1).says(300).takes(300);
    validator.at(NOW).commission_bps = Some(500);
    let rating = rating(&validator);
    assert_eq!(
        words(&rating)[1..3],
        [
            "-500: keeps 5.00% of rewards; no payment shows more",
            "-10: raised its commission from 3.00% to 5.00% in epoch 931",
        ]
    );
}

#[test]
fn a_raise_is_no_broken_word_once_it_had_been_said_two_epochs_before() {
    let said_late = |epoch: u64| {
        let mut validator = Validator::honest(1).takes_in(NOW - 1, 800);
        validator.at(epoch).commission_bps = Some(800);
        words(&rating(&validator)).join("\n")
    };
    assert!(!said_late(NOW - 3).contains("after saying"));
    assert!(said_late(NOW - 4).contains("after saying"));
}

#[test]
fn one_that_does_not_vote_now_is_left_out_and_missed_epochs_cost() {
    let now = rating(&Validator::honest(1).with_now(|row| row.delinquent = Some(true)));
    assert_eq!(codes(&now), ["delinquent"]);
    let mut validator = Validator::honest(1);
    validator.at(NOW - 4).credits = Some(CREDITS / 3);
    take(validator.at(NOW - 4), 500);
    let once = rating(&validator);
    assert_eq!((once.delinquent_epochs, codes(&once)), (1, vec![]));
    assert!(
        words(&once)
            .contains(&"-50: had less than half of the cluster's credits in 1 epoch".to_owned())
    );
    validator.at(NOW - 5).delinquent = Some(true);
    let twice = rating(&validator);
    assert_eq!(
        (twice.delinquent_epochs, codes(&twice)),
        (2, vec!["missed"])
    );
    assert_eq!(
        twice.exclusions[0].to_string(),
        "it hardly voted in 2 epochs, more than 1"
    );
}

#[test]
fn a_new_validator_is_left_out_until_it_is_old_enough() {
    let aged = |epochs| {
        let first = NOW - epochs;
        let mut validator = Validator::honest(1);
        validator.rows.retain(|row| row.epoch >= first);
        rating(&validator.with(|row| row.first_credits_epoch = Some(first)))
    };
    assert_eq!(codes(&aged(9)), ["young"]);
    assert_eq!(
        aged(9).exclusions[0].to_string(),
        "it is 9 epochs old, less than 10"
    );
    assert_eq!(codes(&aged(10)), [""; 0]);
    // It is not rated by epochs in which it was not there.
    assert_eq!(aged(3).votes_bps, Some(10_000));
    // One that has just come shows nothing yet.
    let fresh = aged(0);
    assert_eq!((fresh.votes_bps, fresh.score), (None, -100));
}

#[test]
fn the_largest_that_could_halt_the_cluster_are_found_and_left_out() {
    let ratings = rated(&among_others(&[]));
    let halting: Vec<&Rating> = ratings.iter().filter(|one| one.is_superminority).collect();
    assert_eq!(halting.len(), usize::from(WHALES));
    for rating in halting {
        assert_eq!(codes(rating), ["large", "superminority"]);
        // A tenth of 96 parts.
        assert_eq!(rating.stake_share_bps, 1_041);
    }
}

#[test]
fn where_the_largest_are_not_left_out_it_costs_them_points() {
    let thresholds = Thresholds {
        exclude_superminority: false,
        max_stake_share_bps: 10_000,
        ..Thresholds::default()
    };
    let ratings = rate(&among_others(&[]), &thresholds);
    let whale = find(&ratings, address(100));
    assert_eq!(whale.excluded(), None);
    let other = find(&ratings, address(110));
    assert_eq!(whale.score, other.score - 100);
}

#[test]
fn equal_validators_stand_in_the_order_of_their_addresses() {
    let facts = among_others(&[2, 1, 3].map(Validator::honest));
    let ratings = rated(&facts);
    let first: Vec<Pubkey> = ratings.iter().take(3).map(|one| one.vote).collect();
    assert_eq!(first, [1, 2, 3].map(address));
    assert_eq!(rated(&facts), ratings);
}

#[test]
fn without_facts_nobody_is_rated() {
    assert_eq!(rated(&Facts::default()), []);
}
