use solana_message::{Message, v0};

use super::*;
use crate::{PoolAddresses, Vault, pool::squads::Proposal};

const CLUSTER: &str = "cluster";

fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

fn pool(byte: u8) -> PoolAddresses {
    PoolAddresses::of_mint(key(byte))
}

fn errand(payer: u8, instructions: &[Instruction]) -> Errand {
    let message = v0::Message::try_compile(&key(payer), instructions, &[], Hash::default());
    Errand::of(&VersionedMessage::V0(message.unwrap()), &[])
}

fn noted(errand: Errand) -> Pending {
    Pending {
        signature: String::new(),
        cluster: CLUSTER.to_owned(),
        payer: errand.payer,
        what: errand.what,
        last_valid_height: None,
        signed_at: 0,
        pool: None,
        by: errand.by,
        about: errand.about,
        nonce: errand.nonce,
        amount: errand.amount,
        writer: None,
        told: None,
    }
}

fn is_same(one: Errand, other: Errand) -> bool {
    let (forth, back) = (
        one.is_that_of(&noted(other.clone())),
        other.is_that_of(&noted(one)),
    );
    assert_eq!(forth, back);
    forth
}

fn deposit(pool: &PoolAddresses, depositor: u8, lamports: u64) -> Instruction {
    pool.deposit_sol(key(depositor), key(90), lamports, 0)
}

#[test]
fn a_deposit_is_the_same_by_its_depositor_and_its_pool_whoever_pays_and_whatever_stands_before_it()
{
    let (ours, other) = (pool(1), pool(2));
    let plain = errand(10, &[deposit(&ours, 10, 5)]);
    assert_eq!(plain.about, Some(ours.pool.to_string()));
    assert_eq!(plain.by, Some(key(10).to_string()));
    assert!(plain.pays_again() && plain.nonce.is_none());

    let paid = errand(11, &[deposit(&ours, 10, 7)]);
    assert!(is_same(plain.clone(), paid.clone()));
    assert!(!is_same(paid.clone(), errand(11, &[deposit(&ours, 12, 7)])));
    assert!(!is_same(
        plain.clone(),
        errand(10, &[deposit(&other, 10, 5)])
    ));

    let advance = solana_system_interface::instruction::advance_nonce_account(&key(20), &key(10));
    let waiting = errand(10, &[advance, deposit(&ours, 10, 5)]);
    let nonce = waiting.nonce.clone().unwrap();
    assert_eq!(nonce.account, key(20).to_string());
    assert_eq!(nonce.value, Hash::default().to_string());
    assert!(is_same(plain, waiting));
}

#[test]
fn proposals_are_the_same_where_they_ask_for_the_same_of_the_same_pool() {
    let (ours, other) = (pool(1), pool(2));
    let vault = Vault {
        multisig: key(30),
        index: 0,
    };
    let proposed = |index, instruction: Instruction| {
        let message = Message::new(&[instruction], Some(&vault.address()));
        let create = Proposal { vault, index }.create(key(10), key(10), &message);
        errand(10, &create.unwrap())
    };
    let from_vault =
        |pool: &PoolAddresses, lamports| pool.deposit_sol(vault.address(), key(90), lamports, 0);
    let first = proposed(1, from_vault(&ours, 5));
    assert_eq!(first.about, Some(ours.pool.to_string()));
    assert!(
        first.what.ends_with(", Sluice deposit_sol"),
        "{}",
        first.what
    );
    assert!(first.pays_again());
    assert!(is_same(first.clone(), proposed(2, from_vault(&ours, 6))));
    assert!(!is_same(first.clone(), proposed(2, from_vault(&other, 5))));
    let pause = proposed(2, ours.pause(vault.address()));
    assert!(!is_same(first, pause));
}

#[test]
fn an_extension_is_of_its_program_whoever_paid() {
    let extension = |payer: u8, program: u8| {
        let (program, payer_address) = (key(program), key(payer));
        let extend = solana_loader_v3_interface::instruction::extend_program;
        errand(payer, &[extend(&program, Some(&payer_address), 10_240)])
    };
    let one = extension(10, 40);
    assert!(one.pays_again());
    assert!(is_same(one.clone(), extension(11, 40)));
    assert!(!is_same(one, extension(10, 41)));
}

#[test]
fn what_finds_nothing_to_do_a_second_time_does_not_pay_again() {
    for (what, expected) in [
        ("Sluice claim, Sluice claim", false),
        ("Sluice collect, Sluice finalize_epoch", false),
        (
            "Associated Token create_idempotent, Sluice withdraw_sol",
            true,
        ),
        ("System advance_nonce, Sluice cancel_ticket", false),
        ("Stake Pool withdraw_sol, Sluice claim", true),
    ] {
        assert_eq!(pays_again(what), expected, "{what}");
    }
}

#[test]
fn all_that_pays_again_are_instructions_of_the_interface() {
    let idl = include_str!("../../../../../idl/sluice.json");
    let idl: serde_json::Value = serde_json::from_str(idl).unwrap();
    let known = idl["instructions"].as_array().unwrap().iter();
    let known: BTreeSet<String> = known
        .map(|instruction| format!("{SLUICE}{}", instruction["name"].as_str().unwrap()))
        .collect();
    for name in PAYING_AGAIN {
        assert!(known.contains(name), "{name}");
    }
}
