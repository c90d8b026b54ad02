//! A deployment that is killed, and goes on.

use std::{
    collections::BTreeSet,
    fs,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::{Deployed, pool::buffers::OwnBuffer};
use sluice_tests::{
    command::{number, succeeded, text},
    net::LyingNode,
};
use solana_pubkey::Pubkey;

use super::{Site, buffer, elves, pieces, text_of, writes};
use crate::net::{CliNet, SOL, User};

/// Moments of the transaction that makes the buffer: before, while and after it is sent.
const OF_CREATION: usize = 3;

/// Runs a command that is killed at one of its moments: 1 is before its first transaction is sent.
fn kill_at(net: &CliNet, user: &User, arguments: &[&str], moment: usize) {
    let killed = net
        .command_at(&net.url(), user, arguments)
        .env("SLUICE_KILL_AT", moment.to_string())
        .output()
        .unwrap();
    assert_eq!(killed.status.code(), None, "{moment} is no moment");
}

#[test]
fn a_deployment_that_is_killed_at_any_moment_goes_on_and_writes_nothing_twice() {
    let net = CliNet::without_pool();
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let pieces = pieces(&Site::new(&net, "measure").owner, &code);
    let (first, last) = (OF_CREATION + 1, OF_CREATION + pieces);
    let mut moments = BTreeSet::from([1, 2, 3, first, first + 1, last]);
    // Then the three moments of the deployment itself.
    moments.extend([first + pieces / 2, last + 1, last + 2, last + 3]);
    for moment in moments {
        let site = Site::new(&net, &format!("owner-{moment}"));
        let typed = site.deploy(&elf);
        kill_at(&net, &site.owner, &typed, moment);
        let address = OwnBuffer::of(site.owner.address, &code).address;
        let found = buffer(&net, &address).map_or(0, |found| {
            code.chunks(1)
                .zip(found.code.chunks(1))
                .filter(|(one, other)| one == other)
                .count()
        });
        let typed = [&["--output", "json"], &typed[..]].concat();
        let output = net.run(&site.owner, &typed);
        let told: Value = serde_json::from_str(&succeeded(&output, &typed)).unwrap();
        let times = writes(&net, &address);
        assert_eq!(times.len(), pieces, "at {moment}");
        assert!(
            times.values().all(|times| *times == 1),
            "at {moment}: {times:?}"
        );
        assert!(number(&told, "/written") <= pieces as u64);
        if moment == last {
            assert!(
                found > 0 && number(&told, "/written") < pieces as u64,
                "{told}"
            );
        }
        let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
        assert_eq!(deployed.elf_bytes, code.len());
        assert_eq!(buffer(&net, &address), None);
    }
}

#[test]
fn a_killed_upgrade_leaves_the_old_code_until_the_same_command_has_ended() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &large);
    let program = site.program.to_string();
    let before = Deployed::load(&net.rpc, &site.program).unwrap();
    let upgrade = [
        "program",
        "upgrade",
        &program,
        &small,
        "--yes",
        "--other-address",
    ];
    kill_at(&net, &site.owner, &upgrade, 9);
    assert_eq!(Deployed::load(&net.rpc, &site.program).unwrap(), before);
    let listed = net.json(&site.owner, &["program", "show", "--buffers"]);
    assert_eq!(listed["buffers"].as_array().unwrap().len(), 1);
    net.json(&site.owner, &upgrade);
    let verify = ["program", "verify", &program, &small];
    assert_eq!(net.json(&site.owner, &verify)["is_equal"], true);
}

#[test]
fn an_extension_that_may_still_arrive_is_not_paid_a_second_time() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let (owner, program) = (&site.owner, site.program.to_string());
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);
    net.json(owner, &["program", "write-buffer", &large, "--yes"]);
    let upgrade = ["program", "upgrade", &program, &large, "--yes"];
    let upgrade = [&upgrade[..], &["--other-address"]].concat();
    // It is noted and not sent: who looks later cannot know.
    kill_at(&net, owner, &upgrade, 1);
    let room = || Deployed::load(&net.rpc, &site.program).unwrap().room_bytes;
    let before = room();
    let refused = net.failure(owner, &upgrade);
    assert!(refused.contains("gives a program more room"), "{refused}");
    assert_eq!(room(), before);

    let extend = ["program", "extend", &program, "10240"];
    let own = [&extend[..], &["--patience", "1"]].concat();
    let held_back = net.run(owner, &own);
    assert_eq!(held_back.status.code(), Some(5), "{held_back:?}");
    assert_eq!(room(), before);

    // Somebody else has extended it meanwhile: that is enough.
    let meant = [&extend[..], &["--repeat"]].concat();
    net.json(&net.user("other", 20 * SOL), &meant);
    let pending = net.json(owner, &["pending"]);
    let signature = text(&pending, "/transactions/0/signature");
    net.json(owner, &["pending", "--forget", &signature]);
    net.json(owner, &upgrade);
    assert_eq!(room(), before + 10_240);
}

/// Before a node knows what became of a transaction, it shows the program as it was before.
fn node_that_is_behind(net: &CliNet, site: &Site, heir: &Pubkey) -> LyingNode {
    let (asked, heir, owner) = (AtomicUsize::new(0), *heir, site.owner.address);
    LyingNode::before(&net.url(), move |request, answer| {
        let is_status = request["method"] == "getSignatureStatuses";
        if asked.fetch_add(usize::from(is_status), Ordering::Relaxed) >= 2 {
            return;
        }
        if is_status {
            answer["result"]["value"] = json!([null]);
        }
        let value = answer.pointer_mut("/result/value");
        let accounts = value.and_then(Value::as_array_mut);
        for account in accounts.into_iter().flatten() {
            let Some(mut data) = data_of(account) else {
                continue;
            };
            if data.get(AUTHORITY_AT) == Some(heir.as_ref()) {
                data[AUTHORITY_AT].copy_from_slice(owner.as_ref());
                account["data"][0] = json!(BASE64_STANDARD.encode(data));
            }
        }
    })
}

/// Where an account with code says who may replace it.
const AUTHORITY_AT: Range<usize> = 13..45;

fn data_of(account: &Value) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(account["data"][0].as_str()?).ok()
}

#[test]
fn what_a_killed_command_has_sent_is_settled_before_anything_is_read_for_a_plan() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let (heir, program) = (net.user("heir", 0), site.program.to_string());
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let give = ["program", "set-authority", &program, &heir.keypair_file];
    let give = [&give[..], &["--yes"]].concat();
    kill_at(&net, &site.owner, &give, 3);
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    assert_eq!(deployed.upgrade_authority, Some(heir.address));

    let node = node_that_is_behind(&net, &site, &heir.address);
    let typed = [&["--output", "json"], &give[..]].concat();
    let output = net.run_at(&node.url, &site.owner, &typed);
    let told: Value = serde_json::from_str(&succeeded(&output, &typed)).unwrap();
    assert_eq!(told["signature"], Value::Null, "{told}");
    assert_eq!(text(&told, "/authority"), heir.address.to_string());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Now: it was done"), "{said}");
}

#[test]
fn an_extension_that_a_killed_command_has_made_is_not_paid_a_second_time() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let (owner, program) = (&site.owner, site.program.to_string());
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let extend = ["program", "extend", &program, "10240"];
    kill_at(&net, owner, &extend, 3);
    let room = || Deployed::load(&net.rpc, &site.program).unwrap().room_bytes;
    let before = room();
    let held_back = net.run(owner, &extend);
    let said = String::from_utf8_lossy(&held_back.stderr);
    assert_eq!(held_back.status.code(), Some(5), "{said}");
    let found = "An earlier command left this undecided";
    assert_eq!(said.matches(found).count(), 1, "{said}");
    assert!(said.contains("Now: it was done"), "{said}");
    assert_eq!(room(), before);

    // What ends the command before it comes to that hides nothing.
    let too_many = net.run(owner, &["program", "extend", &program, "10"]);
    let said = String::from_utf8_lossy(&too_many.stderr);
    assert_eq!(too_many.status.code(), Some(1), "{said}");
    assert_eq!(said.matches(found).count(), 1, "{said}");
}

#[test]
fn what_an_earlier_extension_did_is_told_once_where_another_one_is_meant() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let (owner, program) = (&site.owner, site.program.to_string());
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let payer = net.user("payer", 20 * SOL).keypair_file;
    let extend = ["program", "extend", &program, "10240"];
    let by_other = [&extend[..], &["--fee-payer", &payer]].concat();
    let room = || Deployed::load(&net.rpc, &site.program).unwrap().room_bytes;
    let before = room();
    for (more, room_bytes) in [
        (&by_other, before + 20_480),
        (&extend.to_vec(), before + 40_960),
    ] {
        kill_at(&net, owner, &extend, 3);
        let repeated = [&more[..], &["--repeat"]].concat();
        let output = net.run(owner, &repeated);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let found = "An earlier command left this undecided";
        assert_eq!(said.matches(found).count(), 1, "{said}");
        assert_eq!(room(), room_bytes);
    }
}

#[test]
fn a_killed_close_is_no_reason_why_something_about_another_program_fails() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let other = Site {
        owner: site.owner.clone(),
        ..Site::new(&net, "other")
    };
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    other.deployed(&net, &elf);
    let [program, others] = [&site, &other].map(|site| site.program.to_string());
    let close = ["program", "close", &program, "--yes", "--again", &program];
    kill_at(&net, &site.owner, &close, 1);
    let mistyped = ["program", "close", &others, "--yes", "--again", &program];
    let refused = net.failure(&site.owner, &mistyped);
    assert!(!refused.contains("an earlier command"), "{refused}");
    let same = ["program", "close", &program, "--yes", "--again", &others];
    // What is nowhere may have been a buffer.
    let nowhere = net.user("nowhere", 0).address.to_string();
    for typed in [&same[..], &["program", "close", &nowhere, "--yes"]] {
        let refused = net.failure(&site.owner, typed);
        assert!(refused.contains("of an earlier command"), "{refused}");
    }
}
