use anchor_lang::prelude::*;
use sluice_math::{Departure, WayOut};

use super::MoveStake;
use crate::{
    calls::signer::PoolSigner,
    error::Checked,
    events::StakeUndelegated,
    moment::Moment,
    state::{Pool, StakeAccountKind},
};

impl MoveStake<'_> {
    /// Takes stake from a validator for the queue, for the reserve, or because it is above its
    /// target or leaves. Does nothing where nothing is due.
    pub fn undelegate(&mut self, index: u8) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        self.validate(&pool, &page, index)?;
        pool.require_fresh(clock)?;
        pool.require_window(&moment)?;
        pool.roll_queue(clock.slot)?;

        let flows = pool.flows(&moment)?;
        let stake = page.slot(index)?.stake(clock.epoch)?;
        let slot = self.slot_now(&page, index, &moment)?;
        let takes_stake = self.takes_stake(page.slot(index)?, clock.epoch)?;
        let departure = slot.departure(&flows, &stake, takes_stake).checked()?;
        let Some(departure) = departure else {
            return Ok(());
        };
        self.take(&pool, &departure)?;
        pool.book_departure(&mut page, index, &departure, clock.epoch)?;
        pool.check_invariants(&self.reserve)?;
        emit!(StakeUndelegated {
            pool: self.pool.key(),
            vote: self.vote.key(),
            account: match departure.way {
                WayOut::Main => StakeAccountKind::Main,
                _ => StakeAccountKind::Transient,
            },
            lamports: departure.lamports.get(),
            at_once: matches!(departure.way, WayOut::AtOnce { .. }),
            books: (&*pool).into(),
        });
        Ok(())
    }

    fn take(&self, pool: &Pool, departure: &Departure) -> Result<()> {
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        let stake = self.stake_signer(&signer);
        match departure.way {
            WayOut::Part(lamports) => {
                stake.move_stake(&self.main, &self.transient, lamports)?;
                stake.deactivate(&self.transient)
            }
            WayOut::Main => stake.deactivate(&self.main),
            WayOut::Transient => stake.deactivate(&self.transient),
            WayOut::AtOnce { again } => {
                stake.deactivate(&self.transient)?;
                self.withdraw(&stake, &self.transient, departure.lamports)?;
                if again.is_zero() {
                    return Ok(());
                }
                stake.delegate(&self.transient, &self.vote)
            }
        }
    }
}
