//! Files that cannot be meant. Nothing of them is sent.

use serde_json::json;
use sluice_tests::command::text;
use solana_sdk_ids::sysvar;

use super::{exported, file, planned, validators};
use crate::net::{CliNet, SOL};

/// What the binary says of a file, to who plans and to who applies alike; the pool stays as it is.
fn refused(net: &CliNet, content: &str) -> (String, i32) {
    let before = exported(net);
    let had = net.lamports(&net.curator.address);
    let file = file(net, content);
    let apply = ["pool", "apply", &file, "--yes"];
    let said = net.failure(&net.curator, &apply);
    assert_eq!(net.failure(&net.curator, &["pool", "plan", &file]), said);
    assert_eq!(exported(net), before);
    assert_eq!(net.lamports(&net.curator.address), had);
    let code = net.run(&net.curator, &apply).status.code();
    (said.replace(&file, "pool.toml"), code.unwrap())
}

#[test]
fn each_impossible_wish_is_told_with_its_line_and_nothing_is_sent() {
    let net = CliNet::with_validators();
    let vote = net.validators[0];
    let (mint, own) = (&net.mint, &net.pool);
    let named = |rest: &str| validators([(&vote, 1)]) + rest;
    for (content, told) in [
        (
            "[parameters]\n\ninstant_fee_min_bps = 200\n".to_owned(),
            "line 3, parameters.instant_fee_min_bps: instant_fee_min_bps would be 200, above instant_fee_max_bps, \
             which would be 100"
                .to_owned(),
        ),
        (
            format!("{}{}", named(""), validators([(&vote, 2)])),
            format!("line 2, validator {vote}: it is named twice"),
        ),
        (
            validators([(&vote, 0)]),
            "line 2, validators: no validator would have weight: all stake would come back and earn nothing"
                .to_owned(),
        ),
        (
            named(&format!("[[validators]]\nvote = \"{mint}\"\nweight = 1\n")),
            format!(
                "line 5, validator {mint}: the pool does not take it: there is no vote account at this address"
            ),
        ),
        (
            "[roles]\ntreasury = \"nobody\"\n".to_owned(),
            "line 2, roles.treasury: fees paid to nobody would be lost".to_owned(),
        ),
        (
            format!("[roles]\ncurator = \"{own}\"\n"),
            "line 2, roles.curator: it is one of the pool's own addresses, which can sign nothing".to_owned(),
        ),
        (
            "[token]\nname = \"A\"\n".to_owned(),
            "line 2, token.name: the pool's token has no name, and nobody can give it one: the mint is the pool's"
                .to_owned(),
        ),
    ] {
        assert_eq!(refused(&net, &content), (format!("pool.toml: {told}"), 1));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_misuse_and_told_with_its_line() {
    let net = CliNet::new();
    let (said, code) = refused(&net, "[parameters]\nreward_fee_bps = 1001\n");
    assert!(
        said.starts_with("pool.toml: line 2, parameters.reward_fee_bps: "),
        "{said}"
    );
    assert_eq!(code, 2);
    let missing = net.path("missing.toml").display().to_string();
    let said = net.failure(&net.curator, &["pool", "plan", &missing]);
    assert!(said.contains("cannot be read"), "{said}");
}

#[test]
fn a_file_about_another_pool_is_refused() {
    let net = CliNet::new();
    let other = net.curator.address.to_string();
    let (said, code) = refused(&net, &exported(&net).replace(&net.pool, &other));
    assert!(
        said.contains(&format!("is about the pool {other}")),
        "{said}"
    );
    assert_eq!(code, 1);
}

#[test]
fn every_role_for_a_key_that_can_sign_nothing_is_refused_at_once_with_its_line() {
    let net = CliNet::new();
    let (program, clock, own) = (sluice::ID, sysvar::clock::ID, &net.pool);
    let (said, code) = refused(
        &net,
        &format!(
            "[roles]\ncurator = \"{program}\"\n\nguardian = \"{clock}\"\ntreasury = \"{own}\"\n"
        ),
    );
    for one in [
        format!("line 2, roles.curator: {program} is "),
        format!("line 4, roles.guardian: {clock} is "),
        "line 5, roles.treasury: it is one of the pool's own addresses".to_owned(),
    ] {
        assert_eq!(said.matches(&one).count(), 1, "{one}: {said}");
    }
    assert_eq!(said.matches("line ").count(), 3, "{said}");
    assert_eq!(code, 1);
}

#[test]
fn rules_of_a_rating_without_a_rating_are_told_to_have_no_effect() {
    let net = CliNet::with_validators();
    let file = validators([(&net.validators[0], 1)]) + "[rating]\nmax_commission_bps = 500\n";
    let told = "[rating] in line 4 has no effect: it is for files with [top] or [optimise], and for --optimise";
    assert_eq!(planned(&net, &file)["notes"], json!([told]));
}

#[test]
fn a_token_cannot_be_handed_over_to_nobody() {
    let mut net = CliNet::without_pool();
    let named = [
        "--name",
        "A",
        "--symbol",
        "A",
        "--uri",
        "https://example.com",
    ];
    let created = net.json(&net.curator, &[&["pool", "create"], &named[..]].concat());
    net.pool = text(&created, "/pool");
    let nobody = "11111111111111111111111111111111";
    let (said, _) = refused(&net, &format!("[token]\nupdate_authority = \"{nobody}\"\n"));
    assert!(said.contains("nobody can sign"), "{said}");
}

#[test]
fn rules_of_a_rating_that_cannot_be_meant_are_refused_with_their_line() {
    let net = CliNet::new();
    for (rule, sentence) in [
        ("epochs = 0", "line 4: epochs must be 1 to 64"),
        ("max_commission_bps = 10001", "line 4: all is 10000"),
    ] {
        let file = format!("[top]\nvalidators = 1\n[rating]\n{rule}\n");
        let (said, _) = refused(&net, &file);
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn nothing_is_applied_where_nobody_agrees() {
    let net = CliNet::new();
    let file = file(&net, "[parameters]\nreward_fee_bps = 300\n");
    let said = net.failure(&net.curator, &["pool", "apply", &file]);
    assert_eq!(said, "nobody is at a terminal to agree to this: pass --yes");
    let still = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        planned(&net, &still)["changes"].as_array().unwrap().len(),
        1
    );
    assert!(net.lamports(&net.curator.address) > SOL);
}
