//! Why a pool's last epoch brought what it did, as people and scripts read it.

use anyhow::Result;
use serde::Serialize;
use sluice::state::TransientUse;
use sluice_client::{Effect, Explained, PoolSnapshot, Stage, words::amounts::price_lamports};

use super::{
    Yields,
    words::{CauseWords, Excuse},
};
use crate::{args::StoreArgs, commands::stored::prices, session::Session};

/// Parts of 10^9 in what the table shows: a ten thousandth of a percent.
const SHOWN_E9: i64 = 1_000;

/// What a pool earned, and why not more.
#[derive(Debug, Serialize)]
pub struct YieldReport {
    pool: String,
    epoch: u64,
    /// Over the last 1, 10 and 30 epochs; over longer times where a store was read.
    pub(super) yields: Yields,
    /// Of the last finished epoch.
    pub(super) explained: Option<Explanation>,
    /// Why it cannot be explained, where it cannot.
    unexplained: Option<&'static str>,
    #[serde(skip)]
    pub(super) excuse: Option<Excuse>,
    pub(super) drip: DripNow,
    pub(super) idle: IdleNow,
}

/// How the yield of the last finished epoch came about.
#[derive(Debug, Serialize)]
pub struct Explanation {
    pub(super) epoch: u64,
    pub(super) seconds: u64,
    pub(super) owned_lamports: u64,
    pub(super) earning_lamports: u64,
    pub(super) cluster_rewards_lamports: u64,
    pub(super) cluster_stake_lamports: u64,
    pub(super) gross: Figures,
    pub(super) causes: Vec<CauseLine>,
    pub(super) net: Figures,
}

/// A rate in three forms.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    /// A year of it, compounded; none where epochs are too short for a year.
    pub(super) apy_parts_e9: Option<i64>,
    pub(super) epoch_parts_e9: Option<i64>,
    pub(super) change_lamports: i64,
}

/// By how much a cause raised the yield; negative where it lowered it.
#[derive(Debug, Serialize)]
pub struct CauseLine {
    cause: &'static str,
    #[serde(skip)]
    pub(super) words: CauseWords,
    #[serde(flatten)]
    pub(super) by: Figures,
    #[serde(skip)]
    pub(super) shown: Figures,
}

/// What is earned but has not reached the exit price yet.
#[derive(Debug, Serialize)]
pub struct DripNow {
    /// Withheld, and what joins it at the next finalize.
    pub(super) dripping_lamports: u64,
    pub(super) deposit_price_lamports: Option<u64>,
    pub(super) exit_price_lamports: Option<u64>,
}

/// What earns nothing now.
#[derive(Debug, Serialize)]
pub struct IdleNow {
    pub(super) reserve_lamports: u64,
    pub(super) activating_lamports: u64,
}

/// Shows what the configured pool earned, and why.
pub fn show(session: &Session, arguments: &StoreArgs) -> Result<YieldReport> {
    let snapshot = session.snapshot_with_votes()?;
    let yields = match arguments.store {
        Some(_) => Yields::among(&prices(session, &snapshot, arguments)?),
        None => Yields::of(&snapshot),
    };
    let (explained, excuse) = match snapshot.explain_yield()? {
        Ok(explained) => (Some(Explanation::from(&explained)), None),
        Err(unexplained) => (None, Some(Excuse::of(unexplained))),
    };
    Ok(YieldReport {
        pool: snapshot.addresses.pool.to_string(),
        epoch: snapshot.cluster.clock.epoch,
        yields,
        explained,
        unexplained: excuse.map(|excuse| excuse.code),
        excuse,
        drip: DripNow::of(&snapshot)?,
        idle: IdleNow::of(&snapshot),
    })
}

impl From<&Explained> for Explanation {
    fn from(explained: &Explained) -> Self {
        Self {
            epoch: explained.net.over.from_epoch,
            seconds: explained.net.over.seconds,
            owned_lamports: explained.owned.get(),
            earning_lamports: explained.earning.get(),
            cluster_rewards_lamports: explained.cluster.rewards.get(),
            cluster_stake_lamports: explained.cluster.stake.get(),
            gross: Figures::of(&explained.gross),
            causes: explained.effects.iter().map(CauseLine::from).collect(),
            net: Figures::of(&explained.net),
        }
    }
}

impl From<&Effect> for CauseLine {
    fn from(effect: &Effect) -> Self {
        let (before, after) = (Figures::of(&effect.before), Figures::of(&effect.after));
        Self {
            cause: CauseWords::of(effect.cause).code,
            words: CauseWords::of(effect.cause),
            by: after.less(before),
            // So that what is shown adds up, each step is rounded and not the difference.
            shown: after.rounded().less(before.rounded()),
        }
    }
}

impl Figures {
    fn of(stage: &Stage) -> Self {
        Self {
            apy_parts_e9: stage.over.apy_parts_e9(),
            epoch_parts_e9: stage.over.epoch_parts_e9(),
            change_lamports: stage.lamports,
        }
    }

    fn rounded(self) -> Self {
        let down = |parts: i64| parts.div_euclid(SHOWN_E9).saturating_mul(SHOWN_E9);
        Self {
            apy_parts_e9: self.apy_parts_e9.map(down),
            epoch_parts_e9: self.epoch_parts_e9.map(down),
            ..self
        }
    }

    fn less(self, before: Self) -> Self {
        let change = |after: Option<i64>, before| Some(after?.saturating_sub(before?));
        Self {
            apy_parts_e9: change(self.apy_parts_e9, before.apy_parts_e9),
            epoch_parts_e9: change(self.epoch_parts_e9, before.epoch_parts_e9),
            change_lamports: self.change_lamports.saturating_sub(before.change_lamports),
        }
    }
}

impl DripNow {
    fn of(snapshot: &PoolSnapshot) -> Result<Self> {
        let ledger = snapshot.pool.ledger();
        let slot = snapshot.cluster.clock.slot;
        let (full, value) = (ledger.full()?, ledger.value(slot)?);
        let price = |lamports| price_lamports(lamports, ledger.supply);
        Ok(Self {
            dripping_lamports: full.saturating_sub(value).get(),
            deposit_price_lamports: price(full),
            exit_price_lamports: price(value),
        })
    }
}

impl IdleNow {
    fn of(snapshot: &PoolSnapshot) -> Self {
        let epoch = snapshot.cluster.clock.epoch;
        let activating = |slot: &&sluice::state::Slot| {
            slot.transient_use() == TransientUse::Activating && u64::from(slot.moved_epoch) == epoch
        };
        let slots = snapshot.slots().map(|placed| placed.slot);
        let activating = slots.filter(activating).fold(0, |sum: u64, slot| {
            sum.saturating_add(slot.transient_lamports)
        });
        Self {
            reserve_lamports: snapshot.pool.reserve_lamports,
            activating_lamports: activating,
        }
    }
}
