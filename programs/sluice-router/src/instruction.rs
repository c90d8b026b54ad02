//! Building the instructions.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::{Pubkey, pubkey};

use crate::{
    ID, TRANSIT,
    calls::{DEPOSIT_SOL, SLUICE, TOKEN, WITHDRAW_SOL},
};

const SYSTEM: Pubkey = pubkey!("11111111111111111111111111111111");

/// The addresses of a pool that instructions name. The pool's account has the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutedPool {
    /// The pool.
    pub pool: Pubkey,
    /// Its LST mint.
    pub mint: Pubkey,
    /// Its mint authority.
    pub mint_authority: Pubkey,
    /// Its reserve.
    pub reserve: Pubkey,
}

/// Who swaps, and between which token accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swapper {
    /// Owner or delegate of the source. It signs, and need not be writable.
    pub owner: Pubkey,
    /// The token account that is paid from.
    pub source: Pubkey,
    /// The token account that is paid to.
    pub recipient: Pubkey,
}

impl RoutedPool {
    /// Pays `lamports` of a wrapped SOL account for LST: `minimum_lst` at least, in LST units.
    pub fn deposit_sol(&self, by: &Swapper, lamports: u64, minimum_lst: u64) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.pool, false),
            AccountMeta::new(self.mint, false),
            AccountMeta::new_readonly(self.mint_authority, false),
            AccountMeta::new(self.reserve, false),
            AccountMeta::new(TRANSIT, false),
            AccountMeta::new(by.recipient, false),
            AccountMeta::new_readonly(TOKEN, false),
            AccountMeta::new_readonly(SYSTEM, false),
            AccountMeta::new_readonly(by.owner, true),
            AccountMeta::new(by.source, false),
            AccountMeta::new_readonly(SLUICE, false),
        ];
        build(accounts, DEPOSIT_SOL, lamports, minimum_lst)
    }

    /// Pays `lst` for SOL into a wrapped SOL account: `minimum_lamports` at least.
    pub fn withdraw_sol(&self, by: &Swapper, lst: u64, minimum_lamports: u64) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.pool, false),
            AccountMeta::new(self.mint, false),
            AccountMeta::new(self.reserve, false),
            AccountMeta::new_readonly(by.owner, true),
            AccountMeta::new(by.source, false),
            AccountMeta::new(by.recipient, false),
            AccountMeta::new_readonly(TOKEN, false),
            AccountMeta::new_readonly(SYSTEM, false),
            AccountMeta::new_readonly(SLUICE, false),
        ];
        build(accounts, WITHDRAW_SOL, lst, minimum_lamports)
    }
}

fn build(accounts: Vec<AccountMeta>, name: [u8; 8], amount: u64, minimum: u64) -> Instruction {
    let amounts = [amount.to_le_bytes(), minimum.to_le_bytes()];
    Instruction {
        program_id: ID,
        accounts,
        data: [name.as_slice(), amounts.as_flattened()].concat(),
    }
}
