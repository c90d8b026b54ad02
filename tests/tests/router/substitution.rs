//! Every account of both instructions, replaced by every wrong one, as `substitution` does it for the
//! pool's own instructions.

use std::collections::BTreeSet;

use sluice::state::PoolConfig;
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, sluice_elf},
    pool::Watch,
    scenario::{router::Routed, two_pools::FAKE_PROGRAM},
};
use solana_account::Account;
use solana_instruction::{Instruction, error::InstructionError};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// In the order of the lists.
const DEPOSIT: [&str; 11] = [
    "pool",
    "mint",
    "mint_authority",
    "reserve",
    "transit",
    "recipient",
    "token_program",
    "system_program",
    "owner",
    "source",
    "sluice_program",
];
const WITHDRAW: [&str; 9] = [
    "pool",
    "mint",
    "reserve",
    "owner",
    "source",
    "recipient",
    "token_program",
    "system_program",
    "sluice_program",
];

#[tokio::test]
async fn r1_no_wrong_account_is_taken_by_either_instruction() {
    let mut routed = Routed::start_on(|cluster| cluster.program(FAKE_PROGRAM, sluice_elf())).await;
    routed.pool.watch = Watch::Off;
    let ours = [routed.deposit(SOL, 0), routed.withdraw(SOL, 0)];
    let foreign = of_another_pool(&mut routed).await;
    let (mut accepted, mut sent) = (BTreeSet::new(), 0);
    for (swap, foreign) in ours.iter().zip(&foreign) {
        let (name, names): (_, &[&str]) = match swap.accounts.len() {
            11 => ("deposit_sol", &DEPOSIT),
            _ => ("withdraw_sol", &WITHDRAW),
        };
        let user = routed.user.insecure_clone();
        let works = routed
            .pool
            .try_out(std::slice::from_ref(swap), &[&user])
            .await;
        works.unwrap_or_else(|failure| panic!("{name} does not work: {failure}"));
        for (what, probe) in probes(&mut routed, swap, foreign, names).await {
            let signers = [&user, &routed.pool.cluster.keypair("mallory")];
            sent += 1;
            match routed.pool.try_out(&[probe], &signers).await {
                Ok(_) => {
                    accepted.insert(format!("{name}.{what}"));
                }
                Err(failure) => {
                    let panicked = InstructionError::ProgramFailedToComplete;
                    assert_ne!(
                        failure.instruction_error(),
                        Some(&panicked),
                        "{name}.{what}"
                    );
                }
            }
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
    assert!(sent > 300, "{sent} probes");
}

/// The same swaps of the same user in another pool.
async fn of_another_pool(routed: &mut Routed) -> [Instruction; 2] {
    let name = routed.pool.name().to_string();
    routed.pool.found("other", PoolConfig::RECOMMENDED).await;
    let user = routed.pool.user("alice", 20 * SOL).await;
    routed.pool.deposit(&user, 10 * SOL).await;
    let lst = routed.pool.lst_account(&user.pubkey());
    let (pool, wrapped) = (routed.pool.routed(), routed.wrapped);
    let swaps = [
        pool.deposit_sol(&routed.swapper(wrapped, lst), SOL, 0),
        pool.withdraw_sol(&routed.swapper(lst, wrapped), SOL, 0),
    ];
    routed.pool.turn_to(&name);
    swaps
}

/// Each account of the list unsigned, read-only, or with another in its place; each two swapped.
async fn probes(
    routed: &mut Routed,
    swap: &Instruction,
    foreign: &Instruction,
    names: &[&str],
) -> Vec<(String, Instruction)> {
    let mallory = routed.pool.cluster.funded("mallory", SOL).await.pubkey();
    let mut probes = Vec::new();
    for (position, name) in names.iter().enumerate() {
        let copy = fake_copy(routed, swap.accounts[position].pubkey).await;
        let mut add = |what: &str, change: &dyn Fn(&mut Instruction)| {
            let mut probe = swap.clone();
            change(&mut probe);
            if probe != *swap {
                probes.push((format!("{name} {what}"), probe));
            }
        };
        let mut put = |what: &str, address: Pubkey| {
            add(what, &|probe| probe.accounts[position].pubkey = address);
        };
        put("is an unknown account", mallory);
        put("is a stranger's program", FAKE_PROGRAM);
        put("is a stranger's copy", copy);
        put("is of another pool", foreign.accounts[position].pubkey);
        for (other, meta) in names.iter().zip(&swap.accounts) {
            put(&format!("is {other}"), meta.pubkey);
        }
        for (other, name) in names.iter().enumerate().skip(position + 1) {
            add(&format!("is swapped with {name}"), &|probe| {
                probe.accounts[position].pubkey = swap.accounts[other].pubkey;
                probe.accounts[other].pubkey = swap.accounts[position].pubkey;
            });
        }
        add("does not sign", &|probe| {
            probe.accounts[position].is_signer = false;
        });
        add("is read-only", &|probe| {
            probe.accounts[position].is_writable = false;
        });
    }
    // Nobody has the keys of most accounts: they cannot sign.
    let keys = [routed.user.pubkey(), mallory];
    for (_, probe) in &mut probes {
        for meta in &mut probe.accounts {
            meta.is_signer &= keys.contains(&meta.pubkey);
        }
    }
    probes
}

/// The same content at another address, owned by a stranger's program.
async fn fake_copy(routed: &mut Routed, address: Pubkey) -> Pubkey {
    let copy = routed
        .pool
        .cluster
        .address(&format!("copy of {}", &address.to_string()[..16]));
    let account = routed.pool.cluster.try_account(&address).await;
    let fake = Account {
        owner: FAKE_PROGRAM,
        lamports: SOL,
        executable: false,
        ..account.unwrap_or_default()
    };
    routed.pool.cluster.set_account(&copy, fake);
    copy
}
