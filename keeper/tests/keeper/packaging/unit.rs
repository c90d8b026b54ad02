//! The systemd unit.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{assert_variable_is_known, printed, text};

const UNIT: &str = "deploy/sluice-keeper.service";
/// Where the unit expects the binary.
const INSTALLED: &str = "/usr/local/bin/sluice-keeper";
/// Tenths: above, `systemd-analyze security` does not call it "OK" any more.
const MOST_EXPOSURE: &str = "20";

fn analyze(arguments: &[&str]) -> (String, String) {
    let mut command = Command::new("systemd-analyze");
    command.args(arguments);
    let stdout = printed("systemd", &mut command);
    let stderr = command.output().unwrap().stderr;
    (stdout, String::from_utf8(stderr).unwrap())
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit_and_hardly_anything_exposed() {
    let folder = TempDir::new().unwrap();
    let unit = folder.path().join("sluice-keeper.service");
    // It looks whether the binary is there.
    let here = text(UNIT).replace(INSTALLED, env!("CARGO_BIN_EXE_sluice-keeper"));
    fs::write(&unit, here).unwrap();
    let unit = unit.to_str().unwrap();
    let (_, complaints) = analyze(&["verify", "--man=no", unit]);
    assert_eq!(complaints, "");
    let threshold = format!("--threshold={MOST_EXPOSURE}");
    let (score, _) = analyze(&["security", "--offline=true", "--no-pager", &threshold, unit]);
    assert!(score.contains("Overall exposure level"), "{score}");
}

#[test]
fn the_unit_starts_the_keeper_with_flags_and_variables_that_exist() {
    let unit = text(UNIT);
    let line = |key: &str| {
        let lines = unit.lines().filter_map(|line| line.strip_prefix(key));
        lines.collect::<Vec<_>>().join(" ")
    };
    let mut typed = line("ExecStart=")
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>();
    assert_eq!(typed.remove(0), INSTALLED);
    let mut keeper = Command::new(env!("CARGO_BIN_EXE_sluice-keeper"));
    // The last argument ends the keeper before it does anything, once all others are understood.
    printed("none", keeper.args(typed).arg("--help"));
    for variable in line("Environment=").split(' ') {
        assert_variable_is_known(variable.split('=').next().unwrap());
    }
}
