//! From a dump by way of signatures to the cluster.

use std::path::PathBuf;

use serde_json::json;
use sluice_tests::{
    command::{keys, number, succeeded, text},
    net::LyingNode,
};
use solana_hash::Hash;

use super::{dump, holder, nonce, read, sending, sign, sign_refused, try_sign, write};
use crate::net::{CliNet, SOL, User};

#[test]
fn what_is_signed_offline_is_sent_two_epochs_later_and_only_once() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    let nonce = nonce(&net, &holder);
    let file = dump(&net, &holder, "file", &["unstake", "1", "--nonce", &nonce]);
    let told = || read(&file)["transactions"][0]["instructions"].clone();
    let dumped = told();
    let said = sign(&holder, &file, &[]);
    assert_eq!(told(), dumped, "amounts are text in both");
    for part in [
        "This is what you sign, as its bytes say it:",
        "1. System: advance_nonce",
        "2. Sluice: request_unstake",
        "1.000000000 LST",
        &format!("Must sign: {}", holder.address),
        &format!("- the nonce in {nonce} is used, or its authority changes"),
        "- request_unstake: the last batch that it names is locked",
        &format!("You sign as {}.", holder.address),
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("a minute"), "{said}");
    for _ in 0..2 {
        // Somebody leaves in each epoch, so that a batch locks in each.
        net.json(&holder, &["unstake", "5"]);
        net.to_window();
        net.next_epoch();
    }
    // Whoever sends has no key of those who signed.
    let stranger = net.user("stranger", 0);
    let sent = net.json(&stranger, &sending(&[&file]));
    let transaction = &sent["transactions"][0];
    assert_eq!(transaction["was_there"], json!(false));
    let event = &transaction["events"][0];
    assert_eq!(text(event, "/event"), "UnstakeRequested");
    assert_eq!(number(event, "/lst"), SOL);
    let tickets = || {
        net.json(&holder, &["tickets"])["tickets"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(tickets(), 3);

    let again = net.json(&stranger, &sending(&[&file]));
    assert_eq!(again["transactions"][0]["was_there"], json!(true));
    assert_eq!(
        text(&again, "/transactions/0/signature"),
        text(transaction, "/signature")
    );
    assert_eq!(tickets(), 3);
    let table = net.table(&stranger, &sending(&[&file]));
    assert!(
        table.starts_with("Transaction 1 of 1 was on the cluster already, and was not sent again."),
        "{table}"
    );
}

#[test]
fn people_sign_one_after_the_other_or_copies_that_are_put_together() {
    let net = CliNet::new();
    let (holder, payer) = (holder(&net), net.user("payer", SOL));
    let nonces = [nonce(&net, &payer), nonce(&net, &payer)];
    let [first, second] = [("first", &nonces[0]), ("second", &nonces[1])].map(|(name, nonce)| {
        let payer = payer.address.to_string();
        let unstake = ["unstake", "1", "--fee-payer", &payer, "--nonce", nonce];
        dump(&net, &holder, name, &unstake)
    });
    // One after the other, in the same file.
    sign(&holder, &first, &[]);
    let half = read(&first);
    assert_eq!(
        half["transactions"][0]["signed_by"],
        json!([holder.address.to_string()])
    );
    let refused = net.failure(&holder, &sending(&[&first]));
    assert_eq!(
        refused,
        format!(
            "not everybody has signed: `sluice sign` must be run by {}",
            payer.address
        )
    );
    let said = sign(&payer, &first, &[]);
    let has_signed = format!("Has signed: {}", holder.address);
    assert!(said.contains(&has_signed), "{said}");
    net.json(&holder, &sending(&[&first]));

    // Each a copy.
    let copies = [(&holder, net.path("a")), (&payer, net.path("b"))];
    let untouched = read(&second);
    for (signer, out) in &copies {
        sign(signer, &second, &["--out", out.to_str().unwrap()]);
    }
    assert_eq!(read(&second), untouched);
    let [a, b] = [&copies[0].1, &copies[1].1];
    let others = net.failure(&holder, &sending(&[a, &first]));
    assert!(
        others.starts_with("the files are not of the same messages"),
        "{others}"
    );
    net.json(&holder, &sending(&[a, b]));
    let tickets = net.json(&holder, &["tickets"]);
    assert_eq!(tickets["tickets"].as_array().unwrap().len(), 2);
}

#[test]
fn both_keys_of_one_machine_sign_at_once() {
    let net = CliNet::new();
    let (holder, payer) = (holder(&net), net.user("payer", SOL));
    let address = payer.address.to_string();
    let unstake = ["unstake", "1", "--fee-payer", &address];
    let file = dump(&net, &holder, "file", &unstake);
    let said = sign(&holder, &file, &["--fee-payer", &payer.keypair_file]);
    let both = format!("You sign as {} and {address}.", holder.address);
    assert!(said.contains(&both), "{said}");
    net.json(&holder, &sending(&[&file]));
}

#[test]
fn only_who_is_asked_signs_and_only_after_agreeing() {
    let net = CliNet::new();
    let holder = holder(&net);
    let file = dump(&net, &holder, "file", &["stake", "1"]);
    let stranger = net.user("stranger", 0);
    let refused = sign_refused(&stranger, &file, &["--yes"]);
    assert_eq!(
        refused,
        format!(
            "{} does not ask {} to sign. It asks {}",
            file.display(),
            stranger.address,
            holder.address
        )
    );
    let unasked = sign_refused(&holder, &file, &[]);
    assert_eq!(
        unasked,
        "nobody is at a terminal to agree to this: pass --yes"
    );
    let absent = sign_refused(&holder.absent(), &file, &["--yes"]);
    assert!(
        absent.contains("is an address, which cannot sign"),
        "{absent}"
    );
    let multisig = net.mint.clone();
    for option in [["--send", "dump"], ["--squads", &multisig]] {
        let refused = sign_refused(&holder, &file, &option);
        assert_eq!(
            refused,
            "`sluice sign` takes a file of transactions: leave off --send and --squads"
        );
        let send = [&sending(&[&file])[..], &option].concat();
        let refused = net.failure(&holder, &send);
        assert!(
            refused.starts_with("`sluice send` takes a file"),
            "{refused}"
        );
    }
}

#[test]
fn without_a_durable_nonce_it_is_said_that_it_lives_for_a_minute_only() {
    let net = CliNet::new();
    let holder = holder(&net);
    let file = dump(&net, &holder, "file", &["stake", "1"]);
    let said = sign(&holder, &file, &[]);
    assert!(
        said.contains("Without a durable nonce it can be sent for about a minute only"),
        "{said}"
    );
    assert!(!said.contains("hardly be sent"), "{said}");
    // When it dies is told by its bytes, not by what somebody has noted in the file.
    let mut old = read(&file);
    old["transactions"][0]["last_valid_block_height"] = json!(987_654_321);
    old["made_at_unix_seconds"] = json!(number(&old, "/made_at_unix_seconds") - 7_200);
    let old = write(&net, "old", &old);
    let said = sign(&holder, &old, &[]);
    assert!(
        said.contains("It was made 2 hours ago by this machine's clock"),
        "{said}"
    );
    assert!(!said.contains("987654321"), "{said}");
    let shown = net.table(&holder.absent(), &["stake", "1", "--send", "dump"]);
    assert!(
        shown.contains("Its blockhash holds until block height"),
        "{shown}"
    );
}

/// A dump of a moment that the cluster has forgotten.
fn with_an_old_blockhash(net: &CliNet, holder: &User) -> PathBuf {
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getLatestBlockhash" {
            answer["result"]["value"]["blockhash"] = json!(Hash::new_unique().to_string());
        }
    });
    let stake = ["--output", "json", "stake", "1", "--send", "dump"];
    let dumped = succeeded(&net.run_at(&node.url, holder, &stake), &stake);
    write(net, "minute", &serde_json::from_str(&dumped).unwrap())
}

#[test]
fn a_file_of_another_cluster_says_so() {
    let [net, other] = [CliNet::with_validators(), CliNet::without_pool()];
    let holder = holder(&net);
    let nonce = nonce(&net, &holder);
    let file = dump(&net, &holder, "other", &["unstake", "1", "--nonce", &nonce]);
    sign(&holder, &file, &[]);
    let output = other.run(&holder, &sending(&[&file]));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let genesis = other.rpc.get_genesis_hash().unwrap();
    let cluster = format!("Cluster    unknown cluster {genesis}\n");
    assert!(said.starts_with(&cluster), "{said}");
    let error = format!(
        "error: there is no nonce account {nonce} on this cluster: check the address, and --url\n"
    );
    assert!(said.ends_with(&error), "{said}");
}

#[test]
fn what_can_be_sent_no_more_says_why_and_sends_nothing() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    let (used, handed) = (nonce(&net, &holder), nonce(&net, &holder));
    let unstake = |name: &str, nonce: &str| {
        let file = dump(&net, &holder, name, &["unstake", "1", "--nonce", nonce]);
        sign(&holder, &file, &[]);
        file
    };
    let (first, second) = (unstake("first", &used), unstake("second", &used));
    let third = unstake("third", &handed);
    let minute = with_an_old_blockhash(&net, &holder);
    sign(&holder, &minute, &[]);

    net.json(&holder, &sending(&[&first]));
    let to = net.curator.address;
    let keypair = holder.keypair();
    let hand_over = solana_system_interface::instruction::authorize_nonce_account(
        &handed.parse().unwrap(),
        &holder.address,
        &to,
    );
    net.send(&[hand_over], &[&keypair]);
    let had = net.lamports(&holder.address);
    for (file, why) in [
        (
            &second,
            format!("the nonce that it names in {used} is used"),
        ),
        (
            &third,
            format!("the authority of the nonce account {handed} is {to} now"),
        ),
        (
            &minute,
            "its blockhash is older than about a minute, or of another cluster, and it has no durable \
             nonce"
                .to_owned(),
        ),
    ] {
        let refused = net.failure(&holder, &sending(&[file]));
        assert_eq!(
            refused,
            format!("it cannot be sent any more: {why}. Dump it again")
        );
    }
    assert_eq!(net.lamports(&holder.address), had);
    let tickets = net.json(&holder, &["tickets"]);
    assert_eq!(tickets["tickets"].as_array().unwrap().len(), 1);
}

#[test]
fn what_the_cluster_would_refuse_is_not_sent_and_can_be_sent_later() {
    let net = CliNet::new();
    let holder = holder(&net);
    let nonce = nonce(&net, &holder);
    let unstake = ["unstake", "100", "--nonce", &nonce];
    let file = dump(&net, &holder, "file", &unstake);
    sign(&holder, &file, &[]);
    net.json(&holder, &["unstake", "10"]);
    let had = net.lamports(&holder.address);
    let refused = net.failure(&holder, &sending(&[&file]));
    assert!(
        refused.starts_with("The token account holds less than that"),
        "{refused}"
    );
    assert_eq!(net.lamports(&holder.address), had);
    net.json(&holder, &["stake", "20"]);
    net.json(&holder, &sending(&[&file]));
}

#[test]
fn a_summary_says_who_has_signed_and_who_must() {
    let net = CliNet::new();
    let (holder, payer) = (holder(&net), net.user("payer", SOL));
    let address = payer.address.to_string();
    let unstake = ["unstake", "1", "--fee-payer", &address];
    let file = dump(&net, &holder, "file", &unstake);
    let signed = try_sign(&holder, &file, &["--yes", "--output", "json"]);
    let signed: serde_json::Value = serde_json::from_slice(&signed.stdout).unwrap();
    assert_eq!(
        keys(&signed),
        ["file", "missing", "signed_by", "transactions"]
    );
    assert_eq!(signed["missing"], json!([address]));
    let table = try_sign(&payer, &file, &["--yes"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("Everybody has signed. `sluice send"),
        "{table}"
    );
    // What is printed by a dump and what a signature is added to have the same keys.
    let dumped = net.json(&holder, &[&unstake[..], &["--send", "dump"]].concat());
    let written = read(&file);
    assert_eq!(
        keys(&written["transactions"][0]),
        keys(&dumped["transactions"][0])
    );
}
