//! Leaving through the queue.

use std::{fmt, ops::RangeInclusive};

use anyhow::{Context, Result};
use serde::Serialize;
use sluice::state::{MAX_BATCH_CANDIDATES, Ticket};
use sluice_client::{
    AccountSource, Event, PoolSnapshot, TicketNumber, UnstakeRequest, decode_existing,
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{forecast::Forecast, leaving::Leaving};
use crate::{
    args::{SendMode, UnstakeArgs},
    commands::{
        freshness::{Fresh, Upkept, freshest_snapshot},
        funds::Takes,
    },
    local_book::{Entry, LocalBook},
    new_accounts::{NewAccounts, batch_rent},
    output::{Facts, announce},
    session::{Actor, Session},
    tokens::balance_fact,
    transaction::{Done, Outcome, Transaction, beforehand, perform},
};

/// Most epochs that a message can wait: it names a batch for each, and the open one.
const MOST_EPOCHS: u64 = MAX_BATCH_CANDIDATES as u64 - 1;

/// A request in the queue, with when and how much it will be paid, as far as that is known.
#[derive(Debug, Serialize)]
pub struct Requested {
    pool: String,
    owner: String,
    ticket: String,
    batch: u64,
    lst: u64,
    balance_lst: Option<u64>,
    balance_owner: String,
    /// Of the ticket, and of the batch where this is its first request. It comes back.
    rent_lamports: Option<u64>,
    slot: u64,
    lock_slot: u64,
    #[serde(flatten)]
    forecast: Forecast,
    signature: String,
    #[serde(skip)]
    is_own_balance: bool,
    #[serde(skip)]
    rent: Vec<(&'static str, String)>,
}

/// Puts tokens into the open batch.
pub fn request(session: &Session, arguments: &UnstakeArgs) -> Result<Outcome<Upkept<Requested>>> {
    let actor = session.actor()?;
    // Nobody pays for cranks on the way to what is refused.
    let leaving = Leaving::read(session, &session.pool()?, &actor, arguments.request)?;
    leaving.take(arguments.amount)?;
    let Fresh { snapshot, upkeep } = freshest_snapshot(session, &actor, arguments.no_crank)?;
    let leaving = Leaving::read(session, &snapshot.addresses, &actor, arguments.request)?;
    let amount = leaving.take(arguments.amount)?;
    let mut joining = Joining::new(session, &snapshot, &actor, leaving)?;
    let transaction = Transaction::new([joining.instruction(&snapshot, amount)])
        .repeatable()
        .paying_again();
    let facts = promised(&snapshot, amount, &joining);
    beforehand(session, &actor, Some(&snapshot.addresses), &facts)?;
    joining.announce(session);
    joining.takes(&actor).require(session, &actor, 0)?;
    let outcome = perform(session, &actor, "joining the queue", transaction, |done| {
        report(session, &joining, &done)
    })?;
    joining.note_if_given_away(session)?;
    Ok(outcome.map(|requested| upkeep.with(requested)))
}

/// What is known of a request before it is made. The queue is open also where the price is not known.
fn promised(
    snapshot: &PoolSnapshot,
    amount: Lst,
    joining: &Joining,
) -> Vec<(&'static str, String)> {
    let schedule = snapshot.exit_schedule();
    let forecast = schedule.and_then(|schedule| snapshot.exit_forecast(amount, &schedule));
    let least = forecast.map_or_else(
        |_| "not known: the pool has no price now".to_owned(),
        |forecast| {
            format!(
                "{} in epoch {} or {}, if it joins the queue now and no stake is lost",
                sol(forecast.least.get()),
                forecast.dates.first_epoch,
                forecast.dates.last_epoch
            )
        },
    );
    let mut facts = vec![
        ("Joins the queue", lst(amount.get())),
        ("Paid to", joining.leaving.owner.to_string()),
        ("Receives at least", least),
    ];
    facts.extend(joining.new.facts());
    facts
}

/// A request that is being made, and at which address its ticket will be.
pub struct Joining {
    leaving: Leaving,
    request: UnstakeRequest,
    number: TicketNumber,
    epochs: RangeInclusive<u64>,
    pool: Pubkey,
    new: NewAccounts,
    /// What it pays more where it waits, and another batch is open then.
    later_rent: Lamports,
    book: LocalBook,
    /// Whether the local book noted this number before.
    was_noted: bool,
}

impl Joining {
    /// Chooses the ticket's number, unless one was chosen.
    pub fn new(
        session: &Session,
        snapshot: &PoolSnapshot,
        actor: &Actor,
        leaving: Leaving,
    ) -> Result<Self> {
        let (pool, requester) = (&snapshot.addresses, actor.address());
        let epoch = snapshot.cluster.clock.epoch;
        let book = match session.send_mode() {
            SendMode::Simulate => session.book()?,
            SendMode::Send | SendMode::Dump | SendMode::Propose => session.book_alone()?,
        };
        let number = match leaving.chosen {
            Some(number) => number,
            None => pool.free_ticket_number(&session.rpc, requester, epoch, |number| {
                book.notes(&number.address)
            })?,
        };
        let valid_epochs = leaving.valid_epochs;
        let valid_epochs = valid_epochs.unwrap_or(match session.send_mode().waits() {
            true => MOST_EPOCHS,
            false => 1,
        });
        let request = UnstakeRequest {
            requester,
            owner: leaving.owner,
            payer: actor.payer_address(),
            source: leaving.holding.address,
            lst: 0,
            number: number.value,
            batch: snapshot.rolled_pool()?.open_batch,
            later_batches: valid_epochs,
        };
        let new = NewAccounts::of_request(snapshot, &request.payer)?;
        let is_batch_there = snapshot.batch(request.batch).is_some();
        let mut joining = Self {
            leaving,
            request,
            new,
            later_rent: match is_batch_there {
                true => batch_rent(snapshot),
                false => Lamports::ZERO,
            },
            epochs: epoch..=epoch.saturating_add(valid_epochs),
            pool: pool.pool,
            was_noted: book.notes(&number.address),
            number,
            book,
        };
        if session.send_mode() == SendMode::Send {
            joining.reserve();
        }
        Ok(joining)
    }

    /// The instruction, for this much.
    pub fn instruction(&self, snapshot: &PoolSnapshot, amount: Lst) -> Instruction {
        snapshot.addresses.request_unstake(&UnstakeRequest {
            lst: amount.get(),
            ..self.request
        })
    }

    /// Says who will be paid where that is not clear, and how long a message can wait that does.
    pub fn announce(&self, session: &Session) {
        let will = session.will();
        self.leaving.announce(will);
        let waits = session.send_mode() == SendMode::Dump || self.request.later_batches > 1;
        if !waits {
            return;
        }
        let (first, last) = (self.epochs.start(), self.epochs.end());
        let batch = self.request.batch;
        announce(format_args!(
            "The request can be executed from epoch {first} on, at least until the rebalance window of \
             epoch {last} opens: it joins the batch that is open then, of {batch} to {}. It {will} make \
             ticket {}, number {}.",
            batch.saturating_add(self.request.later_batches),
            self.number.address,
            self.number.value
        ));
        if !self.later_rent.is_zero() {
            announce(format_args!(
                "If it is the first request of its batch then, it pays {} more of rent, which comes back too.",
                sol(self.later_rent.get())
            ));
        }
        if self.leaving.chosen.is_some() && self.was_noted {
            announce(
                "The local book notes this number already: of all messages with it, one makes a ticket.",
            );
        }
    }

    /// What it takes of who pays.
    fn takes(&self, actor: &Actor) -> Takes {
        Takes::signatures(actor.signatures()).and_rent(self.request.payer, &self.new)
    }

    /// Notes the ticket, where its message is given away unsigned: the number is taken from now on.
    pub fn note_if_given_away(&mut self, session: &Session) -> Result<()> {
        match session.send_mode().waits() {
            true => self.note(),
            false => Ok(()),
        }
    }

    /// Notes the ticket before it is made, so that others need not wait until it is. Where the book cannot
    /// be written, they do.
    fn reserve(&mut self) {
        match self.note() {
            Ok(()) => self.book.share(),
            Err(error) => announce(format_args!(
                "The ticket is not in the local book: {error:#}"
            )),
        }
    }

    /// Notes the ticket in the local book.
    fn note(&mut self) -> Result<()> {
        self.book.note(Entry {
            pool: self.pool,
            address: self.number.address,
        })
    }
}

/// What became of a request: as the program said, or else as its ticket says.
struct Joined {
    owner: Pubkey,
    batch: u64,
    lst: u64,
}

impl Joined {
    fn read(session: &Session, ticket: &Pubkey, done: &Done) -> Result<Self> {
        let told = done.known(|event| match event {
            Event::UnstakeRequested(requested) => Some(Self {
                owner: requested.owner,
                batch: requested.batch,
                lst: requested.lst,
            }),
            _ => None,
        });
        if let Some(told) = told {
            return Ok(told);
        }
        let fetched = session.afterwards.accounts(&[*ticket], Some(done.slot))?;
        let account = fetched.accounts.into_iter().next().flatten();
        let ticket: Ticket = decode_existing(ticket, account.as_ref())?;
        Ok(Self {
            owner: ticket.owner,
            batch: ticket.batch,
            lst: ticket.lst,
        })
    }
}

fn report(session: &Session, joining: &Joining, done: &Done) -> Result<Requested> {
    let ticket = joining.number.address;
    let requested = Joined::read(session, &ticket, done)?;
    let now = session.snapshot_afterwards(&session.pool()?)?;
    let pool = &now.addresses;
    let batch = now
        .batch(requested.batch)
        .context("the batch of the new ticket is gone already")?;
    let schedule = now
        .batch_schedule(batch)?
        .context("the batch of the new ticket has no date")?;
    let forecast = now.exit_forecast(Lst::new(requested.lst), &schedule)?;
    let leaving = &joining.leaving;
    let whose = leaving.holding.owner;
    let rent_lamports = done.rent_lamports(0);
    Ok(Requested {
        rent_lamports,
        rent: joining.new.facts_of_paid(rent_lamports),
        pool: pool.pool.to_string(),
        owner: requested.owner.to_string(),
        ticket: ticket.to_string(),
        batch: requested.batch,
        lst: requested.lst,
        balance_lst: leaving.holding.balance_at(&session.afterwards, done.slot),
        balance_owner: whose.to_string(),
        is_own_balance: whose == leaving.requester,
        slot: now.cluster.clock.slot,
        lock_slot: schedule.lock_slot,
        forecast: Forecast::new(&forecast, &now, session)?,
        signature: done.signature.clone(),
    })
}

impl fmt::Display for Requested {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [payable, amount, price] = self.forecast.facts();
        let mut facts = vec![
            ("Pool", self.pool.clone()),
            ("In the queue", lst(self.lst)),
            ("Ticket", self.ticket.clone()),
            ("Will be paid", self.owner.clone()),
            payable,
            amount,
            price,
            ("Can be cancelled", format!("until slot {}", self.lock_slot)),
        ];
        facts.extend_from_slice(&self.rent);
        facts.extend([
            balance_fact(self.balance_lst, &self.balance_owner, self.is_own_balance),
            ("Transaction", self.signature.clone()),
        ]);
        Facts(&facts).fmt(formatter)?;
        writeln!(formatter)?;
        for reason in self.forecast.reasons() {
            writeln!(formatter, "{reason}")?;
        }
        writeln!(
            formatter,
            "\n`sluice claim` collects the SOL once it is there."
        )
    }
}
