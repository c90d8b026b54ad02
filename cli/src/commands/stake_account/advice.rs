//! A stake account's way into the pool, in words.

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    PoolSnapshot, Route,
    plan::stake_in::{Preparation, Wait},
    words::amounts::{lst, sol},
};
use sluice_math::Lst;

use crate::{
    moment::{in_about, seconds_for},
    session::Session,
};

/// What can be done with a stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Deposit it now.
    Deposit,
    /// Withdraw its SOL and deposit that, now.
    DepositSol,
    /// Deactivate it now, and come back.
    Deactivate,
    /// Wait.
    Wait,
    /// Nothing.
    Impossible,
}

impl Way {
    pub fn of(route: &Route) -> Self {
        match route {
            Route::Deposit { .. } => Self::Deposit,
            Route::DepositSol { .. } => Self::DepositSol,
            Route::Deactivate { .. } => Self::Deactivate,
            Route::Wait(_) => Self::Wait,
            Route::Impossible(_) => Self::Impossible,
        }
    }
}

/// The next epoch, from which what is waited for can be there.
#[derive(Clone, Debug)]
pub struct NextEpoch {
    /// Its number.
    pub epoch: u64,
    /// Its first slot.
    pub slot: u64,
    /// Seconds until then, where slots pass.
    pub seconds: Option<u64>,
}

impl NextEpoch {
    pub fn of(session: &Session, snapshot: &PoolSnapshot) -> Result<Self> {
        let slot = snapshot.next_epoch_start();
        let clock = &snapshot.cluster.clock;
        Ok(Self {
            epoch: clock.epoch.saturating_add(1),
            slot,
            seconds: seconds_for(slot.saturating_sub(clock.slot), session)?,
        })
    }

    /// `from epoch 7 on, in about 2 hours`.
    fn words(&self) -> String {
        let when = self
            .seconds
            .map(|seconds| format!(", {}", in_about(seconds)));
        format!("from epoch {} on{}", self.epoch, when.unwrap_or_default())
    }
}

/// The way as a sentence without its full stop.
pub fn advice(route: &Route, next: &NextEpoch) -> String {
    match route {
        Route::Deposit { first, lst, .. } => {
            format!(
                "{}deposit it for about {}",
                preparations(first),
                amount(*lst)
            )
        }
        Route::DepositSol { first, lst, .. } => format!(
            "{}withdraw its SOL and deposit that for about {}",
            preparations(first),
            amount(*lst)
        ),
        Route::Deactivate { first, why } => format!(
            "{why}: {}deactivate it now, then deposit its SOL {}",
            preparations(first),
            next.words()
        ),
        Route::Wait(wait) => format!("{} {}", waiting(*wait), next.words()),
        Route::Impossible(why) => why.clone(),
    }
}

fn waiting(wait: Wait) -> &'static str {
    match wait {
        Wait::CoolDown => "it cools down: deposit its SOL",
        Wait::WarmUp => "it is not fully active yet: deposit it",
        Wait::PoolStake => "the pool's own stake with its validator is not active: deposit it",
    }
}

fn preparations(first: &[Preparation]) -> String {
    first
        .iter()
        .map(|step| match step {
            Preparation::TakeStaker => "become its staker, ".to_owned(),
            Preparation::ClearCustodian => "remove its custodian, ".to_owned(),
            Preparation::Reactivate(_) => "take its deactivation back, ".to_owned(),
            Preparation::WithdrawIdle(idle) => {
                format!("withdraw its idle {}, ", sol(idle.get()))
            }
            Preparation::Deactivate => "deactivate it, ".to_owned(),
        })
        .collect()
}

fn amount(units: Lst) -> String {
    lst(units.get())
}
