//! What was taken, by all ways to know it.

use super::*;

fn basis(rating: &Rating) -> (u16, Basis) {
    let take = rating.worst_take.unwrap();
    (take.bps, take.basis)
}

#[test]
fn what_was_taken_is_computed_from_the_payment_and_what_the_stake_earned() {
    let rating = rating(&Validator::honest(1).takes_in(NOW - 2, 623));
    assert_eq!(basis(&rating), (623, Basis::Computed));
}

#[test]
fn what_the_chain_notes_beside_a_payment_is_taken_first() {
    let rating = rating(&Validator::honest(1).finished(|row| row.noted_commission_bps = Some(640)));
    assert_eq!(basis(&rating), (640, Basis::Noted));
}

#[test]
fn a_collector_of_its_own_counts_like_the_vote_account_and_one_of_several_counts_whole() {
    let own = rating(&Validator::honest(1));
    assert_eq!(basis(&own), (500, Basis::Computed));
    // What all of them got, less a tenth, which may be drift of stake.
    let shared = Validator::honest(1)
        .takes(1_000)
        .finished(|row| row.collector_is_shared = true);
    assert_eq!(basis(&rating(&shared)), (900, Basis::Estimated));
    let noted = shared.finished(|row| row.noted_commission_bps = Some(0));
    assert_eq!(basis(&rating(&noted)), (900, Basis::Estimated));
}

#[test]
fn from_the_chain_alone_the_last_epoch_is_by_its_rewards_and_older_ones_by_the_median() {
    for epoch in [NOW - 1, NOW - 6] {
        let raiser = Validator::honest(1).takes_in(epoch, 1_000);
        let facts = as_the_chain_tells(&among_others(&[raiser]));
        let ratings = rated(&facts);
        let take = find(&ratings, address(1)).worst_take.unwrap();
        assert_eq!((take.bps, take.epoch), (900, epoch));
        assert_eq!(take.basis, Basis::Estimated);
        // The others took what they say, and drift does not make it more.
        let other = find(&ratings, address(110));
        assert_eq!(other.score, 10_000 - 500 - 100, "{:?}", words(&other));
    }
}

#[test]
fn a_minority_that_takes_more_does_not_move_the_median() {
    let raisers: Vec<_> = (1..=20)
        .map(|id| Validator::honest(id).takes_in(NOW - 6, 2_000))
        .collect();
    let facts = as_the_chain_tells(&among_others(&raisers));
    let take = find(&rated(&facts), address(1)).worst_take.unwrap();
    assert_eq!((take.bps, take.epoch), (1_800, NOW - 6));
}

#[test]
fn stake_that_came_or_went_a_little_since_does_not_look_like_a_take() {
    let shrunk = Validator::honest(1).with_now(|row| {
        row.activated_stake_lamports = Some(STAKE / 100 * 91);
    });
    let facts = as_the_chain_tells(&among_others(&[shrunk]));
    let rating = find(&rated(&facts), address(1));
    assert_eq!(
        words(&rating)[1],
        "-500: keeps 5.00% of rewards; no payment shows more"
    );
}

/// One whose stake has halved since: its payment looks like twice what it says.
fn halved() -> Validator {
    Validator::honest(1).with_now(|row| row.activated_stake_lamports = Some(STAKE / 2))
}

#[test]
fn one_in_doubt_is_cleared_by_the_reward_of_a_stake_account() {
    let facts = as_the_chain_tells(&among_others(&[halved()]));
    let view = view::View::of(&facts, EPOCHS).unwrap();
    let doubtful: Vec<Pubkey> = view.doubtful().iter().map(|(vote, _)| *vote).collect();
    assert_eq!(doubtful, [address(1)]);
    let balance = 1_000 * SOL;
    let sampled = |kept_bps: u64| {
        let mut facts = facts.clone();
        let row = facts.row(&address(1), NOW - 1).unwrap().clone();
        let reward = gross(balance, CREDITS);
        facts.add(ValidatorEpoch {
            sample: Some(StakeSample {
                balance_lamports: balance,
                reward_lamports: reward - reward * kept_bps / 10_000,
            }),
            ..row
        });
        let rating = find(&rated(&facts), address(1));
        rating.last_take.unwrap()
    };
    assert_eq!(
        (sampled(500).bps, sampled(500).basis),
        (500, Basis::Sampled)
    );
    assert_eq!(sampled(3_000).bps, 3_000);
    // Without a sample it is in doubt.
    let take = find(&rated(&facts), address(1)).last_take.unwrap();
    assert_eq!((take.bps, take.basis), (900, Basis::Estimated));
}

#[test]
fn nobody_takes_more_than_all() {
    let rating = rating(&Validator::honest(1).takes(50_000));
    assert_eq!(basis(&rating).0, 10_000);
}

#[test]
fn under_alpenglow_the_rows_themselves_say_what_a_credit_was_worth() {
    let facts = among_others(&[Validator::honest(1)]);
    let rows = facts.validators().cloned();
    let cluster = facts.cluster().map(|row| ClusterEpoch {
        points: Some(0),
        ..*row
    });
    let facts = Facts::from_rows(rows, cluster);
    let take = find(&rated(&facts), address(1)).worst_take.unwrap();
    // Rows of 97 parts of stake are known, which share what was paid for 100; less a tenth.
    assert_eq!((take.bps, take.basis), (437, Basis::Estimated));
}
