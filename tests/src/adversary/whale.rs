//! Somebody with as much SOL as the pool: in, out and through the queue, at the best moment.

use rand::Rng;

use super::{
    cranks::Crank,
    mallory::{Mallory, Moment},
    moves::Move,
    stage::Stage,
    validator::most_lst_for_stake,
};

impl Mallory {
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
