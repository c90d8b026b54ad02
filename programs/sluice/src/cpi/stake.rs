//! Stake instructions, without the sysvar accounts that stake program 5 no longer needs.

use super::signer::PoolSigner;
use anchor_lang::{prelude::*, solana_program::instruction::Instruction, solana_program::program};
use sluice_math::Lamports;
use solana_stake_interface::{
    instruction::StakeInstruction,
    program::ID,
    state::{Authorized, Lockup},
    tools,
};

/// Size of a stake account in bytes.
pub const SPACE: usize = 200;

/// The stake program's minimum delegation at this moment.
pub fn minimum_delegation() -> Result<Lamports> {
    Ok(Lamports::new(tools::get_minimum_delegation()?))
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
        let data =
            StakeInstruction::Initialize(Authorized::auto(self.authority.key), Lockup::default());
        let metas = vec![AccountMeta::new(*stake.key, false)];
        let instruction = Instruction::new_with_bincode(ID, &data, metas);
        Ok(program::invoke(&instruction, &[stake.clone()])?)
    }

    /// Delegates everything above rent.
    pub fn delegate(&self, stake: &AccountInfo<'info>, vote: &AccountInfo<'info>) -> Result<()> {
        let metas = vec![
            AccountMeta::new(*stake.key, false),
            AccountMeta::new_readonly(*vote.key, false),
            self.meta(),
        ];
        self.invoke(
            &StakeInstruction::DelegateStake,
            metas,
            &[stake.clone(), vote.clone(), self.authority.clone()],
        )
    }

    /// Deactivates the whole delegation.
    pub fn deactivate(&self, stake: &AccountInfo<'info>) -> Result<()> {
        let metas = vec![AccountMeta::new(*stake.key, false), self.meta()];
        self.invoke(
            &StakeInstruction::Deactivate,
            metas,
            &[stake.clone(), self.authority.clone()],
        )
    }

    /// Moves active stake between the two stake accounts of a slot.
    pub fn move_stake(
        &self,
        from: &AccountInfo<'info>,
        to: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        let metas = vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new(*to.key, false),
            self.meta(),
        ];
        self.invoke(
            &StakeInstruction::MoveStake(lamports.get()),
            metas,
            &[from.clone(), to.clone(), self.authority.clone()],
        )
    }

    /// Withdraws lamports that are not staked.
    pub fn withdraw(
        &self,
        stake: &AccountInfo<'info>,
        to: &AccountInfo<'info>,
        lamports: Lamports,
    ) -> Result<()> {
        let metas = vec![
            AccountMeta::new(*stake.key, false),
            AccountMeta::new(*to.key, false),
            self.meta(),
        ];
        self.invoke(
            &StakeInstruction::Withdraw(lamports.get()),
            metas,
            &[stake.clone(), to.clone(), self.authority.clone()],
        )
    }

    fn meta(&self) -> AccountMeta {
        AccountMeta::new_readonly(*self.authority.key, true)
    }

    fn invoke(
        &self,
        data: &StakeInstruction,
        metas: Vec<AccountMeta>,
        accounts: &[AccountInfo<'info>],
    ) -> Result<()> {
        let instruction = Instruction::new_with_bincode(ID, data, metas);
        program::invoke_signed(&instruction, accounts, &[&self.signer.seeds()])?;
        Ok(())
    }
}
