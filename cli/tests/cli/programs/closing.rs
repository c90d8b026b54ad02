//! A program is not taken away from pools that only it can move.

use std::fs;

use serde_json::Value;
use sluice_client::{Deployed, PoolAddresses};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{
    cluster::{router_elf, sluice_elf},
    command::{failed, number, text},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_pubkey::Pubkey;
use solana_sdk_ids::incinerator;
use solana_signer::Signer;

use super::text_of;
use crate::{
    net::{CliNet, SOL, User, refuses},
    waiting::without_index,
};

/// A cluster with a pool that nobody has put anything into, and who may replace the program.
fn with_upgrader() -> (CliNet, User) {
    let keypair = Keypair::new();
    let mut net = CliNet::start(LocalnetConfig {
        programs: vec![ProgramConfig {
            id: sluice::ID,
            elf: ProgramElf::Bytes(fs::read(sluice_elf()).unwrap()),
            upgrade_authority: Some(keypair.pubkey()),
        }],
        ..LocalnetConfig::default()
    });
    net.create_pool();
    let file = net.path("upgrader.json");
    write_keypair_file(&keypair, &file).unwrap();
    net.airdrop(&keypair.pubkey(), 30 * SOL);
    let upgrader = User {
        address: keypair.pubkey(),
        keypair_file: text_of(&file),
    };
    (net, upgrader)
}

fn watched(net: &CliNet) -> [Pubkey; 2] {
    let pool = net.pool.parse().unwrap();
    [pool, get_program_data_address(&sluice::ID)]
}

#[test]
fn a_program_whose_pools_own_anything_is_closed_by_nobody() {
    let (net, upgrader) = with_upgrader();
    let program = sluice::ID.to_string();
    let close = ["program", "close", &program, "--yes", "--again", &program];
    let close = [&close[..], &["--keep-metadata"]].concat();
    net.json(&net.curator, &["stake", "5"]);
    let owns = format!("Pool {} owns 5.01", net.pool);
    refuses(&net, &upgrader, &watched(&net), &close, &owns);
    let says = "Nothing overrides this";
    refuses(&net, &upgrader, &watched(&net), &close, says);
    let messages = [&["--send", "dump"], &close[..]].concat();
    refuses(&net, &upgrader, &watched(&net), &messages, says);

    // One that lists nothing cannot be asked, and another one can.
    let node = without_index(&net);
    let refused = failed(&net.run_at(&node.url, &upgrader, &close), &close);
    let said = "does not list the accounts of a program";
    assert!(refused.contains(said), "{refused}");
    let url = net.url();
    let both = [&["--url", &url], &close[..]].concat();
    let refused = failed(&net.run_at(&node.url, &upgrader, &both), &both);
    assert!(refused.contains(&owns), "{refused}");
    assert!(Deployed::load(&net.rpc, &sluice::ID).is_ok());
}

#[test]
fn a_program_of_empty_pools_is_closed_and_its_pool_is_a_failure_from_then_on() {
    let (net, upgrader) = with_upgrader();
    let program = sluice::ID.to_string();
    let close = ["program", "close", &program, "--yes"];
    refuses(&net, &upgrader, &watched(&net), &close, "--again");
    let closed = net.run(&upgrader, &[&close[..], &["--again", &program]].concat());
    let said = String::from_utf8_lossy(&closed.stderr);
    let lost = format!("Pool {} owns 0.010000000 SOL", net.pool);
    assert!(
        said.contains(&lost) && said.contains("nobody can ever redeem"),
        "{said}"
    );
    assert!(closed.status.success(), "{said}");

    let verified = net.run(&net.curator, &["--output", "json", "pool", "verify"]);
    assert_eq!(verified.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&verified.stdout).unwrap();
    let checks = told["checks"].as_array().unwrap();
    let program = checks.iter().find(|check| check["check"] == "program");
    assert_eq!(text(program.unwrap(), "/verdict"), "fail");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(
        said.contains("error: Do not trust this pool: 1 of "),
        "{said}"
    );
}

#[test]
fn a_program_is_not_given_up_with_code_that_does_not_know_its_pools() {
    let (net, upgrader) = with_upgrader();
    let program = sluice::ID.to_string();
    let other = text_of(&router_elf());
    let upgrade = ["program", "upgrade", &program, &other, "--yes"];
    net.json(&upgrader, &[&upgrade[..], &["--older-layout"]].concat());
    let give_up = ["program", "set-authority", &program, "--final"];
    let give_up = [&give_up[..], &["--without-metadata", "--again", &program]].concat();
    let said = "knows layout version 0 at most";
    refuses(&net, &upgrader, &watched(&net), &give_up, said);

    let own = text_of(&sluice_elf());
    net.json(&upgrader, &["program", "upgrade", &program, &own, "--yes"]);
    net.json(&upgrader, &give_up);
    let deployed = Deployed::load(&net.rpc, &sluice::ID).unwrap();
    assert_eq!(deployed.upgrade_authority, None);
}

/// Rent at such an address would lie there for ever: nobody can sign for it.
#[test]
fn no_rent_goes_where_nobody_can_ever_sign_for_it() {
    let (net, upgrader) = with_upgrader();
    let elf = text_of(&router_elf());
    let write = ["program", "write-buffer", &elf, "--yes"];
    let buffer = text(&net.json(&upgrader, &write), "/buffer");
    let (program, watched) = (sluice::ID, watched(&net));
    let addresses = PoolAddresses::of_mint(net.mint.parse().unwrap());
    let code = get_program_data_address(&program);
    let lost = [
        (buffer.parse().unwrap(), "the code of a program"),
        (program, "a program"),
        (code, "the code of a program"),
        (addresses.pool, "an account of Sluice"),
        (addresses.mint, "the mint of a token"),
        (incinerator::ID, "the incinerator"),
        (Pubkey::default(), "a program"),
        (addresses.reserve, "has no key"),
    ];
    let sluice = program.to_string();
    for (address, expected) in lost {
        let to = address.to_string();
        for what in [&buffer, "--all", &sluice] {
            let close = ["program", "close", what, "--yes", "--recipient", &to];
            refuses(&net, &upgrader, &watched, &close, expected);
        }
    }
    let vault = Pubkey::find_program_address(&[b"vault"], &Pubkey::new_unique()).0;
    let to = vault.to_string();
    let close = ["program", "close", &buffer, "--recipient", &to];
    refuses(&net, &upgrader, &watched, &close, "--allow-program-owned");
    let close = [&close[..], &["--allow-program-owned"]].concat();
    let closed = net.json(&upgrader, &close);
    let returned = net.lamports(&vault);
    assert!(returned > 0);
    assert_eq!(number(&closed, "/returned_lamports"), returned);
}
