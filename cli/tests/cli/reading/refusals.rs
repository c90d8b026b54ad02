//! The sentences with which commands refuse.

use solana_pubkey::Pubkey;

use super::{Transcript, assert_approved};
use crate::net::{CliNet, SOL, sluice};

/// Runs commands that must fail without any cluster.
fn without_cluster(commands: &[&[&str]]) -> String {
    let run = |arguments: &&[&str]| {
        let output = sluice().args(*arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        format!("$ sluice {}\n{stderr}\n", arguments.join(" "))
    };
    commands.iter().map(run).collect()
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused_as_approved() {
    let text = without_cluster(&[
        &["stake"],
        &["stake", "1.0000000001"],
        &["stake", "1e3"],
        &["stake", "99999999999"],
        &["unstake", "everything"],
        &["stake", "1", "--slippage-bps", "10001"],
        &["tickets", "cancel", "mine"],
        &["crank", "--every", "5"],
        &["claim", "--send", "maybe"],
        &["stake-account", "deposit"],
        &["convert", "5"],
        &["pool", "create", "--name", "Sluice SOL"],
        &["pool", "create", "--symbol", "slSOL", "--no-metadata"],
        &["pool", "metadata", "set"],
        &["pool", "create", "--reward-fee-bps", "5%"],
        &["pool", "create", "--deposit-cap", "lots"],
        &["pool", "config", "schedule", "fee", "1"],
        &["pool", "role", "set-curator"],
        &["validator", "add"],
    ]);
    assert_approved("refusals_of_command_lines", &text);
}

#[test]
fn what_is_not_configured_or_readable_is_refused_as_approved() {
    let net = CliNet::without_pool();
    let curator = &net.curator;
    let (url, keypair) = (net.url(), curator.keypair_file.as_str());
    let garbage = net.path("garbage.json");
    std::fs::write(&garbage, "none").unwrap();
    let garbage = garbage.display().to_string();
    let somebody = curator.address.to_string();
    let text = without_cluster(&[
        &["pool", "list"],
        &["--config", "/nonexistent.yml", "pool", "list"],
        &["--url", "http://127.0.0.1:9", "pool", "list"],
        &["--url", &url, "stake", "1"],
        &["--url", &url, "pool", "show"],
        &["--url", &url, "--keypair", "/nonexistent.json", "claim"],
        &["--url", &url, "--keypair", &garbage, "claim"],
        &["--url", &url, "--keypair", keypair, "stake", "1"],
        &["--url", &url, "--pool", &somebody, "pool", "show"],
    ]);
    assert_approved("refusals_of_configurations", &text);

    let mut transcript = Transcript::on(&net);
    transcript.refused(curator, &["pool", "create"]);
    transcript.refused(curator, &["pool", "create", "--mint", "nothing"]);
    transcript.refused(curator, &["pool", "create", "--send", "dump"]);
    let mut nameless = |user, words: &[&str]| {
        let create = ["pool", "create", "--no-metadata"];
        transcript.refused(user, &[&create, words].concat());
    };
    nameless(curator, &["--reward-fee-bps", "1001"]);
    nameless(&curator.absent(), &[]);
    let mut named = |name: &str, symbol: &str, uri: &str| {
        let create = [
            "pool", "create", "--name", name, "--symbol", symbol, "--uri", uri,
        ];
        transcript.refused(curator, &create);
    };
    named(&"n".repeat(33), "s", "");
    named("n", "eleven bytes", "");
    named("n", "s", &"u".repeat(201));
    named("", "s", "");
    named("n", "s\u{7f}", "");
    transcript.assert_approved("refusals_of_creations");
}

#[test]
fn what_holders_cannot_do_is_refused_as_approved() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let stranger = Pubkey::from([7; 32]).to_string();
    let mut transcript = Transcript::on(&net);
    let mut refused = |words: &[&str]| transcript.refused(&holder, words);
    refused(&["unstake", "1"]);
    refused(&["stake", "1000000"]);
    refused(&["stake", "0"]);
    refused(&["tickets", "cancel", &stranger]);
    refused(&["stake-account", "deposit", "--all"]);
    refused(&["stake-account", "deposit", &net.pool, "--yes"]);
    refused(&["stake-account", "withdraw", "1", "--yes"]);
    refused(&["convert", "--from-pool", &stranger, "1", "--yes"]);
    refused(&["convert", "--from-pool", &net.pool, "1", "--yes"]);
    refused(&["crank", "--watch", "--send", "simulate"]);
    net.json(&holder, &["stake", "1"]);
    refused(&["unstake", "2"]);
    net.earn();
    net.next_epoch();
    refused(&["stake", "1", "--no-crank"]);
    refused(&["stake", "1", "--send", "simulate"]);
    net.json(&net.curator, &["crank"]);
    refused(&["stake-account", "withdraw", "1"]);
    let vote = net.validators[0].to_string();
    let withdraw = ["stake-account", "withdraw", "1", "--yes", "--validator"];
    refused(&[&withdraw[..], &[&net.pool]].concat());
    let least = ["stake-account", "withdraw", "0.5", "--yes", "--validator"];
    refused(&[&least[..], &[&vote]].concat());
    transcript.assert_approved_but_amounts("refusals_of_holders");
}

#[test]
fn what_operators_cannot_do_is_refused_as_approved() {
    let net = CliNet::with_validators();
    let curator = &net.curator;
    let stranger = net.user("stranger", SOL);
    let [listed, other] = [0, 4].map(|index: usize| net.validators[index].to_string());
    let nobody = Pubkey::default().to_string();
    let own = curator.address.to_string();
    let mut transcript = Transcript::on(&net);
    let mut stranger_refused = |words: &[&str]| transcript.refused(&stranger, words);
    stranger_refused(&["validator", "add", &other]);
    stranger_refused(&["pool", "pause"]);
    stranger_refused(&["pool", "unpause"]);
    stranger_refused(&["pool", "acknowledge-loss"]);
    stranger_refused(&["pool", "role", "accept-admin"]);
    stranger_refused(&["pool", "config", "schedule", "reward-fee-bps", "400"]);
    let mut refused = |words: &[&str]| transcript.refused(curator, words);
    refused(&["validator", "add", &listed]);
    refused(&["validator", "add", &net.mint]);
    refused(&["validator", "weight", &other, "5"]);
    refused(&["validator", "close", &listed]);
    refused(&["validator", "eject", &listed]);
    refused(&["pool", "unpause"]);
    refused(&["pool", "acknowledge-loss"]);
    refused(&["pool", "role", "set-curator", &own]);
    refused(&["pool", "role", "set-treasury", &nobody]);
    refused(&["pool", "config", "schedule", "reward-fee-bps", "1001"]);
    refused(&["pool", "config", "schedule", "reward-fee-bps", "500"]);
    refused(&["pool", "config", "schedule", "instant-fee-min-bps", "200"]);
    refused(&["pool", "config", "cancel", "reward-fee-bps"]);
    let schedule = ["pool", "config", "schedule", "reward-fee-bps", "600"];
    net.json(curator, &schedule);
    refused(&schedule);
    refused(&["pool", "config", "schedule", "reward-fee-bps", "500"]);
    net.json(curator, &["pool", "pause"]);
    refused(&["pool", "pause"]);
    let heir = stranger.address.to_string();
    net.json(curator, &["pool", "role", "nominate-admin", &heir]);
    refused(&["pool", "role", "accept-admin"]);
    transcript.assert_approved("refusals_of_operators");
}
