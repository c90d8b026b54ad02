//! Who has less than a command takes is told so, to the lamport, and pays nothing.

use sluice_tests::{command::failed, net::SplPoolAccounts};
use solana_keypair::{Keypair, write_keypair_file};
use solana_rent::Rent;
use solana_signer::Signer;
use solana_stake_interface::state::Lockup;

use crate::net::{CliNet, SOL, User, refuses};

/// What somebody lacks for a command, as it says.
pub fn lacking(net: &CliNet, user: &User, typed: &[&str]) -> u64 {
    let refused = net.failure(user, typed);
    let before = refused.split(" SOL are lacking").next().unwrap();
    let amount = before.rsplit(' ').next().unwrap();
    let (whole, part) = amount.split_once('.').expect(&refused);
    assert_eq!(part.len(), 9, "{refused}");
    whole.parse::<u64>().unwrap() * SOL + part.parse::<u64>().unwrap()
}

/// Does a command paid by a wallet that has what it says to need and the rent of a wallet, and is refused
/// with a lamport less; what this wallet has afterwards.
pub fn paid_to_the_lamport(net: &CliNet, owner: &User, typed: &[&str]) -> u64 {
    let payer = net.user(&format!("payer-{}", typed.join("").len()), SOL / 1_000);
    let typed = [typed, &["--fee-payer", &payer.keypair_file]].concat();
    let lacking = lacking(net, owner, &typed);
    net.airdrop(&payer.address, lacking - 1);
    let said = "0.000000001 SOL are lacking";
    refuses(net, owner, &[payer.address], &typed, said);
    net.airdrop(&payer.address, 1);
    net.json(owner, &typed);
    net.lamports(&payer.address)
}

/// The rent of a wallet.
pub fn kept() -> u64 {
    Rent::default().minimum_balance(0)
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

#[test]
fn an_exit_with_stake_is_refused_before_its_first_account_where_all_cannot_be_paid() {
    let net = CliNet::with_active_stake();
    net.earn();
    let all = [
        "stake-account",
        "withdraw",
        "all",
        "--max-accounts",
        "2",
        "--yes",
    ];
    assert_eq!(paid_to_the_lamport(&net, &net.curator, &all), kept());
}

#[test]
fn a_deposit_of_stake_is_refused_before_its_cranks_where_the_token_account_cannot_be_paid() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let vote = Some(&net.validators[0]);
    let stake = net.stake_account(&holder, 2 * SOL, Lockup::default(), vote);
    net.next_epoch();
    let deposit = ["stake-account", "deposit", &stake.to_string(), "--yes"];
    let poor = net.user("poor", SOL / 1_000);
    let typed = [&deposit[..], &["--fee-payer", &poor.keypair_file]].concat();
    let said = "this takes 0.002054280 SOL (0.002039280 SOL of rent, 0.000015000 SOL of fees)";
    refuses(&net, &holder, &[poor.address], &typed, said);
}

#[test]
fn a_conversion_is_refused_where_the_owner_cannot_pay_its_stake_accounts() {
    let keypair = Keypair::new();
    let net = CliNet::with_spl_pool(&keypair.pubkey(), 100 * SOL);
    let keypair_file = net.path("converter.json").display().to_string();
    write_keypair_file(&keypair, &keypair_file).unwrap();
    let (address, pool) = (keypair.pubkey(), SplPoolAccounts::pool().to_string());
    let holder = User {
        address,
        keypair_file,
    };
    let convert = ["convert", "--from-pool", &pool, "10", "--yes"];
    net.airdrop(&address, SOL / 1_000);
    refuses(&net, &holder, &[], &convert, "(0.004322160 SOL of rent, ");
    let payer = net.user("payer", SOL);
    let paid = [&convert[..], &["--fee-payer", &payer.keypair_file]].concat();
    let said = format!("this takes 0.002282880 SOL, and {address}");
    refuses(&net, &holder, &[payer.address], &paid, &said);
}
