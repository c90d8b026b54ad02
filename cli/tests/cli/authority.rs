//! Roles, pauses and abnormal losses.

use std::str::FromStr;

use serde_json::{Value, json};
use sluice_client::PoolAddresses;
use sluice_tests::command::{keys, number, succeeded, text};
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::{
    net::{CliNet, SOL, User},
    sending::{sign_and_send, transactions},
};

const PAUSE: [&str; 2] = ["pool", "pause"];
const UNPAUSE: [&str; 2] = ["pool", "unpause"];
const ACKNOWLEDGE: [&str; 2] = ["pool", "acknowledge-loss"];

fn shown(net: &CliNet) -> Value {
    net.json(&net.curator, &["pool", "show"])
}

fn roles(net: &CliNet) -> Value {
    net.json(&net.curator, &["pool", "role", "show"])
}

fn next_epoch(net: &CliNet) {
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
}

fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "10"]);
    holder
}

/// A pool whose guardian is somebody else than its admin.
fn guarded() -> (CliNet, User) {
    let net = CliNet::new();
    let guardian = net.user("guardian", SOL);
    let set = [
        "pool",
        "role",
        "set-guardian",
        &guardian.address.to_string(),
    ];
    net.json(&net.curator, &set);
    (net, guardian)
}

#[test]
fn a_pause_stops_deposits_lets_exits_go_on_and_ends_by_itself() {
    let (net, guardian) = guarded();
    let holder = holder(&net);
    let output = net.run(&guardian, &PAUSE);
    let told = succeeded(&output, &PAUSE);
    assert!(told.contains("until epoch 5"), "{told}");
    let before = String::from_utf8(output.stderr).unwrap();
    for part in [
        "stop deposits and delegation for 5 epochs, this one included: until epoch 5",
        "any 20",
    ] {
        assert!(before.contains(part), "{before}");
    }
    let pool = shown(&net);
    assert_eq!(pool["is_paused"], true);
    assert_eq!(number(&pool, "/pause/until/epoch"), 5);
    let table = net.table(&holder, &["pool", "show"]);
    assert!(
        table.contains("deposits and delegation, until epoch 5"),
        "{table}"
    );

    let refused = net.failure(&holder, &["stake", "1"]);
    assert!(
        refused.contains("`sluice pool show` says when"),
        "{refused}"
    );
    net.json(&holder, &["unstake", "1"]);
    net.json(&holder, &["unstake", "1", "--instant"]);
    let twice = net.failure(&guardian, &PAUSE);
    assert!(
        twice.starts_with("the pool is paused already, until epoch 5"),
        "{twice}"
    );

    for _ in 0..4 {
        next_epoch(&net);
    }
    net.failure(&holder, &["stake", "1"]);
    next_epoch(&net);
    net.json(&holder, &["stake", "1"]);
    let again = net.failure(&guardian, &PAUSE);
    assert!(
        again.starts_with("the guardian has used up its 5 epochs of any 20")
            && again.contains("from epoch 20"),
        "{again}"
    );
    let table = net.table(&holder, &["pool", "show"]);
    assert!(
        table.contains("the guardian may not begin one before epoch 20"),
        "{table}"
    );
}

#[test]
fn an_unpause_gives_back_the_epochs_that_were_not_needed() {
    let (net, guardian) = guarded();
    let stranger = net.user("stranger", SOL);
    let none = net.failure(&guardian, &UNPAUSE);
    assert!(none.starts_with("the pool is not paused"), "{none}");
    for user in [&stranger, &net.curator] {
        let refused = net.failure(user, &PAUSE);
        assert!(
            refused.contains("is not this pool's guardian, which is"),
            "{refused}"
        );
    }
    net.json(&guardian, &PAUSE);
    next_epoch(&net);
    next_epoch(&net);
    let refused = net.failure(&stranger, &UNPAUSE);
    let (admin, own) = (net.curator.address, guardian.address);
    let both = format!("this pool's guardian, which is {own}, nor its admin, which is {admin}");
    assert!(refused.contains(&both), "{refused}");
    // The admin may end what only the guardian may begin.
    let ended = net.json(&net.curator, &UNPAUSE);
    assert_eq!(number(&ended, "/available_epochs"), 3);
    assert_eq!(shown(&net)["is_paused"], false);
    let again = net.json(&guardian, &PAUSE);
    assert_eq!(number(&again, "/until/epoch"), 5);
}

#[test]
fn the_admin_hands_over_in_two_steps() {
    let net = CliNet::new();
    let heir = net.user("heir", SOL);
    let address = heir.address.to_string();
    let accept = ["pool", "role", "accept-admin"];
    let nobody = net.failure(&heir, &accept);
    assert!(nobody.starts_with("nobody is nominated"), "{nobody}");

    let nominate = ["pool", "role", "nominate-admin", &address];
    let nominated = net.json(&net.curator, &nominate);
    assert_eq!(text(&nominated, "/nominated_admin"), address);
    assert_eq!(text(&nominated, "/admin"), net.curator.address.to_string());
    let twice = net.failure(&net.curator, &nominate);
    assert!(twice.contains("is nominated already"), "{twice}");
    let other = net.failure(&net.curator, &accept);
    assert!(
        other.contains(&format!("is not nominated as admin, {address} is")),
        "{other}"
    );
    let early = net.failure(&heir, &["pool", "role", "nominate-admin", "--clear"]);
    assert!(early.contains("is not this pool's admin"), "{early}");

    let clear = ["pool", "role", "nominate-admin", "--clear"];
    let cleared = net.json(&net.curator, &clear);
    assert_eq!(cleared["nominated_admin"], Value::Null);
    net.failure(&heir, &accept);

    net.json(&net.curator, &nominate);
    let table = net.table(&heir, &["pool", "role", "show"]);
    assert!(
        table.contains(&format!("{address}, who may become admin")),
        "{table}"
    );
    let accepted = net.json(&heir, &accept);
    assert_eq!(text(&accepted, "/admin"), address);
    assert_eq!(accepted["nominated_admin"], Value::Null);
    let schedule = ["pool", "config", "schedule", "window-bps", "7000"];
    let former = net.failure(&net.curator, &schedule);
    assert!(former.contains(&format!("which is {address}")), "{former}");
    net.json(&heir, &schedule);
}

#[test]
fn the_admin_gives_the_other_roles_at_once() {
    let net = CliNet::new();
    let heir = net.user("heir", 10 * SOL);
    let address = heir.address.to_string();
    assert_eq!(
        keys(&roles(&net)),
        [
            "admin",
            "curator",
            "guardian",
            "nominated_admin",
            "pool",
            "treasury"
        ]
    );
    let set_curator = ["pool", "role", "set-curator", &address];
    let stranger = net.failure(&heir, &set_curator);
    assert!(stranger.contains("is not this pool's admin"), "{stranger}");
    net.json(&net.curator, &set_curator);
    let vote = net.validators[0].to_string();
    let former = net.failure(&net.curator, &["validator", "add", &vote]);
    assert!(former.contains("is not this pool's curator"), "{former}");
    net.json(&heir, &["validator", "add", &vote]);
    let twice = net.failure(&net.curator, &set_curator);
    assert!(twice.contains("is curator already"), "{twice}");

    // The new treasury can be paid from the start.
    net.json(&net.curator, &["pool", "role", "set-treasury", &address]);
    assert_eq!(text(&roles(&net), "/treasury"), address);
    let mint = Pubkey::from_str(&net.mint).unwrap();
    let account = get_associated_token_address(&heir.address, &mint);
    assert!(net.rpc.get_account(&account).is_ok());

    net.json(&net.curator, &["pool", "role", "set-guardian", "--clear"]);
    assert_eq!(roles(&net)["guardian"], Value::Null);
    let nobody = net.failure(&heir, &PAUSE);
    assert!(nobody.starts_with("this pool has no guardian"), "{nobody}");
}

#[test]
fn keys_that_cannot_have_a_role_are_refused_before_anything_is_sent() {
    let net = CliNet::new();
    let addresses = PoolAddresses::of_mint(net.mint.parse().unwrap());
    let admin = net.curator.absent();
    for command in [
        "nominate-admin",
        "set-curator",
        "set-guardian",
        "set-treasury",
    ] {
        let reserve = addresses.reserve.to_string();
        let set = ["pool", "role", command, &reserve, "--send", "dump"];
        let refused = net.failure(&admin, &set);
        assert!(
            refused.starts_with("This key cannot have the role"),
            "{refused}"
        );
    }
    let zero = Pubkey::default().to_string();
    let nobody = net.failure(&net.curator, &["pool", "role", "set-treasury", &zero]);
    assert!(
        nobody.starts_with("fees paid to nobody would be lost"),
        "{nobody}"
    );
    for arguments in [&["set-curator"][..], &["set-curator", &zero, "--clear"]] {
        let set = [&["pool", "role"], arguments].concat();
        assert_eq!(net.run(&net.curator, &set).status.code(), Some(2));
    }
}

/// Does a command of an absent signer: simulates it, dumps it, signs the dump by hand.
fn sign_elsewhere(net: &CliNet, user: &User, command: &[&str]) {
    let absent = user.absent();
    let simulated = net.json(&absent, &[command, &["--send", "simulate"]].concat());
    assert_eq!(
        text(&simulated, "/transactions/0/changes/0/account"),
        "Pool"
    );
    let dumped = net.json(&absent, &[command, &["--send", "dump"]].concat());
    let transaction = &transactions(&dumped)[0];
    assert_eq!(transaction["signers"], json!([user.address.to_string()]));
    sign_and_send(net, transaction, &[&user.keypair()]);
}

#[test]
fn absent_signers_can_do_all_that_their_roles_allow() {
    let net = CliNet::new();
    let user = net.user("heir", SOL);
    let heir = user.address.to_string();
    let commands: [&[&str]; 8] = [
        &PAUSE,
        &UNPAUSE,
        &["pool", "config", "schedule", "window-bps", "7000"],
        &["pool", "config", "cancel", "window-bps"],
        &["pool", "role", "set-guardian", &heir],
        &["pool", "role", "set-treasury", &heir],
        &["pool", "role", "set-curator", "--clear"],
        &["pool", "role", "nominate-admin", &heir],
    ];
    for command in commands {
        sign_elsewhere(&net, &net.curator, command);
    }
    let given = roles(&net);
    for role in ["guardian", "treasury", "nominated_admin"] {
        assert_eq!(given[role], heir, "{role}");
    }
    assert_eq!(given["curator"], Value::Null);
    sign_elsewhere(&net, &user, &["pool", "role", "accept-admin"]);
    assert_eq!(text(&roles(&net), "/admin"), heir);
}

#[test]
fn an_abnormal_loss_is_told_and_acknowledged() {
    let net = CliNet::new().afflicted(|pool| {
        pool.breaker_epoch = 0;
        pool.unrestored_lamports = 3 * SOL;
    });
    let holder = net.user("holder", 100 * SOL);
    let pool = shown(&net);
    assert_eq!(pool["is_tripped"], true);
    assert_eq!(number(&pool, "/loss/unrestored_lamports"), 3 * SOL);
    assert_eq!(number(&pool, "/loss/settles_from/epoch"), 2);
    assert_eq!(number(&pool, "/loss/ends/epoch"), 10);
    let table = net.table(&holder, &["pool", "show"]);
    for part in [
        "3.000000000 SOL in epoch 0; later gains have restored 0.000000000 SOL of it",
        "deposits, instant exits and exits with stake until epoch 10, in about",
        "or until the admin acknowledges the loss; payments from the queue until epoch 2",
    ] {
        assert!(table.contains(part), "{table}");
    }
    let closed = net.failure(&holder, &["stake", "1"]);
    assert!(
        closed.contains("`sluice pool show` says until when"),
        "{closed}"
    );

    let stranger = net.failure(&holder, &ACKNOWLEDGE);
    assert!(stranger.contains("is not this pool's admin"), "{stranger}");
    let simulate = [&ACKNOWLEDGE[..], &["--send", "simulate"]].concat();
    let simulated = net.table(&net.curator.absent(), &simulate);
    assert!(simulated.contains("unrestored_lamports"), "{simulated}");
    let acknowledged = net.json(&net.curator, &ACKNOWLEDGE);
    assert_eq!(number(&acknowledged, "/unrestored_lamports"), 3 * SOL);
    let pool = shown(&net);
    assert_eq!(
        (&pool["is_tripped"], &pool["loss"]),
        (&json!(false), &Value::Null)
    );
    net.json(&holder, &["stake", "1"]);
    let twice = net.failure(&net.curator, &ACKNOWLEDGE);
    assert!(
        twice.starts_with("no abnormal loss has closed anything"),
        "{twice}"
    );
}

#[test]
fn an_abnormal_loss_ends_by_itself() {
    let net = CliNet::new().afflicted(|pool| {
        pool.breaker_epoch = 0;
        pool.unrestored_lamports = SOL;
    });
    let holder = net.user("holder", 100 * SOL);
    for _ in 0..9 {
        net.next_epoch();
    }
    net.json(&holder, &["crank"]);
    net.failure(&holder, &["stake", "1"]);
    let closed = |net: &CliNet| net.table(&net.curator, &["pool", "show"]);
    let table = closed(&net);
    assert!(!table.contains("payments from the queue"), "{table}");
    net.next_epoch();
    let table = closed(&net);
    assert!(
        table.contains("exits with stake until the pool is cranked"),
        "{table}"
    );
    net.json(&net.curator, &["crank"]);
    net.json(&holder, &["stake", "1"]);
    assert_eq!(shown(&net)["loss"], Value::Null);
}
