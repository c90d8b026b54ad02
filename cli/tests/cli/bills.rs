//! Every lamport that leaves a wallet is said before and afterwards: deposits, rent of new accounts, fees.

use serde_json::Value;
use sluice_tests::command::{failed, number, succeeded};
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::net::{CliNet, SOL, User};

/// What came of a command, what it said before, and what left the wallets, in lamports.
struct Bill {
    answer: Value,
    told: String,
    left: Vec<i128>,
}

impl Bill {
    /// Of what `user` runs, for these wallets.
    fn of(net: &CliNet, user: &User, wallets: &[&User], arguments: &str) -> Self {
        let held = || wallets.iter().map(|one| net.lamports(&one.address));
        let before: Vec<u64> = held().collect();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let arguments = [&["--output", "json"], &arguments[..]].concat();
        let output = net.run(user, &arguments);
        let answer = serde_json::from_str(&succeeded(&output, &arguments)).unwrap();
        let left = before.iter().zip(held());
        Self {
            answer,
            told: String::from_utf8(output.stderr).unwrap(),
            left: left
                .map(|(before, after)| i128::from(*before) - i128::from(after))
                .collect(),
        }
    }

    /// Of a user who pays for everything.
    fn own(net: &CliNet, user: &User, arguments: &str) -> Self {
        Self::of(net, user, &[user], arguments)
    }

    /// These amounts of the answer together.
    fn sum(&self, keys: &[&str]) -> i128 {
        let amounts = keys.iter().map(|key| number(&self.answer, key));
        amounts.map(i128::from).sum()
    }

    /// The amount of a line of what was said before, in lamports; none where there is no such line.
    fn told(&self, name: &str) -> Option<i128> {
        let mut lines = self.told.lines().map(str::trim);
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix("  "))?;
        let digits = line.split_whitespace().next()?.replace('.', "");
        Some(digits.parse().unwrap())
    }

    /// The rent that was said before and afterwards, which are the same.
    fn rent(&self) -> i128 {
        let rent = self.sum(&["/rent_lamports"]);
        assert_eq!(self.told("Rent").unwrap_or_default(), rent, "{}", self.told);
        rent
    }
}

/// Somebody with 100 LST.
fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    holder
}

#[test]
fn a_deposit_says_the_rent_of_a_new_token_account_and_whose_it_is() {
    let net = CliNet::new();
    let [holder, friend, payer] = ["holder", "friend", "payer"].map(|name| net.user(name, SOL));
    let fees = "/network_fee_lamports";
    let all = ["/deposited_lamports", "/rent_lamports", fees];
    let first = Bill::own(&net, &holder, "stake 0.1");
    assert_eq!(first.left, [first.sum(&all)]);
    assert_eq!(first.rent(), 2_039_280);
    let whose = format!("stays in it: {} gets it", holder.address);
    assert!(first.told.contains(&whose), "{}", first.told);
    let printed = net.table(&net.user("other", SOL), &["stake", "0.1"]);
    assert!(
        printed.contains("0.002039280 SOL, which stays in it"),
        "{printed}"
    );

    let second = Bill::own(&net, &holder, "stake 0.1");
    assert_eq!(second.left, [second.sum(&all)]);
    assert_eq!(second.rent(), 0);

    // What a stranger sent to the address is not paid again.
    let mint = net.mint.parse().unwrap();
    net.airdrop(
        &get_associated_token_address(&friend.address, &mint),
        SOL / 1_000,
    );
    let given = format!("stake 0.1 --recipient {}", friend.address);
    let given = Bill::own(&net, &holder, &given);
    assert_eq!(given.left, [given.sum(&all)]);
    assert_eq!(given.rent(), 1_039_280);
    let whose = format!("stays in it: {} gets it", friend.address);
    assert!(given.told.contains(&whose), "{}", given.told);

    let to = net.user("third", 0).address;
    let paid = format!(
        "stake 0.1 --recipient {to} --fee-payer {}",
        payer.keypair_file
    );
    let paid = Bill::of(&net, &holder, &[&holder, &payer], &paid);
    assert_eq!(paid.left[0], paid.sum(&["/deposited_lamports"]));
    assert_eq!(paid.left[1], paid.sum(&["/rent_lamports", fees]));
    assert_eq!(paid.rent(), 2_039_280);
}

#[test]
fn a_request_says_the_rent_of_ticket_and_batch_and_that_it_comes_back() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let payer = net.user("payer", SOL);
    let all = ["/rent_lamports", "/network_fee_lamports"];
    let first = Bill::own(&net, &holder, "unstake 1");
    assert_eq!(first.left, [first.sum(&all)]);
    assert_eq!(first.rent(), 4_064_640);
    assert_eq!(first.told("Ticket"), Some(1_948_800));
    assert_eq!(first.told("Batch"), Some(2_115_840));
    let back = format!("comes back to {}", holder.address);
    assert_eq!(first.told.matches(&back).count(), 2, "{}", first.told);

    let second = format!("unstake 1 --fee-payer {}", payer.keypair_file);
    let second = Bill::of(&net, &holder, &[&holder, &payer], &second);
    assert_eq!(second.left, [0, second.sum(&all)]);
    assert_eq!((second.rent(), second.told("Batch")), (1_948_800, None));
    let back = format!("comes back to {}", payer.address);
    assert!(second.told.contains(&back), "{}", second.told);

    let printed = net.table(&holder, &["unstake", "1"]);
    assert!(
        printed.contains("Ticket          0.001948800 SOL, which comes back"),
        "{printed}"
    );
    let dumped = net.run(&holder, &["unstake", "1", "--send", "dump"]);
    let told = String::from_utf8(dumped.stderr).unwrap();
    assert!(
        told.contains("it pays 0.002115840 SOL more of rent"),
        "{told}"
    );
}

#[test]
fn an_instant_exit_takes_nothing_but_its_fees() {
    let net = CliNet::new();
    let holder = holder(&net);
    let exit = Bill::own(&net, &holder, "unstake 1 --instant");
    let received = exit.sum(&["/paid_lamports"]) - exit.sum(&["/network_fee_lamports"]);
    assert_eq!(exit.left, [-received]);
}

#[test]
fn who_has_too_little_is_told_all_that_is_needed_and_what_of() {
    let net = CliNet::new();
    let poor = net.user("poor", 11 * SOL / 1_000);
    let stake = ["stake", "0.01"];
    let refused = failed(&net.run(&poor, &stake), &stake);
    let needed = "this takes 0.012044280 SOL (0.010000000 SOL to deposit, 0.002039280 SOL of rent, \
                  0.000005000 SOL of fees), and ";
    assert!(refused.starts_with(needed), "{refused}");
    assert!(refused.contains("has 0.011000000 SOL"), "{refused}");
    assert_eq!(net.lamports(&poor.address), 11 * SOL / 1_000);
    net.airdrop(&poor.address, 1_044_280);
    net.json(&poor, &stake);
    assert_eq!(net.lamports(&poor.address), 0, "it may be all");

    net.airdrop(&poor.address, 3 * SOL / 1_000);
    let unstake = ["unstake", "0.01"];
    let refused = failed(&net.run(&poor, &unstake), &unstake);
    let needed =
        "this takes 0.004069640 SOL (0.004064640 SOL of rent, 0.000005000 SOL of fees), and ";
    assert!(refused.starts_with(needed), "{refused}");
}
