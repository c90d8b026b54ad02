//! What somebody may do, independent of how much there is.

use rand::{Rng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use sluice_math::{Bps, Lamports};

use super::{
    market::Market,
    scene::{MALLORY, VALIDATORS},
};
use crate::{
    SOL,
    action::{Action, Gift},
    pool::Model,
    slots::{KINDS, Slot},
};

/// Lamports that stay in her wallet for rent.
const WALLET_LAMPORTS: u64 = 100 * SOL;
/// What she gives away at once, at most.
const LARGEST_GIFT_LAMPORTS: u64 = 2_000 * SOL;
const PARTS: u64 = 10_000;

/// A part of what there is, in parts of 10,000.
pub type Part = u16;

/// Something that anybody may do, or who is behind validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Move {
    /// SOL in.
    Deposit(Part),
    /// SOL out at once: a part of what the reserve has and she could have.
    Withdraw(Part),
    /// LST into the queue.
    Request(Part),
    /// LST out of the queue: the ticket of this number.
    Cancel(u8),
    /// A ticket is given to somebody: herself, or an honest holder.
    Transfer(u8, bool),
    /// A ticket is paid.
    Claim(u8),
    /// Stake in.
    DepositStake(u8, Part),
    /// Stake out: a part of what the validator gives.
    WithdrawStake(u8, Part),
    /// Lamports for an account of the pool.
    Give(u8, Part),
    /// LST are burned, or given to the escrow or the fees.
    Waste(u8, Part),
    /// A crank: which one, and for which validator.
    Crank(u8, u8),
    /// Time passes: so much of what is left until the next moment.
    Wait(Part),
    /// A validator takes another commission.
    Commission(u8, u16),
    /// A validator earns only such a part of its credits in this epoch.
    Vote(u8, Part),
    /// A validator closes its vote account.
    CloseVote(u8),
    /// No keeper turns a crank until the next epoch is priced.
    Sleep,
}

/// Kinds of cranks.
const CRANKS: u8 = 10;

impl Move {
    /// Any move.
    pub fn any(rng: &mut StdRng) -> Self {
        let validator = rng.random_range(0..VALIDATORS as u8);
        let number = rng.random_range(0..4);
        match rng.random_range(0..40) {
            0..=5 => Self::Deposit(part(rng)),
            6..=9 => Self::Withdraw(part(rng)),
            10..=13 => Self::Request(part(rng)),
            14 | 15 => Self::Cancel(number),
            16 => Self::Transfer(number, rng.random_ratio(9, 10)),
            17 => Self::Claim(number),
            18..=21 => Self::DepositStake(validator, part(rng)),
            22..=25 => Self::WithdrawStake(validator, part(rng)),
            26 | 27 => Self::Give(rng.random_range(0..8), part(rng)),
            28 => Self::Waste(number, part(rng)),
            29..=32 => Self::Crank(rng.random_range(0..CRANKS), validator),
            33 | 34 => Self::Wait(part(rng)),
            35 => Self::Commission(validator, *pick(rng, &[0, 1_000, 1_001, 10_000])),
            36 | 37 => Self::Vote(validator, *pick(rng, &[0, 1, 4_000, 5_100, 9_000])),
            38 if rng.random_ratio(1, 4) => Self::CloseVote(validator),
            _ => Self::Sleep,
        }
    }

    /// A move much like this one.
    pub fn varied(self, rng: &mut StdRng) -> Self {
        let validator = rng.random_range(0..VALIDATORS as u8);
        match self {
            Self::Deposit(part) => Self::Deposit(near(part, rng)),
            Self::Withdraw(part) => Self::Withdraw(near(part, rng)),
            Self::Request(part) => Self::Request(near(part, rng)),
            Self::DepositStake(_, part) if rng.random() => Self::DepositStake(validator, part),
            Self::DepositStake(of, part) => Self::DepositStake(of, near(part, rng)),
            Self::WithdrawStake(_, part) if rng.random() => Self::WithdrawStake(validator, part),
            Self::WithdrawStake(of, part) => Self::WithdrawStake(of, near(part, rng)),
            Self::Give(to, part) => Self::Give(to, near(part, rng)),
            Self::Wait(part) => Self::Wait(near(part, rng)),
            Self::Crank(kind, _) => Self::Crank(kind, validator),
            Self::Vote(_, part) => Self::Vote(validator, part),
            _ => Self::any(rng),
        }
    }

    /// Does it. Whether it was accepted and is a trade.
    pub fn make(self, market: &mut Market, next_slot: u64) -> bool {
        match self {
            Self::Wait(part) => {
                let now = market.model.now.slot;
                let ahead = next_slot.saturating_sub(now + 1);
                market.wait(now + of(ahead, part));
                false
            }
            Self::Commission(validator, commission_bps) => {
                market.set_commission(usize::from(validator), commission_bps);
                false
            }
            Self::Vote(validator, part) => {
                market.votes_bps[usize::from(validator)] = u64::from(part);
                false
            }
            Self::CloseVote(validator) => {
                market.close_vote(usize::from(validator));
                false
            }
            Self::Sleep => false,
            Self::Crank(kind, validator) => {
                let action = crank(kind, validator, &market.model);
                market.act(action);
                false
            }
            Self::Give(to, part) => give(market, to, part),
            Self::DepositStake(validator, part) => deposit_stake(market, validator, part),
            Self::WithdrawStake(validator, part) => withdraw_stake(market, validator, part),
            _ => self.action(market).is_some_and(|action| market.act(action)),
        }
    }

    fn action(self, market: &Market) -> Option<Action> {
        let model = &market.model;
        let holder = model.holders[MALLORY];
        let ticket = |number: u8| {
            let mut own = market.tickets.iter().rev();
            let there = |ticket: &&solana_pubkey::Pubkey| {
                let found = model.queue.tickets.get(*ticket);
                found.is_some_and(|ticket| ticket.owner == MALLORY)
            };
            own.by_ref().filter(there).nth(usize::from(number)).copied()
        };
        Some(match self {
            Self::Deposit(part) => Action::Deposit {
                user: MALLORY,
                lamports: of(holder.lamports.saturating_sub(WALLET_LAMPORTS), part),
                minimum: 0,
            },
            Self::Withdraw(part) => Action::Withdraw {
                user: MALLORY,
                lst: of(holder.lst.min(lst_worth(model, buffer(model))), part),
                minimum: 0,
            },
            Self::Request(part) => {
                let mut queue = model.queue.clone();
                queue.roll(model.now.slot);
                Action::request(MALLORY, of(holder.lst, part), queue.open)
            }
            Self::Cancel(number) => Action::Cancel {
                ticket: ticket(number)?,
            },
            Self::Transfer(number, to_herself) => Action::Transfer {
                ticket: ticket(number)?,
                to: if to_herself { MALLORY } else { 0 },
            },
            Self::Claim(number) => Action::Claim {
                ticket: ticket(number)?,
            },
            Self::Waste(0, part) => Action::Burn {
                user: MALLORY,
                lst: of(holder.lst / 100, part),
            },
            Self::Waste(to, part) => Action::GiveLst {
                user: MALLORY,
                to_escrow: to == 1,
                lst: of(holder.lst / 100, part),
            },
            _ => return None,
        })
    }
}

/// What an instant exit can take, in lamports.
fn buffer(model: &Model) -> u64 {
    let used = model.queue_lamports() + model.instant_fees;
    model.spendable().saturating_sub(used)
}

/// LST that are worth so many lamports now, rounded down.
fn lst_worth(model: &Model, lamports: u64) -> u64 {
    let worth = u128::from(lamports) * u128::from(model.ledger.supply.get())
        / u128::from(model.value().max(1));
    u64::try_from(worth).unwrap_or(u64::MAX)
}

fn crank(kind: u8, validator: u8, model: &Model) -> Action {
    let slot = validator;
    match kind {
        0 => Action::Observe {
            first: slot,
            count: VALIDATORS as u8,
        },
        1 => Action::Finalize,
        2 => Action::Collect { slot },
        3 => Action::Settle {
            batch: model.queue.head,
        },
        4 => Action::Delegate { slot },
        5 | 6 => Action::Undelegate { slot },
        7 => Action::Eject { slot },
        8 => Action::PayFees,
        _ => Action::ReportLoss { slot },
    }
}

fn give(market: &mut Market, to: u8, part: Part) -> bool {
    let lamports = of(LARGEST_GIFT_LAMPORTS, part);
    let (slot, kind) = (to % VALIDATORS as u8, KINDS[usize::from(to % 2)]);
    let gift = match to {
        0..=2 => Gift::Reserve,
        3 => Gift::Vault,
        _ if market.model.slots.contains_key(&slot) => Gift::Stake(slot, kind),
        _ => return false,
    };
    let given = lamports > 0 && market.act(Action::Donate { to: gift, lamports });
    if given {
        market.beside -= i128::from(lamports);
    }
    false
}

fn deposit_stake(market: &mut Market, validator: u8, part: Part) -> bool {
    let number = usize::from(validator);
    let lamports = of(market.stakes[number], part);
    if lamports < SOL {
        return false;
    }
    if market.model.credits(number, market.model.now.epoch) == 0 && market.votes_bps[number] > 0 {
        // Its validator has voted by now.
        market.vote(number, 1);
    }
    let accepted = market.act(Action::DepositStake {
        user: MALLORY,
        slot: validator,
        lamports,
        votes: false,
    });
    if accepted {
        market.stakes[number] -= lamports;
        market.beside -= i128::from(market.model.rents.stake);
    }
    accepted
}

fn withdraw_stake(market: &mut Market, validator: u8, part: Part) -> bool {
    let held = market.model.holders[MALLORY].lst;
    let most = market.model.stake_to_have(validator);
    let lst = of(held.min(lst_worth(&market.model, most)), part);
    let main = |market: &Market| {
        let slot = market.model.slots.get(&validator);
        slot.map_or(0, Slot::staying)
    };
    let before = main(market);
    let accepted = lst > 0
        && market.act(Action::WithdrawStake {
            user: MALLORY,
            slot: validator,
            lst,
        });
    if accepted {
        market.stakes[usize::from(validator)] += before - main(market);
        market.beside += i128::from(market.model.rents.stake);
    }
    accepted
}

impl Model {
    /// About as much stake as a validator gives to an exit, in lamports.
    fn stake_to_have(&self, index: u8) -> u64 {
        let Some(slot) = self.slots.get(&index) else {
            return 0;
        };
        let minimum = self.now.minimum_delegation;
        let most = slot.staying().saturating_sub(minimum);
        let has = Self::has(slot);
        let delegated = self.delegated();
        let Ok(tolerance) = Bps::new(self.config.tolerance_bps) else {
            return 0;
        };
        // What stays with all shrinks by what is taken: some rounds come near enough.
        let mut taken = 0;
        for _ in 0..6 {
            let left = Lamports::new(delegated.saturating_sub(taken));
            let minimum = Lamports::new(minimum);
            let least = self
                .spread
                .least_after_exit(slot.weight, left, tolerance, minimum);
            let least = least.map_or(u64::MAX, Lamports::get);
            taken = has.saturating_sub(least).min(most);
        }
        taken
    }

    /// Whether `collect` could do something.
    pub fn has_something_to_collect(&self, index: u8) -> bool {
        let Some(slot) = self.slots.get(&index) else {
            return false;
        };
        let [main, transient] = &slot.stakes;
        let staked = main.account.delegation().map_or(0, |it| it.stake);
        transient.account.lamports > self.rents.stake
            || main.account.lamports > self.rents.stake + staked
            || main.account.returns()
    }
}

fn of(all: u64, part: Part) -> u64 {
    let share = u128::from(all) * u128::from(part) / u128::from(PARTS);
    u64::try_from(share).unwrap_or(all).min(all)
}

/// All, half, a tenth, a hundredth, next to nothing, or anything.
fn part(rng: &mut StdRng) -> Part {
    match rng.random_range(0..8) {
        0..=2 => 10_000,
        3 => 5_000,
        4 => 1_000,
        5 => 100,
        6 => rng.random_range(1..10),
        _ => rng.random_range(1..=10_000),
    }
}

fn near(part: Part, rng: &mut StdRng) -> Part {
    let varied = match rng.random_range(0..4) {
        0 => part / 2,
        1 => part.saturating_mul(2),
        2 => part.saturating_add(rng.random_range(0..20)),
        _ => part.saturating_sub(rng.random_range(0..20)),
    };
    varied.clamp(1, 10_000)
}

fn pick<'a, T>(rng: &mut StdRng, all: &'a [T]) -> &'a T {
    &all[rng.random_range(0..all.len())]
}

/// Whether somebody who controls validators makes this move.
pub fn is_of_validator(chosen: Move) -> bool {
    matches!(
        chosen,
        Move::Commission(..) | Move::Vote(..) | Move::CloseVote(_)
    )
}
