//! A program of before is replaced and its pool migrated: no older program is put over it afterwards.

use std::fs;

use sluice::state::v0;
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{
    cluster::{router_elf, sluice_elf},
    command::{failed, number},
    releases::{self, LAYOUT_0},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::text_of;
use crate::{
    migrations,
    net::{CliNet, SOL, User, refuses},
    waiting::without_index,
};

/// A cluster with the program and the pool of layout 0, and who may replace the program.
fn of_before() -> (CliNet, User) {
    let accounts = migrations::frozen();
    let (pool, mint) = (accounts[0].0, accounts[2].0);
    let keypair = Keypair::new();
    let mut net = CliNet::start(LocalnetConfig {
        programs: vec![ProgramConfig {
            id: sluice::ID,
            elf: ProgramElf::Bytes(releases::code(LAYOUT_0)),
            upgrade_authority: Some(keypair.pubkey()),
        }],
        accounts,
        ..LocalnetConfig::default()
    });
    (net.pool, net.mint) = (pool.to_string(), mint.to_string());
    let file = net.path("authority.json");
    write_keypair_file(&keypair, &file).unwrap();
    net.airdrop(&keypair.pubkey(), 30 * SOL);
    let authority = User {
        address: keypair.pubkey(),
        keypair_file: text_of(&file),
    };
    (net, authority)
}

#[test]
fn a_migrated_pool_is_given_to_no_older_program_and_to_none_that_is_not_sluice() {
    let (net, authority) = of_before();
    let old = net.path("old.so");
    fs::write(&old, releases::code(LAYOUT_0)).unwrap();
    let [today, old, other] = [sluice_elf(), old, router_elf()].map(|elf| text_of(&elf));
    let program = sluice::ID.to_string();
    let upgrade = |elf| ["program", "upgrade", &program, elf, "--yes"];
    let before = net.json(&authority, &["pool", "show"]);

    // As long as no pool is migrated the predecessor may come back: nothing is said of layouts.
    let looked = [&["--send", "simulate"][..], &upgrade(&other)].concat();
    let looked = net.run(&authority, &looked);
    assert!(looked.status.success(), "{looked:?}");

    let told = net.json(&authority, &upgrade(&today));
    let bytes = fs::metadata(&today).unwrap().len();
    assert_eq!(number(&told, "/elf_bytes"), bytes);
    let migrated = net.json(&authority, &["pool", "migrate"]);
    assert_eq!(number(&migrated, "/from_version"), u64::from(v0::VERSION));
    let after = net.json(&authority, &["pool", "show"]);
    for field in ["prices", "holdings", "roles", "rates"] {
        assert_eq!(after[field], before[field], "{field}");
    }

    let pool: Pubkey = net.pool.parse().unwrap();
    let watched = [pool, get_program_data_address(&sluice::ID)];
    for elf in [&old, &other] {
        let said = "knows layout version 0 at most, and a pool of this cluster has version 1";
        refuses(&net, &authority, &watched, &upgrade(elf), said);
    }
    let node = without_index(&net);
    let refused = failed(&net.run_at(&node.url, &authority, &upgrade(&old)), &[]);
    assert!(refused.contains("does not list pools"), "{refused}");

    // Who insists is let through, as far as one looks here.
    let forced = [
        &["--send", "simulate"][..],
        &upgrade(&old),
        &["--older-layout"],
    ]
    .concat();
    let forced = net.run(&authority, &forced);
    assert!(forced.status.success(), "{forced:?}");
}
