//! A file of SQLite that is read for long, and one of another program.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use sluice_store::{Place, Store, StoreError};

use crate::stage::{GENESIS, POOL, Stage, epoch, writer};

/// Statements of another program on a file.
fn sqlite(file: &std::path::Path) -> Command {
    let mut command = Command::new("sqlite3");
    command.arg(file);
    command
}

#[test]
fn a_reader_that_reads_for_long_does_not_hold_up_the_writer_and_sees_what_it_began_with() {
    let stage = Stage::new();
    let file = stage.file();
    let place = Place::File(file.clone());
    let mut store = Store::open(&place).unwrap();
    store.keep_pool_epochs(&writer(9), &[epoch(1)]).unwrap();

    let reader = sqlite(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut reader =
        reader.expect("there is no sqlite3: on Debian, run: sudo apt-get install sqlite3");
    let mut asks = reader.stdin.take().unwrap();
    let mut answers = BufReader::new(reader.stdout.take().unwrap()).lines();
    let mut count = |before: &str| {
        writeln!(asks, "{before}SELECT COUNT(*) FROM pool_epochs;").unwrap();
        answers.next().unwrap().unwrap()
    };
    assert_eq!(count("BEGIN; "), "1");
    // Longer than a lock is waited for, the writer would fail.
    store.keep_pool_epochs(&writer(9), &[epoch(2)]).unwrap();
    assert_eq!(count(""), "1", "it sees one moment");
    assert_eq!(count("COMMIT; "), "2");
    drop(asks);
    assert!(reader.wait().unwrap().success());

    drop(store);
    let folder = file.parent().unwrap();
    let names = fs::read_dir(folder).unwrap();
    assert_eq!(names.count(), 1, "a store that is closed is one file");
    let mut store = Store::read(&place).unwrap();
    let stored = store.history(&GENESIS, &POOL, &(0..=9)).unwrap();
    assert_eq!(stored, [epoch(1), epoch(2)]);
}

#[test]
fn a_file_of_another_program_is_refused_and_stays_as_it_is() {
    let stage = Stage::new();
    let file = stage.file();
    let place = Place::File(file.clone());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let made = sqlite(&file)
        .arg("CREATE TABLE moz_places (url TEXT); INSERT INTO moz_places VALUES ('x');")
        .status();
    assert!(made.unwrap().success());
    let before = fs::read(&file).unwrap();
    for refused in [
        Store::open(&place).err(),
        Store::version_at(&place).err(),
        Store::read(&place).err(),
    ] {
        let refused = refused.unwrap();
        assert!(matches!(refused, StoreError::Foreign { .. }), "{refused:?}");
        let said = refused.to_string();
        let sentence = "has tables of another program, such as \"moz_places\"";
        assert!(
            said.contains(sentence) && said.contains("name another file"),
            "{said}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), before);
}
