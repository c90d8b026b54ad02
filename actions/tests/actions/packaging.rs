//! The systemd unit, and the page of the book.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use clap::CommandFactory;
use sluice_actions::Arguments;

/// Where the unit expects the binary.
const INSTALLED: &str = "/usr/local/bin/sluice-actions";
/// Tenths: above, `systemd-analyze security` does not call it "OK" any more.
const MOST_EXPOSURE: &str = "--threshold=20";

fn text(path: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The options of the service, and their variables.
fn options() -> (BTreeSet<String>, BTreeSet<String>) {
    let command = Arguments::command();
    let named = command.get_arguments().filter_map(|one| one.get_long());
    let variables = command.get_arguments().filter_map(|one| one.get_env());
    (
        named.map(|name| format!("--{name}")).collect(),
        variables
            .map(|name| name.to_string_lossy().into_owned())
            .collect(),
    )
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit_of_the_service_and_hardly_anything_exposed() {
    let folder = tempfile::TempDir::new().unwrap();
    let unit = folder.path().join("sluice-actions.service");
    let shipped = text("deploy/sluice-actions.service");
    // It looks whether the binary is there.
    let here = shipped.replace(INSTALLED, env!("CARGO_BIN_EXE_sluice-actions"));
    fs::write(&unit, here).unwrap();
    for arguments in [
        ["verify", "--man=no"].as_slice(),
        &["security", "--offline=true", "--no-pager", MOST_EXPOSURE],
    ] {
        let mut command = Command::new("systemd-analyze");
        let output = command.args(arguments).arg(&unit).output();
        let output = output.expect("systemd-analyze is missing: on Debian, install systemd");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.is_empty(),
            "{arguments:?}: {said}"
        );
    }
    let starts = shipped
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let typed: Vec<&str> = starts.unwrap().split(' ').collect();
    assert_eq!(typed[0], INSTALLED);
    let (named, _) = options();
    let flags = typed.iter().filter(|word| word.starts_with("--"));
    flags.for_each(|flag| assert!(named.contains(*flag), "{flag}"));
    assert!(!shipped.contains("LoadCredential"), "it needs no key");
}

#[test]
fn the_book_names_every_option_and_no_variable_that_does_not_exist() {
    let book = text("docs/src/actions.md");
    let (named, variables) = options();
    for option in named {
        assert!(book.contains(&format!("`{option}`")), "{option}");
    }
    let words = book.split(|other: char| !(other.is_ascii_uppercase() || other == '_'));
    for variable in words.filter(|word| word.starts_with("SLUICE_")) {
        assert!(variables.contains(variable), "{variable}");
    }
}
