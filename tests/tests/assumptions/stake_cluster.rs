//! A cluster with two validators and somebody who stakes.

use sluice_tests::cluster::{
    Cluster, LAMPORTS_PER_SOL, STAKE_ACCOUNT_BYTES, Sent, VoteAccount, addresses_of,
};
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{error::StakeError, instruction as stake};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// The smallest delegation the stake program accepts.
pub const MINIMUM_DELEGATION: u64 = SOL;

/// Rent of a stake account while nobody changes it.
pub const STAKE_RENT: u64 = 2_282_880;

/// The error of the stake program as the runtime reports it.
pub fn stake_error(error: StakeError) -> InstructionError {
    InstructionError::Custom(error as u32)
}

pub struct StakeCluster {
    pub cluster: Cluster,
    /// Stakes and withdraws in every test; has no lamports to lose.
    pub authority: Keypair,
    /// Takes 10% of rewards.
    pub vote_a: Pubkey,
    /// Takes 5% of rewards.
    pub vote_b: Pubkey,
}

impl StakeCluster {
    /// A fresh cluster in epoch 1.
    pub async fn new() -> Self {
        let mut stakes = Self::in_epoch_zero().await;
        stakes.cluster.next_epoch().await;
        stakes
    }

    pub async fn in_epoch_zero() -> Self {
        let mut cluster = Cluster::builder().start().await;
        let vote = |commission_bps| VoteAccount {
            commission_bps,
            has_voted: false,
            ..VoteAccount::default()
        };
        let vote_a = cluster
            .create_vote_account("validator a", &vote(1_000))
            .await;
        let vote_b = cluster.create_vote_account("validator b", &vote(500)).await;
        let authority = cluster.funded("authority", SOL).await;
        let rent = cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        assert_eq!(rent, STAKE_RENT);
        Self {
            cluster,
            authority,
            vote_a,
            vote_b,
        }
    }

    pub fn owner(&self) -> Pubkey {
        self.authority.pubkey()
    }

    /// An initialized account with `lamports` on top of rent.
    pub async fn initialized(&mut self, name: &str, lamports: u64) -> Pubkey {
        let owner = self.owner();
        self.cluster.create_stake(name, &owner, lamports).await
    }

    /// An account that delegates to validator a since now.
    pub async fn activating(&mut self, name: &str, lamports: u64) -> Pubkey {
        let (authority, vote) = (self.authority.insecure_clone(), self.vote_a);
        self.cluster
            .create_delegated_stake(name, &authority, lamports, &vote)
            .await
    }

    /// An account that delegates to validator a, an epoch later.
    pub async fn active(&mut self, name: &str, lamports: u64) -> Pubkey {
        let account = self.activating(name, lamports).await;
        self.cluster.next_epoch().await;
        account
    }

    pub async fn accepts(&mut self, instructions: &[Instruction]) -> Sent {
        let authority = self.authority.insecure_clone();
        self.cluster.must_send(instructions, &[&authority]).await
    }

    /// Asserts that the last of the instructions fails with `error`, and that nothing changes.
    #[track_caller]
    pub fn refuses<'a>(
        &'a mut self,
        instructions: &'a [Instruction],
        error: InstructionError,
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let authority = self.authority.insecure_clone();
            let addresses = addresses_of(instructions);
            let before = self.cluster.snapshot(&addresses).await;
            let failure = self.cluster.must_fail(instructions, &[&authority]).await;
            let found = (failure.instruction, failure.instruction_error());
            let expected = (Some(instructions.len() - 1), Some(&error));
            assert_eq!(found, expected, "sent at {caller}: {failure}");
            before.assert_identical(&self.cluster.snapshot(&addresses).await);
        }
    }

    pub fn delegate(&self, account: &Pubkey, vote: &Pubkey) -> Instruction {
        stake::delegate_stake(account, &self.owner(), vote)
    }

    pub fn deactivate(&self, account: &Pubkey) -> Instruction {
        stake::deactivate_stake(account, &self.owner())
    }

    /// Withdraws to the authority itself.
    pub fn withdraw(&self, account: &Pubkey, lamports: u64) -> Instruction {
        stake::withdraw(account, &self.owner(), &self.owner(), lamports, None)
    }

    pub fn move_stake(&self, from: &Pubkey, to: &Pubkey, lamports: u64) -> Instruction {
        stake::move_stake(from, to, &self.owner(), lamports)
    }

    pub fn move_lamports(&self, from: &Pubkey, to: &Pubkey, lamports: u64) -> Instruction {
        stake::move_lamports(from, to, &self.owner(), lamports)
    }

    /// Asserts the lamports and the delegated lamports of an account.
    #[track_caller]
    pub fn expect<'a>(
        &'a mut self,
        account: &'a Pubkey,
        lamports: u64,
        delegated: u64,
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let found = self.cluster.lamports(account).await;
            assert_eq!(found, lamports, "lamports, at {caller}");
            let delegation = self.cluster.delegation(account).await;
            assert_eq!(
                delegation.stake, delegated,
                "delegated lamports, at {caller}"
            );
        }
    }
}
