use super::MoveStake;
use crate::{
    cpi::signer::PoolSigner,
    error::Checked,
    events::StakeUndelegated,
    foreign::{StakeStatus, StakeView},
    moment::Moment,
    state::{
        Pool,
        StakeAccountKind::{self, Main, Transient},
        TransientUse, ValidatorPage,
    },
};
use anchor_lang::prelude::*;
use sluice_math::{Flows, Lamports, Undelegation};

/// How lamports leave a validator.
enum Way {
    /// Part of main moves into the idle transient, which deactivates.
    Part(Lamports),
    /// An account deactivates as a whole: main, or a transient that main cannot take.
    Whole(StakeAccountKind, Lamports),
    /// The transient has not become active: it deactivates, and its lamports are free at once.
    AtOnce,
}

/// What was done.
struct Undelegated {
    account: StakeAccountKind,
    lamports: Lamports,
    at_once: bool,
}

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
        let due = flows.undelegation(&stake).checked()?;
        let stranded = self.stranded(&moment)?;
        let way = match (stranded, due) {
            (Some(lamports), _) => Some(Way::Whole(Transient, lamports)),
            (None, Some(due)) => self.way_out(&page, index, &due, &flows, &moment)?,
            (None, None) => None,
        };
        let Some(way) = way else {
            return Ok(());
        };
        let done = self.leave(&mut pool, &mut page, index, way, &moment)?;

        self.book_returning(&mut pool, &mut page, index, &moment)?;
        if stranded.is_none() && due.is_some_and(|due| due.rebalancing) {
            pool.moved_lamports = pool.moved_lamports.saturating_add(done.lamports.get());
        }
        pool.check_invariants(&self.reserve)?;
        emit!(StakeUndelegated {
            pool: self.pool.key(),
            vote: self.vote.key(),
            account: done.account,
            lamports: done.lamports.get(),
            at_once: done.at_once,
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// An active transient that main cannot take, now or later, because both together are below
    /// the minimum delegation: it has shrunk, or the minimum has grown. It returns.
    fn stranded(&self, moment: &Moment) -> Result<Option<Lamports>> {
        let transient = self.view(Transient)?;
        let main = self.view(Main)?.status(moment);
        let settled = matches!(main, StakeStatus::Active | StakeStatus::Inactive);
        let StakeView::Delegated(delegation) = transient else {
            return Ok(None);
        };
        let active = transient.status(moment) == StakeStatus::Active;
        let stranded = active && settled && !self.main_takes(delegation.lamports, moment)?;
        Ok(stranded.then_some(delegation.lamports))
    }

    /// Which way the lamports that are due can leave now, if any.
    fn way_out(
        &self,
        page: &ValidatorPage,
        index: u8,
        due: &Undelegation,
        flows: &Flows,
        moment: &Moment,
    ) -> Result<Option<Way>> {
        let (main, transient) = (self.view(Main)?, self.view(Transient)?);
        if transient.status(moment) == StakeStatus::Activating {
            return Ok(Some(Way::AtOnce));
        }
        if let Some(unmerged) = self.unmergeable(flows, moment)?
            && !due.rebalancing
        {
            return Ok(Some(Way::Whole(Transient, unmerged)));
        }
        let StakeView::Delegated(delegation) = main else {
            return Ok(None);
        };
        if main.status(moment) != StakeStatus::Active {
            return Ok(None);
        }
        let stays = delegation.lamports.saturating_sub(due.lamports);
        let cannot_split = !transient.is_ours() && !due.rebalancing;
        if stays < flows.minimum_delegation || cannot_split {
            return Ok(Some(Way::Whole(Main, delegation.lamports)));
        }
        let idle = transient.is_ours()
            && transient.status(moment) == StakeStatus::Inactive
            && self.free(page, index, Transient, moment)?.is_zero();
        let part = idle && due.lamports >= flows.minimum_delegation;
        Ok(part.then_some(Way::Part(due.lamports)))
    }

    /// An active transient whose missing rent the reserve cannot pay, so that it stays in the way
    /// of every part of main.
    fn unmergeable(&self, flows: &Flows, moment: &Moment) -> Result<Option<Lamports>> {
        let transient = self.view(Transient)?;
        let StakeView::Delegated(delegation) = transient else {
            return Ok(None);
        };
        let active = transient.status(moment) == StakeStatus::Active;
        let stuck = active && !self.can_merge(flows.spendable, moment)?;
        Ok(stuck.then_some(delegation.lamports))
    }

    /// Does it.
    fn leave(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        way: Way,
        moment: &Moment,
    ) -> Result<Undelegated> {
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        let stake = self.stake_signer(&signer);
        let epoch = moment.clock.epoch;
        Ok(match way {
            Way::AtOnce => {
                stake.deactivate(&self.transient)?;
                let free = self.free(page, index, Transient, moment)?;
                self.withdraw(pool, page, index, Transient, free)?;
                page.slot_mut(index)?
                    .set_transient_use(TransientUse::Idle, epoch)?;
                Undelegated {
                    account: Transient,
                    lamports: free,
                    at_once: true,
                }
            }
            Way::Whole(account, lamports) => {
                stake.deactivate(self.account(account))?;
                if account == Transient {
                    page.slot_mut(index)?
                        .set_transient_use(TransientUse::Deactivating, epoch)?;
                }
                Undelegated {
                    account,
                    lamports,
                    at_once: false,
                }
            }
            Way::Part(lamports) => {
                stake.move_stake(&self.main, &self.transient, lamports)?;
                stake.deactivate(&self.transient)?;
                page.book_between(index, Main, Transient, lamports)?;
                page.slot_mut(index)?
                    .set_transient_use(TransientUse::Deactivating, epoch)?;
                Undelegated {
                    account: Transient,
                    lamports,
                    at_once: false,
                }
            }
        })
    }
}
