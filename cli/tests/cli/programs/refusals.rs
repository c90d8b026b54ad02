//! What is refused costs nothing and changes nothing.

use std::fs;

use sluice_client::{plan::program::MAX_CODE_BYTES, pool::buffers::OwnBuffer};
use sluice_tests::cluster::sluice_elf;
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_signer::Signer;

use super::{Site, elves, text_of};
use crate::net::{CliNet, SOL, refuses};

#[test]
fn what_is_no_program_for_this_cluster_is_refused_before_anything_is_paid() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves();
    let code = fs::read(elf).unwrap();
    let mut old = code.clone();
    old[48] = 0;
    let mut unknown = code.clone();
    unknown[48] = 9;
    let mut desktop = code.clone();
    desktop[18] = 62;
    for (name, bytes, expected) in [
        ("empty", Vec::new(), "it is empty"),
        ("script", b"#!/bin/sh".to_vec(), "no ELF of 64 bits"),
        ("desktop", desktop, "another machine"),
        ("cut", code[..code.len() / 2].to_vec(), "cut off"),
        ("old", old, "SBPF version 0"),
        ("unknown", unknown, "SBPF version 9"),
    ] {
        let path = net.path(name);
        fs::write(&path, bytes).unwrap();
        let path = text_of(&path);
        refuses(
            &net,
            &site.owner,
            &[site.program],
            &site.deploy(&path),
            expected,
        );
    }
    let absent = text_of(&net.path("absent.so"));
    refuses(
        &net,
        &site.owner,
        &[site.program],
        &site.deploy(&absent),
        "cannot be read",
    );
}

/// Each of these read it to its end before, which a device does not have.
#[test]
fn a_file_without_an_end_is_refused_wherever_one_is_named() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves();
    let (elf, zero) = (text_of(&elf), "/dev/zero");
    let program = site.program.to_string();
    let large = net.path("large.so");
    let file = fs::File::create(&large).unwrap();
    file.set_len(MAX_CODE_BYTES as u64 + 1).unwrap();
    let large = text_of(&large);
    let (no_file, too_long) = ("no regular file", "it has more than 67108864 bytes");
    for (typed, expected) in [
        (&site.deploy(zero)[..], no_file),
        (&["program", "verify", &program, zero], no_file),
        (
            &["program", "verify", &program, &large],
            "it has more than 10485715 bytes",
        ),
        (
            &["program", "deploy", &elf, "--program-id", zero],
            "is not a keypair file",
        ),
        (&["program", "metadata", "write", "idl", zero], too_long),
        (&["validator", "rate", "--thresholds", zero], too_long),
        (
            &["--fee-payer", zero, "tables", "list"],
            "is not a keypair file",
        ),
        (&["send", zero], too_long),
        (&["pool", "plan", zero], too_long),
    ] {
        refuses(&net, &site.owner, &[site.program], typed, expected);
    }
}

#[test]
fn code_that_the_runtime_cannot_verify_is_not_deployed_and_its_buffer_can_be_closed() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves();
    let mut broken = fs::read(elf).unwrap();
    // The code itself: what the headers say stays true.
    let (begin, middle) = (64 + 56 * usize::from(broken[56]), broken.len() / 2);
    broken[begin..middle].fill(0xff);
    let path = net.path("broken.so");
    fs::write(&path, &broken).unwrap();
    let path = text_of(&path);
    let refused = net.failure(&site.owner, &site.deploy(&path));
    assert!(refused.contains("invalid account data"), "{refused}");
    assert_eq!(net.lamports(&site.program), 0);
    let before = net.lamports(&site.owner.address);
    net.json(&site.owner, &["program", "close", "--all", "--yes"]);
    assert!(net.lamports(&site.owner.address) > before);
}

#[test]
fn a_wrong_authority_a_foreign_buffer_and_another_programs_buffer_are_refused() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let stranger = Site::new(&net, "stranger");
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);
    let program = site.program.to_string();
    let watched = [site.program, get_program_data_address(&site.program)];
    let owner = site.owner.address.to_string();
    for typed in [
        &["program", "upgrade", &program, &large, "--yes"][..],
        &[
            "program",
            "set-authority",
            &program,
            &stranger.owner.keypair_file,
            "--yes",
        ],
        &[
            "program",
            "set-authority",
            &program,
            "--final",
            "--again",
            &program,
        ],
        &["program", "close", &program, "--yes", "--again", &program],
    ] {
        refuses(&net, &stranger.owner, &watched, typed, &owner);
    }
    let written = net.json(&site.owner, &["program", "write-buffer", &large, "--yes"]);
    let buffer = written["buffer"].as_str().unwrap();
    let watched = [stranger.program, buffer.parse().unwrap()];
    let foreign = [&stranger.deploy(&large)[..], &["--buffer", buffer]].concat();
    refuses(&net, &stranger.owner, &watched, &foreign, "another key's");
    refuses(
        &net,
        &stranger.owner,
        &watched,
        &["program", "close", buffer, "--yes"],
        &owner,
    );
    let of_another = [&site.deploy(&small)[..], &["--buffer", buffer]].concat();
    let elsewhere = Site::new(&net, "elsewhere");
    let of_another: Vec<&str> = of_another
        .into_iter()
        .map(|word| match word == site.program_file {
            true => elsewhere.program_file.as_str(),
            false => word,
        })
        .collect();
    refuses(&net, &site.owner, &watched, &of_another, "bytes for code");
    let twice = site.deploy(&large);
    refuses(
        &net,
        &site.owner,
        &[site.program],
        &twice,
        "with other code",
    );
}

#[test]
fn too_little_money_is_told_with_what_is_lacking_and_where_it_comes_from() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let poor = net.user("poor", SOL / 100);
    let [elf, _] = elves().map(|elf| text_of(&elf));
    refuses(
        &net,
        &poor,
        &[site.program],
        &site.deploy(&elf),
        "are lacking",
    );
    let refused = net.failure(&poor, &site.deploy(&elf));
    assert!(refused.contains("`sluice-localnet airdrop`"), "{refused}");
}

#[test]
fn a_program_of_sluice_is_refused_at_another_address_than_it_was_built_for() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let elf = text_of(&sluice_elf());
    let mut typed = site.deploy(&elf);
    typed.retain(|word| *word != "--other-address");
    let expected = sluice::ID.to_string();
    refuses(&net, &site.owner, &[site.program], &typed, &expected);
    let [small, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);
    let program = site.program.to_string();
    let upgrade = ["program", "upgrade", &program, &elf, "--yes"];
    let watched = [get_program_data_address(&site.program)];
    refuses(&net, &site.owner, &watched, &upgrade, "--other-address");
}

#[test]
fn lamports_that_somebody_has_left_spoil_no_buffer_and_no_program() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let own = OwnBuffer::of(site.owner.address, &code).address;
    for address in [own, site.program] {
        net.airdrop(&address, SOL / 100);
    }
    site.deployed(&net, &elf);

    // The one that the loader itself creates is another matter.
    let spoilt = Site::new(&net, "spoilt");
    net.airdrop(&get_program_data_address(&spoilt.program), SOL);
    let typed = spoilt.deploy(&elf);
    refuses(&net, &spoilt.owner, &[spoilt.program], &typed, "left SOL");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let room = [&site.deploy(&elf)[..], &["--max-len", "10"]].concat();
    refuses(&net, &site.owner, &[site.program], &room, "--max-len");
    let neither = [&site.deploy(&elf)[..], &["--buffer", "no/file"]].concat();
    refuses(
        &net,
        &site.owner,
        &[site.program],
        &neither,
        "--buffer takes",
    );
    let nobody = Keypair::new().pubkey().to_string();
    let upgrade = ["program", "upgrade", &nobody, &elf, "--yes"];
    refuses(&net, &site.owner, &[], &upgrade, "There is no program");
    let wallet = site.owner.address.to_string();
    let show = ["program", "show", &wallet];
    refuses(&net, &site.owner, &[], &show, "is not a program");
    site.deployed(&net, &elf);
    let program = site.program.to_string();
    let little = ["program", "extend", &program, "100"];
    refuses(
        &net,
        &site.owner,
        &[site.program],
        &little,
        "10240 bytes at least",
    );
    let alone = net.path("alone.so");
    fs::copy(&elf, &alone).unwrap();
    let alone = text_of(&alone);
    let unnamed = ["program", "deploy", &alone, "--yes"];
    refuses(&net, &site.owner, &[], &unnamed, "pass --program-id");
    // A keypair file beside the ELF stands for it.
    let beside = net.path("alone-keypair.json");
    write_keypair_file(&Keypair::new(), beside).unwrap();
    net.json(
        &site.owner,
        &["program", "deploy", &alone, "--yes", "--other-address"],
    );
}
