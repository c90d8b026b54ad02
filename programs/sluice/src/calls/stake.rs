//! Stake instructions, without the sysvar accounts that stake program 5 no longer needs.
//!
//! Instruction data is written by hand: a tag as u32, then the fields, all little endian, as
//! `StakeInstruction` in bincode. A test compares it with the stake program's own interface.

use anchor_lang::{prelude::*, solana_program::program};
use sluice_math::Lamports;
use solana_stake_interface::program::ID;

use super::{Given, call, data, read, signer::PoolSigner, write};

/// Size of a stake account in bytes.
pub const SPACE: usize = 200;

const INITIALIZE: [u8; 4] = [0, 0, 0, 0];
const AUTHORIZE: [u8; 4] = [1, 0, 0, 0];
const DELEGATE_STAKE: [u8; 4] = [2, 0, 0, 0];
const SPLIT: [u8; 4] = [3, 0, 0, 0];
const WITHDRAW: [u8; 4] = [4, 0, 0, 0];
const DEACTIVATE: [u8; 4] = [5, 0, 0, 0];
const MERGE: [u8; 4] = [7, 0, 0, 0];
const GET_MINIMUM_DELEGATION: [u8; 4] = [13, 0, 0, 0];
const MOVE_STAKE: [u8; 4] = [16, 0, 0, 0];
/// Unix timestamp, epoch and custodian of a lockup that locks nothing.
const NO_LOCKUP: [u8; 48] = [0; 48];

/// What an authority over a stake account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum StakeRole {
    /// Delegate, deactivate, split, merge.
    Staker,
    /// Withdraw, and replace both authorities.
    Withdrawer,
}

impl StakeRole {
    /// Both, in the order in which they can be given away.
    pub const ALL: [Self; 2] = [Self::Staker, Self::Withdrawer];

    const fn code(self) -> [u8; 4] {
        (self as u32).to_le_bytes()
    }
}

/// Gives a role over a stake account from `current`, who signed the transaction, to `new`.
pub fn hand_over<'info>(
    stake: &AccountInfo<'info>,
    current: &AccountInfo<'info>,
    role: StakeRole,
    new: &Pubkey,
) -> Result<()> {
    authorize(stake, current, role, new, &[])
}

fn authorize<'info>(
    stake: &AccountInfo<'info>,
    current: &AccountInfo<'info>,
    role: StakeRole,
    new: &Pubkey,
    seeds: &[&[&[u8]]],
) -> Result<()> {
    call(
        ID,
        data([&AUTHORIZE, new.as_ref(), &role.code()]),
        [write(stake), read(current).signs()],
        seeds,
    )
}

/// The stake program's minimum delegation at this moment.
pub fn minimum_delegation() -> Result<Lamports> {
    call(ID, data([&GET_MINIMUM_DELEGATION]), [], &[])?;
    let (program, answer) = program::get_return_data().ok_or(ProgramError::InvalidArgument)?;
    let bytes = answer
        .try_into()
        .map_err(|_| ProgramError::InvalidArgument)?;
    if program != ID {
        return Err(ProgramError::IncorrectProgramId.into());
    }
    Ok(Lamports::new(u64::from_le_bytes(bytes)))
}

/// The accounts through which the program acts on a pool's stake.
#[derive(Clone, Copy)]
pub struct StakeSigner<'a, 'info> {
    /// The stake authority's account.
    pub authority: &'a AccountInfo<'info>,
    /// Its seeds.
    pub signer: &'a PoolSigner,
}

impl<'info> StakeSigner<'_, 'info> {
    /// Gives an uninitialized stake account the pool's authority, for both roles, no lockup.
    pub fn initialize(&self, stake: &AccountInfo<'info>) -> Result<()> {
        let authority = self.authority.key.as_ref();
        let data = data([&INITIALIZE, authority, authority, &NO_LOCKUP]);
        call(ID, data, [write(stake)], &[])
    }

    /// Delegates everything above rent.
    pub fn delegate(&self, stake: &AccountInfo<'info>, vote: &AccountInfo<'info>) -> Result<()> {
        self.sign(
            data([&DELEGATE_STAKE]),
            [write(stake), read(vote), self.signs()],
        )
    }

    /// Deactivates the whole delegation.
    pub fn deactivate(&self, stake: &AccountInfo<'info>) -> Result<()> {
        self.sign(data([&DEACTIVATE]), [write(stake), self.signs()])
    }

    /// Gives both roles over a stake account to somebody else, for good.
    pub fn give_away(&self, stake: &AccountInfo<'info>, new: &Pubkey) -> Result<()> {
        for role in StakeRole::ALL {
            authorize(stake, self.authority, role, new, &[&self.signer.seeds()])?;
        }
        Ok(())
    }

    /// Merges a stake account, which ceases to exist, into another one.
    pub fn merge(&self, into: &AccountInfo<'info>, from: &AccountInfo<'info>) -> Result<()> {
        self.sign(data([&MERGE]), [write(into), write(from), self.signs()])
    }

    /// Splits delegated lamports off into an uninitialized stake account that holds its rent.
    pub fn split(
        &self,
        from: &AccountInfo<'info>,
        into: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        self.between(&SPLIT, from, into, lamports)
    }

    /// Moves active stake to another stake account of the same authorities.
    pub fn move_stake(
        &self,
        from: &AccountInfo<'info>,
        to: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        self.between(&MOVE_STAKE, from, to, lamports)
    }

    /// Withdraws lamports that are not staked.
    pub fn withdraw(
        &self,
        stake: &AccountInfo<'info>,
        to: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        self.between(&WITHDRAW, stake, to, lamports)
    }

    fn between(
        &self,
        tag: &[u8],
        from: &AccountInfo<'info>,
        to: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        let data = data([tag, &lamports.get().to_le_bytes()]);
        self.sign(data, [write(from), write(to), self.signs()])
    }

    /// The authority, which comes last.
    fn signs(&self) -> Given<'_, 'info> {
        read(self.authority).signs()
    }

    fn sign<const N: usize>(&self, data: Vec<u8>, accounts: [Given<'_, '_>; N]) -> Result<()> {
        call(ID, data, accounts, &[&self.signer.seeds()])
    }
}

#[cfg(test)]
mod tests {
    use solana_stake_interface::{
        instruction::{self, StakeInstruction},
        state::{Authorized, Lockup, StakeAuthorize},
    };

    use super::*;

    fn by_interface(instruction: StakeInstruction) -> Vec<u8> {
        solana_instruction::Instruction::new_with_bincode(ID, &instruction, Vec::new()).data
    }

    #[test]
    fn instruction_data_is_what_the_stake_program_reads() {
        let authority = Pubkey::new_unique();
        let key = authority.as_ref();
        let amount = 1_234_567_890_123_u64.to_le_bytes();
        for (ours, theirs) in [
            (
                data([&INITIALIZE, key, key, &NO_LOCKUP]),
                by_interface(StakeInstruction::Initialize(
                    Authorized::auto(&authority),
                    Lockup::default(),
                )),
            ),
            (
                data([&DELEGATE_STAKE]),
                by_interface(StakeInstruction::DelegateStake),
            ),
            (
                data([&DEACTIVATE]),
                by_interface(StakeInstruction::Deactivate),
            ),
            (
                data([&WITHDRAW, &amount]),
                by_interface(StakeInstruction::Withdraw(1_234_567_890_123)),
            ),
            (
                data([&AUTHORIZE, key, &StakeRole::Withdrawer.code()]),
                by_interface(StakeInstruction::Authorize(
                    authority,
                    StakeAuthorize::Withdrawer,
                )),
            ),
            (
                data([&SPLIT, &amount]),
                by_interface(StakeInstruction::Split(1_234_567_890_123)),
            ),
            (data([&MERGE]), by_interface(StakeInstruction::Merge)),
            (
                data([&MOVE_STAKE, &amount]),
                by_interface(StakeInstruction::MoveStake(1_234_567_890_123)),
            ),
            (
                data([&GET_MINIMUM_DELEGATION]),
                instruction::get_minimum_delegation().data,
            ),
        ] {
            assert_eq!(ours, theirs);
        }
    }
}
