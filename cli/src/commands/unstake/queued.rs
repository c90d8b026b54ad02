//! Leaving through the queue.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::{
    AccountSource, Event, PoolAddresses,
    words::amounts::{lst, sol},
};
use sluice_math::Lst;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{
    args::UnstakeArgs,
    commands::freshness::freshest_snapshot,
    moment::{in_about, seconds_for},
    output::Facts,
    session::Session,
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, perform},
};

/// A request in the queue, with when and roughly how much it will be paid.
#[derive(Debug, Serialize)]
pub struct Requested {
    pool: String,
    owner: String,
    ticket: String,
    batch: u64,
    lst: u64,
    balance_lst: u64,
    slot: u64,
    estimated_lamports: u64,
    lock_slot: u64,
    payable_epoch: u64,
    payable_slot: u64,
    seconds_until_payable: Option<u64>,
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
    Ok(Requested {
        pool: pool.pool.to_string(),
        owner: owner.to_string(),
        ticket: requested.ticket.to_string(),
        batch: requested.batch,
        lst: requested.lst,
        balance_lst: Holding::read(&session.rpc, pool, owner)?.balance().get(),
        slot: now.cluster.clock.slot,
        estimated_lamports: now.quote_queue(Lst::new(requested.lst))?.get(),
        lock_slot: schedule.lock_slot,
        payable_epoch: schedule.settle_epoch,
        payable_slot: schedule.settle_slot,
        seconds_until_payable: seconds_for(schedule.slots_to_settlement(), &session.rpc)?,
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
        let when = self
            .seconds_until_payable
            .map_or_else(String::new, |seconds| format!(", {}", in_about(seconds)));
        let facts = [
            ("In the queue", lst(self.lst)),
            ("Ticket", self.ticket.clone()),
            (
                "Payable",
                format!(
                    "in epoch {}, from slot {}{when}",
                    self.payable_epoch, self.payable_slot
                ),
            ),
            (
                "Roughly",
                format!(
                    "{}, at the price of that moment",
                    sol(self.estimated_lamports)
                ),
            ),
            ("Can be cancelled", format!("until slot {}", self.lock_slot)),
            ("You hold", lst(self.balance_lst)),
            ("Transaction", self.signature.clone()),
        ];
        Facts(&facts).fmt(formatter)?;
        writeln!(
            formatter,
            "\n`sluice claim` collects the SOL once it is there."
        )
    }
}
