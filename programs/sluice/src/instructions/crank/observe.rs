use anchor_lang::prelude::*;
use sluice_math::Lamports;

use crate::{
    ensure,
    error::{Checked, SluiceError, ensure_own, refuse},
    events::StakeObserved,
    foreign::{StakeDelegation, StakeView},
    moment::Moment,
    state::{
        FLAG_MAIN_ODD, FLAG_RETIRE, FLAG_TRANSIENT_ODD, Pool, Slot, SlotState, StakeAccountKind,
        TransientUse, ValidatorPage, lower_half, short_epoch,
    },
    sums::Tally,
};

/// Accounts of `observe`. The stake accounts of the slots follow as remaining accounts, in slot
/// order: main, then transient where [`Slot::must_observe_transient`] says so. A transient that
/// need not be read, and the accounts of a slot that was observed already, may be there too.
#[derive(Accounts)]
pub struct Observe<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
    /// The page whose validators are observed.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
}

/// Cluster values that all observations of an instruction share.
struct Observer<'a> {
    moment: &'a Moment,
    epoch: u64,
    authority: &'a Pubkey,
    rent: Lamports,
}

/// What a stake account was found to be worth.
struct Observation {
    lamports: Lamports,
    returning: Lamports,
    earning: Lamports,
    staying: Option<StakeDelegation>,
    odd: bool,
}

impl<'info> Observe<'info> {
    fn validate(&self, page: &ValidatorPage) -> Result<()> {
        ensure_own(&[(self.pool.as_ref(), &page.pool)])
    }

    /// Reads the stake accounts of `count` slots from `first` on and books what they hold. Moves
    /// no price: that is up to `finalize_epoch`.
    pub fn process(
        &mut self,
        first: u8,
        count: u8,
        accounts: &'info [AccountInfo<'info>],
    ) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let pool = Pool::current(&self.pool)?;
        if pool.is_fresh(clock.epoch) {
            return Ok(());
        }
        moment.require_rewards_paid()?;
        let observer = Observer {
            moment: &moment,
            epoch: clock.epoch,
            authority: &pool.stake_authority,
            rent: moment.stake_rent()?,
        };

        let mut page = self.page.load_mut()?;
        self.validate(&page)?;
        page.begin_epoch(clock.epoch);
        page.note_rent(observer.rent);
        let mut accounts = accounts.iter().peekable();
        let end = usize::from(first)
            .saturating_add(usize::from(count))
            .min(page.slots.len());
        for index in usize::from(first)..end {
            let index = u8::try_from(index).map_err(|_| refuse(SluiceError::MathOverflow))?;
            observer.slot(&mut page, index, &mut accounts)?;
        }
        ensure!(accounts.next().is_none(), SluiceError::WrongObservedAccount);
        emit!(StakeObserved {
            pool: self.pool.key(),
            page: page.index,
            observed: page.observed,
            occupied: page.occupied,
            staked_lamports: page.staked_lamports,
        });
        Ok(())
    }
}

type Accounts<'info> = std::iter::Peekable<std::slice::Iter<'info, AccountInfo<'info>>>;

impl Observer<'_> {
    /// Observes one slot, unless it is empty or was observed already in this epoch.
    fn slot<'info>(
        &self,
        page: &mut ValidatorPage,
        index: u8,
        accounts: &mut Accounts<'info>,
    ) -> Result<()> {
        let Some(slot) = page
            .slots
            .get(usize::from(index))
            .filter(|slot| !slot.is_empty())
        else {
            return Ok(());
        };
        let (main, transient) = (slot.main, slot.transient);
        if slot.is_observed(self.epoch) {
            accounts.next_if(|account| *account.key == main);
            accounts.next_if(|account| *account.key == transient);
            return Ok(());
        }
        let reads_transient = slot.must_observe_transient(self.epoch);
        let main = self.expect(accounts, &main)?;
        let main = self.account(main, slot, StakeAccountKind::Main)?;
        let transient = if reads_transient {
            let account = self.expect(accounts, &transient)?;
            self.account(account, slot, StakeAccountKind::Transient)?
        } else {
            accounts.next_if(|account| *account.key == transient);
            Some(Observation::unread(slot))
        };
        // A reset account waits for `reclaim`: the slot stays unobserved, and finalize waits.
        let (Some(main), Some(transient)) = (main, transient) else {
            return Ok(());
        };
        self.book(page, index, &main, &transient)
    }

    fn expect<'info>(
        &self,
        accounts: &mut Accounts<'info>,
        address: &Pubkey,
    ) -> Result<&'info AccountInfo<'info>> {
        accounts
            .next_if(|account| account.key == address)
            .ok_or_else(|| refuse(SluiceError::WrongObservedAccount))
    }

    /// What a stake account of a slot holds now. `None` where it was reset and can be reclaimed.
    fn account(
        &self,
        account: &AccountInfo<'_>,
        slot: &Slot,
        kind: StakeAccountKind,
    ) -> Result<Option<Observation>> {
        let lamports = Lamports::new(account.lamports());
        let view = StakeView::read(account.owner, &account.try_borrow_data()?, self.authority);
        let whose = view.kind();
        let Some(worth) = whose.worth(lamports, slot.booked(kind), self.rent) else {
            return Ok(None);
        };
        Ok(Some(Observation {
            lamports: worth,
            returning: whose.returning(lamports, self.rent),
            earning: self.earned(&view, slot, kind),
            staying: view.staying().copied(),
            odd: !whose.is_ours(),
        }))
    }

    /// Lamports that were effective stake in the epoch before this one. Main only ever takes in
    /// what is fully active, and so is what it gives to the transient; only what the transient
    /// itself activated may have warmed up in part.
    fn earned(&self, view: &StakeView, slot: &Slot, kind: StakeAccountKind) -> Lamports {
        let last_epoch = self.epoch.saturating_sub(1);
        if kind == StakeAccountKind::Transient && slot.transient_use() == TransientUse::Activating {
            view.effective(last_epoch, self.moment)
        } else {
            view.earning(last_epoch)
        }
    }

    fn book(
        &self,
        page: &mut ValidatorPage,
        index: u8,
        main: &Observation,
        transient: &Observation,
    ) -> Result<()> {
        page.book_observed(index, StakeAccountKind::Main, main.lamports)?;
        page.book_observed(index, StakeAccountKind::Transient, transient.lamports)?;
        page.book_deactivating(index, main.returning.add(transient.returning).checked()?)?;
        let earned = main.earning.add(transient.earning).checked()?;
        page.earning_lamports = page.earning_lamports.saturating_add(earned.get());
        page.observed.increase(1)?;

        let epoch = short_epoch(self.epoch)?;
        let rent_rose = page.rent_rose_in(self.epoch);
        let slot = page.slot_mut(index)?;
        slot.note_rewards(main.staying.as_ref(), self.epoch, rent_rose);
        slot.observed_epoch = epoch;
        slot.mark(FLAG_MAIN_ODD, main.odd);
        slot.mark(FLAG_TRANSIENT_ODD, transient.odd);
        let weight_before = u64::from(slot.weight);
        slot.apply_due_changes(epoch);
        let weight = u64::from(slot.weight);
        let (paid, rewarded) = (slot.paid_lamports, slot.rewarded_lamports);
        page.paid_lamports = page.paid_lamports.saturating_add(paid);
        page.rewarded_lamports = page.rewarded_lamports.saturating_add(rewarded);
        page.total_weight = page
            .total_weight
            .saturating_sub(weight_before)
            .saturating_add(weight);
        Ok(())
    }
}

impl Observation {
    /// A transient that need not be read is worth what is booked, and nothing of it returns.
    fn unread(slot: &Slot) -> Self {
        Self {
            lamports: slot.booked(StakeAccountKind::Transient),
            returning: Lamports::ZERO,
            earning: Lamports::ZERO,
            staying: None,
            odd: slot.flags & FLAG_TRANSIENT_ODD != 0,
        }
    }
}

impl Slot {
    fn mark(&mut self, flag: u8, set: bool) {
        self.flags = if set {
            self.flags | flag
        } else {
            self.flags & !flag
        };
    }

    /// Notes what the boundary before `epoch` paid for main: what its delegation has more than was
    /// booked, since every move of stake is. Nothing is known where the boundary before it was not
    /// seen, where less is delegated, and where rent rose, by which the runtime lowers delegations.
    fn note_rewards(&mut self, main: Option<&StakeDelegation>, epoch: u64, rent_rose: bool) {
        let before = self.delegated_lamports;
        let now = main.map_or(0, |main| main.lamports.get());
        let seen = u64::from(self.observed_epoch).saturating_add(1) == epoch;
        let known = now > 0 && now >= before && seen && !rent_rose;
        self.delegated_lamports = now;
        self.rewarded_lamports = if known { before } else { 0 };
        self.paid_lamports = if known { now.saturating_sub(before) } else { 0 };
        self.credits_observed = main.map_or(0, |main| lower_half(main.credits_observed));
        self.unjudged_epochs = self.unjudged_epochs.saturating_sub(1);
    }

    /// The curator's changes take effect here: once per epoch, before anything moves.
    fn apply_due_changes(&mut self, epoch: u32) {
        if self.due_epoch == 0 || self.due_epoch > epoch {
            return;
        }
        self.weight = self.next_weight;
        self.due_epoch = 0;
        if self.flags & FLAG_RETIRE != 0 {
            self.flags &= !FLAG_RETIRE;
            self.state = SlotState::Retiring.code();
        }
    }
}
