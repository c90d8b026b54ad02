use crate::{
    ensure,
    error::{SluiceError, ensure_own, refuse},
    events::ValidatorEjected,
    stake_view::StakeView,
    state::{FLAG_RETIRE, Marker, Pool, Slot, SlotState, ValidatorPage, short_epoch},
    vote_view::VoteView,
};
use anchor_lang::prelude::*;

/// Whole epochs without a breach after which an ejected validator can be taken back.
pub const PROBATION_EPOCHS: u64 = 2;
/// One part in this many of the weights may be ejected in an epoch.
const EJECTION_SHARE: u64 = 10;

/// Accounts of `eject_validator`.
#[derive(Accounts)]
pub struct EjectValidator<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The validator's vote account.
    /// CHECK: compared with the slot, judged by `VoteView`
    pub vote: UncheckedAccount<'info>,
    /// The slot's main stake account.
    /// CHECK: compared with the slot
    pub main: UncheckedAccount<'info>,
    /// Marker of another validator of the pool, which did earn credits. Only needed to eject for
    /// having earned none.
    pub reference_marker: Option<AccountLoader<'info, Marker>>,
    /// That validator's vote account.
    /// CHECK: compared with the marker
    pub reference_vote: Option<UncheckedAccount<'info>>,
}

/// Why a validator is ejected.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Its vote account no longer exists.
    VoteAccountGone,
    /// It keeps more of inflation rewards than the pool allows.
    Commission,
    /// It keeps more of block revenue than the pool allows.
    BlockCommission,
    /// It earned no credits in the last whole epoch, in which another one did.
    NoCredits,
}

impl EjectValidator<'_> {
    fn validate(&self, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.vote, &slot.vote),
            (&self.main, &slot.main),
        ])
    }

    /// Lets a validator that breaks the pool's rules drain, within the epoch's budget. Where it
    /// drains already for a breach, its way back starts anew.
    pub fn process(&mut self, slot_index: u8) -> Result<()> {
        let clock = Clock::get()?;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&page, &slot)?;
        pool.require_fresh(&clock)?;
        let state = slot.state()?;
        ensure!(state != SlotState::Retiring, SluiceError::SlotLeaving);
        let breach = self
            .breach(&pool, &slot, clock.epoch)?
            .ok_or_else(|| refuse(SluiceError::NoBreach))?;

        if state == SlotState::Active {
            pool.book_ejection(slot.weight, breach, clock.epoch)?;
        }
        page.eject(slot_index, clock.epoch)?;
        emit!(ValidatorEjected {
            pool: self.pool.key(),
            vote: slot.vote,
            breach,
            weight: slot.weight,
            reinstatable_epoch: u64::from(page.slot(slot_index)?.due_epoch),
        });
        Ok(())
    }

    fn breach(&self, pool: &Pool, slot: &Slot, epoch: u64) -> Result<Option<Breach>> {
        if VoteView::is_gone(&self.vote) {
            return Ok(Some(Breach::VoteAccountGone));
        }
        let terms = VoteView::read(&self.vote)?;
        Ok(if terms.exceeds_commission(&pool.config) {
            Some(Breach::Commission)
        } else if terms.exceeds_block_commission(&pool.config) {
            Some(Breach::BlockCommission)
        } else if self.earned_nothing(pool, slot, epoch)? {
            Some(Breach::NoCredits)
        } else {
            None
        })
    }

    /// Whether the validator earned no credits in the last whole epoch, through all of which the
    /// pool's stake was active with it, while another validator of the pool did. Without that
    /// other one, a halt of the cluster would let anybody eject everybody.
    fn earned_nothing(&self, pool: &Pool, slot: &Slot, epoch: u64) -> Result<bool> {
        let (Some(marker), Some(vote)) = (&self.reference_marker, &self.reference_vote) else {
            return Ok(false);
        };
        let marker = marker.load()?;
        ensure!(
            marker.pool == self.pool.key() && marker.vote == vote.key() && marker.vote != slot.vote,
            SluiceError::WrongReference
        );
        let Some(last_epoch) = epoch.checked_sub(1) else {
            return Ok(false);
        };
        let main = StakeView::read(&self.main, &pool.stake_authority)?;
        Ok(!main.earning(last_epoch).is_zero()
            && VoteView::credits(&self.vote, last_epoch)? == 0
            && VoteView::credits(vote, last_epoch)? > 0)
    }
}

impl Pool {
    /// Books an ejection: one validator, or a tenth of the weights, per epoch. A vote account
    /// that is gone earns nothing for ever, so it is outside the budget.
    pub fn book_ejection(&mut self, weight: u16, breach: Breach, epoch: u64) -> Result<()> {
        let weight_before = self.total_weight;
        self.total_weight = weight_before.saturating_sub(u64::from(weight));
        let spread = self.spread()?.without(weight);
        self.book_spread(&spread);
        if breach == Breach::VoteAccountGone {
            return Ok(());
        }
        let earlier = if self.ejection_epoch == epoch {
            self.ejected_weight
        } else {
            0
        };
        let ejected = earlier.saturating_add(u64::from(weight));
        let all = weight_before.saturating_add(earlier);
        ensure!(
            earlier == 0 || ejected.saturating_mul(EJECTION_SHARE) <= all,
            SluiceError::EjectionBudgetSpent
        );
        self.ejection_epoch = epoch;
        self.ejected_weight = ejected;
        Ok(())
    }
}

impl ValidatorPage {
    /// Takes a validator's weight, and its way back until the breach is some epochs past.
    pub fn eject(&mut self, index: u8, epoch: u64) -> Result<()> {
        let slot = self.slot_mut(index)?;
        let weight = u64::from(slot.weight);
        slot.state = SlotState::Ejected.code();
        slot.weight = 0;
        slot.next_weight = 0;
        slot.flags &= !FLAG_RETIRE;
        // The epoch of the breach does not count as one without.
        let probation = epoch.saturating_add(PROBATION_EPOCHS).saturating_add(1);
        slot.due_epoch = short_epoch(probation)?;
        self.total_weight = self.total_weight.saturating_sub(weight);
        Ok(())
    }
}
