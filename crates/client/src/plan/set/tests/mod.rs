mod roles;
mod validators;

use sluice::state::{Parameter, PendingChange};
use solana_pubkey::Pubkey;

use super::*;
use crate::fixture::{EPOCH, Fixture, SOL, Vote};

const ADMIN: Pubkey = Pubkey::new_from_array([11; 32]);
const CURATOR: Pubkey = Pubkey::new_from_array([12; 32]);
const OTHER: Pubkey = Pubkey::new_from_array([13; 32]);
const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);

/// A pool of so many validators with 100 SOL each.
fn pool(validators: usize) -> Fixture {
    let mut fixture = Fixture::new(validators, 100 * SOL, 0);
    fixture.pool.admin = ADMIN;
    fixture.pool.curator = CURATOR;
    fixture.pool.guardian = ADMIN;
    fixture.pool.treasury = ADMIN;
    let addresses = fixture.addresses;
    fixture.pool.mint_authority = addresses.mint_authority;
    fixture.pool.claims_vault = addresses.claims_vault;
    fixture.pool.escrow = addresses.escrow;
    fixture.pool.fees = addresses.fees;
    fixture.pool.history = addresses.history;
    // An even share is more: no cap cuts anybody.
    fixture.pool.most_validators = u32::try_from(validators).unwrap();
    fixture
}

/// What the pool has.
fn votes(fixture: &Fixture) -> Vec<Pubkey> {
    let slots = fixture.snapshot();
    slots.slots().map(|placed| placed.place.vote).collect()
}

/// A validator that the pool has not got.
fn stranger(fixture: &mut Fixture, vote: &Vote) -> Pubkey {
    let address = Pubkey::new_unique();
    fixture.put_vote(address, vote);
    address
}

fn weighed(votes: &[(Pubkey, u16)]) -> Wanted {
    let validators = votes.iter().map(|(vote, weight)| WantedValidator {
        vote: *vote,
        weight: *weight,
    });
    Wanted {
        validators: Some(validators.collect()),
        ..Wanted::default()
    }
}

fn with(parameters: &[(Parameter, u64)]) -> Wanted {
    Wanted {
        parameters: parameters.to_vec(),
        ..Wanted::default()
    }
}

fn view(fixture: &Fixture, wanted: &Wanted) -> SetView {
    SetView::load(fixture, &fixture.addresses, wanted).unwrap()
}

fn plan(fixture: &Fixture, wanted: &Wanted) -> SetPlan {
    view(fixture, wanted).plan(wanted).unwrap()
}

/// The only impossible wish.
fn refused(fixture: &Fixture, wanted: &Wanted) -> (Place, String) {
    let mut all = view(fixture, wanted).plan(wanted).unwrap_err();
    assert_eq!(all.len(), 1, "{all:?}");
    let one = all.remove(0);
    (one.place, one.why)
}

#[test]
fn what_a_pool_has_and_what_is_not_named_need_no_change() {
    let fixture = pool(3);
    let own: Vec<_> = votes(&fixture)
        .into_iter()
        .map(|vote| (vote, 100))
        .collect();
    let mut wanted = weighed(&own);
    let parameters = fixture.pool.parameters();
    wanted.parameters = Parameter::ALL
        .map(|one| (one, parameters.get(one)))
        .to_vec();
    wanted.roles = WantedRoles {
        admin: Some(ADMIN),
        nominated_admin: Some(NOBODY),
        curator: Some(CURATOR),
        guardian: Some(ADMIN),
        treasury: Some(ADMIN),
    };
    for wanted in [wanted, Wanted::default()] {
        let plan = plan(&fixture, &wanted);
        assert!(plan.is_done() && plan.waiting.is_empty() && plan.notes.is_empty());
    }
}

#[test]
fn validators_come_before_weights_rise_then_fall_and_the_others_leave_last() {
    let mut fixture = pool(3);
    let [falls, rises, leaves] = votes(&fixture)[..] else {
        panic!("three");
    };
    let comes = stranger(&mut fixture, &Vote::default());
    let wanted = weighed(&[(falls, 50), (rises, 200), (comes, 70)]);
    let plan = plan(&fixture, &wanted);
    let steps: Vec<(&str, Pubkey)> = plan
        .changes
        .iter()
        .map(|change| match &change.kind {
            Kind::Add {
                vote, weight: 70, ..
            } => ("comes", *vote),
            Kind::Weigh { place, .. } => ("weighs", place.vote),
            Kind::Retire { place, .. } => ("leaves", place.vote),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("comes", comes),
            ("weighs", rises),
            ("weighs", falls),
            ("leaves", leaves)
        ]
    );
    for change in &plan.changes {
        assert_eq!(change.authority, Authority::Curator(CURATOR));
        assert_eq!(change.from_epoch, Some(EPOCH + 1));
    }
}

#[test]
fn an_announced_change_counts_where_it_leads_to_the_wish_and_is_replaced_or_taken_back_else() {
    let mut fixture = pool(1);
    let fee = Parameter::RewardFeeBps;
    fixture.pool.schedule_change(fee, 700, EPOCH).unwrap();
    let plan_of = |value| plan(&fixture, &with(&[(fee, value)]));

    let same = plan_of(700);
    assert!(same.is_done());
    let from_epoch = EPOCH + 2;
    assert_eq!(
        same.waiting,
        [Waiting {
            parameter: fee,
            before: 500,
            value: 700,
            from_epoch
        }]
    );
    let other = &plan_of(600).changes[0];
    let replaces = Kind::Schedule {
        parameter: fee,
        before: 500,
        value: 600,
        replaces: 700,
        replaces_waiting: true,
        can_cost: true,
    };
    assert_eq!(
        (&other.kind, other.from_epoch),
        (&replaces, Some(EPOCH + 2))
    );
    let back = &plan_of(500).changes[0];
    let waits = PendingChange {
        value: 700,
        from_epoch,
    };
    let cancel = Kind::Cancel {
        parameter: fee,
        stays: 500,
        waits,
    };
    assert_eq!((&back.kind, back.from_epoch), (&cancel, None));
    assert_eq!(back.authority, Authority::Admin(ADMIN));
}

#[test]
fn of_two_parameters_that_hold_only_together_the_one_that_fits_is_announced_first() {
    let fixture = pool(1);
    let (least, most) = (Parameter::InstantFeeMinBps, Parameter::InstantFeeMaxBps);
    let order = |wanted: [(Parameter, u64); 2]| {
        let plan = plan(&fixture, &with(&wanted));
        let parameters = plan.changes.iter().map(|change| match change.kind {
            Kind::Schedule { parameter, .. } => parameter,
            _ => panic!("{change:?}"),
        });
        parameters.collect::<Vec<_>>()
    };
    // They are 5 and 100.
    assert_eq!(order([(least, 200), (most, 300)]), [most, least]);
    assert_eq!(order([(most, 2), (least, 1)]), [least, most]);
}

#[test]
fn parameters_that_no_pool_can_have_are_refused() {
    let fixture = pool(1);
    let fee = Parameter::RewardFeeBps;
    assert_eq!(
        refused(&fixture, &with(&[(fee, 1_001)])),
        (
            Place::Parameter(fee),
            "reward_fee_bps can be 0 to 1000, not 1001".to_owned()
        )
    );
    let least = Parameter::InstantFeeMinBps;
    assert_eq!(
        refused(&fixture, &with(&[(least, 200)])),
        (
            Place::Parameter(least),
            "instant_fee_min_bps would be 200, above instant_fee_max_bps, which would be 100"
                .to_owned()
        )
    );
}
