//! `--squads`: many changes become as many proposals as they need.

use serde_json::Value;
use sluice_tests::command::{succeeded, text};

use super::squads::{Members, with_squads};

#[test]
fn a_file_becomes_proposals_of_what_the_vault_decides_in_its_order() {
    let members = Members::new();
    let net = &members.net;
    let vault = members.vault().address().to_string();
    net.json(&net.curator, &["pool", "role", "set-curator", &vault]);
    let tables = net
        .validators
        .iter()
        .map(|vote| format!("[[validators]]\nvote = \"{vote}\"\nweight = 5\n"));
    let file = net.path("pool.toml").display().to_string();
    let tables: String = tables.collect();
    std::fs::write(
        &file,
        "[parameters]\nreward_fee_bps = 300\n".to_owned() + &tables,
    )
    .unwrap();
    let multisig = members.multisig.to_string();
    let (node, _) = with_squads(net);
    let apply = [
        "--output", "json", "pool", "apply", &file, "--squads", &multisig,
    ];
    let printed = succeeded(&net.run_at(&node.url, &members.member, &apply), &apply);
    let proposed: Value = serde_json::from_str(&printed).unwrap();
    let proposals = proposed["proposals"].as_array().unwrap();
    assert_eq!(proposals.len(), net.validators.len());
    for (index, proposal) in proposals.iter().enumerate() {
        // The fee is the admin's, who is not the vault.
        assert_eq!(text(proposal, "/instructions/0/name"), "add_validator");
        assert_eq!(proposal["follows_previous"], index > 0);
    }
}

#[test]
fn validators_are_added_by_as_many_proposals_as_they_need() {
    let members = Members::new();
    let net = &members.net;
    let vault = members.vault().address().to_string();
    net.json(&net.curator, &["pool", "role", "set-curator", &vault]);
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let votes: Vec<&str> = votes.iter().map(String::as_str).collect();
    let multisig = members.multisig.to_string();
    let (node, _) = with_squads(net);
    let add = [
        &["--output", "json", "validator", "add"],
        &votes[..],
        &["--squads", &multisig],
    ]
    .concat();
    let printed = succeeded(&net.run_at(&node.url, &members.member, &add), &add);
    let proposed: Value = serde_json::from_str(&printed).unwrap();
    let proposals = proposed["proposals"].as_array().unwrap();
    let added: usize = proposals
        .iter()
        .map(|proposal| proposal["instructions"].as_array().unwrap().len())
        .sum();
    assert_eq!(added, votes.len());
    assert!(proposals.len() > 1, "two do not fit into one: {proposed}");
    for (index, proposal) in proposals.iter().enumerate() {
        assert_eq!(proposal["follows_previous"], index > 0);
    }
}
