//! Minting, burning and moving LST.
//!
//! Instruction data is written by hand: a tag as u8, then the fields, all little endian. A test
//! compares it with the token program's own interface.

use anchor_lang::prelude::*;
use anchor_spl::{associated_token, token::ID};
use sluice_math::Lst;

use super::{call, data, read, signer::PoolSigner, write};

const TRANSFER: [u8; 1] = [3];
const MINT_TO: [u8; 1] = [7];
const BURN: [u8; 1] = [8];
const INITIALIZE_ACCOUNT_3: [u8; 1] = [18];
/// `Create` of the program of associated token accounts.
const CREATE_ASSOCIATED: [u8; 1] = [0];

/// Mints LST with the pool's mint authority.
pub fn mint<'info>(
    mint: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    if lst.is_zero() {
        return Ok(());
    }
    change(&MINT_TO, [mint, to, authority], lst, &[&signer.seeds()])
}

/// Burns LST of a wallet that signed the transaction.
pub fn burn<'info>(
    mint: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
    lst: Lst,
) -> Result<()> {
    change(&BURN, [from, mint, owner], lst, &[])
}

/// Burns LST of the escrow.
pub fn burn_escrowed<'info>(
    mint: &AccountInfo<'info>,
    escrow: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    change(&BURN, [escrow, mint, authority], lst, &[&signer.seeds()])
}

/// Moves LST of a wallet that signed the transaction.
pub fn transfer<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
    lst: Lst,
) -> Result<()> {
    change(&TRANSFER, [from, to, owner], lst, &[])
}

/// Moves LST out of escrow or fees.
pub fn transfer_signed<'info>(
    from: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    lst: Lst,
    signer: &PoolSigner,
) -> Result<()> {
    change(&TRANSFER, [from, to, authority], lst, &[&signer.seeds()])
}

/// Gives an account that was just created to the token program, as a token account of `mint`.
pub fn initialize_account<'info>(
    account: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
) -> Result<()> {
    let data = data([&INITIALIZE_ACCOUNT_3, owner.key.as_ref()]);
    call(ID, data, [write(account), read(mint)], &[])
}

/// Creates the associated token account of an owner, at a payer's expense. The programs are the system
/// program and the token program.
pub fn create_associated<'info>(
    account: &AccountInfo<'info>,
    owner: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    payer: &AccountInfo<'info>,
    [system, token]: [&AccountInfo<'info>; 2],
) -> Result<()> {
    let accounts = [
        write(payer).signs(),
        write(account),
        read(owner),
        read(mint),
        read(system),
        read(token),
    ];
    call(
        associated_token::ID,
        data([&CREATE_ASSOCIATED]),
        accounts,
        &[],
    )
}

/// Calls the token program with an amount, two accounts that change, and the one that signs.
fn change(
    tag: &[u8],
    [first, second, authority]: [&AccountInfo<'_>; 3],
    lst: Lst,
    seeds: &[&[&[u8]]],
) -> Result<()> {
    call(
        ID,
        data([tag, &lst.get().to_le_bytes()]),
        [write(first), write(second), read(authority).signs()],
        seeds,
    )
}

#[cfg(test)]
mod tests {
    use anchor_spl::token::spl_token::instruction::TokenInstruction;

    use super::*;

    #[test]
    fn instruction_data_is_what_the_token_program_reads() {
        let amount = 1_234_567_890_123_u64;
        let fields = amount.to_le_bytes();
        let owner = Pubkey::new_unique();
        for (ours, theirs) in [
            (
                data([&TRANSFER, &fields]),
                TokenInstruction::Transfer { amount },
            ),
            (
                data([&MINT_TO, &fields]),
                TokenInstruction::MintTo { amount },
            ),
            (data([&BURN, &fields]), TokenInstruction::Burn { amount }),
            (
                data([&INITIALIZE_ACCOUNT_3, owner.as_ref()]),
                TokenInstruction::InitializeAccount3 { owner },
            ),
        ] {
            assert_eq!(ours, theirs.pack());
        }
    }
}
