use crate::{
    cpi::{signer::PoolSigner, stake::StakeSigner},
    error::SluiceError,
    events::StakeReclaimed,
    stake_view::StakeView,
    state::{Pool, StakeAccountKind, ValidatorPage},
};
use anchor_lang::prelude::*;
use solana_stake_interface::program::ID as STAKE_PROGRAM;

/// Accounts of `reclaim`.
#[derive(Accounts)]
pub struct Reclaim<'info> {
    /// The pool.
    #[account(has_one = stake_authority @ SluiceError::ForeignAccount)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(has_one = pool @ SluiceError::ForeignAccount)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The slot's main or transient stake account.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub stake: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: bound to the pool by `has_one`
    pub stake_authority: UncheckedAccount<'info>,
    /// The stake program.
    /// CHECK: bound by its address
    #[account(address = STAKE_PROGRAM)]
    pub stake_program: UncheckedAccount<'info>,
}

impl Reclaim<'_> {
    /// Gives a stake account that a cluster restart has reset the pool's authority again.
    /// Does nothing where the account was not reset.
    pub fn process(&mut self, slot_index: u8, kind: StakeAccountKind) -> Result<()> {
        let page = self.page.load()?;
        let address = page.slot(slot_index)?.address(kind);
        require_keys_eq!(self.stake.key(), address, SluiceError::ForeignAccount);
        require!(
            !crate::rewards_are_being_paid()?,
            SluiceError::RewardsBeingPaid
        );
        let view = StakeView::read(&self.stake, self.stake_authority.key)?;
        if view != StakeView::Uninitialized {
            return Ok(());
        }
        let pool = self.pool.load()?;
        StakeSigner {
            authority: &self.stake_authority,
            signer: &PoolSigner::stake_authority(self.pool.key(), &pool),
        }
        .initialize(&self.stake)?;
        emit!(StakeReclaimed {
            pool: self.pool.key(),
            stake: address,
        });
        Ok(())
    }
}
