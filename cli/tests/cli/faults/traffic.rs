//! How often commands ask a node, on a large pool.

use std::{
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

use sluice_tests::net::faults::{FaultyNode, Traffic};

use crate::net::{CliNet, SOL, User, sluice};

const VALIDATORS: usize = 300;
/// How long a crank is watched.
const WATCHED: Duration = Duration::from_secs(60);
const SPAN: Duration = Duration::from_secs(10);

#[test]
#[ignore = "`cargo xtask faults` runs it: a pool of 300 validators"]
fn calls_of_commands_on_a_pool_of_300_validators() {
    let net = large_pool();
    let holder = net.user("holder", 100 * SOL);
    println!("| command | calls | most in 10 s | by method |\n| --- | --- | --- | --- |");
    print("stake", &traffic(&net, &holder, &["stake", "10"]));
    print("unstake", &traffic(&net, &holder, &["unstake", "5"]));
    net.to_window();
    net.json(&net.curator, &["crank"]);
    print(
        "crank, nothing due",
        &traffic(&net, &net.curator, &["crank"]),
    );
    print("crank --watch, nothing due, 60 s", &watched(&net));
    net.next_epoch();
    print(
        "crank, a new epoch",
        &traffic(&net, &net.curator, &["crank"]),
    );
    print("claim", &traffic(&net, &holder, &["claim"]));
}

/// A pool whose validators all have active stake.
fn large_pool() -> CliNet {
    let net = CliNet::with_commissions(&[500; VALIDATORS]);
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let votes = votes.iter().map(String::as_str);
    let add: Vec<&str> = ["validator", "add"].into_iter().chain(votes).collect();
    net.json(&net.curator, &add);
    net.json(&net.curator, &["stake", "5000"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    net
}

/// What a command asks of an honest node; it must succeed.
fn traffic(net: &CliNet, user: &User, arguments: &[&str]) -> Traffic {
    let node = FaultyNode::before(&net.url(), &[], 0);
    let output = net.run_at(&node.url, user, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    node.traffic()
}

/// What a crank asks that watches and finds nothing to do.
fn watched(net: &CliNet) -> Traffic {
    let node = FaultyNode::before(&net.url(), &[], 0);
    let mut child: Child = sluice()
        .args(["--url", &node.url, "--pool", &net.pool])
        .args(["--keypair", &net.curator.keypair_file])
        .env("HOME", net.path("home"))
        .args(["crank", "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sleep(WATCHED);
    child.kill().unwrap();
    child.wait().unwrap();
    node.traffic()
}

fn print(what: &str, traffic: &Traffic) {
    let by_method: Vec<String> = traffic
        .by_method()
        .into_iter()
        .map(|(method, calls)| format!("{method} {calls}"))
        .collect();
    let (calls, most) = (traffic.count(), traffic.most_within(SPAN));
    println!("| {what} | {calls} | {most} | {} |", by_method.join(", "));
}
