//! Cranks, which anybody may turn.

use rand::{Rng, rngs::StdRng};
use sluice::state::StakeAccountKind;
use solana_pubkey::Pubkey;
use solana_stake_interface::instruction::deactivate_delinquent_stake;

use super::stage::Stage;

/// A crank.
#[derive(Clone, Copy, Debug)]
pub enum Crank {
    /// Observes some slots of the page: the first, and how many.
    Observe(u8, u8),
    /// Books the epoch.
    Finalize,
    /// Moves activated stake into main.
    Collect(Pubkey),
    /// Delegates what is due.
    Delegate(Pubkey),
    /// Takes back what is due.
    Undelegate(Pubkey),
    /// Takes back from all validators what is due.
    UndelegateAll,
    /// Pays the oldest batch.
    Settle,
    /// Forwards the fees.
    PayFees,
    /// Ejects a validator.
    Eject(Pubkey),
    /// Ejects a validator beside another one.
    EjectBeside(Pubkey, Pubkey),
    /// Books a loss.
    ReportLoss(Pubkey),
    /// Gives a stake account the pool's authority again.
    Reclaim(Pubkey, StakeAccountKind),
    /// Closes a slot.
    Close(Pubkey),
    /// Pays the oldest ticket of an honest holder.
    Claim(usize),
    /// Deactivates a delinquent validator's stake past the program.
    ForceDeactivate(Pubkey),
}

impl Crank {
    /// Any crank for any validator.
    pub async fn any(stage: &mut Stage, rng: &mut StdRng) -> Self {
        let (vote, other) = (stage.any_vote(rng).await, stage.any_vote(rng).await);
        let kind = if rng.random() {
            StakeAccountKind::Main
        } else {
            StakeAccountKind::Transient
        };
        match rng.random_range(0..18) {
            0 => Self::Observe(rng.random_range(0..8), rng.random_range(1..9)),
            1 => Self::Finalize,
            2 => Self::Collect(vote),
            3 | 4 => Self::Delegate(vote),
            5 | 6 => Self::Undelegate(vote),
            7 | 8 => Self::UndelegateAll,
            9 => Self::Settle,
            10 => Self::PayFees,
            11 => Self::Eject(vote),
            12 => Self::EjectBeside(vote, other),
            13 => Self::ReportLoss(vote),
            14 => Self::Reclaim(vote, kind),
            15 => Self::Close(vote),
            16 => Self::Claim(rng.random_range(0..stage.holders.len())),
            _ => Self::ForceDeactivate(vote),
        }
    }

    /// Turns it. Whether it was accepted.
    pub async fn turn(self, stage: &mut Stage) -> bool {
        let pool = &mut stage.pool;
        let turned = match self {
            Self::Observe(first, count) => pool.try_observe(0, first, count).await,
            Self::Finalize => pool.try_finalize().await,
            Self::Collect(vote) => pool.try_collect(&vote).await,
            Self::Delegate(vote) => pool.try_delegate(&vote).await,
            Self::Undelegate(vote) => pool.try_undelegate(&vote).await,
            Self::Settle => pool.try_settle_head().await,
            Self::PayFees => pool.try_pay_fees().await,
            Self::Eject(vote) => pool.try_eject(&vote).await,
            Self::EjectBeside(vote, other) => pool.try_eject_beside(&vote, &other).await,
            Self::ReportLoss(vote) => pool.try_report_loss(&vote).await,
            Self::Reclaim(vote, kind) => pool.try_reclaim(&vote, kind).await,
            Self::Close(vote) => pool.try_close(&vote).await,
            Self::UndelegateAll => return undelegate_all(stage).await,
            Self::Claim(holder) => return claim(stage, holder).await,
            Self::ForceDeactivate(vote) => return force_deactivate(stage, &vote).await,
        };
        turned.is_ok()
    }
}

async fn undelegate_all(stage: &mut Stage) -> bool {
    let mut accepted = false;
    for place in stage.pool.places().await {
        let turned = stage.pool.try_undelegate(&place.vote).await;
        accepted |= turned.is_ok();
    }
    accepted
}

async fn claim(stage: &mut Stage, holder: usize) -> bool {
    let tickets = stage.holders[holder].1.clone();
    for ticket in tickets {
        if stage
            .pool
            .cluster
            .try_account(&ticket.ticket)
            .await
            .is_some()
        {
            return stage.pool.try_claim(&ticket).await.is_ok();
        }
    }
    false
}

async fn force_deactivate(stage: &mut Stage, vote: &Pubkey) -> bool {
    let (pool, reference) = (&mut stage.pool, stage.votes[1]);
    let main = pool.place(vote).await.main;
    let deactivate = deactivate_delinquent_stake(&main, vote, &reference);
    pool.send(&[deactivate], &[]).await.is_ok()
}
