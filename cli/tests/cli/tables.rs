//! Lookup tables: shown, and closed in two steps.

use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};
use solana_account::Account;
use solana_address_lookup_table_interface::state::{AddressLookupTable, LookupTableMeta};
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_sdk_ids::address_lookup_table;
use solana_signer::Signer;

use crate::net::{CliNet, SOL, User};

/// Rent that a table has here.
const RENT: u64 = SOL / 100;

/// A table that was deactivated in a slot.
fn deactivated(keeper: &Pubkey, addresses: &[Pubkey], slot: u64) -> Account {
    let meta = LookupTableMeta {
        deactivation_slot: slot,
        ..LookupTableMeta::new(*keeper)
    };
    let table = AddressLookupTable {
        meta,
        addresses: addresses.into(),
    };
    Account {
        lamports: RENT,
        data: table.serialize_for_tests().unwrap(),
        owner: address_lookup_table::ID,
        ..Account::default()
    }
}

fn tables(listed: &Value) -> Vec<Value> {
    listed["tables"].as_array().unwrap().clone()
}

#[test]
fn a_keeper_who_leaves_deactivates_the_tables_and_is_told_when_to_come_back() {
    let net = CliNet::with_active_stake();
    let keeper = net.user("keeper", 10 * SOL);
    let none = net.table(&keeper, &["tables", "list"]);
    assert!(
        none.contains("`sluice crank --tables` makes them"),
        "{none}"
    );
    net.json(&keeper, &["crank", "--tables"]);
    let listed = net.json(&keeper, &["tables", "list"]);
    let [table] = &tables(&listed)[..] else {
        panic!("one table: {listed}");
    };
    assert_eq!(text(table, "/state"), "in_use");
    assert_eq!(
        number(table, "/addresses"),
        number(table, "/needed_addresses") + 1,
        "and the pool, which marks it"
    );

    let kept = net.table(&keeper, &["tables", "close"]);
    assert!(
        kept.starts_with("No lookup table is to be closed"),
        "{kept}"
    );
    let foreign = net.failure(&keeper, &["tables", "close", &net.pool]);
    assert!(foreign.contains("is no lookup table of"), "{foreign}");

    let closed = net.json(&keeper, &["tables", "close", "--all"]);
    assert_eq!(closed["deactivated"], json!([table["table"]]));
    let seconds = number(&closed, "/seconds_until_closable");
    assert!((100..=400).contains(&seconds), "513 blocks: {seconds}");
    let again = net.table(&keeper, &["tables", "close"]);
    assert!(
        again.contains("was deactivated before") && again.contains("run this again then"),
        "{again}"
    );
    let listed = net.json(&keeper, &["tables", "list"]);
    assert_eq!(text(&listed, "/tables/0/state"), "deactivating");
    // Cranks make new ones rather than use it.
    net.next_epoch();
    net.json(&keeper, &["crank", "--tables"]);
    let states: Vec<String> = tables(&net.json(&keeper, &["tables", "list"]))
        .iter()
        .map(|table| text(table, "/state"))
        .collect();
    assert!(
        states.contains(&"in_use".to_owned()) && states.len() == 2,
        "{states:?}"
    );
}

#[test]
fn a_table_that_was_deactivated_long_ago_is_closed_and_its_rent_comes_back() {
    let [keeper, mint] = [Keypair::new(), Keypair::new()];
    let pool = PoolAddresses::of_mint(mint.pubkey()).pool;
    let (address, owner) = (Pubkey::new_unique(), keeper.pubkey());
    // In a slot that is passed over below, so that the cluster does not remember it.
    let table = deactivated(&owner, &[pool, Pubkey::new_unique()], 1_000);
    let mut net = CliNet::with_accounts(vec![(address, table)]);
    let file = |keypair: &Keypair, name: &str| {
        let file = net.path(name);
        write_keypair_file(keypair, &file).unwrap();
        file.display().to_string()
    };
    let mint_file = file(&mint, "mint.json");
    let keeper = User {
        address: owner,
        keypair_file: file(&keeper, "keeper.json"),
    };
    net.airdrop(&owner, SOL);
    let create = ["pool", "create", "--no-metadata", "--mint", &mint_file];
    let created = net.json(&net.curator, &create);
    net.pool = text(&created, "/pool");
    assert_eq!(net.pool, pool.to_string());

    let early = net.json(&keeper, &["tables", "close"]);
    assert_eq!(early["waiting"], json!([address.to_string()]));
    net.to_window();
    // The cluster remembers a slot once the next one has begun.
    let jumped = net.rpc.get_slot().unwrap();
    while net.rpc.get_slot().unwrap() < jumped + 2 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let listed = net.json(&keeper, &["tables", "list"]);
    assert_eq!(text(&listed, "/tables/0/state"), "closable");
    let simulated = net.json(&keeper, &["tables", "close", "--send", "simulate"]);
    assert_eq!(text(&simulated, "/send"), "simulate");
    let before = net.lamports(&owner);
    let closed = net.json(&keeper, &["tables", "close"]);
    assert_eq!(closed["closed"], json!([address.to_string()]));
    assert_eq!(number(&closed, "/returned_lamports"), RENT);
    assert_eq!(net.lamports(&owner), before + RENT - 5_000);
    let none = net.json(&keeper, &["tables", "list"]);
    assert_eq!(none["tables"], json!([]));
}

/// Tables that the honest node lists.
fn made(net: &CliNet, keeper: &User) -> usize {
    tables(&net.json(keeper, &["tables", "list"])).len()
}

/// F3. An index that lists nothing made up to 32 tables, and as many again with each start.
#[test]
fn an_index_that_lists_nothing_makes_nobody_pay_for_a_second_table() {
    let net = CliNet::with_active_stake();
    let keeper = net.user("keeper", 10 * SOL);
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getProgramAccounts" {
            answer["result"] = json!([]);
        }
    });
    let crank = ["crank", "--tables"];
    let output = net.run_at(&node.url, &keeper, &crank);
    succeeded(&output, &crank);
    let told = String::from_utf8(output.stderr).unwrap();
    let cost = "New tables: 1. Rent: 0.0";
    let new = "New lookup table: ";
    assert!(told.find(cost) < told.find(new), "first the cost: {told}");
    assert!(told.contains(cost) && told.contains(new), "{told}");
    let before = net.lamports(&keeper.address);
    let output = net.run_at(&node.url, &keeper, &crank);
    succeeded(&output, &crank);
    assert!(!String::from_utf8(output.stderr).unwrap().contains(new));
    assert_eq!(net.lamports(&keeper.address), before);
    assert_eq!(made(&net, &keeper), 1);
}

/// F3. A node that hides what was just made gets no second one.
#[test]
fn a_table_that_the_node_does_not_show_is_the_last_one_that_is_made() {
    let net = CliNet::with_active_stake();
    let keeper = net.user("keeper", 10 * SOL);
    let node = LyingNode::before(&net.url(), |_, answer| {
        let values = answer.pointer_mut("/result/value");
        for value in values.and_then(Value::as_array_mut).into_iter().flatten() {
            if value["owner"] == json!(address_lookup_table::ID.to_string()) {
                *value = Value::Null;
            }
        }
    });
    let crank = ["crank", "--tables"];
    let refused = failed(&net.run_at(&node.url, &keeper, &crank), &crank);
    assert!(
        refused.starts_with("The node does not show the lookup table"),
        "{refused}"
    );
    assert_eq!(made(&net, &keeper), 1);
}
