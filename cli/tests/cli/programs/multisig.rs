//! What a multisig or an offline signer decides on.

use std::fs;

use sluice_tests::command::text;

use super::{Site, elves, text_of};
use crate::net::CliNet;

#[test]
fn an_upgrade_from_a_buffer_is_one_message_for_who_signs_elsewhere() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &large);
    let program = site.program.to_string();
    let upgrade = ["program", "upgrade", &program, &small, "--other-address"];
    let dump = ["--send", "dump"];
    let refused = net.failure(&site.owner.absent(), &[&upgrade[..], &dump].concat());
    assert!(refused.contains("write-buffer"), "{refused}");
    let written = net.json(&site.owner, &["program", "write-buffer", &small, "--yes"]);
    let from = ["--buffer", written["buffer"].as_str().unwrap()];
    let typed = [&upgrade[..], &from, &dump].concat();
    let dumped = net.json(&site.owner.absent(), &typed);
    assert_eq!(dumped["transactions"].as_array().unwrap().len(), 1);

    let file = net.path("upgrade.json");
    fs::write(&file, dumped.to_string()).unwrap();
    let file = text_of(&file);
    net.json(&site.owner, &["sign", &file, "--yes"]);
    net.json(&site.owner, &["send", &file]);
    let verify = ["program", "verify", &program, &small];
    assert_eq!(net.json(&site.owner, &verify)["is_equal"], true);
}

#[test]
fn a_look_at_what_would_be_sent_sends_nothing() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = net.user("heir", 0);
    let [small, large] = elves().map(|elf| text_of(&elf));
    let look = ["--send", "simulate"];
    let before = net.lamports(&site.owner.address);
    let first = net.json(&site.owner, &[&site.deploy(&small)[..], &look].concat());
    assert_eq!(text(&first, "/send"), "simulate");
    assert_eq!(net.lamports(&site.owner.address), before);
    site.deployed(&net, &large);
    let program = site.program.to_string();
    let before = net.lamports(&site.owner.address);
    let heirs = heir.address.to_string();
    for typed in [
        &["program", "extend", &program, "10240"][..],
        &[
            "program",
            "set-authority",
            &program,
            &heirs,
            "--skip-new-signer",
        ],
        &["program", "close", &program],
    ] {
        let looked = net.json(&site.owner, &[typed, &look].concat());
        assert_eq!(text(&looked, "/send"), "simulate", "{typed:?}");
    }
    assert_eq!(net.lamports(&site.owner.address), before);
    let shown = net.json(&site.owner, &["program", "show", &program]);
    assert_eq!(
        text(&shown, "/upgrade_authority"),
        site.owner.address.to_string()
    );
}
