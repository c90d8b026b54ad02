//! What cannot be used says so, and shows no password.

use std::fs;

use sluice_store::{Place, Store, StoreError};
use sluice_tests::postgres::PASSWORD;

use crate::stage::{GENESIS, POOL, Stage, epoch, validator, writer};

#[test]
fn a_damaged_file_is_told_and_left_alone() {
    let stage = Stage::new();
    let file = stage.file();
    let place = Place::File(file.clone());
    let mut store = Store::open(&place).unwrap();
    let rows: Vec<_> = (0..200).map(epoch).collect();
    store.keep_pool_epochs(&writer(9), &rows).unwrap();
    drop(store);
    let good = fs::read(&file).unwrap();
    let mut torn = good.clone();
    torn[4_096..].fill(0xa5);
    for bytes in [
        b"no database at all, but a text of some length".repeat(99),
        torn,
    ] {
        fs::write(&file, &bytes).unwrap();
        for damaged in [Store::open(&place).err(), Store::read(&place).err()] {
            let damaged = damaged.unwrap();
            assert!(matches!(damaged, StoreError::Damaged { .. }), "{damaged:?}");
            assert!(damaged.to_string().contains("move it away"), "{damaged}");
        }
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    fs::write(&file, &good).unwrap();
    let mut store = Store::open(&place).unwrap();
    assert_eq!(store.history(&GENESIS, &POOL, &(0..=999)).unwrap(), rows);
}

#[test]
fn damage_in_some_tables_keeps_all_of_them_from_being_written() {
    let stage = Stage::new();
    let file = stage.file();
    let place = Place::File(file.clone());
    let mut store = Store::open(&place).unwrap();
    let rows: Vec<_> = (0..200).map(validator).collect();
    store.keep_validators(&writer(9), &rows, 999).unwrap();
    drop(store);
    let mut torn = fs::read(&file).unwrap();
    let pages = torn.len() / 4_096;
    torn[(pages - 5) * 4_096..].fill(0x5a);
    fs::write(&file, &torn).unwrap();
    for damaged in [
        Store::open(&place).err(),
        Store::read(&place).err(),
        Store::version_at(&place).err(),
    ] {
        let damaged = damaged.unwrap();
        assert!(matches!(damaged, StoreError::Damaged { .. }), "{damaged:?}");
    }
    assert_eq!(fs::read(&file).unwrap(), torn);
}

#[test]
fn a_file_where_none_can_be_is_unusable() {
    let stage = Stage::new();
    let under_a_file = stage.folder.path().join("file");
    fs::write(&under_a_file, "").unwrap();
    for place in [
        Place::File(under_a_file.join("store.sqlite")),
        Place::File(stage.folder.path().to_owned()),
    ] {
        let unusable = Store::open(&place).err().unwrap();
        assert!(
            matches!(unusable, StoreError::Unusable { .. }),
            "{unusable:?}"
        );
    }
}

#[test]
fn a_server_that_is_away_or_refuses_says_so_without_the_password() {
    let stage = Stage::new();
    let postgres = stage.postgres();
    let place: Place = postgres.database().parse().unwrap();
    let mut store = Store::open(&place).unwrap();
    for refused in [
        postgres.url("store0", "wrong-secret"),
        postgres.url("nowhere", PASSWORD),
    ] {
        let error = Store::open(&refused.parse().unwrap()).err().unwrap();
        let said = format!("{error} {error:?}");
        assert!(matches!(error, StoreError::Unusable { .. }), "{said}");
        assert!(
            !said.contains("secret") && !said.contains(PASSWORD),
            "{said}"
        );
    }
    postgres.stop_server();
    let rows = [epoch(5)];
    let away = store.keep_pool_epochs(&writer(9), &rows).unwrap_err();
    assert!(matches!(away, StoreError::Unusable { .. }), "{away:?}");
    assert!(Store::open(&place).is_err());
    postgres.start_server();
    let mut store = Store::open(&place).unwrap();
    assert_eq!(store.history(&GENESIS, &POOL, &(0..=9)).unwrap(), []);
    store.keep_pool_epochs(&writer(9), &rows).unwrap();
    assert_eq!(store.history(&GENESIS, &POOL, &(0..=9)).unwrap(), rows);
}
