//! Addresses that cannot be meant cost nothing, and nobody loses what is there.

use std::fs;

use sluice_client::Deployed;
use sluice_tests::command::text;
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, system_program};
use solana_signer::Signer;

use super::{Site, elves, text_of};
use crate::net::{CliNet, SOL, refuses};

#[test]
fn a_wallet_becomes_no_program_without_its_address_being_typed_once_more() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let wallet = Site::new(&net, "wallet");
    net.airdrop(&wallet.program, 5 * SOL);
    let lost = ["--yes", "program", "deploy", &elf, "--other-address"];
    let lost = [&lost[..], &["--program-id", &wallet.program_file]].concat();
    let address = wallet.program.to_string();
    let watched = [wallet.program];
    refuses(
        &net,
        &site.owner,
        &watched,
        &lost,
        &format!("--again {address}"),
    );
    let told = String::from_utf8(net.run(&site.owner, &lost).stderr).unwrap();
    assert!(told.contains("holds 4.9988"), "{told}");
    assert!(told.contains("nobody can ever move these SOL"), "{told}");
    let other = site.program.to_string();
    let wrong = [&lost[..], &["--again", &other]].concat();
    refuses(&net, &site.owner, &watched, &wrong, "is not");
    net.json(&site.owner, &[&lost[..], &["--again", &address]].concat());
    assert_eq!(net.lamports(&wallet.program), 5 * SOL);
}

#[test]
fn keypair_fee_payer_and_program_are_three_addresses_that_no_buffer_has() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let payer = net.user("payer", 20 * SOL);
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let deploy = ["--yes", "program", "deploy", &elf, "--other-address"];
    let by_other = ["--fee-payer", &payer.keypair_file];
    let own = ["--program-id", &site.owner.keypair_file];
    let payers = ["--program-id", &payer.keypair_file];
    let twice = [
        "--program-id",
        &site.program_file,
        "--buffer",
        &site.program_file,
    ];
    let in_wallet = ["--yes", "program", "write-buffer", &elf, "--buffer"];
    let in_wallet = [&in_wallet[..], &[&site.owner.keypair_file]].concat();
    for (typed, expected) in [
        ([&deploy[..], &own].concat(), "is the keypair itself"),
        (
            [&deploy[..], &by_other, &own].concat(),
            "is the keypair itself",
        ),
        (
            [&deploy[..], &by_other, &payers].concat(),
            "is the fee payer itself",
        ),
        ([&deploy[..], &twice].concat(), "are one address"),
        (in_wallet, "is the keypair itself"),
    ] {
        refuses(
            &net,
            &site.owner,
            &[payer.address, site.program],
            &typed,
            expected,
        );
    }
}

#[test]
fn what_is_no_program_is_called_what_it_is() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let there = Site::new(&net, "there");
    let [small, large] = elves().map(|elf| text_of(&elf));
    there.deployed(&net, &small);
    let write = ["program", "write-buffer", &large, "--yes"];
    let write = [&write[..], &["--buffer", &site.program_file]].concat();
    net.json(&site.owner, &write);
    let data = get_program_data_address(&there.program);
    let (buffer, code) = (site.program.to_string(), data.to_string());
    let in_buffer = format!("{buffer} is a buffer, and no program");
    let in_code = format!("{code} is the account with the code of a program, and no program");
    for (typed, expected) in [
        (&site.deploy(&small)[..], &in_buffer),
        (&["program", "upgrade", &buffer, &small], &in_buffer),
        (&["program", "extend", &buffer, "10240"], &in_buffer),
        (&["program", "upgrade", &code, &small], &in_code),
        (&["program", "show", &code], &in_code),
    ] {
        refuses(&net, &site.owner, &[site.program, data], typed, expected);
        assert_eq!(net.run(&site.owner, typed).status.code(), Some(1));
    }
}

#[test]
fn nobody_gives_a_program_or_a_buffer_to_who_can_never_sign() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);
    let program = site.program.to_string();
    let data = Deployed::load(&net.rpc, &site.program)
        .unwrap()
        .data_address;
    for nobody in [
        site.program,
        data,
        system_program::ID,
        bpf_loader_upgradeable::ID,
    ] {
        let nobody = nobody.to_string();
        let give = ["program", "set-authority", &program, &nobody, "--yes"];
        let give = [&give[..], &["--skip-new-signer"]].concat();
        refuses(&net, &site.owner, &[site.program, data], &give, &nobody);
        let write = ["program", "write-buffer", &large, "--yes"];
        let write = [&write[..], &["--buffer-authority", &nobody]].concat();
        refuses(&net, &site.owner, &[], &write, &nobody);
    }
    let (vault, _) = Pubkey::find_program_address(&[b"vault"], &Pubkey::new_unique());
    let vault = vault.to_string();
    let give = ["program", "set-authority", &program, &vault, "--yes"];
    net.json(&site.owner, &[&give[..], &["--skip-new-signer"]].concat());
}

#[test]
fn the_same_code_deployed_otherwise_than_asked_is_told_and_fails() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = net.user("heir", 20 * SOL);
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let program = site.program.to_string();
    let bytes = fs::read(&elf).unwrap().len();
    let (room, end) = (
        (bytes + 20_000).to_string(),
        format!("set-authority {program} --final"),
    );
    let as_final = ["--final", "--without-metadata", "--again", &program];
    let deploy = site.deploy(&elf);
    let watched = [site.program];
    let typed = [&deploy[..], &as_final].concat();
    refuses(&net, &site.owner, &watched, &typed, &end);
    let roomy = [&deploy[..], &["--max-len", &room]].concat();
    let extend = format!("program extend {program} 20000");
    refuses(&net, &site.owner, &watched, &roomy, &extend);
    let others = site.owner.address.to_string();
    refuses(&net, &heir, &watched, &deploy, &others);
    let end = ["program", "set-authority", &program, "--final"];
    let end = [&end[..], &["--without-metadata", "--again", &program]].concat();
    net.json(&site.owner, &end);
    net.json(&site.owner, &typed);
    refuses(&net, &site.owner, &watched, &deploy, "it is final");
}

#[test]
fn a_buffer_of_its_own_is_written_although_another_one_with_this_code_was_given_away() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = net.user("heir", 0).address.to_string();
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let keypair = Keypair::new();
    let file = net.path("buffer.json");
    write_keypair_file(&keypair, &file).unwrap();
    let file = text_of(&file);
    let write = [
        "program",
        "write-buffer",
        &elf,
        "--yes",
        "--buffer-authority",
        &heir,
    ];
    let first = net.json(&site.owner, &write);
    let named = [&write[..], &["--buffer", &file]].concat();
    for _ in 0..2 {
        let second = net.json(&site.owner, &named);
        assert_eq!(text(&second, "/buffer"), keypair.pubkey().to_string());
        assert_ne!(text(&first, "/buffer"), text(&second, "/buffer"));
    }
}
