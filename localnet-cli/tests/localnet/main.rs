//! The real binary: a cluster that people start, and the story that it tells.

mod cluster;
mod demo;
mod fixture;
mod living;
mod page;
mod rehearsal;
mod running;
mod starting;

use std::{env::consts::EXE_SUFFIX, path::Path, process::Command};

use sluice_tests::{
    cluster::{sluice_elf, token_metadata_elf},
    command::{command, help},
};

const SLUICE_LOCALNET: &str = env!("CARGO_BIN_EXE_sluice-localnet");

/// The binary under test, which finds the compiled programs.
fn sluice_localnet() -> Command {
    let mut binary = command(SLUICE_LOCALNET);
    binary
        .env("SLUICE_ELF", sluice_elf())
        .env("SLUICE_TOKEN_METADATA_ELF", token_metadata_elf());
    binary
}

/// The `sluice` binary, which a build of the workspace leaves beside the one under test.
fn sluice() -> Command {
    command(Path::new(SLUICE_LOCALNET).with_file_name(format!("sluice{EXE_SUFFIX}")))
}

#[test]
fn the_help_of_every_command_is_as_approved() {
    let pages = help(&|| command(SLUICE_LOCALNET), &["sluice-localnet"]);
    assert!(pages.contains("$ sluice-localnet start --help"), "{pages}");
    insta::assert_snapshot!("help", pages);
}
