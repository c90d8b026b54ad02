//! Thresholds, and versions.

use super::*;

fn release(text: &str) -> Release {
    text.parse().unwrap()
}

fn out_by_version(told: Option<&str>, thresholds: &Thresholds) -> Option<String> {
    let validator = Validator::honest(1).with_now(|row| row.version = told.map(str::to_owned));
    let ratings = rate(&among_others(&[validator]), thresholds);
    let exclusions = find(&ratings, address(1)).exclusions;
    exclusions.first().map(ToString::to_string)
}

#[test]
fn releases_are_older_and_newer_by_their_numbers() {
    assert!(release("4.10.0") > release("4.9.9"));
    assert!(release("4.2.0-beta.1") < release("4.2.0"));
    assert_eq!(release("4.2.1 (src:abc; feat:1)"), release("4.2.1"));
    for nonsense in ["", "4", "4.2", "four", "4.2.x", "unknown"] {
        assert_eq!(nonsense.parse::<Release>(), Err(NoRelease), "{nonsense}");
    }
}

#[test]
fn old_and_unknown_software_is_left_out_where_a_version_is_asked_for() {
    let none = Thresholds::default();
    assert_eq!(out_by_version(None, &none), None);
    let agave = Thresholds {
        min_version: Some(release("4.2.0")),
        ..none.clone()
    };
    assert_eq!(out_by_version(Some("4.2.0"), &agave), None);
    assert_eq!(
        out_by_version(Some("4.1.9"), &agave).unwrap(),
        "its software 4.1.9 is older than 4.2.0"
    );
    let unknown = "its software is unknown; 4.2.0 is asked for";
    assert_eq!(out_by_version(None, &agave).unwrap(), unknown);
    assert!(out_by_version(Some("nonsense"), &agave).is_some());
    // Firedancer counts from zero.
    assert_eq!(out_by_version(Some("0.820.30113"), &agave), None);
    let both = Thresholds {
        min_firedancer_version: Some(release("0.900.0")),
        ..agave
    };
    assert!(out_by_version(Some("0.820.30113"), &both).is_some());
    assert_eq!(out_by_version(Some("1.0.0"), &both), None);
    assert_eq!(out_by_version(Some("4.2.0"), &both), None);
}

#[test]
fn commission_and_share_are_left_out_above_their_thresholds_and_not_at_them() {
    let dear = |bps: u16| {
        let validator = Validator::honest(1).says(bps).takes(u64::from(bps));
        codes(&rating(&validator)).join(" ")
    };
    assert_eq!(dear(1_000), "");
    assert_eq!(dear(1_001), "says took");
    let large = |parts: u64| {
        let validator = Validator::honest(1).with(|row| {
            row.activated_stake_lamports = Some(parts * STAKE / 100);
        });
        codes(&rating(&validator.takes(500))).join(" ")
    };
    assert_eq!(large(196), "");
    assert_eq!(large(210), "large");
}

#[test]
fn only_the_epochs_that_are_asked_for_count() {
    let raiser = Validator::honest(1).takes_in(NOW - 6, 900);
    let facts = among_others(&[raiser]);
    let over = |epochs| {
        let thresholds = Thresholds {
            epochs,
            ..Thresholds::default()
        };
        find(&rate(&facts, &thresholds), address(1))
    };
    assert_eq!(over(5).worst_take.unwrap().bps, 500);
    assert_eq!(over(6).worst_take.unwrap().bps, 900);
    assert_eq!((over(5).voted_epochs, over(500).voted_epochs), (5, EPOCHS));
}
