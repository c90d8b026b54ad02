//! Staking and leaving.

use serde_json::Value;
use sluice_client::PoolAddresses;
use sluice_tests::command::{keys, number, text};

use crate::net::{CliNet, SOL, User};

/// What a transaction with one signature costs.
const FEE: u64 = 5_000;

fn holder(net: &CliNet) -> User {
    net.user("holder", 1_000 * SOL)
}

#[test]
fn stake_creates_the_token_account_and_says_what_the_deposit_is_worth() {
    let net = CliNet::new();
    let holder = holder(&net);
    let staked = net.json(&holder, &["stake", "12.345678901"]);
    assert_eq!(
        keys(&staked),
        [
            "balance_lst",
            "charge_lamports",
            "deposited_lamports",
            "dripping_lamports",
            "fee_lamports",
            "minted_lst",
            "network_fee_lamports",
            "owner",
            "pool",
            "redeemable_lamports",
            "rent_lamports",
            "signature",
            "slot",
            "token_account",
            "upkeep_fee_lamports",
            "upkeep_signatures",
        ]
    );
    assert_eq!(number(&staked, "/deposited_lamports"), 12_345_678_901);
    assert_eq!(number(&staked, "/minted_lst"), 12_345_678_901);
    assert_eq!(number(&staked, "/redeemable_lamports"), 12_345_678_901);
    assert_eq!(number(&staked, "/dripping_lamports"), 0);
    assert_eq!(number(&staked, "/charge_lamports"), 0, "no reward yet");
    assert_eq!(net.tokens(&holder.address), 12_345_678_901);

    let before = net.lamports(&holder.address);
    let again = net.json(&holder, &["stake", "1"]);
    assert_eq!(number(&again, "/balance_lst"), 13_345_678_901);
    assert_eq!(net.lamports(&holder.address), before - SOL - FEE);

    let friend = net.user("friend", 0);
    let gift = ["stake", "2", "--recipient", &friend.address.to_string()];
    assert_eq!(
        text(&net.json(&holder, &gift), "/owner"),
        friend.address.to_string()
    );
    assert_eq!(net.tokens(&friend.address), 2 * SOL);
}

#[test]
fn a_deposit_while_rewards_drip_is_redeemable_for_less_until_they_have_dripped() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    net.json(&holder, &["stake", "500"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    for _ in 0..2 {
        net.next_epoch();
        net.json(&net.curator, &["crank"]);
    }
    let staked = net.json(&holder, &["stake", "100"]);
    let (now, later) = (
        number(&staked, "/redeemable_lamports"),
        number(&staked, "/dripping_lamports"),
    );
    assert!(later > 0, "{staked}");
    let charge = number(&staked, "/charge_lamports");
    assert!((1..=SOL / 5).contains(&charge), "at most 20 bps: {staked}");
    // A part of the charge is the depositor's own again.
    assert!(
        (100 * SOL - charge..100 * SOL).contains(&(now + later)),
        "{staked}"
    );
    assert!(number(&staked, "/minted_lst") < 100 * SOL);
}

#[test]
fn a_stale_pool_is_cranked_on_the_way_unless_that_is_refused() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    net.json(&holder, &["stake", "10"]);
    net.next_epoch();
    assert_eq!(
        net.failure(&holder, &["stake", "1", "--no-crank"]),
        "the pool is not priced for epoch 1 yet: run `sluice crank` first, or leave off --no-crank"
    );
    let output = net.run(&holder, &["--output", "json", "stake", "1"]);
    assert!(output.status.success());
    let announced = String::from_utf8(output.stderr).unwrap();
    assert_told_before_and_after(&net, &announced, 1);
    let staked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&staked, "/minted_lst"), SOL);
    assert_eq!(number(&staked, "/upkeep_fee_lamports"), FEE);
    assert_eq!(staked["upkeep_signatures"].as_array().unwrap().len(), 1);

    net.next_epoch();
    let exit = ["unstake", "1", "--instant", "--no-crank"];
    assert!(
        net.failure(&holder, &exit)
            .starts_with("the pool is not priced for epoch 2 yet")
    );
    // The reserve still holds everything: the cranks were turned outside the window.
    let paid = net.json(&holder, &exit[..3]);
    assert_eq!(text(&paid, "/mode"), "instant");

    net.next_epoch();
    let queued = net.json(&holder, &["unstake", "1", "--no-crank"]);
    assert_eq!(text(&queued, "/mode"), "queue", "the queue needs no price");
    let output = net.run(&holder, &["unstake", "1"]);
    assert!(output.status.success());
    let announced = String::from_utf8(output.stderr).unwrap();
    assert_told_before_and_after(&net, &announced, 3);
}

/// What comes first, what it costs, and what it cost are told in this order.
fn assert_told_before_and_after(net: &CliNet, announced: &str, epoch: u64) {
    let first = format!("{} is priced for epoch {epoch}: 1 transaction\n", net.pool);
    let cost = "about 0.000005000 SOL of fees, at most 0.000210000 SOL\n";
    let after = format!(
        "Cranked {}: 1 transaction, fees 0.000005000 SOL.\n",
        net.pool
    );
    let at = [first.as_str(), cost, &after].map(|words| {
        let at = announced.find(words);
        at.unwrap_or_else(|| panic!("{words}:\n{announced}"))
    });
    assert!(at.is_sorted(), "{announced}");
}

#[test]
fn an_instant_exit_pays_at_once_less_a_fee() {
    let net = CliNet::new();
    let holder = holder(&net);
    net.json(&holder, &["stake", "100"]);
    let before = net.lamports(&holder.address);
    let paid = net.json(&holder, &["unstake", "all", "--instant"]);
    assert_eq!(
        keys(&paid),
        [
            "balance_lst",
            "burned_lst",
            "fee_lamports",
            "mode",
            "network_fee_lamports",
            "owner",
            "paid_lamports",
            "pool",
            "signature",
            "slot",
            "upkeep_fee_lamports",
            "upkeep_signatures",
        ]
    );
    let (lamports, fee) = (
        number(&paid, "/paid_lamports"),
        number(&paid, "/fee_lamports"),
    );
    assert_eq!(lamports + fee, 100 * SOL);
    // From 0.05% where the reserve is full up to 1% where it is empty.
    assert!((SOL / 20..SOL / 10).contains(&fee), "{fee}");
    assert_eq!(net.lamports(&holder.address), before + lamports - FEE);
    assert_eq!(net.tokens(&holder.address), 0);
}

/// What `unstake` tells of a request.
const REQUESTED: [&str; 25] = [
    "balance_lst",
    "balance_owner",
    "batch",
    "latest_epoch",
    "least_lamports",
    "least_price_lamports",
    "lock_slot",
    "lst",
    "mode",
    "most_lamports",
    "most_price_lamports",
    "network_fee_lamports",
    "now_lamports",
    "owner",
    "payable_epoch",
    "payable_slot",
    "pool",
    "reasons",
    "rent_lamports",
    "seconds_until_payable",
    "signature",
    "slot",
    "ticket",
    "upkeep_fee_lamports",
    "upkeep_signatures",
];

#[test]
fn the_queue_pays_in_the_epoch_that_was_announced() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    net.json(&holder, &["stake", "100"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.next_epoch();
    let requested = net.json(&holder, &["unstake", "40"]);
    assert_eq!(keys(&requested), REQUESTED);
    assert_eq!(text(&requested, "/mode"), "queue");
    assert_eq!(number(&requested, "/now_lamports"), 40 * SOL);
    assert_eq!(number(&requested, "/least_lamports"), 40 * SOL - 20);
    assert_eq!(number(&requested, "/most_lamports"), 40 * SOL);
    assert_eq!(number(&requested, "/latest_epoch"), 3);
    assert_eq!(number(&requested, "/payable_epoch"), 2);
    assert_eq!(number(&requested, "/balance_lst"), 60 * SOL);
    let seconds = number(&requested, "/seconds_until_payable");
    assert!((590..=600).contains(&seconds), "{seconds}");

    let claim = net.json(&holder, &["claim"]);
    assert_eq!(number(&claim, "/total_lamports"), 0);
    assert_eq!(number(&claim, "/waiting_tickets"), 1);

    net.to_window();
    net.json(&net.curator, &["crank"]);
    assert_eq!(ticket_state(&net, &holder), "locked");
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    assert_eq!(ticket_state(&net, &holder), "paid");

    let before = net.lamports(&holder.address);
    let claimed = net.json(&holder, &["claim"]);
    let lamports = number(&claimed, "/total_lamports");
    assert!(lamports >= 40 * SOL, "{claimed}");
    assert_eq!(number(&claimed, "/claims/0/lamports"), lamports);
    assert_eq!(claimed["claims"][0]["closed"], true);
    // The rent of ticket and batch comes back too.
    assert!(net.lamports(&holder.address) > before + lamports);
    let left = net.json(&holder, &["tickets"]);
    assert_eq!(left["tickets"], Value::Array(Vec::new()));
}

fn ticket_state(net: &CliNet, holder: &User) -> String {
    text(&net.json(holder, &["tickets"]), "/tickets/0/state")
}

#[test]
fn tickets_can_be_cancelled_and_given_away_until_their_batch_locks() {
    let net = CliNet::new();
    let holder = holder(&net);
    net.json(&holder, &["stake", "100"]);
    let first = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let second = text(&net.json(&holder, &["unstake", "20"]), "/ticket");
    assert_ne!(first, second);

    let cancelled = net.json(&holder, &["tickets", "cancel", &first]);
    assert_eq!(number(&cancelled, "/returned_lst"), 10 * SOL);
    assert_eq!(number(&cancelled, "/balance_lst"), 80 * SOL);

    let friend = net.user("friend", SOL);
    let to = friend.address.to_string();
    let refused = net.failure(&friend, &["tickets", "transfer", &second, &to]);
    assert!(
        refused.starts_with("Only the ticket's owner may do this"),
        "{refused}"
    );
    net.json(&holder, &["tickets", "transfer", &second, &to]);
    let owned = net.json(&friend, &["tickets"]);
    assert_eq!(text(&owned, "/tickets/0/ticket"), second);
    assert_eq!(number(&owned, "/tickets/0/lst"), 20 * SOL);
    assert_eq!(text(&owned, "/tickets/0/state"), "open");

    net.to_window();
    let late = net.failure(&friend, &["tickets", "cancel", &second]);
    assert!(late.starts_with("The batch is locked"), "{late}");
}

#[test]
fn what_cannot_be_done_is_refused_in_a_sentence_that_says_what_to_do() {
    let net = CliNet::with_validators();
    let holder = holder(&net);
    assert_eq!(
        net.failure(&holder, &["stake", "0"]),
        "An amount must be above zero. Give an amount above zero"
    );
    let poor = net.failure(&holder, &["stake", "5000"]);
    assert!(
        poor.starts_with("this takes 5000.002044280 SOL (5000.000000000 SOL to deposit, "),
        "{poor}"
    );
    assert!(
        poor.contains(" has 1000.000000000 SOL") && poor.contains("4000.002935160 SOL are lacking"),
        "{poor}"
    );
    let nothing = net.failure(&holder, &["unstake", "1"]);
    assert!(
        nothing.contains("holds no tokens of this pool: `sluice stake` first"),
        "{nothing}"
    );
    net.json(&holder, &["stake", "100"]);
    for nothing in [&["unstake", "0"][..], &["unstake", "0", "--send", "dump"]] {
        assert_eq!(
            net.failure(&holder, nothing),
            "An amount must be above zero. Give an amount above zero"
        );
    }
    let too_much = net.failure(&holder, &["unstake", "100.000000001"]);
    assert!(
        too_much.contains("holds 100.000000000 LST, less than"),
        "{too_much}"
    );

    net.to_window();
    net.json(&net.curator, &["crank"]);
    let drained = net.failure(&holder, &["unstake", "50", "--instant"]);
    assert!(
        drained.contains("Leave off `--instant` to go through the queue"),
        "{drained}"
    );
    let no_ticket = net.failure(&holder, &["tickets", "cancel", &net.mint]);
    assert!(no_ticket.contains("is not a ticket"), "{no_ticket}");
}

#[test]
fn people_read_amounts_with_nine_digits_and_dates_in_words() {
    let net = CliNet::new();
    let holder = holder(&net);
    let staked = net.table(&holder, &["stake", "10"]);
    assert!(
        staked.contains("Received         10.000000000 LST"),
        "{staked}"
    );
    assert!(
        staked.contains("Redeemable now   10.000000000 SOL"),
        "{staked}"
    );
    assert!(
        staked.contains("Still dripping   0.000000000 SOL"),
        "{staked}"
    );
    let requested = net.table(&holder, &["unstake", "all"]);
    assert!(requested.contains("in epoch 1, from slot "), "{requested}");
    assert!(requested.contains("in about 10 minutes"), "{requested}");
    assert!(
        requested.contains("9.999999980 SOL to 10.000000000 SOL"),
        "{requested}"
    );
    assert!(
        net.table(&holder, &["claim"])
            .starts_with("Nothing can be claimed yet")
    );
}

/// E10. Whoever deposits after a donation, or after everybody has left, is told what still drips.
#[test]
fn a_deposit_says_where_most_of_what_it_buys_still_drips() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let warned = |arguments: &[&str]| {
        let output = net.run(&holder, arguments);
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        said.contains("for rewards that still drip")
    };
    assert!(!warned(&["stake", "1"]));
    let pool = PoolAddresses::of_mint(net.mint.parse().unwrap());
    net.airdrop(&pool.reserve, 5 * SOL);
    net.next_epoch();
    assert!(warned(&["stake", "1"]));
}

/// A pool that nobody has priced is cranked on the way, and what stops that is what is told.
#[test]
fn a_wallet_that_cannot_pay_for_the_crank_is_told_so_and_not_that_the_pool_is_stale() {
    let net = CliNet::new();
    let poor = net.user("poor", 0);
    net.next_epoch();
    let refused = net.failure(&poor, &["stake", "1"]);
    assert!(
        refused.contains("SOL") && !refused.contains("not priced"),
        "{refused}"
    );
}
