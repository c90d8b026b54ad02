//! What a command says once it is done: of which pool and whom, and only what the chain did.

use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::{
    command::{number, succeeded, text},
    net::faults::Heard,
};
use solana_rpc_client_api::request::RpcRequest;

use crate::{
    net::{CliNet, SOL, User},
    refused_methods::without,
};

/// What a node answers that keeps no history.
const NO_HISTORY: Heard = Heard::Error(-32_011, "Transaction history is not available");

fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    holder
}

fn json_at(net: &CliNet, url: &str, user: &User, arguments: &[&str]) -> Value {
    let arguments = [&["--output", "json"], arguments].concat();
    let printed = succeeded(&net.run_at(url, user, &arguments), &arguments);
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn amounts_that_no_node_tells_are_null_and_never_those_of_the_simulation() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = without(&net, &["getTransaction"], NO_HISTORY);
    let staked = json_at(&net, &node.url, &holder, &["stake", "10"]);
    for key in [
        "minted_lst",
        "fee_lamports",
        "charge_lamports",
        "redeemable_lamports",
    ] {
        assert_eq!(staked.get(key), Some(&Value::Null), "{key}: {staked}");
    }
    assert_eq!(number(&staked, "/deposited_lamports"), 10 * SOL);
    assert_eq!(
        number(&staked, "/balance_lst"),
        110 * SOL,
        "the chain tells it"
    );
    let exit = ["unstake", "10", "--instant"];
    let paid = json_at(&net, &node.url, &holder, &exit);
    for key in ["paid_lamports", "fee_lamports"] {
        assert_eq!(paid.get(key), Some(&Value::Null), "{key}: {paid}");
    }
    assert_eq!(number(&paid, "/burned_lst"), 10 * SOL);
    assert_eq!(number(&paid, "/balance_lst"), 100 * SOL);
    let output = net.run_at(&node.url, &holder, &exit);
    let table = succeeded(&output, &exit);
    assert!(
        table.contains("Received                 not known yet")
            && table.contains("You hold                 90.000000000 LST"),
        "{table}"
    );
}

#[test]
fn a_request_is_read_from_its_ticket_where_no_node_keeps_history() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = without(&net, &["getTransaction"], NO_HISTORY);
    let requested = json_at(&net, &node.url, &holder, &["unstake", "10"]);
    let ticket = text(&net.json(&holder, &["tickets"]), "/tickets/0/ticket");
    assert_eq!(text(&requested, "/ticket"), ticket);
    assert_eq!(number(&requested, "/lst"), 10 * SOL);
    assert_eq!(text(&requested, "/owner"), holder.address.to_string());
}

#[test]
fn what_cranks_took_is_what_the_chain_says_and_else_not_known() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    net.to_window();
    let node = without(&net, &["getTransaction"], NO_HISTORY);
    let cranked = json_at(&net, &node.url, &holder, &["crank"]);
    assert!(number(&cranked, "/transactions") > 0, "{cranked}");
    assert_eq!(cranked["compute_units"], Value::Null, "{cranked}");
    net.next_epoch();
    let cranked = net.json(&holder, &["crank"]);
    let signatures = cranked["signatures"].as_array().unwrap();
    assert!(!signatures.is_empty(), "{cranked}");
    let units = signatures.iter().map(|signature| {
        let how = json!({"commitment": "confirmed", "maxSupportedTransactionVersion": 0});
        let asked = json!([signature, how]);
        let told: Value = net.rpc.send(RpcRequest::GetTransaction, asked).unwrap();
        told["meta"]["computeUnitsConsumed"].as_u64().unwrap()
    });
    assert_eq!(number(&cranked, "/compute_units"), units.sum::<u64>());
}

#[test]
fn an_outcome_names_pool_and_owner_and_whose_tokens_they_are() {
    let net = CliNet::new();
    let holder = holder(&net);
    let friend = net.user("friend", SOL).address.to_string();
    let pool = format!("{}\n", net.pool);
    let staked = net.table(&holder, &["stake", "10", "--recipient", &friend]);
    assert!(
        staked.contains(&format!("10.000000000 LST, by {friend}\n")),
        "{staked}"
    );
    assert!(!staked.contains("You hold"), "{staked}");
    let own = format!("Owner                    {}\n", holder.address);
    let paid = net.table(&holder, &["unstake", "1", "--instant"]);
    assert!(paid.contains(&own), "{paid}");
    let requested = net.table(&holder, &["unstake", "10"]);
    for table in [&staked, &paid, &requested] {
        assert!(
            table.starts_with("Pool ") && table.contains(&pool),
            "{table}"
        );
    }
    let ticket = text(&net.json(&holder, &["tickets"]), "/tickets/0/ticket");
    let given = net.json(&holder, &["tickets", "transfer", &ticket, &friend]);
    assert_eq!(text(&given, "/pool"), net.pool);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let cancelled = net.table(&holder, &["tickets", "cancel", &ticket]);
    let back = format!(
        "10.000000000 LST are back from the queue of the pool {}: {} holds ",
        net.pool, holder.address
    );
    assert!(cancelled.starts_with(&back), "{cancelled}");
}

#[test]
fn tickets_of_several_pools_are_told_apart_and_a_chosen_pool_is_named() {
    let mut net = CliNet::new();
    let holder = holder(&net);
    let first = net.pool.clone();
    net.json(&holder, &["unstake", "10"]);
    net.create_pool();
    let second = net.pool.clone();
    let none = format!(
        "{} has no tickets in the pool {second}: `sluice unstake` makes one.",
        holder.address
    );
    for command in ["tickets", "claim"] {
        let told = net.table(&holder, &[command]);
        assert_eq!(told.lines().next(), Some(none.as_str()), "{told}");
    }
    net.json(&holder, &["stake", "5"]);
    net.json(&holder, &["unstake", "1"]);
    let chosen = net.table(&holder, &["tickets"]);
    assert!(
        chosen.contains(&format!("in the pool {second}:")),
        "{chosen}"
    );
    assert!(
        !chosen.contains(&first) && !chosen.contains("│ pool"),
        "{chosen}"
    );
    net.pool.clear();
    let all = net.table(&holder, &["tickets"]);
    assert!(all.contains("│ pool"), "{all}");
    assert!(all.contains(&first) && all.contains(&second), "{all}");
    let stranger = net.user("stranger", SOL);
    let told = net.table(&stranger, &["claim"]);
    assert!(told.contains("has no tickets in any pool"), "{told}");
}

#[test]
fn an_owner_whose_tickets_are_all_dust_is_told_that_they_are_left_out() {
    let net = CliNet::with_active_stake();
    let [holder, heir] = [holder(&net), net.user("heir", SOL)];
    let owner = heir.address.to_string();
    net.json(&holder, &["unstake", "0.000001", "--owner", &owner]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.earn();
    let output = net.run(&heir, &["claim"]);
    let told = succeeded(&output, &["claim"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        format!(
            "1 ticket that others made for {owner} would pay less than the fee of a claim: left out.\n"
        )
    );
    assert!(
        told.starts_with("Nothing was claimed: 1 ticket left out."),
        "{told}"
    );
    let claimed = net.json(&heir, &["claim"]);
    assert_eq!(number(&claimed, "/left_out_tickets"), 1);
}

#[test]
fn an_address_of_sluice_that_is_no_ticket_does_not_stop_the_others() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.earn();
    let history = PoolAddresses::of_mint(net.mint.parse().unwrap()).history;
    let output = net.run(&holder, &["claim", &history.to_string(), &ticket]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let error = format!("error: there is no ticket at {history}: ");
    assert!(said.contains(&error), "{said}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains(&ticket) && told.contains("received 10."),
        "{told}"
    );
}
