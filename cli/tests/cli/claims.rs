//! Claims of tickets by address, and claims of which some fail.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice::state::UnstakeBatch;
use sluice_client::PoolAddresses;
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::{LyingNode, faults::Heard},
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    net::{CliNet, SOL, User},
    refused_methods::without,
};

/// Bytes of a discriminator.
const KIND: usize = 8;

/// Somebody with a ticket that is paid, and one that waits.
fn start() -> (CliNet, User, [String; 2]) {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let ticket = |lst: &str| text(&net.json(&holder, &["unstake", lst]), "/ticket");
    let paid = ticket("10");
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.earn();
    let waiting = ticket("20");
    (net, holder, [paid, waiting])
}

/// The account as a node writes it.
fn written(account: &Account) -> Value {
    json!({
        "lamports": account.lamports,
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "owner": account.owner.to_string(),
        "executable": account.executable,
        "rentEpoch": u64::MAX,
        "space": account.data.len(),
    })
}

/// A node that says this of one account.
pub fn forging(net: &CliNet, address: Pubkey, account: Option<Account>) -> LyingNode {
    let address = json!(address.to_string());
    LyingNode::before(&net.url(), move |request, answer| {
        let asked = request["params"][0].as_array();
        let index = asked.and_then(|asked| asked.iter().position(|one| *one == address));
        if let Some(index) = index.filter(|_| request["method"] == "getMultipleAccounts") {
            let told = account.as_ref().map_or(Value::Null, written);
            answer["result"]["value"][index] = told;
        }
    })
}

/// A node that says that a batch, which is not paid yet, was paid this much, wholly or in part.
fn paying(net: &CliNet, batch: u64, lamports: u64, settled: bool) -> LyingNode {
    let pool = PoolAddresses::of_mint(net.mint.parse().unwrap());
    let address = pool.batch(batch);
    let mut account = net.rpc.get_account(&address).unwrap();
    let data = &mut account.data[KIND..];
    let mut batch: UnstakeBatch = bytemuck::pod_read_unaligned(data);
    batch.paid_lamports = lamports;
    batch.unsettled_lst = if settled { 0 } else { batch.lst / 2 };
    data.copy_from_slice(bytemuck::bytes_of(&batch));
    forging(net, address, Some(account))
}

fn json_at(net: &CliNet, url: &str, user: &User, arguments: &[&str]) -> Value {
    let arguments = [&["--output", "json"], arguments].concat();
    let printed = succeeded(&net.run_at(url, user, &arguments), &arguments);
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn anybody_claims_named_tickets_for_their_owner_without_an_index() {
    let (net, holder, [paid, waiting]) = start();
    let stranger = net.user("stranger", SOL);
    let methods = ["getProgramAccounts"];
    let node = without(&net, &methods, Heard::Status(410, None));
    let before = [&holder, &stranger].map(|user| net.lamports(&user.address));
    let claimed = json_at(&net, &node.url, &stranger, &["claim", &paid, &waiting]);
    assert_eq!(text(&claimed, "/claims/0/ticket"), paid);
    assert_eq!(
        text(&claimed, "/claims/0/owner"),
        holder.address.to_string()
    );
    assert_eq!(number(&claimed, "/waiting_tickets"), 1);
    let lamports = number(&claimed, "/total_lamports");
    assert!(lamports >= 10 * SOL, "{claimed}");
    let after = [&holder, &stranger].map(|user| net.lamports(&user.address));
    assert!(after[0] >= before[0] + lamports, "the owner is paid");
    assert_eq!(after[1], before[1] - 5_000, "who claims pays the fee");
}

#[test]
fn a_ticket_that_is_gone_does_not_stop_the_others() {
    let (net, holder, [paid, _]) = start();
    let gone = Pubkey::new_unique().to_string();
    let claim = ["claim", &gone, &paid];
    let output = net.run(&holder, &claim);
    assert_eq!(output.status.code(), Some(1));
    let [said, story] = [output.stderr, output.stdout].map(|text| String::from_utf8(text).unwrap());
    assert!(
        said.ends_with(&format!(
            "\nerror: there is no ticket at {gone}: it was paid and closed, or it is another address\n"
        )),
        "{said}"
    );
    assert!(
        story.contains(&paid) && story.contains("received 10."),
        "{story}"
    );
}

#[test]
fn a_claim_that_is_refused_does_not_stop_the_others_and_all_are_said() {
    let (net, holder, [paid, waiting]) = start();
    let tickets = net.json(&holder, &["tickets"]);
    let batch = number(&tickets, "/tickets/1/batch");
    let node = paying(&net, batch, 20 * SOL, true);
    let arguments = ["--output", "json", "claim"];
    let output = net.run_at(&node.url, &holder, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&format!("{waiting}: ")) && said.contains("1 of 2 claims failed: "),
        "{said}"
    );
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let values: Vec<Value> = values.map(Result::unwrap).collect();
    let claimed = &values[0];
    assert_eq!(text(claimed, "/claims/0/ticket"), paid);
    assert!(
        text(claimed, "/failures/0").starts_with(&waiting),
        "{claimed}"
    );
    assert_eq!(values.len(), 1, "the result says what failed");
    assert!(number(claimed, "/total_lamports") >= 10 * SOL);

    // Alone, it is simply refused.
    let refused = failed(&net.run_at(&node.url, &holder, &["claim"]), &["claim"]);
    assert!(
        refused.starts_with("The ticket has nothing to claim yet"),
        "{refused}"
    );
}

#[test]
fn a_part_that_would_leave_an_empty_owner_below_its_rent_is_left_out_beforehand() {
    let (net, holder, [_, waiting]) = start();
    let heir = Keypair::new().pubkey();
    net.json(
        &holder,
        &["tickets", "transfer", &waiting, &heir.to_string()],
    );
    let tickets = net.json(&holder, &["tickets", "--owner", &heir.to_string()]);
    let batch = number(&tickets, "/tickets/0/batch");
    let claim = ["claim", &waiting];
    let node = paying(&net, batch, 800_000, false);
    let output = net.run_at(&node.url, &holder, &claim);
    succeeded(&output, &claim);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        format!(
            "Ticket {waiting} is left out: 0.000800000 SOL of it can be paid now, but its owner {heir} \
             has 0.000000000 SOL, and the cluster keeps no account with less than 0.000890880 SOL. Send \
             the owner SOL first, or wait: the last part of a ticket can always be claimed.\n"
        )
    );
    // Enough for an account, or to who has one already: it is tried, and the cluster knows better.
    let enough = paying(&net, batch, 900_000, false);
    let tried = failed(&net.run_at(&enough.url, &holder, &claim), &claim);
    assert!(
        tried.starts_with("The ticket has nothing to claim yet"),
        "{tried}"
    );
    net.airdrop(&heir, SOL);
    let tried = failed(&net.run_at(&node.url, &holder, &claim), &claim);
    assert!(
        tried.starts_with("The ticket has nothing to claim yet"),
        "{tried}"
    );
}

#[test]
fn an_index_that_lags_makes_nobody_claim_what_is_paid_already() {
    let (net, holder, [paid, _]) = start();
    // What the index says now, it says for ever.
    let first = std::sync::Mutex::new(None);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == "getProgramAccounts" {
            let mut first = first.lock().unwrap();
            answer["result"] = first.get_or_insert(answer["result"].take()).clone();
        }
    });
    let claimed = json_at(&net, &node.url, &holder, &["claim"]);
    assert_eq!(text(&claimed, "/claims/0/ticket"), paid);
    let again = json_at(&net, &node.url, &holder, &["claim"]);
    assert_eq!(again["claims"], json!([]), "{again}");
    assert_eq!(number(&again, "/waiting_tickets"), 1);
}

#[test]
fn what_somebody_else_has_claimed_meanwhile_is_told_as_that() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    // The second one keeps their batch.
    let [paid, _] = ["10", "5"].map(|lst| text(&net.json(&holder, &["unstake", lst]), "/ticket"));
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.earn();
    let ticket: Pubkey = paid.parse().unwrap();
    let account = net.rpc.get_account(&ticket).unwrap();
    net.json(&holder, &["claim", &paid]);
    let asked = AtomicUsize::new(0);
    // The ticket is there while the claim is planned, and gone when it is made.
    let node = LyingNode::before(&net.url(), move |request, answer| {
        let addresses = request["params"][0].as_array();
        let place =
            addresses.and_then(|all| all.iter().position(|one| *one == json!(ticket.to_string())));
        if let Some(place) = place.filter(|_| request["method"] == "getMultipleAccounts")
            && asked.fetch_add(1, Ordering::Relaxed) == 0
        {
            answer["result"]["value"][place] = written(&account);
        }
    });
    let said = failed(
        &net.run_at(&node.url, &holder, &["claim", &paid]),
        &["claim"],
    );
    assert!(said.contains("somebody has claimed it meanwhile"), "{said}");
    assert!(said.contains("paid to its owner"), "{said}");
    assert!(!said.contains("another program"), "{said}");
}
