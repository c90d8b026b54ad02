//! The help of every command.

use sluice_tests::command::{commands, help, succeeded};

use super::assert_approved;
use crate::net::sluice;

#[test]
fn the_help_of_every_command_is_as_approved() {
    let first = succeeded(&sluice().arg("--help").output().unwrap(), &["--help"]);
    assert_approved("help", &first);
    let commands = commands(&first);
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let pages = help(&sluice, &["sluice", command]);
        assert_approved(&format!("help_{command}"), &pages);
    }
}
