//! Leaving through the queue.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::{AccountSource, Event, PoolAddresses, words::amounts::lst};
use sluice_math::Lst;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use super::forecast::Forecast;
use crate::{
    args::UnstakeArgs,
    commands::freshness::freshest_snapshot,
    output::Facts,
    session::Session,
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, perform},
};

/// A request in the queue, with when and how much it will be paid, as far as that is known.
#[derive(Debug, Serialize)]
pub struct Requested {
    pool: String,
    owner: String,
    ticket: String,
    batch: u64,
    lst: u64,
    balance_lst: u64,
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
    let pool = &snapshot.addresses;
    let owner = actor.address();
    let holding = Holding::read(&session.rpc, pool, owner)?;
    let amount = holding.take(arguments.amount)?;
    let batch_id = snapshot.rolled_pool()?.open_batch;
    let nonce = free_nonce(&session.rpc, pool, batch_id, &owner)?;
    let request = pool.request_unstake(owner, holding.address, batch_id, nonce, amount.get());

    let transaction = Transaction::new([request]);
    perform(session, &actor, "joining the queue", transaction, |done| {
        report(session, &holding, &done)
    })
}

fn report(session: &Session, holding: &Holding, done: &Done) -> Result<Requested> {
    let requested = done.event(|event| match event {
        Event::UnstakeRequested(requested) => Some(requested),
        _ => None,
    })?;
    let now = session.snapshot()?;
    let pool = &now.addresses;
    let owner = holding.owner;
    let batch = now
        .batch(requested.batch)
        .context("the batch of the new ticket is gone already")?;
    let schedule = now
        .batch_schedule(batch)?
        .context("the batch of the new ticket has no date")?;
    let forecast = now.exit_forecast(Lst::new(requested.lst), &schedule)?;
    Ok(Requested {
        pool: pool.pool.to_string(),
        owner: owner.to_string(),
        ticket: requested.ticket.to_string(),
        batch: requested.batch,
        lst: requested.lst,
        balance_lst: Holding::read(&session.rpc, pool, owner)?.balance().get(),
        slot: now.cluster.clock.slot,
        lock_slot: schedule.lock_slot,
        forecast: Forecast::new(&forecast, &now, &session.rpc)?,
        signature: done.signature.clone(),
    })
}

/// The cheapest nonce of the owner in this batch that is not taken.
pub fn free_nonce(
    rpc: &RpcClient,
    pool: &PoolAddresses,
    batch_id: u64,
    owner: &Pubkey,
) -> Result<u64> {
    let batch = pool.batch(batch_id);
    let mut nonce = pool.cheapest_nonce(&batch, owner, 0);
    loop {
        let ticket = pool.ticket(&batch, owner, nonce);
        let fetched = rpc.accounts(&[ticket], None)?;
        if fetched.accounts.iter().all(Option::is_none) {
            return Ok(nonce);
        }
        let next = nonce
            .checked_add(1)
            .context("this batch has no room for another ticket of yours")?;
        nonce = pool.cheapest_nonce(&batch, owner, next);
    }
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
            ("You hold", lst(self.balance_lst)),
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
