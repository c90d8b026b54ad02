//! Nodes with faults do exactly what their rules say.

use std::time::Duration;

use sluice_localnet::LocalnetConfig;
use sluice_tests::net::{
    Net, SOL,
    faults::{
        Calls::{self, Any, Of},
        Change, Effect, FaultyNode, Heard, Rule, SEND, Trigger, mix, named,
    },
};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcAccountInfoConfig;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;

const SLOT: Calls = Of("getSlot");
const AIRDROP: Calls = Of("requestAirdrop");
const TIMEOUT: Duration = Duration::from_secs(2);

fn net() -> Net {
    Net::start(LocalnetConfig::default())
}

fn node(net: &Net, calls: Calls, trigger: Trigger, effect: Effect) -> (FaultyNode, RpcClient) {
    let rule = Rule {
        calls,
        trigger,
        effect,
    };
    let node = FaultyNode::before(&net.url(), &[rule], 7);
    let rpc = RpcClient::new_with_timeout(node.url.clone(), TIMEOUT);
    (node, rpc)
}

/// Which of the first calls for the slot fail.
fn failures(rpc: &RpcClient, calls: usize) -> Vec<bool> {
    (0..calls).map(|_| rpc.get_slot().is_err()).collect()
}

#[test]
fn a_rule_hits_the_calls_of_its_trigger() {
    let net = net();
    let fails = |trigger| {
        let (_node, rpc) = node(
            &net,
            SLOT,
            trigger,
            Effect::Instead(Heard::Status(503, None)),
        );
        failures(&rpc, 6)
    };
    for (trigger, expected) in [
        (Trigger::Always, [true; 6]),
        (Trigger::First(2), [true, true, false, false, false, false]),
        (Trigger::After(4), [false, false, false, false, true, true]),
        (Trigger::Every(3), [false, false, true, false, false, true]),
        (Trigger::Once(SEND), [false; 6]),
    ] {
        assert_eq!(fails(trigger), expected, "{trigger}");
    }
    let chance = Trigger::Chance(50);
    assert_eq!(fails(chance), fails(chance), "the seed decides");
    let effect = Effect::Instead(Heard::Reset);
    let (_node, rpc) = node(&net, SLOT, Trigger::Once("getBlockHeight"), effect);
    assert_eq!(failures(&rpc, 1), [false]);
    rpc.get_block_height().unwrap();
    assert_eq!(failures(&rpc, 2), [true, true]);
}

#[test]
fn what_is_passed_on_is_done_and_what_is_not_is_not() {
    let net = net();
    for heard in [
        Heard::Status(502, None),
        Heard::Error(-32603, "Internal error"),
        Heard::Reset,
        Heard::Silence,
        Heard::Half,
    ] {
        for (effect, lamports) in [
            (Effect::Instead(heard), 0),
            (Effect::Afterwards(heard), SOL),
        ] {
            let to = Pubkey::new_unique();
            let (node, rpc) = node(&net, AIRDROP, Trigger::Always, effect.clone());
            rpc.request_airdrop(&to, SOL).unwrap_err();
            assert_eq!(net.lamports(&to), lamports, "{effect}");
            assert!(node.traffic().has("requestAirdrop"));
        }
    }
}

#[test]
fn a_limit_without_patience_is_retried_by_the_clients_library_after_its_time() {
    let net = net();
    let effect = Effect::Instead(Heard::Status(429, Some(1)));
    let (node, rpc) = node(&net, SLOT, Trigger::First(1), effect);
    rpc.get_slot().unwrap();
    let traffic = node.traffic();
    assert_eq!(traffic.count(), 2);
    assert_eq!(traffic.by_method()["getSlot"], 2);
    assert_eq!(traffic.most_within(Duration::from_secs(10)), 2);
    assert_eq!(traffic.most_within(Duration::from_millis(900)), 1);
}

#[test]
fn what_is_called_accepted_has_its_signature_and_never_arrives() {
    let net = net();
    let effect = Effect::Instead(Heard::Accepted);
    let (_node, rpc) = node(&net, Of(SEND), Trigger::Always, effect);
    let (payer, to) = (net.wallet(1), Pubkey::new_unique());
    let instruction = transfer(&payer.pubkey(), &to, SOL / 2);
    let blockhash = rpc.get_latest_blockhash().unwrap();
    let transaction = Transaction::new_signed_with_payer(
        &[instruction],
        Some(&payer.pubkey()),
        &[&payer],
        blockhash,
    );
    let signature = rpc.send_transaction(&transaction).unwrap();
    assert_eq!(signature, transaction.signatures[0]);
    assert_eq!(net.lamports(&to), 0);
}

#[test]
fn numbers_and_values_are_changed_where_the_answer_has_them() {
    let net = net();
    let change = |calls, change| node(&net, calls, Trigger::Always, Effect::Changed(change));
    let (_node, rpc) = change(SLOT, Change::More("/result", 1_000));
    assert!(rpc.get_slot().unwrap() >= net.rpc.get_slot().unwrap() + 990);
    let (_node, rpc) = change(Any, Change::Set("/result/context/slot", "1"));
    let balance = rpc.get_balance_with_commitment(&Pubkey::new_unique(), rpc.commitment());
    assert_eq!(balance.unwrap().context.slot, 1);
    let (_node, rpc) = change(SLOT, Change::First);
    let first = rpc.get_slot().unwrap();
    net.next_epoch();
    assert_eq!(rpc.get_slot().unwrap(), first);
}

#[test]
fn a_node_that_is_behind_knows_what_it_knew_and_refuses_what_it_cannot_know() {
    let net = net();
    net.to_epoch_part(2_000);
    let lag = Effect::Changed(Change::Lag(10));
    let (_node, rpc) = node(&net, Any, Trigger::Always, lag);
    let honest = net.rpc.get_slot().unwrap();
    assert!((honest - 10..honest).contains(&rpc.get_slot().unwrap()));
    let to = Pubkey::new_unique();
    assert_eq!(rpc.get_balance(&to).unwrap(), 0);
    let airdrop = net.rpc.request_airdrop(&to, SOL).unwrap();
    assert_eq!(rpc.get_balance(&to).unwrap(), 0, "it is of ten slots ago");
    let statuses = rpc.get_signature_statuses(&[airdrop]).unwrap().value;
    assert_eq!(statuses, [None]);
    let config = RpcAccountInfoConfig {
        min_context_slot: Some(net.rpc.get_slot().unwrap()),
        ..RpcAccountInfoConfig::default()
    };
    let refused = rpc.get_ui_account_with_config(&to, config).unwrap_err();
    assert!(refused.to_string().contains("-32016"), "{refused}");
    net.to_epoch_part(8_000);
    assert_eq!(
        rpc.get_signature_statuses(&[airdrop]).unwrap().value.len(),
        1
    );
    assert!(rpc.get_signature_statuses(&[airdrop]).unwrap().value[0].is_some());
}

#[test]
fn late_answers_are_late_and_honest() {
    let net = net();
    let late = Effect::Late(Duration::from_secs(1));
    let (_node, rpc) = node(&net, SLOT, Trigger::Always, late);
    let before = net.rpc.get_slot().unwrap();
    let started = std::time::Instant::now();
    assert!(rpc.get_slot().unwrap() >= before);
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_mix_is_the_same_for_the_same_seed_and_no_two_faults_have_one_name() {
    let mixes: Vec<String> = (0..200).map(|seed| format!("{:?}", mix(seed))).collect();
    let again: Vec<String> = (0..200).map(|seed| format!("{:?}", mix(seed))).collect();
    assert_eq!(mixes, again);
    let mut names: Vec<String> = named().into_iter().map(|one| one.name).collect();
    let number = names.len();
    assert!(number >= 40, "{number}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), number);
}
