//! A pool that an older layout of the program has left.

use std::fs;

use serde::Deserialize;
use sluice::state::{VERSION, v0};
use sluice_tests::command::{keys, number, text};
use solana_account::Account;
use solana_account_decoder_client_types::UiAccount;
use solana_pubkey::Pubkey;

use crate::net::{CliNet, SOL};

/// The first account of the frozen pool is the pool, the third its mint.
#[derive(Deserialize)]
struct Frozen {
    accounts: Vec<KeyedAccount>,
}

#[derive(Deserialize)]
struct KeyedAccount {
    pubkey: String,
    account: UiAccount,
}

/// All accounts of the frozen pool: the first is the pool, the third its mint.
pub fn frozen() -> Vec<(Pubkey, Account)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../migrations/fixtures/v0/pool.json"
    );
    let frozen: Frozen = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let accounts = frozen.accounts.iter();
    accounts
        .map(|KeyedAccount { pubkey, account }| {
            (pubkey.parse().unwrap(), account.to_account().unwrap())
        })
        .collect()
}

#[test]
fn anybody_migrates_an_old_pool_with_one_command() {
    let accounts = frozen();
    let (pool, mint) = (accounts[0].0, accounts[2].0);
    let mut net = CliNet::with_accounts(accounts);
    (net.pool, net.mint) = (pool.to_string(), mint.to_string());
    let alice = net.user("alice", 100 * SOL);
    let shown = net.json(&alice, &["pool", "show"]);
    assert_eq!(text(&shown, "/mint"), net.mint);

    let cranked = net.json(&alice, &["crank"]);
    assert!(text(&cranked, "/waiting/0").contains("sluice pool migrate"));
    let refused = net.failure(&alice, &["stake", "1"]);
    assert!(refused.contains("sluice pool migrate"), "{refused}");
    let previewed = net.run(&alice, &["--send", "dump", "pool", "migrate"]);
    assert!(previewed.status.success());

    let migrated = net.json(&alice, &["pool", "migrate"]);
    assert_eq!(
        keys(&migrated),
        [
            "from_version",
            "network_fee_lamports",
            "pool",
            "signatures",
            "version"
        ]
    );
    assert_eq!(number(&migrated, "/from_version"), u64::from(v0::VERSION));
    assert_eq!(number(&migrated, "/version"), u64::from(VERSION));
    assert_eq!(migrated["signatures"].as_array().unwrap().len(), 3);
    assert_eq!(net.rpc.get_account(&pool).unwrap().data[8], VERSION);
    let again = net.table(&alice, &["pool", "migrate"]);
    assert!(again.contains("nothing to do"), "{again}");

    let after = net.json(&alice, &["pool", "show"]);
    for field in ["prices", "holdings", "roles", "rates"] {
        assert_eq!(after[field], shown[field], "{field}");
    }
}
