//! Validators that a pool cannot have, or not yet.

use sluice::state::{FLAG_RETIRE, Marker, SlotState, VERSION};

use super::*;

#[test]
fn validators_that_the_pool_cannot_have_are_refused() {
    let mut fixture = pool(1);
    let own = votes(&fixture)[0];
    let dear = stranger(
        &mut fixture,
        &Vote {
            commission_bps: 1_100,
            ..Vote::default()
        },
    );
    for (wanted, place, why) in [
        (
            weighed(&[(own, 1), (own, 2)]),
            Place::Validator(own),
            "it is named twice",
        ),
        (
            weighed(&[(own, 0)]),
            Place::Validators,
            "no validator would have weight: all stake would come back and earn nothing",
        ),
        (
            weighed(&[(own, 100), (OTHER, 100)]),
            Place::Validator(OTHER),
            "the pool does not take it: there is no vote account at this address",
        ),
        (
            weighed(&[(own, 100), (dear, 100)]),
            Place::Validator(dear),
            "the pool does not take it: its commission of 1100 basis points is above the pool's maximum of 1000",
        ),
    ] {
        assert_eq!(refused(&fixture, &wanted), (place, why.to_owned()));
    }
}

#[test]
fn more_validators_than_a_pool_has_room_for_are_refused() {
    let fixture = pool(1);
    let many: Vec<_> = (0..2_016).map(|_| (Pubkey::new_unique(), 1)).collect();
    let why = "a pool has at most 2016 validators, and leaving ones count";
    let (place, said) = refused(&fixture, &weighed(&many));
    assert_eq!((place, said.as_str()), (Place::Validators, why));
}

/// A pool of four: one stays, one leaves, one was ejected and must wait, one may come back.
fn unsettled() -> Fixture {
    let mut fixture = pool(4);
    fixture.slot(1).flags |= FLAG_RETIRE;
    for (index, due_epoch) in [(2, EPOCH + 3), (3, EPOCH)] {
        let slot = fixture.slot(index);
        slot.state = SlotState::Ejected.code();
        slot.weight = 0;
        slot.next_weight = 0;
        slot.due_epoch = u32::try_from(due_epoch).unwrap();
    }
    fixture
}

/// A validator of which the pool remembers that it may not come before the next epoch.
fn remembered(fixture: &mut Fixture) -> Pubkey {
    let vote = stranger(fixture, &Vote::default());
    let mut marker: Marker = bytemuck::Zeroable::zeroed();
    (marker.version, marker.vote) = (VERSION, vote);
    marker.reinstatable_epoch = u32::try_from(EPOCH + 1).unwrap();
    fixture.put(fixture.addresses.marker(&vote), &marker);
    vote
}

#[test]
fn what_the_pool_takes_only_later_is_told_and_does_not_stop_the_rest() {
    let mut fixture = unsettled();
    let own = votes(&fixture);
    let dear = Vote {
        commission_bps: 1_100,
        ..Vote::default()
    };
    let dear = stranger(&mut fixture, &dear);
    let known = remembered(&mut fixture);
    let all = own.iter().chain([&dear, &known]);
    let mut wanted = weighed(&all.map(|vote| (*vote, 100)).collect::<Vec<_>>());
    wanted.parameters = vec![(Parameter::MaxCommissionBps, 1_200)];
    let plan = plan(&fixture, &wanted);
    let later = plan.later.iter();
    let later: Vec<(Place, &str)> = later.map(|one| (one.place, one.what.as_str())).collect();
    assert_eq!(
        later,
        [
            (
                Place::Validator(dear),
                "it can be added once the pool's limits have changed: its commission of 1100 basis points is \
                 above the pool's maximum of 1000"
            ),
            (
                Place::Validator(known),
                "it was ejected, and can be added again from epoch 11 on"
            ),
            (
                Place::Validator(own[1]),
                "it leaves, and can be added anew once its slot is closed"
            ),
            (
                Place::Validator(own[2]),
                "it was ejected, and can be taken back from epoch 13 on"
            ),
        ]
    );
    let [limit, back] = &plan.changes[..] else {
        panic!("{:?}", plan.changes);
    };
    assert!(matches!(limit.kind, Kind::Schedule { .. }), "{limit:?}");
    let is_back =
        matches!(back.kind, Kind::Weigh { place, reinstates: true, .. } if place.vote == own[3]);
    assert!(is_back, "{back:?}");
}

#[test]
fn who_leaves_or_was_ejected_and_is_not_wanted_needs_no_change() {
    let mut fixture = pool(3);
    let own = votes(&fixture)[0];
    fixture.slot(1).flags |= FLAG_RETIRE;
    fixture.slot(2).state = SlotState::Ejected.code();
    assert!(plan(&fixture, &weighed(&[(own, 100)])).is_done());
}

#[test]
fn stake_that_nobody_may_have_is_told() {
    let mut fixture = pool(20);
    fixture.pool.most_validators = 20;
    let own = votes(&fixture);
    let few: Vec<_> = own[..5].iter().map(|vote| (*vote, 100)).collect();
    let plan = plan(&fixture, &weighed(&few));
    // Five of them hold half of 2,000 SOL, at most 10% each.
    assert_eq!(plan.notes.len(), 1);
    let note = &plan.notes[0];
    assert!(
        note.starts_with("About 1000.000000000 SOL would lie in the reserve"),
        "{note}"
    );
}

#[test]
fn who_comes_later_holds_no_stake_until_then() {
    let mut fixture = pool(4);
    let own = votes(&fixture);
    let dear = Vote {
        commission_bps: 1_100,
        ..Vote::default()
    };
    let dear = stranger(&mut fixture, &dear);
    let all = own[..3].iter().chain([&dear]);
    let mut wanted = weighed(&all.map(|vote| (*vote, 100)).collect::<Vec<_>>());
    wanted.parameters = vec![(Parameter::MaxCommissionBps, 1_200)];
    let plan = plan(&fixture, &wanted);
    // Three of four hold a quarter of 400 SOL each.
    let note = &plan.notes[0];
    assert!(
        note.starts_with("About 100.000000000 SOL would lie"),
        "{note}"
    );
}

#[test]
fn the_weight_is_not_taken_from_all_for_those_that_must_wait() {
    let mut fixture = unsettled();
    let waits = votes(&fixture)[2];
    let (place, why) = refused(&fixture, &weighed(&[(waits, 100)]));
    assert_eq!(place, Place::Validators);
    assert!(why.starts_with("no validator would have weight"), "{why}");
    let known = remembered(&mut fixture);
    assert_eq!(refused(&fixture, &weighed(&[(known, 100)])).0, place);
}
