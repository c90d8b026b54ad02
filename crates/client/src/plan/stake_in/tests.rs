use sluice::SluiceError;
use solana_stake_interface::state::{Authorized, Lockup};

use super::*;
use crate::{
    Route,
    fixture::{EPOCH, Fixture, SOL, Vote, stake_rent},
    plan::stake_in::Preparation::*,
};

const WALLET: Pubkey = Pubkey::new_from_array([9; 32]);

/// A pool of two validators, and a stake account that can be changed before it is routed.
struct Scene {
    fixture: Fixture,
    authorized: Authorized,
    lockup: Lockup,
    vote: Pubkey,
    delegated: u64,
    activation_epoch: u64,
    deactivation_epoch: u64,
    idle: u64,
}

impl Scene {
    fn new() -> Self {
        let mut fixture = Fixture::new(2, 10 * SOL, SOL);
        let vote = fixture.slot(0).vote;
        Self {
            fixture,
            authorized: Authorized::auto(&WALLET),
            lockup: Lockup::default(),
            vote,
            delegated: 3 * SOL,
            activation_epoch: EPOCH - 5,
            deactivation_epoch: u64::MAX,
            idle: 0,
        }
    }

    fn held(&mut self) -> HeldStake {
        let address = Pubkey::new_from_array([5; 32]);
        let delegation = (self.delegated > 0).then_some((
            self.vote,
            self.delegated,
            self.activation_epoch,
            self.deactivation_epoch,
        ));
        let lamports = stake_rent() + self.delegated + self.idle;
        let (authorized, lockup) = (self.authorized, self.lockup);
        self.fixture
            .put_held_stake(address, authorized, lockup, lamports, delegation);
        let held = stake_accounts_of(&self.fixture, &WALLET).unwrap();
        assert_eq!(held.len(), 1, "the wallet's account is found");
        held[0]
    }

    fn route(&mut self) -> Route {
        let held = self.held();
        self.fixture.snapshot().route(&held, &WALLET).unwrap()
    }

    fn first(&mut self) -> Vec<Preparation> {
        match self.route() {
            Route::Deposit { first, .. } | Route::DepositSol { first, .. } => first,
            other => panic!("nothing is deposited: {other:?}"),
        }
    }
}

#[test]
fn active_stake_of_a_validator_of_the_pool_is_deposited_as_it_is() {
    let mut scene = Scene::new();
    let Route::Deposit {
        place,
        first,
        offered,
        lst,
    } = scene.route()
    else {
        panic!("it can be deposited");
    };
    assert_eq!((place.vote, first), (scene.vote, vec![]));
    // Credited for delegation and rent, at price one.
    assert_eq!(lst.get(), 3 * SOL + stake_rent());
    let snapshot = scene.fixture.snapshot();
    let placed = snapshot.slot_of(&scene.vote).unwrap();
    assert_eq!(
        snapshot
            .quote_stake_deposit(&placed, &offered)
            .unwrap()
            .minted,
        lst
    );
}

#[test]
fn what_stands_in_the_way_is_put_aside_in_the_same_transaction() {
    let mut scene = Scene::new();
    scene.authorized.staker = Pubkey::new_unique();
    assert_eq!(scene.first(), [TakeStaker]);

    let mut scene = Scene::new();
    scene.lockup.custodian = Pubkey::new_unique();
    assert_eq!(scene.first(), [ClearCustodian]);

    let mut scene = Scene::new();
    scene.deactivation_epoch = EPOCH;
    assert_eq!(scene.first(), [Reactivate(scene.vote)]);

    let mut scene = Scene::new();
    scene.idle = stake_rent();
    assert_eq!(scene.first(), [], "as much again as the rent may stay");
    scene.idle += 1;
    let idle = Lamports::new(stake_rent() + 1);
    assert_eq!(scene.first(), [WithdrawIdle(idle)]);
}

#[test]
fn what_is_offered_after_the_preparations_is_what_the_program_takes() {
    let mut scene = Scene::new();
    scene.authorized.staker = Pubkey::new_unique();
    scene.lockup.custodian = Pubkey::new_unique();
    scene.deactivation_epoch = EPOCH;
    scene.idle = SOL;
    let Route::Deposit {
        offered,
        lst,
        first,
        ..
    } = scene.route()
    else {
        panic!("it can be deposited");
    };
    assert_eq!(first.len(), 4);
    let snapshot = scene.fixture.snapshot();
    let placed = snapshot.slot_of(&scene.vote).unwrap();
    assert_eq!(
        snapshot
            .quote_stake_deposit(&placed, &offered)
            .unwrap()
            .minted,
        lst
    );
    let before = scene.held();
    let refused = snapshot.quote_stake_deposit(&placed, &before.stake);
    assert_eq!(refused.unwrap_err().sluice_code(), Some(6042));
}

#[test]
fn what_is_not_staked_is_deposited_as_sol_at_once() {
    let mut scene = Scene::new();
    scene.delegated = 0;
    scene.idle = SOL;
    assert_eq!(scene.first(), []);
    let mut cooled = Scene::new();
    cooled.deactivation_epoch = EPOCH - 1;
    let Route::DepositSol { lamports, lst, .. } = cooled.route() else {
        panic!("its SOL is free");
    };
    assert_eq!(lamports.get(), 3 * SOL + stake_rent());
    assert_eq!(lst.get(), lamports.get());

    // SOL leaves the epoch's reward to all holders, as active stake does not.
    cooled.fixture.pool.config.entry_charge_bps = 10_000;
    cooled.fixture.pool.paid_rate_e12 = 1_000_000_000;
    let Route::DepositSol { lst, .. } = cooled.route() else {
        panic!("its SOL is free");
    };
    let snapshot = cooled.fixture.snapshot();
    assert_eq!(lst, snapshot.quote_deposit(lamports).unwrap().minted);
    assert!(lst < snapshot.value_of_stake(lamports).unwrap().minted);
}

#[test]
fn stake_that_only_this_epoch_activates_is_taken_back_and_deposited_as_sol() {
    let mut scene = Scene::new();
    scene.activation_epoch = EPOCH;
    assert_eq!(scene.first(), [Deactivate]);
}

#[test]
fn stake_of_an_unlisted_or_leaving_validator_has_to_cool_down_first() {
    let mut scene = Scene::new();
    scene.vote = Pubkey::new_unique();
    let Route::Deactivate { why, .. } = scene.route() else {
        panic!("its validator is not listed");
    };
    assert_eq!(why, "its validator is not one of the pool's");

    let mut scene = Scene::new();
    scene.fixture.retire(0, Pubkey::new_unique());
    let Route::Deactivate { why, .. } = scene.route() else {
        panic!("its validator leaves");
    };
    assert_eq!(why, "its validator is leaving the pool");
}

#[test]
fn stake_of_a_validator_that_does_not_vote_or_keeps_too_much_has_to_cool_down_first() {
    // The last epoch's credits count in the first tenth of an epoch alone.
    let mut scene = Scene::new();
    scene.fixture.slot += 1;
    let Route::Deactivate { why, .. } = scene.route() else {
        panic!("its validator is silent");
    };
    assert_eq!(
        why,
        "its validator has not voted in this epoch, so it earns nothing"
    );

    let mut scene = Scene::new();
    let greedy = Vote {
        commission_bps: 1_001,
        ..Vote::default()
    };
    scene.fixture.put_vote(scene.vote, &greedy);
    let Route::Deactivate { why, .. } = scene.route() else {
        panic!("its validator keeps too much");
    };
    assert!(
        why.starts_with("its validator keeps more than the pool allows"),
        "{why}"
    );
}

/// Of 2,000 SOL, of which each validator may have half and 5% more, the first has 1,000 SOL.
#[test]
fn stake_goes_in_as_far_as_the_share_cap_of_its_validator_allows() {
    let mut scene = Scene::new();
    scene.fixture = Fixture::new(2, 1_000 * SOL, SOL);
    scene.vote = scene.fixture.slot(0).vote;
    scene.fixture.pool.config.share_cap_bps = 5_000;
    scene.fixture.spread();
    let snapshot = scene.fixture.snapshot();
    let placed = snapshot.slot_of(&scene.vote).unwrap();
    let room = snapshot.room_for_stake(placed.slot).unwrap().get();
    // 52.5% of 2,001 SOL and the room itself.
    assert!(room.abs_diff((2_001 * SOL * 525 / 1_000 - 1_000 * SOL) * 1_000 / 475) < 1_000);

    scene.delegated = room - stake_rent();
    let held = scene.held();
    assert!(matches!(scene.route(), Route::Deposit { .. }));
    let snapshot = scene.fixture.snapshot();
    let routes = snapshot.routes(&[held, held], &WALLET).unwrap();
    let [
        Route::Deposit { offered, .. },
        Route::Deactivate { why, .. },
    ] = &routes[..]
    else {
        panic!("there is room for one of them: {routes:?}");
    };
    let full = "its validator would have more of the pool than its share cap allows";
    assert!(why.starts_with(full), "{why}");
    let placed = snapshot.slot_of(&scene.vote).unwrap();
    assert!(snapshot.quote_stake_deposit(&placed, offered).is_ok());

    scene.delegated += 1;
    let Route::Deactivate { why, .. } = scene.route() else {
        panic!("a lamport too many");
    };
    let split = Lamports::new(room - stake_rent());
    let part = format!("({split} SOL of it can be split off and deposited)");
    assert_eq!(why, format!("{full} {part}"));
    let held = scene.held();
    let snapshot = scene.fixture.snapshot();
    let placed = snapshot.slot_of(&scene.vote).unwrap();
    let refused = snapshot.quote_stake_deposit(&placed, &held.stake);
    assert_eq!(
        refused.unwrap_err().sluice_code(),
        Some(SluiceError::ShareCapReached.into())
    );

    // What was deactivated in this epoch cools down already: it is not deactivated again.
    scene.deactivation_epoch = EPOCH;
    assert_eq!(scene.route(), Route::Wait(Wait::CoolDown));
    scene.delegated -= 1;
    assert_eq!(scene.first(), [Reactivate(scene.vote)]);

    // A pool of less than 1,000 minimum delegations takes any.
    let mut scene = Scene::new();
    scene.fixture.pool.config.share_cap_bps = 5_000;
    scene.delegated = 10_000 * SOL;
    assert!(matches!(scene.route(), Route::Deposit { .. }));
}

#[test]
fn what_only_time_can_help_waits() {
    // Without a stake history, stake that is deactivated cools down at the next boundary.
    let mut scene = Scene::new();
    scene.vote = Pubkey::new_unique();
    scene.deactivation_epoch = EPOCH;
    assert_eq!(scene.route(), Route::Wait(Wait::CoolDown));

    let mut scene = Scene::new();
    let (main, vote, rent) = (scene.fixture.slot(0).main, scene.vote, stake_rent());
    scene.fixture.put_stake(
        main,
        vote,
        rent + 10 * SOL,
        Some((10 * SOL, EPOCH, u64::MAX)),
    );
    assert_eq!(scene.route(), Route::Wait(Wait::PoolStake));
    // A deactivation can be taken back now alone, and now it would not help.
    scene.deactivation_epoch = EPOCH;
    assert_eq!(scene.route(), Route::Wait(Wait::CoolDown));
}

#[test]
fn a_lockup_and_a_foreign_withdrawer_are_obstacles() {
    let mut scene = Scene::new();
    scene.lockup.epoch = EPOCH + 1;
    let Route::Impossible(why) = scene.route() else {
        panic!("it is locked up");
    };
    assert_eq!(why, format!("it is locked up until epoch {}", EPOCH + 1));
    scene.lockup.epoch = EPOCH;
    assert_eq!(scene.first(), []);
    scene.lockup.unix_timestamp = 60;
    let Route::Impossible(why) = scene.route() else {
        panic!("it is locked up");
    };
    assert_eq!(why, "it is locked up for another 60 seconds");

    let mut scene = Scene::new();
    scene.authorized.withdrawer = Pubkey::new_unique();
    let Route::Impossible(why) = scene.route() else {
        panic!("somebody else withdraws");
    };
    assert!(why.starts_with("its withdrawer is "), "{why}");
    scene.authorized.withdrawer = scene.fixture.addresses.stake_authority;
    let Route::Impossible(why) = scene.route() else {
        panic!("the pool withdraws");
    };
    assert_eq!(why, "it is the pool's own");
}

#[test]
fn a_route_is_taken_by_the_wallets_signature_alone() {
    let mut scene = Scene::new();
    scene.authorized.staker = Pubkey::new_unique();
    scene.lockup.custodian = Pubkey::new_unique();
    scene.deactivation_epoch = EPOCH;
    scene.idle = SOL;
    let held = scene.held();
    let pool = scene.fixture.addresses;
    let route = scene.route();
    let recipient = Pubkey::new_unique();
    let instructions = route.instructions(&pool, &held.address, &WALLET, &recipient, 1);
    assert_eq!(instructions.len(), 5);
    for account in instructions.iter().flat_map(|one| &one.accounts) {
        assert!(!account.is_signer || account.pubkey == WALLET);
    }
}
