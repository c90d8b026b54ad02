//! What happens in a world whoever else acts: drawn once, from the seed alone.

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::scenario::SOL;

/// Epochs of a world, from the first morning in which somebody hostile may act.
pub const EPOCHS: usize = 7;
/// Validators that the pool begins with.
pub const VALIDATORS: usize = 8;
/// Honest holders, and what they begin with in the pool, in lamports.
pub const HOLDERS: [u64; 3] = [50_000 * SOL, 30_000 * SOL, 15_000 * SOL];

/// What an honest holder does at noon.
#[derive(Clone, Copy, Debug)]
pub enum HolderMove {
    /// Brings so many lamports.
    Deposit(u64),
    /// Takes so many LST out at once, or where the reserve is empty through the queue.
    Withdraw(u64),
    /// Puts so many LST into the queue.
    Request(u64),
}

/// An epoch.
#[derive(Clone, Debug)]
pub struct Epoch {
    /// What each validator earns, in multiples of what validators elsewhere do; zero where it is
    /// silent.
    pub luck: [u64; VALIDATORS],
    /// What holders do, by their numbers.
    pub moves: Vec<(usize, HolderMove)>,
    /// When they do it, in parts of 10,000 of the epoch.
    pub noon_bps: u64,
}

/// A world.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its epochs.
    pub epochs: Vec<Epoch>,
    /// For how many of them somebody hostile acts.
    pub hostile_epochs: usize,
}

impl Script {
    /// The world of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let silent = rng.random_ratio(1, 4);
        let silent_from = rng.random_range(0..EPOCHS);
        let mut epochs: Vec<Epoch> = (0..EPOCHS).map(|_| Epoch::drawn(&mut rng)).collect();
        for epoch in epochs.iter_mut().skip(silent_from).filter(|_| silent) {
            epoch.luck[VALIDATORS - 1] = 0;
        }
        Self {
            epochs,
            hostile_epochs: rng.random_range(1..=5),
        }
    }
}

impl Epoch {
    fn drawn(rng: &mut StdRng) -> Self {
        let luck = [(); VALIDATORS].map(|()| luck(rng));
        let mut moves = Vec::new();
        for holder in 0..HOLDERS.len() {
            let amount = rng.random_range(SOL..1_500 * SOL);
            match rng.random_range(0..8) {
                0 | 1 => moves.push((holder, HolderMove::Deposit(amount))),
                2 => moves.push((holder, HolderMove::Withdraw(amount / 4))),
                3 => moves.push((holder, HolderMove::Request(amount))),
                _ => {}
            }
        }
        Self {
            luck,
            moves,
            noon_bps: rng.random_range(1_000..4_500),
        }
    }
}

/// One in eight is lucky, by a heavy tail: of those one in ten earns ten times as much, and one in
/// a hundred a hundred times.
fn luck(rng: &mut StdRng) -> u64 {
    let draw = rng.random_range(1..=100);
    if rng.random_ratio(1, 8) {
        100 / draw
    } else {
        1
    }
}
