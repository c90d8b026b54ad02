//! How alerts begin and end.

use super::{
    super::course::{Change, Course},
    *,
};

const RULE: Rule = Rule::QueueOld;
const FOR: u64 = 60;

fn quiet() -> Judgement {
    Judgement::default()
}

fn unknown() -> Judgement {
    Judgement {
        unknown: [(RULE, POOL.to_owned())].into(),
        ..Judgement::default()
    }
}

/// The changes, by the seconds since [`NOW`] at which they are.
fn changes(
    course: &mut Course,
    seconds: std::ops::Range<u64>,
    judged: &Judgement,
) -> Vec<(u64, bool)> {
    let all = seconds.flat_map(|second| {
        let changes = course.step(judged, NOW + second, FOR).into_iter();
        changes.map(move |change| (second, matches!(change, Change::Begins(_))))
    });
    all.collect()
}

#[test]
fn what_holds_for_a_short_time_or_flaps_is_no_alert() {
    let mut course = Course::default();
    for begin in (0..600).step_by(60) {
        assert_eq!(changes(&mut course, begin..begin + 59, &said(RULE)), []);
        assert_eq!(changes(&mut course, begin + 59..begin + 60, &quiet()), []);
    }
    assert_eq!(course.firing().count(), 0);
}

#[test]
fn an_alert_that_flaps_goes_on_and_ends_when_it_is_quiet_for_long_enough() {
    let mut course = Course::default();
    assert_eq!(changes(&mut course, 0..100, &said(RULE)), [(60, true)]);
    for begin in (100..700).step_by(60) {
        assert_eq!(changes(&mut course, begin..begin + 59, &quiet()), []);
        assert_eq!(
            changes(&mut course, begin + 59..begin + 60, &said(RULE)),
            []
        );
    }
    assert_eq!(changes(&mut course, 700..900, &quiet()), [(760, false)]);
    assert_eq!(changes(&mut course, 900..1_000, &quiet()), []);
}

#[test]
fn an_end_says_how_long_it_was_so_and_not_how_long_it_was_watched() {
    let mut course = Course::default();
    changes(&mut course, 0..3_600, &said(RULE));
    changes(&mut course, 3_600..3_660, &quiet());
    let ended = course.step(&quiet(), NOW + 3_660, FOR);
    let [Change::Ends(alert)] = &ended[..] else {
        panic!("{ended:?}");
    };
    assert_eq!(alert.seconds(NOW + 3_660), 3_600);
}

#[test]
fn what_cannot_be_told_stays_as_it_was() {
    let mut course = Course::default();
    assert_eq!(changes(&mut course, 0..30, &said(RULE)), []);
    assert_eq!(
        changes(&mut course, 30..300, &unknown()),
        [],
        "it does not begin"
    );
    assert_eq!(changes(&mut course, 300..301, &said(RULE)), [(300, true)]);
    assert_eq!(
        changes(&mut course, 301..9_000, &unknown()),
        [],
        "it does not end"
    );
    assert_eq!(course.firing().count(), 1);
    assert_eq!(
        changes(&mut course, 9_000..9_100, &quiet()),
        [(9_060, false)]
    );
}

#[test]
fn a_clock_that_is_set_back_or_ahead_makes_no_alert_wait_for_ever() {
    let mut course = Course::default();
    course.step(&said(RULE), NOW + 3_600, FOR);
    assert_eq!(changes(&mut course, 0..100, &said(RULE)), [(60, true)]);
    course.step(&quiet(), NOW + 7_200, FOR);
    assert_eq!(changes(&mut course, 100..200, &quiet()), [(160, false)]);
}
