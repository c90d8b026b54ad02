//! Rates and limits: what they are, and how they change with notice.

use serde_json::Value;
use sluice_tests::command::{keys, number, succeeded, text};

use crate::{
    net::{CliNet, SOL},
    sending::{sign_and_send, transactions},
};

const SHOW: [&str; 3] = ["pool", "config", "show"];

fn parameter(net: &CliNet, name: &str) -> Value {
    let shown = net.json(&net.curator, &SHOW);
    let parameters = shown["parameters"].as_array().unwrap();
    let named = parameters.iter().find(|one| text(one, "/name") == name);
    named.unwrap().clone()
}

fn value(net: &CliNet, name: &str) -> u64 {
    number(&parameter(net, name), "/value")
}

/// What is said before anything is sent.
fn said(net: &CliNet, arguments: &[&str]) -> String {
    let output = net.run(&net.curator, arguments);
    succeeded(&output, arguments);
    String::from_utf8(output.stderr).unwrap()
}

fn next_epoch(net: &CliNet) {
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
}

#[test]
fn every_parameter_is_shown_with_its_bounds_and_what_costs() {
    let net = CliNet::new();
    let shown = net.json(&net.curator, &SHOW);
    assert_eq!(
        keys(&shown),
        ["epoch", "is_fresh", "parameters", "pool", "shares"]
    );
    let parameters = shown["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 19);
    for parameter in parameters {
        assert_eq!(
            keys(parameter),
            ["costs", "least", "most", "name", "pending", "unit", "value"]
        );
        // No limit is null, and above all values.
        let limit = |key: &str| match &parameter[key] {
            Value::Null => u64::MAX,
            _ => number(parameter, &format!("/{key}")),
        };
        let [least, value, most] = ["least", "value", "most"].map(limit);
        assert!(least <= value && value <= most, "{parameter}");
        assert_eq!(parameter["pending"], Value::Null);
    }
    let fee = parameter(&net, "reward-fee-bps");
    assert_eq!(
        (number(&fee, "/value"), number(&fee, "/most")),
        (500, 1_000)
    );
    assert_eq!(text(&fee, "/costs"), "raised");
    let cap = parameter(&net, "deposit-cap");
    assert_eq!(text(&cap, "/unit"), "lamports");
    assert_eq!(text(&cap, "/costs"), "lowered");
    assert!(cap["value"].is_null() && cap["most"].is_null(), "{cap}");

    let table = net.table(&net.curator, &SHOW);
    let row = |name: &str| table.lines().find(|line| line.contains(name)).unwrap();
    for part in ["500 (5.00%)", "0 to 1000", "a higher value"] {
        assert!(row("reward-fee-bps").contains(part), "{table}");
    }
    assert!(row("deposit-cap").contains("none"), "{table}");
}

#[test]
fn a_costly_change_acts_two_epochs_later_and_any_other_with_the_next() {
    let net = CliNet::new();
    let raise = ["pool", "config", "schedule", "reward-fee-bps", "700"];
    let words = said(&net, &raise);
    for part in [
        "reward-fee-bps is 500 (5.00%) now and will be 700 (7.00%) from epoch 2",
        "This can cost holders",
    ] {
        assert!(words.contains(part), "{words}");
    }
    let cut = ["pool", "config", "schedule", "instant-fee-max-bps", "50"];
    let scheduled = net.json(&net.curator, &cut);
    assert_eq!(number(&scheduled, "/from/epoch"), 1);
    assert_eq!(scheduled["can_cost"], false);
    assert_eq!(number(&scheduled, "/before"), 100);

    let waiting = parameter(&net, "reward-fee-bps");
    assert_eq!(number(&waiting, "/value"), 500);
    assert_eq!(number(&waiting, "/pending/value"), 700);
    assert_eq!(number(&waiting, "/pending/from/epoch"), 2);
    let table = net.table(&net.curator, &SHOW);
    assert!(table.contains("700 (7.00%) from epoch 2"), "{table}");
    let pool = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(number(&pool, "/pending_changes"), 2);

    next_epoch(&net);
    let [fee, instant] = ["reward-fee-bps", "instant-fee-max-bps"];
    assert_eq!((value(&net, fee), value(&net, instant)), (500, 50));
    net.next_epoch();
    // The epoch has come, but nobody has cranked it yet.
    assert_eq!(value(&net, fee), 500);
    let table = net.table(&net.curator, &SHOW);
    assert!(table.contains("as soon as the pool is cranked"), "{table}");
    net.json(&net.curator, &["crank"]);
    assert_eq!(value(&net, fee), 700);
    let pool = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(number(&pool, "/pending_changes"), 0);
    assert_eq!(number(&pool, "/rates/reward_fee_bps"), 700);
}

#[test]
fn a_change_that_waits_can_be_replaced_and_taken_back() {
    let net = CliNet::new();
    let schedule = |fee| ["pool", "config", "schedule", "reward-fee-bps", fee];
    net.json(&net.curator, &schedule("700"));
    let words = said(&net, &schedule("600"));
    assert!(
        words.contains("It will take the place of 700 (7.00%) from epoch 2"),
        "{words}"
    );
    let back = net.failure(&net.curator, &schedule("500"));
    assert_eq!(
        back,
        "reward-fee-bps is 500 (5.00%) already; `sluice pool config cancel reward-fee-bps` takes \
         back the change that waits"
    );
    let same = net.failure(&net.curator, &schedule("600"));
    assert_eq!(
        same,
        "reward-fee-bps will be 600 (6.00%) from epoch 2 already, and announcing it again would \
         only delay it"
    );
    let cancel = ["pool", "config", "cancel", "reward-fee-bps"];
    let cancelled = net.json(&net.curator, &cancel);
    assert_eq!(number(&cancelled, "/cancelled_value"), 600);
    assert_eq!(number(&cancelled, "/value"), 500);
    let none = net.failure(&net.curator, &cancel);
    assert!(
        none.starts_with("no change of reward-fee-bps waits"),
        "{none}"
    );
    next_epoch(&net);
    next_epoch(&net);
    assert_eq!(value(&net, "reward-fee-bps"), 500);
}

/// Values that are refused, and why.
const REFUSALS: [([&str; 2], &str); 6] = [
    (
        ["reward-fee-bps", "1001"],
        "reward-fee-bps can be 0 to 1000 in any pool, not 1001 (10.01%)",
    ),
    (
        ["window-bps", "80%"],
        "window-bps takes basis points, a whole number such as 500 for 5%, not 80%",
    ),
    (
        ["minimum-deposit", "100.000000001"],
        "minimum-deposit can be 0.000000000 SOL to 100.000000000 SOL in any pool, not \
         100.000000001 SOL",
    ),
    (
        ["instant-fee-min-bps", "101"],
        "instant-fee-min-bps may not be above instant-fee-max-bps, as they are or will be \
         (`sluice pool config show`): announce the other one first",
    ),
    (["deposit-cap", "none"], "deposit-cap is none already"),
    (
        ["deposit-cap", "lots"],
        "deposit-cap takes an amount of SOL, not lots: an amount is written like 12 or 12.345",
    ),
];

#[test]
fn what_cannot_be_changed_is_refused_before_anything_is_sent() {
    let net = CliNet::with_validators();
    let stranger = net.user("stranger", SOL);
    let admin = net.curator.absent();
    for ([name, value], sentence) in REFUSALS {
        // A dump is not tried out: what it would be refused for must be found before.
        for how in ["send", "dump"] {
            let schedule = ["pool", "config", "schedule", name, value, "--send", how];
            let user = if how == "send" { &net.curator } else { &admin };
            assert_eq!(net.failure(user, &schedule), sentence);
        }
    }
    for how in ["send", "simulate", "dump"] {
        let schedule = [
            "pool",
            "config",
            "schedule",
            "window-bps",
            "7000",
            "--send",
            how,
        ];
        let refused = net.failure(&stranger, &schedule);
        assert_eq!(
            refused,
            format!(
                "{} is not this pool's admin, which is {}: pass that key with --keypair; where it \
                 signs elsewhere, as a multisig does, pass its address and --send dump",
                stranger.address, net.curator.address
            )
        );
    }
    let unknown = ["pool", "config", "schedule", "reward-fee", "7"];
    let output = net.run(&net.curator, &unknown);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("similar value exists: 'reward-fee-bps'"),
        "{stderr}"
    );
}

#[test]
fn a_share_cap_can_be_announced_anew_and_waits_two_epochs() {
    let net = CliNet::with_validators();
    let cap = ["pool", "config", "schedule", "share-cap-bps", "1000"];
    let words = said(&net, &cap);
    assert!(words.contains("it will wait for two epochs"), "{words}");
    let waiting = parameter(&net, "share-cap-bps");
    assert_eq!(number(&waiting, "/pending/value"), 1_000);
    next_epoch(&net);
    next_epoch(&net);
    let applied = parameter(&net, "share-cap-bps");
    assert_eq!(number(&applied, "/value"), 1_000);
    assert_eq!(applied["pending"], Value::Null);
}

#[test]
fn limits_are_scheduled_in_sol_and_refuse_deposits_once_in_force() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    for (limit, value) in [("minimum-deposit", "2.5"), ("deposit-cap", "10")] {
        net.json(&net.curator, &["pool", "config", "schedule", limit, value]);
    }
    net.json(&holder, &["stake", "2"]);
    next_epoch(&net);
    next_epoch(&net);
    let pool = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(
        number(&pool, "/limits/minimum_deposit_lamports"),
        5 * SOL / 2
    );
    assert_eq!(number(&pool, "/limits/deposit_cap_lamports"), 10 * SOL);
    let table = net.table(&net.curator, &["pool", "show"]);
    assert!(
        table.contains("at least 2.500000000 SOL each, until the pool owns 10.000000000 SOL"),
        "{table}"
    );
    let small = net.failure(&holder, &["stake", "2"]);
    assert!(small.contains("Deposit at least the minimum"), "{small}");
    let large = net.failure(&holder, &["stake", "8"]);
    assert!(
        large.contains("`sluice pool show` names the cap"),
        "{large}"
    );
    net.json(&holder, &["stake", "2.5"]);

    let lift = ["pool", "config", "schedule", "deposit-cap", "none"];
    assert_eq!(number(&net.json(&net.curator, &lift), "/from/epoch"), 3);
    next_epoch(&net);
    net.json(&holder, &["stake", "8"]);
}

#[test]
fn a_change_that_an_absent_admin_signs_elsewhere_is_accepted() {
    let net = CliNet::new();
    let schedule = ["pool", "config", "schedule", "reward-fee-bps", "700"];
    let dump = [&schedule[..], &["--send", "dump"]].concat();
    let admin = net.curator.absent();
    let dumped = net.json(&admin, &dump);
    assert_eq!(parameter(&net, "reward-fee-bps")["pending"], Value::Null);
    let instruction = &transactions(&dumped)[0]["instructions"][0];
    assert_eq!(text(instruction, "/name"), "schedule_change");
    assert_eq!(text(instruction, "/arguments/parameter"), "RewardFeeBps");
    assert_eq!(number(instruction, "/arguments/value"), 700);
    assert_eq!(
        text(instruction, "/accounts/1/address"),
        net.curator.address.to_string()
    );

    sign_and_send(&net, &transactions(&dumped)[0], &[&net.curator.keypair()]);
    let waiting = parameter(&net, "reward-fee-bps");
    assert_eq!(number(&waiting, "/pending/value"), 700);
    assert_eq!(number(&waiting, "/pending/from/epoch"), 2);
}

#[test]
fn a_simulated_change_shows_the_pools_fields_before_and_after() {
    let net = CliNet::new();
    let schedule = ["pool", "config", "schedule", "reward-fee-bps", "700"];
    let simulate = [&schedule[..], &["--send", "simulate"]].concat();
    let admin = net.curator.absent();
    let simulated = net.json(&admin, &simulate);
    let pool = &transactions(&simulated)[0]["changes"][0];
    assert_eq!(text(pool, "/account"), "Pool");
    let fields: Vec<(String, u64, u64)> = pool["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                text(one, "/field"),
                number(one, "/before"),
                number(one, "/after"),
            )
        })
        .collect();
    let of = |field: &str| format!("governance.pending[reward_fee_bps].{field}");
    assert_eq!(fields, [(of("value"), 0, 700), (of("from_epoch"), 0, 2)]);
    let table = net.table(&admin, &simulate);
    let row = table.lines().find(|line| line.contains(&of("value")));
    assert!(row.is_some_and(|row| row.contains("7.00%")), "{table}");
    assert_eq!(parameter(&net, "reward-fee-bps")["pending"], Value::Null);
}
