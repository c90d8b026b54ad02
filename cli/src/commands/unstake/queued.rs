//! Leaving through the queue.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice::state::MAX_BATCH_CANDIDATES;
use sluice_client::{Event, PoolSnapshot, TicketNumber, UnstakeRequest, words::amounts::lst};
use sluice_math::Lst;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::forecast::Forecast;
use crate::{
    args::{RequestArgs, SendMode, UnstakeArgs},
    commands::freshness::freshest_snapshot,
    local_book::{Entry, LocalBook},
    output::{Facts, announce, known},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, perform},
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
    slot: u64,
    lock_slot: u64,
    #[serde(flatten)]
    forecast: Forecast,
    signature: String,
}

/// Puts tokens into the open batch.
pub fn request(session: &Session, arguments: &UnstakeArgs) -> Result<Outcome<Requested>> {
    let actor = session.actor()?;
    let snapshot = freshest_snapshot(session, &actor, arguments.no_crank)?;
    let mut joining = Joining::new(session, &snapshot, &actor, arguments.request)?;
    let amount = joining
        .holding
        .take_by(&actor.address(), arguments.amount)?;
    let transaction = Transaction::new([joining.instruction(&snapshot, amount)]).repeatable();
    joining.announce();
    joining.note_if_given_away(session)?;
    perform(session, &actor, "joining the queue", transaction, |done| {
        // It is done: a book that cannot be written is no reason to say that it failed.
        if let Err(error) = joining.note() {
            announce(format_args!(
                "The ticket is not in the local book: {error:#}"
            ));
        }
        report(session, &joining.holding, &done)
    })
}

/// A request that is being made: whose tokens, for whom, and at which address the ticket will be.
pub struct Joining {
    /// Whose tokens.
    pub holding: Holding,
    request: UnstakeRequest,
    number: TicketNumber,
    valid_epochs: u64,
    last_epoch: u64,
    pool: Pubkey,
    book: LocalBook,
}

impl Joining {
    /// Reads the tokens and chooses the ticket's number.
    pub fn new(
        session: &Session,
        snapshot: &PoolSnapshot,
        actor: &Actor,
        arguments: RequestArgs,
    ) -> Result<Self> {
        let (pool, requester) = (&snapshot.addresses, actor.address());
        let owner = match arguments.owner {
            Some(owner) => session.recipient_or_own(pool, Some(owner), actor)?,
            None => requester,
        };
        let holding = Holding::read(&session.rpc, pool, arguments.from.unwrap_or(requester))?;
        let epoch = snapshot.cluster.clock.epoch;
        let book = match session.send_mode() {
            SendMode::Simulate => session.book()?,
            SendMode::Send | SendMode::Dump | SendMode::Propose => session.book_alone()?,
        };
        let number = match arguments.ticket_number {
            Some(nonce) => TicketNumber {
                nonce,
                address: pool.ticket(&requester, nonce),
            },
            None => pool.free_ticket_number(&session.rpc, requester, epoch, |number| {
                book.notes(&number.address)
            })?,
        };
        let valid_epochs = arguments.valid_epochs;
        let valid_epochs = valid_epochs.unwrap_or(match session.send_mode().waits() {
            true => MOST_EPOCHS,
            false => 1,
        });
        let request = UnstakeRequest {
            requester,
            owner,
            payer: actor.payer_address(),
            source: holding.address,
            lst: 0,
            nonce: number.nonce,
            batch: snapshot.rolled_pool()?.open_batch,
            later_batches: valid_epochs,
        };
        Ok(Self {
            holding,
            request,
            number,
            valid_epochs,
            last_epoch: epoch.saturating_add(valid_epochs),
            pool: pool.pool,
            book,
        })
    }

    /// The instruction, for this much.
    pub fn instruction(&self, snapshot: &PoolSnapshot, amount: Lst) -> Instruction {
        snapshot.addresses.request_unstake(&UnstakeRequest {
            lst: amount.get(),
            ..self.request
        })
    }

    /// Says how long the message can wait, where it may.
    fn announce(&self) {
        if self.valid_epochs > 1 {
            announce(format_args!(
                "The request can be executed at least until the rebalance window of epoch {} opens. \
                 It makes ticket {}, number {}.",
                self.last_epoch, self.number.address, self.number.nonce
            ));
        }
    }

    /// Notes the ticket, where its message is given away unsigned: the number is taken from now on.
    pub fn note_if_given_away(&mut self, session: &Session) -> Result<()> {
        match session.send_mode().waits() {
            true => self.note(),
            false => Ok(()),
        }
    }

    /// Notes the ticket in the local book.
    pub fn note(&mut self) -> Result<()> {
        self.book.note(Entry {
            pool: self.pool,
            ticket: self.number.address,
        })
    }
}

fn report(session: &Session, holding: &Holding, done: &Done) -> Result<Requested> {
    let requested = done.event(|event| match event {
        Event::UnstakeRequested(requested) => Some(requested),
        _ => None,
    })?;
    let now = session.snapshot()?;
    let pool = &now.addresses;
    let batch = now
        .batch(requested.batch)
        .context("the batch of the new ticket is gone already")?;
    let schedule = now
        .batch_schedule(batch)?
        .context("the batch of the new ticket has no date")?;
    let forecast = now.exit_forecast(Lst::new(requested.lst), &schedule)?;
    Ok(Requested {
        pool: pool.pool.to_string(),
        owner: requested.owner.to_string(),
        ticket: requested.ticket.to_string(),
        batch: requested.batch,
        lst: requested.lst,
        balance_lst: holding.balance_at(&session.rpc, done.slot),
        slot: now.cluster.clock.slot,
        lock_slot: schedule.lock_slot,
        forecast: Forecast::new(&forecast, &now, &session.rpc)?,
        signature: done.signature.clone(),
    })
}

impl fmt::Display for Requested {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [payable, amount, price] = self.forecast.facts();
        let facts = [
            ("In the queue", lst(self.lst)),
            ("Ticket", self.ticket.clone()),
            payable,
            amount,
            price,
            ("Can be cancelled", format!("until slot {}", self.lock_slot)),
            ("You hold", known(self.balance_lst, lst)),
            ("Transaction", self.signature.clone()),
        ];
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
