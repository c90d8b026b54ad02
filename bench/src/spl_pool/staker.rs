//! What its staker and its cranks do.

use sluice_tests::cluster::LAMPORTS_PER_SOL;
use solana_pubkey::Pubkey;
use spl_stake_pool::{ID, instruction};

use super::setup::SplPool;
use crate::measure::Samples;

/// What the staker moves to and from each validator in turn.
const INCREASE_LAMPORTS: u64 = 20 * LAMPORTS_PER_SOL;
const DECREASE_LAMPORTS: u64 = 10 * LAMPORTS_PER_SOL;

pub(super) async fn measure_cranks(spl_pool: &mut SplPool, samples: &mut Samples) {
    for epoch in 0..6 {
        spl_pool.next_epoch().await;
        spl_pool.update(samples).await;
        for vote in spl_pool.votes.clone() {
            match epoch % 3 {
                0 => spl_pool.increase(&vote, INCREASE_LAMPORTS, samples).await,
                1 => spl_pool.decrease(&vote, samples).await,
                _ => {}
            }
        }
    }
}

impl SplPool {
    /// Lets every validator earn credits and goes to the next epoch.
    pub(super) async fn next_epoch(&mut self) {
        for vote in self.votes.clone() {
            self.cluster.earn_credits(&vote, 100_000).await;
        }
        self.cluster.next_epoch().await;
    }

    /// Prices the pool as its own client does: every instruction that updates the list in a
    /// separate transaction, then the others in one. Returns the compute units of each.
    pub(super) async fn update(&mut self, samples: &mut Samples) -> Vec<u64> {
        let (account, list) = (self.account().await, self.list().await);
        let (updates, last) =
            instruction::update_stake_pool(&ID, &account, &list, &self.pool, false);
        let mut units = Vec::new();
        for update in updates {
            let sent = self.cluster.must_send(&[update], &[]).await;
            samples.compute("UpdateValidatorListBalance", sent.compute_units);
            units.push(sent.compute_units);
        }
        let sent = self.cluster.must_send(&last, &[]).await;
        let of_each = sent.compute_units_of(&ID);
        samples.compute("UpdateStakePoolBalance", of_each[0]);
        units.push(sent.compute_units);
        let epoch = self.cluster.epoch().await;
        assert_eq!(self.account().await.last_update_epoch, epoch);
        units
    }

    /// Delegates more of the reserve to a validator.
    pub(super) async fn increase(&mut self, vote: &Pubkey, lamports: u64, samples: &mut Samples) {
        let account = self.account().await;
        let increase = instruction::increase_validator_stake_with_vote(
            &ID, &account, &self.pool, vote, lamports, None, 0,
        );
        let sent = self.send_as_manager(increase).await;
        samples.compute("IncreaseValidatorStake", sent.compute_units);
    }

    async fn decrease(&mut self, vote: &Pubkey, samples: &mut Samples) {
        let account = self.account().await;
        let decrease = instruction::decrease_validator_stake_with_vote(
            &ID,
            &account,
            &self.pool,
            vote,
            DECREASE_LAMPORTS,
            None,
            0,
        );
        let sent = self.send_as_manager(decrease).await;
        samples.compute("DecreaseValidatorStake", sent.compute_units);
    }
}
