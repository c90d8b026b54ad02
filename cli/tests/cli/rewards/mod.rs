//! `sluice rewards`: what a holder had, did and gained.

mod forms;

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use sluice_tests::{
    command::{number, succeeded, text},
    net::LyingNode,
};
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{ID as TOKEN, instruction::transfer};

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
    // Once it is claimed and gone, nothing of the time before is told otherwise.
    net.json(&friend, &["claim"]);
    let claimed = net.json(&friend, &["rewards"]);
    assert_adds_up(&claimed);
    assert_eq!(only(&claimed, "settled"), only(&friends, "settled"));
    assert_eq!(claimed["epochs"], friends["epochs"]);
    assert_eq!(
        claimed["totals"]["gain_lamports"],
        friends["totals"]["gain_lamports"]
    );
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
fn a_node_that_tells_no_places_in_blocks_gives_the_same_statement() {
    let (net, holder, _) = start();
    for _ in 0..6 {
        net.json(&holder, &["stake", "1"]);
        net.json(&holder, &["unstake", "1", "--instant"]);
    }
    let honest = net.json(&holder, &["rewards"]);
    assert_eq!(honest["is_whole"], true);
    fs::remove_dir_all(net.path("state")).unwrap();
    let (said, _) = at_a_node(&net, &holder, "getSignaturesForAddress", |listed| {
        for one in listed.as_array_mut().unwrap() {
            one.as_object_mut().unwrap().remove("transactionIndex");
        }
    });
    assert_eq!(said, honest);
}

#[test]
fn tokens_that_are_sent_and_received_count_at_the_price_of_their_epoch() {
    let (net, holder, friend) = start();
    net.earn();
    let mint = net.mint.parse().unwrap();
    let account = |owner| get_associated_token_address(owner, &mint);
    let lst = 7 * SOL;
    let payer = &holder.address;
    net.send(
        &[
            create_associated_token_account_idempotent(payer, &friend.address, &mint, &TOKEN),
            transfer(
                &TOKEN,
                &account(payer),
                &account(&friend.address),
                payer,
                &[],
                lst,
            )
            .unwrap(),
        ],
        &[&holder.keypair()],
    );
    let [sent, received] = [&holder, &friend].map(|user| net.json(user, &["rewards"]));
    for said in [&sent, &received] {
        assert_adds_up(said);
        assert_eq!(said["is_whole"], true);
    }
    let history = net.json(&holder, &["pool", "history", "--epochs", "1"]);
    let rate = &history["epochs"][0];
    let [full, supply] = ["/full_lamports", "/supply_lst"].map(|key| u128::from(number(rate, key)));
    let worth = u64::try_from(u128::from(lst) * full / supply).unwrap();
    assert_eq!(
        signed(only(&sent, "sent"), "/change_lst").unsigned_abs(),
        lst
    );
    assert_eq!(number(only(&received, "received"), "/change_lst"), lst);
    assert_eq!(number(&received, "/totals/received_lamports"), worth);
    // What is left is rounded down once more.
    assert!(number(&sent, "/totals/sent_lamports").abs_diff(worth) <= 1);
    assert_eq!(
        number(&received, "/totals/gain_lamports"),
        0,
        "it is no gain"
    );
}

#[test]
fn a_ticket_that_is_settled_when_it_comes_earns_nothing() {
    let (net, holder, friend) = start();
    let ticket = text(&net.json(&holder, &["unstake", "4"]), "/ticket");
    settle_all(&net);
    let to_friend = friend.address.to_string();
    net.json(&holder, &["tickets", "transfer", &ticket, &to_friend]);
    net.earn();
    let said = net.json(&friend, &["rewards"]);
    assert_adds_up(&said);
    assert_eq!(kinds(&said), ["ticket_received", "settled"]);
    assert_eq!(number(&said, "/totals/gain_lamports"), 0);
    let settled = number(only(&said, "settled"), "/paid_lamports");
    assert_eq!(number(&said, "/totals/end_worth_lamports"), settled);
    assert!(settled > 0);
}
