//! `sluice pool verify`: whether a pool is what it says.

use std::{collections::BTreeSet, fs, process::Output};

use serde_json::{Value, json};
use sluice_tests::{
    cluster::sluice_elf,
    command::{failed, succeeded, text},
    net::{LyingNode, faults::Heard},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{net::CliNet, refused_methods::without};

const VERIFY: [&str; 4] = ["--output", "json", "pool", "verify"];

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn verdict_of(told: &Value, name: &str) -> String {
    let checks = told["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == name);
    text(check.unwrap_or_else(|| panic!("no {name}")), "/verdict")
}

#[test]
fn an_honest_pool_is_told_to_be_one_on_a_page_of_eighty_columns() {
    let net = CliNet::with_active_stake();
    net.json(&net.curator, &["unstake", "5"]);
    let page = net.table(&net.curator, &["pool", "verify"]);
    let start = "Everything adds up: none of 26 checks failed. ";
    assert!(page.contains(start), "{page}");
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let told = net.json(&net.curator, &["pool", "verify"]);
    assert_eq!(text(&told, "/verdict"), "notice");
    let checks = told["checks"].as_array().unwrap();
    let names: BTreeSet<&str> = checks
        .iter()
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    assert_eq!((checks.len(), names.len()), (26, 26));
    for check in checks {
        let compared = !check["found"].is_null();
        assert_eq!(check["unit"].is_string(), compared, "{check}");
        assert_eq!(check["findings"] == json!([]), check["verdict"] == "ok");
    }
}

#[test]
fn the_book_has_a_line_for_every_check_and_none_more() {
    let net = CliNet::new();
    let told = net.json(&net.curator, &["pool", "verify"]);
    let checks = told["checks"].as_array().unwrap().iter();
    let mut names: BTreeSet<String> = checks.map(|check| text(check, "/check")).collect();
    names.insert("second_node".to_owned());
    let book = include_str!("../../../docs/src/verify.md");
    let table = book.split("## What is compared").nth(1).unwrap();
    let rows = table.split("\n## ").next().unwrap().lines().skip(4);
    let cells = rows.filter_map(|row| row.strip_prefix("| ")?.split(" | ").next());
    let listed: BTreeSet<String> = cells
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    assert_eq!(listed, names);
}

#[test]
fn a_pool_whose_books_were_changed_is_a_failure_with_the_whole_page() {
    let net = CliNet::new().afflicted(|pool| pool.lst_supply -= 1);
    let output = net.run(&net.curator, &VERIFY);
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert_eq!(text(&told, "/verdict"), "fail");
    assert_eq!(verdict_of(&told, "supply"), "fail");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("error: Do not trust this pool: "),
        "{stderr}"
    );
    let page = net.run(&net.curator, &["pool", "verify"]);
    let page = String::from_utf8(page.stdout).unwrap();
    let mut lines = page.lines();
    let is_check = |line: &&str| {
        ["FAIL", "warning", "notice", "ok"]
            .iter()
            .any(|verdict| line.starts_with(verdict))
    };
    let first = lines.find(is_check).unwrap();
    assert!(first.starts_with("FAIL"), "{page}");
}

#[test]
fn the_program_is_compared_with_a_file_a_hash_and_an_authority() {
    let net = CliNet::new();
    let elf = sluice_elf().display().to_string();
    let by_file = [&VERIFY[..], &["--elf", &elf]].concat();
    let output = net.run(&net.curator, &by_file);
    let honest: Value = serde_json::from_str(&succeeded(&output, &by_file)).unwrap();
    assert_eq!(verdict_of(&honest, "program"), "ok");
    let hash = text(&honest, "/program/hash");
    let by_hash = [
        &VERIFY[..],
        &["--program-hash", &hash, "--upgrade-authority", "none"],
    ]
    .concat();
    succeeded(&net.run(&net.curator, &by_hash), &by_hash);

    let other = net.path("other.so");
    fs::write(&other, b"other code").unwrap();
    let other = other.display().to_string();
    let somebody = Keypair::new().pubkey().to_string();
    for lie in [
        ["--elf", &other],
        [
            "--program-hash",
            &hash.replace(&hash[..1], "0").replace(&hash[1..2], "1"),
        ],
        ["--upgrade-authority", &somebody],
    ] {
        let output = net.run(&net.curator, &[&VERIFY[..], &lie].concat());
        assert_eq!(output.status.code(), Some(1), "{lie:?}");
        assert_eq!(verdict_of(&told(&output), "program"), "fail", "{lie:?}");
    }
}

#[test]
fn what_cannot_be_compared_with_is_refused_with_why() {
    let net = CliNet::new();
    for (typed, why) in [
        (["--program-hash", "abc"], "a hash has 64 characters"),
        (["--upgrade-authority", "nobody"], "this is no address"),
        (
            ["--elf", "/no/such/file"],
            "the file /no/such/file cannot be read",
        ),
    ] {
        let arguments = [&["pool", "verify"][..], &typed].concat();
        let output = net.run(&net.curator, &arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains(why),
            "{typed:?}: {said}"
        );
        assert_eq!(output.status.code(), Some(2), "{typed:?}: usage");
    }
}

#[test]
fn who_can_call_the_token_otherwise_is_named() {
    let net = CliNet::new();
    let nameless = net.json(&net.curator, &["pool", "verify"]);
    assert_eq!(verdict_of(&nameless, "name"), "ok");
    let mut net = CliNet::without_pool();
    let name = [
        "--name",
        "Old",
        "--symbol",
        "O",
        "--uri",
        "https://example.com/a.json",
    ];
    let created = net.json(&net.curator, &[&["pool", "create"], &name[..]].concat());
    net.pool = text(&created, "/pool");
    let own = net.curator.address.to_string();
    let told = net.json(&net.curator, &["pool", "verify"]);
    assert_eq!(verdict_of(&told, "name"), "notice");
    let page = net
        .table(&net.curator, &["pool", "verify"])
        .replace('\n', " ");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("{own}: It can call the token otherwise at once, now Old (O).");
    assert!(page.contains(&said), "no {said}: {page}");
    let (vault, _) = Pubkey::find_program_address(&[b"vault"], &sluice::ID);
    let handed = ["pool", "metadata", "hand-over", &vault.to_string()];
    net.json(&net.curator, &handed);
    let told = net.json(&net.curator, &["pool", "verify"]);
    assert_eq!(verdict_of(&told, "name"), "ok", "no single key: {told}");
}

#[test]
fn several_nodes_are_asked_each_by_itself_and_a_liar_is_named() {
    let net = CliNet::with_active_stake();
    let honest = LyingNode::before(&net.url(), |_, _| {});
    let both = [&["--url", &honest.url][..], &VERIFY].concat();
    let output = net.run(&net.curator, &both);
    let agreed: Value = serde_json::from_str(&succeeded(&output, &both)).unwrap();
    assert_eq!(verdict_of(&agreed, "second_node"), "ok");

    let liar = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] != "getMultipleAccounts" {
            return;
        }
        let accounts = answer["result"]["value"].as_array_mut();
        for account in accounts.into_iter().flatten() {
            if account["owner"] == "Stake11111111111111111111111111111111111111" {
                account["lamports"] = json!(account["lamports"].as_u64().unwrap() + 1);
            }
        }
    });
    let lied = [&["--url", &liar.url][..], &VERIFY].concat();
    let output = net.run(&net.curator, &lied);
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert_eq!(verdict_of(&told, "second_node"), "fail");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("Do not trust this pool"), "{stderr}");
}

#[test]
fn without_an_index_tickets_are_told_to_be_uncounted() {
    let net = CliNet::new();
    let node = without(&net, &["getProgramAccounts"], Heard::Error(-32_601, "none"));
    let output = net.run_at(&node.url, &net.curator, &VERIFY);
    let told: Value = serde_json::from_str(&succeeded(&output, &VERIFY)).unwrap();
    assert_eq!(verdict_of(&told, "tickets"), "notice");
    assert_eq!(verdict_of(&told, "unlisted_stake"), "ok");
}

#[test]
fn a_pool_that_does_not_exist_is_an_error_and_no_verdict() {
    let mut net = CliNet::without_pool();
    net.pool = Keypair::new().pubkey().to_string();
    let said = failed(&net.run(&net.curator, &VERIFY), &VERIFY);
    assert!(said.starts_with("There is no pool at "), "{said}");
}
