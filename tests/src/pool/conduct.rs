//! What becomes of validators that misbehave, and of stake that goes missing.

use {
    super::{
        Pool,
        verbs::{Outcome, accepted, verbs},
    },
    crate::cluster::Sent,
    sluice::state::StakeAccountKind,
    solana_account::Account,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_stake_interface::state::StakeStateV2,
    solana_vote_interface::state::VoteStateVersions,
};

verbs! {
    /// Lets a validator drain that breaks the rules, without a reference.
    eject, try_eject, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.eject_validator(&place, None), vec![])
    };

    /// Lets a validator drain that earned no credits while `reference` did.
    eject_beside, try_eject_beside, (vote: &Pubkey, reference: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        (pool.addresses.eject_validator(&place, Some(*reference)), vec![])
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

    /// Sets a validator's share of block revenue.
    pub async fn set_block_commission(&mut self, vote: &Pubkey, commission_bps: u16) {
        let set = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V4(state) => state.block_revenue_commission_bps = commission_bps,
            other => panic!("no vote state with a block commission: {other:?}"),
        };
        self.cluster.change_vote(vote, set).await;
    }

    /// Takes lamports from one of a validator's stake accounts, from its stake where it has any,
    /// as a slashing would.
    pub async fn slash_account(&mut self, vote: &Pubkey, kind: StakeAccountKind, lamports: u64) {
        let stake = self.slot_of(vote).await.address(kind);
        let cut = |state: &mut StakeStateV2| {
            if let StakeStateV2::Stake(_, stake, _) = state {
                stake.delegation.stake = stake.delegation.stake.saturating_sub(lamports);
            }
        };
        self.cluster.change_stake(&stake, cut).await;
        let take = |account: &mut Account| account.lamports -= lamports;
        self.cluster.change_account(&stake, take).await;
    }

    /// Resets a stake account to nothing, as a cluster restart might.
    pub async fn reset_account(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let clear = |account: &mut Account| account.data.fill(0);
        self.cluster.change_account(&stake, clear).await;
    }
}
