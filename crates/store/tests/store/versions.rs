//! Versions of the tables.

use std::process::Command;

use sluice_store::{Place, Store, StoreError, VERSION};

use crate::stage::{GENESIS, POOL, Stage, VOTE, epoch, validator, writer};

/// What a keeper of version 1 has left: its tables, a row, and the driver's own note of it.
const VERSION_1: &str = include_str!("version1.sql");

/// The statements of [`VERSION_1`] in the words of each database.
fn version_1(place: &Place) -> String {
    let (hex, bytes) = match place {
        Place::File(_) => ("X'", "BLOB"),
        Place::Server(_) => ("'\\x", "BYTEA"),
    };
    let words = VERSION_1.replace("HEX'", hex).replace("BYTES", bytes);
    let words = words.replace("'GENESIS'", &format!("'{GENESIS}'"));
    words.replace("'POOL'", &format!("'{POOL}'"))
}

/// Runs statements on a store, not by Sluice.
fn run(stage: &Stage, place: &Place, statements: &str) {
    match place {
        Place::File(file) => {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            let done = Command::new("sqlite3")
                .arg(file)
                .arg(format!("\n{statements}"))
                .status();
            let done =
                done.expect("there is no sqlite3: on Debian, run: sudo apt-get install sqlite3");
            assert!(done.success());
        }
        Place::Server(url) => {
            stage
                .postgres()
                .sql(url.path().trim_start_matches('/'), statements);
        }
    }
}

#[test]
fn a_store_of_version_1_keeps_its_rows_and_gets_the_tables_of_today() {
    let stage = Stage::new();
    for place in stage.places() {
        run(&stage, &place, &version_1(&place));
        assert_eq!(Store::version_at(&place).unwrap(), Some(1));
        let read = Store::read(&place).err().unwrap().to_string();
        assert!(read.contains("has version 1 of its tables"), "{read}");
        let mut store = Store::open(&place).unwrap();
        assert_eq!(
            store.history(&GENESIS, &POOL, &(0..=9)).unwrap(),
            [epoch(5)]
        );
        store
            .keep_validators(&writer(9), &[validator(5)], 6)
            .unwrap();
        assert_eq!(store.validator(&GENESIS, &VOTE).unwrap(), [validator(5)]);
        assert_eq!(Store::version_at(&place).unwrap(), Some(VERSION));
    }
}

#[test]
fn a_store_of_a_later_version_is_refused_and_stays_as_it_is() {
    let stage = Stage::new();
    for place in stage.places() {
        Store::open(&place).unwrap();
        run(
            &stage,
            &place,
            "UPDATE sluice_store_versions SET version = 99 WHERE version = 2",
        );
        for refused in [
            Store::open(&place).err(),
            Store::read(&place).err(),
            Store::version_at(&place).err(),
        ] {
            let refused = refused.unwrap();
            assert!(
                matches!(refused, StoreError::Newer { version: 99, .. }),
                "{refused}"
            );
            assert!(refused.to_string().contains("update it"), "{refused}");
        }
    }
}

#[test]
fn looking_where_nothing_is_makes_nothing() {
    let stage = Stage::new();
    for place in stage.places() {
        assert_eq!(Store::version_at(&place).unwrap(), None);
        let read = Store::read(&place).err().unwrap();
        assert!(matches!(read, StoreError::NotThere(_)), "{read}");
        assert_eq!(Store::version_at(&place).unwrap(), None);
        assert!(place.file().is_none_or(|file| !file.exists()));
    }
}
