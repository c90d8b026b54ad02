//! Single inputs at which a rule turns.

use sluice_math::{
    BoundaryRewards, Bps, DepartureReason, Finalize, Flows, HighWater, Holding, Lamports, Ledger,
    Lst, MathError, ParseAmountError, RewardRate, Rewarded, SlotNow, SlotStake, Spread, StakeKind,
    StakeNow, StakeStatus, WayOut,
};

#[test]
fn an_amount_has_no_sign_and_digits_on_both_sides() {
    for text in ["", "+5", "-5", "5.+5", ".5", "5.", "5e3", " 5"] {
        let read: Result<Lamports, _> = text.parse();
        assert_eq!(read, Err(ParseAmountError::NotDecimal), "{text}");
    }
}

#[test]
fn every_error_says_what_is_wrong() {
    let texts = [
        ParseAmountError::NotDecimal.to_string(),
        ParseAmountError::TooPrecise.to_string(),
        ParseAmountError::TooLarge.to_string(),
        MathError::Overflow.to_string(),
        MathError::Underflow.to_string(),
        MathError::DivisionByZero.to_string(),
        MathError::NoValue.to_string(),
        MathError::TooManyBps.to_string(),
    ];
    for (index, text) in texts.iter().enumerate() {
        assert!(text.split(' ').count() >= 3, "{text}");
        assert!(!texts[..index].contains(text), "{text} is said twice");
    }
}

#[test]
fn there_are_points_where_validators_earn_credits() {
    for (points, has_points) in [(0, false), (1, true)] {
        let rewards = BoundaryRewards {
            points,
            lamports: Lamports::new(1),
        };
        assert_eq!(rewards.has_points(), has_points);
    }
}

#[test]
fn half_of_what_another_was_paid_is_not_far_below() {
    let paid = |lamports: u64| Rewarded {
        delegated: Lamports::new(1_000_000_000),
        paid: Lamports::new(lamports),
    };
    let is_far_below = |own: u64| paid(own).is_far_below(&paid(20_000), Bps::ZERO);
    assert_eq!(is_far_below(10_000), Ok(false));
    assert_eq!(is_far_below(9_999), Ok(true));
}

#[test]
fn an_equal_price_is_no_new_mark() {
    let mark = HighWater {
        full: Lamports::new(2),
        supply: Lst::new(2),
    };
    let finalize = Finalize {
        ledger: Ledger {
            reserve: Lamports::new(4),
            supply: Lst::new(4),
            ..Ledger::default()
        },
        mint_supply: Lst::new(4),
        observed_staked: Lamports::ZERO,
        observed_reserve: Lamports::new(4),
        slot: 0,
        slots_per_epoch: 1,
        epochs_elapsed: 1,
        high_water: mark,
        reward_fee: Bps::ZERO,
        holder_share: Bps::ZERO,
        drip_bound: Bps::ALL,
        breaker_bound: Bps::ALL,
        unrestored: Lamports::ZERO,
        tripped: false,
    };
    assert_eq!(finalize.book().unwrap().high_water, mark);
    let gained = Finalize {
        observed_reserve: Lamports::new(5),
        ..finalize
    };
    let higher = HighWater {
        full: Lamports::new(5),
        supply: Lst::new(4),
    };
    assert_eq!(gained.book().unwrap().high_water, higher);
}

#[test]
fn a_validator_without_weight_makes_no_even_share_smaller() {
    let weights = [1, 0];
    let spread = Spread::of(|| weights.into_iter(), Bps::new(1).unwrap(), 0).unwrap();
    assert_eq!(spread.cap, Bps::ALL);
    let nobody = Spread::of(|| [0, 0].into_iter(), Bps::new(1).unwrap(), 4).unwrap();
    assert_eq!(
        nobody.cap,
        Bps::ALL,
        "nothing is spread, and nothing is capped"
    );
}

#[test]
fn a_weight_that_goes_is_taken_off_only_where_nobody_is_cut() {
    let spread = Spread {
        weight: 5,
        cut_count: 0,
        cap: Bps::ALL,
    };
    let left = Spread {
        weight: 3,
        ..spread
    };
    assert_eq!(spread.without(2), left);
    let cut = Spread {
        cut_count: 1,
        ..spread
    };
    assert_eq!(cut.without(2), cut);
}

const RENT: u64 = 2;

/// A stake account of the pool's, with so much stake.
fn stake(staked: u64, status: StakeStatus) -> StakeNow {
    let lamports = Lamports::new(staked + RENT);
    StakeNow {
        holding: Holding {
            kind: StakeKind::Staying,
            lamports,
            booked: lamports,
        },
        status,
        staked: Lamports::new(staked),
    }
}

fn slot(main: StakeNow, transient: StakeNow) -> SlotNow {
    SlotNow {
        main,
        transient,
        rent: Lamports::new(RENT),
    }
}

/// A pool of 100 lamports that may still move 30 of them in this epoch, and of which one validator is to
/// have half.
fn flows(minimum: u64) -> Flows {
    Flows {
        full: Lamports::new(100),
        delegated: Lamports::new(100),
        spread: Spread {
            weight: 2,
            cut_count: 0,
            cap: Bps::ALL,
        },
        minimum_delegation: Lamports::new(minimum),
        movement_cap: Lamports::new(30),
        ..Flows::default()
    }
}

#[test]
fn what_targets_move_counts_against_the_cap() {
    let slot = slot(
        stake(100, StakeStatus::Active),
        stake(0, StakeStatus::Inactive),
    );
    let validator = SlotStake {
        has: Lamports::new(100),
        weight: 1,
        ..SlotStake::default()
    };
    let departure = slot
        .departure(&flows(4), &validator, true)
        .unwrap()
        .unwrap();
    assert_eq!(departure.reason, DepartureReason::Rebalancing);
    assert_eq!(departure.way, WayOut::Part(Lamports::new(30)));
    assert_eq!(departure.capped, Lamports::new(30));
}

#[test]
fn what_is_stranded_counts_against_no_cap() {
    let slot = slot(
        stake(0, StakeStatus::Inactive),
        stake(5, StakeStatus::Active),
    );
    let retiring = SlotStake {
        has: Lamports::new(5),
        leaving: true,
        ..SlotStake::default()
    };
    let flows = flows(10);
    let due = flows.undelegation(&retiring).unwrap().unwrap();
    assert_eq!(due.capped, Lamports::new(5), "its leave alone would count");
    let departure = slot.departure(&flows, &retiring, false).unwrap().unwrap();
    assert_eq!(departure.reason, DepartureReason::Stranded);
    assert_eq!(
        (departure.lamports, departure.capped),
        (Lamports::new(5), Lamports::ZERO)
    );
}

/// Transient lacks its rent. Where the reserve has it, `collect` clears the way for a part of main.
#[test]
fn a_transient_that_nobody_can_pay_the_rent_of_leaves_first() {
    let mut transient = stake(10, StakeStatus::Active);
    transient.holding.lamports = Lamports::new(10);
    let slot = slot(stake(90, StakeStatus::Active), transient);
    let validator = SlotStake {
        has: Lamports::new(100),
        weight: 1,
        ..SlotStake::default()
    };
    for (spendable, way) in [(1, Some(WayOut::Transient)), (2, None)] {
        let flows = Flows {
            queue: Lamports::new(20),
            spendable: Lamports::new(spendable),
            ..flows(4)
        };
        let departure = slot.departure(&flows, &validator, true).unwrap();
        assert_eq!(departure.map(|departure| departure.way), way);
    }
}

#[test]
fn what_stake_earns_at_a_rate_is_rounded_down() {
    let half = RewardRate::new(500_000_000_000);
    assert_eq!(half.earned_on(Lamports::new(3)), Ok(Lamports::new(1)));
    assert_eq!(half.earned_on(Lamports::new(4)), Ok(Lamports::new(2)));
}

#[test]
fn stake_goes_to_a_transient_that_is_idle_or_activating_and_to_no_other() {
    for (staked, status, can) in [
        (0, StakeStatus::Inactive, true),
        (7, StakeStatus::Activating, true),
        (7, StakeStatus::Active, false),
        (7, StakeStatus::Between, false),
    ] {
        let slot = slot(stake(9, StakeStatus::Active), stake(staked, status));
        assert_eq!(slot.can_delegate(), Ok(can), "{status:?}");
    }
}
