//! Ending: between two transactions, soon where nothing is under way, and at once where that is asked for.

use std::{
    fs,
    net::TcpListener,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use sluice_client::{CrankProgress, Landing};
use sluice_tests::net::faults::{Calls, Effect, FaultyNode, Heard, Rule, SEND, Trigger};

use crate::stage::{Stage, journal};

/// What a keeper may take to end where nothing is under way, on a slow machine.
const SOON: Duration = Duration::from_secs(5);

/// Ports that take connections and never answer.
fn silent_nodes(number: usize) -> Vec<(TcpListener, String)> {
    let silent = (0..number).map(|_| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (listener, url)
    });
    silent.collect()
}

fn rule(calls: Calls, trigger: Trigger, heard: Heard) -> Rule {
    Rule {
        calls,
        trigger,
        effect: Effect::Instead(heard),
    }
}

#[test]
fn a_keeper_whose_nodes_hang_ends_soon() {
    let stage = Stage::new();
    let silent = silent_nodes(6);
    let urls: Vec<_> = silent.iter().map(|(_, url)| url.as_str()).collect();
    let never_connected = stage.keeper(&stage.configuration(&urls.join("\", \""), ""));
    // It answers for a while, and then never again.
    let rules = [rule(Calls::Any, Trigger::After(50), Heard::Silence)];
    let node = FaultyNode::before(&stage.url(), &rules, 0);
    let connected = stage.keeper(&stage.configuration(&node.url, ""));
    connected.await_status("/readyz", 200);
    connected.await_log("did not answer in time");
    for keeper in [never_connected, connected] {
        let asked = Instant::now();
        let log = keeper.end("-TERM");
        assert!(asked.elapsed() < SOON, "{:?}: {log}", asked.elapsed());
        assert!(!log.contains("is ending"), "that is no trouble: {log}");
        let said = log.matches("did not answer in time").count();
        assert!(said <= 8, "once for each node and for the whole: {log}");
    }
}

#[test]
fn a_transaction_that_is_under_way_is_waited_for_and_a_second_signal_ends_at_once() {
    let stage = Stage::new();
    let rules = [rule(Calls::Of(SEND), Trigger::Always, Heard::Accepted)];
    let node = FaultyNode::before(&stage.url(), &rules, 0);
    let waiting = |patience: u32| {
        let configuration = stage.configuration(&node.url, &format!("patience = {patience}"));
        let keeper = stage.keeper(&configuration);
        let noted = keeper.eventually("journal", || {
            let noted = fs::read_to_string(journal(&configuration)).ok();
            noted.filter(|noted| !noted.is_empty())
        });
        (keeper, noted)
    };
    stage.next_epoch();
    let (patient, noted) = waiting(300);
    let (hasty, _) = waiting(6);
    patient.signal("-TERM");
    // What may still arrive is waited for, no longer than patience.
    let log = hasty.end("-INT");
    assert!(log.contains("undecided"), "{log}");
    let log = patient.await_log("Another signal ends at once");
    assert!(!log.contains("Ended"), "{log}");
    let asked = Instant::now();
    patient.signal("-TERM");
    let (code, log) = patient.ended("Ended at once: 1 transaction in the journal");
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    assert_eq!(code, Some(5), "{log}");
    let noted: serde_json::Value = serde_json::from_str(noted.trim()).unwrap();
    assert!(log.contains(noted["signature"].as_str().unwrap()), "{log}");
}

#[test]
fn a_journal_that_another_program_keeps_locked_delays_no_end_and_is_told_once() {
    let stage = Stage::new();
    let configuration = stage.configuration(&stage.url(), "");
    let lock = journal(&configuration).with_extension("lock");
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let held = fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    stage.next_epoch();
    let keeper = stage.keeper(&configuration);
    keeper.await_log("another program holds its lock");
    thread::sleep(Duration::from_secs(1));
    let asked = Instant::now();
    let log = keeper.end("-TERM");
    assert!(asked.elapsed() < SOON + Duration::from_secs(2), "{log}");
}

#[test]
fn who_is_told_to_stop_while_a_transaction_is_under_way_sends_no_further_one() {
    let stage = Stage::new();
    stage.next_epoch();
    let stop = AtomicBool::new(false);
    let executor = stage.executor().with_landing(Landing {
        stop: Some(&stop),
        ..Landing::default()
    });
    let crank = || {
        let on_progress = &mut |progress: CrankProgress<'_>| {
            if matches!(progress, CrankProgress::Sent { .. }) {
                stop.store(true, Ordering::Relaxed);
            }
        };
        executor.crank(&stage.addresses, on_progress).unwrap()
    };
    let first = crank();
    assert_eq!(first.signatures.len(), 1);
    assert!(first.failures.is_empty(), "{:?}", first.failures);
    assert_eq!(crank().signatures.len(), 0, "it is still stopped");
    stop.store(false, Ordering::Relaxed);
    assert_eq!(crank().signatures.len(), 1, "more was due");
}
