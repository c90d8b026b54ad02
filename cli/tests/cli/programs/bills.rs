//! What is announced is what is paid, to the lamport, and who has less pays nothing.

use std::fs;

use serde_json::json;
use sluice_client::{
    Deployed,
    plan::program::metadata::{Kind, Metadata},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use super::{
    Site, elves, text_of,
    told::{files, keeping},
};
use crate::{
    lacking::{kept, lacking, paid_to_the_lamport},
    net::{CliNet, SOL, refuses},
};

#[test]
fn a_deployment_with_all_that_is_told_costs_what_it_announces_with_both_signatures() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let ([elf, _], [idl, security]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    // So large that it takes a buffer.
    let noise: Vec<String> = (0..60)
        .map(|_| Keypair::new().pubkey().to_string())
        .collect();
    let large = json!({ "address": site.program.to_string(), "noise": noise });
    fs::write(&idl, large.to_string()).unwrap();
    let program = site.program.to_string();
    let mut typed = site.deploy(&elf);
    typed.extend(["--idl", &idl, "--security", &security]);
    typed.extend(["--final", "--again", &program]);
    let left = paid_to_the_lamport(&net, &site.owner, &typed);
    let told = Metadata::load(&net.rpc, &site.program, Kind::Idl);
    let buffer = told.unwrap().unwrap().lamports;
    assert_eq!(left, kept() + buffer, "the buffer's rent has come back");
}

#[test]
fn a_buffer_an_upgrade_with_more_room_and_an_interface_cost_what_they_announce() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let ([small, large], [idl, _]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    site.deployed(&net, &small);
    let program = site.program.to_string();
    let written = paid_to_the_lamport(
        &net,
        &site.owner,
        &["program", "write-buffer", &large, "--yes"],
    );
    assert_eq!(written, kept());
    // A buffer with a key of its own needs no signature of its authority.
    let file = text_of(&net.path("buffer.json"));
    write_keypair_file(&Keypair::new(), &file).unwrap();
    let write = [
        "program",
        "write-buffer",
        &small,
        "--yes",
        "--buffer",
        &file,
    ];
    assert_eq!(paid_to_the_lamport(&net, &site.owner, &write), kept());
    let close = ["program", "close", "--all", "--yes"];
    net.json(&site.owner, &close);
    let upgrade = ["program", "upgrade", &program, &large, "--yes"];
    let upgrade = [&upgrade[..], &["--other-address"]].concat();
    // The buffer's rent comes back with it.
    assert!(paid_to_the_lamport(&net, &site.owner, &upgrade) > SOL / 10);
    let write = [
        "program", "metadata", "write", "idl", &idl, "--of", &program, "--yes",
    ];
    assert_eq!(paid_to_the_lamport(&net, &site.owner, &write), kept());
}

#[test]
fn one_transaction_may_spend_all_and_leaves_no_less_than_the_rent_of_a_wallet() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);
    let (program, payer) = (site.program.to_string(), net.user("payer", SOL / 1_000));
    let extend = ["program", "extend", &program, "10240"];
    let extend = [&extend[..], &["--fee-payer", &payer.keypair_file]].concat();
    let lacking = lacking(&net, &site.owner, &extend);
    net.airdrop(&payer.address, lacking - kept() + 1);
    let watched = [payer.address, site.program];
    let said = "must keep 0.000890880 SOL";
    refuses(&net, &site.owner, &watched, &extend, said);
    let room = || Deployed::load(&net.rpc, &site.program).unwrap().room_bytes;
    let before = room();
    let other = net.user("other", net.lamports(&payer.address) - 1);
    let extend = ["program", "extend", &program, "10240"];
    let extend = [&extend[..], &["--fee-payer", &other.keypair_file]].concat();
    net.json(&site.owner, &extend);
    assert_eq!((room(), net.lamports(&other.address)), (before + 10_240, 0));
}
