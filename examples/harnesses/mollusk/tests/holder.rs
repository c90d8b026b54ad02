//! A holder stakes, leaves at once, asks the queue and is paid, in mollusk.

#[path = "../../holder.rs"]
mod holder;

use std::collections::HashMap;

use mollusk_svm::{Mollusk, MolluskContext, result::Check};
use serde::de::DeserializeOwned;
use sluice_fixture::Fixture;
use solana_account::Account;
use solana_program_error::ProgramError;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, sysvar};

use self::holder::{ONE, at, claim, deposit, exit, request, ticket};

type Context = MolluskContext<HashMap<Pubkey, Account>>;

/// A runtime that has the pool and all programs, and stands where the pool does.
fn runtime(fixture: &Fixture) -> Context {
    let mut mollusk = Mollusk::default();
    for (id, elf) in fixture.programs().unwrap() {
        mollusk.add_program_with_loader_and_elf(&id, &bpf_loader_upgradeable::ID, &elf);
    }
    let sysvars = fixture.sysvars().unwrap().into_iter().collect();
    mollusk.sysvars.clock = read(&sysvars, sysvar::clock::ID);
    mollusk.sysvars.epoch_schedule = read(&sysvars, sysvar::epoch_schedule::ID);
    mollusk.sysvars.epoch_rewards = read(&sysvars, sysvar::epoch_rewards::ID);
    mollusk.sysvars.rent = read(&sysvars, sysvar::rent::ID);
    mollusk.sysvars.stake_history = read(&sysvars, sysvar::stake_history::ID);
    mollusk.with_context(fixture.accounts().unwrap().into_iter().collect())
}

fn read<S: DeserializeOwned>(sysvars: &HashMap<Pubkey, Account>, id: Pubkey) -> S {
    bincode::deserialize(&sysvars[&id].data).unwrap()
}

fn account(context: &Context, fixture: &Fixture, name: &str) -> Account {
    context.account_store.borrow()[&at(fixture, name)].clone()
}

fn lst(context: &Context, fixture: &Fixture) -> u64 {
    holder::lst_in(&account(context, fixture, "holder-lst").data)
}

#[test]
fn a_holder_lives_in_mollusk() {
    let fixture = Fixture::open().unwrap();
    let context = runtime(&fixture);
    let must = |instruction| {
        context.process_and_validate_instruction(&instruction, &[Check::success()]);
    };
    let before = lst(&context, &fixture);

    must(deposit(&fixture, 10 * ONE, 9 * ONE));
    let minted = lst(&context, &fixture) - before;
    assert!(minted < 10 * ONE, "an LST is dearer than a SOL: {minted}");

    must(exit(&fixture, 2 * ONE, ONE));
    must(request(&fixture, ONE, 1_000));
    assert_eq!(lst(&context, &fixture), before + minted - 3 * ONE);
    let ticket = ticket(&fixture, 1_000);
    assert!(context.account_store.borrow().contains_key(&ticket));

    let poor = account(&context, &fixture, "holder").lamports;
    must(claim(&fixture));
    let paid = account(&context, &fixture, "holder").lamports - poor;
    assert!(paid > 50 * ONE, "{paid} for 50 LST");
}

#[test]
fn in_another_epoch_the_pool_is_stale() {
    let fixture = Fixture::open().unwrap();
    let mut context = runtime(&fixture);
    context.mollusk.sysvars.clock.epoch += 1;
    let stale = Check::err(ProgramError::Custom(sluice::SluiceError::PoolStale.into()));
    context.process_and_validate_instruction(&deposit(&fixture, ONE, 0), &[stale]);
}
