//! Which of the commands before it one repeats, who was told of them, and who is asked.

use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use super::*;
use crate::custody::{dump, nonce, sending, sign};

#[test]
fn what_another_command_told_where_nobody_may_have_read_it_is_held_back_all_the_same() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let signature = kill(&net, &holder, &blind(&net), &["stake", "10"]);
    let told = said(&net.run(&holder, &["crank"]));
    assert!(told.contains(&signature), "{told}");
    let once = said(&net.run(&holder, &["crank"]));
    assert!(!once.contains(&signature), "{once}");
    held_back(&net, &holder, &["stake", "10"]);
    let listed = net.json(&holder, &["pending"]);
    assert_eq!(text(&listed, "/transactions/0/outcome"), "landed");
    assert_eq!(text(&listed, "/transactions/0/amount"), "10.000000000 SOL");
    assert_eq!(text(&listed, "/transactions/0/about"), net.pool);
    succeeded(&net.run(&holder, &["stake", "10"]), &["stake", "10"]);
}

#[test]
fn the_error_of_a_command_that_is_held_back_names_what_was_done() {
    let net = CliNet::new();
    let holder = holder(&net);
    let signature = kill(&net, &holder, &blind(&net), &["stake", "10"]);
    let output = net.run(&holder, &["stake", "10", "--output", "json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let failure: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(failure["error"]["signatures"], json!([signature]));
}

#[test]
fn what_was_signed_apart_and_sent_is_not_sent_once_more_from_another_file() {
    let net = CliNet::new();
    let holder = holder(&net);
    let dumped = |name: &str, more: &[&str]| {
        let file = dump(&net, &holder, name, &with(&["stake", "5"], more));
        sign(&holder, &file, &[]);
        file
    };
    let first = dumped("first", &[]);
    let signature = kill(&net, &holder, &blind(&net), &sending(&[&first]));
    let second = dumped("second", &["--nonce", &nonce(&net, &holder)]);
    let before = net.tokens(&holder.address);
    let told = said(&net.run(&holder, &sending(&[&second])));
    assert!(
        told.contains(&signature) && told.contains("add --repeat"),
        "{told}"
    );
    // The file itself is known, and so is a command that does the same without a nonce.
    net.json(&holder, &sending(&[&first]));
    held_back(&net, &holder, &["stake", "5"]);
    assert_eq!(net.tokens(&holder.address), before);
    let repeated = with(&sending(&[&second]), &["--repeat"]);
    succeeded(&net.run(&holder, &repeated), &repeated);
    assert!(net.tokens(&holder.address) > before);
}

#[test]
fn a_nonce_that_somebody_else_used_ends_what_waits_for_it() {
    let net = CliNet::new();
    let holder = holder(&net);
    let nonce = nonce(&net, &holder);
    let [lost, other] = [("lost", "5"), ("other", "6")].map(|(name, amount)| {
        let file = dump(&net, &holder, name, &["stake", amount, "--nonce", &nonce]);
        sign(&holder, &file, &[]);
        file
    });
    let patience = ["--patience", "1"];
    let lost = kill(
        &net,
        &holder,
        &deaf(&net),
        &with(&sending(&[&lost]), &patience),
    );
    let outcome = || text(&net.json(&holder, &["pending"]), "/transactions/0/outcome");
    age(&net, 400);
    assert_eq!(outcome(), "undecided", "the nonce is there");
    let repeated = with(&sending(&[&other]), &["--repeat"]);
    net.json(&holder, &repeated);
    let listed = net.json(&holder, &["pending"]);
    assert_eq!(text(&listed, "/transactions/0/signature"), lost);
    assert_eq!(text(&listed, "/transactions/0/outcome"), "never_arrived");
}

/// Makes what the journal has so much older.
fn age(net: &CliNet, seconds: u64) {
    let journal = net.path("state").join("pending");
    let noted = fs::read_to_string(&journal).unwrap();
    let mut entry: Value = serde_json::from_str(noted.lines().last().unwrap()).unwrap();
    entry["signed_at"] = json!(entry["signed_at"].as_u64().unwrap() - seconds);
    fs::write(&journal, format!("{entry}\n")).unwrap();
}

#[test]
fn whoever_pays_the_fee_the_same_holder_does_the_same() {
    let net = CliNet::new();
    let (holder, payer) = (holder(&net), net.user("payer", SOL));
    let other = net.user("other", 100 * SOL);
    let paid = ["stake", "10", "--fee-payer", &payer.keypair_file];
    kill(&net, &holder, &blind(&net), &paid);
    succeeded(&net.run(&other, &paid), &paid);
    held_back(&net, &holder, &["stake", "10"]);
}

#[test]
fn a_pool_by_another_name_is_another_pool_all_the_same() {
    let net = CliNet::without_pool();
    let creator = net.user("creator", 10 * SOL);
    kill(
        &net,
        &creator,
        &blind(&net),
        &["pool", "create", "--no-metadata"],
    );
    let named = ["pool", "create", "--name", "Name", "--symbol", "N"];
    let uri = ["--uri", "https://example.com/n.json", "--yes"];
    held_back(&net, &creator, &with(&named, &uri));
}

#[test]
fn of_stake_accounts_each_goes_once_so_that_another_one_is_not_held_back() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let account = || {
        let vote = net.validators[0];
        net.stake_account(&holder, 5 * SOL, Default::default(), Some(&vote))
            .to_string()
    };
    let [first, second] = [account(), account()];
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    let deposit = |stake: &str| ["stake-account", "deposit", stake, "--yes"].map(str::to_owned);
    let first = deposit(&first);
    let first: Vec<&str> = first.iter().map(|part| &**part).collect();
    kill(&net, &holder, &blind(&net), &first);
    let second = deposit(&second);
    let second: Vec<&str> = second.iter().map(|part| &**part).collect();
    succeeded(&net.run(&holder, &second), &second);
}

/// A command in a terminal of its own.
struct Terminal {
    child: Child,
}

impl Terminal {
    fn run(net: &CliNet, user: &User, arguments: &[&str]) -> Self {
        let command = net.command_at(&net.url(), user, arguments);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted = words.map(|word| format!("'{}'", word.to_str().unwrap()));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command"]);
        script
            .arg(quoted.collect::<Vec<_>>().join(" "))
            .arg("/dev/null");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let script = script.stdin(Stdio::piped()).stdout(Stdio::piped());
        Self {
            child: script.spawn().unwrap(),
        }
    }

    /// Reads until this is shown.
    fn shows(&mut self, text: &str) -> String {
        let (mut shown, mut byte) = (Vec::new(), [0]);
        let screen = self.child.stdout.as_mut().unwrap();
        while screen.read(&mut byte).unwrap() > 0 {
            shown.extend(byte);
            if shown.ends_with(text.as_bytes()) {
                return String::from_utf8_lossy(&shown).into_owned();
            }
        }
        panic!("{text} is not shown: {}", String::from_utf8_lossy(&shown));
    }

    /// Types, and reads the rest.
    fn answer(mut self, typed: &str) -> String {
        self.child
            .stdin
            .take()
            .unwrap()
            .write_all(typed.as_bytes())
            .unwrap();
        let output = self.child.wait_with_output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[test]
fn nothing_is_drawn_over_the_question_whether_another_one_is_sent() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["stake", "10"];
    let signature = kill(&net, &holder, &blind(&net), &stake);
    let mut terminal = Terminal::run(&net, &holder, &stake);
    let shown = terminal.shows("Send another one?");
    assert!(shown.contains(&signature), "{shown}");
    // Longer than a bar waits before it appears.
    sleep(Duration::from_secs(3));
    let rest = terminal.answer("n\r");
    assert!(!rest.contains("depositing"), "{rest}");
    assert_eq!(net.tokens(&holder.address), 30 * SOL);
}

#[test]
fn whoever_has_stopped_a_command_is_asked_before_the_same_is_sent_again() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["stake", "10"];
    let node = deaf(&net);
    let mut stopped = net
        .command_at(&node.url, &holder, &stake)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !node.traffic().has(SEND) && started.elapsed() < LONG {
        sleep(Duration::from_millis(20));
    }
    let listed = net.json(&holder, &["pending"]);
    assert_eq!(text(&listed, "/transactions/0/outcome"), "under_way");
    let mut terminal = Terminal::run(&net, &holder, &stake);
    let shown = terminal.shows("Send another one?");
    assert!(shown.contains("is at work on it"), "{shown}");
    terminal.answer("n\r");
    assert_eq!(net.tokens(&holder.address), 20 * SOL);
    // Scripts may run side by side.
    let told = net.run(&holder, &stake);
    assert!(said(&told).contains("is at work on it"), "{told:?}");
    assert_eq!(net.tokens(&holder.address), 30 * SOL);
    stopped.kill().unwrap();
    stopped.wait().unwrap();
}
