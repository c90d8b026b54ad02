//! The curator: friends with new vote accounts, weights, and whoever is let go.

use rand::{Rng, seq::IndexedRandom};

use super::{
    mallory::{Mallory, Moment},
    moves::Move,
    stage::Stage,
};

/// Friends, at most.
const FRIENDS: usize = 8;
/// Weights beside one.
const WEIGHTS: [u16; 5] = [0, 1, 2, 100, u16::MAX];

impl Mallory {
    /// All friends show a commission of all around boundaries and none in between.
    pub(super) fn habits_of_curator(&self, moment: Moment) -> Vec<Move> {
        let commission_bps = match moment {
            Moment::LastSlot => 10_000,
            Moment::Unpriced => 0,
            _ => return Vec::new(),
        };
        let votes = self.votes.iter();
        votes
            .map(|(vote, _)| Move::Commission(*vote, commission_bps))
            .collect()
    }

    pub(super) async fn as_curator(&mut self, stage: &mut Stage) -> Move {
        let vote = stage.any_vote(&mut self.rng).await;
        let weight = *WEIGHTS.choose(&mut self.rng).expect("some");
        match self.rng.random_range(0..6) {
            0 | 1 if stage.friends.len() < FRIENDS => Move::AddFriend(weight.max(1)),
            2 if !stage.friends.contains(&vote) => Move::Retire(vote),
            _ => Move::Weigh(vote, weight),
        }
    }
}
