//! What the curator does.

use sluice::state::{MAX_PAGES, SLOTS_PER_PAGE};
use sluice_client::SlotAddress;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::Sent;

verbs! {
    /// Adds a validator on the first page with room, or on a new one.
    add_validator, try_add_validator, (vote: &Pubkey, weight: u16), |pool| {
        (pool.add_validator_instruction(vote, weight).await, vec![pool.curator()])
    };

    /// Gives a validator another weight from the next epoch on.
    set_weight, try_set_weight, (vote: &Pubkey, weight: u16), |pool| {
        let place = pool.place(vote).await;
        let (curator, now) = (pool.curator(), pool.slot_of(vote).await.next_weight);
        (pool.addresses.set_weight(curator.pubkey(), &place, weight, now), vec![curator])
    };

    /// Lets a validator drain from the next epoch on.
    retire, try_retire, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        let curator = pool.curator();
        (pool.addresses.retire_validator(curator.pubkey(), &place), vec![curator])
    };

    /// Closes the drained slot of a validator.
    close, try_close, (vote: &Pubkey), |pool| {
        let place = pool.place(vote).await;
        let payer = pool.marker(vote).await.payer;
        (pool.addresses.close_slot(&place, payer), vec![])
    };
}

impl Pool {
    /// Makes validators `v0`, `v1`, ... (counted on from those there are) with these commissions
    /// in basis points and weights, and adds them. Returns their vote accounts.
    pub async fn add_validators(&mut self, commissions_and_weights: &[(u16, u16)]) -> Vec<Pubkey> {
        let before = self.account().await.next_serial;
        let mut votes = Vec::new();
        for (number, (commission_bps, weight)) in (before..).zip(commissions_and_weights) {
            let name = self.validator_name(number);
            let vote = self.cluster.create_validator(&name, *commission_bps).await;
            self.add_validator(&vote, *weight).await;
            votes.push(vote);
        }
        votes
    }

    /// The vote account of the validator `v{number}` that [`Self::add_validators`] made.
    pub fn vote(&self, number: u64) -> Pubkey {
        self.cluster.keypair(&self.validator_name(number)).pubkey()
    }

    fn validator_name(&self, number: u64) -> String {
        format!("{}'s v{number}", self.name)
    }

    /// The instruction that adds a validator on the first page with room, or on a new one.
    pub async fn add_validator_instruction(&mut self, vote: &Pubkey, weight: u16) -> Instruction {
        let pages = self.pages().await;
        let room = |occupied: u16| usize::from(occupied) < SLOTS_PER_PAGE;
        let page = pages.iter().position(|page| room(page.occupied));
        let page = page.unwrap_or(pages.len());
        assert!(page < usize::from(MAX_PAGES), "the pool is full");
        let serial = self.account().await.next_serial;
        let page = u16::try_from(page).expect("32 pages at most");
        self.addresses
            .add_validator(self.curator().pubkey(), *vote, page, serial, weight)
    }

    /// The slots of all validators, in the order of their pages.
    pub async fn places(&mut self) -> Vec<SlotAddress> {
        let pages = self.pages().await;
        let occupied = pages.iter().flat_map(|page| {
            let slots = (0..).zip(&page.slots);
            let occupied = slots.filter(|(_, slot)| !slot.is_empty());
            occupied.map(|(index, slot)| SlotAddress::of(page.index, index, slot))
        });
        occupied.collect()
    }

    /// The slot of a validator; panics if it has none.
    pub async fn place(&mut self, vote: &Pubkey) -> SlotAddress {
        let count = self.account().await.page_count;
        for index in 0..count {
            let page = self.page(index).await;
            let mut slots = (0u8..).zip(&page.slots);
            let found = slots.find(|(_, slot)| slot.vote == *vote && !slot.is_empty());
            if let Some((at, slot)) = found {
                return SlotAddress::of(index, at, slot);
            }
        }
        panic!("{vote} has no slot")
    }
}
