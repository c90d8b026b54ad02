//! Lookup tables: shown, and closed in two steps.

use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::command::{number, text};
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
