//! Nothing is given to an address that nobody can sign for, and no command is taken for another.

use std::collections::HashSet;

use sluice_client::PoolAddresses;
use sluice_tests::command::text;
use solana_account::Account;
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

/// An address at which LST, tickets and stake would be lost.
struct Lost {
    address: Pubkey,
    /// What refusals call it.
    what: &'static str,
    /// Who was probably meant.
    owner: Option<Pubkey>,
}

impl Lost {
    /// One of each kind.
    fn all(net: &CliNet, holder: &User) -> Vec<Self> {
        let pool = addresses(net);
        let (wallet, of_pool) = (Some(holder.address), "an address of the pool");
        let token_account = get_associated_token_address(&holder.address, &pool.mint);
        let stake = net.stake_account(holder, SOL, Default::default(), None);
        let kinds = [
            (pool.mint, "the mint of the pool's token", None),
            (pool.pool, of_pool, None),
            (pool.reserve, of_pool, None),
            (pool.escrow, of_pool, None),
            (pool.stake_authority, of_pool, None),
            (pool.page(0), "an account of Sluice", None),
            (stake, "a stake account", wallet),
            (token_account, "a token account", wallet),
            (sluice::ID, "a program", None),
            (spl_token_interface::ID, "a program", None),
            (incinerator::ID, "the incinerator", None),
            (pool.metadata(), OF_NAME, None),
            (net.validators[0], "a vote account", None),
            (sysvar::clock::ID, "a sysvar of the cluster", None),
        ];
        let lost = |(address, what, owner)| Self {
            address,
            what,
            owner,
        };
        kinds.map(lost).into()
    }

    fn refusal(&self) -> String {
        let Self {
            address,
            what,
            owner,
        } = self;
        let rather = match owner {
            Some(owner) => format!("If you mean its owner, give {owner}"),
            None => "Give the address of a wallet or of a multisig's vault".to_owned(),
        };
        format!(
            "{address} is {what}, for which nobody can sign: what it receives would be lost. {rather}"
        )
    }
}

#[test]
fn no_lst_no_ticket_and_no_stake_goes_where_nobody_can_sign_for_it() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let of_ticket = Lost {
        address: ticket.parse().unwrap(),
        what: "a ticket",
        owner: Some(holder.address),
    };
    let lost = Lost::all(&net, &holder);
    let has = || (net.lamports(&holder.address), net.tokens(&holder.address));
    let before = has();
    for lost in lost.iter().chain([&of_ticket]) {
        for command in giving(&ticket, &lost.address.to_string()) {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            assert_eq!(
                net.failure(&holder, &command),
                lost.refusal(),
                "{command:?}"
            );
        }
    }
    assert_eq!(has(), before);
}

/// The commands that give something to `to`.
fn giving(ticket: &str, to: &str) -> Vec<Vec<String>> {
    [
        format!("stake 1 --recipient {to}"),
        format!("unstake 1 --owner {to}"),
        format!("tickets transfer {ticket} {to}"),
        format!("stake-account withdraw 20 --yes --recipient {to}"),
    ]
    .map(|command| command.split(' ').map(str::to_owned).collect())
    .into()
}

#[test]
fn the_own_token_account_is_none_to_give_to_before_it_is_there_either() {
    let net = CliNet::new();
    let holder = net.user("holder", 10 * SOL);
    let lost = Lost {
        address: get_associated_token_address(&holder.address, &addresses(&net).mint),
        what: "a token account",
        owner: Some(holder.address),
    };
    let stake = ["stake", "1", "--recipient", &lost.address.to_string()];
    assert_eq!(net.failure(&holder, &stake), lost.refusal());
    assert_eq!(net.lamports(&holder.address), 10 * SOL);
}

#[test]
fn accounts_of_other_programs_are_given_something_only_where_that_is_allowed() {
    let program = Pubkey::new_unique();
    let (address, vault) = (Pubkey::new_unique(), off_curve());
    let account = Account {
        lamports: SOL,
        data: vec![7; 100],
        owner: program,
        ..Account::default()
    };
    let mut net = CliNet::with_accounts(vec![(address, account)]);
    net.create_active_pool();
    net.earn();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    for command in giving(&ticket, &address.to_string()) {
        let mut command: Vec<&str> = command.iter().map(String::as_str).collect();
        assert_eq!(
            net.failure(&holder, &command),
            format!(
                "{address} belongs to the program {program}: only that program can move what it \
                 receives. Give the address of a wallet or of a multisig's vault or, if this is your \
                 wallet in that program, add `--allow-program-owned`"
            )
        );
        command.push("--allow-program-owned");
        net.json(&holder, &command);
    }
    // The vault of a multisig has no key and, mostly, no account. Another pool's reserve has no key
    // either, and an account like a wallet's.
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    for command in giving(&ticket, &vault.to_string()) {
        let mut command: Vec<&str> = command.iter().map(String::as_str).collect();
        assert_eq!(net.failure(&holder, &command), keyless(&vault));
        command.push("--allow-program-owned");
        net.json(&holder, &command);
    }
    assert!(net.tokens(&vault) > 0 && net.tokens(&address) > 0);
}

fn keyless(address: &Pubkey) -> String {
    format!(
        "{address} has no key: only a program can move what it receives, and most never do, such as \
         for the reserve of another pool. Give the address of a wallet or, if this is the vault of \
         your multisig, add `--allow-program-owned`"
    )
}

#[test]
fn nothing_is_given_to_the_addresses_of_another_pool() {
    let mut net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    let other = addresses(&net);
    net.create_active_pool();
    assert_ne!(addresses(&net).pool, other.pool);
    net.earn();
    net.json(&holder, &["stake", "100"]);
    let ticket = text(&net.json(&holder, &["unstake", "10"]), "/ticket");
    let has = || (net.lamports(&holder.address), net.tokens(&holder.address));
    let before = has();
    let keyless_of_other = [
        other.reserve,
        other.claims_vault,
        other.stake_authority,
        other.mint_authority,
    ];
    for address in keyless_of_other {
        for command in giving(&ticket, &address.to_string()) {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            assert_eq!(
                net.failure(&holder, &command),
                keyless(&address),
                "{command:?}"
            );
        }
    }
    assert_eq!(has(), before);
}

/// An address that no key has.
fn off_curve() -> Pubkey {
    Pubkey::find_program_address(&[b"vault"], &Pubkey::new_unique()).0
}

/// A pool whose admin cannot sign can never be changed again, and a treasury that cannot loses its
/// fees.
#[test]
fn no_role_goes_to_who_can_never_sign_for_it() {
    let net = CliNet::with_validators();
    let admin = &net.curator;
    net.json(admin, &["stake", "1"]);
    for lost in Lost::all(&net, admin) {
        let to = lost.address.to_string();
        for role in [
            "nominate-admin",
            "set-curator",
            "set-guardian",
            "set-treasury",
        ] {
            let refused = net.failure(admin, &["pool", "role", role, &to]);
            let own = refused.starts_with("This key cannot have the role");
            assert!(refused == lost.refusal() || own, "{role}: {refused}");
        }
        // Another pool is created, whose addresses are others.
        if !addresses(&net).all().contains(&lost.address) && lost.what != OF_NAME {
            for role in ["--admin", "--curator", "--guardian", "--treasury"] {
                let refused = net.failure(admin, &["pool", "create", "--no-metadata", role, &to]);
                assert_eq!(refused, lost.refusal(), "{role}");
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
