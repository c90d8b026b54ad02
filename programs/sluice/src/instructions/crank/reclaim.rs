use anchor_lang::prelude::*;
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use crate::{
    calls::{signer::PoolSigner, stake::StakeSigner},
    error::ensure_own,
    events::StakeReclaimed,
    foreign::StakeView,
    moment::Moment,
    state::{Pool, StakeAccountKind, ValidatorPage},
};

/// Accounts of `reclaim`.
#[derive(Accounts)]
pub struct Reclaim<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The slot's main or transient stake account.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub stake: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
}

impl Reclaim<'_> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, address: &Pubkey) -> Result<()> {
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.stake, address),
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])
    }

    /// Gives a stake account that a cluster restart has reset the pool's authority again.
    /// Does nothing where the account was not reset.
    pub fn process(&mut self, slot_index: u8, kind: StakeAccountKind) -> Result<()> {
        let pool = Pool::current(&self.pool)?;
        let page = self.page.load()?;
        let address = page.slot(slot_index)?.address(kind);
        self.validate(&pool, &page, &address)?;
        Moment::now()?.require_rewards_paid()?;
        let data = self.stake.try_borrow_data()?;
        let view = StakeView::read(self.stake.owner, &data, self.stake_authority.key);
        drop(data);
        if view != StakeView::Uninitialized {
            return Ok(());
        }
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
