//! Every lamport that leaves a wallet is said before and afterwards: deposits, rent of new accounts, fees.

use serde_json::Value;
use sluice_tests::{
    command::{number, succeeded, text},
    net::SplPoolAccounts,
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use solana_stake_interface::state::Lockup;
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

const FEES: &str = "/network_fee_lamports";
const STAKE_RENT: i128 = 2_282_880;
const TOKEN_RENT: i128 = 2_039_280;

#[test]
fn an_exit_with_stake_says_the_rent_of_all_that_it_makes() {
    let net = CliNet::with_active_stake();
    net.earn();
    let holder = net.curator.clone();
    let friend = net.user("friend", SOL).address;
    let exit = format!("stake-account withdraw 4 --recipient {friend} --yes");
    let exit = Bill::own(&net, &holder, &exit);
    assert_eq!(exit.left, [exit.sum(&["/rent_lamports", FEES])]);
    assert_eq!(exit.rent(), STAKE_RENT);
    assert!(
        exit.told.contains(&format!("goes to {friend}")),
        "{}",
        exit.told
    );

    let all = Bill::own(
        &net,
        &holder,
        "stake-account withdraw all --max-accounts 2 --yes",
    );
    assert_eq!(all.left, [all.sum(&["/rent_lamports", FEES])]);
    let accounts = all.answer["stake_accounts"].as_array().unwrap().len();
    assert!(all.answer["ticket"].is_string(), "{}", all.answer);
    let made = STAKE_RENT * accounts as i128 + 1_948_800 + 2_115_840;
    assert_eq!(all.rent(), made);
}

#[test]
fn a_deposit_of_stake_says_the_token_account_and_what_was_idle() {
    let net = CliNet::with_active_stake();
    let [holder, payer] = ["holder", "payer"].map(|name| net.user(name, 100 * SOL));
    let stake = || {
        let vote = Some(&net.validators[0]);
        net.stake_account(&holder, 2 * SOL, Lockup::default(), vote)
    };
    let [first, second] = [stake(), stake()];
    net.earn();
    net.airdrop(&first, SOL);
    let deposit = format!("stake-account deposit {first} --yes");
    let deposit = Bill::own(&net, &holder, &deposit);
    let idle = deposit.sum(&["/withdrawn_lamports"]);
    assert_eq!(idle, i128::from(SOL), "{}", deposit.answer);
    assert_eq!(
        deposit.left,
        [deposit.sum(&["/rent_lamports", FEES]) - idle]
    );
    assert_eq!(deposit.rent(), TOKEN_RENT);

    let fresh = net.stake_account(&holder, 2 * SOL, Lockup::default(), None);
    let rest = format!(
        "stake-account deposit {second} {fresh} --yes --fee-payer {}",
        payer.keypair_file
    );
    let rest = Bill::of(&net, &holder, &[&holder, &payer], &rest);
    assert_eq!(rest.left, [0, rest.sum(&["/rent_lamports", FEES])]);
    assert_eq!(rest.rent(), 0);
}

#[test]
fn a_conversion_says_the_rent_that_is_credited_and_that_of_the_token_account() {
    let keypair = Keypair::new();
    let net = CliNet::with_spl_pool(&keypair.pubkey(), 100 * SOL);
    let keypair_file = net.path("converter.json").display().to_string();
    write_keypair_file(&keypair, &keypair_file).unwrap();
    let holder = User {
        address: keypair.pubkey(),
        keypair_file,
    };
    let payer = net.user("payer", SOL);
    net.airdrop(&holder.address, SOL);
    let convert = format!("convert --from-pool {} 10 --yes", SplPoolAccounts::pool());
    let all = ["/rent_lamports", FEES, "/upkeep_fee_lamports"];
    let first = Bill::own(&net, &holder, &convert);
    assert_eq!(first.left, [first.sum(&all)]);
    assert_eq!(first.rent(), STAKE_RENT + TOKEN_RENT);
    assert_eq!(first.told("Token account"), Some(TOKEN_RENT));

    let paid = format!("{convert} --fee-payer {}", payer.keypair_file);
    let paid = Bill::of(&net, &holder, &[&holder, &payer], &paid);
    assert_eq!(paid.left, [STAKE_RENT, paid.sum(&all[1..])]);
    assert_eq!(paid.rent(), STAKE_RENT);
}

#[test]
fn a_request_that_is_taken_back_says_whose_rent_comes_back() {
    let net = CliNet::new();
    let holder = holder(&net);
    let payer = net.user("payer", SOL);
    let own = text(&net.json(&holder, &["unstake", "1"]), "/ticket");
    let by = ["unstake", "1", "--fee-payer", &payer.keypair_file];
    let paid = text(&net.json(&holder, &by), "/ticket");
    let back = "/returned_rent_lamports";
    let own = Bill::own(&net, &holder, &format!("tickets cancel {own}"));
    assert_eq!(
        own.left,
        [own.sum(&["/rent_lamports", FEES]) - own.sum(&[back])]
    );
    assert_eq!(own.told("Rent back"), Some(1_948_800));
    assert_eq!(own.sum(&[back]), 1_948_800);

    let given = ["tickets", "transfer", &paid, &payer.address.to_string()];
    net.json(&holder, &given);
    let cancel = format!("tickets cancel {paid} --fee-payer {}", holder.keypair_file);
    let cancelled = Bill::of(&net, &payer, &[&payer, &holder], &cancel);
    let left = [
        -cancelled.sum(&[back]),
        cancelled.sum(&["/rent_lamports", FEES]),
    ];
    assert_eq!(cancelled.left, left);
    assert_eq!(cancelled.rent(), TOKEN_RENT);
}

#[test]
fn a_claim_says_the_rent_of_tickets_and_batch_that_comes_back() {
    let net = CliNet::with_active_stake();
    let holder = holder(&net);
    let [payer, friend] = ["payer", "friend"].map(|name| net.user(name, SOL));
    net.json(&holder, &["unstake", "1"]);
    net.json(
        &holder,
        &["unstake", "2", "--fee-payer", &payer.keypair_file],
    );
    let owner = friend.address.to_string();
    let friends = net.json(&holder, &["unstake", "3", "--owner", &owner]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    let all = ["/total_lamports", "/returned_rent_lamports"];
    let claim = Bill::own(&net, &holder, "claim");
    assert_eq!(claim.left, [claim.sum(&[FEES]) - claim.sum(&all)]);
    assert_eq!(claim.sum(&all[1..]), 1_948_800, "{}", claim.answer);
    for (lamports, to) in [("0.001948800", &holder), ("0.001948800", &payer)] {
        let told = format!("{lamports} SOL to {}", to.address);
        assert!(claim.told.contains(&told), "{told}: {}", claim.told);
    }

    // The last ticket is somebody else's: its rent and the batch's are who paid them.
    let last = format!("claim {}", text(&friends, "/ticket"));
    let last = Bill::of(&net, &holder, &[&holder, &friend], &last);
    let left = [
        last.sum(&[FEES]) - last.sum(&all[1..]),
        -last.sum(&all[..1]),
    ];
    assert_eq!(last.left, left);
    assert_eq!(last.told("Rent back"), Some(1_948_800 + 2_115_840));
    assert_eq!(last.sum(&all[1..]), 1_948_800 + 2_115_840);
}
