//! A cluster from the command line.

use std::{
    io::Read,
    process::{Child, Command},
};

use sluice_tests::command::{failed, number, text};

use crate::{running::Running, sluice, sluice_localnet};

const SOL: u64 = 1_000_000_000;

#[test]
fn a_localnet_comes_with_the_program_a_wallet_and_validators_and_jumps_on_demand() {
    let mut localnet = Running::start();
    assert_eq!(localnet.started["validators"].as_array().unwrap().len(), 2);
    assert_eq!(
        number(&localnet.started, "/validators/1/commission_bps"),
        1_000
    );

    let ahead = localnet.json(sluice_localnet(), &["advance", "--percent", "80"]);
    let slots = number(&ahead, "/slots_in_epoch");
    assert!(number(&ahead, "/slot_index") >= (slots * 80).div_ceil(100));
    assert_eq!(number(&ahead, "/epoch"), 0);
    let next = localnet.json(sluice_localnet(), &["advance"]);
    assert_eq!(number(&next, "/epoch"), 1);

    let owner = text(&localnet.started, "/owner");
    let airdropped = localnet.json(sluice_localnet(), &["airdrop", "2.5"]);
    assert_eq!(text(&airdropped, "/to"), owner);
    assert_eq!(number(&airdropped, "/lamports"), 5 * SOL / 2);
    assert_eq!(
        number(&airdropped, "/balance_lamports"),
        number(&localnet.started, "/owner_lamports") + 5 * SOL / 2
    );

    refuses_an_airdrop_below_rent(&localnet);

    let create = [
        "pool",
        "create",
        "--name",
        "Local SOL",
        "--symbol",
        "lSOL",
        "--uri",
        "",
    ];
    let pool = text(&localnet.json(sluice(), &create), "/pool");
    let shown = localnet.json(sluice(), &["--pool", &pool, "pool", "show"]);
    assert_eq!(text(&shown, "/token_name"), "Local SOL");
    let staked = localnet.json(sluice(), &["--pool", &pool, "stake", "7"]);
    assert_eq!(number(&staked, "/minted_lst"), 7 * SOL);

    interrupt(&localnet.process);
    assert!(localnet.process.wait().unwrap().success());
    let wallet_is_gone = !std::path::Path::new(&text(&localnet.started, "/config_file")).exists();
    assert!(wallet_is_gone);
    let mut rest = String::new();
    localnet
        .process
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "");
}

fn refuses_an_airdrop_below_rent(localnet: &Running) {
    let too_little = [
        "airdrop",
        "0.0000001",
        "SysvarC1ock11111111111111111111111111111112",
    ];
    let config = text(&localnet.started, "/config_file");
    let refused = sluice_localnet()
        .args(["--config", &config])
        .args(too_little)
        .output();
    let refused = failed(&refused.unwrap(), &too_little);
    assert!(
        refused.contains("a new account needs at least 890880 lamports")
            && !refused.contains("rate limit"),
        "{refused}"
    );
}

/// Ctrl-c.
fn interrupt(process: &Child) {
    let killed = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
}

#[test]
fn a_missing_program_and_a_taken_port_are_said_plainly() {
    let arguments = ["start", "--port", "0", "--program", "/nonexistent.so"];
    let output = sluice_localnet().args(arguments).output().unwrap();
    assert_eq!(
        failed(&output, &arguments),
        "there is no compiled program at /nonexistent.so: build it with `cargo xtask build`"
    );
    let localnet = Running::start();
    let url = text(&localnet.started, "/rpc_url");
    let port = url.rsplit(':').next().unwrap();
    let arguments = ["start", "--port", port];
    let output = sluice_localnet().args(arguments).output().unwrap();
    let taken = failed(&output, &arguments);
    assert!(
        taken.ends_with("choose another port with --port"),
        "{taken}"
    );
}
