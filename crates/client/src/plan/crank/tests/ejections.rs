//! Who is ejected, and when.

use super::*;

#[test]
fn validators_in_breach_are_ejected_as_far_as_the_budget_goes() {
    let mut fixture = Fixture::new(4, 10 * SOL, 0);
    let votes = [0, 1, 2, 3].map(|index| fixture.slot(index).vote);
    let greedy = Vote {
        commission_bps: 1_001,
        ..Vote::default()
    };
    fixture.put_vote(votes[0], &greedy);
    fixture.put_vote(votes[1], &greedy);
    // Who is gone is outside the budget.
    fixture.others.remove(&votes[2]);
    let plan = planned(&fixture);
    assert_eq!(kinds(&plan), [Eject, Eject]);
    let ejected: Vec<_> = plan
        .steps
        .iter()
        .filter_map(|step| step.validator)
        .collect();
    assert_eq!(ejected, [votes[0], votes[2]]);
    assert!(plan.waiting.iter().any(|wait| wait.contains("budget")));
    assert_eq!(plan.held_back, [votes[1]]);
    let in_breach = in_breach(&fixture.snapshot()).unwrap();
    let told = in_breach.iter().map(|one| (one.vote, one.breach));
    let expected = [
        (votes[0], Breach::Commission),
        (votes[1], Breach::Commission),
        (votes[2], Breach::VoteAccountGone),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    // In the window what they have leaves, but for the minimum.
    let late = planned(&fixture.at(WINDOW_START));
    assert_eq!(amounts(&late, Undelegate), [9 * SOL, 9 * SOL]);
}

#[test]
fn who_earned_far_fewer_credits_than_the_mean_is_ejected() {
    let mut fixture = Fixture::new(2, 10 * SOL, 0);
    let vote = fixture.slot(0).vote;
    fixture.put_vote(
        vote,
        &Vote {
            credits: 49,
            ..Vote::default()
        },
    );
    assert!(
        kinds(&planned(&fixture)).is_empty(),
        "the cluster has halted"
    );
    fixture.mean_credits(98);
    assert!(kinds(&planned(&fixture)).is_empty(), "a half is enough");
    fixture.mean_credits(99);
    assert_eq!(kinds(&planned(&fixture)), [Eject]);
    let early = planned(&fixture.clone().stale());
    assert_eq!(kinds(&early), [Eject, Observe, Finalize], "priced or not");
}

#[test]
fn a_validator_whose_stake_was_not_active_all_epoch_is_not_ejected_for_its_credits() {
    let mut fixture = Fixture::new(2, 10 * SOL, 0);
    fixture.mean_credits(100);
    let slot = *fixture.slot(0);
    fixture.put_vote(
        slot.vote,
        &Vote {
            credits: 0,
            ..Vote::default()
        },
    );
    let lamports = slot.main_lamports;
    let delegated = lamports - crate::fixture::stake_rent();
    for (activated, ejects) in [(EPOCH - 1, false), (EPOCH - 2, true)] {
        let delegation = Some((delegated, activated, u64::MAX));
        fixture.put_stake(slot.main, slot.vote, lamports, delegation);
        assert_eq!(kinds(&planned(&fixture)).contains(&Eject), ejects);
    }
}

#[test]
fn who_was_paid_for_less_than_the_highest_commission_leaves_is_ejected() {
    let mut fixture = Fixture::new(3, 10 * SOL, 0);
    // 100 credits for 10 SOL in each of three, of which 90% are the least.
    for (index, paid) in [900_000, 899_999, 1_000_000].into_iter().enumerate() {
        let slot = fixture.slot(index);
        slot.rewarded_lamports = 10 * SOL;
        slot.paid_lamports = paid;
        slot.credits_observed = 1_100;
    }
    let second = fixture.slot(1).vote;
    fixture.mean_credits(100);
    fixture.rewards.total_rewards = 100_000_000_000;
    let plan = planned(&fixture);
    assert_eq!(kinds(&plan), [Eject]);
    assert_eq!(plan.steps[0].validator, Some(second));

    // Without points it takes far less, and another validator to compare with.
    fixture.rewards.total_points = 0;
    assert!(kinds(&planned(&fixture)).is_empty());
    fixture.slot(1).paid_lamports = 400_000;
    let plan = planned(&fixture);
    let places: Vec<_> = fixture
        .snapshot()
        .slots()
        .map(|placed| placed.place)
        .collect();
    let beside = fixture
        .addresses
        .eject_validator(&places[1], Some(places[2]));
    assert_eq!(plan.steps[0].work, Work::Instruction(beside));
}

#[test]
fn an_ejected_validator_that_goes_on_is_ejected_anew_once_per_epoch() {
    let mut fixture = Fixture::new(2, 10 * SOL, 0);
    let vote = fixture.slot(0).vote;
    fixture.put_vote(
        vote,
        &Vote {
            commission_bps: 1_001,
            ..Vote::default()
        },
    );
    let slot = fixture.slot(0);
    slot.state = sluice::state::SlotState::Ejected.code();
    slot.weight = 0;
    for (due_epoch, ejects) in [(EPOCH + 2, true), (EPOCH + 3, false)] {
        fixture.slot(0).due_epoch = due_epoch as u32;
        assert_eq!(kinds(&planned(&fixture)).contains(&Eject), ejects);
    }
    fixture.slot(0).due_epoch = EPOCH as u32;
    fixture.others.remove(&vote);
    assert!(
        !kinds(&planned(&fixture)).contains(&Eject),
        "it has no way back"
    );
}
