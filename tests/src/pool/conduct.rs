//! What becomes of validators that misbehave, and of stake that goes missing.

use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::Sent;

verbs! {
    /// Lets a validator drain that breaks the rules.
    eject, try_eject, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.eject_validator(&place, None), vec![])
    };

    /// The same, beside another validator of the pool that was paid more.
    eject_beside, try_eject_beside, (vote: &Pubkey, reference: &Pubkey), |pool| {
        let (place, reference) = (pool.place(vote).await, pool.place(reference).await);
        (pool.addresses.eject_validator(&place, Some(reference)), vec![])
    };

    /// Books what a validator's stake accounts hold less than booked.
    report_loss, try_report_loss, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.report_loss(&place), vec![])
    };
}

impl Pool {
    /// Lets these validators earn credits and goes on to the next epoch, where the rewards have
    /// been paid and nothing is cranked yet.
    pub async fn next_epoch_with_votes_of(&mut self, votes: &[Pubkey], credits: u64) -> u64 {
        for vote in votes {
            self.cluster.earn_credits(vote, credits).await;
        }
        self.cluster.next_epoch().await
    }
}
