//! Sequences: how they begin, vary and mix.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde::{Deserialize, Serialize};

use super::{
    moves::{Move, is_of_validator},
    play::{MOMENTS, Moment},
};

/// Moves of a sequence, at most.
const MOST_GENES: usize = 24;

/// A move and when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gene {
    /// The epoch and the moment in it: epoch x moments + moment.
    pub at: u8,
    /// What.
    pub what: Move,
}

/// A sequence, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Genome {
    /// Its moves.
    pub genes: Vec<Gene>,
}

impl Genome {
    /// A sequence of these moves.
    pub fn of(genes: impl IntoIterator<Item = (usize, Moment, Move)>) -> Self {
        let genes = genes.into_iter().map(|(epoch, moment, what)| Gene {
            at: (epoch * MOMENTS + moment as usize) as u8,
            what,
        });
        let mut genome = Self {
            genes: genes.collect(),
        };
        genome.order();
        genome
    }

    /// Any sequence over so many epochs.
    pub fn any(epochs: usize, with_validators: bool, rng: &mut StdRng) -> Self {
        let mut genome = Self::default();
        for _ in 0..rng.random_range(1..=6) {
            genome.genes.push(any_gene(epochs, with_validators, rng));
        }
        genome.order();
        genome
    }

    /// What moves are made at a moment of an epoch.
    pub fn at(&self, epoch: usize, moment: Moment) -> impl Iterator<Item = Move> {
        let at = (epoch * MOMENTS + moment as usize) as u8;
        let genes = self.genes.iter().filter(move |gene| gene.at == at);
        genes.map(|gene| gene.what)
    }

    /// Whether a keeper is asleep in an epoch.
    pub fn sleeps(&self, epoch: usize) -> bool {
        let mut genes = self.genes.iter();
        genes.any(|gene| gene.what == Move::Sleep && usize::from(gene.at) / MOMENTS == epoch)
    }

    /// What validators and keepers do in it, and nothing else.
    pub fn without_trades(&self) -> Self {
        let stays = |gene: &&Gene| gene.what == Move::Sleep || is_of_validator(gene.what);
        Self {
            genes: self.genes.iter().filter(stays).copied().collect(),
        }
    }

    /// Whether a validator misbehaves.
    pub fn has_misconduct(&self) -> bool {
        self.genes.iter().any(|gene| is_of_validator(gene.what))
    }

    /// A child of two sequences, changed here and there.
    pub fn child(&self, other: &Self, epochs: usize, validators: bool, rng: &mut StdRng) -> Self {
        let mut child = self.clone();
        if rng.random_ratio(1, 2) {
            let cut = rng.random_range(0..=epochs * MOMENTS) as u8;
            child.genes.retain(|gene| gene.at < cut);
            child
                .genes
                .extend(other.genes.iter().filter(|gene| gene.at >= cut));
        }
        for _ in 0..rng.random_range(0..=3) {
            child.change(epochs, validators, rng);
        }
        child.genes.truncate(MOST_GENES);
        child.order();
        child
    }

    fn change(&mut self, epochs: usize, validators: bool, rng: &mut StdRng) {
        if self.genes.is_empty() || rng.random_ratio(1, 4) {
            self.genes.push(any_gene(epochs, validators, rng));
            return;
        }
        let number = rng.random_range(0..self.genes.len());
        match rng.random_range(0..4) {
            0 => {
                self.genes.remove(number);
            }
            1 => self.genes[number].at = any_moment(epochs, rng),
            2 => {
                let copied = self.genes[number];
                self.genes.push(Gene {
                    at: any_moment(epochs, rng),
                    ..copied
                });
            }
            _ => {
                let varied = self.genes[number].what.varied(rng);
                if validators || !is_of_validator(varied) {
                    self.genes[number].what = varied;
                }
            }
        }
    }

    /// Moves of one moment stay in the order in which they were put there.
    fn order(&mut self) {
        self.genes.sort_by_key(|gene| gene.at);
    }
}

fn any_moment(epochs: usize, rng: &mut StdRng) -> u8 {
    rng.random_range(0..epochs * MOMENTS) as u8
}

fn any_gene(epochs: usize, validators: bool, rng: &mut StdRng) -> Gene {
    let at = any_moment(epochs, rng);
    loop {
        let what = Move::any(rng);
        if validators || !is_of_validator(what) {
            return Gene { at, what };
        }
    }
}

/// One of these sequences.
pub fn any_of<'a>(all: &'a [Genome], rng: &mut StdRng) -> Option<&'a Genome> {
    all.choose(rng)
}
