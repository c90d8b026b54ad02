//! What tests read of a pool, from its accounts and events alone.

use anchor_lang::{AnchorDeserialize, InstructionData};
use sluice::{
    events::{LossReported, ValidatorEjected},
    instructions::Rate,
    state::{Breach, SlotState},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::Delegation;

use super::MINIMUM_DELEGATION;
use crate::{cluster::Sent, pool::Pool};

/// Bytes of [`Rate`]; the runtime cuts zeros at the end of return data.
const RATE_BYTES: usize = 41;

impl Pool {
    /// Lamports in both stake accounts of a validator, booked or not.
    pub async fn stake_lamports(&mut self, vote: &Pubkey) -> u64 {
        let slot = self.slot_of(vote).await;
        self.cluster.lamports(&slot.main).await + self.cluster.lamports(&slot.transient).await
    }

    /// Lamports in the reserve and in all stake accounts, booked or not.
    pub async fn owned_lamports(&mut self) -> u64 {
        let mut lamports = self.cluster.lamports(&self.addresses.reserve).await;
        for place in self.places().await {
            lamports += self.cluster.lamports(&place.main).await;
            lamports += self.cluster.lamports(&place.transient).await;
        }
        lamports
    }

    /// What the program says of its prices now.
    pub async fn rate(&mut self) -> Rate {
        let rate = Instruction {
            program_id: sluice::ID,
            accounts: vec![AccountMeta::new_readonly(self.addresses.pool, false)],
            data: sluice::instruction::Rate {}.data(),
        };
        let sent = self.must_send(&[rate], &[]).await;
        let (program, mut bytes) = sent.return_data.expect("a view answers");
        assert_eq!(program, sluice::ID);
        bytes.resize(RATE_BYTES, 0);
        Rate::deserialize(&mut bytes.as_slice()).expect("a rate")
    }

    /// Lamports that are staked with a validator, or about to be, and stay.
    pub async fn delegated(&mut self, vote: &Pubkey) -> u64 {
        let slot = self.slot_of(vote).await;
        let mut delegated = 0;
        for stake in [slot.main, slot.transient] {
            let state = self.cluster.stake_state(&stake).await;
            let stays = |delegation: &Delegation| delegation.deactivation_epoch == u64::MAX;
            delegated += state.delegation().filter(stays).map_or(0, |it| it.stake);
        }
        delegated
    }

    /// Panics where an account holds active or activating stake below the minimum delegation.
    pub async fn assert_minimum_delegations(&mut self) {
        for place in self.places().await {
            for stake in [place.main, place.transient] {
                let state = self.cluster.stake_state(&stake).await;
                let Some(delegation) = state.delegation() else {
                    continue;
                };
                assert!(
                    delegation.deactivation_epoch != u64::MAX
                        || delegation.stake >= MINIMUM_DELEGATION,
                    "{stake}: {delegation:?}"
                );
            }
        }
    }

    /// What is delegated to each of the validators and stays.
    pub async fn delegations(&mut self) -> Vec<u64> {
        let mut all = Vec::new();
        for place in self.places().await {
            all.push(self.delegated(&place.vote).await);
        }
        all
    }

    /// What the pool aims at for each of the validators, computed here from its books alone.
    pub async fn targets(&mut self) -> Vec<u64> {
        let books = self.books().await;
        let prices = books.prices();
        let reserve_target = prices.full * u64::from(books.pool.config.reserve_target_bps) / 10_000;
        let queue = (u128::from(books.pool.locked_lst) * u128::from(prices.full))
            .div_ceil(u128::from(prices.supply));
        let stakeable = u128::from(prices.full - reserve_target) - queue;
        let total: u128 = books.slots().map(|slot| u128::from(slot.weight)).sum();
        let target = |weight: u16| {
            (stakeable * u128::from(weight))
                .checked_div(total)
                .unwrap_or(0)
        };
        let targets = books.slots().map(|slot| target(slot.weight) as u64);
        targets.collect()
    }

    /// Asserts that whole epochs of cranks change no stake account and move no lamport.
    pub async fn assert_stake_rests(&mut self) {
        let places = self.places().await;
        let stakes = places
            .iter()
            .flat_map(|place| [place.main, place.transient]);
        let stakes: Vec<Pubkey> = stakes.collect();
        let before = self.cluster.snapshot(&stakes).await;
        let full = self.prices().await.full;
        for _ in 0..3 {
            self.pass_an_epoch().await;
            before.assert_identical(&self.cluster.snapshot(&stakes).await);
        }
        assert_eq!(self.prices().await.full, full);
    }

    /// The state of a validator's slot.
    pub async fn slot_state(&mut self, vote: &Pubkey) -> SlotState {
        let slot = self.slot_of(vote).await;
        slot.state().expect("a known state")
    }

    /// Lamports in a wallet.
    pub async fn wallet(&mut self, owner: &Keypair) -> u64 {
        self.cluster.lamports(&owner.pubkey()).await
    }
}

/// What the event says that an ejection was for.
pub fn breach(sent: &Sent) -> Breach {
    sent.events::<ValidatorEjected>().remove(0).breach
}

/// The loss that was reported, if there was one.
pub fn reported(sent: &Sent) -> Option<LossReported> {
    sent.events::<LossReported>().pop()
}
