//! Anybody: every crank in any order and at any moment, and a hundredth of the pool to make
//! something due.

use rand::Rng;

use super::{POOL_LAMPORTS, cranks::Crank, mallory::Mallory, moves::Move, stage::Stage};

const PERCENT: u64 = 100;

impl Mallory {
    pub(super) async fn as_stranger(&mut self, stage: &mut Stage) -> Move {
        let most = POOL_LAMPORTS / PERCENT;
        let lst = self.lst(stage).await.min(most);
        match self.rng.random_range(0..10) {
            0 => Move::Withdraw(self.part(lst)),
            1 => Move::Deposit(self.part(most)),
            2 => Move::Request(self.part(lst)),
            _ => Move::Crank(Crank::any(stage, &mut self.rng).await),
        }
    }
}
