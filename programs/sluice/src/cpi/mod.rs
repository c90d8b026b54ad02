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

/// Calls another program. No account of ours is among `infos`, so that what is borrowed here
/// cannot change there: searching the borrows of all of them would cost some hundred compute
/// units per call.
fn invoke(
    program_id: Pubkey,
    accounts: Vec<AccountMeta>,
    data: Vec<u8>,
    infos: &[AccountInfo<'_>],
    seeds: &[&[&[u8]]],
) -> Result<()> {
    let instruction = Instruction {
        program_id,
        accounts,
        data,
    };
    Ok(program::invoke_signed_unchecked(
        &instruction,
        infos,
        seeds,
    )?)
}
