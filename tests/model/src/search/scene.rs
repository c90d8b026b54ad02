//! Where sequences are played: a pool that has come to rest, and what happens to it whoever acts.

use std::fmt;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use sluice::state::{Parameter, Parameters, PoolConfig, PoolLimits};

use super::{
    market::Market,
    play::{self, Peace},
    twin::Index,
};
use crate::{SOL, action::Action, boundary::Elsewhere};

/// Validators of the pool, of equal weight.
pub const VALIDATORS: usize = 4;
/// Epochs in which somebody may act, at most.
pub const MOST_EPOCHS: usize = 5;
/// From this epoch on all are of the same length.
pub const FIRST_EPOCH: u64 = 14;
/// The users: two honest holders, the one who wants profit, and the treasury.
pub const HOLDERS: [usize; 2] = [0, 1];
/// Who wants profit.
pub const MALLORY: usize = 2;
/// Lamports in the wallets of all users at first.
pub const WEALTH_LAMPORTS: [u64; 4] = [90_000 * SOL, 40_000 * SOL, 1_005_000 * SOL, SOL];
/// What the honest holders bring before the pool comes to rest.
pub const DEPOSITS_LAMPORTS: [u64; 2] = [70_000 * SOL, 25_000 * SOL];
/// What she has as stake with each of the validators, beside it.
pub const STAKE_LAMPORTS: u64 = 20_000 * SOL;
/// Credits of a validator in an ordinary epoch.
pub const CREDITS: u64 = 1_000;
/// Stake elsewhere earns a third of a thousandth of itself in every epoch.
pub const ELSEWHERE: Elsewhere = Elsewhere {
    stake: 14_000_000 * SOL,
    credits: CREDITS,
    rewards: 14_000_000 * SOL / 3_000,
};

/// What happens in a scene whoever acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// All epochs pay alike, and nobody else comes or goes.
    Quiet,
    /// All epochs pay alike; honest holders come and go.
    Busy,
    /// Some validators are lucky in some epochs, which everybody knows before; holders come and go.
    Lucky,
}

/// The parameters of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Setting {
    /// What is recommended.
    Recommended,
    /// What is recommended, but every fee and charge at the least that the code admits.
    LeastFees,
    /// The least fees, and everything else that restrains somebody who comes and goes at the bound of
    /// the code at which it restrains least.
    Bounds,
}

/// What she has at first, beside SOL and stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Start {
    /// No LST.
    Newcomer,
    /// A twentieth of the pool.
    Holder,
}

impl Start {
    /// What she has brought before the pool comes to rest, in lamports.
    pub const fn deposit_lamports(self) -> u64 {
        match self {
            Self::Newcomer => 0,
            Self::Holder => 5_000 * SOL,
        }
    }
}

/// A mistake that a program could have, put into the model to see that the search finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Rewards are not dripped.
    NoDrip,
    /// The fee of an exit with stake has no floor of twice the rewards.
    NoFloor,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Recommended, Self::LeastFees, Self::Bounds];

    /// The parameters.
    pub fn config(self) -> PoolConfig {
        let mut values = Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::NONE);
        let fees = [
            Parameter::RewardFeeBps,
            Parameter::DepositFeeBps,
            Parameter::InstantFeeMinBps,
            Parameter::InstantFeeMaxBps,
            Parameter::StakeExitFeeBps,
            Parameter::EntryChargeBps,
        ];
        if self != Self::Recommended {
            for fee in fees {
                values = values.with(fee, fee.bounds().0);
            }
        }
        let loose = [
            Parameter::ReserveTargetBps,
            Parameter::ToleranceBps,
            Parameter::MovementCapBps,
            Parameter::DripBoundBps,
            Parameter::BreakerBoundBps,
            Parameter::ShareCapBps,
        ];
        if self == Self::Bounds {
            for parameter in loose {
                values = values.with(parameter, parameter.bounds().1);
            }
        }
        let (config, _) = values.split().expect("values within the bounds");
        config
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Recommended => "recommended",
            Self::LeastFees => "least fees",
            Self::Bounds => "the code's bounds",
        })
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Quiet, Self::Busy, Self::Lucky];
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Quiet => "quiet",
            Self::Busy => "busy",
            Self::Lucky => "lucky",
        })
    }
}

/// What an honest holder does at noon.
#[derive(Clone, Copy, Debug)]
pub enum HolderMove {
    /// Brings so many lamports.
    Deposit(u64),
    /// Takes so many LST out at once.
    Withdraw(u64),
    /// Puts so many LST into the queue.
    Request(u64),
}

/// A scene.
pub struct Scene {
    /// Its parameters.
    pub setting: Setting,
    /// What happens in it.
    pub kind: Kind,
    /// What she begins with.
    pub start: Start,
    /// What is wrong with its model.
    pub weakness: Option<Weakness>,
    /// What each validator earns in each epoch, in multiples of what is ordinary.
    pub luck: Vec<[u64; VALIDATORS]>,
    /// What holders do in each epoch.
    pub holders: Vec<Vec<(usize, HolderMove)>>,
    /// What was done until the pool had come to rest.
    pub opening: Vec<Action>,
    /// The pool at rest, when its last epoch has just been priced.
    pub morning: Market,
    /// What honest stake becomes in it.
    pub index: Index,
    /// What comes of it without anybody hostile.
    pub peace: Peace,
}

impl Scene {
    /// The scene of a seed.
    pub fn new(setting: Setting, kind: Kind, start: Start, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let luck = |rng: &mut StdRng| [(); VALIDATORS].map(|()| luck(kind, rng));
        let luck: Vec<_> = (0..=MOST_EPOCHS).map(|_| luck(&mut rng)).collect();
        let holders = (0..MOST_EPOCHS).map(|_| moves(kind, &mut rng)).collect();
        let mut morning = Market::open(setting.config(), start);
        let opening = morning.actions.take().unwrap_or_default();
        let mut scene = Self {
            setting,
            kind,
            start,
            weakness: None,
            index: Index::of(morning.model.now.epoch, &luck),
            luck,
            holders,
            opening,
            morning,
            peace: Peace::default(),
        };
        scene.peace = play::in_peace(&scene);
        scene
    }

    /// The same with a mistake in the model, measured against what is honest without it.
    pub fn with(self, weakness: Weakness) -> Self {
        Self {
            weakness: Some(weakness),
            ..self
        }
    }
}

/// One in four is lucky, by a heavy tail: of those one in ten earns ten times as much.
fn luck(kind: Kind, rng: &mut StdRng) -> u64 {
    let draw = rng.random_range(4..=100);
    if kind == Kind::Lucky && rng.random_ratio(1, 4) {
        100 / draw
    } else {
        1
    }
}

fn moves(kind: Kind, rng: &mut StdRng) -> Vec<(usize, HolderMove)> {
    let mut moves = Vec::new();
    for holder in HOLDERS {
        let amount = rng.random_range(SOL..1_000 * SOL);
        let chosen = match rng.random_range(0..4) {
            0 => HolderMove::Deposit(amount),
            1 => HolderMove::Withdraw(amount / 4),
            2 => HolderMove::Request(amount),
            _ => continue,
        };
        if kind != Kind::Quiet {
            moves.push((holder, chosen));
        }
    }
    moves
}
