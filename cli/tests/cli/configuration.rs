//! Flags over environment over file, and nothing assumed.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use sluice_tests::command::{failed, succeeded};

use crate::net::{CliNet, SOL, sluice};

#[test]
fn without_a_configuration_every_command_says_what_to_set() {
    let output = sluice().args(["pool", "list"]).output().unwrap();
    assert_eq!(
        failed(&output, &["pool", "list"]),
        "no cluster is configured: pass --url (localhost, devnet, testnet, mainnet-beta or a URL), \
         set SLUICE_URL, or run `solana config set --url ...`"
    );
    let net = CliNet::new();
    let arguments = ["--url", &net.url(), "stake", "1"];
    let output = sluice().args(arguments).output().unwrap();
    assert!(failed(&output, &arguments).starts_with("no keypair is configured: pass --keypair"));
    let arguments = ["--url", &net.url(), "pool", "show"];
    let output = sluice().args(arguments).output().unwrap();
    assert!(failed(&output, &arguments).starts_with("no pool is chosen: pass --pool"));
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let net = CliNet::new();
    let [in_file, in_environment, in_flag] =
        ["file", "environment", "flag"].map(|name| net.user(name, SOL));
    let config = net.path("config.yml");
    let yaml = format!(
        "json_rpc_url: {}\nwebsocket_url: ''\nkeypair_path: {}\n",
        net.url(),
        in_file.keypair_file
    );
    std::fs::write(&config, yaml).unwrap();
    let tickets = |set: &dyn Fn(&mut std::process::Command)| {
        let mut sluice = sluice();
        sluice.arg("--config").arg(&config).arg("tickets");
        set(&mut sluice);
        succeeded(&sluice.output().unwrap(), &["tickets"])
    };
    let owner = |printed: String| printed.split(' ').next().unwrap().to_owned();
    assert_eq!(owner(tickets(&|_| ())), in_file.address.to_string());
    let printed = tickets(&|sluice| {
        sluice.env("SLUICE_KEYPAIR", &in_environment.keypair_file);
    });
    assert_eq!(owner(printed), in_environment.address.to_string());
    let printed = tickets(&|sluice| {
        sluice
            .env("SLUICE_KEYPAIR", &in_environment.keypair_file)
            .args(["--keypair", &in_flag.keypair_file]);
    });
    assert_eq!(owner(printed), in_flag.address.to_string());
}

#[test]
fn somebody_else_can_pay_the_fees() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let payer = net.user("payer", SOL);
    net.json(&holder, &["stake", "1"]);
    let before = net.lamports(&holder.address);
    net.json(&holder, &["stake", "1", "--fee-payer", &payer.keypair_file]);
    assert_eq!(net.lamports(&holder.address), before - SOL);
    // Two signatures.
    assert_eq!(net.lamports(&payer.address), SOL - 10_000);
}

#[test]
fn what_cannot_be_reached_or_read_is_said_plainly() {
    let net = CliNet::new();
    let user = &net.curator;
    let wrong = |arguments: &[&str]| {
        let output = sluice()
            .args(["--keypair", &user.keypair_file])
            .args(arguments)
            .output()
            .unwrap();
        failed(&output, arguments)
    };
    let silence = wrong(&["--url", "http://127.0.0.1:9", "pool", "list"]);
    assert!(
        silence.starts_with("No node answers at http://127.0.0.1:9. "),
        "{silence}"
    );
    let missing = wrong(&["--config", "/nonexistent.yml", "pool", "list"]);
    assert!(
        missing.starts_with("there is no configuration file /nonexistent.yml"),
        "{missing}"
    );
    let url = net.url();
    let no_pool = wrong(&[
        "--url",
        &url,
        "--pool",
        &user.address.to_string(),
        "pool",
        "show",
    ]);
    assert!(no_pool.contains("is not a pool"), "{no_pool}");
    let nowhere = ["--url", &url, "--keypair", "/nonexistent.json", "claim"];
    let output = sluice().args(nowhere).output().unwrap();
    assert!(failed(&output, &nowhere).starts_with("there is no keypair file /nonexistent.json"));
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused_with_exit_code_2() {
    for (arguments, complaint) in [
        (vec!["stake"], "required"),
        (vec!["stake", "1.0000000001"], "at most nine digits"),
        (vec!["stake", "1e3"], "12 or 12.345"),
        (vec!["stake", "99999999999"], "too large"),
        (vec!["unstake", "everything"], "12 or 12.345"),
        (vec!["tickets", "cancel", "mine"], "invalid value"),
        (vec!["crank", "--every", "5"], "--watch"),
        (
            vec!["claim", "--send", "maybe"],
            "possible values: send, simulate, dump",
        ),
        (vec!["claim", "--send"], "a value is required"),
    ] {
        let output = sluice().args(&arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(complaint), "{arguments:?}: {stderr}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_like_every_other_value() {
    let bytes = OsStr::from_bytes(b"\xff");
    for words in [
        &["stake"][..],
        &["--output", "json", "pool", "show", "--pool"],
        &["--book"],
    ] {
        let output = sluice().args(words).arg(bytes).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {stderr}");
    }
}

#[test]
fn the_usage_in_an_error_shows_nothing_that_nobody_typed() {
    for (words, usage) in [
        (&["stake"][..], "Usage: sluice stake [OPTIONS] <SOL>"),
        (
            &["tickets", "cancel"],
            "Usage: sluice tickets cancel [OPTIONS] <TICKET>",
        ),
        (
            &["stake", "1", "--no-such"],
            "Usage: sluice stake [OPTIONS] <SOL>",
        ),
    ] {
        let output = sluice()
            .args(words)
            .env("SLUICE_URL", "http://127.0.0.1:9")
            .env("SLUICE_KEYPAIR", "nobody.json")
            .env("SLUICE_POOL", "So11111111111111111111111111111111111111112")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(usage), "{said}");
        assert!(
            !said.contains("--url") && !said.contains("--pool"),
            "{said}"
        );
    }
}
