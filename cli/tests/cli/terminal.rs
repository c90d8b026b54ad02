//! What strangers write is shown as text, and acts on no terminal.

use std::{
    fs,
    io::{BufReader, Read},
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use sluice_client::words::printable::{is_hidden, printable_lines};
use sluice_tests::net::LyingNode;

use crate::{
    net::{CliNet, SOL},
    signers::{in_terminal, read_until, type_line},
};

/// A title, an empty screen, a cursor at its beginning by a control of one byte, words in another
/// order, a line of its own, and a rest that nobody sees.
const HARM: &str =
    "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}1;1H\u{202e}b\r\nDeposited 100 SOL\u{1b}[8m\u{7f}";

/// Neither stream has anything but text, and no line that a stranger began.
fn require_harmless(output: &Output) -> String {
    let mut said = String::new();
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(stream.clone()).unwrap();
        assert_eq!(text, printable_lines(&text));
        let forged = |line: &str| line.trim_start().starts_with("Deposited");
        assert!(!text.lines().any(forged), "{text}");
        said += &text;
    }
    assert!(
        said.contains("Deposited 100 SOL"),
        "it is not shown: {said}"
    );
    said
}

#[test]
fn f4_what_a_node_says_of_an_error_is_one_line_without_controls() {
    let net = CliNet::new();
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getMultipleAccounts" {
            let error = json!({"code": -32_000, "message": HARM});
            *answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": error});
        }
    });
    for format in ["table", "json"] {
        let show = ["--output", format, "pool", "show"];
        let output = net.run_at(&node.url, &net.curator, &show);
        assert_eq!(output.status.code(), Some(3));
        require_harmless(&output);
    }
}

#[test]
fn f4_logs_are_lines_without_controls_and_no_more_than_a_transaction_has() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let is_long = AtomicBool::new(false);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == "simulateTransaction" {
            let value = &mut answer["result"]["value"];
            value["err"] = json!({"InstructionError": [0, {"Custom": 1}]});
            let mut logs = vec![
                "Program Vote111111111111111111111111111111111111111 invoke [1]".to_owned(),
                format!("Program log: Error Message: {HARM}."),
                "Program Vote111111111111111111111111111111111111111 failed: no".to_owned(),
                HARM.to_owned(),
            ];
            if is_long.swap(true, Ordering::Relaxed) {
                logs.extend(vec!["a long line ".repeat(100); 1_000]);
                logs[1] += &"!".repeat(1_000_000);
            }
            value["logs"] = Value::from(logs);
        }
    });
    for words in [
        &["stake", "1", "--send", "simulate"][..],
        &["--output", "json", "stake", "1", "--send", "simulate"],
        &["stake", "1"],
    ] {
        let output = net.run_at(&node.url, &holder, words);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = require_harmless(&output);
        assert!(said.len() < 20_000, "{} bytes", said.len());
    }
    assert_eq!(net.lamports(&holder.address), 100 * SOL);
}

#[test]
fn f4_what_somebody_typed_is_shown_without_controls_too() {
    let net = CliNet::new();
    let file = format!("/nonexistent/{HARM}");
    for words in [
        &["--config", &file, "pool", "show"][..],
        &["--keypair", &file, "claim"],
        &["send", &file],
    ] {
        let output = net.run(&net.curator, words);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        let acts = |one: char| is_hidden(one) && one != '\n';
        assert!(!said.chars().any(acts), "{said:?}");
    }
}

#[test]
fn a_question_leaves_the_cursor_where_it_is_also_where_the_answer_is_ctrl_c() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let dumped = net.json(&holder, &["stake", "1", "--send", "dump"]);
    let file = net.path("dumped");
    fs::write(&file, dumped.to_string()).unwrap();
    let (binary, file) = (env!("CARGO_BIN_EXE_sluice"), file.display());
    let sign = format!("{binary} --keypair {} sign {file}", holder.keypair_file);
    for (typed, code) in [("\u{3}", 128 + 2), ("n", 1), ("Yes", 0)] {
        let mut terminal = in_terminal(&sign);
        let mut keyboard = terminal.stdin.take().unwrap();
        let mut screen = BufReader::new(terminal.stdout.take().unwrap());
        let mut shown = read_until(&mut screen, "Go on? [y/N]: ");
        type_line(&mut keyboard, typed);
        screen.read_to_string(&mut shown).unwrap();
        assert_eq!(
            terminal.wait().unwrap().code(),
            Some(code),
            "{typed:?}: {shown}"
        );
        assert!(
            !shown.contains("\u{1b}[?25l"),
            "the cursor is hidden: {shown:?}"
        );
    }
}
