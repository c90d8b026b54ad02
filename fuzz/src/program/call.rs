//! From what an input says to instructions, and what came of them.

use std::iter;

use anchor_lang::prelude::Pubkey;
use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};

use super::{
    coverage::Coverage,
    input::{Call, Change, Input, MOST_LATER},
    oracle,
    state::State,
    world::World,
};

/// The most accounts of an instruction; a transaction of today has room for 64 different ones.
const MOST_ACCOUNTS: usize = 200;
/// The longest arguments.
const MOST_DATA: usize = 1_024;
/// Bytes of a discriminator.
const DISCRIMINATOR: usize = 8;

/// Does what an input says, one instruction after another, and says of each whether it was accepted.
pub fn all(world: &mut World, input: &Input, coverage: &mut Coverage) -> Vec<bool> {
    let accounts = std::mem::take(&mut world.accounts);
    let mut state = State::of(&accounts);
    let later = input.then.iter().take(MOST_LATER);
    let mut accepted = Vec::new();
    for call in iter::once(&input.first).chain(later) {
        let instruction = build(world, call, input.is_forged, &mut state);
        let mut ran = world.machine.run(&state, &instruction, coverage, false);
        let unclean = |error: &InstructionError| oracle::is_unclean(error, input.is_forged);
        if ran.result.as_ref().is_err_and(unclean) {
            ran = world.machine.run(&state, &instruction, coverage, true);
            oracle::refuse_uncleanly(&ran, &instruction, input.is_forged);
        }
        let is_kept = ran.result.is_ok() && oracle::keeps_rent(&state, &ran, &world.machine.rent);
        accepted.push(is_kept);
        if is_kept {
            let before = state.clone();
            for (address, account) in ran.accounts {
                state.set(address, account);
            }
            oracle::Judge {
                before: &before,
                after: &state,
                instruction: &instruction,
                signers: &ran.signers,
            }
            .judge(&world.pools, input.is_forged);
        }
    }
    drop(state);
    world.accounts = accounts;
    accepted
}

/// The instruction of a call. What it says of accounts is done to the state.
fn build(world: &World, call: &Call, is_forged: bool, state: &mut State<'_>) -> Instruction {
    let case = &world.cases[usize::from(call.case) % world.cases.len()];
    let mut instruction = case.clone();
    for change in &call.changes {
        change_data(world, change, &mut instruction.data);
        change_accounts(world, change, &mut instruction.accounts);
        change_state(world, change, is_forged, &instruction.accounts, state);
    }
    for meta in &mut instruction.accounts {
        // Nobody has the keys of most accounts.
        meta.is_signer &= world.keys.contains(&meta.pubkey);
    }
    instruction
}

fn change_data(world: &World, change: &Change, data: &mut Vec<u8>) {
    match change {
        Change::Byte { at, byte } => {
            if let Some(place) = arguments(data).get_mut(usize::from(*at)) {
                *place = *byte;
            }
        }
        Change::Number { at, number } => put(
            arguments(data),
            usize::from(*at),
            &number.get().to_le_bytes(),
        ),
        Change::CutData { at } => data.truncate(usize::from(*at)),
        Change::MoreData { bytes } => {
            data.extend(bytes);
            data.truncate(MOST_DATA);
        }
        Change::Instruction { case } => {
            let other = &world.cases[usize::from(*case) % world.cases.len()];
            put(data, 0, &other.data[..DISCRIMINATOR]);
        }
        _ => {}
    }
}

fn arguments(data: &mut [u8]) -> &mut [u8] {
    data.get_mut(DISCRIMINATOR..).unwrap_or_default()
}

fn put(place: &mut [u8], at: usize, bytes: &[u8]) {
    for (place, byte) in place.iter_mut().skip(at).zip(bytes) {
        *place = *byte;
    }
}

fn change_accounts(world: &World, change: &Change, metas: &mut Vec<AccountMeta>) {
    let count = metas.len();
    let place = |at: u8| usize::from(at) % count.max(1);
    match change {
        Change::Account { at, known } if count > 0 => {
            metas[place(*at)].pubkey = named(world, *known);
        }
        Change::Swap { one, other } if count > 0 => metas.swap(place(*one), place(*other)),
        Change::LeaveOut { at } if count > 0 => drop(metas.remove(place(*at))),
        Change::Insert { at, known, times } => {
            let meta = AccountMeta::new(named(world, *known), false);
            let room = MOST_ACCOUNTS.saturating_sub(count);
            let more = iter::repeat_n(meta, usize::from(*times).min(room));
            let at = usize::from(*at) % (count + 1);
            drop(metas.splice(at..at, more));
        }
        Change::Signs { at, signs } if count > 0 => metas[place(*at)].is_signer = *signs,
        Change::Writable { at, writable } if count > 0 => {
            metas[place(*at)].is_writable = *writable;
        }
        _ => {}
    }
}

fn named(world: &World, number: u16) -> Pubkey {
    world.known[usize::from(number) % world.known.len()]
}

/// Changes one of the accounts that the instruction names. Only a program of the cluster's own is what
/// it is: no other code is tried.
fn change_state(
    world: &World,
    change: &Change,
    is_forged: bool,
    metas: &[AccountMeta],
    state: &mut State<'_>,
) {
    let (Change::Give { at, .. }
    | Change::Forge { at, .. }
    | Change::ForgeNumber { at, .. }
    | Change::Resize { at, .. }
    | Change::Owner { at, .. }
    | Change::Lamports { at, .. }) = change
    else {
        return;
    };
    let Some(meta) = metas.get(usize::from(*at) % metas.len().max(1)) else {
        return;
    };
    let mut account = state.get(&meta.pubkey);
    if account.executable() {
        return;
    }
    if let Change::Give { lamports, .. } = change {
        // As many as there are at all.
        let given = lamports.get() % 500_000_000_000_000_000;
        account.set_lamports(account.lamports().saturating_add(given));
    } else if is_forged {
        forge(world, change, &mut account);
    }
    state.set(meta.pubkey, account);
}

fn forge(world: &World, change: &Change, account: &mut AccountSharedData) {
    match change {
        Change::Forge { offset, bytes, .. } => {
            put(account.data_as_mut_slice(), usize::from(*offset), bytes);
        }
        Change::ForgeNumber { offset, number, .. } => put(
            account.data_as_mut_slice(),
            usize::from(*offset),
            &number.get().to_le_bytes(),
        ),
        Change::Resize { length, .. } => account.resize(usize::from(*length), 0),
        Change::Owner { known, .. } => account.set_owner(named(world, *known)),
        Change::Lamports { lamports, .. } => account.set_lamports(lamports.get()),
        _ => {}
    }
}
