//! What nodes can and cannot make the binary do by answering what is not so.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::sysvar;
use solana_stake_interface::state::Lockup;

use crate::net::{CliNet, SOL};

const CREATE: [&str; 5] = ["--output", "json", "pool", "create", "--no-metadata"];
/// Bytes of a mint.
const MINT_BYTES: usize = 82;

#[test]
fn rent_that_a_node_invents_is_not_locked_in_a_mint() {
    let net = CliNet::without_pool();
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getMinimumBalanceForRentExemption" {
            answer["result"] = json!(5_000 * SOL);
        }
    });
    let created = succeeded(&net.run_at(&node.url, &net.curator, &CREATE), &CREATE);
    let created: Value = serde_json::from_str(&created).unwrap();
    let rent = Rent::default().minimum_balance(MINT_BYTES);
    assert_eq!(number(&created, "/mint_rent_lamports"), rent);
    let mint = created["mint"].as_str().unwrap().parse().unwrap();
    assert_eq!(net.lamports(&mint), rent);
}

#[test]
fn a_node_that_asks_for_more_than_twice_the_rent_gets_nothing() {
    let net = CliNet::without_pool();
    let before = net.lamports(&net.curator.address);
    for lamports_per_byte in [2 * Rent::default().lamports_per_byte + 1, u64::MAX] {
        let rent = Rent {
            lamports_per_byte,
            ..Rent::default()
        };
        let data = BASE64_STANDARD.encode(bincode::serialize(&rent).unwrap());
        let node = LyingNode::before(&net.url(), move |request, answer| {
            if request["params"][0] == json!([sysvar::rent::ID.to_string()]) {
                answer["result"]["value"][0]["data"][0] = json!(data);
            }
        });
        let refused = failed(&net.run_at(&node.url, &net.curator, &CREATE), &CREATE);
        assert!(
            refused.starts_with("The node asks for more than twice the rent that is known"),
            "{refused}"
        );
    }
    assert_eq!(net.lamports(&net.curator.address), before);
}

#[test]
fn a_stake_deposit_whose_logs_are_cut_off_is_done_and_not_called_one_of_nothing() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let vote = net.validators[0];
    let stake = net.stake_account(&holder, 10 * SOL, Lockup::default(), Some(&vote));
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getTransaction" {
            answer["result"]["meta"]["logMessages"] = json!(["Log truncated"]);
        }
    });
    let deposit = ["stake-account", "deposit", &stake.to_string(), "--yes"];
    let output = net.run_at(&node.url, &holder, &deposit);
    let told = succeeded(&output, &deposit);
    assert!(
        told.starts_with("It was done. What came of it is not known yet: "),
        "{told}"
    );
    let announced = String::from_utf8(output.stderr).unwrap();
    assert!(
        announced.contains("was confirmed, but its logs are cut off"),
        "{announced}"
    );
    assert!(net.tokens(&holder.address) > 0);
}

#[test]
fn what_a_node_without_history_cannot_tell_is_not_told_as_nothing() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "10"]);
    let requested = net.json(&holder, &["unstake", "2"]);
    let ticket: Pubkey = text(&requested, "/ticket").parse().unwrap();
    for _ in 0..2 {
        net.next_epoch();
        net.json(&net.curator, &["crank"]);
    }
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getTransaction" {
            let refusal = json!({"code": -32011, "message": "no transaction history"});
            *answer = json!({"jsonrpc": "2.0", "id": request["id"], "error": refusal});
        }
    });
    let before = net.lamports(&holder.address);
    let told = |command: &[&str]| {
        let json = [&["--output", "json"], command].concat();
        let told = succeeded(&net.run_at(&node.url, &holder, &json), &json);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["network_fee_lamports"], Value::Null, "{told}");
        told
    };
    let withdraw = ["stake-account", "withdraw", "1", "--yes"];
    for command in [&["claim"][..], &withdraw] {
        let told = told(command);
        assert_eq!(told["signatures"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told.as_object().unwrap().len(), 2, "{told}");
    }
    for (command, amount) in [
        (&["stake", "1"][..], "minted_lst"),
        (&["unstake", "1", "--instant"], "paid_lamports"),
    ] {
        let told = told(command);
        assert_eq!(told.get(amount), Some(&Value::Null), "{told}");
        assert!(!text(&told, "/signature").is_empty());
    }
    assert_ne!(net.lamports(&holder.address), before);
    let claimed = net
        .rpc
        .get_account_with_commitment(&ticket, net.rpc.commitment());
    assert_eq!(claimed.unwrap().value, None, "the claim was done");
}

#[test]
fn no_node_can_put_another_pool_in_place_of_the_one_that_was_asked_for() {
    let mut net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let others = net.json(&holder, &["pool", "create", "--no-metadata"]);
    let other: Pubkey = text(&others, "/pool").parse().unwrap();
    let account = net.rpc.get_account(&other).unwrap();
    let forged = json!({
        "lamports": account.lamports,
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "owner": account.owner.to_string(),
        "executable": false,
        "rentEpoch": u64::MAX,
        "space": account.data.len(),
    });
    let before = net.lamports(&holder.address);
    let stake = ["stake", "10"];
    for asked in [net.pool.clone(), net.mint.clone()] {
        let (forged, address) = (forged.clone(), asked.clone());
        let node = LyingNode::before(&net.url(), move |request, answer| {
            if request["params"][0][0] == json!(address) {
                answer["result"]["value"][0] = forged.clone();
            }
        });
        net.pool.clone_from(&asked);
        let refused = failed(&net.run_at(&node.url, &holder, &stake), &stake);
        let expected =
            format!("The node answers with another pool when asked for {asked}: with {other}");
        assert!(refused.starts_with(&expected), "{refused}");
    }
    assert_eq!(net.lamports(&holder.address), before);
}

#[test]
fn no_number_that_a_node_chooses_makes_a_command_panic() {
    let net = CliNet::with_validators();
    let endless = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getRecentPerformanceSamples" {
            let sample = json!({
                "slot": 1, "numSlots": u64::MAX, "numTransactions": 0, "samplePeriodSecs": 60,
            });
            answer["result"] = json!([sample, sample]);
        }
    });
    let show = ["pool", "show"];
    succeeded(&net.run_at(&endless.url, &net.curator, &show), &show);
    let rent = Rent {
        lamports_per_byte: u64::MAX,
        ..Rent::default()
    };
    let data = BASE64_STANDARD.encode(bincode::serialize(&rent).unwrap());
    let dear = LyingNode::before(&net.url(), move |request, answer| {
        let asked = request["params"][0].as_array().into_iter().flatten();
        for (at, _) in asked
            .enumerate()
            .filter(|(_, asked)| **asked == json!(sysvar::rent::ID.to_string()))
        {
            answer["result"]["value"][at]["data"][0] = json!(data);
        }
    });
    let commands: [&[&str]; 4] = [&show, &["validator", "list"], &["crank"], &["stake", "1"]];
    for command in commands {
        let refused = failed(&net.run_at(&dear.url, &net.curator, command), command);
        assert!(
            refused.starts_with("The node asks for more than twice the rent that is known"),
            "{refused}"
        );
    }
}

#[test]
fn a_node_that_says_that_every_ticket_exists_is_not_asked_for_ever() {
    let net = CliNet::new();
    net.json(&net.curator, &["stake", "10"]);
    let taken = net.json(&net.curator, &["unstake", "1"]);
    let ticket: Pubkey = text(&taken, "/ticket").parse().unwrap();
    let account = net.rpc.get_account(&ticket).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] != "getMultipleAccounts" {
            return;
        }
        count.fetch_add(1, Ordering::Relaxed);
        let missing = answer["result"]["value"].as_array_mut();
        for place in missing.into_iter().flatten().filter(|one| one.is_null()) {
            *place = json!({
                "lamports": account.lamports,
                "data": [BASE64_STANDARD.encode(&account.data), "base64"],
                "owner": account.owner.to_string(),
                "executable": false,
                "rentEpoch": u64::MAX,
                "space": account.data.len(),
            });
        }
    });
    let unstake = ["unstake", "1"];
    let refused = failed(&net.run_at(&node.url, &net.curator, &unstake), &unstake);
    assert!(refused.contains("number"), "{refused}");
    assert!(asked.load(Ordering::Relaxed) < 50);
}
