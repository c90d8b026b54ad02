//! Nothing is given to an address that nobody can sign for, and no command is taken for another.

use std::collections::HashSet;

use sluice_client::PoolAddresses;
use sluice_tests::command::text;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{incinerator, sysvar};
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::instruction::{AuthorityType, set_authority};

use crate::net::{CliNet, SOL, User};

/// What a transaction with one signature costs.
const FEE: u64 = 5_000;

const OF_NAME: &str = "the account of the pool token's name";

fn addresses(net: &CliNet) -> PoolAddresses {
    PoolAddresses::of_mint(net.mint.parse().unwrap())
}

/// Addresses at which LST, tickets and stake would be lost, and what the refusals call them.
fn lost(net: &CliNet, holder: &User) -> Vec<(Pubkey, &'static str)> {
    let pool = addresses(net);
    let token_account = get_associated_token_address(&holder.address, &pool.mint);
    vec![
        (pool.mint, "an address of the pool"),
        (pool.pool, "an address of the pool"),
        (pool.reserve, "an address of the pool"),
        (pool.escrow, "an address of the pool"),
        (pool.page(0), "an account of Sluice"),
        (token_account, "a token account"),
        (sluice::ID, "a program"),
        (incinerator::ID, "the incinerator"),
        (pool.metadata(), OF_NAME),
        (net.validators[0], "a vote account"),
        (sysvar::clock::ID, "a sysvar of the cluster"),
    ]
}

fn refusal(address: &Pubkey, what: &str) -> String {
    format!(
        "{address} is {what}: what it receives would be lost. Give the address of a wallet or of a \
         multisig's vault"
    )
}

#[test]
fn no_lst_no_ticket_and_no_stake_goes_where_nobody_can_sign_for_it() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let has = || (net.lamports(&holder.address), net.tokens(&holder.address));
    let before = has();
    for (address, what) in lost(&net, &holder) {
        let to = address.to_string();
        let refused = refusal(&address, what);
        for command in [
            &["stake", "1", "--recipient", &to][..],
            &["unstake", "1", "--owner", &to],
            &["tickets", "transfer", &ticket, &to],
            &[
                "stake-account",
                "withdraw",
                "20",
                "--yes",
                "--recipient",
                &to,
            ],
        ] {
            assert_eq!(net.failure(&holder, command), refused, "{command:?}");
        }
    }
    assert_eq!(has(), before);
}

/// A pool whose admin cannot sign can never be changed again, and a treasury that cannot loses its
/// fees.
#[test]
fn no_role_goes_to_who_can_never_sign_for_it() {
    let net = CliNet::with_validators();
    let admin = &net.curator;
    net.json(admin, &["stake", "1"]);
    for (address, what) in lost(&net, admin) {
        let to = address.to_string();
        for role in [
            "nominate-admin",
            "set-curator",
            "set-guardian",
            "set-treasury",
        ] {
            let refused = net.failure(admin, &["pool", "role", role, &to]);
            let own = refused.starts_with("This key cannot have the role");
            assert!(
                refused == refusal(&address, what) || own,
                "{role}: {refused}"
            );
        }
        // Of a new pool, other addresses are.
        if !["an address of the pool", OF_NAME].contains(&what) {
            for role in ["--admin", "--curator", "--guardian", "--treasury"] {
                let refused = net.failure(admin, &["pool", "create", "--no-metadata", role, &to]);
                assert_eq!(refused, refusal(&address, what), "{role}");
            }
        }
    }
}

#[test]
fn no_lst_goes_to_a_token_account_that_was_handed_to_somebody_else() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let stake = net.stake_account(
        &holder,
        5 * SOL,
        Default::default(),
        Some(&net.validators[0]),
    );
    net.next_epoch();
    net.json(&net.curator, &["crank"]);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let account = get_associated_token_address(&holder.address, &addresses(&net).mint);
    let before = net.tokens(&holder.address);
    let thief = Pubkey::new_unique();
    let hand_over = set_authority(
        &spl_token_interface::ID,
        &account,
        Some(&thief),
        AuthorityType::AccountOwner,
        &holder.address,
        &[],
    );
    net.send(&[hand_over.unwrap()], &[&holder.keypair()]);
    let friend = net.user("friend", 10 * SOL);
    let (stake, recipient) = (stake.to_string(), holder.address.to_string());
    for (user, command) in [
        (&holder, &["stake", "1"][..]),
        (&friend, &["stake", "1", "--recipient", &recipient]),
        (&holder, &["tickets", "cancel", &ticket]),
        (&holder, &["stake-account", "deposit", &stake, "--yes"]),
        (&holder, &["unstake", "1"]),
    ] {
        let refused = net.failure(user, command);
        assert!(
            refused.starts_with(&format!("{account}, where {recipient} holds tokens"))
                && refused.contains(&thief.to_string()),
            "{command:?}: {refused}"
        );
    }
    assert_eq!(net.tokens(&holder.address), before);
}

#[test]
fn a_command_that_is_repeated_within_a_slot_is_carried_out_each_time() {
    let net = CliNet::new();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "1"]);
    let before = net.lamports(&holder.address);
    let signatures: HashSet<String> = (0..6)
        .map(|_| text(&net.json(&holder, &["stake", "1"]), "/signature"))
        .collect();
    assert_eq!(signatures.len(), 6);
    let paid = before - net.lamports(&holder.address);
    assert_eq!(paid, 6 * (SOL + FEE));
}
