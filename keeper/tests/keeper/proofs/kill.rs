//! A keeper that is killed.

use std::{fs, thread, time::Duration};

use serde_json::Value;
use solana_signer::Signer;

use super::{executed, is_quiet, next_day, number, until};
use crate::stage::{Keeper, Stage};

/// Moments of a transaction: noted and not sent yet, sent, and decided.
const MOMENTS: u64 = 3;

/// Does the work of a day by a keeper that is killed at this moment of its life, and then by one that is
/// not: whether the first one came so far.
fn work(stage: &Stage, configuration: &str, kill_at: u64) -> bool {
    let mut command = stage.command(configuration);
    command.env("SLUICE_KILL_AT", kill_at.to_string());
    let mut keeper = Keeper::start(command);
    until("work done", || keeper.is_gone() || is_quiet(stage));
    // The last moment comes when all is done.
    thread::sleep(Duration::from_millis(300));
    if !keeper.is_gone() {
        keeper.end("-TERM");
        return false;
    }
    let keeper = stage.keeper(configuration);
    until("work done", || is_quiet(stage));
    keeper.end("-TERM");
    true
}

/// As if the keeper had been away for ten minutes.
fn ten_minutes_later(journal: &std::path::Path) -> usize {
    let lines = fs::read_to_string(journal).unwrap();
    let older = lines.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry["signed_at"] = (entry["signed_at"].as_u64().unwrap() - 600).into();
        format!("{entry}\n")
    });
    let older: Vec<String> = older.collect();
    fs::write(journal, older.concat()).unwrap();
    older.len()
}

#[test]
fn a_keeper_that_is_killed_at_any_moment_of_any_transaction_loses_nothing_and_pays_nothing_twice() {
    let validators = number("SLUICE_PROOF_VALIDATORS", 2);
    let stage = Stage::with(Duration::from_secs(100), validators as usize);
    let key = stage.wallet(1);
    let configuration = stage.configuration_of(&key, &stage.url(), "claim = \"all\"");
    let mut costs = Vec::new();
    // In the first days the queue fills, and nobody is killed.
    for day in 0.. {
        next_day(&stage, day);
        stage.to_window();
        let before = executed(&stage, &key.pubkey());
        let kill_at = if day < 3 { u64::MAX } else { day - 2 };
        let was_killed = work(&stage, &configuration, kill_at);
        let epoch = stage.snapshot().cluster.clock.epoch;
        assert_eq!(stage.snapshot().pool.finalized_epoch, epoch, "it is priced");
        costs.push(executed(&stage, &key.pubkey()) - before);
        if day >= 3 && !was_killed {
            break;
        }
    }
    let usual = costs[2];
    println!(
        "killed at {} moments, {usual} transactions in a day of which nobody is killed; with kills {:?}",
        costs.len() - 4,
        &costs[3..]
    );
    assert!(costs[3..].iter().all(|cost| *cost <= usual), "{costs:?}");
    assert_eq!(costs.len() as u64 - 4, usual * MOMENTS, "each moment");

    let journal = stage.state_of(&key).join("pending");
    assert!(
        ten_minutes_later(&journal) > 0,
        "what was noted and never sent"
    );
    // So many that no blockhash of then is recent.
    stage.next_epoch();
    stage.blocks(160);
    let keeper = stage.keeper(&configuration);
    until("empty journal", || fs::read(&journal).unwrap().is_empty());
    keeper.end("-TERM");
}
