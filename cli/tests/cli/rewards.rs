//! `sluice rewards`: what a holder had, did and gained.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};

use crate::net::{CliNet, SOL, User};

fn signed(value: &Value, pointer: &str) -> i64 {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .parse()
        .unwrap()
}

/// The worth of the start and all changes are the worth of the end.
fn assert_adds_up(said: &Value) {
    let sum = |name: &str| signed(said, &format!("/totals/{name}_lamports"));
    let end = sum("start_worth") + sum("paid_in") - sum("paid_out") + sum("received") - sum("sent")
        + sum("unexplained")
        + sum("gain")
        - sum("left");
    assert_eq!(end, sum("end_worth"), "{said}");
    let epochs = said["epochs"].as_array().unwrap();
    let gains: i64 = epochs.iter().map(|row| signed(row, "/gain_lamports")).sum();
    assert_eq!(gains, sum("gain"), "{said}");
}

fn movements(said: &Value) -> &[Value] {
    said["movements"].as_array().unwrap()
}

fn kinds(said: &Value) -> Vec<String> {
    movements(said)
        .iter()
        .map(|row| text(row, "/kind"))
        .collect()
}

fn only<'a>(said: &'a Value, kind: &str) -> &'a Value {
    let mut found = movements(said).iter().filter(|row| row["kind"] == kind);
    let first = found.next();
    assert!(found.next().is_none(), "several {kind}: {said}");
    first.unwrap_or_else(|| panic!("no {kind}: {said}"))
}

/// Somebody who has deposited, and got tokens of a friend.
fn start() -> (CliNet, User, User) {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    let friend = net.user("friend", 100 * SOL);
    net.json(&holder, &["stake", "100"]);
    let to_holder = holder.address.to_string();
    net.json(&friend, &["stake", "5", "--recipient", &to_holder]);
    net.earn();
    (net, holder, friend)
}

fn settle_all(net: &CliNet) {
    net.to_window();
    net.json(&net.curator, &["crank"]);
    for _ in 0..2 {
        net.earn();
    }
}

#[test]
fn a_whole_life_adds_up_to_the_lamport_and_says_what_each_command_said() {
    let (net, holder, friend) = start();
    let instant = net.json(&holder, &["unstake", "2", "--instant"]);
    let cancelled = text(&net.json(&holder, &["unstake", "3"]), "/ticket");
    net.json(&holder, &["tickets", "cancel", &cancelled]);
    let given = text(&net.json(&holder, &["unstake", "4"]), "/ticket");
    let to_friend = friend.address.to_string();
    net.json(&holder, &["tickets", "transfer", &given, &to_friend]);
    net.json(&holder, &["unstake", "6"]);
    net.json(&holder, &["stake-account", "withdraw", "4", "--yes"]);
    settle_all(&net);
    let before = net.lamports(&holder.address);
    net.json(&holder, &["claim"]);
    let said = net.json(&holder, &["rewards"]);
    assert_adds_up(&said);
    assert_eq!(said["is_whole"], true, "{said}");
    assert_eq!(
        kinds(&said),
        [
            "deposit",
            "received",
            "instant_exit",
            "requested",
            "cancelled",
            "requested",
            "ticket_given",
            "requested",
            "stake_exit",
            "settled",
            "claimed"
        ]
    );
    let changes: i64 = movements(&said)
        .iter()
        .map(|row| signed(row, "/change_lst"))
        .sum();
    assert_eq!(changes.unsigned_abs(), net.tokens(&holder.address));
    let exit = only(&said, "instant_exit");
    assert_eq!(exit["paid_lamports"], instant["paid_lamports"]);
    assert_eq!(exit["fee_lamports"], instant["fee_lamports"]);
    assert_eq!(number(only(&said, "deposit"), "/paid_lamports"), 100 * SOL);
    let claimed = number(only(&said, "claimed"), "/paid_lamports");
    assert_eq!(claimed, number(only(&said, "settled"), "/paid_lamports"));
    assert!(net.lamports(&holder.address) > before + claimed - SOL / 100);
    assert!(signed(&said, "/totals/gain_lamports") > 0);
    assert!(number(&said, "/totals/network_fee_lamports") > 0);
    let friends = net.json(&friend, &["rewards"]);
    assert_adds_up(&friends);
    assert!(kinds(&friends).contains(&"ticket_received".to_owned()));
}

#[test]
fn a_gain_is_the_change_of_the_price_on_what_was_held_over_the_start_of_an_epoch() {
    let (net, holder, _) = start();
    let said = net.json(&holder, &["rewards"]);
    let history = net.json(&holder, &["pool", "history"]);
    let rates = history["epochs"].as_array().unwrap();
    let last = said["epochs"].as_array().unwrap().last().unwrap();
    let held = u128::from(number(last, "/held_lst"));
    let worth = |rate: &Value| {
        held * u128::from(number(rate, "/full_lamports")) / u128::from(number(rate, "/supply_lst"))
    };
    let [.., earlier, later] = &rates[..] else {
        panic!("too few prices: {history}");
    };
    let gain = u128::from(number(last, "/gain_lamports"));
    assert_eq!(gain, worth(later) - worth(earlier));
    assert_eq!(held, u128::from(net.tokens(&holder.address)));
}

#[test]
fn of_two_statements_one_begins_where_the_other_ends() {
    let (net, holder, _) = start();
    net.json(&holder, &["unstake", "2", "--instant"]);
    net.earn();
    let epoch = net.rpc.get_epoch_info().unwrap().epoch;
    let (first, second) = ((epoch - 1).to_string(), epoch.to_string());
    let earlier = net.json(&holder, &["rewards", "--to", &first]);
    let later = net.json(&holder, &["rewards", "--from", &second]);
    assert_adds_up(&earlier);
    assert_adds_up(&later);
    assert_eq!(
        earlier["totals"]["end_worth_lamports"],
        later["totals"]["start_worth_lamports"]
    );
}

#[test]
fn what_was_read_before_a_node_failed_is_not_read_again() {
    let (net, holder, _) = start();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == "getTransaction" && count.fetch_add(1, Ordering::Relaxed) == 1 {
            let refusal = json!({"code": -32_601, "message": "Method not found"});
            *answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": refusal});
        }
    });
    let arguments = ["--output", "json", "rewards"];
    assert!(!net.run_at(&node.url, &holder, &arguments).status.success());
    let after_failure = asked.load(Ordering::Relaxed);
    let printed = succeeded(&net.run_at(&node.url, &holder, &arguments), &arguments);
    let said: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(kinds(&said), ["deposit", "received"]);
    let read = asked.load(Ordering::Relaxed);
    assert_eq!(read - after_failure, 1, "the first one is kept");
    let again = succeeded(&net.run_at(&node.url, &holder, &arguments), &arguments);
    assert_eq!(again, printed);
    assert_eq!(asked.load(Ordering::Relaxed), read, "all are kept");
    let file = fs::read_dir(net.path("state"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("rewards-"))
        .unwrap();
    let kept = fs::read_to_string(&file).unwrap();
    fs::write(&file, &kept[..kept.len() / 2]).unwrap();
    let output = net.run_at(&node.url, &holder, &arguments);
    assert_eq!(succeeded(&output, &arguments), printed);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("read anew"), "{told}");
}

/// What is printed and told on a node whose answers to a method are changed.
fn at_a_node(
    net: &CliNet,
    user: &User,
    method: &'static str,
    lie: impl Fn(&mut Value) + Send + Sync + 'static,
) -> (Value, String) {
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == method {
            lie(&mut answer["result"]);
        }
    });
    let arguments = ["--output", "json", "rewards"];
    let output = net.run_at(&node.url, user, &arguments);
    let printed = succeeded(&output, &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_str(&printed).unwrap(), told)
}

#[test]
fn a_node_without_history_shows_no_gap_as_zero() {
    let (net, holder, _) = start();
    let (said, told) = at_a_node(&net, &holder, "getSignaturesForAddress", |listed| {
        *listed = json!([]);
    });
    assert!(told.contains("history begins in epoch"), "{told}");
    let epoch = net.rpc.get_epoch_info().unwrap().epoch;
    assert_eq!(number(&said, "/known_from_epoch"), epoch);
    assert_eq!(said["epochs"], json!([]));
    assert_adds_up(&said);
}

#[test]
fn a_transaction_that_the_node_leaves_out_is_told_and_not_filled_in() {
    let (net, holder, _) = start();
    net.json(&holder, &["unstake", "2", "--instant"]);
    net.json(&holder, &["stake", "1"]);
    let (said, told) = at_a_node(&net, &holder, "getSignaturesForAddress", |listed| {
        let listed = listed.as_array_mut().unwrap();
        if listed.len() > 2 {
            listed.remove(1);
        }
    });
    assert_eq!(said["is_whole"], false);
    assert!(told.contains("history is incomplete"), "{told}");
    let gap = only(&said, "unexplained");
    assert_eq!(signed(gap, "/change_lst"), -2_000_000_000);
    assert_adds_up(&said);
}

#[test]
fn what_another_program_says_in_a_transaction_is_no_event_of_ours() {
    let (net, holder, _) = start();
    let honest = net.json(&holder, &["rewards"]);
    fs::remove_dir_all(net.path("state")).unwrap();
    let (said, _) = at_a_node(&net, &holder, "getTransaction", |shown| {
        let logs = shown["meta"]["logMessages"].as_array_mut().unwrap();
        let events = logs.iter().filter(|line| {
            let line = line.as_str().unwrap();
            line.starts_with("Program data: ")
        });
        let events: Vec<Value> = events.cloned().collect();
        let other = "Stake11111111111111111111111111111111111111";
        logs.push(json!(format!("Program {other} invoke [1]")));
        logs.extend(events);
        logs.push(json!(format!("Program {other} success")));
    });
    assert_eq!(said, honest);
}

#[test]
fn each_of_two_pools_has_its_own_statement() {
    let (mut net, holder, _) = start();
    let first = net.json(&holder, &["rewards"]);
    net.create_pool();
    net.json(&holder, &["stake", "7"]);
    let second = net.json(&holder, &["rewards"]);
    assert_eq!(kinds(&second), ["deposit"]);
    assert_eq!(number(&second, "/totals/end_worth_lamports"), 7 * SOL);
    net.pool = text(&first, "/pool");
    assert_eq!(net.json(&holder, &["rewards"]), first);
}

#[test]
fn comma_separated_values_have_the_columns_of_the_programs_that_read_them() {
    let (net, holder, _) = start();
    net.json(&holder, &["unstake", "2", "--instant"]);
    let lines = |format: &str| {
        let arguments = ["rewards", "--format", format, "--symbol", "sluSOL"];
        let printed = net.table(&holder, &arguments);
        printed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let koinly = lines("koinly");
    assert_eq!(
        koinly[0],
        "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,\
         Net Worth Amount,Net Worth Currency,Label,Description,TxHash"
    );
    assert_eq!(koinly.len(), 4, "{koinly:?}");
    assert!(koinly[1].contains(",100.000000000,SOL,"), "{koinly:?}");
    assert!(koinly[3].contains(",2.000000000,sluSOL,"), "{koinly:?}");
    let cointracker = lines("cointracker");
    assert_eq!(
        cointracker[0],
        "Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,\
         Fee Currency,Tag"
    );
    let date = cointracker[1].split(' ').next().unwrap();
    assert_eq!(date.split('/').map(str::len).collect::<Vec<_>>(), [2, 2, 4]);
    let generic = lines("generic");
    let gains = generic
        .iter()
        .filter(|line| line.contains(",gain,"))
        .count();
    assert!(gains > 0 && generic[0].starts_with("time_utc,epoch,type,"));
    let columns: Vec<usize> = generic.iter().map(|line| line.split(',').count()).collect();
    assert!(columns.iter().all(|count| *count == columns[0]));
}

#[test]
fn a_table_fits_eighty_columns_and_gives_no_advice() {
    let (net, holder, _) = start();
    let table = net.table(&holder, &["rewards"]);
    let widest = table.lines().filter(|line| line.contains(['│', '┌']));
    assert!(
        widest.map(|line| line.chars().count()).max() <= Some(80),
        "{table}"
    );
    for words in [
        "worth at the end",
        "Nobody paid it",
        "no program can tell you",
    ] {
        assert!(table.contains(words), "no {words}: {table}");
    }
}

#[test]
fn times_that_are_none_and_forms_that_exclude_each_other_are_refused() {
    let (net, holder, _) = start();
    let refused = |arguments: &[&str]| failed(&net.run(&holder, arguments), arguments);
    for day in ["2026-02-30", "yesterday", "-1"] {
        let from = format!("--from={day}");
        let output = net.run(&holder, &["rewards", &from]);
        assert_eq!(output.status.code(), Some(2), "{day}");
    }
    let backwards = refused(&["rewards", "--from", "3", "--to", "2"]);
    assert!(backwards.contains("no epoch in this time"), "{backwards}");
    let early = refused(&["rewards", "--to", "1999-12-31"]);
    assert!(early.contains("no epoch is known"), "{early}");
    let both = refused(&["rewards", "--csv", "--output", "json"]);
    assert!(both.contains("choose one"), "{both}");
    let missing = net.path("no-store").display().to_string();
    let no_store = refused(&["rewards", "--store", &missing]);
    assert!(no_store.contains(&missing), "{no_store}");
}
