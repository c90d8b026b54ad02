//! Which of the commands before it one repeats, who was told of them, and who is asked.

use std::io::{BufReader, Read};

use serde_json::json;

use super::*;
use crate::{
    custody::{dump, nonce, sending, sign},
    signers::{in_terminal, read_until, type_line},
};

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

/// What a shell is told to run a command of this user.
fn typed(net: &CliNet, user: &User, arguments: &[&str]) -> String {
    let command = net.command_at(&net.url(), user, arguments);
    let kept = command.get_envs().map(|(name, value)| {
        let name = name.to_str().unwrap();
        match value {
            Some(value) => format!("{name}={}", value.to_str().unwrap()),
            None => format!("--unset={name}"),
        }
    });
    let (unset, set): (Vec<_>, Vec<_>) = kept.partition(|one| one.starts_with("--"));
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| word.to_str().unwrap().to_owned());
    let all = ["env".to_owned()].into_iter().chain(unset).chain(set);
    all.chain(words)
        .map(|word| format!("'{word}'"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Answers the question whether another one is sent: what was shown before, and after that.
fn answered(net: &CliNet, user: &User, arguments: &[&str], patience: Duration) -> [String; 2] {
    let mut terminal = in_terminal(&typed(net, user, arguments));
    let mut keyboard = terminal.stdin.take().unwrap();
    let mut screen = BufReader::new(terminal.stdout.take().unwrap());
    let before = read_until(&mut screen, "Send another one? [y/N]: ");
    sleep(patience);
    type_line(&mut keyboard, "n");
    let mut after = String::new();
    screen.read_to_string(&mut after).unwrap();
    assert!(!terminal.wait().unwrap().success(), "{before}{after}");
    [before, after]
}

#[test]
fn nothing_is_drawn_over_the_question_whether_another_one_is_sent() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["stake", "10"];
    let signature = kill(&net, &holder, &blind(&net), &stake);
    // Longer than a bar waits before it appears.
    let [before, after] = answered(&net, &holder, &stake, Duration::from_secs(3));
    assert!(before.contains(&signature), "{before}");
    assert!(!after.contains("depositing"), "{after}");
    assert_eq!(net.tokens(&holder.address), 30 * SOL);
}

#[test]
fn whoever_has_stopped_a_command_is_asked_before_the_same_is_sent_again() {
    let net = CliNet::new();
    let holder = holder(&net);
    let stake = ["stake", "10"];
    let node = deaf(&net);
    let mut stopped = begin(&net, &holder, &node, &stake);
    let listed = net.json(&holder, &["pending"]);
    assert_eq!(text(&listed, "/transactions/0/outcome"), "under_way");
    let [before, _] = answered(&net, &holder, &stake, Duration::ZERO);
    assert!(before.contains("is at work on it"), "{before}");
    assert_eq!(net.tokens(&holder.address), 20 * SOL);
    // Scripts may run side by side.
    let told = net.run(&holder, &stake);
    assert!(said(&told).contains("is at work on it"), "{told:?}");
    assert_eq!(net.tokens(&holder.address), 30 * SOL);
    stopped.kill().unwrap();
    stopped.wait().unwrap();
}
