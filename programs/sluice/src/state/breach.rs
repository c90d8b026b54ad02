//! The rules that a validator must keep, and how a breach is shown.

use anchor_lang::prelude::*;
use sluice_math::{Bps, Lamports, Rewarded};
use solana_stake_interface::stake_history::StakeHistoryGetEntry;

use super::{Pool, Slot, short_epoch};
use crate::{
    error::Checked,
    foreign::{StakeView, VoteAccount, VoteView},
    moment::Moment,
};

/// Epochs from the finalize that lowers the highest commission to the last one in which rewards may
/// still have been paid by what it was: their commission was fixed before.
const EARLIER_COMMISSION_EPOCHS: u64 = 2;

/// Credits of a vote that comes at once, as the vote program counts them since timely votes count.
const MOST_CREDITS_PER_SLOT: u64 = 16;

/// Why a validator is ejected.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Its vote account no longer exists.
    VoteAccountGone,
    /// It keeps more of inflation rewards than the pool allows.
    Commission,
    /// It keeps more of block revenue than the pool allows.
    BlockCommission,
    /// The last boundary paid less than the pool's highest commission leaves, whatever its
    /// commission looks like.
    LowYield,
    /// It earned far fewer credits in the last whole epoch than the cluster's mean.
    LowCredits,
    /// It earned no credits for five epochs, or never: anybody may deactivate its stake.
    Delinquent,
}

impl Breach {
    /// Whether the validator took more than it may: it has to wait longer each time.
    pub const fn takes_too_much(self) -> bool {
        matches!(
            self,
            Self::Commission | Self::BlockCommission | Self::LowYield
        )
    }
}

/// What a validator is judged by beside its vote account.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Its slot.
    pub slot: &'a Slot,
    /// The slot's main stake account.
    pub main: &'a StakeView,
    /// What the last boundary paid for another slot of the pool; only needed where the cluster
    /// counts no points.
    pub reference: Option<Rewarded>,
}

impl Pool {
    /// The rule that a validator breaks, if it can be shown. Fails where its vote account has an
    /// unknown version.
    pub fn breach(
        &self,
        vote: VoteView<'_>,
        evidence: &Evidence<'_>,
        moment: &Moment,
    ) -> Result<Option<Breach>> {
        if vote == VoteView::Gone {
            return Ok(Some(Breach::VoteAccountGone));
        }
        let vote = vote.known()?;
        Ok(if vote.terms.exceeds_commission(&self.config) {
            Some(Breach::Commission)
        } else if vote.terms.exceeds_block_commission(&self.config) {
            Some(Breach::BlockCommission)
        } else if vote.is_delinquent(moment.clock.epoch) {
            Some(Breach::Delinquent)
        } else if self.keeps_too_much(&vote, evidence, moment)? {
            Some(Breach::LowYield)
        } else if self.earns_too_few_credits(&vote, evidence, moment)? {
            Some(Breach::LowCredits)
        } else {
            None
        })
    }

    /// Whether the last boundary paid less for main than the highest commission leaves.
    ///
    /// No verdict where nothing can be known: where the slot was not observed before and after the
    /// boundary, where the boundary passed main over and pays later, in the epoch in which the
    /// cluster went over to Alpenglow, and while nobody is paid.
    fn keeps_too_much(
        &self,
        vote: &VoteAccount<'_>,
        evidence: &Evidence<'_>,
        moment: &Moment,
    ) -> Result<bool> {
        let epoch = moment.clock.epoch;
        let judged = evidence.slot.judged(epoch);
        let (Some(rewarded), Some(last_epoch)) = (judged, epoch.checked_sub(1)) else {
            return Ok(false);
        };
        let credits = vote.credits_until(last_epoch);
        let passed_over = evidence.slot.credits_observed != lower_half(credits);
        let rewards = moment.boundary_rewards()?;
        if passed_over || rewards.lamports.is_zero() || vote.went_over_to_alpenglow_in(last_epoch) {
            return Ok(false);
        }
        let commission = self.judged_commission(epoch)?;
        if rewards.has_points() {
            let gross = rewards.gross(rewarded.delegated, vote.credits(last_epoch));
            return rewarded.is_below(gross.checked()?, commission).checked();
        }
        match &evidence.reference {
            Some(reference) => rewarded.is_far_below(reference, commission).checked(),
            None => Ok(false),
        }
    }

    /// Whether the validator earned far fewer credits in the last whole epoch, through all of which
    /// the pool's stake was active with it, than the cluster's mean. A halt lowers the mean too.
    fn earns_too_few_credits(
        &self,
        vote: &VoteAccount<'_>,
        evidence: &Evidence<'_>,
        moment: &Moment,
    ) -> Result<bool> {
        let Some(last_epoch) = moment.clock.epoch.checked_sub(1) else {
            return Ok(false);
        };
        let rewards = moment.boundary_rewards()?;
        let was_active = !evidence.main.earning(last_epoch).is_zero();
        if !was_active || !rewards.has_points() || vote.went_over_to_alpenglow_in(last_epoch) {
            return Ok(false);
        }
        let Some(cluster) = moment.get_entry(last_epoch) else {
            return Ok(false);
        };
        let share = Bps::new(self.config.least_credits_bps).checked()?;
        let slots = moment.schedule()?.get_slots_in_epoch(last_epoch);
        let most = slots.saturating_mul(MOST_CREDITS_PER_SLOT);
        let (own, effective) = (vote.credits(last_epoch), Lamports::new(cluster.effective));
        rewards.below_mean(own, effective, most, share).checked()
    }

    /// The highest commission by which the rewards may have been paid that a boundary paid at the
    /// start of `epoch`.
    pub fn judged_commission(&self, epoch: u64) -> Result<Bps> {
        let now = self.config.max_commission_bps;
        let counts = epoch <= u64::from(self.earlier_commission_until_epoch);
        let earlier = if counts {
            self.earlier_commission_bps
        } else {
            0
        };
        Bps::new(now.max(earlier)).checked()
    }

    /// Keeps the highest commission that counted before the finalize of `epoch` lowered it: nobody
    /// who follows within the notice is judged by the new one.
    pub(super) fn keep_earlier_commission(&mut self, before_bps: u16, epoch: u64) -> Result<()> {
        if self.config.max_commission_bps >= before_bps {
            return Ok(());
        }
        let until = epoch.saturating_add(EARLIER_COMMISSION_EPOCHS);
        self.earlier_commission_bps = self.judged_commission(epoch)?.get().max(before_bps);
        self.earlier_commission_until_epoch = short_epoch(until)?;
        Ok(())
    }
}

impl Slot {
    /// What the last boundary paid for main, if it can be judged in `epoch`.
    pub(crate) fn judged(&self, epoch: u64) -> Option<Rewarded> {
        let counts = self.is_observed(epoch) && self.unjudged_epochs == 0;
        self.rewarded().filter(|_| counts)
    }
}

/// What a slot keeps of a number of credits.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
pub const fn lower_half(credits: u64) -> u32 {
    credits as u32
}
