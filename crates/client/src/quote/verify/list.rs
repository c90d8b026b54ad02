//! The pool's own addresses, the list of validators, and the sums over it.

use std::collections::HashSet;

use sluice::state::{
    CLAIMS_SEED, MAX_PAGES, MINT_AUTHORITY_SEED, RESERVE_SEED, STAKE_AUTHORITY_SEED, Slot,
    ValidatorPage,
};
use solana_pubkey::Pubkey;

use super::{
    books::{Books, sum_of},
    check::{Check, Figure, Subject, Verdict},
};
use crate::words::amounts::{counted, sol};

impl Books<'_> {
    /// Every account is where the program looks for it, and the pool names no other.
    pub fn addresses(&self) -> Check {
        let own = &self.evidence.addresses;
        let mut check = Check::new(
            Subject::Addresses,
            "All accounts are at the addresses that follow from the token.",
        );
        let pool = &self.pool;
        for (named, derived, what) in [
            (pool.mint, own.mint, "the token"),
            (
                pool.stake_authority,
                own.stake_authority,
                "the authority of the stake",
            ),
            (
                pool.mint_authority,
                own.mint_authority,
                "the authority of the token",
            ),
            (pool.reserve, own.reserve, "the reserve"),
            (pool.claims_vault, own.claims_vault, "the claims vault"),
            (pool.escrow, own.escrow, "the escrow"),
            (pool.fees, own.fees, "the fees account"),
            (pool.history, own.history, "the history"),
        ] {
            let says = format!("The pool names another address for {what} than {derived}.");
            check.require(named == derived, named, says);
        }
        for (seed, bump, address) in [
            (
                STAKE_AUTHORITY_SEED,
                pool.stake_authority_bump,
                own.stake_authority,
            ),
            (
                MINT_AUTHORITY_SEED,
                pool.mint_authority_bump,
                own.mint_authority,
            ),
            (RESERVE_SEED, pool.reserve_bump, own.reserve),
            (CLAIMS_SEED, pool.claims_vault_bump, own.claims_vault),
        ] {
            let seeds: &[&[u8]] = &[seed, own.pool.as_ref(), &[bump]];
            let signs_as = Pubkey::create_program_address(seeds, &sluice::ID).ok();
            let says = "The program cannot sign for it: its bump in the pool is wrong.";
            check.require(signs_as == Some(address), address, says);
        }
        if self.waits_for_migration() {
            let says = "The pool has the layout of an older version and waits for its migration: until \
                        then only the queue works.";
            check.add(Verdict::Warning, says);
        }
        check
    }

    /// The pages are complete, and each validator stands there once.
    pub fn validators(&self) -> Check {
        let listed = self.slots().count() as u64;
        let fine = format!("The list is complete: {}.", counted(listed, "validator"));
        let booked = u64::from(self.pool.validator_count);
        let mut check = Check::new(Subject::Validators, fine)
            .compare(Figure::Count(booked), Figure::Count(listed));
        let own = &self.evidence.addresses;
        if booked != listed {
            let says = format!("The pool counts {booked} validators, and its pages list {listed}.");
            check.about(Verdict::Fail, own.pool, says);
        }
        for index in 0..MAX_PAGES {
            let address = own.page(index);
            let counts = index < self.pool.page_count;
            let page = self.pages.iter().find(|page| page.index == index);
            match (counts, page) {
                (true, None) => {
                    check.about(Verdict::Fail, address, "A page of validators is gone.");
                }
                (true, Some(page)) => self.check_page(&mut check, address, page),
                (false, _) => {
                    let account = self.evidence.account(&address);
                    let is_page = account.is_some_and(|account| account.owner == sluice::ID);
                    let says = "The pool does not count this page of validators.";
                    check.require(!is_page, address, says);
                }
            }
        }
        self.check_slots(&mut check);
        check
    }

    fn check_page(&self, check: &mut Check, address: Pubkey, page: &ValidatorPage) {
        let of_pool = page.pool == self.evidence.addresses.pool;
        check.require(
            of_pool,
            address,
            "This page of validators names another pool.",
        );
        let used = page.slots.iter().filter(|slot| !slot.is_empty()).count();
        let says = format!(
            "The page counts {} validators and lists {used}.",
            page.occupied
        );
        check.require(usize::from(page.occupied) == used, address, says);
    }

    fn check_slots(&self, check: &mut Check) {
        let own = &self.evidence.addresses;
        let (mut votes, mut serials) = (HashSet::new(), HashSet::new());
        for slot in self.slots() {
            let serial = u64::from(slot.serial);
            let is_new = votes.insert(slot.vote) && serials.insert(serial);
            check.require(is_new, slot.vote, "The validator is listed twice.");
            let says = "The validator has a number that the pool has not given away yet.";
            check.require(serial < self.pool.next_serial, slot.vote, says);
            let stakes = [slot.main, slot.transient];
            let says = "The validator's stake accounts are not those of its number.";
            let derived = [own.main(serial), own.transient(serial)];
            check.require(stakes == derived, slot.vote, says);
        }
    }

    /// Booked stake: of the slots, of their pages, of the pool.
    pub fn staked(&self) -> Check {
        let of_slot = |slot: &Slot| slot.main_lamports.saturating_add(slot.transient_lamports);
        let total = self.sum(of_slot);
        let fine = format!(
            "What is booked of the validators adds up to {}.",
            sol(total)
        );
        let mut check = Check::new(Subject::Staked, fine).compare(
            Figure::Lamports(self.pool.staked_lamports),
            Figure::Lamports(total),
        );
        self.compare_pages(&mut check, |page| page.staked_lamports, of_slot, sol);
        self.compare_pool(&mut check, self.pool.staked_lamports, total, sol);
        check
    }

    /// What is on its way back: of the slots, of their pages, of the pool.
    pub fn deactivating(&self) -> Check {
        let of_slot = |slot: &Slot| slot.deactivating_lamports;
        let total = self.sum(of_slot);
        let fine = format!("On its way back to the reserve: {}.", sol(total));
        let mut check = Check::new(Subject::Deactivating, fine).compare(
            Figure::Lamports(self.pool.deactivating_lamports),
            Figure::Lamports(total),
        );
        self.compare_pages(&mut check, |page| page.deactivating_lamports, of_slot, sol);
        self.compare_pool(&mut check, self.pool.deactivating_lamports, total, sol);
        check
    }

    /// Weights: of the slots, of their pages, of the pool.
    pub fn weights(&self) -> Check {
        let of_slot = |slot: &Slot| u64::from(slot.weight);
        let total = self.sum(of_slot);
        let fine = format!("The weights of the validators add up to {total}.");
        let mut check = Check::new(Subject::Weights, fine)
            .compare(Figure::Count(self.pool.total_weight), Figure::Count(total));
        let said = |weight: u64| weight.to_string();
        self.compare_pages(&mut check, |page| page.total_weight, of_slot, said);
        self.compare_pool(&mut check, self.pool.total_weight, total, said);
        if total == 0 && self.pool.staked_lamports > 0 {
            let says = "No validator has weight: stake comes back, and what lies in the reserve earns nothing.";
            check.add(Verdict::Warning, says);
        }
        check
    }

    /// Rent that creator and curator paid in: it is in no price.
    pub fn locked_rent(&self) -> Check {
        let of_slots = self.sum(|slot| u64::from(slot.rent_lamports));
        let paid_in = of_slots.saturating_add(self.pool.reserve_rent_lamports);
        let booked = self.pool.locked_lamports;
        let fine = format!("Rent that is in no price: {}.", sol(paid_in));
        let mut check = Check::new(Subject::LockedRent, fine)
            .compare(Figure::Lamports(booked), Figure::Lamports(paid_in));
        if booked != paid_in {
            let says = format!(
                "{} are kept out of the price as rent, and {} were paid in.",
                sol(booked),
                sol(paid_in)
            );
            check.about(Verdict::Fail, self.evidence.addresses.pool, says);
        }
        check
    }

    fn compare_pages(
        &self,
        check: &mut Check,
        of_page: impl Fn(&ValidatorPage) -> u64,
        of_slot: impl Fn(&Slot) -> u64,
        said: impl Fn(u64) -> String,
    ) {
        for page in &self.pages {
            let slots = page.slots.iter().filter(|slot| !slot.is_empty());
            let (booked, sum) = (of_page(page), sum_of(slots, &of_slot));
            let address = self.evidence.addresses.page(page.index);
            let says = format!(
                "The page says {}, and its validators add up to {}.",
                said(booked),
                said(sum)
            );
            check.require(booked == sum, address, says);
        }
    }

    /// The pool takes its sums over when an epoch is priced. Between the first page that is observed
    /// in a new epoch and that moment, they are those of the epoch before.
    fn compare_pool(
        &self,
        check: &mut Check,
        booked: u64,
        total: u64,
        said: impl Fn(u64) -> String,
    ) {
        if booked == total {
            return;
        }
        let is_touched = |page: &ValidatorPage| page.observed_epoch > self.pool.finalized_epoch;
        if !self.is_priced() && self.pages.iter().any(is_touched) {
            let says = "The pool is being priced at this moment: its sum is that of the last epoch. \
                        Look again once it is priced.";
            check.add(Verdict::Notice, says);
            return;
        }
        let says = format!(
            "The pool says {}, and its validators add up to {}.",
            said(booked),
            said(total)
        );
        check.about(Verdict::Fail, self.evidence.addresses.pool, says);
    }
}
