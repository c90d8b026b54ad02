//! What is asked of a node, and what becomes of its answers.

use solana_sdk_ids::stake;
use solana_stake_interface::{
    stake_flags::StakeFlags,
    state::{Delegation, Meta, Stake, StakeStateV2},
};

use super::{
    node::{FakeCluster, FakeNode, Voter},
    *,
};

/// The last of a hundred: the first ones of equal stake could halt the cluster.
const LAST: usize = 99;

fn voters(count: u16) -> Vec<Voter> {
    (0..count).map(Voter::new).collect()
}

fn gathered(node: &FakeNode) -> Gathered {
    Gathered::load(&node.client(), &Gathering::default(), Facts::default()).unwrap()
}

fn rated_by(node: &FakeNode) -> Vec<Rating> {
    rated(&gathered(node).facts)
}

#[test]
fn two_thousand_validators_take_a_known_number_of_questions() {
    let node = FakeCluster::new(voters(2_000)).start();
    let gathered = gathered(&node);
    assert_eq!(gathered.oldest_paid_epoch, Some(NOW - EPOCHS));
    assert_eq!((gathered.unsampled, gathered.left_out), (0, 0));
    assert_eq!(rated(&gathered.facts).len(), 2_000);
    // Two for the sysvars: before and afterwards.
    assert_eq!(node.asked("getMultipleAccounts"), (2 + 20, 100));
    assert_eq!(node.asked("getInflationReward"), (10 * 20, 100));
    assert_eq!(node.questions(), 224);
}

#[test]
fn everything_that_a_node_tells_of_a_validator_is_in_its_rows() {
    let node = FakeCluster::new(voters(100)).start();
    let gathered = gathered(&node);
    let voter = &node.cluster.voters[0];
    let current = gathered.facts.row(&voter.vote, NOW).unwrap();
    let expected = ValidatorEpoch {
        vote: voter.vote,
        identity: voter.identity,
        epoch: NOW,
        activated_stake_lamports: Some(STAKE),
        credits: Some(CREDITS),
        first_credits_epoch: Some(NOW - 20),
        commission_bps: Some(500),
        block_revenue_commission_bps: Some(10_000),
        has_bls_key: Some(true),
        delinquent: Some(false),
        version: Some("4.2.1".to_owned()),
        ..ValidatorEpoch::default()
    };
    assert_eq!(*current, expected);
    let finished = gathered.facts.row(&voter.vote, NOW - 1).unwrap();
    let expected = ValidatorEpoch {
        vote: voter.vote,
        identity: voter.identity,
        epoch: NOW - 1,
        credits: Some(CREDITS),
        first_credits_epoch: Some(NOW - 20),
        collected_lamports: Some(gross(STAKE, CREDITS) / 20),
        ..ValidatorEpoch::default()
    };
    assert_eq!(*finished, expected);
    let last = gathered.facts.cluster_in(NOW - 1).unwrap();
    assert_eq!(
        (last.rewards_lamports, last.stake_lamports),
        (Some(REWARDS), 100 * STAKE)
    );
    assert_eq!(
        gathered.facts.cluster_in(NOW - 2).unwrap().rewards_lamports,
        None
    );
}

#[test]
fn what_a_collector_is_paid_counts_and_one_of_several_counts_for_each() {
    let mut voters = voters(100);
    let collector = Pubkey::new_from_array([9; 32]);
    (voters[0].collector, voters[0].takes_bps) = (collector, 800);
    let shared = Pubkey::new_from_array([10; 32]);
    (voters[1].collector, voters[2].collector) = (shared, shared);
    let node = FakeCluster::new(voters).start();
    let facts = gathered(&node).facts;
    let row = |index: usize| {
        facts
            .row(&node.cluster.voters[index].vote, NOW - 1)
            .unwrap()
    };
    let parts = |bps: u64| Some(gross(STAKE, CREDITS) * bps / 10_000);
    assert_eq!(
        (row(0).collected_lamports, row(0).collector_is_shared),
        (parts(800), false)
    );
    for index in [1, 2] {
        let row = row(index);
        assert_eq!(
            (row.collected_lamports, row.collector_is_shared),
            (parts(1_000), true)
        );
    }
}

#[test]
fn a_node_that_keeps_no_old_blocks_tells_what_it_has() {
    let mut cluster = FakeCluster::new(voters(100));
    cluster.kept_since = NOW - 3;
    let node = cluster.start();
    let gathered = gathered(&node);
    assert_eq!(gathered.oldest_paid_epoch, Some(NOW - 3));
    // The first refusal is the last question.
    assert_eq!(node.asked("getInflationReward").0, 4);
    let rating = &rated(&gathered.facts)[0];
    assert_eq!(rating.score, 10_000 - 500 - 100);
}

#[test]
fn without_payments_and_versions_everybody_is_rated_by_the_rest() {
    let mut cluster = FakeCluster::new(voters(100));
    cluster.refused = vec!["getInflationReward", "getClusterNodes"];
    let node = cluster.start();
    let gathered = gathered(&node);
    assert_eq!(
        (gathered.oldest_paid_epoch, gathered.has_versions),
        (None, false)
    );
    let rating = &rated(&gathered.facts)[0];
    assert_eq!(rating.score, 10_000 - 1_000 - 100);
}

#[test]
fn a_node_that_tells_no_vote_accounts_is_an_error() {
    let mut cluster = FakeCluster::new(voters(1));
    cluster.refused = vec!["getVoteAccounts"];
    let node = cluster.start();
    let failed = Gathered::load(&node.client(), &Gathering::default(), Facts::default());
    assert!(failed.is_err());
}

#[test]
fn what_is_read_over_the_end_of_an_epoch_is_read_again_and_is_of_the_epoch_that_runs() {
    // The sysvars, and then the vote accounts of the next epoch.
    let mut cluster = FakeCluster::new(voters(100));
    cluster.ends_after = 1;
    let node = cluster.start();
    let gathered = gathered(&node);
    assert_eq!(gathered.epoch, NOW + 1);
    let vote = &node.cluster.voters[0].vote;
    let stake = |epoch| gathered.facts.row(vote, epoch)?.activated_stake_lamports;
    assert_eq!((stake(NOW), stake(NOW + 1)), (None, Some(STAKE)));
    assert_eq!(node.asked("getVoteAccounts").0, 2);
}

/// A cluster where the first validator's payment does not fit what it says, with a stake account that
/// was paid this part of what it earned.
fn in_doubt(paid_bps: u64) -> FakeCluster {
    let mut voters = voters(100);
    voters[LAST].takes_bps = 1_000;
    let vote = voters[LAST].vote;
    let mut cluster = FakeCluster::new(voters);
    let balance = 1_000 * SOL;
    let state = StakeStateV2::Stake(
        Meta::default(),
        Stake {
            delegation: Delegation::new(&vote, balance, NOW - 15),
            credits_observed: 0,
        },
        StakeFlags::empty(),
    );
    let mut data = bincode::serialize(&state).unwrap();
    data.resize(StakeStateV2::size_of(), 0);
    let account = solana_account::Account {
        lamports: balance,
        data,
        owner: stake::ID,
        ..Default::default()
    };
    let address = Pubkey::new_from_array([11; 32]);
    cluster.fixture.others.insert(address, account);
    let reward = gross(balance, CREDITS) * paid_bps / 10_000;
    cluster.stake_rewards.insert(address, (balance, reward));
    cluster
}

#[test]
fn a_stake_account_is_looked_at_only_where_a_payment_does_not_fit_and_it_decides() {
    let node = in_doubt(9_500).start();
    let gathered = gathered(&node);
    assert_eq!(
        (gathered.unsampled, node.asked("getProgramAccounts").0),
        (0, 1)
    );
    let rating = find(&rated(&gathered.facts), node.cluster.voters[LAST].vote);
    for take in [rating.last_take, rating.worst_take].map(Option::unwrap) {
        assert_eq!((take.bps, take.basis), (500, Basis::Sampled));
    }
    let node = in_doubt(8_000).start();
    let rating = find(&rated_by(&node), node.cluster.voters[LAST].vote);
    assert_eq!(rating.last_take.unwrap().bps, 2_000);
    assert_eq!(codes(&rating), ["took"]);
}

#[test]
fn a_node_that_refuses_to_search_is_asked_once_and_an_estimate_leaves_nobody_out() {
    let mut cluster = in_doubt(9_500);
    cluster.voters[LAST - 1].takes_bps = 2_000;
    cluster.refused = vec!["getProgramAccounts"];
    let node = cluster.start();
    let gathered = gathered(&node);
    assert_eq!(
        (gathered.unsampled, node.asked("getProgramAccounts").0),
        (2, 1)
    );
    let rating = find(&rated(&gathered.facts), node.cluster.voters[LAST - 1].vote);
    assert_eq!(
        words(&rating)[1],
        "-1800: seems to have taken 18.00% in epoch 930, and says 5.00% now"
    );
    assert_eq!(rating.excluded(), None);
}

#[test]
fn no_more_stake_accounts_are_looked_at_than_are_asked_for() {
    let node = in_doubt(9_500).start();
    let none = Gathering {
        samples: 0,
        ..Gathering::default()
    };
    let gathered = Gathered::load(&node.client(), &none, Facts::default()).unwrap();
    assert_eq!(
        (gathered.unsampled, node.asked("getProgramAccounts").0),
        (1, 0)
    );
}

#[test]
fn a_vote_account_that_is_none_has_no_finished_epoch_and_is_left_out() {
    let mut cluster = FakeCluster::new(voters(100));
    let vote = cluster.voters[LAST].vote;
    cluster.fixture.others.remove(&vote);
    let node = cluster.start();
    let rating = find(&rated_by(&node), vote);
    assert_eq!(codes(&rating), ["no_bls_key", "young"]);
    assert_eq!((rating.score, rating.votes_bps), (-100, None));
}

#[test]
fn credits_of_both_kinds_in_one_epoch_are_no_measure() {
    let mut voters = voters(100);
    for voter in &mut voters {
        voter.credits = vec![
            (NOW - 2, CREDITS, 0),
            (NOW - 1, 2 * CREDITS, CREDITS),
            (u64::MAX, 0, 0),
            (NOW - 1, 9, 0),
            (NOW, 99, 9),
        ];
    }
    let node = FakeCluster::new(voters).start();
    let facts = gathered(&node).facts;
    let vote = &node.cluster.voters[0].vote;
    let credits = |epoch| facts.row(vote, epoch).unwrap().credits;
    assert_eq!(
        [NOW - 2, NOW - 1, NOW].map(credits),
        [Some(CREDITS), None, Some(90)]
    );
    let rating = find(&rated(&facts), *vote);
    assert_eq!((rating.votes_bps, rating.voted_epochs), (Some(10_000), 1));
}
