//! A validator of the pool: its commission, its votes, and stake of its own.

use rand::{Rng, seq::IndexedRandom};
use solana_pubkey::Pubkey;

use super::{
    mallory::{Mallory, Moment},
    moves::Move,
    stage::Stage,
};

/// Commissions that it shows, beside the highest that the pool admits.
const COMMISSIONS_BPS: [u16; 4] = [0, 1_001, 5_000, 10_000];
/// Parts of its votes that it casts.
const VOTES_BPS: [u64; 5] = [10_000, 10_000, 6_000, 4_000, 0];

impl Mallory {
    /// Who hides its commission shows all around boundaries and none in between.
    pub(super) fn habits_of_validator(&self, stage: &Stage, moment: Moment) -> Vec<Move> {
        let vote = stage.votes[0];
        match moment {
            Moment::LastSlot if self.is_sly => vec![Move::Commission(vote, 10_000)],
            Moment::Unpriced if self.is_sly => vec![Move::Commission(vote, 0)],
            _ => Vec::new(),
        }
    }

    pub(super) async fn as_validator(&mut self, stage: &mut Stage) -> Move {
        let vote = stage.votes[0];
        let lst = self.lst(stage).await;
        match self.rng.random_range(0..7) {
            0 | 1 if !self.is_sly => Move::Commission(vote, self.commission_bps()),
            2 => Move::Vote(*VOTES_BPS.choose(&mut self.rng).expect("some")),
            3 | 4 => match self.stake_with(&vote) {
                Some(number) => Move::DepositStake(number),
                None => Move::Request(self.part(lst)),
            },
            _ => {
                let most = most_lst_for_stake(stage, &vote).await;
                Move::WithdrawStake(vote, self.part(lst.min(most)))
            }
        }
    }

    /// When its time is over it shows again what it showed at first, and votes.
    pub(super) fn behaves(&self, stage: &Stage) -> Vec<Move> {
        let commission = Move::Commission(stage.votes[0], stage.max_commission_bps());
        if stage.votes_cast_bps < 10_000 {
            vec![commission, Move::Vote(10_000)]
        } else {
            vec![commission]
        }
    }

    fn commission_bps(&mut self) -> u16 {
        *COMMISSIONS_BPS.choose(&mut self.rng).expect("some")
    }

    /// The number of a stake account with this validator.
    pub(super) fn stake_with(&mut self, vote: &Pubkey) -> Option<usize> {
        let numbers: Vec<usize> = (0..self.stakes.len())
            .filter(|number| self.stakes[*number].1 == *vote)
            .collect();
        numbers.choose(&mut self.rng).copied()
    }
}

/// About as much LST as can be burned for stake of a validator in one exit.
pub(super) async fn most_lst_for_stake(stage: &mut Stage, vote: &Pubkey) -> u64 {
    if !stage.has_slot(vote).await {
        return 0;
    }
    let main = stage.pool.place(vote).await.main;
    let state = stage.pool.cluster.stake_state(&main).await;
    if state.delegation().is_none() {
        return 0;
    }
    let prices = stage.pool.prices().await;
    let most = stage.pool.most_stake(vote).await;
    crate::scenario::worth(most, prices.supply, prices.value)
}
