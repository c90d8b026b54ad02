//! Binaries as people and scripts run them, and what they print.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// A binary, without the configuration of the person who runs the tests.
pub fn command(binary: impl AsRef<Path>) -> Command {
    let mut command = Command::new(binary.as_ref());
    for variable in [
        "URL",
        "CONFIG",
        "KEYPAIR",
        "FEE_PAYER",
        "OUTPUT",
        "POOL",
        "GENESIS",
        "BOOK",
        "ELF",
        "TOKEN_METADATA_ELF",
    ] {
        command.env_remove(format!("SLUICE_{variable}"));
    }
    command.env("HOME", "/nonexistent");
    command
}

/// What was printed by a run that must have succeeded.
pub fn succeeded(output: &Output, arguments: &[&str]) -> String {
    assert!(
        output.status.success(),
        "{arguments:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The sentence of a run that must have failed, with one of the documented exit codes, and printed
/// nothing but, where JSON was asked for, the failure.
pub fn failed(output: &Output, arguments: &[&str]) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let code = output.status.code();
    assert!(
        matches!(code, Some(1..=5)),
        "{arguments:?}: {code:?}: {stderr}"
    );
    if !output.stdout.is_empty() {
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(keys(&told), ["error"], "{arguments:?}: {told}");
    }
    let sentence = stderr.lines().last().unwrap_or_default();
    sentence
        .strip_prefix("error: ")
        .unwrap_or_else(|| panic!("no error in {stderr}"))
        .to_owned()
}

/// The help of the command that was typed, a binary's name and words, and of all below it.
pub fn help(binary: &dyn Fn() -> Command, typed: &[&str]) -> String {
    let words = &typed[1..];
    let help = succeeded(&binary().args(words).arg("--help").output().unwrap(), words);
    let mut text = format!("$ {} --help\n{help}\n", typed.join(" "));
    for command in commands(&help) {
        text += &self::help(binary, &[typed, &[command]].concat());
    }
    text
}

/// The commands that a page of help lists.
pub fn commands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|command| !["", "help"].contains(command))
        .collect()
}

/// A number in a JSON value; amounts are text.
pub fn number(value: &Value, pointer: &str) -> u64 {
    value
        .pointer(pointer)
        .and_then(|value| match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        })
        .unwrap_or_else(|| panic!("no number {pointer} in {value}"))
}

/// A text in a JSON value.
pub fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text {pointer} in {value}"))
        .to_owned()
}

/// The keys of a JSON object, in alphabetical order.
pub fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}
