//! Stake accounts in and out.

use serde_json::Value;
use sluice_tests::{
    command::{number, succeeded, text},
    net::faults::{Calls, Effect, FaultyNode, Heard, Rule, Trigger},
};
use solana_pubkey::Pubkey;
use solana_stake_interface::{
    instruction as stake_program,
    state::{Lockup, StakeStateV2},
};

use crate::net::{CliNet, SOL, User};

const RENT: u64 = 2_282_880;

/// A holder's stake accounts, by what can be done with them.
struct Held {
    listed: Pubkey,
    unlisted: Pubkey,
    idle: Pubkey,
    activating: Pubkey,
    locked: Pubkey,
}

/// Active stake with a validator of the pool and with another one, and what is not active.
fn hold(net: &CliNet, holder: &User) -> Held {
    let [listed, unlisted] = [0, 4].map(|index: usize| net.validators[index]);
    let account = |lamports, vote| net.stake_account(holder, lamports, Lockup::default(), vote);
    let mut held = Held {
        listed: account(5 * SOL, Some(&listed)),
        unlisted: account(4 * SOL, Some(&unlisted)),
        idle: account(3 * SOL, None),
        activating: Pubkey::default(),
        locked: Pubkey::default(),
    };
    let lockup = Lockup {
        epoch: 100,
        ..Lockup::default()
    };
    held.locked = net.stake_account(holder, SOL, lockup, Some(&listed));
    net.next_epoch();
    held.activating = account(2 * SOL, Some(&listed));
    held
}

fn way(accounts: &Value, stake: &Pubkey) -> String {
    let stake = stake.to_string();
    let lines = accounts["stake_accounts"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| text(line, "/stake_account") == stake);
    text(line.unwrap(), "/way")
}

#[test]
fn a_wallets_stake_accounts_are_listed_each_with_its_shortest_way() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let none = net.table(&holder, &["stake-account", "list"]);
    assert_eq!(none, format!("{} has no stake accounts.\n", holder.address));
    let held = hold(&net, &holder);
    net.json(&net.curator, &["crank"]);
    let listed = net.json(&holder, &["stake-account", "list"]);
    for (stake, expected) in [
        (held.listed, "deposit"),
        (held.unlisted, "deactivate"),
        (held.idle, "deposit_sol"),
        (held.activating, "deposit_sol"),
        (held.locked, "impossible"),
    ] {
        assert_eq!(way(&listed, &stake), expected, "{listed}");
    }
    // The largest first.
    assert_eq!(
        text(&listed, "/stake_accounts/0/stake_account"),
        held.listed.to_string()
    );
    assert_eq!(number(&listed, "/stake_accounts/0/lamports") / SOL, 5);
    assert_eq!(text(&listed, "/stake_accounts/0/state"), "active");
    let table = net.table(&holder, &["stake-account", "list"]);
    for sentence in [
        "Its validator is not one of the pool's: deactivate it now",
        "It is locked up until epoch 100.",
        "Deactivate it, withdraw its SOL",
    ] {
        assert!(table.contains(sentence), "{sentence}:\n{table}");
    }
    let somebody = [
        "stake-account",
        "list",
        "--owner",
        &holder.address.to_string(),
    ];
    let seen = net.json(&net.curator, &somebody);
    assert_eq!(seen["stake_accounts"].as_array().unwrap().len(), 5);
}

#[test]
fn everything_that_can_be_deposited_is_deposited_in_one_go_and_the_rest_explained() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let all = ["stake-account", "deposit", "--all"];
    let nothing = net.failure(&holder, &all);
    assert!(nothing.contains("has no stake accounts"), "{nothing}");
    let held = hold(&net, &holder);
    let unasked = net.failure(&holder, &all);
    assert_eq!(
        unasked,
        "nobody is at a terminal to agree to this: pass --yes"
    );

    let all = [&all[..], &["--yes"]].concat();
    let deposited = net.json(&holder, &all);
    let deposits = deposited["deposits"].as_array().unwrap();
    let stakes: Vec<String> = deposits
        .iter()
        .map(|line| text(line, "/stake_account"))
        .collect();
    assert_eq!(
        stakes,
        [held.listed, held.idle, held.activating].map(|one| one.to_string())
    );
    assert_eq!(number(&deposits[1], "/lamports"), 3 * SOL + RENT);
    assert_eq!(
        number(&deposited, "/minted_lst"),
        net.tokens(&holder.address)
    );
    assert_eq!(
        deposited["left"].as_array().unwrap().len(),
        2,
        "{deposited}"
    );

    // The stake of an unlisted validator comes in as SOL, an epoch later.
    let unlisted = held.unlisted.to_string();
    let deposit = ["stake-account", "deposit", &unlisted, "--yes"];
    let refused = net.failure(&holder, &deposit);
    assert!(
        refused.contains("its validator is not one of the pool's")
            && refused.ends_with("--deactivate deactivates what can be"),
        "{refused}"
    );
    let deactivate = [&deposit[..], &["--deactivate"]].concat();
    let done = net.json(&holder, &deactivate);
    assert_eq!(text(&done, "/deactivated/0"), unlisted);
    let cooling = net.failure(&holder, &deposit);
    assert!(
        cooling.contains("it cools down: deposit its SOL from epoch 3 on"),
        "{cooling}"
    );
    net.next_epoch();
    let back = net.json(&holder, &deposit);
    assert_eq!(text(&back, "/deposits/0/way"), "deposit_sol");
    assert!(number(&back, "/deposits/0/lamports") >= 4 * SOL + RENT);
}

#[test]
fn a_deactivation_of_this_epoch_is_taken_back_and_a_stray_staker_replaced() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let held = hold(&net, &holder);
    let (keypair, stake) = (holder.keypair(), held.listed);
    let stranger = Pubkey::new_unique();
    net.send(
        &[
            stake_program::deactivate_stake(&stake, &holder.address),
            stake_program::authorize(
                &stake,
                &holder.address,
                &stranger,
                solana_stake_interface::state::StakeAuthorize::Staker,
                None,
            ),
        ],
        &[&keypair],
    );
    let deposit = ["stake-account", "deposit", &stake.to_string(), "--yes"];
    let deposited = net.json(&holder, &deposit);
    assert_eq!(text(&deposited, "/deposits/0/way"), "deposit");
    assert!(number(&deposited, "/deposits/0/lamports") >= 5 * SOL);
}

#[test]
fn what_its_validator_has_no_room_for_is_deactivated_once_and_comes_in_as_sol_an_epoch_later() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 2_000 * SOL);
    let stake = net.stake_account(
        &holder,
        1_500 * SOL,
        Lockup::default(),
        Some(&net.validators[0]),
    );
    // More than the thousand minimum delegations below which the share cap does not bind.
    net.json(&net.curator, &["stake", "1900"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.earn();

    let deposit = ["stake-account", "deposit", &stake.to_string(), "--yes"];
    let full = net.failure(&holder, &deposit);
    assert!(
        full.contains("would have more of the pool than its share cap allows")
            && full.ends_with("--deactivate deactivates what can be"),
        "{full}"
    );
    let deactivate = [&deposit[..], &["--deactivate"]].concat();
    let done = net.json(&holder, &deactivate);
    assert_eq!(text(&done, "/deactivated/0"), stake.to_string());
    let listed = net.json(&holder, &["stake-account", "list"]);
    assert_eq!(way(&listed, &stake), "wait", "{listed}");
    for again in [&deposit[..], &deactivate] {
        let cooling = net.failure(&holder, again);
        assert!(
            cooling.contains("it cools down: deposit its SOL from epoch 3 on")
                && !cooling.contains("--deactivate"),
            "{cooling}"
        );
    }
    net.next_epoch();
    let back = net.json(&holder, &deposit);
    assert_eq!(text(&back, "/deposits/0/way"), "deposit_sol");
    assert!(number(&back, "/deposits/0/lamports") >= 1_500 * SOL + RENT);
    assert_eq!(net.rpc.get_balance(&stake).unwrap(), 0);
}

#[test]
fn what_is_no_stake_account_is_named() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", SOL);
    let pool = net.pool.clone();
    let wrong = net.failure(&holder, &["stake-account", "deposit", &pool, "--yes"]);
    assert!(
        wrong.starts_with(&format!("{pool} is no stake account")),
        "{wrong}"
    );
}

#[test]
fn tokens_leave_as_active_stake_accounts_of_the_best_validators() {
    let net = CliNet::with_active_stake();
    let curator = net.curator.clone();
    let early = net.failure(&curator, &["stake-account", "withdraw", "10", "--yes"]);
    assert!(
        early.starts_with("Exits with stake open once the pool has booked"),
        "{early}"
    );
    net.earn();

    let unasked = net.failure(&curator, &["stake-account", "withdraw", "10"]);
    assert!(unasked.ends_with("pass --yes"), "{unasked}");
    let friend = net.user("friend", 0).address;
    let arguments = [
        "stake-account",
        "withdraw",
        "10",
        "--yes",
        "--recipient",
        &friend.to_string(),
    ];
    let withdrawn = net.json(&curator, &arguments);
    let stake: Pubkey = text(&withdrawn, "/stake_accounts/0/stake_account")
        .parse()
        .unwrap();
    let account = net.rpc.get_account(&stake).unwrap();
    let state: StakeStateV2 = bincode::deserialize(&account.data).unwrap();
    let authorized = state.authorized().unwrap();
    assert_eq!((authorized.staker, authorized.withdrawer), (friend, friend));
    let delegated = state.delegation().unwrap().stake;
    assert_eq!(delegated, number(&withdrawn, "/stake_accounts/0/lamports"));
    assert_eq!(
        number(&withdrawn, "/balance_lst"),
        net.tokens(&curator.address)
    );

    // Two validators of about 45 SOL, each of which keeps about its part of what is left: both give,
    // and then again.
    let both = net.json(&curator, &["stake-account", "withdraw", "40", "--yes"]);
    let accounts = both["stake_accounts"].as_array().unwrap();
    assert!(accounts.len() > 2, "{both}");
    assert_eq!(number(&both, "/queued_lst"), 0);
    // Less stake is left than tokens, because the reserve holds some.
    let rest = net.json(&curator, &["stake-account", "withdraw", "all", "--yes"]);
    assert!(number(&rest, "/queued_lst") > 0, "{rest}");
    let tickets = net.json(&curator, &["tickets"]);
    assert_eq!(text(&tickets, "/tickets/0/ticket"), text(&rest, "/ticket"));
}

#[test]
fn where_stake_goes_is_told_before_since_no_node_may_tell_it_afterwards() {
    let net = CliNet::with_active_stake();
    net.earn();
    let refused = Rule {
        calls: Calls::Of("getTransaction"),
        trigger: Trigger::Always,
        effect: Effect::Instead(Heard::Error(-32601, "Method not found")),
    };
    let node = FaultyNode::before(&net.url(), &[refused], 0);
    let withdraw = ["stake-account", "withdraw", "20", "--yes"];
    let output = net.run_at(&node.url, &net.curator, &withdraw);
    let announced = String::from_utf8(output.stderr.clone()).unwrap();
    succeeded(&output, &withdraw);
    let line = announced
        .lines()
        .find(|line| line.starts_with("New stake accounts will be "));
    let line = line.unwrap_or_else(|| panic!("{announced}"));
    let named = line["New stake accounts will be ".len()..].trim_end_matches('.');
    let held = net
        .json(&net.curator, &["stake-account", "list"])
        .to_string();
    for address in named.split(", ") {
        assert!(held.contains(address), "{address} is not in {held}");
    }
}

#[test]
fn a_validator_of_choice_gives_within_its_floors_or_says_what_it_gives() {
    let net = CliNet::with_active_stake();
    net.earn();
    let vote = net.validators[1].to_string();
    let take = |amount| {
        [
            "stake-account",
            "withdraw",
            amount,
            "--yes",
            "--validator",
            &vote,
        ]
    };
    let small = net.failure(&net.curator, &take("0.9"));
    assert!(
        small.starts_with("A stake account holds at least the minimum delegation"),
        "{small}"
    );
    assert!(
        small.contains("gives one stake account for 1.00"),
        "{small}"
    );
    let large = net.failure(&net.curator, &take("60"));
    assert!(
        large.starts_with("The validator's stake must keep the minimum"),
        "{large}"
    );
    let unbalanced = net.failure(&net.curator, &take("20"));
    assert!(
        unbalanced.starts_with("The exit would leave its validator less than its part"),
        "{unbalanced}"
    );
    let withdrawn = net.json(&net.curator, &take("3"));
    assert_eq!(text(&withdrawn, "/stake_accounts/0/vote"), vote);
    let stranger = net.validators[4].to_string();
    let unlisted = [
        "stake-account",
        "withdraw",
        "5",
        "--yes",
        "--validator",
        &stranger,
    ];
    let refused = net.failure(&net.curator, &unlisted);
    assert!(
        refused.contains("is no validator of this pool"),
        "{refused}"
    );
}

#[test]
fn an_exit_that_is_signed_elsewhere_needs_the_keys_of_its_stake_accounts() {
    let net = CliNet::with_active_stake();
    net.earn();
    let dump = ["stake-account", "withdraw", "3", "--send", "dump"];
    let refused = net.failure(&net.curator, &dump);
    assert!(
        refused.contains("pass --stake-keypair FILE for each"),
        "{refused}"
    );
    let stake = net.user("stake", 0);
    let dump = [&dump[..], &["--stake-keypair", &stake.keypair_file]].concat();
    let dumped = net.json(&net.curator, &dump);
    let signers = dumped["transactions"][0]["signers"].as_array().unwrap();
    assert!(
        signers.contains(&Value::String(stake.address.to_string())),
        "{dumped}"
    );
}
