//! Calls of other programs. Data is written by hand; tests compare it with their interfaces.

use pinocchio::{
    AccountView, ProgramResult,
    cpi::{Seed, Signer, invoke, invoke_signed},
    instruction::{InstructionAccount, InstructionView},
};
use solana_pubkey::{Pubkey, pubkey};

use crate::{TRANSIT_BUMP, TRANSIT_SEED};

/// Sluice.
pub const SLUICE: Pubkey = pubkey!("SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb");
/// The SPL token program.
pub const TOKEN: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// The mint of wrapped SOL.
pub const WRAPPED_SOL: Pubkey = pubkey!("So11111111111111111111111111111111111111112");

/// What Sluice's instructions begin with, and the router's of the same names.
pub const DEPOSIT_SOL: [u8; 8] = [108, 81, 78, 117, 125, 155, 56, 200];
/// As [`DEPOSIT_SOL`].
pub const WITHDRAW_SOL: [u8; 8] = [145, 131, 74, 136, 65, 137, 42, 38];

const SYNC_NATIVE: [u8; 1] = [17];
/// The tag, and that an amount follows.
const UNWRAP_LAMPORTS: [u8; 2] = [45, 1];

/// `deposit_sol` of Sluice with these accounts, in its order; the transit account pays.
pub fn deposit_sol(accounts: [&AccountView; 8], data: &[u8]) -> ProgramResult {
    let [
        pool,
        mint,
        mint_authority,
        reserve,
        transit,
        recipient,
        token_program,
        system_program,
    ] = accounts;
    let seeds = [Seed::from(TRANSIT_SEED), Seed::from(&[TRANSIT_BUMP])];
    let metas = [
        InstructionAccount::writable(pool.address()),
        InstructionAccount::writable(mint.address()),
        InstructionAccount::readonly(mint_authority.address()),
        InstructionAccount::writable(reserve.address()),
        InstructionAccount::writable_signer(transit.address()),
        InstructionAccount::writable(recipient.address()),
        InstructionAccount::readonly(token_program.address()),
        InstructionAccount::readonly(system_program.address()),
    ];
    invoke_signed(&sluice(&metas, data), &accounts, &[Signer::from(&seeds)])
}

/// `withdraw_sol` of Sluice with these accounts, in its order; the owner of the LST signed.
pub fn withdraw_sol(accounts: [&AccountView; 8], data: &[u8]) -> ProgramResult {
    let [
        pool,
        mint,
        reserve,
        owner,
        source,
        recipient,
        token_program,
        system_program,
    ] = accounts;
    let metas = [
        InstructionAccount::writable(pool.address()),
        InstructionAccount::writable(mint.address()),
        InstructionAccount::writable(reserve.address()),
        InstructionAccount::readonly_signer(owner.address()),
        InstructionAccount::writable(source.address()),
        InstructionAccount::writable(recipient.address()),
        InstructionAccount::readonly(token_program.address()),
        InstructionAccount::readonly(system_program.address()),
    ];
    invoke(&sluice(&metas, data), &accounts)
}

/// Takes lamports out of a wrapped SOL account, whose owner or delegate signed.
pub fn unwrap_lamports(
    source: &AccountView,
    to: &AccountView,
    owner: &AccountView,
    lamports: [u8; 8],
) -> ProgramResult {
    let metas = [
        InstructionAccount::writable(source.address()),
        InstructionAccount::writable(to.address()),
        InstructionAccount::readonly_signer(owner.address()),
    ];
    let data = unwrap_data(lamports);
    invoke(&token(&metas, &data), &[source, to, owner])
}

/// Makes tokens of the lamports that a wrapped SOL account holds beyond its rent.
pub fn sync_native(account: &AccountView) -> ProgramResult {
    let metas = [InstructionAccount::writable(account.address())];
    invoke(&token(&metas, &SYNC_NATIVE), &[account])
}

fn unwrap_data(lamports: [u8; 8]) -> [u8; 10] {
    let mut data = [0; 10];
    let (tag, amount) = data.split_at_mut(UNWRAP_LAMPORTS.len());
    tag.copy_from_slice(&UNWRAP_LAMPORTS);
    amount.copy_from_slice(&lamports);
    data
}

fn sluice<'a>(
    accounts: &'a [InstructionAccount<'a>],
    data: &'a [u8],
) -> InstructionView<'a, 'a, 'a, 'a> {
    InstructionView {
        program_id: &SLUICE,
        accounts,
        data,
    }
}

fn token<'a>(
    accounts: &'a [InstructionAccount<'a>],
    data: &'a [u8],
) -> InstructionView<'a, 'a, 'a, 'a> {
    InstructionView {
        program_id: &TOKEN,
        accounts,
        data,
    }
}

#[cfg(test)]
mod tests {
    use anchor_lang::Discriminator;
    use sluice::instruction::{DepositSol, WithdrawSol};
    use spl_token_interface::instruction::TokenInstruction;

    use super::*;

    #[test]
    fn addresses_and_data_are_those_of_the_programs_that_are_called() {
        assert_eq!(SLUICE, sluice::ID);
        assert_eq!(TOKEN, spl_token_interface::ID);
        assert_eq!(WRAPPED_SOL, spl_token_interface::native_mint::ID);
        assert_eq!(DEPOSIT_SOL, DepositSol::DISCRIMINATOR);
        assert_eq!(WITHDRAW_SOL, WithdrawSol::DISCRIMINATOR);
        assert_eq!(SYNC_NATIVE.to_vec(), TokenInstruction::SyncNative.pack());
        let lamports = 1_234_567_890_123_u64;
        let unwrap = TokenInstruction::UnwrapLamports {
            amount: Some(lamports).into(),
        };
        assert_eq!(unwrap_data(lamports.to_le_bytes()).to_vec(), unwrap.pack());
    }

    #[test]
    fn the_transit_account_is_the_one_that_the_seed_derives() {
        let derived = Pubkey::find_program_address(&[TRANSIT_SEED], &crate::ID);
        assert_eq!(derived, (crate::TRANSIT, TRANSIT_BUMP));
    }
}
