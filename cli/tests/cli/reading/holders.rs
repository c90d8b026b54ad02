//! What holders read.

use sluice_tests::{command::text, net::SplPoolAccounts};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use solana_stake_interface::state::Lockup;

use super::Transcript;
use crate::net::{CliNet, SOL, User};

#[test]
fn staking_and_leaving_read_as_approved() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    let friend = net.user("friend", SOL).address.to_string();
    let mut transcript = Transcript::on(&net);
    transcript.read(&holder, &["stake", "12.5"]);
    transcript.read(&holder, &["tickets"]);
    transcript.read(&holder, &["claim"]);
    transcript.read(&holder, &["unstake", "2.5"]);
    transcript.read(&holder, &["tickets"]);
    let ticket = |user: &User| text(&net.json(user, &["tickets"]), "/tickets/0/ticket");
    transcript.read(&holder, &["tickets", "cancel", &ticket(&holder)]);
    transcript.read(&holder, &["unstake", "1"]);
    let transfer = ["tickets", "transfer", &ticket(&holder), &friend];
    transcript.read(&holder, &transfer);
    transcript.read(&holder, &["tickets", "--owner", &friend]);
    transcript.read(&holder, &["unstake", "0.5", "--instant"]);
    transcript.assert_approved_but_amounts("staking_and_leaving");
}

#[test]
fn a_claim_reads_as_approved() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    net.json(curator, &["unstake", "10"]);
    let mut transcript = Transcript::on(&net);
    net.to_window();
    transcript.read(curator, &["crank"]);
    transcript.read(curator, &["tickets"]);
    net.next_epoch();
    net.json(curator, &["crank"]);
    net.next_epoch();
    net.json(curator, &["crank"]);
    transcript.read(curator, &["tickets"]);
    transcript.read(curator, &["claim"]);
    transcript.assert_approved_but_amounts("claim");
}

#[test]
fn stake_accounts_read_as_approved() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 100 * SOL);
    let [listed, unlisted] = [0, 4].map(|index: usize| net.validators[index]);
    let mut transcript = Transcript::on(&net);
    transcript.read(&holder, &["stake-account", "list"]);
    net.stake_account(&holder, 5 * SOL, Lockup::default(), Some(&listed));
    net.stake_account(&holder, 4 * SOL, Lockup::default(), Some(&unlisted));
    net.stake_account(&holder, 3 * SOL, Lockup::default(), None);
    net.earn();
    transcript.read(&holder, &["stake-account", "list"]);
    let deposit = ["stake-account", "deposit", "--all", "--yes"];
    transcript.read(&holder, &[&deposit[..], &["--deactivate"]].concat());
    transcript.read(&holder, &["stake-account", "withdraw", "4", "--yes"]);
    transcript.assert_approved_but_amounts("stake_accounts");
}

#[test]
fn a_conversion_reads_as_approved() {
    let keypair = Keypair::new();
    let address = keypair.pubkey();
    let net = CliNet::with_spl_pool(&address, 100 * SOL);
    let keypair_file = net.path("holder.json");
    write_keypair_file(&keypair, &keypair_file).unwrap();
    net.airdrop(&address, 10 * SOL);
    let holder = User {
        address,
        keypair_file: keypair_file.display().to_string(),
    };
    let pool = SplPoolAccounts::pool().to_string();
    let convert = ["convert", "--from-pool", &pool, "40", "--yes"];
    let mut transcript = Transcript::on(&net);
    transcript.read(&holder, &convert);
    transcript.assert_approved_but_amounts("conversion");
}

#[test]
fn a_deposit_that_is_only_shown_reads_as_approved() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    net.json(&holder, &["stake", "1"]);
    let mut transcript = Transcript::on(&net);
    for send in ["dump", "simulate"] {
        transcript.read(&holder, &["stake", "2.5", "--send", send]);
    }
    transcript.assert_approved_but_amounts("previews");
}
