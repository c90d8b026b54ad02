//! What is not known is never better than the worst that may be.

use super::*;

#[test]
fn an_unknown_take_counts_as_the_highest_commission_that_is_not_left_out() {
    let silent = Validator::honest(1).finished(|row| row.collected_lamports = None);
    let rating = rating(&silent);
    assert_eq!(
        words(&rating)[1],
        "-1000: what it took in epoch 930 is unknown, and it says 5.00%; 10.00% are assumed"
    );
    // Its word is known, and may have been broken.
    assert_eq!(
        words(&rating)[2],
        "-500: may have taken 10.00% in epoch 930 after saying 5.00%"
    );
    assert_eq!(rating.excluded(), None);
}

#[test]
fn one_unknown_epoch_is_enough_where_that_of_others_is_known() {
    let mut validator = Validator::honest(1);
    validator.at(NOW - 8).collected_lamports = None;
    let rating = rating(&validator);
    assert!(words(&rating)[1].contains("in epoch 923 is unknown"));
}

#[test]
fn an_epoch_of_which_no_take_is_known_counts_for_nobody() {
    let facts = among_others(&[Validator::honest(1)]);
    let pruned = facts.validators().cloned().map(|row| ValidatorEpoch {
        collected_lamports: row.collected_lamports.filter(|_| row.epoch >= NOW - 3),
        ..row
    });
    let facts = Facts::from_rows(pruned, facts.cluster().copied());
    let rating = find(&rated(&facts), address(1));
    assert_eq!(rating.score, 10_000 - 500 - 100);
}

#[test]
fn where_no_take_is_known_at_all_the_worst_is_assumed_of_everybody() {
    let facts = among_others(&[Validator::honest(1), Validator::honest(2).says(0)]);
    let pruned = facts.validators().cloned().map(|row| ValidatorEpoch {
        collected_lamports: None,
        ..row
    });
    let ratings = rated(&Facts::from_rows(pruned, facts.cluster().copied()));
    assert!(ratings.iter().all(|rating| rating.score == 8_900));
    assert_eq!(
        words(&ratings[0])[1],
        "-1000: what it took is unknown, and it says 5.00%; 10.00% are assumed"
    );
}

#[test]
fn one_without_stake_shows_no_take() {
    let empty = Validator::honest(1)
        .with(|row| row.activated_stake_lamports = Some(0))
        .finished(|row| row.collected_lamports = None);
    let rating = rating(&empty);
    assert_eq!((rating.stake_lamports, rating.stake_share_bps), (0, 0));
    assert_eq!(rating.worst_take, None);
    assert!(words(&rating)[1].starts_with("-1000: what it took"));
}

#[test]
fn a_vote_account_that_cannot_be_read_is_rated_by_the_worst_and_left_out() {
    let unread = Validator::honest(1).with(|row| {
        (row.credits, row.commission_bps, row.has_bls_key) = (None, None, None);
        (row.block_revenue_commission_bps, row.first_credits_epoch) = (None, None);
    });
    let rating = rating(&unread);
    assert_eq!(codes(&rating), ["no_bls_key", "missed", "young"]);
    assert_eq!(rating.votes_bps, Some(0));
    assert!(words(&rating).contains(&"-100: what it keeps of block revenue is unknown".to_owned()));
}

#[test]
fn a_node_that_says_nothing_of_a_validators_votes_is_no_node_that_says_that_it_votes() {
    let rating = rating(&Validator::honest(1).with_now(|row| row.delinquent = None));
    assert_eq!(codes(&rating), ["delinquent"]);
}
