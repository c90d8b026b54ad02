//! A pool that lives. What comes of it is tested with the keeper, which it is for.

use std::{fs, path::Path};

use sluice_tests::command::{command, failed};

use crate::{SLUICE_LOCALNET, sluice_localnet};

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

#[test]
fn without_sluice_beside_it_the_command_says_what_to_build_and_starts_nothing() {
    let beside = Path::new(SLUICE_LOCALNET).parent().unwrap();
    let folder = tempfile::tempdir_in(beside).unwrap();
    let alone = folder.path().join("sluice-localnet");
    fs::hard_link(SLUICE_LOCALNET, &alone).unwrap();
    let (living, fixture) = (folder.path().join("living"), folder.path().join("fixture"));
    for arguments in [
        vec!["living", living.to_str().unwrap()],
        vec!["fixture", fixture.to_str().unwrap()],
        vec!["demo"],
    ] {
        let output = command(&alone).args(&arguments).output();
        let said = failed(&output.unwrap(), &arguments);
        assert_eq!(
            said,
            format!(
                "this command acts through the program `sluice`, and there is no {}: put it there, or build both \
                 with `cargo build --workspace --bin sluice --bin sluice-localnet`",
                folder.path().join("sluice").display()
            )
        );
    }
    assert!(!living.exists() && !fixture.exists());
}
