//! Stake accounts that steps bring in and take out.

use sluice_model::Action;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::StakeStateV2;

use super::world::World;

impl World {
    /// Who signs an action: the new account of an exit with stake does, too.
    pub fn signers_of(&self, action: &Action, signer: &Keypair) -> Vec<Keypair> {
        let taken = matches!(action, Action::WithdrawStake { .. }).then(|| self.taken_stake());
        let payer = match action {
            Action::Request { payer, .. } => Some(self.keypairs[*payer].insecure_clone()),
            _ => None,
        };
        [Some(signer.insecure_clone()), taken, payer]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Where the stake account of this step is.
    pub fn offered_stake(&self) -> Pubkey {
        let name = format!("offered in step {}", self.statistics.steps);
        self.cluster.address(&name)
    }

    /// Makes the stake account that a step offers: all of it active, and paid up to now.
    pub async fn make_offer(&mut self, action: &Action) {
        let Action::DepositStake {
            user,
            slot,
            lamports,
            votes,
        } = action
        else {
            return;
        };
        let (owner, vote) = (self.user(*user), self.place(*slot).vote);
        let name = format!("offered in step {}", self.statistics.steps);
        let offered = self
            .cluster
            .inject_active_stake(&name, &owner, *lamports, &vote);
        let offered = offered.await;
        let Some(validator) = self.model.slots.get(slot).map(|slot| slot.validator) else {
            return;
        };
        if self.model.closed_votes.contains(&validator) {
            return;
        }
        if *votes {
            self.cluster.earn_credits(&vote, 1).await;
            let epoch = self.model.now.epoch;
            let voted = &mut self.model.conduct.voted[validator];
            *voted.entry(epoch).or_default() += 1;
        }
        let credits = self.cluster.vote_state(&vote).await.epoch_credits;
        // The last boundary paid for all before it.
        let epoch = self.model.now.epoch;
        let mut earlier = credits.iter().rev().filter(|(of, ..)| *of < epoch);
        let paid = earlier.next().map_or(0, |(_, credits, _)| *credits);
        let pay = |state: &mut StakeStateV2| {
            if let StakeStateV2::Stake(_, stake, _) = state {
                stake.credits_observed = paid;
            }
        };
        self.cluster.change_stake(&offered, pay).await;
    }
}
