//! Calls into other programs, each with the one authority that it needs.

pub mod account;
pub mod signer;
pub mod stake;
pub mod system;
pub mod token;

use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program},
};

/// An account of a call, and what the other program may do with it.
#[derive(Clone, Copy)]
struct Given<'a, 'info> {
    account: &'a AccountInfo<'info>,
    is_writable: bool,
    is_signer: bool,
}

/// To read.
fn read<'a, 'info>(account: &'a AccountInfo<'info>) -> Given<'a, 'info> {
    Given {
        account,
        is_writable: false,
        is_signer: false,
    }
}

/// To change.
fn write<'a, 'info>(account: &'a AccountInfo<'info>) -> Given<'a, 'info> {
    Given {
        is_writable: true,
        ..read(account)
    }
}

impl Given<'_, '_> {
    /// As a signer too.
    fn signs(self) -> Self {
        Self {
            is_signer: true,
            ..self
        }
    }
}

/// Calls another program. What is borrowed meanwhile is the data of this program's own accounts,
/// which no other program can change, so the borrows are not searched: that would cost some hundred
/// compute units per call.
fn call<const N: usize>(
    program_id: Pubkey,
    data: Vec<u8>,
    accounts: [Given<'_, '_>; N],
    seeds: &[&[&[u8]]],
) -> Result<()> {
    let mut metas = Vec::with_capacity(N);
    for given in &accounts {
        metas.push(AccountMeta {
            pubkey: *given.account.key,
            is_signer: given.is_signer,
            is_writable: given.is_writable,
        });
    }
    let instruction = Instruction {
        program_id,
        accounts: metas,
        data,
    };
    let infos = accounts.map(|given| given.account.clone());
    Ok(program::invoke_signed_unchecked(
        &instruction,
        &infos,
        seeds,
    )?)
}

/// Instruction data: its parts one after the other.
fn data<const N: usize>(parts: [&[u8]; N]) -> Vec<u8> {
    let length = parts
        .iter()
        .fold(0, |sum: usize, part| sum.saturating_add(part.len()));
    let mut data = Vec::with_capacity(length);
    for part in parts {
        data.extend_from_slice(part);
    }
    data
}
