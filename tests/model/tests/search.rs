//! The search for profit in its short form.

use sluice_model::search::{Kind, Scene, Search, Setting, Start, Weakness, known_attacks, play};

/// Sequences of each search.
const SEQUENCES: u64 = 3_000;
const SEED: u64 = 1;
/// A hundredth of a SOL.
const REAL_PROFIT: i128 = 10_000_000;

/// A search on a scene.
fn searched(scene: &Scene, epochs: usize, with_validators: bool) -> Search {
    let mut search = Search::new(epochs, with_validators, SEED);
    search.go_on(scene, SEQUENCES);
    search
}

#[test]
fn no_sequence_over_epochs_that_pay_alike_wins_a_lamport() {
    let starts = [(Kind::Quiet, Start::Newcomer), (Kind::Busy, Start::Holder)];
    let settings = Setting::ALL.into_iter();
    for (setting, (kind, start)) in settings.flat_map(|it| starts.map(|start| (it, start))) {
        let scene = Scene::new(setting, kind, start, SEED);
        for (epochs, with_validators) in [(1, false), (2, true), (3, false), (5, true)] {
            let search = searched(&scene, epochs, with_validators);
            let best = search.best().first().expect("trades were accepted");
            assert!(
                best.profit <= 0,
                "{setting}, {kind}, {epochs} epochs: {best:?}"
            );
        }
    }
}

#[test]
fn known_attacks_do_something_and_none_of_them_pays() {
    let scene = Scene::new(Setting::LeastFees, Kind::Quiet, Start::Newcomer, SEED);
    let mut trades = 0;
    for attack in known_attacks() {
        let (played, _) = play(&scene, &attack, 5, false);
        assert!(played.profit <= 0, "{played:?} by {attack:?}");
        trades += played.trades;
    }
    assert!(trades > 20, "{trades}");
}

/// What a mistake of the program would be worth is found, so finding nothing says something.
#[test]
fn the_search_finds_a_weakness_that_was_put_into_the_model() {
    for weakness in [Weakness::NoDrip, Weakness::NoFloor] {
        let scene =
            Scene::new(Setting::LeastFees, Kind::Quiet, Start::Newcomer, SEED).with(weakness);
        let search = searched(&scene, 2, false);
        let found = search.best().first().expect("trades were accepted");
        assert!(found.profit > REAL_PROFIT, "{weakness:?}: {found:?}");
    }
}
