//! From the first movement to the last, epoch by epoch.

use std::collections::BTreeMap;

use sluice::state::EpochRate;
use sluice_math::{Floor, Lamports, Lst, Ratio};
use solana_pubkey::Pubkey;

use super::{
    EpochLine, Kind, Movement, Sources, Statement,
    acts::{Act, Settlement},
    chain::Chain,
    record::Record,
    sums::Sums,
};
use crate::words::amounts::price_lamports;

/// A ticket that the holder has.
struct Held {
    /// LST that is not settled.
    lst: u64,
    /// The first epoch whose price can settle it, where that is known.
    settles_from: Option<u64>,
    is_settled: bool,
}

/// What is held between two movements.
pub(super) struct Walk<'a> {
    sources: &'a Sources<'a>,
    settlements: BTreeMap<Pubkey, Settlement>,
    known_from: Option<u64>,
    rate: Option<EpochRate>,
    /// Wallets and tickets that are not settled.
    held_lst: u64,
    /// SOL of settled tickets.
    claimable: i128,
    tickets: BTreeMap<Pubkey, Held>,
    sums: Sums,
    has_begun: bool,
    statement: Statement,
}

/// Where a movement stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    epoch: u64,
    timestamp: Option<i64>,
    signature: Option<&'a str>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        sources: &'a Sources<'a>,
        chain: &Chain,
        settlements: BTreeMap<Pubkey, Settlement>,
        known_from: Option<u64>,
    ) -> Self {
        // A pool begins with as many lamports as LST.
        let birth = EpochRate {
            full_lamports: 1,
            lst_supply: 1,
            ..EpochRate::default()
        };
        Self {
            sources,
            settlements,
            known_from,
            rate: sources.is_from_birth().then_some(birth),
            held_lst: chain.first_lst,
            claimable: 0,
            tickets: BTreeMap::new(),
            sums: Sums::default(),
            has_begun: false,
            statement: Statement {
                known_from_epoch: known_from,
                ..Statement::default()
            },
        }
    }

    /// Goes through all prices and records. None where less than nothing would be held, or more than fits.
    pub(super) fn through(
        &mut self,
        records: &[Record],
        acts: &[(usize, Vec<Act>)],
        chain: &Chain,
    ) -> Option<()> {
        let last = *self.sources.epochs.end();
        let mut rates = self.sources.rates.iter().peekable();
        for (index, acts) in acts {
            let record = records.get(*index)?;
            let epoch = self.epoch_of(record.slot);
            while let Some(rate) = rates.next_if(|rate| rate.epoch <= epoch.min(last)) {
                self.price(rate)?;
            }
            if epoch > last {
                continue;
            }
            let place = Place {
                epoch,
                timestamp: record.timestamp,
                signature: Some(&record.signature),
            };
            let gap = chain.gaps.get(&record.signature);
            if let Some(gap) = gap.filter(|gap| **gap != 0) {
                self.act(place, &Act::new(Kind::Unexplained, *gap))?;
            }
            for act in acts {
                self.act(place, act)?;
            }
            self.pay_network(record);
        }
        for rate in rates.take_while(|rate| rate.epoch <= last) {
            self.price(rate)?;
        }
        let now = self.epoch_of(self.sources.slot);
        if chain.last_gap != 0 && now <= last {
            let place = Place {
                epoch: now,
                timestamp: None,
                signature: None,
            };
            self.act(place, &Act::new(Kind::Unexplained, chain.last_gap))?;
        }
        Some(())
    }

    /// What a transaction cost the holder stands with the last thing that it did. One that did nothing to what
    /// is held is in no line, and in no sum.
    fn pay_network(&mut self, record: &Record) {
        let last = self.statement.movements.last_mut();
        if let Some(last) = last.filter(|last| last.signature.as_ref() == Some(&record.signature)) {
            last.network_fee_lamports = record.network_fee_lamports;
            self.sums.network_fee += i128::from(record.network_fee_lamports);
        }
    }

    /// The pool gets a price for an epoch.
    fn price(&mut self, rate: &EpochRate) -> Option<()> {
        let is_known = self.known_from.is_none_or(|known| rate.epoch > known);
        let counts = self.sources.epochs.contains(&rate.epoch) && is_known;
        if counts {
            self.begin()?;
        }
        let before = self.worth()?;
        let had_price = self.rate.replace(*rate).is_some();
        let gain = if had_price { self.worth()? - before } else { 0 };
        if !had_price {
            let is_first = self.held_lst == 0 && self.statement.movements.is_empty();
            self.statement.priced_from_epoch = (!is_first).then_some(rate.epoch);
            self.has_begun = false;
        }
        let (held_lst, waiting_lst) = (self.held_lst, self.waiting_lst());
        if counts {
            self.begin()?;
            self.sums.gain += gain;
        }
        self.settle_due(rate)?;
        if counts {
            self.statement.epochs.push(EpochLine {
                epoch: rate.epoch,
                timestamp: rate.epoch_start_timestamp,
                held_lst,
                waiting_lst,
                price_lamports: price_lamports(
                    Lamports::new(rate.full_lamports),
                    Lst::new(rate.lst_supply),
                ),
                gain_lamports: gain.try_into().ok()?,
                worth_lamports: self.worth()?.try_into().ok()?,
            });
        }
        Some(())
    }

    /// Tickets whose batches can be settled from this price on are.
    fn settle_due(&mut self, rate: &EpochRate) -> Option<()> {
        let due = self.tickets.iter().filter(|(_, ticket)| {
            !ticket.is_settled && ticket.settles_from.is_some_and(|epoch| epoch <= rate.epoch)
        });
        let due: Vec<Pubkey> = due.map(|(address, _)| *address).collect();
        let timestamp = (rate.epoch_start_timestamp > 0).then_some(rate.epoch_start_timestamp);
        for ticket in due {
            let place = Place {
                epoch: rate.epoch,
                timestamp,
                signature: None,
            };
            self.settle(place, ticket)?;
        }
        Some(())
    }

    /// A ticket's LST becomes what was paid for it, where that is known.
    fn settle(&mut self, place: Place<'_>, address: Pubkey) -> Option<()> {
        let Some(settlement) = self.settlements.get(&address).copied() else {
            return Some(());
        };
        let ticket = self.tickets.get_mut(&address)?;
        let lst = settlement.lst.unwrap_or(ticket.lst).min(ticket.lst);
        ticket.lst -= lst;
        ticket.is_settled = true;
        let act = Act {
            lamports: settlement.lamports,
            ticket: Some(address),
            ticket_lst: lst,
            ..Act::new(Kind::Settled, -i128::from(lst))
        };
        self.act(place, &act)
    }

    fn act(&mut self, place: Place<'_>, act: &Act) -> Option<()> {
        if self.counts(place.epoch) {
            self.begin()?;
        }
        if let Some(address) = act.ticket {
            self.note_ticket(place, address, act)?;
        }
        let before = self.worth()?;
        let held = i128::from(self.held_lst) + act.change_lst;
        self.held_lst = held.try_into().ok()?;
        let lamports = i128::from(act.lamports);
        match act.kind {
            Kind::Settled => self.claimable += lamports,
            Kind::Claimed => self.claimable -= lamports,
            _ => {}
        }
        let change = self.worth()? - before;
        let left = match act.kind {
            Kind::Deposit | Kind::StakeDeposit => lamports - change,
            Kind::InstantExit | Kind::StakeExit => -change - lamports,
            Kind::Settled => -change,
            _ => 0,
        };
        self.write(place, act, change, left)?;
        match act.ticket.filter(|_| act.kind == Kind::TicketReceived) {
            Some(address) if self.is_due(address) => self.settle(place, address),
            _ => Some(()),
        }
    }

    /// Whether the price of now settles a ticket: what comes later earns nothing by it.
    fn is_due(&self, address: Pubkey) -> bool {
        let priced = self.rate.as_ref().map(|rate| rate.epoch);
        let settles_from = self.tickets.get(&address).and_then(|one| one.settles_from);
        settles_from
            .zip(priced)
            .is_some_and(|(from, priced)| from <= priced)
    }

    /// What a ticket becomes by an act.
    fn note_ticket(&mut self, place: Place<'_>, address: Pubkey, act: &Act) -> Option<()> {
        match act.kind {
            Kind::Requested | Kind::TicketReceived => {
                let live = self.sources.tickets.get(&address);
                let lock = act.lock_slot.map(|slot| self.epoch_of(slot));
                let lock = live.and_then(|ticket| ticket.lock_epoch).or(lock);
                let held = Held {
                    lst: act.ticket_lst,
                    settles_from: lock.map(|epoch| epoch.saturating_add(1)),
                    is_settled: false,
                };
                self.tickets.insert(address, held);
            }
            Kind::Cancelled | Kind::TicketGiven => drop(self.tickets.remove(&address)),
            Kind::Claimed if !self.tickets.contains_key(&address) => {
                // A ticket of which nobody told how it came.
                self.claimable += i128::from(act.lamports);
                let unknown = Act {
                    ticket: Some(address),
                    ..Act::new(Kind::Unexplained, 0)
                };
                self.write(place, &unknown, i128::from(act.lamports), 0)?;
            }
            Kind::Claimed => {
                if !self.tickets.get(&address)?.is_settled {
                    self.settle(place, address)?;
                }
                if act.closes {
                    self.tickets.remove(&address);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn write(&mut self, place: Place<'_>, act: &Act, change: i128, left: i128) -> Option<()> {
        if !self.counts(place.epoch) {
            return Some(());
        }
        let is_priced = self.rate.is_some();
        let lamports = i128::from(act.lamports);
        if is_priced {
            match act.kind {
                Kind::Deposit | Kind::StakeDeposit => self.sums.paid_in += lamports,
                Kind::InstantExit | Kind::StakeExit | Kind::Claimed => {
                    self.sums.paid_out += lamports;
                }
                Kind::Received | Kind::TicketReceived => self.sums.received += change,
                Kind::Sent | Kind::TicketGiven => self.sums.sent -= change,
                Kind::Unexplained => self.sums.unexplained += change,
                Kind::Requested | Kind::Cancelled | Kind::Settled => {}
            }
            self.sums.left += left;
            self.sums.fee += i128::from(act.fee_lamports);
        }
        let known = |lamports: i128| is_priced.then(|| i64::try_from(lamports).ok()).flatten();
        self.statement.movements.push(Movement {
            kind: act.kind,
            epoch: place.epoch,
            timestamp: place.timestamp,
            signature: place.signature.map(str::to_owned),
            ticket: act.ticket,
            ticket_lst: act
                .ticket
                .filter(|_| act.ticket_lst > 0)
                .map(|_| act.ticket_lst),
            change_lst: act.change_lst.try_into().ok()?,
            lamports: act.lamports,
            fee_lamports: act.fee_lamports,
            network_fee_lamports: 0,
            worth_change_lamports: known(change),
            left_lamports: known(left),
        });
        Some(())
    }

    /// The first time that something counts, what is held is the start.
    fn begin(&mut self) -> Option<()> {
        if !self.has_begun && self.rate.is_some() {
            self.has_begun = true;
            self.sums.start = self.worth()?;
        }
        Some(())
    }

    fn counts(&self, epoch: u64) -> bool {
        let is_known = self.known_from.is_none_or(|known| epoch >= known);
        self.sources.epochs.contains(&epoch) && is_known
    }

    fn epoch_of(&self, slot: u64) -> u64 {
        self.sources.snapshot.cluster.epoch_schedule.get_epoch(slot)
    }

    fn waiting_lst(&self) -> u64 {
        let waiting = self.tickets.values().map(|ticket| ticket.lst);
        waiting.fold(0, u64::saturating_add)
    }

    /// What is held is worth this at the price of the epoch, rounded down. None where that fits no
    /// amount.
    fn worth(&self) -> Option<i128> {
        // Where there are no LST, nobody holds any.
        let Some(rate) = self.rate.as_ref().filter(|rate| rate.lst_supply > 0) else {
            return Some(self.claimable);
        };
        let price = Floor(Ratio::new(rate.full_lamports, rate.lst_supply));
        let lamports = price.apply(self.held_lst).ok()?;
        i128::from(lamports).checked_add(self.claimable)
    }

    pub(super) fn finish(mut self) -> Option<Statement> {
        self.begin()?;
        let now = self.epoch_of(self.sources.slot);
        let has_all = self.tickets.keys().eq(self.sources.tickets.keys());
        let (first, last) = (*self.sources.epochs.start(), *self.sources.epochs.end());
        let has_no_price =
            self.rate.is_none() && (self.held_lst > 0 || !self.statement.movements.is_empty());
        if has_no_price {
            let first_price = self.sources.rates.first();
            self.statement.priced_from_epoch = first_price.map(|rate| rate.epoch);
        }
        let is_unknown = has_no_price || self.known_from.is_some_and(|known| known > last);
        let priced_from = self.statement.priced_from_epoch;
        self.statement.is_whole = (last < now || has_all)
            && !is_unknown
            && priced_from.is_none_or(|epoch| epoch <= first);
        if !is_unknown {
            self.statement.totals = Some(self.sums.totals(self.worth()?)?);
        }
        Some(self.statement)
    }
}
