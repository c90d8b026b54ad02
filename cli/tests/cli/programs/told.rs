//! A program comes to the cluster together with what explorers read.

use std::fs;

use serde_json::{Value, json};
use sluice_client::{
    Deployed,
    plan::program::metadata::{Kind, Metadata, PROGRAM_METADATA_PROGRAM},
};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{cluster::built, command::text};

use super::{Site, elves, text_of};
use crate::net::{CliNet, refuses};

/// A cluster that keeps what is told about programs.
pub fn keeping() -> CliNet {
    let elf = built("SLUICE_PROGRAM_METADATA_ELF", "program_metadata.so");
    CliNet::start(LocalnetConfig {
        programs: vec![ProgramConfig {
            id: PROGRAM_METADATA_PROGRAM,
            elf: ProgramElf::Path(elf),
            upgrade_authority: None,
        }],
        ..LocalnetConfig::default()
    })
}

/// Files with the interface and the contacts of a site's program.
pub fn files(net: &CliNet, site: &Site) -> [String; 2] {
    let idl = json!({ "address": site.program.to_string(), "instructions": [] });
    let security = json!({ "name": "Sluice", "contacts": ["email:security@example.org"] });
    [("idl.json", idl), ("security.json", security)].map(|(name, content)| {
        let file = net.path(name);
        fs::write(&file, content.to_string()).unwrap();
        text_of(&file)
    })
}

/// A deployment that tells everything and gives the program up, and what it prints.
fn deployed_for_good(net: &CliNet, site: &Site) -> Value {
    let ([elf, _], [idl, security]) = (elves().map(|elf| text_of(&elf)), files(net, site));
    let program = site.program.to_string();
    let mut words = site.deploy(&elf);
    words.extend(["--idl", &idl, "--security", &security]);
    words.extend(["--final", "--again", &program]);
    net.json(&site.owner, &words)
}

/// What such a deployment prints.
pub fn printed() -> Value {
    let net = keeping();
    deployed_for_good(&net, &Site::new(&net, "owner"))
}

#[test]
fn a_deployment_tells_explorers_what_they_read_and_gives_the_program_up_only_then() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let [idl, security] = files(&net, &site);
    let done = deployed_for_good(&net, &site);
    assert_eq!(done["told"].as_array().unwrap().len(), 2, "{done}");
    let [told_idl, told_security] = [(Kind::Idl, &idl), (Kind::Security, &security)]
        .map(|(kind, file)| (Metadata::load(&net.rpc, &site.program, kind), file));
    for (told, file) in [told_idl, told_security] {
        let told = told.unwrap().unwrap().text().unwrap();
        assert_eq!(told, fs::read_to_string(file).unwrap());
    }
    let owner = site.owner.address.to_string();
    assert_eq!(text(&done, "/given_up/former_authority"), owner);
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    assert_eq!(deployed.upgrade_authority, None);

    // The same again finds everything done.
    let before = net.lamports(&site.owner.address);
    let again = deployed_for_good(&net, &site);
    assert!(again["given_up"].is_null(), "{again}");
    assert_eq!(net.lamports(&site.owner.address), before);
}

#[test]
fn a_deployment_goes_on_with_what_was_not_told_yet() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let ([elf, _], [idl, _]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    let written = site.deployed(&net, &elf);
    assert_eq!(written["told"], json!([]));
    let mut words = site.deploy(&elf);
    words.extend(["--idl", &idl]);
    let told = net.json(&site.owner, &words);
    assert_eq!(text(&told, "/told/0/kind"), "idl");
    let owner = Some(site.owner.address);
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    assert_eq!(deployed.upgrade_authority, owner);
}

#[test]
fn what_cannot_be_told_is_refused_before_anything_is_paid_and_where_it_has_no_place_told_later() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let ([elf, _], [idl, security]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    let before = net.lamports(&site.owner.address);
    let mut words = site.deploy(&elf);
    // A file of security is no interface.
    words.extend(["--idl", &security]);
    let refused = net.failure(&site.owner, &words);
    assert!(refused.contains("cannot be told about"), "{refused}");
    assert_eq!(net.lamports(&site.owner.address), before);

    let mut words = site.deploy(&elf);
    words.extend(["--idl", &idl]);
    let printed = net.run(&site.owner, &words);
    let command = format!(
        "`sluice program metadata write idl {idl} --of {}`",
        site.program
    );
    let said = String::from_utf8_lossy(&printed.stderr);
    assert!(said.contains(&command), "{said}");
    assert!(Deployed::load(&net.rpc, &site.program).is_ok());
}

#[test]
fn a_program_is_not_given_up_with_contacts_alone() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let ([elf, _], [_, security]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    let before = net.lamports(&site.owner.address);
    let program = site.program.to_string();
    let mut words = site.deploy(&elf);
    words.extend(["--security", &security, "--final", "--again", &program]);
    let refused = net.failure(&site.owner, &words);
    assert!(refused.contains("--without-metadata"), "{refused}");
    assert_eq!(net.lamports(&site.owner.address), before);
    assert!(Deployed::load(&net.rpc, &site.program).is_err());
}

#[test]
fn who_cannot_type_the_address_once_more_pays_nothing_for_a_deployment_for_good() {
    let net = keeping();
    let site = Site::new(&net, "owner");
    let ([elf, _], [idl, _]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    let before = net.lamports(&site.owner.address);
    let mut words = site.deploy(&elf);
    words.extend(["--idl", &idl, "--final"]);
    let refused = net.failure(&site.owner, &words);
    assert!(refused.contains("--again"), "{refused}");
    assert_eq!(net.lamports(&site.owner.address), before);
    assert!(Deployed::load(&net.rpc, &site.program).is_err());
}

#[test]
fn a_cluster_that_keeps_no_interfaces_lets_no_program_be_given_up_unless_it_is_to_have_none() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let ([elf, _], [idl, security]) = (elves().map(|elf| text_of(&elf)), files(&net, &site));
    let program = site.program.to_string();
    let deploy = site.deploy(&elf);
    let as_final = ["--final", "--again", &program];
    let without = "--without-metadata";
    for told in [
        &["--idl", &idl, "--security", &security][..],
        &["--idl", &idl],
        &["--security", &security],
        &["--security", &security, without],
        &[],
    ] {
        let typed = [&deploy[..], &as_final, told].concat();
        let said = "does not have the Program Metadata program";
        refuses(&net, &site.owner, &[site.program], &typed, said);
    }
    let owner = &site.owner;
    net.json(owner, &deploy);
    let give_up = [&["program", "set-authority", &program], &as_final[..]].concat();
    refuses(&net, owner, &[site.program], &give_up, without);
    net.json(owner, &[&give_up[..], &[without]].concat());
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    assert_eq!(deployed.upgrade_authority, None);
}

#[test]
fn who_deploys_second_at_an_address_is_told_where_the_own_code_is() {
    let net = CliNet::without_pool();
    let (site, second) = (Site::new(&net, "owner"), Site::new(&net, "second"));
    let [elf, other] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let loser = &second.owner;
    let written = net.json(loser, &["program", "write-buffer", &other, "--yes"]);
    let close = format!("`sluice program close {}`", text(&written, "/buffer"));
    let late = net.run(loser, &site.deploy(&other));
    let said = String::from_utf8_lossy(&late.stderr);
    assert!(!late.status.success() && said.contains(&close), "{said}");
}
