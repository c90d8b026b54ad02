//! What is told before anything is signed: where it goes, who pays, what is received at least, and
//! what will be, as something that has not happened.

use serde_json::Value;
use sluice_tests::{
    command::{number, succeeded, text},
    net::faults::Heard,
};

use crate::{
    net::{CliNet, SOL, User},
    refused_methods::without,
    sending::transactions,
};

/// What a run says on stderr; it must succeed.
fn said(net: &CliNet, user: &User, arguments: &[&str]) -> String {
    let output = net.run(user, arguments);
    succeeded(&output, arguments);
    String::from_utf8(output.stderr).unwrap()
}

/// Somebody with LST.
fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    holder
}

/// What a dumped message accepts at least, of each of its instructions that accept something.
fn minimums(dumped: &Value, argument: &str) -> Vec<u64> {
    let all = transactions(dumped).iter();
    let instructions = all.flat_map(|one| one["instructions"].as_array().unwrap());
    let accepting = instructions.filter(|one| one["arguments"][argument].is_string());
    accepting
        .map(|one| number(one, &format!("/arguments/{argument}")))
        .collect()
}

#[test]
fn a_deposit_tells_cluster_payer_pool_token_and_the_least_that_is_received() {
    let net = CliNet::new();
    let [holder, payer] = ["holder", "payer"].map(|name| net.user(name, 100 * SOL));
    let genesis = net.rpc.get_genesis_hash().unwrap();
    let stake = ["stake", "10", "--fee-payer", &payer.keypair_file];
    let told = |rent: &str| {
        format!(
            "\
Cluster            unknown cluster {genesis}
Fee payer          {}
Signer             {}
Pool               {}
Token              {}
Deposits           10.000000000 SOL
{}Receives at least  9.990000000 LST; as quoted 10.000000000 LST
Received by        {}

",
            payer.address, holder.address, net.pool, net.mint, rent, holder.address
        )
    };
    let rent = format!(
        "\
Rent               0.002039280 SOL
  Token account    0.002039280 SOL, which stays in it: {} gets it by closing it
",
        holder.address
    );
    assert_eq!(said(&net, &holder, &stake), told(&rent));
    // A log has it too, and stdout stays one value.
    let output = net.run(&holder, &[&["--output", "json"], &stake[..]].concat());
    serde_json::from_slice::<Value>(&output.stdout).unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), told(""));
}

#[test]
fn what_is_told_beforehand_is_told_also_where_nothing_can_be_sent() {
    let net = CliNet::new();
    let holder = holder(&net);
    let node = without(&net, &["sendTransaction"], Heard::Error(-32_000, "no"));
    let exit = ["unstake", "1", "--instant", "--patience", "1"];
    let output = net.run_at(&node.url, &holder, &exit);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("Cluster "), "{said}");
    let pool = format!("Pool               {}\n", net.pool);
    assert!(
        said.contains(&pool) && said.contains("Receives at least  0.9"),
        "{said}"
    );
}

#[test]
fn min_lst_is_a_bound_that_no_quote_and_no_slippage_moves() {
    let net = CliNet::new();
    let holder = holder(&net);
    let before = (net.tokens(&holder.address), net.lamports(&holder.address));
    let refused = net.failure(&holder, &["stake", "10", "--min-lst", "10.5"]);
    assert_eq!(
        refused,
        "this would bring 10.000000000 LST now, and --min-lst asks for 10.500000000 LST at least"
    );
    let after = (net.tokens(&holder.address), net.lamports(&holder.address));
    assert_eq!(before, after, "nothing was signed");
    let least = |bounds: &[&str]| {
        let dump = [&["stake", "10", "--send", "dump"], bounds].concat();
        minimums(&net.json(&holder, &dump), "minimum_lst")
    };
    assert_eq!(least(&[]), [9_900_000_000]);
    assert_eq!(least(&["--min-lst", "9.95"]), [9_950_000_000]);
    assert_eq!(least(&["--min-lst", "1"]), [9_900_000_000]);
    assert_eq!(
        least(&["--min-lst", "10", "--slippage-bps", "10000"]),
        [10_000_000_000]
    );
    let staked = net.json(&holder, &["stake", "10", "--min-lst", "10"]);
    assert_eq!(number(&staked, "/minted_lst"), 10 * SOL);
}

#[test]
fn min_sol_bounds_an_instant_exit_and_the_queue_says_that_it_knows_none() {
    let net = CliNet::new();
    let holder = holder(&net);
    let exit = ["unstake", "10", "--instant", "--min-sol"];
    let refused = net.failure(&holder, &[&exit[..], &["10"]].concat());
    assert!(
        refused.contains("--min-sol asks for 10.000000000 SOL"),
        "{refused}"
    );
    assert_eq!(net.tokens(&holder.address), 100 * SOL);
    let dump = [
        &exit[..],
        &["9.5", "--slippage-bps", "9999", "--send", "dump"],
    ]
    .concat();
    let dumped = net.json(&holder, &dump);
    assert_eq!(minimums(&dumped, "minimum_lamports"), [9_500_000_000]);
    let queued = net.run(&holder, &["unstake", "10", "--min-sol", "9"]);
    assert_eq!(queued.status.code(), Some(2), "the queue has its own price");
    let told = said(&net, &holder, &["unstake", "10"]);
    for part in [
        "Joins the queue    10.000000000 LST",
        "Receives at least  9.999999980 SOL in epoch 1 or 2, if it joins the queue now and no stake is lost",
        &format!("Paid to            {}", holder.address),
    ] {
        assert!(told.contains(part), "{part}:\n{told}");
    }
}

#[test]
fn a_bound_over_several_stake_accounts_is_shared_among_them() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let stake = |lamports| {
        let vote = Some(&net.validators[0]);
        let account = net.stake_account(&holder, lamports, Default::default(), vote);
        account.to_string()
    };
    let [first, second] = [2 * SOL, 3 * SOL].map(stake);
    net.earn();
    let deposit = [
        "stake-account",
        "deposit",
        &first,
        &second,
        "--send",
        "dump",
    ];
    let free = ["--slippage-bps", "10000"];
    let dumped = net.json(
        &holder,
        &[&deposit[..], &free, &["--min-lst", "4.9"]].concat(),
    );
    let least = minimums(&dumped, "minimum_lst");
    assert_eq!(least.len(), 2);
    let sum = least.iter().sum::<u64>();
    assert!((4_900_000_000..4_900_000_002).contains(&sum), "{least:?}");
    let refused = net.failure(&holder, &[&deposit[..], &["--min-lst", "6"]].concat());
    assert!(
        refused.contains("--min-lst asks for 6.000000000 LST"),
        "{refused}"
    );
}

#[test]
fn min_sol_bounds_what_the_new_stake_accounts_hold_without_what_is_queued() {
    let net = CliNet::with_active_stake();
    net.earn();
    let withdraw = ["stake-account", "withdraw", "4", "--send", "simulate"];
    let refused = net.failure(&net.curator, &[&withdraw[..], &["--min-sol", "6"]].concat());
    assert!(
        refused.contains("--min-sol asks for 6.000000000 SOL"),
        "{refused}"
    );
    let told = said(
        &net,
        &net.curator,
        &[&withdraw[..], &["--min-sol", "3.9"]].concat(),
    );
    assert!(told.contains("Receives at least  3.9"), "{told}");
}

/// What each command says that announces what it does.
fn announcing<'a>(address: &'a str, vote: &'a str) -> Vec<(Vec<&'a str>, String)> {
    let said = |typed: &[&'a str], said: &str| (typed.to_vec(), said.to_owned());
    vec![
        said(
            &["pool", "role", "set-curator", address],
            &format!("make {address} the curator instead of "),
        ),
        said(
            &["pool", "role", "set-guardian", "--clear"],
            "leave the pool without a guardian: ",
        ),
        said(
            &["pool", "role", "set-treasury", address],
            "be created, and its rent paid by ",
        ),
        said(
            &["pool", "role", "nominate-admin", address],
            &format!("nominate {address} as admin, who becomes it with "),
        ),
        said(
            &["pool", "pause"],
            "stop deposits and delegation for 5 epochs, this one",
        ),
        said(
            &["pool", "config", "schedule", "reward-fee-bps", "600"],
            "be 600 (6.00%) from epoch ",
        ),
        said(
            &["validator", "weight", vote, "0"],
            "lie in the reserve and earn nothing",
        ),
    ]
}

#[test]
fn what_is_announced_will_be_or_would_be_and_is_never_told_as_done() {
    let net = CliNet::with_active_stake();
    let heir = net.user("heir", SOL).address.to_string();
    let vote = net.validators[0].to_string();
    let node = without(&net, &["sendTransaction"], Heard::Error(-32_000, "no"));
    for (command, what) in announcing(&heir, &vote) {
        let (will, would) = (format!("will {what}"), format!("would {what}"));
        let impatient = [&command[..], &["--patience", "1"]].concat();
        let refused = net.run_at(&node.url, &net.curator, &impatient);
        assert!(!refused.status.success() && refused.stdout.is_empty());
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains(&will), "{command:?}: {will}:\n{told}");
        for how in ["simulate", "dump"] {
            let look = [&command[..], &["--send", how]].concat();
            let told = said(&net, &net.curator, &look);
            assert!(told.contains(&would), "{command:?}: {would}:\n{told}");
            assert!(!told.contains("will "), "{command:?}: {told}");
        }
    }
    // Each of the second step of something.
    net.json(&net.curator, &["pool", "pause"]);
    net.json(&net.curator, &["pool", "role", "nominate-admin", &heir]);
    net.json(
        &net.curator,
        &["pool", "config", "schedule", "reward-fee-bps", "600"],
    );
    for (command, what) in [
        (
            &["pool", "unpause"][..],
            "let deposits and delegation go on at once",
        ),
        (
            &["pool", "config", "cancel", "reward-fee-bps"],
            "take back that reward-fee-bps becomes 600 (6.00%) in epoch ",
        ),
        (
            &["pool", "role", "nominate-admin", "--clear"],
            &format!("take the nomination of {heir} back"),
        ),
    ] {
        let look = [command, &["--send", "simulate"]].concat();
        let told = said(&net, &net.curator, &look);
        assert!(
            told.contains(&format!("would {what}")),
            "{command:?}: {told}"
        );
        let told = said(&net, &net.curator, command);
        assert!(
            told.contains(&format!("will {what}")),
            "{command:?}: {told}"
        );
    }
}

#[test]
fn who_becomes_admin_and_which_loss_is_acknowledged_is_told_as_coming() {
    let net = CliNet::new().afflicted(|pool| {
        pool.breaker_epoch = 0;
        pool.unrestored_lamports = 3 * SOL;
    });
    let acknowledge = ["pool", "acknowledge-loss"];
    let look = [&acknowledge[..], &["--send", "simulate"]].concat();
    let told = said(&net, &net.curator, &look);
    assert!(
        told.contains("This would open deposits, instant exits"),
        "{told}"
    );
    let told = said(&net, &net.curator, &acknowledge);
    assert!(
        told.contains("This will open deposits, instant exits"),
        "{told}"
    );
    assert!(
        told.contains("The next gains will no longer restore the 3.000000000 SOL"),
        "{told}"
    );
    let heir = net.user("heir", SOL);
    let address = heir.address.to_string();
    net.json(&net.curator, &["pool", "role", "nominate-admin", &address]);
    let accept = ["pool", "role", "accept-admin"];
    let told = said(
        &net,
        &heir,
        &[&accept[..], &["--send", "simulate"]].concat(),
    );
    let makes = format!(
        "make {address} the admin at once instead of {}.",
        net.curator.address
    );
    assert!(told.contains(&format!("This would {makes}")), "{told}");
    assert!(said(&net, &heir, &accept).contains(&format!("This will {makes}")));
    let shown = net.json(&heir, &["pool", "role", "show"]);
    assert_eq!(text(&shown, "/admin"), address);
}

#[test]
fn the_two_instant_fees_in_the_wrong_order_are_told_by_their_names() {
    let net = CliNet::without_pool();
    let create = [
        "pool",
        "create",
        "--no-metadata",
        "--instant-fee-min-bps",
        "50",
        "--instant-fee-max-bps",
        "20",
    ];
    let output = net.run(&net.curator, &create);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "error: --instant-fee-min-bps is 50 and may not be above --instant-fee-max-bps, which is 20\n"
    );
}
