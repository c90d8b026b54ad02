//! `sluice calendar`: what comes when.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice_tests::{
    command::{number, succeeded, text},
    net::LyingNode,
};

use crate::net::{CliNet, SOL, User};

fn dates(value: &Value) -> &[Value] {
    value["dates"].as_array().unwrap()
}

fn event<'a>(value: &'a Value, name: &str) -> &'a Value {
    let found = dates(value).iter().find(|date| date["event"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn has(value: &Value, name: &str) -> bool {
    dates(value).iter().any(|date| date["event"] == name)
}

/// What the table says comes, with lines that were broken put together; it fits every terminal.
fn sentences(table: &str) -> String {
    let lines = table.lines().filter(|line| line.starts_with(['│', '┌']));
    let is_narrow = |line: &str| line.chars().count() <= 80;
    assert!(lines.clone().all(is_narrow), "{table}");
    let last = lines.filter_map(|line| line.split(['│', '┆']).nth(3));
    last.map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn dates_are_those_that_other_commands_tell_earliest_first() {
    let net = CliNet::with_active_stake();
    net.earn();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "20"]);
    let quiet = net.json(&holder, &["calendar"]);
    assert!(has(&quiet, "request_would_lock") && !has(&quiet, "batch_locks"));
    net.json(&holder, &["unstake", "5"]);
    let said = net.json(&holder, &["calendar"]);
    let slots: Vec<u64> = dates(&said)
        .iter()
        .map(|date| number(date, "/slot"))
        .collect();
    assert!(slots.is_sorted(), "{slots:?}");
    let shown = net.json(&holder, &["pool", "show"]);
    let slot = |name: &str| number(event(&said, name), "/slot");
    assert_eq!(slot("window_opens"), number(&shown, "/window/start_slot"));
    assert_eq!(slot("batch_locks"), number(&shown, "/queue/open_lock_slot"));
    assert_eq!(slot("drip_ends"), number(&shown, "/prices/drip_end_slot"));
    let info = net.rpc.get_epoch_info().unwrap();
    assert_eq!(slot("epoch_ends") % info.slots_in_epoch, 0);
    assert_eq!(number(event(&said, "epoch_ends"), "/epoch"), info.epoch + 1);
    let tickets = net.json(&holder, &["tickets"]);
    let ticket = event(&said, "ticket_payable");
    assert_eq!(ticket["about"], tickets["tickets"][0]["ticket"]);
    assert_eq!(ticket["slot"], tickets["tickets"][0]["payable_slot"]);
    assert_eq!(
        ticket["latest_epoch"],
        tickets["tickets"][0]["latest_epoch"]
    );
}

#[test]
fn the_tickets_of_others_are_shown_by_owner_and_who_has_no_keypair_sees_the_rest() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "20"]);
    net.json(&holder, &["unstake", "5"]);
    let own = net.json(&net.curator, &["calendar"]);
    assert!(!has(&own, "ticket_payable"));
    let theirs = net.json(
        &net.curator,
        &["calendar", "--owner", &holder.address.to_string()],
    );
    assert_eq!(text(&theirs, "/owner"), holder.address.to_string());
    assert!(has(&theirs, "ticket_payable"));
    let nobody = User {
        keypair_file: net.path("missing.json").display().to_string(),
        ..holder
    };
    let output = net.run(&nobody, &["--output", "json", "calendar"]);
    let said: Value = serde_json::from_str(&succeeded(&output, &["calendar"])).unwrap();
    assert!(said["owner"].is_null() && has(&said, "epoch_ends"));
    let announced = String::from_utf8(output.stderr).unwrap();
    assert!(announced.contains("Tickets are left out"), "{announced}");
}

#[test]
fn a_ticket_that_is_paid_is_claimable_now() {
    let net = CliNet::with_active_stake();
    net.json(&net.curator, &["unstake", "5"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    for _ in 0..2 {
        net.earn();
    }
    let said = net.json(&net.curator, &["calendar"]);
    let ticket = event(&said, "ticket_claimable");
    assert_eq!(number(ticket, "/seconds_until"), 0);
    let table = sentences(&net.table(&net.curator, &["calendar"]));
    assert!(table.contains("wait for `sluice claim`"), "{table}");
}

#[test]
fn what_the_roles_decided_is_in_the_calendar() {
    let net = CliNet::with_validators();
    net.earn();
    let curator = &net.curator;
    let heir = net.user("heir", SOL).address.to_string();
    let vote = net.validators[0].to_string();
    let schedule = ["pool", "config", "schedule", "reward-fee-bps", "700"];
    let change = net.json(curator, &schedule);
    net.json(curator, &["validator", "weight", &vote, "50"]);
    net.json(curator, &["pool", "role", "nominate-admin", &heir]);
    net.json(curator, &["pool", "pause"]);
    let said = net.json(curator, &["calendar"]);
    let parameter = event(&said, "parameter_changes");
    assert_eq!(text(parameter, "/about"), "reward-fee-bps");
    assert_eq!(parameter["epoch"], change["from"]["epoch"]);
    let explained = net.json(curator, &["validator", "explain", &vote]);
    assert_eq!(
        event(&said, "weights_change")["epoch"],
        explained["next_weight_epoch"]
    );
    assert_eq!(text(event(&said, "admin_may_change"), "/about"), heir);
    let shown = net.json(curator, &["pool", "show"]);
    assert_eq!(
        event(&said, "pause_ends")["epoch"],
        shown["pause"]["until"]["epoch"]
    );
    let table = sentences(&net.table(curator, &["calendar"]));
    for words in [
        "reward-fee-bps becomes 700 (7.00%)",
        "1 validator gets another weight",
        "may become",
    ] {
        assert!(table.contains(words), "no {words}: {table}");
    }
}

/// A node that says of its last minutes what these samples say: slots in a minute.
fn with_samples(net: &CliNet, slots: &'static [u64]) -> LyingNode {
    LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == "getRecentPerformanceSamples" {
            let sample = |slots: &u64| {
                json!({
                    "slot": 1,
                    "numSlots": slots,
                    "numTransactions": 0,
                    "numNonVoteTransactions": 0,
                    "samplePeriodSecs": 60,
                })
            };
            let samples: Vec<Value> = slots.iter().map(sample).collect();
            *answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": samples});
        }
    })
}

fn calendar_at(net: &CliNet, url: &str) -> Value {
    let arguments = ["--output", "json", "calendar"];
    let output = net.run_at(url, &net.curator, &arguments);
    serde_json::from_str(&succeeded(&output, &arguments)).unwrap()
}

#[test]
fn a_date_lies_between_what_the_fastest_and_the_slowest_minutes_make_of_it() {
    let net = CliNet::with_validators();
    let node = with_samples(&net, &[150, 100, 200]);
    let said = calendar_at(&net, &node.url);
    let pace = |name: &str| number(&said, &format!("/pace/{name}_slot_nanoseconds"));
    assert_eq!(
        ["usual", "fastest", "slowest"].map(pace),
        [400_000_000, 300_000_000, 600_000_000]
    );
    let end = event(&said, "epoch_ends");
    let slots = number(end, "/slot") - number(&said, "/now/slot");
    assert_eq!(number(end, "/seconds_until"), slots * 400 / 1_000);
    let seconds = |value: &Value, key: &str| {
        let time = humantime::parse_rfc3339(&text(value, key)).unwrap();
        time.duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs()
    };
    let now = seconds(&said, "/now/time_utc");
    let later = |key| seconds(end, key) - now;
    assert_eq!(later("/earliest_utc"), slots * 300 / 1_000);
    assert_eq!(later("/time_utc"), slots * 400 / 1_000);
    assert_eq!(later("/latest_utc"), slots * 600 / 1_000);
    let output = net.run_at(&node.url, &net.curator, &["calendar"]);
    let table = succeeded(&output, &["calendar"]);
    assert!(
        table.contains(" to "),
        "a range stands below its date: {table}"
    );
    sentences(&table);
}

#[test]
fn of_one_measurement_no_range_is_made_up() {
    let net = CliNet::with_validators();
    let node = with_samples(&net, &[150]);
    let said = calendar_at(&net, &node.url);
    let end = event(&said, "epoch_ends");
    assert!(end["time_utc"].is_string());
    assert!(
        end["earliest_utc"].is_null() && end["latest_utc"].is_null(),
        "{end}"
    );
    let output = net.run_at(&node.url, &net.curator, &["calendar"]);
    let table = succeeded(&output, &["calendar"]);
    assert!(table.contains("no range is known"), "{table}");
}

/// The methods that a command asks a node for, in order.
fn asked(net: &CliNet, user: &User, arguments: &[&str]) -> Vec<String> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let methods = Arc::clone(&asked);
    let node = LyingNode::before(&net.url(), move |request, _| {
        let method = request["method"].as_str().unwrap().to_owned();
        methods.lock().unwrap().push(method);
    });
    succeeded(&net.run_at(&node.url, user, arguments), arguments);
    asked.lock().unwrap().clone()
}

#[test]
fn a_node_is_asked_little_and_the_same_for_one_ticket_and_for_many() {
    let net = CliNet::with_active_stake();
    net.earn();
    net.json(&net.curator, &["unstake", "1"]);
    let calendar = asked(&net, &net.curator, &["calendar"]);
    for _ in 0..3 {
        net.json(&net.curator, &["unstake", "1"]);
    }
    assert_eq!(asked(&net, &net.curator, &["calendar"]), calendar);
    assert!(calendar.len() <= 12, "{calendar:?}");
    let accounts = "getMultipleAccounts";
    let expected = ["getGenesisHash", accounts, accounts, accounts, accounts];
    assert_eq!(asked(&net, &net.curator, &["pool", "yield"]), expected);
}
