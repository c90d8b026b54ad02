//! A pool and who acts on it, as steps of the model.

use sluice::state::PoolConfig;
use sluice_math::{Lamports, RewardRate};
use solana_pubkey::Pubkey;

use super::{
    keeper,
    scene::{
        CREDITS, DEPOSITS_LAMPORTS, ELSEWHERE, FIRST_EPOCH, HOLDERS, MALLORY, STAKE_LAMPORTS,
        Start, VALIDATORS, WEALTH_LAMPORTS, Weakness,
    },
};
use crate::{
    action::Action,
    conduct::Conduct,
    life::{Addresses, MadeUp, RENTS, dawn},
    pool::{Holder, Model},
};

/// Epochs in which the pool comes to rest.
const EPOCHS_TO_REST: usize = 3;

/// What somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Lamports that are hers at any time: in the wallet, in accounts that give their rent back, and
    /// what tickets were paid.
    pub cash: i128,
    /// LST in the wallet and in the queue.
    pub lst: u64,
    /// Lamports in stake accounts beyond rent, by validator.
    pub stakes: [u64; VALIDATORS],
}

/// A pool, and what somebody has beside it.
#[derive(Clone, Debug)]
pub struct Market {
    /// The pool.
    pub model: Model,
    /// The number of the next ticket.
    pub ticket_number: u64,
    /// Her stake, by validator.
    pub stakes: [u64; VALIDATORS],
    /// Lamports in her stake accounts that are rent, less what she gave away.
    pub beside: i128,
    /// Tickets of hers, in the order in which she got them.
    pub tickets: Vec<Pubkey>,
    /// Which part of its credits each validator earns in this epoch, in parts of 10,000.
    pub votes_bps: [u64; VALIDATORS],
    /// Steps that the model has answered.
    pub steps: u64,
    /// What was done, where it is to be told.
    pub actions: Option<Vec<Action>>,
}

impl Market {
    /// A pool at rest.
    pub fn open(config: PoolConfig, start: Start) -> Self {
        let holder = |lamports| Holder { lamports, lst: 0 };
        let holders = WEALTH_LAMPORTS.map(holder).to_vec();
        let now = dawn(FIRST_EPOCH, ELSEWHERE.stake);
        let mut model = Model::new(now, RENTS, config, holders);
        model.conduct = Conduct::of(vec![0; VALIDATORS], FIRST_EPOCH - 1);
        let mut market = Self {
            model,
            ticket_number: 0,
            stakes: [STAKE_LAMPORTS; VALIDATORS],
            beside: 0,
            tickets: Vec::new(),
            votes_bps: [10_000; VALIDATORS],
            steps: 0,
            actions: Some(Vec::new()),
        };
        for validator in 0..VALIDATORS {
            market.act(Action::AddValidator {
                validator,
                weight: 1,
            });
        }
        let deposits = HOLDERS.into_iter().zip(DEPOSITS_LAMPORTS);
        for (user, lamports) in deposits.chain([(MALLORY, start.deposit_lamports())]) {
            market.act(Action::Deposit {
                user,
                lamports,
                minimum: 0,
            });
        }
        for _ in 0..EPOCHS_TO_REST {
            keeper::turn_window(&mut market);
            market.pass_boundary(&[1; VALIDATORS]);
            keeper::price(&mut market);
            keeper::tidy(&mut market);
        }
        market.stakes = [STAKE_LAMPORTS; VALIDATORS];
        market.steps = 0;
        market
    }

    /// Does something that somebody may do. Whether it was accepted.
    pub fn act(&mut self, action: Action) -> bool {
        let before = self.model.clone();
        let accepted = self.turn(action);
        if !accepted {
            self.model = before;
        }
        accepted
    }

    /// Turns a crank, which changes nothing where it is refused.
    pub fn turn(&mut self, action: Action) -> bool {
        self.steps += 1;
        let applied = self.model.apply(&action, &MadeUp, self.ticket_number);
        if applied.is_err() {
            return false;
        }
        if let Action::Request { user, owner, .. } = &action {
            if *owner == MALLORY {
                self.tickets.push(MadeUp.ticket(*user, self.ticket_number));
            }
            self.ticket_number += 1;
        }
        if let Some(actions) = &mut self.actions {
            actions.push(action);
        }
        true
    }

    /// Slots pass, if this one is ahead.
    pub fn wait(&mut self, slot: u64) {
        if slot > self.model.now.slot {
            self.model.now.slot = slot;
            self.record(Action::Wait { slot });
        }
    }

    /// The first slot of this epoch that is so many parts of 10,000 in.
    pub fn slot_at(&self, bps: u64) -> u64 {
        let (epoch, schedule) = (self.model.now.epoch, &self.model.now.schedule);
        let slots = schedule.get_slots_in_epoch(epoch);
        schedule.get_first_slot_in_epoch(epoch) + slots * bps / 10_000
    }

    /// The last slot of this epoch.
    pub fn last_slot(&self) -> u64 {
        let now = &self.model.now;
        now.schedule.get_last_slot_in_epoch(now.epoch)
    }

    /// The epoch ends, in which validators had this luck, and its rewards are paid.
    pub fn pass_boundary(&mut self, luck: &[u64; VALIDATORS]) {
        self.wait(self.last_slot());
        for (validator, luck) in luck.iter().enumerate() {
            let credits = CREDITS * luck * self.votes_bps[validator] / 10_000;
            let voted = self.model.credits(validator, self.model.now.epoch);
            if credits > voted {
                self.vote(validator, credits - voted);
            }
        }
        self.model.begin_epoch(&ELSEWHERE);
        self.record(Action::NextEpoch {
            earning: Vec::new(),
        });
        for validator in 0..VALIDATORS {
            self.stakes[validator] += self.model.reward(self.stakes[validator], validator);
        }
        self.model.finish_rewards();
        self.record(Action::FinishRewards);
        self.votes_bps = [10_000; VALIDATORS];
    }

    /// A validator votes.
    pub fn vote(&mut self, validator: usize, credits: u64) {
        self.model.votes(validator, credits);
        self.record(Action::Vote { validator, credits });
    }

    /// A validator takes another commission.
    pub fn set_commission(&mut self, validator: usize, commission_bps: u16) {
        if !self.model.closed_votes.contains(&validator) {
            self.model.conduct.commissions_bps[validator] = commission_bps;
            self.record(Action::SetCommission {
                validator,
                commission_bps,
            });
        }
    }

    /// A validator closes its vote account.
    pub fn close_vote(&mut self, validator: usize) {
        if self.model.closed_votes.insert(validator) {
            self.record(Action::CloseVote { validator });
        }
    }

    fn record(&mut self, action: Action) {
        if let Some(actions) = &mut self.actions {
            actions.push(action);
        }
    }

    /// The mistake of a weak program happens.
    pub fn weaken(&mut self, weakness: Weakness) {
        match weakness {
            Weakness::NoDrip => {
                self.model.ledger.drip.withheld = Lamports::ZERO;
            }
            Weakness::NoFloor => self.model.last_gain.rate = RewardRate::new(1),
        }
    }

    /// What she has.
    pub fn position(&self) -> Position {
        let holder = &self.model.holders[MALLORY];
        let mut cash = i128::from(holder.lamports) + self.beside;
        let mut lst = holder.lst;
        for (id, batch) in &self.model.queue.batches {
            if batch.opener == MALLORY {
                cash += i128::from(batch.lamports);
            }
            for ticket in self.tickets_of(*id) {
                let share = |of: u64| {
                    u64::try_from(u128::from(of) * u128::from(ticket.lst) / u128::from(batch.lst))
                        .expect("a part of it")
                };
                cash += i128::from(share(batch.paid)) - i128::from(ticket.claimed);
                lst += share(batch.unsettled);
            }
        }
        let tickets = self.model.queue.tickets.values();
        let paid_for = tickets.filter(|ticket| ticket.payer == MALLORY);
        cash += paid_for.map(|it| i128::from(it.lamports)).sum::<i128>();
        Position {
            cash,
            lst,
            stakes: self.stakes,
        }
    }

    fn tickets_of(&self, batch: u64) -> impl Iterator<Item = &crate::queue::Ticket> {
        let tickets = self.model.queue.tickets.values();
        tickets.filter(move |ticket| ticket.batch == batch && ticket.owner == MALLORY)
    }

    /// All LST that share in the pool.
    pub fn supply(&self) -> u64 {
        self.model.ledger.supply.get()
    }

    /// What her LST are worth at the full price, in lamports.
    pub fn lst_worth(&self) -> u64 {
        let (full, supply) = (u128::from(self.model.full()), u128::from(self.supply()));
        let worth = u128::from(self.position().lst) * full / supply;
        u64::try_from(worth).unwrap_or(u64::MAX)
    }

    /// What she has, LST at the full price, in lamports.
    pub fn wealth(&self) -> i128 {
        let position = self.position();
        let stakes: i128 = position.stakes.map(i128::from).iter().sum();
        position.cash + i128::from(self.lst_worth()) + stakes
    }

    /// What all others have in LST, in the queue and in their wallets, LST at the full price.
    pub fn others(&self) -> i128 {
        let own = self.position();
        let (full, supply) = (self.model.full(), self.supply());
        let lst = i128::from(self.model.mint_supply) - i128::from(own.lst);
        let wallets = self.model.holders.iter().enumerate();
        let others = wallets.filter(|(user, _)| *user != MALLORY);
        let wallets: i128 = others.map(|(_, holder)| i128::from(holder.lamports)).sum();
        let batches = self.model.queue.batches.values();
        let unpaid: i128 = batches.map(|it| i128::from(it.paid - it.claimed)).sum();
        let claims = unpaid - self.claims_of_hers();
        wallets + claims + lst * i128::from(full) / i128::from(supply)
    }

    fn claims_of_hers(&self) -> i128 {
        let batches = self.model.queue.batches.iter();
        let parts = batches.flat_map(|(id, batch)| {
            self.tickets_of(*id).map(|ticket| {
                let paid = u128::from(batch.paid) * u128::from(ticket.lst) / u128::from(batch.lst);
                paid as i128 - i128::from(ticket.claimed)
            })
        });
        parts.sum()
    }
}
