//! What is secret is not repeated, wherever it was put by mistake.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::{Command, Output, Stdio},
};

use clap::{Arg, CommandFactory};
use sluice_cli::args::Arguments;
use sluice_tests::{
    command::{failed, succeeded},
    net::{
        LyingNode,
        faults::{Calls, Effect, FaultyNode, Heard, Rule, Trigger},
    },
};

use crate::net::{CliNet, SOL, User, sluice};

const NUMBERS: &str = "[174,47,154,16,202,193,206,113,199,190,53,133,169,175,31,56]";
const LETTERS: &str =
    "4wBqpZM9xaSheZzJSMawUHDgZ7miWfSsxmfVF5jJpYP4wBqpZM9xaSheZzJSMawUHDgZ7miWfSsxmfVF5jJpYPxx";
const WORDS: &str = "pill tomorrow foster begin walnut borrow virtual kick shift mutual shoe";

fn everything(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr];
    said.map(|stream| String::from_utf8_lossy(stream).into_owned())
        .concat()
}

fn run(change: impl FnOnce(&mut Command) -> &mut Command) -> Output {
    let mut sluice = sluice();
    sluice.args(["--url", "http://127.0.0.1:9"]);
    change(&mut sluice);
    sluice.output().unwrap()
}

#[test]
fn f9_a_key_where_a_path_should_be_is_not_repeated() {
    let net = CliNet::new();
    for secret in [NUMBERS, LETTERS, WORDS] {
        for output in [
            run(|sluice| {
                sluice
                    .env("SLUICE_KEYPAIR", secret)
                    .args(["config", "show"])
            }),
            run(|sluice| sluice.env("SLUICE_KEYPAIR", secret).arg("--help")),
            run(|sluice| sluice.env("SLUICE_POOL", secret).args(["pool", "show"])),
        ] {
            let said = everything(&output);
            assert!(!said.contains(secret), "{said}");
        }
        let mut sluice = sluice();
        sluice.args(["--url", &net.url()]);
        let output = sluice.env("SLUICE_KEYPAIR", secret).arg("claim").output();
        let said = failed(&output.unwrap(), &["claim"]);
        let named = "SLUICE_KEYPAIR is not the path of a file that is there";
        assert!(said.starts_with(named) && !said.contains(secret), "{said}");
        let create = ["pool", "create", "--no-metadata", "--mint", secret];
        let said = net.failure(&net.curator, &create);
        assert!(said.contains("it is neither: hidden"), "{said}");
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn f5_a_url_is_shown_without_the_key_in_it() {
    let url = "http://me:secret@127.0.0.1:9/secret?api-key=secret";
    for words in [&["config", "show"][..], &["pool", "list"]] {
        let output = sluice().args(["--url", url]).args(words).output().unwrap();
        let said = everything(&output);
        assert!(said.contains("http://127.0.0.1:9"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

/// Values that an option or an argument can have, by what help calls them.
fn plausible(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names
        .first()
        .map(clap::builder::Str::as_str)
        .unwrap_or_default();
    let possible = argument.get_possible_values();
    let first = possible.first().map(|value| value.get_name().to_owned());
    first.unwrap_or_else(|| match name {
        "FILE" | "FOLDER" => "/nonexistent/file".to_owned(),
        "TEXT" | "URI" => "text".to_owned(),
        "ADDRESS" | "TICKET" | "VOTE" | "VOTE_ACCOUNT" | "STAKE_ACCOUNT" | "TO" | "OLD" | "NEW"
        | "MULTISIG" => "SysvarC1ock11111111111111111111111111111111".to_owned(),
        _ => "1".to_owned(),
    })
}

/// An argument as it is typed, with this value.
fn typed(argument: &Arg, value: &str) -> Vec<String> {
    let flag = argument.get_long().map(|long| format!("--{long}"));
    flag.into_iter().chain([value.to_owned()]).collect()
}

/// Types a secret in the place of every value of a command, one after the other, and of every command
/// below it.
fn type_secrets(words: &[String], command: &clap::Command, tried: &mut usize) {
    let takes_text = |argument: &&Arg| {
        let names = argument.get_value_names().unwrap_or_default();
        names
            .iter()
            .any(|name| ["TEXT", "URI"].contains(&name.as_str()))
    };
    let is_own = |argument: &&Arg| words.is_empty() || !argument.is_global_set();
    let all: Vec<&Arg> = command.get_arguments().filter(is_own).collect();
    let required = all.iter().filter(|argument| argument.is_required_set());
    let valued = all
        .iter()
        .filter(|argument| argument.get_action().takes_values());
    for argument in valued.filter(|argument| !takes_text(argument)) {
        let others = required
            .clone()
            .filter(|one| one.get_id() != argument.get_id());
        let others: Vec<_> = others.flat_map(|one| typed(one, &plausible(one))).collect();
        for secret in [NUMBERS, LETTERS, WORDS] {
            let shown = ["config".to_owned(), "show".to_owned()];
            let words = if words.is_empty() { &shown[..] } else { words };
            let output = run(|sluice| {
                let typed = typed(argument, secret);
                sluice
                    .stdin(Stdio::null())
                    .args(words)
                    .args(&others)
                    .args(typed)
            });
            let said = everything(&output);
            assert!(!said.contains(secret), "{words:?} {argument}: {said}");
            *tried += 1;
        }
    }
    let below = command.get_subcommands();
    for below in below.filter(|below| below.get_name() != "help") {
        let words = [words, &[below.get_name().to_owned()]].concat();
        type_secrets(&words, below, tried);
    }
}

#[test]
fn f9_a_secret_in_the_place_of_any_value_is_not_repeated() {
    let mut tried = 0;
    let mut command = Arguments::command();
    command.build();
    type_secrets(&[], &command, &mut tried);
    assert!(tried > 200, "only {tried}");
    for secret in [NUMBERS, LETTERS, WORDS] {
        for words in [&[secret][..], &["stake", "1", secret], &["pool", secret]] {
            let said = everything(&run(|sluice| sluice.args(words)));
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[test]
fn f9_help_shows_no_value_of_the_environment() {
    for words in [
        &["--help"][..],
        &["-h"],
        &["help", "stake"],
        &["stake", "--help"],
    ] {
        let output = run(|sluice| {
            for name in [
                "URL",
                "KEYPAIR",
                "FEE_PAYER",
                "CONFIG",
                "BOOK",
                "STATE",
                "POOL",
                "GENESIS",
            ] {
                sluice.env(format!("SLUICE_{name}"), "SECRET");
            }
            sluice.args(words)
        });
        let said = everything(&output);
        assert!(
            said.contains("Usage:") && !said.contains("SECRET"),
            "{said}"
        );
    }
}

#[test]
fn f5_a_node_that_fails_is_named_without_the_key_in_its_url() {
    let net = CliNet::new();
    for heard in [
        Heard::Status(403, None),
        Heard::Status(307, None),
        Heard::Status(429, Some(1_000)),
        Heard::Error(403, "no"),
        Heard::Reset,
    ] {
        let rule = Rule {
            calls: Calls::Of("getMultipleAccounts"),
            trigger: Trigger::Always,
            effect: Effect::Instead(heard),
        };
        let node = FaultyNode::before(&net.url(), &[rule], 0);
        let url = node.url.replace("//", "//me:secret@") + "/secret?api-key=secret";
        for words in [&["pool", "show"][..], &["--output", "json", "crank"]] {
            let words = [words, &["--patience", "1"]].concat();
            let said = everything(&net.run_at(&url, &net.curator, &words));
            assert!(said.contains("error"), "{heard:?}: {said}");
            assert!(!said.contains("secret"), "{heard:?}: {said}");
        }
    }
}

#[test]
fn f5_the_log_of_a_watch_names_a_lost_node_without_the_key_in_its_url() {
    let net = CliNet::new();
    let node = LyingNode::before(&net.url(), |_, _| ());
    let url = node.url.replace("//", "//me:secret@") + "/secret?api-key=secret";
    let mut watch = sluice();
    watch.args(["--url", &url, "--pool", &net.pool]);
    watch.args(["--keypair", &net.curator.keypair_file, "--patience", "2"]);
    let mut watch = watch
        .args(["crank", "--watch", "--every", "1"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(watch.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Looking for work") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    drop(node);
    while !said.contains("No node answers at http://127.0.0.1:") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn f9_a_key_file_that_others_can_read_is_warned_of() {
    let net = CliNet::new();
    let user = net.user("careless", 10 * SOL);
    let named_twice = [
        user.keypair_file.clone(),
        format!("file:{}", user.keypair_file),
    ];
    let stderr = |mode, named: &str| {
        fs::set_permissions(&user.keypair_file, Permissions::from_mode(mode)).unwrap();
        let user = User {
            keypair_file: named.to_owned(),
            ..user.clone()
        };
        let output = net.run(&user, &["stake", "1"]);
        succeeded(&output, &["stake", "1"]);
        String::from_utf8(output.stderr).unwrap()
    };
    let warning = "Others on this machine can read or change the keypair file";
    for named in &named_twice {
        for mode in [0o644, 0o620] {
            let said = stderr(mode, named);
            assert!(said.contains(warning), "{said}");
        }
        assert!(!stderr(0o600, named).contains(warning));
    }
}
