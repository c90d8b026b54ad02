//! What those read who run a pool.

use sluice_tests::command::text;

use super::Transcript;
use crate::net::{CliNet, SOL};

#[test]
fn a_new_pool_reads_as_approved() {
    let net = CliNet::without_pool();
    let mut transcript = Transcript::on(&net);
    transcript.read(&net.curator, &["pool", "list"]);
    transcript.read(&net.curator, &["pool", "create", "--no-metadata"]);
    transcript.read(&net.curator, &["pool", "list"]);
    transcript.assert_approved("new_pool");
}

#[test]
fn a_named_token_reads_as_approved() {
    let net = CliNet::without_pool();
    let curator = &net.curator;
    let heir = net.user("heir", SOL).address.to_string();
    let mut transcript = Transcript::on(&net);
    let create = [
        ["pool", "create", "--name", "Sluice SOL", "--symbol"].as_slice(),
        &["slSOL", "--uri", "https://example.com/slsol.json"],
    ];
    transcript.read(curator, &create.concat());
    let pool = text(&net.json(curator, &["pool", "list"]), "/pools/0/pool");
    let of_pool = |words: &[&'static str]| [&["--pool", &pool, "pool", "metadata"], words].concat();
    transcript.read(curator, &of_pool(&["show"]));
    let set = of_pool(&["set", "--symbol", "sluSOL"]);
    transcript.read(curator, &[&set[..], &["--send", "dump"]].concat());
    transcript.read(curator, &set);
    transcript.read(curator, &[&of_pool(&["hand-over"])[..], &[&heir]].concat());
    transcript.refused(curator, &of_pool(&["set", "--symbol", "slSOL"]));
    transcript.assert_approved("named_token");
}

#[test]
fn a_pool_reads_as_approved() {
    let net = CliNet::with_validators();
    let curator = &net.curator;
    let mut transcript = Transcript::on(&net);
    transcript.read(curator, &["pool", "show"]);
    transcript.read(curator, &["pool", "history"]);
    transcript.read(curator, &["pool", "yield"]);
    transcript.read(curator, &["calendar"]);
    transcript.read(curator, &["pool", "config", "show"]);
    transcript.read(curator, &["pool", "role", "show"]);
    transcript.read(curator, &["pool", "migrate"]);
    transcript.assert_approved("pool");
}

#[test]
fn changes_of_parameters_read_as_approved() {
    let net = CliNet::new();
    let mut transcript = Transcript::on(&net);
    let mut config = |words: &[&str]| {
        let words = [&["pool", "config"], words].concat();
        transcript.read(&net.curator, &words);
    };
    config(&["schedule", "reward-fee-bps", "700"]);
    config(&["schedule", "reward-fee-bps", "600"]);
    config(&["schedule", "share-cap-bps", "4000"]);
    config(&["schedule", "deposit-cap", "1000"]);
    config(&["show"]);
    config(&["cancel", "share-cap-bps"]);
    transcript.assert_approved("changes");
}

#[test]
fn roles_and_pauses_read_as_approved() {
    let net = CliNet::new();
    let curator = &net.curator;
    let heir = net.user("heir", SOL);
    let name = heir.address.to_string();
    let mut transcript = Transcript::on(&net);
    let mut pool = |user, words: &[&str]| transcript.read(user, &[&["pool"], words].concat());
    pool(curator, &["pause"]);
    pool(curator, &["show"]);
    pool(curator, &["unpause"]);
    pool(curator, &["role", "set-curator", &name]);
    pool(curator, &["role", "set-guardian", "--clear"]);
    pool(curator, &["role", "set-treasury", &name]);
    pool(curator, &["role", "nominate-admin", &name]);
    pool(&heir, &["role", "accept-admin"]);
    transcript.assert_approved("roles_and_pauses");
}

#[test]
fn a_loss_reads_as_approved() {
    let net = CliNet::new().afflicted(|pool| {
        pool.breaker_epoch = 0;
        pool.unrestored_lamports = 3 * SOL;
    });
    let mut transcript = Transcript::on(&net);
    transcript.read(&net.curator, &["pool", "show"]);
    transcript.read(&net.curator, &["pool", "acknowledge-loss"]);
    transcript.assert_approved("loss");
}

#[test]
fn validators_read_as_approved() {
    let net = CliNet::new();
    let curator = &net.curator;
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let mut transcript = Transcript::on(&net);
    let mut validator = |words: &[&str]| {
        transcript.read(curator, &[&["validator"], words].concat());
    };
    validator(&["list"]);
    validator(&["add", &votes[0], &votes[1]]);
    validator(&["list"]);
    validator(&["explain", &votes[0]]);
    validator(&["explain", &votes[4]]);
    validator(&["explain", &net.pool]);
    validator(&["weight", &votes[0], "50"]);
    validator(&["retire", &votes[1]]);
    validator(&["list"]);
    net.next_epoch();
    transcript.read(curator, &["crank"]);
    transcript.read(curator, &["validator", "list"]);
    transcript.assert_approved_but_amounts("validators");
}

#[test]
fn an_ejection_reads_as_approved() {
    let net = CliNet::with_active_stake();
    let vote = net.validators[1];
    net.silence(&vote);
    net.next_epoch();
    net.next_epoch();
    let vote = vote.to_string();
    let mut transcript = Transcript::on(&net);
    transcript.read(&net.curator, &["validator", "eject", &vote]);
    transcript.read(&net.curator, &["validator", "explain", &vote]);
    transcript.assert_approved_but_amounts("ejection");
}

#[test]
fn cranks_read_as_approved() {
    let net = CliNet::with_validators();
    let curator = &net.curator;
    net.json(curator, &["stake", "100"]);
    let mut transcript = Transcript::on(&net);
    transcript.read(curator, &["crank"]);
    net.to_window();
    transcript.read(curator, &["crank", "--send", "simulate"]);
    transcript.read(curator, &["crank"]);
    for _ in 0..2 {
        net.next_epoch();
        transcript.read(curator, &["crank"]);
    }
    transcript.read(curator, &["pool", "history"]);
    transcript.read(curator, &["pool", "yield"]);
    transcript.read(curator, &["validator", "list"]);
    transcript.assert_approved_but_amounts("cranks");
}
