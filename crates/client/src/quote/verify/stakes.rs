//! Every stake account of the pool's authority.

use std::collections::HashSet;

use sluice::{
    foreign::StakeView,
    state::{Slot, StakeAccountKind},
};
use sluice_math::{Lamports, StakeKind};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::{Lockup, StakeStateV2};

use super::{
    books::{Books, Held, sum_of},
    check::{Check, Figure, Subject, Verdict},
    evidence::closed_serials,
};
use crate::{
    StakeAccount,
    words::amounts::{counted, sol},
};

impl Books<'_> {
    /// Each stake account of the list is the pool's, on no terms of others, delegated to its validator,
    /// and has at least what is booked.
    pub fn stake_accounts(&self) -> Check {
        let held = || self.slots().flat_map(|slot| self.held(slot));
        let booked = sum_of(held(), |held| held.booked.get());
        let found = sum_of(held(), |held| held.worth(self.cluster.stake_rent()).get());
        let fine = format!(
            "{} hold {}, and {} are booked.",
            counted(held().count() as u64, "stake account"),
            sol(found),
            sol(booked)
        );
        let mut check = Check::new(Subject::StakeAccounts, fine)
            .compare(Figure::Lamports(booked), Figure::Lamports(found));
        for slot in self.slots() {
            for held in self.held(slot) {
                self.check_stake(&mut check, slot, &held);
            }
        }
        check
    }

    fn check_stake(&self, check: &mut Check, slot: &Slot, held: &Held<'_>) {
        match held.view.kind() {
            StakeKind::Foreign | StakeKind::Unknown => return check_lost(check, held),
            StakeKind::Reset => {
                let says = "The stake account was reset by the cluster. Anybody can reclaim it for the \
                            pool, and pricing waits for that.";
                check.about(Verdict::Warning, held.address, says);
                return;
            }
            StakeKind::Staying | StakeKind::Returning => {}
        }
        if held.lamports() < held.booked {
            let says = format!(
                "{} are booked, and {} are there.",
                sol(held.booked.get()),
                sol(held.lamports().get())
            );
            check.about(Verdict::Fail, held.address, says);
        }
        let terms = held.account.and_then(lockup_of).unwrap_or_default();
        let says = "The stake account has a lockup: others decide when it can be paid out.";
        check.require(terms == Lockup::default(), held.address, says);
        if let StakeView::Delegated(delegation) = held.view {
            let says = format!(
                "The stake is delegated to {}, and not to its validator {}.",
                delegation.vote, slot.vote
            );
            check.require(delegation.vote == slot.vote, held.address, says);
        }
        self.check_delegation(check, slot, held);
    }

    /// What main has delegated is booked with every move, so that what a boundary adds is known.
    fn check_delegation(&self, check: &mut Check, slot: &Slot, held: &Held<'_>) {
        let delegated = held
            .view
            .staying()
            .map_or(Lamports::ZERO, |one| one.lamports);
        let booked = Lamports::new(slot.delegated_lamports);
        // A boundary may lower it where rent has risen: then the next observation books that.
        let is_booked = held.kind == StakeAccountKind::Main && slot.is_observed(self.epoch());
        if is_booked && !delegated.is_zero() && delegated < booked {
            let says = format!(
                "{} are booked as staked, and {} are: the rest earns nothing.",
                sol(booked.get()),
                sol(delegated.get())
            );
            check.about(Verdict::Warning, held.address, says);
        }
    }

    /// Stake of the pool's authority outside of the list: of validators that left, and of strangers.
    pub fn unlisted_stake(&self) -> Check {
        let own = &self.evidence.addresses;
        let fine = if self.evidence.stakes.is_some() {
            "All stake that the pool's authority controls is in its list."
        } else {
            "No stake is left where validators of the pool have been."
        };
        let mut check = Check::new(Subject::UnlistedStake, fine);
        let serials = self.slots().map(|slot| u64::from(slot.serial));
        let closed = closed_serials(&self.pool, serials);
        let closed = closed.flat_map(|serial| [own.main(serial), own.transient(serial)]);
        let mut known: HashSet<Pubkey> = HashSet::new();
        for address in closed {
            known.insert(address);
            if let Some(account) = self.evidence.account(&address)
                && StakeAccount::read(account, &own.stake_authority)
                    .view
                    .is_ours()
            {
                check.about(Verdict::Fail, address, unlisted(account));
            }
        }
        known.extend(self.slots().flat_map(|slot| [slot.main, slot.transient]));
        let elsewhere = self.evidence.stakes.iter().flatten();
        for (address, account) in elsewhere.filter(|(address, _)| !known.contains(address)) {
            let says = format!(
                "Somebody has left {} to the pool's authority. It is in no price, and nobody can take it.",
                sol(account.lamports)
            );
            check.about(Verdict::Notice, *address, says);
        }
        check
    }
}

fn unlisted(account: &Account) -> String {
    format!(
        "{} of the pool are staked for a validator that is in no list.",
        sol(account.lamports)
    )
}

/// An account that is not the pool's: whether the loss is booked.
fn check_lost(check: &mut Check, held: &Held<'_>) {
    let what = if held.account.is_none() {
        "The stake account does not exist"
    } else if held.view == StakeView::Unknown {
        "The stake account cannot be read"
    } else {
        "The stake account is in other hands"
    };
    if held.booked.is_zero() {
        let says = format!("{what}. The loss is booked.");
        check.about(Verdict::Warning, held.address, says);
    } else {
        let says = format!("{what}, and {} are booked of it.", sol(held.booked.get()));
        check.about(Verdict::Fail, held.address, says);
    }
}

fn lockup_of(account: &Account) -> Option<Lockup> {
    match bincode::deserialize(&account.data).ok()? {
        StakeStateV2::Initialized(meta) | StakeStateV2::Stake(meta, ..) => Some(meta.lockup),
        StakeStateV2::Uninitialized | StakeStateV2::RewardsPool => None,
    }
}
