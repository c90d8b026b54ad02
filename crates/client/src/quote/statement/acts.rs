//! What a holder did in a transaction: what the program said of it, and what the balances say
//! beyond that.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;

use super::record::Record;
use crate::Event;

/// What happened to a holder's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// SOL came in.
    Deposit,
    /// A stake account came in.
    StakeDeposit,
    /// LST left at once for SOL.
    InstantExit,
    /// LST left for a stake account.
    StakeExit,
    /// LST joined the queue.
    Requested,
    /// LST left the queue again.
    Cancelled,
    /// A ticket's LST became SOL that waits to be claimed.
    Settled,
    /// SOL of a ticket was paid.
    Claimed,
    /// A ticket was given away.
    TicketGiven,
    /// A ticket came from another.
    TicketReceived,
    /// LST came from another.
    Received,
    /// LST went to another.
    Sent,
    /// A balance changed in a transaction that the node does not show.
    Unexplained,
}

/// One thing that a transaction did to what a holder has, wallets and tickets together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub kind: Kind,
    /// LST that came; negative where it went.
    pub change_lst: i128,
    /// SOL that was paid by or to the holder, or stake that changed hands.
    pub lamports: u64,
    /// Fees of the pool in it.
    pub fee_lamports: u64,
    pub ticket: Option<Pubkey>,
    /// LST of the ticket that is requested, cancelled or changes hands.
    pub ticket_lst: u64,
    /// Slot from which that ticket's batch is locked, where it is told.
    pub lock_slot: Option<u64>,
    /// Whether that was all that the ticket is paid.
    pub closes: bool,
}

impl Act {
    pub(super) fn new(kind: Kind, change_lst: i128) -> Self {
        Self {
            kind,
            change_lst,
            lamports: 0,
            fee_lamports: 0,
            ticket: None,
            ticket_lst: 0,
            lock_slot: None,
            closes: false,
        }
    }

    fn paid(kind: Kind, change_lst: i128, lamports: u64, fee_lamports: u64) -> Self {
        Self {
            lamports,
            fee_lamports,
            ..Self::new(kind, change_lst)
        }
    }

    fn of_ticket(kind: Kind, change_lst: i128, ticket: Pubkey, ticket_lst: u64) -> Self {
        Self {
            ticket: Some(ticket),
            ticket_lst,
            ..Self::new(kind, change_lst)
        }
    }
}

/// Who is looked at, and in which pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose<'a> {
    pub owner: Pubkey,
    pub pool: Pubkey,
    /// The slots from which batches are locked, by ticket, as [`locks`] has them.
    pub locks: &'a BTreeMap<Pubkey, u64>,
}

/// From which slot on the batch of each ticket is locked, as its request said, whoever made it.
pub(super) fn locks(records: &[Record], pool: &Pubkey) -> BTreeMap<Pubkey, u64> {
    let events = records.iter().flat_map(Record::events);
    let requests = events.filter_map(|event| match event {
        Event::UnstakeRequested(event) if event.pool == *pool => {
            Some((event.ticket, event.lock_slot))
        }
        _ => None,
    });
    requests.collect()
}

impl Whose<'_> {
    /// Everything that a transaction did. What the balances say beyond the events is a transfer.
    pub(super) fn acts(&self, record: &Record) -> Vec<Act> {
        let mut acts: Vec<Act> = record
            .events()
            .iter()
            .filter_map(|event| self.act(event))
            .collect();
        let in_wallet: i128 = record
            .balances
            .iter()
            .map(|balance| i128::from(balance.after_lst) - i128::from(balance.before_lst))
            .sum();
        let in_tickets: i128 = acts.iter().map(ticket_change).sum();
        let explained: i128 = acts.iter().map(|act| act.change_lst).sum();
        let rest = in_wallet + in_tickets - explained;
        match rest {
            0 => {}
            1.. => acts.push(Act::new(Kind::Received, rest)),
            _ => acts.push(Act::new(Kind::Sent, rest)),
        }
        acts
    }

    /// What an event says of the holder.
    fn act(&self, event: &Event) -> Option<Act> {
        let Self { owner, pool, .. } = *self;
        let mine = |of_pool: Pubkey, whose: Pubkey| of_pool == pool && whose == owner;
        match event {
            Event::SolDeposited(e) if mine(e.pool, e.depositor) => {
                let fee = e.fee_lamports.saturating_add(e.charge_lamports);
                Some(Act::paid(Kind::Deposit, e.lst.into(), e.lamports, fee))
            }
            Event::StakeDeposited(e) if mine(e.pool, e.depositor) => Some(Act::paid(
                Kind::StakeDeposit,
                e.lst.into(),
                e.lamports,
                e.fee_lamports,
            )),
            Event::SolWithdrawn(e) if mine(e.pool, e.owner) => Some(Act::paid(
                Kind::InstantExit,
                -i128::from(e.lst),
                e.lamports,
                e.fee_lamports,
            )),
            Event::StakeWithdrawn(e) if mine(e.pool, e.owner) => Some(Act::paid(
                Kind::StakeExit,
                -i128::from(e.lst),
                e.lamports,
                e.fee_lamports,
            )),
            other => self.act_of_ticket(other),
        }
    }

    fn act_of_ticket(&self, event: &Event) -> Option<Act> {
        let Self { owner, pool, locks } = *self;
        let mine = |of_pool: Pubkey, whose: Pubkey| of_pool == pool && whose == owner;
        match event {
            Event::UnstakeRequested(e) if mine(e.pool, e.owner) => Some(Act {
                lock_slot: Some(e.lock_slot),
                ..Act::of_ticket(Kind::Requested, 0, e.ticket, e.lst)
            }),
            Event::TicketCancelled(e) if mine(e.pool, e.owner) => {
                Some(Act::of_ticket(Kind::Cancelled, 0, e.ticket, e.lst))
            }
            Event::TicketTransferred(e) if e.pool == pool && e.from != e.to => {
                let (kind, change) = match (e.from == owner, e.to == owner) {
                    (true, _) => (Kind::TicketGiven, -i128::from(e.lst)),
                    (_, true) => (Kind::TicketReceived, i128::from(e.lst)),
                    _ => return None,
                };
                Some(Act {
                    lock_slot: locks.get(&e.ticket).copied(),
                    ..Act::of_ticket(kind, change, e.ticket, e.lst)
                })
            }
            Event::TicketClaimed(e) if mine(e.pool, e.owner) => Some(Act {
                lamports: e.lamports,
                closes: e.closed,
                ..Act::of_ticket(Kind::Claimed, 0, e.ticket, 0)
            }),
            _ => None,
        }
    }
}

/// LST that joins the holder's tickets; negative where it leaves them.
fn ticket_change(act: &Act) -> i128 {
    let lst = i128::from(act.ticket_lst);
    match act.kind {
        Kind::Requested | Kind::TicketReceived => lst,
        Kind::Cancelled | Kind::TicketGiven => -lst,
        _ => 0,
    }
}

/// A ticket as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveTicket {
    /// LST of it.
    pub lst: u64,
    /// Epoch in which its batch locks; none where nobody knows.
    pub lock_epoch: Option<u64>,
    /// The part of its LST that is settled.
    pub settled_lst: u64,
    /// What was paid for that, claimed or not.
    pub settled_lamports: u64,
}

/// What settlement made of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settlement {
    /// LST that was burned; none for all of it.
    pub lst: Option<u64>,
    pub lamports: u64,
}

/// What settlement made of each ticket, as the claims and what is still there tell it.
pub(super) fn settlements(
    acts: &[(usize, Vec<Act>)],
    live: &BTreeMap<Pubkey, LiveTicket>,
) -> BTreeMap<Pubkey, Settlement> {
    let mut settlements = BTreeMap::<Pubkey, Settlement>::new();
    for act in acts.iter().flat_map(|(_, acts)| acts) {
        if let (Kind::Claimed, Some(ticket)) = (act.kind, act.ticket) {
            let partly = Settlement {
                lst: Some(0),
                lamports: 0,
            };
            let known = settlements.entry(ticket).or_insert(partly);
            known.lamports = known.lamports.saturating_add(act.lamports);
            if act.closes {
                known.lst = None;
            }
        }
    }
    for (address, ticket) in live {
        if ticket.settled_lst > 0 || ticket.settled_lamports > 0 {
            settlements.insert(
                *address,
                Settlement {
                    lst: Some(ticket.settled_lst),
                    lamports: ticket.settled_lamports,
                },
            );
        }
    }
    settlements
}
