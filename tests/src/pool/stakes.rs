//! What holders of stake accounts do.

use sluice_client::{StakeRecipient, StakeSource};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::{Sent, TransactionFailure};

/// A stake account that came out of a pool.
#[derive(Clone, Debug)]
pub struct StakeTaken {
    /// Its address.
    pub stake: Pubkey,
    /// The transaction that made it.
    pub sent: Sent,
}

verbs! {
    /// Deposits a stake account of which the user has both authorities with a validator's slot.
    deposit_stake, try_deposit_stake, (user: &Keypair, stake: &Pubkey, vote: &Pubkey), |pool| {
        let deposit = pool.deposit_stake_instruction(&user.pubkey(), stake, vote).await;
        (deposit, vec![user.insecure_clone()])
    };
}

impl Pool {
    /// The deposit of a stake account of which the user has both authorities.
    pub async fn deposit_stake_instruction(
        &mut self,
        user: &Pubkey,
        stake: &Pubkey,
        vote: &Pubkey,
    ) -> Instruction {
        let place = self.place(vote).await;
        let source = StakeSource {
            stake: *stake,
            staker: *user,
            withdrawer: *user,
        };
        let recipient = self.lst_account(user);
        self.addresses.deposit_stake(&place, &source, recipient, 0)
    }

    /// Burns LST of the user for active stake of a validator: the user pays the rent of the new
    /// stake account and gets both its authorities.
    #[track_caller]
    pub fn withdraw_stake(
        &mut self,
        user: &Keypair,
        vote: &Pubkey,
        lst: u64,
    ) -> impl Future<Output = StakeTaken> {
        let caller = std::panic::Location::caller();
        async move { accepted(self.try_withdraw_stake(user, vote, lst).await, caller) }
    }

    /// Burns LST of the user for active stake of a validator.
    pub async fn try_withdraw_stake(
        &mut self,
        user: &Keypair,
        vote: &Pubkey,
        lst: u64,
    ) -> Result<StakeTaken, TransactionFailure> {
        let stake = self.new_stake_key();
        let withdraw = self
            .withdraw_stake_instruction(&user.pubkey(), &stake.pubkey(), vote, lst)
            .await;
        let sent = self.send(&[withdraw], &[user, &stake]).await?;
        Ok(StakeTaken {
            stake: stake.pubkey(),
            sent,
        })
    }

    /// An exit with stake in which the user is everybody but the new stake account.
    pub async fn withdraw_stake_instruction(
        &mut self,
        user: &Pubkey,
        stake: &Pubkey,
        vote: &Pubkey,
        lst: u64,
    ) -> Instruction {
        let place = self.place(vote).await;
        let recipient = self.stake_recipient(user, stake);
        self.addresses.withdraw_stake(&place, &recipient, lst, 0)
    }

    /// The user as owner, recipient and payer of an exit into a new stake account.
    pub fn stake_recipient(&self, user: &Pubkey, stake: &Pubkey) -> StakeRecipient {
        StakeRecipient {
            owner: *user,
            source: self.lst_account(user),
            stake: *stake,
            recipient: *user,
            payer: *user,
        }
    }

    /// Key of a stake account that was never used before.
    pub fn new_stake_key(&mut self) -> Keypair {
        self.stakes_taken += 1;
        let name = format!("stake {} out of {}", self.stakes_taken, self.name);
        self.cluster.keypair(&name)
    }
}
