//! Blockhashes that really expire: 150 blocks pass, and the nodes lost what they took.

use serde_json::Value;
use sluice_tests::{
    command::{number, text},
    net::faults::{Calls::Of, Effect::Instead, FaultyNode, Heard, Rule, SEND, Trigger},
};

use super::stage::in_parallel;
use crate::net::{CliNet, SOL, User, sluice};

/// A node that takes the first transaction and drops every copy of it.
fn forgetful(net: &CliNet) -> FaultyNode {
    let rule = Rule {
        calls: Of(SEND),
        trigger: Trigger::FirstTransaction,
        effect: Instead(Heard::Accepted),
    };
    FaultyNode::before(&net.url(), &[rule], 0)
}

/// What a command prints and its exit code, through so many forgetful nodes.
struct Ended {
    code: Option<i32>,
    printed: Value,
    /// How often transactions were sent to each node.
    sends: Vec<usize>,
}

fn through(net: &CliNet, nodes: usize, user: &User, arguments: &[&str]) -> Ended {
    let nodes: Vec<_> = (0..nodes).map(|_| forgetful(net)).collect();
    let mut command = sluice();
    for node in &nodes {
        command.args(["--url", &node.url]);
    }
    let state = user.path("state");
    let output = command
        .args(["--pool", &net.pool, "--keypair", &user.keypair_file])
        .args(["--output", "json"])
        .args(arguments)
        .env("SLUICE_STATE", state)
        .env("SLUICE_BOOK", user.path("book"))
        .output()
        .unwrap();
    let sends = |node: &FaultyNode| node.traffic().by_method()[SEND];
    Ended {
        code: output.status.code(),
        printed: serde_json::from_slice(&output.stdout).unwrap(),
        sends: nodes.iter().map(sends).collect(),
    }
}

#[test]
fn what_really_expired_is_signed_anew_only_where_it_can_do_no_harm() {
    let net = CliNet::new();
    let users = ["alone", "of-two", "leaving"].map(|name| net.user(name, 100 * SOL));
    let [alone, of_two, leaving] = &users;
    net.json(leaving, &["stake", "10"]);
    let cases = vec![
        (1, alone, ["stake", "10"]),
        (2, of_two, ["stake", "10"]),
        (1, leaving, ["unstake", "5"]),
    ];
    let ended = in_parallel(cases, |(nodes, user, arguments)| {
        through(&net, nodes, user, &arguments)
    });
    let [one, two, unstaked] = <[Ended; 3]>::try_from(ended).ok().unwrap();

    // One node could have made the expiry up: a deposit is not made twice on its word.
    assert_eq!(one.code, Some(4), "{}", one.printed);
    assert_eq!(text(&one.printed, "/error/code"), "not_confirmed");
    assert_eq!(
        one.printed["error"]["signatures"].as_array().unwrap().len(),
        1
    );
    assert_eq!(net.lamports(&alone.address), 100 * SOL);

    // Two nodes prove it.
    assert_eq!(two.code, Some(0), "{}", two.printed);
    assert_eq!(number(&two.printed, "/deposited_lamports"), 10 * SOL);
    assert_eq!(net.tokens(&of_two.address), 10 * SOL);

    // A ticket has its address already: a second request of it could only fail.
    assert_eq!(unstaked.code, Some(0), "{}", unstaked.printed);
    assert_eq!(net.tokens(&leaving.address), 5 * SOL);

    for ended in [&one, &two, &unstaked] {
        for sends in &ended.sends {
            assert!((10..=60).contains(sends), "sent {sends} times");
        }
    }
}
