//! Somebody who gives: lamports to every account of the pool, LST to the fire or the queue.

use rand::{Rng, seq::IndexedRandom};
use solana_pubkey::Pubkey;

use super::{POOL_LAMPORTS, mallory::Mallory, moves::Move, stage::Stage};

impl Mallory {
    pub(super) async fn as_donor(&mut self, stage: &mut Stage) -> Move {
        let lst = self.lst(stage).await;
        match self.rng.random_range(0..10) {
            0 => Move::Burn(self.part(lst / 2)),
            1 => Move::GiveLst(self.part(lst / 2)),
            2 => Move::Withdraw(self.part(lst / 2)),
            3 => Move::Request(self.part(lst / 2)),
            _ => {
                let to = self.any_account(stage).await;
                let amounts = [1, 1_000_000, POOL_LAMPORTS / 10_000, POOL_LAMPORTS / 200];
                let lamports = *amounts.choose(&mut self.rng).expect("some");
                Move::Give(to, self.rng.random_range(1..=lamports))
            }
        }
    }

    /// Any account of the pool that a stranger can send lamports to.
    async fn any_account(&mut self, stage: &mut Stage) -> Pubkey {
        let vote = stage.any_vote(&mut self.rng).await;
        let place = stage.pool.place(&vote).await;
        let pool = stage.pool.addresses;
        let batch = pool.batch(stage.pool.open_batch_id().await);
        let accounts = [
            pool.reserve,
            pool.reserve,
            pool.claims_vault,
            pool.escrow,
            pool.fees,
            pool.pool,
            pool.mint,
            batch,
            place.main,
            place.main,
            place.transient,
            place.transient,
        ];
        *accounts.choose(&mut self.rng).expect("some")
    }
}
