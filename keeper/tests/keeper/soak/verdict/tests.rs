//! A verdict that finds nothing wrong is worth nothing: each thing that can go wrong is found.

use sluice::state::EpochRate;
use sluice_store::Priced;
use solana_pubkey::Pubkey;

use super::*;
use crate::soak::sample::Process;

const EPOCHS: u64 = 100;

/// Makes something wrong.
type Spoil = fn(&mut Soaked);

/// A soak in which nothing grows but what must.
fn good() -> Soaked {
    let samples = (0..EPOCHS).map(|epoch| Sample {
        epoch,
        keeper: Process {
            // What the allocator does.
            resident_kib: 30_000 + epoch * 7_919 % 512,
            open_files: 30 + epoch % 3,
            threads: 12,
            ..Process::default()
        },
        ..Sample::default()
    });
    let stored = (0..EPOCHS).map(|epoch| PoolEpoch {
        pool: Pubkey::default(),
        rate: EpochRate {
            epoch,
            ..EpochRate::default()
        },
        priced: Some(Priced {
            slot: 1,
            value_lamports: 1,
            fallen_lamports: 0,
        }),
    });
    Soaked {
        validators: 10,
        samples: samples.collect(),
        stored: stored.collect(),
        store_bytes: 100 * 30_000,
        answers: 1,
        log: "{\"level\":\"INFO\"}".to_owned(),
        ..Soaked::default()
    }
}

#[test]
fn a_soak_is_good_where_nothing_grows_and_each_thing_that_is_wrong_is_found() {
    assert_eq!(verdict(&good()), [""; 0]);
    let cases: [(&str, Spoil); 11] = [
        ("an epoch ended by itself", |all| {
            all.samples.remove(7);
        }),
        ("not priced or not stored: [5]", |all| {
            all.stored.remove(5);
        }),
        ("not priced or not stored: [6]", |all| {
            all.stored[6].priced = None;
        }),
        ("memory grows by 3", |all| {
            for one in &mut all.samples {
                one.keeper.resident_kib += one.epoch * 36;
            }
        }),
        ("open files", |all| all.samples[99].keeper.open_files = 50),
        ("threads", |all| all.samples[99].keeper.threads = 20),
        ("the store: ", |all| all.store_bytes = 5_000_000),
        ("the store's log", |all| {
            all.samples[9].store_log_bytes = 10_000_000;
        }),
        ("in the log", |all| all.log += "\n{\"level\":\"WARN\"}"),
        ("tickets are not paid", |all| all.unpaid = 9),
        ("were not answered", |all| all.unanswered = 1),
    ];
    for (words, spoil) in cases {
        let mut bad = good();
        spoil(&mut bad);
        let wrong = verdict(&bad);
        assert_eq!(wrong.len(), 1, "{words}: {wrong:?}");
        assert!(wrong[0].contains(words), "{wrong:?}");
    }
}

#[test]
fn an_alert_that_was_not_told_is_found() {
    let mut bad = good();
    (bad.changes, bad.alerts) = (2, 1);
    assert_eq!(verdict(&bad), ["2 changes, 1 alerts"]);
}

#[test]
fn a_line_grows_by_what_it_rises_in_an_epoch() {
    let values: Vec<f64> = (0..50).map(|epoch| 7.0 + 2.5 * f64::from(epoch)).collect();
    assert!((growth(&values) - 2.5).abs() < 1e-9);
}
