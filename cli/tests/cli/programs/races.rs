//! Two commands at once: the one that is slower says what is there, and where its SOL is.

use std::{fs, process::Output, sync::Mutex};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::{
    Deployed,
    pool::{
        buffers::OwnBuffer,
        deployed::{hash_of_elf, hash_text},
    },
};
use sluice_tests::{
    command::{succeeded, text},
    net::LyingNode,
};

use super::{Site, buffer, elves, text_of, writes};
use crate::net::CliNet;

/// When the quicker command runs: once the slower one sees that it has no buffer, or sees its buffer for the
/// first time, or sees all of the code in it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    Planned,
    Begun,
    Written,
}

/// What becomes of a command while another one is quicker with the same key, on another machine.
fn overtaken(
    net: &CliNet,
    site: &Site,
    code: &[u8],
    moment: Moment,
    [slower, quicker]: [&[&str]; 2],
) -> Output {
    let mut command = net.command_at(&net.url(), &site.owner, quicker);
    command.env("SLUICE_STATE", net.path("elsewhere"));
    let buffer = OwnBuffer::of(site.owner.address, code).address;
    let (waiting, code) = (Mutex::new(Some(command)), code.to_vec());
    let node = LyingNode::before(&net.url(), move |request, answer| {
        let is_asked = request["params"][0] == json!([buffer.to_string()]);
        let data = answer.pointer("/result/value/0/data/0");
        let data = data.and_then(Value::as_str).filter(|_| is_asked);
        let shown = data.map(|data| BASE64_STANDARD.decode(data).unwrap());
        let is_now = match (moment, shown) {
            (Moment::Planned, None) => is_asked,
            (Moment::Begun, Some(_)) => true,
            (Moment::Written, Some(shown)) => shown[37..] == code,
            _ => false,
        };
        let command = is_now.then(|| waiting.lock().unwrap().take()).flatten();
        if let Some(mut command) = command {
            let output = command.output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
    });
    let typed = [&["--output", "json"], slower].concat();
    net.run_at(&node.url, &site.owner, &typed)
}

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_another_command_has_done_meanwhile_is_no_failure() {
    let net = CliNet::without_pool();
    let [small, large] = elves().map(|elf| text_of(&elf));
    for moment in [Moment::Begun, Moment::Written] {
        let site = Site::new(&net, &format!("{moment:?}"));
        let program = site.program.to_string();
        let upgrade = ["program", "upgrade", &program, &small, "--yes"];
        let upgrade = [&upgrade[..], &["--other-address"]].concat();
        for (typed, elf) in [(site.deploy(&large), &large), (upgrade, &small)] {
            let code = fs::read(elf).unwrap();
            let typed = typed.as_slice();
            let output = overtaken(&net, &site, &code, moment, [typed; 2]);
            succeeded(&output, typed);
            let told = told(&output);
            let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
            assert_eq!(deployed.hash, hash_of_elf(&code));
            assert_eq!(text(&told, "/program"), program);
            assert_eq!(told["deployed_slot"], deployed.deployed_slot);
            assert_eq!(told["network_fee_lamports"], Value::Null);
        }
    }
}

#[test]
fn two_that_begin_at_once_write_one_buffer() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let (deploy, write) = (
        site.deploy(&elf),
        ["program", "write-buffer", &elf, "--yes"],
    );
    let output = overtaken(&net, &site, &code, Moment::Planned, [&deploy, &write]);
    succeeded(&output, &deploy);
    assert_eq!(told(&output)["written"], 0);
    let address = OwnBuffer::of(site.owner.address, &code).address;
    let times = writes(&net, &address);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(buffer(&net, &address), None);
}

#[test]
fn a_buffer_that_is_left_over_is_named_although_all_is_done() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let (code, typed) = (fs::read(&elf).unwrap(), site.deploy(&elf));
    let output = overtaken(&net, &site, &code, Moment::Planned, [&typed; 2]);
    succeeded(&output, &typed);
    let address = OwnBuffer::of(site.owner.address, &code).address;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(buffer(&net, &address).is_some());
    assert!(
        said.contains(&format!("The buffer {address} is left over")),
        "{said}"
    );
}

/// A part of what a command that failed tells in JSON: where its buffer is.
fn with_its_buffer(net: &CliNet, site: &Site, code: &[u8], output: &Output) -> String {
    let what = text(&told(output), "/error/what");
    assert_eq!(output.status.code(), Some(1), "{what}");
    let address = OwnBuffer::of(site.owner.address, code).address;
    let rent = buffer(net, &address).unwrap().rent;
    let expected = format!("the buffer {address} is still there, with {rent} SOL of rent");
    assert!(what.starts_with(&expected), "{what}");
    let close = format!("sluice program close {address}");
    assert!(what.contains(&close), "{what}");
    what
}

#[test]
fn who_is_slower_is_told_in_json_where_his_sol_is_and_what_is_there_instead() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, large] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&large).unwrap();
    let [slower, quicker] = [&large, &small].map(|elf| site.deploy(elf));
    let output = overtaken(&net, &site, &code, Moment::Written, [&slower, &quicker]);
    let what = with_its_buffer(&net, &site, &code, &output);
    let hash = hash_text(&hash_of_elf(&fs::read(&small).unwrap()));
    assert!(what.contains(&hash), "{what}");

    let program = site.program.to_string();
    let upgrade = ["program", "upgrade", &program, &large, "--yes"];
    let upgrade = [&upgrade[..], &["--other-address"]].concat();
    let give_up = ["program", "set-authority", &program, "--final"];
    let give_up = [&give_up[..], &["--without-metadata", "--again", &program]].concat();
    // The buffer of before would be seen too early.
    net.json(&site.owner, &["program", "close", "--all", "--yes"]);
    let output = overtaken(&net, &site, &code, Moment::Written, [&upgrade, &give_up]);
    with_its_buffer(&net, &site, &code, &output);
}

#[test]
fn a_file_that_becomes_another_one_meanwhile_is_told_as_it_was_read() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [small, large] = elves();
    let (code, path) = (fs::read(&small).unwrap(), net.path("program.so"));
    fs::write(&path, &code).unwrap();
    let changed = path.clone();
    let node = LyingNode::before(&net.url(), move |request, _| {
        if request["method"] == "sendTransaction" {
            fs::copy(&large, &changed).unwrap();
        }
    });
    let path = text_of(&path);
    let typed = site.deploy(&path);
    let told = succeeded(&net.run_at(&node.url, &site.owner, &typed), &typed);
    assert_ne!(fs::read(&path).unwrap(), code);
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    assert_eq!(deployed.hash, hash_of_elf(&code));
    assert!(told.contains(&hash_text(&deployed.hash)), "{told}");
    let read = "its code is what this command has read from the file";
    assert!(told.contains(read), "{told}");
}
