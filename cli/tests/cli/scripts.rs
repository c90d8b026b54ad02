//! What scripts rely on: exit codes, errors in JSON, quiet pipes, and flags that are always allowed.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Output, Stdio},
};

use serde_json::Value;
use sluice_tests::command::{failed, number, succeeded, text};

use crate::net::{CliNet, SOL, sluice};

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The exit code of a failure in JSON, which stdout and stderr both tell.
fn code(output: &Output, word: &str) -> i32 {
    let told = json(output);
    assert_eq!(text(&told, "/error/code"), word, "{told}");
    assert!(told["error"]["signatures"].is_array(), "{told}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("error: "), "{stderr}");
    output.status.code().unwrap()
}

#[test]
fn a_failure_is_one_json_value_and_its_exit_code_says_of_which_kind_it_is() {
    let net = CliNet::new();
    let run = |words: &[&str]| net.run(&net.curator, &[&["--output", "json"], words].concat());
    let refused = run(&["stake", "0"]);
    assert_eq!(code(&refused, "refused"), 1);
    let told = json(&refused);
    assert_eq!(text(&told, "/error/what"), "An amount must be above zero");
    assert_eq!(text(&told, "/error/next"), "Give an amount above zero");
    assert_eq!(code(&run(&["stake"]), "usage"), 2);
    for named in [
        &["send", "/nonexistent"][..],
        &["sign", "/nonexistent"],
        &["pool", "apply", "/nonexistent"],
    ] {
        assert_eq!(code(&run(named), "usage"), 2, "{named:?}");
    }
    let output = sluice().args(["--output=json", "pool", "list"]).output();
    assert_eq!(code(&output.unwrap(), "usage"), 2);
    let mut silent = sluice();
    silent.args(["--url", "http://127.0.0.1:9", "pool", "list"]);
    let output = silent.env("SLUICE_OUTPUT", "json").output().unwrap();
    assert_eq!(code(&output, "node"), 3);
}

#[test]
fn amounts_are_text_and_what_is_not_limited_is_null() {
    let net = CliNet::with_validators();
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert!(shown["limits"]["deposit_cap_lamports"].is_null(), "{shown}");
    assert!(shown["prices"]["full_lamports"].is_string(), "{shown}");
    let config = net.json(&net.curator, &["pool", "config", "show"]);
    let parameters = config["parameters"].as_array().unwrap();
    let cap = parameters.iter().find(|one| one["name"] == "deposit-cap");
    let cap = cap.unwrap();
    assert!(cap["value"].is_null() && cap["most"].is_null(), "{cap}");
    assert_eq!(cap["least"], "0");
    let simulate = ["stake", "2", "--send", "simulate"];
    let simulated = net.json(&net.curator, &simulate);
    let changes = simulated["transactions"][0]["changes"].as_array().unwrap();
    let pool = changes[0]["fields"].as_array().unwrap();
    let reserve = pool.iter().find(|one| one["field"] == "reserve_lamports");
    let reserve = reserve.unwrap();
    let before: u64 = reserve["before"].as_str().unwrap().parse().unwrap();
    assert_eq!(reserve["after"], (before + 2 * SOL).to_string());
    let dumped = net.json(&net.curator, &["stake", "2", "--send", "dump"]);
    let text = dumped.to_string();
    assert!(
        text.contains(&format!("\"lamports\":\"{}\"", 2 * SOL)),
        "{text}"
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let net = CliNet::new();
    let mut command = sluice();
    for variable in [
        "URL",
        "CONFIG",
        "KEYPAIR",
        "FEE_PAYER",
        "OUTPUT",
        "POOL",
        "BOOK",
    ] {
        command.env(format!("SLUICE_{variable}"), "");
    }
    let list = ["--url", &net.url(), "pool", "list"];
    let output = command.args(list).output().unwrap();
    assert!(succeeded(&output, &list).contains("owned SOL"));
    let output = sluice()
        .env("SLUICE_POOL", "")
        .args(["--url", &net.url(), "pool", "show"])
        .output()
        .unwrap();
    assert!(failed(&output, &["pool", "show"]).starts_with("no pool is chosen"));
}

#[test]
fn a_reader_who_has_enough_ends_a_command_quietly() {
    let net = CliNet::with_validators();
    let mut list = sluice();
    list.args(["--url", &net.url(), "--pool", &net.pool])
        .args(["--output", "json", "validator", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut list = list.spawn().unwrap();
    drop(list.stdout.take());
    let output = list.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(141));
}

#[test]
fn agreement_can_be_given_where_nothing_is_asked() {
    let net = CliNet::with_validators();
    for words in [&["stake", "1", "--yes"][..], &["pool", "show", "-y"]] {
        net.json(&net.curator, words);
    }
}

#[test]
fn a_watch_prints_one_line_for_each_value_with_its_time() {
    let net = CliNet::with_validators();
    net.json(&net.curator, &["stake", "100"]);
    net.to_window();
    let mut watch = sluice();
    watch
        .args(["--url", &net.url(), "--pool", &net.pool])
        .args(["--keypair", &net.curator.keypair_file])
        .args(["--output", "json", "crank", "--watch", "--every", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut watch = watch.spawn().unwrap();
    let mut line = String::new();
    let mut lines = BufReader::new(watch.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    watch.kill().unwrap();
    watch.wait().unwrap();
    let value: Value = serde_json::from_str(&line).unwrap();
    let time = text(&value, "/time_utc");
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    assert!(value["steps"][0]["lamports"].is_string(), "{value}");
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    let net = CliNet::without_pool();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = sluice().args(["completions", shell]).output().unwrap();
        let script = succeeded(&output, &["completions", shell]);
        assert!(script.contains("stake-account"), "{shell}");
    }
    let folder = net.path("manual/man1").display().to_string();
    let written = net.json(&net.curator, &["man", "--out", &folder]);
    assert!(number(&written, "/pages") > 40, "{written}");
    let page = fs::read_to_string(format!("{folder}/sluice-pool-create.1")).unwrap();
    assert!(page.contains("reward\\-fee\\-bps"), "{page}");
}

#[test]
fn the_version_names_commit_program_and_schema() {
    let output = sluice().arg("--version").output().unwrap();
    let version = succeeded(&output, &["--version"]);
    let lines: Vec<&str> = version.lines().collect();
    assert_eq!(lines.len(), 4, "{version}");
    assert!(lines[0].starts_with("sluice 0."), "{version}");
    assert!(lines[1].starts_with("commit       "), "{version}");
    assert_eq!(lines[2], format!("program      {}", sluice::ID));
    assert_eq!(lines[3], "JSON schema  1");
    let short = sluice().arg("-V").output().unwrap();
    assert_eq!(succeeded(&short, &["-V"]).trim(), lines[0]);
}

#[test]
fn what_is_in_force_is_shown_with_who_says_so() {
    let net = CliNet::without_pool();
    let config = net.path("config.yml");
    let yaml = "json_rpc_url: http://127.0.0.1:9/x\nwebsocket_url: ''\nkeypair_path: id.json\n";
    fs::write(&config, yaml).unwrap();
    let output = sluice()
        .env("SLUICE_CONFIG", &config)
        .env("SLUICE_BOOK", "/book")
        .args(["--yes", "--output", "json", "config", "show"])
        .output()
        .unwrap();
    let shown = json(&output);
    let settings = shown["settings"].as_array().unwrap();
    let setting = |name: &str| {
        let setting = settings.iter().find(|one| one["name"] == name).unwrap();
        (setting["value"].clone(), text(setting, "/from"))
    };
    for (name, value, from) in [
        ("urls", "http://127.0.0.1:9", "file"),
        ("keypair", "id.json", "file"),
        ("config", config.to_str().unwrap(), "environment"),
        ("book", "/book", "environment"),
        ("output", "json", "flag"),
        ("yes", "true", "flag"),
        ("send", "send", "default"),
    ] {
        assert_eq!(setting(name), (value.into(), from.to_owned()), "{name}");
    }
    assert_eq!(setting("pool"), (Value::Null, "default".to_owned()));
}

#[test]
fn a_configuration_file_that_is_gone_or_garbled_says_what_to_do() {
    let net = CliNet::without_pool();
    let gone = net.path("gone.yml").display().to_string();
    let run = |file: &str| {
        let words = ["--config", file, "pool", "list"];
        let output = sluice().args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        failed(&output, &words)
    };
    let said = run(&gone);
    assert!(said.starts_with("there is no configuration file"), "{said}");
    assert!(said.contains("when it stops, so start one anew"), "{said}");
    fs::write(&gone, "keypair_path: id.json\n").unwrap();
    let said = run(&gone);
    assert!(said.contains("missing field `json_rpc_url`"), "{said}");
    assert!(!said.contains("Error("), "{said}");
    let said = run("/dev/zero");
    assert!(said.contains("no regular file"), "{said}");
}

#[test]
fn what_is_wrong_is_called_by_its_own_flag() {
    let net = CliNet::with_validators();
    let curator = &net.curator;
    let stake = ["stake", "1", "--fee-payer", "/nonexistent.json"];
    let said = net.failure(curator, &stake);
    assert!(said.ends_with("or pass --fee-payer FILE"), "{said}");
    let said = net.failure(curator, &["validator", "add", &net.pool]);
    assert!(said.contains("is not a vote account"), "{said}");
    let output = sluice()
        .args(["--url", "127.0.0.1:8899", "pool", "list"])
        .output();
    let said = failed(&output.unwrap(), &["pool", "list"]);
    assert!(said.starts_with("--url is no URL of a node"), "{said}");
    let create = [
        "pool",
        "create",
        "--no-metadata",
        "--reward-fee-bps",
        "1001",
    ];
    let output = sluice().args(create).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("reward-fee-bps can be 0 to 1000 in any pool"),
        "{said}"
    );
    let output = sluice()
        .args(["--pool", "nothing", "pool", "show"])
        .output();
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(said.contains("this is no address"), "{said}");
}
