//! The search: sequences that win more are kept, and have children.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use super::{
    attacks::known_attacks,
    genome::{Genome, any_of},
    play::{Played, play},
    scene::{Kind, Scene, Setting, Start},
};
use crate::SOL;

/// Sequences that live at a time.
const POPULATION: usize = 600;
/// Those that a parent is the best of, and that a child may take the place of.
const TOURNAMENT: usize = 4;
/// Who never had LST of so much worth played with dust: a hundredth of the pool.
const LEAST_CAPITAL_LAMPORTS: u64 = 1_000 * SOL;
/// One child in so many is new in the world, so that the search ends in no dead end.
const NEWCOMERS: u32 = 10;
/// The best of an island that are kept for a replay.
const KEPT: usize = 200;

/// A sequence and what it wins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// Lamports.
    pub profit: i128,
    /// The sequence.
    pub genome: Genome,
}

/// A sequence for a replay on the compiled program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// The scene's parameters.
    pub setting: Setting,
    /// What happens in the scene.
    pub kind: Kind,
    /// What she begins with.
    pub start: Start,
    /// The scene's seed.
    pub seed: u64,
    /// Epochs.
    pub epochs: usize,
    /// The sequence.
    pub genome: Genome,
    /// What it wins on the model, in lamports.
    pub profit: i128,
}

/// SOL with three decimals, rounded towards zero.
pub fn sol(lamports: i128) -> String {
    let millis = lamports.abs() / 1_000_000;
    let sign = if lamports < 0 && millis > 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", millis / 1_000, millis % 1_000)
}

/// A search on one scene. It can be stored and go on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Search {
    /// Epochs of its sequences.
    pub epochs: usize,
    /// Whether some validators are hers.
    pub with_validators: bool,
    /// Where its chances come from.
    pub seed: u64,
    /// Sequences that were played.
    pub sequences: u64,
    /// Steps that the model answered.
    pub steps: u64,
    /// The most that others lost by a sequence, in lamports.
    pub most_loss: i128,
    population: Vec<Found>,
    best: Vec<Found>,
}

impl Search {
    /// A search for sequences over so many epochs.
    pub fn new(epochs: usize, with_validators: bool, seed: u64) -> Self {
        Self {
            epochs,
            with_validators,
            seed,
            ..Self::default()
        }
    }

    /// Begins with what others have found, in place of known attacks.
    pub fn begin_with(&mut self, scene: &Scene, genomes: &[Genome]) {
        for genome in genomes {
            self.try_out(scene, genome.clone(), 0);
        }
    }

    /// Plays so many sequences more.
    pub fn go_on(&mut self, scene: &Scene, sequences: u64) {
        let mut rng = StdRng::seed_from_u64(self.seed ^ (self.sequences << 8));
        let until = self.sequences + sequences;
        let known = known_attacks();
        if self.population.is_empty() {
            self.begin_with(scene, &known);
        }
        while self.sequences < until {
            let child = self.child(&known, &mut rng);
            let place = self.place(&mut rng);
            self.try_out(scene, child, place);
        }
    }

    /// The best so far, the best first, each once.
    pub fn best(&self) -> &[Found] {
        &self.best
    }

    fn child(&self, known: &[Genome], rng: &mut StdRng) -> Genome {
        let (epochs, validators) = (self.epochs, self.with_validators);
        if self.population.len() < POPULATION / 2 || rng.random_ratio(1, NEWCOMERS) {
            let newcomer = Genome::any(epochs, validators, rng);
            return match any_of(known, rng) {
                Some(attack) if rng.random() => attack.child(&newcomer, epochs, validators, rng),
                _ => newcomer,
            };
        }
        let (one, other) = (self.parent(rng), self.parent(rng));
        one.child(other, epochs, validators, rng)
    }

    fn parent(&self, rng: &mut StdRng) -> &Genome {
        let mut drawn = (0..TOURNAMENT).map(|_| rng.random_range(0..self.population.len()));
        let first = drawn.next().unwrap_or(0);
        let best = drawn.fold(first, |best, one| {
            if self.population[one].profit > self.population[best].profit {
                one
            } else {
                best
            }
        });
        &self.population[best].genome
    }

    /// The worst of some.
    fn place(&self, rng: &mut StdRng) -> usize {
        let size = self.population.len();
        if size < POPULATION {
            return size;
        }
        let mut drawn = (0..TOURNAMENT).map(|_| rng.random_range(0..size));
        let first = drawn.next().unwrap_or(0);
        drawn.fold(first, |worst, one| {
            if self.population[one].profit < self.population[worst].profit {
                one
            } else {
                worst
            }
        })
    }

    fn try_out(&mut self, scene: &Scene, genome: Genome, place: usize) {
        let (played, _) = play(scene, &genome, self.epochs, false);
        self.sequences += 1;
        self.steps += played.steps;
        self.most_loss = self.most_loss.max(played.loss);
        // Who does nothing gains nothing and loses nothing: there is nothing to learn from it.
        if played.trades == 0 || played.capital < LEAST_CAPITAL_LAMPORTS {
            return;
        }
        let found = Found {
            profit: played.profit,
            genome,
        };
        self.keep(&found);
        match self.population.get_mut(place) {
            Some(old) if old.profit <= found.profit => *old = found,
            Some(_) => {}
            None => self.population.push(found),
        }
    }

    fn keep(&mut self, found: &Found) {
        let is_good = self.best.len() < KEPT || self.best[KEPT - 1].profit < found.profit;
        if !is_good || self.best.iter().any(|it| it.genome == found.genome) {
            return;
        }
        let place = self.best.partition_point(|it| it.profit >= found.profit);
        self.best.insert(place, found.clone());
        self.best.truncate(KEPT);
    }

    /// What the best sequence does, played once more.
    pub fn play_best(&self, scene: &Scene) -> Option<Played> {
        let best = self.best.first()?;
        Some(play(scene, &best.genome, self.epochs, false).0)
    }
}
