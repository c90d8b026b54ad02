//! A pool that lives. What comes of it is tested with the keeper, which it is for.

use std::fs;

use sluice_tests::command::failed;

use crate::sluice_localnet;

#[test]
fn the_configuration_of_an_earlier_cluster_is_gone_before_the_next_one_starts() {
    let folder = tempfile::tempdir().unwrap();
    let among = |name: &str| folder.path().join(name);
    fs::write(among("keeper.toml"), "earlier").unwrap();
    fs::write(among("mine"), "").unwrap();
    let arguments = ["living", "--program", "/nonexistent.so"];
    let output = sluice_localnet()
        .args(arguments)
        .arg(folder.path())
        .output();
    let said = failed(&output.unwrap(), &arguments);
    assert!(said.starts_with("there is no compiled program"), "{said}");
    assert!(!among("keeper.toml").exists());
    assert!(among("mine").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let arguments = ["living", "/dev/null/living"];
    let output = sluice_localnet().args(arguments).output().unwrap();
    let said = failed(&output, &arguments);
    assert_eq!(
        said,
        "cannot make /dev/null/living: Not a directory (os error 20)"
    );
}
