//! Somebody with as much SOL as the pool: in, out and through the queue, at the best moment.

use rand::Rng;

use super::{
    cranks::Crank,
    mallory::{Mallory, Moment},
    moves::Move,
    role::Role,
    stage::Stage,
    validator::most_lst_for_stake,
};

/// What validators earn in a lucky epoch, together, in multiples of an ordinary one.
const LUCKY: u64 = 3;

impl Mallory {
    /// Whether she is a whale that does nothing but come for the boundary of a lucky epoch, and leave.
    pub(super) fn waits_for_luck(&self) -> bool {
        self.role == Role::Whale && self.is_sly
    }

    pub(super) async fn habits_of_whale(&mut self, stage: &mut Stage, moment: Moment) -> Vec<Move> {
        let luck: u64 = stage.luck().iter().sum();
        let is_lucky = luck >= LUCKY * stage.luck().len() as u64;
        match moment {
            Moment::LastSlot if self.is_sly && is_lucky => {
                vec![Move::Deposit(self.lamports(stage).await)]
            }
            Moment::Morning if self.is_sly => self.leaves(stage).await,
            _ => Vec::new(),
        }
    }

    /// What she has beyond the LST that she came with, into the queue.
    pub(super) async fn leaves(&self, stage: &mut Stage) -> Vec<Move> {
        let more = self.lst(stage).await.saturating_sub(self.first_lst);
        if more == 0 {
            return Vec::new();
        }
        vec![Move::Request(more)]
    }

    pub(super) async fn as_whale(&mut self, stage: &mut Stage, moment: Moment) -> Move {
        let lst = self.lst(stage).await;
        match (moment, self.rng.random_range(0..5)) {
            (Moment::LastSlot, 0..=3) => self.before_the_boundary(stage, lst).await,
            (Moment::Morning, 0 | 1) => Move::Request(self.part(lst)),
            _ => self.at_any_time(stage, lst).await,
        }
    }

    async fn before_the_boundary(&mut self, stage: &mut Stage, lst: u64) -> Move {
        match self.rng.random_range(0..10) {
            0..=2 => Move::Deposit(self.sol(stage).await),
            3..=5 => self.takes_stake(stage, lst).await,
            6..=7 => Move::Withdraw(self.part(lst / 20)),
            _ => Move::Crank(Crank::UndelegateAll),
        }
    }

    async fn at_any_time(&mut self, stage: &mut Stage, lst: u64) -> Move {
        let (stakes, tickets) = (self.stakes.len(), self.tickets.len());
        match self.rng.random_range(0..8) {
            0 | 1 => Move::Deposit(self.sol(stage).await),
            2 => Move::Withdraw(self.part(lst / 20)),
            3 => self.takes_stake(stage, lst).await,
            4 | 5 if stakes > 0 => Move::DepositStake(self.rng.random_range(0..stakes)),
            6 if tickets > 0 => Move::Cancel(self.rng.random_range(0..tickets)),
            _ => Move::Request(self.part(lst)),
        }
    }

    async fn sol(&mut self, stage: &mut Stage) -> u64 {
        let lamports = self.lamports(stage).await;
        self.part(lamports)
    }

    /// Stake of any validator, but mostly of the one that earns most.
    async fn takes_stake(&mut self, stage: &mut Stage, lst: u64) -> Move {
        let luckiest = stage.luckiest();
        let any = stage.any_vote(&mut self.rng).await;
        let prefers = self.rng.random_ratio(2, 3) && stage.has_slot(&luckiest).await;
        let vote = if prefers { luckiest } else { any };
        let most = most_lst_for_stake(stage, &vote).await;
        Move::WithdrawStake(vote, self.part(lst.min(most)))
    }
}
