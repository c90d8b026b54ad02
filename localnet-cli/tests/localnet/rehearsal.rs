//! What a rehearsal says where it cannot begin. The whole of it is `cargo xtask test --validator`.

use std::fs;

use sluice_tests::command::failed;
use tempfile::TempDir;

use crate::sluice_localnet;

#[test]
fn a_rehearsal_without_a_validator_says_so_and_removes_nothing_that_is_no_ledger() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().display().to_string();
    let key = format!("{path}/key.json");
    let rehearse = [
        "rehearse",
        &path,
        "--validator",
        "/nonexistent",
        "--program-id",
        &key,
    ];
    let refused = || {
        failed(
            &sluice_localnet().args(rehearse).output().unwrap(),
            &rehearse,
        )
    };
    assert!(
        refused().contains("cannot run /nonexistent"),
        "{}",
        refused()
    );

    let precious = folder.path().join("ledger/of-my-money");
    fs::create_dir_all(precious.parent().unwrap()).unwrap();
    fs::write(&precious, "kept").unwrap();
    let said = refused();
    assert!(said.contains("no ledger of a validator"), "{said}");
    assert_eq!(fs::read_to_string(precious).unwrap(), "kept");
}
