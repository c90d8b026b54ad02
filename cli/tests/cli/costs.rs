//! What commands pay for others: told and asked before it is paid, bounded, and told afterwards.

use std::process::Output;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::{
    command::{failed, number, succeeded},
    net::{
        LyingNode, SplPoolAccounts,
        faults::{Calls, Effect, FaultyNode, Heard, Rule, SEND, Trigger},
    },
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    instruction::{AuthorityType, set_authority, transfer},
};

use crate::net::{CliNet, SOL, User};

/// A cluster whose pool is stale, and somebody with tokens of it and some SOL.
fn stale() -> (CliNet, User) {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.earn();
    net.json(&holder, &["stake", "20"]);
    net.next_epoch();
    (net, holder)
}

fn is_fresh(net: &CliNet) -> bool {
    net.json(&net.curator, &["pool", "show"])["is_fresh"] == json!(true)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// F14. What is done for pools comes after the answer, and not before it.
#[test]
fn what_must_be_asked_pays_for_no_crank_where_nobody_can_answer() {
    let (net, holder) = stale();
    let before = net.lamports(&holder.address);
    let withdraw = ["stake-account", "withdraw", "5"];
    let output = net.run(&holder, &withdraw);
    let refused = failed(&output, &withdraw);
    assert!(refused.ends_with("pass --yes"), "{refused}");
    for words in [
        "is priced for epoch 3: 1 transaction\n",
        "about 0.000005000 SOL of fees, at most",
        "Receives at least",
    ] {
        assert_eq!(
            said(&output).matches(words).count(),
            1,
            "{words}: {output:?}"
        );
    }
    assert_eq!(net.lamports(&holder.address), before);
    assert!(!is_fresh(&net));

    let agreed = [&withdraw[..], &["--yes"]].concat();
    let withdrawn = net.json(&holder, &agreed);
    assert_eq!(number(&withdrawn, "/upkeep_fee_lamports"), 5_000);
    assert!(is_fresh(&net));
}

/// F14. A conversion updates two pools: both are in the one question, and in the outcome.
#[test]
fn a_conversion_says_before_what_both_pools_cost_and_afterwards_what_they_did() {
    let keypair = Keypair::new();
    let net = CliNet::with_spl_pool(&keypair.pubkey(), 100 * SOL);
    net.airdrop(&keypair.pubkey(), 10 * SOL);
    let keypair_file = net.path("converter.json").display().to_string();
    write_keypair_file(&keypair, &keypair_file).unwrap();
    let holder = User {
        address: keypair.pubkey(),
        keypair_file,
    };
    net.next_epoch();
    let other = SplPoolAccounts::pool().to_string();
    let convert = ["convert", "--from-pool", &other, "40"];
    let before = net.lamports(&holder.address);
    let output = net.run(&holder, &convert);
    failed(&output, &convert);
    let told = said(&output);
    for words in [
        format!("{} is priced for epoch 2: 1 transaction\n", net.pool),
        format!("{other} is updated for epoch 2: 2 transactions\n"),
        "about 0.000015000 SOL of fees".to_owned(),
        "You receive about".to_owned(),
    ] {
        assert!(told.contains(&words), "{words}:\n{told}");
    }
    assert_eq!(net.lamports(&holder.address), before);
    let agreed = [&["--output", "json"], &convert[..], &["--yes"]].concat();
    let output = net.run(&holder, &agreed);
    let converted: Value = serde_json::from_str(&succeeded(&output, &agreed)).unwrap();
    assert_eq!(number(&converted, "/upkeep_fee_lamports"), 15_000);
    let upkeep = converted["upkeep_signatures"].as_array().unwrap();
    assert_eq!(upkeep.len(), 3, "{converted}");
    let told = said(&output);
    let cranked = format!("Cranked {}: 1 transaction, fees 0.000005000 SOL.", net.pool);
    let updated = format!("Updated {other}: 2 transactions, fees 0.000010000 SOL.");
    assert!(told.contains(&cranked) && told.contains(&updated), "{told}");
}

/// A node that says this of a sysvar, from some byte on.
fn forging(url: &str, sysvar: &solana_pubkey::Pubkey, at: usize, bytes: &[u8]) -> LyingNode {
    let (name, bytes) = (json!(sysvar.to_string()), bytes.to_vec());
    LyingNode::before(url, move |request, answer| {
        let asked = request["params"][0].as_array().cloned().unwrap_or_default();
        for (index, address) in asked.iter().enumerate() {
            let data = answer.pointer_mut(&format!("/result/value/{index}/data/0"));
            if let Some(data) = data.filter(|_| *address == name) {
                let mut account = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
                account[at..at + bytes.len()].copy_from_slice(&bytes);
                *data = json!(BASE64_STANDARD.encode(account));
            }
        }
    })
}

/// F13. A clock that is one epoch ahead made one deposit pay for twelve rounds of cranks.
#[test]
fn a_node_whose_clock_is_ahead_makes_nobody_pay_for_cranks() {
    const EPOCH_AT: usize = 16;
    const FIRST_NORMAL_EPOCH_AT: usize = 17;
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let forged = forging(
        &net.url(),
        &sysvar::clock::ID,
        EPOCH_AT,
        &2_u64.to_le_bytes(),
    );
    let before = net.lamports(&holder.address);
    let stake = ["stake", "1"];
    let refused = failed(&net.run_at(&forged.url, &holder, &stake), &stake);
    let impossible = "shows a clock that is not of the slot that it names";
    assert!(refused.contains(impossible), "{refused}");
    // Where its schedule says the same, the clock is one that can be.
    let node = forging(
        &forged.url,
        &sysvar::epoch_schedule::ID,
        FIRST_NORMAL_EPOCH_AT,
        &1_u64.to_le_bytes(),
    );
    let refused = failed(&net.run_at(&node.url, &holder, &stake), &stake);
    assert!(
        refused
            .contains("could not be priced for epoch 2, which comes first: cranks change nothing")
            && !refused.contains("sluice crank"),
        "{refused}"
    );
    let cranked = ["--output", "json", "crank"];
    let cranked = succeeded(&net.run_at(&node.url, &holder, &cranked), &cranked);
    let cranked: Value = serde_json::from_str(&cranked).unwrap();
    assert_eq!(cranked["transactions"], json!(0), "{cranked}");
    assert_eq!(net.lamports(&holder.address), before);
}

/// F13. The first cause is the one that is told, and no advice to do what was just tried.
#[test]
fn a_crank_that_fails_on_the_way_is_told_with_its_cause_and_without_a_circle() {
    let (net, holder) = stale();
    let refuses = Rule {
        calls: Calls::Of(SEND),
        trigger: Trigger::Always,
        effect: Effect::Instead(Heard::Error(-32_002, "the fee is too low for this node")),
    };
    let node = FaultyNode::before(&net.url(), &[refuses], 0);
    let stake = ["stake", "1"];
    let refused = failed(&net.run_at(&node.url, &holder, &stake), &stake);
    assert!(
        refused.contains("could not be priced for epoch 3, which comes first: ")
            && refused.contains("the fee is too low for this node")
            && !refused.contains("sluice crank"),
        "{refused}"
    );
    // While rewards are paid, nothing is sent, and what has to be waited for is told.
    const ACTIVE_AT: usize = 80;
    let node = forging(&net.url(), &sysvar::epoch_rewards::ID, ACTIVE_AT, &[1]);
    let output = net.run_at(&node.url, &holder, &stake);
    let refused = failed(&output, &stake);
    assert!(
        refused.starts_with("The cluster is still paying the last epoch's rewards"),
        "{refused}"
    );
    assert!(!is_fresh(&net));
}

/// F17. A stranger's smallest unit, or a treasury's account in other hands, costs no keeper anything.
#[test]
fn trifles_and_a_treasury_in_other_hands_make_no_keeper_pay_or_fail() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "20"]);
    let pool = PoolAddresses::of_mint(net.mint.parse().unwrap());
    let tokens = get_associated_token_address(&holder.address, &pool.mint);
    let gift = transfer(&TOKEN_PROGRAM, &tokens, &pool.fees, &holder.address, &[], 1).unwrap();
    net.send(&[gift], &[&holder.keypair()]);
    let cranked = net.json(&holder, &["crank"]);
    assert_eq!(cranked["transactions"], json!(0), "{cranked}");
    let waits = cranked["waiting"].to_string();
    assert!(
        waits.contains("it is worth less than 0.001000000 SOL"),
        "{waits}"
    );

    let treasury = net.curator.keypair();
    let account = get_associated_token_address(&treasury.pubkey(), &pool.mint);
    let stranger = Some(&holder.address);
    let handed = AuthorityType::AccountOwner;
    let owner = treasury.pubkey();
    let handed = set_authority(&TOKEN_PROGRAM, &account, stranger, handed, &owner, &[]).unwrap();
    net.send(&[handed], &[&treasury]);
    net.next_epoch();
    let cranked = net.json(&holder, &["crank"]);
    assert_eq!(cranked["failures"], json!([]), "{cranked}");
    let waits = cranked["waiting"].to_string();
    assert!(waits.contains("cannot receive it"), "{waits}");
}

/// F14. What was agreed to holds at the prices that come of it, or it is told again.
#[test]
fn a_price_that_brings_less_than_was_told_is_told_again_and_no_other() {
    let (net, holder) = stale();
    for (slippage_bps, told) in [("100", 1), ("0", 2)] {
        let stake = ["stake", "1", "--slippage-bps", slippage_bps];
        let output = net.run(&holder, &stake);
        succeeded(&output, &stake);
        let said = said(&output);
        assert_eq!(said.matches("Receives at least").count(), told, "{said}");
        assert_eq!(said.matches("Its cost").count(), 1, "{said}");
        net.next_epoch();
    }
}

#[test]
fn a_pool_takes_nothing_of_who_cannot_pay_all_of_it() {
    let net = CliNet::without_pool();
    let poor = net.user("poor", SOL / 20);
    let create = ["pool", "create", "--no-metadata"];
    let output = net.run(&poor, &create);
    let refused = failed(&output, &create);
    assert_eq!(net.lamports(&poor.address), SOL / 20);
    let address = poor.address.to_string();
    for part in [
        "this takes 0.",
        &address,
        "has 0.050000000 SOL",
        "are lacking",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let lacking = |output: &Output| {
        let said = said(output);
        let (before, _) = said.split_once(" SOL are lacking").unwrap();
        let lacking = before.rsplit(' ').next().unwrap();
        lacking.replace("0.", "").parse::<u64>().unwrap()
    };
    net.airdrop(&poor.address, lacking(&output));
    succeeded(&net.run(&poor, &create), &create);
}

#[test]
fn the_rent_of_new_validators_is_told_before_it_is_paid_to_the_lamport() {
    let net = CliNet::new();
    let [first, second] = [0, 1].map(|index: usize| net.validators[index].to_string());
    for (vote, rent) in [(first, "0.076838400 SOL"), (second, "0.006291840 SOL")] {
        let add = ["validator", "add", &vote];
        let before = net.lamports(&net.curator.address);
        let output = net.run(&net.curator, &add);
        let printed = succeeded(&output, &add);
        assert!(said(&output).contains(rent), "{}", said(&output));
        assert!(printed.contains(rent), "{printed}");
        let paid = before - net.lamports(&net.curator.address);
        let fee = 5_000..=200_000;
        let told: u64 = rent[2..11].parse().unwrap();
        assert!(fee.contains(&(paid - told)), "{paid}");
    }
}

#[test]
fn an_instant_exit_that_is_too_large_says_how_much_can_leave() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "500"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    let all = ["unstake", "all", "--instant"];
    let refused = failed(&net.run(&holder, &all), &all);
    assert!(refused.contains("can leave at once now"), "{refused}");
    let (_, most) = refused.split_once("at most ").unwrap();
    let most = most.split(' ').next().unwrap().to_owned();
    let exit = ["unstake", &most, "--instant"];
    succeeded(&net.run(&holder, &exit), &exit);
}
