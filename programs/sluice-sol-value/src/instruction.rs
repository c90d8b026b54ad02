//! Reading and building the instructions.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

use crate::{ID, OWN_DATA, SLUICE, SLUICE_DATA, STATE, SYSTEM, ValueError};

/// What Infinity's interface calls `LstToSol`.
const LST_TO_SOL: u8 = 0;
/// What Infinity's interface calls `SolToLst`.
const SOL_TO_LST: u8 = 1;
/// As calculators of other tokens number the instruction that goes on after an upgrade.
const CONFIRM: u8 = 253;

/// What an instruction asks for: one byte, and a number of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What so many units of LST are worth.
    LstToSol(u64),
    /// How many LST are worth so many lamports.
    SolToLst(u64),
    /// To go on with the deployment of Sluice of this slot.
    Confirm(u64),
}

impl Asked {
    /// Reads an instruction's data. Fails with [`ValueError::UnknownInstruction`].
    pub fn read(data: &[u8]) -> Result<Self, ValueError> {
        let (tag, number) = data.split_first().ok_or(ValueError::UnknownInstruction)?;
        let number = <[u8; 8]>::try_from(number).map_err(|_| ValueError::UnknownInstruction)?;
        let number = u64::from_le_bytes(number);
        match *tag {
            LST_TO_SOL => Ok(Self::LstToSol(number)),
            SOL_TO_LST => Ok(Self::SolToLst(number)),
            CONFIRM => Ok(Self::Confirm(number)),
            _ => Err(ValueError::UnknownInstruction),
        }
    }
}

/// Asks what `lst` units of the pool's LST are worth, in lamports.
pub fn lst_to_sol(mint: Pubkey, pool: Pubkey, lst: u64) -> Instruction {
    build(question(mint, pool), LST_TO_SOL, lst)
}

/// Asks how many LST of the pool are worth `lamports`.
pub fn sol_to_lst(mint: Pubkey, pool: Pubkey, lamports: u64) -> Instruction {
    build(question(mint, pool), SOL_TO_LST, lamports)
}

/// Goes on with the deployment of Sluice of `slot`. The authority is this program's upgrade authority,
/// and pays for the state the first time.
pub fn confirm(authority: Pubkey, slot: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(authority, true),
        AccountMeta::new(STATE, false),
        AccountMeta::new_readonly(SLUICE, false),
        AccountMeta::new_readonly(SLUICE_DATA, false),
        AccountMeta::new_readonly(OWN_DATA, false),
        AccountMeta::new_readonly(SYSTEM, false),
    ];
    build(accounts, CONFIRM, slot)
}

fn question(mint: Pubkey, pool: Pubkey) -> Vec<AccountMeta> {
    [mint, STATE, pool, SLUICE, SLUICE_DATA]
        .map(|address| AccountMeta::new_readonly(address, false))
        .into()
}

fn build(accounts: Vec<AccountMeta>, tag: u8, number: u64) -> Instruction {
    Instruction {
        program_id: ID,
        accounts,
        data: [[tag].as_slice(), &number.to_le_bytes()].concat(),
    }
}
