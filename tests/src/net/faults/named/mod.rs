//! The faults that are tried one by one.

mod few;
mod lies;
mod pairs;
mod refusals;

use std::time::Duration;

use super::{
    Scenario,
    rule::{
        Calls::{self, Of},
        Change::{self, More, Set},
        Effect::{Afterwards, Changed, Instead, Late},
        Heard, Rule, SEND, Trigger,
    },
};

const ACCOUNTS: Calls = Of("getMultipleAccounts");
const BLOCKHASH: Calls = Of("getLatestBlockhash");
const EPOCH: Calls = Of("getEpochInfo");
const HEIGHT: Calls = Of("getBlockHeight");
const STATUSES: Calls = Of("getSignatureStatuses");
const SENT: Calls = Of(SEND);

const NO_METHOD: Heard = Heard::Error(-32601, "Method not found");
const NULL_STATUS: Change = Set("/result/value", "[null]");

/// All of them.
pub fn named() -> Vec<Scenario> {
    [
        refusals::refusing(),
        refusals::breaking_off(),
        refusals::sending(),
        refusals::silent(),
        lies::lying(),
        lies::behind(),
        few::poor(),
        pairs::pairs(),
    ]
    .concat()
}

fn instead(calls: Calls, trigger: Trigger, heard: Heard) -> Rule {
    let effect = Instead(heard);
    Rule {
        calls,
        trigger,
        effect,
    }
}

fn afterwards(calls: Calls, trigger: Trigger, heard: Heard) -> Rule {
    let effect = Afterwards(heard);
    Rule {
        calls,
        trigger,
        effect,
    }
}

fn changed(calls: Calls, trigger: Trigger, change: Change) -> Rule {
    let effect = Changed(change);
    Rule {
        calls,
        trigger,
        effect,
    }
}

fn late(calls: Calls, trigger: Trigger, milliseconds: u64) -> Rule {
    let effect = Late(Duration::from_millis(milliseconds));
    Rule {
        calls,
        trigger,
        effect,
    }
}

/// Blocks that have not been made: all expires that was sent.
fn too_high(trigger: Trigger) -> Vec<Rule> {
    vec![
        changed(HEIGHT, trigger, More("/result", 1_000)),
        changed(EPOCH, trigger, More("/result/blockHeight", 1_000)),
        changed(EPOCH, trigger, More("/result/absoluteSlot", 1_000)),
    ]
}

fn scenario(name: &str, survivable: bool, nodes: Vec<Vec<Rule>>) -> Scenario {
    Scenario {
        name: name.to_owned(),
        nodes,
        seed: 0,
        survivable,
    }
}

/// A command must succeed under these rules of its only node.
fn survived(name: &str, rules: impl Into<Vec<Rule>>) -> Scenario {
    scenario(name, true, vec![rules.into()])
}

/// A command may end without success under these rules of its only node, if it says what is so.
fn told(name: &str, rules: impl Into<Vec<Rule>>) -> Scenario {
    scenario(name, false, vec![rules.into()])
}
