//! Adversaries: each role does at random what it can do to a pool in the real runtime, and is held
//! against the same world without it.
//!
//! A world is a seed: what validators earn, heavy-tailed, and when honest holders come and go. It
//! is lived twice, once in peace and once with somebody hostile. What the hostile one has beyond
//! what its wealth would have become in peace is its profit; what all other holders have less is
//! their loss.

mod cranks;
mod curator;
mod donor;
mod figures;
mod mallory;
mod moves;
mod role;
mod script;
mod stage;
mod stranger;
mod validator;
mod wealth;
mod whale;

pub use figures::{Figures, table};
pub use role::{Role, Setting};
use script::{EPOCHS, Script};
use sluice::state::PoolConfig;
use stage::Stage;
use wealth::Morning;

use crate::{adversary::mallory::Mallory, scenario::SOL};

/// What a transaction costs whoever sends it, in lamports.
const TRANSACTION_FEE_LAMPORTS: i128 = 5_000;

/// What the pool of a world owns at the start, about, in lamports.
pub const POOL_LAMPORTS: u64 = 100_000 * SOL;

/// A world in peace, from morning to morning.
#[derive(Clone, Debug)]
pub struct Peace {
    mornings: Vec<Morning>,
}

/// What came of an adversary, in lamports.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The world.
    pub seed: u64,
    /// What the adversary has beyond what its wealth would have become in peace.
    pub profit: i128,
    /// What all other holders have less than in peace.
    pub loss: i128,
    /// What all other holders have less than before the adversary began.
    pub principal_loss: i128,
    /// What it did and was not refused: the number of each move, and the move.
    pub moves: Vec<(usize, String)>,
}

impl Peace {
    /// Lives the world of a seed without anybody hostile.
    pub async fn live(seed: u64, config: PoolConfig) -> Self {
        let mut stage = Stage::open(seed, config, Script::of_seed(seed)).await;
        // She is there, and does nothing whatever her role.
        let mallory = Mallory::arrive(&mut stage, Role::Donor, seed).await;
        stage.settle_in().await;
        let mut mornings = vec![Morning::of(&mut stage, &mallory).await];
        for _ in 0..EPOCHS {
            stage.live_an_epoch(None).await;
            mornings.push(Morning::of(&mut stage, &mallory).await);
        }
        Self { mornings }
    }

    /// Lives the same world with somebody hostile, but without the moves of these numbers.
    pub async fn attack(
        &self,
        seed: u64,
        config: PoolConfig,
        role: Role,
        left_out: &[usize],
    ) -> Outcome {
        let mut stage = Stage::open(seed, config, Script::of_seed(seed)).await;
        let mut mallory = Mallory::arrive(&mut stage, role, seed).await;
        mallory.left_out = left_out.to_vec();
        stage.settle_in().await;
        let first = Morning::of(&mut stage, &mallory).await;
        let (mut before, mut profit) = (first.clone(), 0);
        for peace in self.mornings.windows(2) {
            stage.live_an_epoch(Some(&mut mallory)).await;
            let now = Morning::of(&mut stage, &mallory).await;
            profit += now.wealth() - before.as_in_peace([&peace[0], &peace[1]]);
            before = now;
        }
        let in_peace = &self.mornings[EPOCHS];
        Outcome {
            seed,
            profit: profit - mallory.sent * TRANSACTION_FEE_LAMPORTS,
            loss: in_peace.others - before.others,
            principal_loss: first.others - before.others,
            moves: mallory.moves,
        }
    }
}
