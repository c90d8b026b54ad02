//! Leaving at once, for a fee.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Event,
    words::amounts::{lst, sol},
};

use crate::{
    args::UnstakeArgs,
    commands::freshness::fresh_snapshot,
    output::{Facts, known},
    session::Session,
    tokens::Holding,
    transaction::{Outcome, Transaction, perform},
};

/// An instant exit.
#[derive(Debug, Serialize)]
pub struct Paid {
    pool: String,
    owner: String,
    burned_lst: u64,
    paid_lamports: u64,
    fee_lamports: u64,
    balance_lst: Option<u64>,
    slot: u64,
    signature: String,
}

/// Burns tokens for what the reserve holds.
pub fn exit(session: &Session, arguments: &UnstakeArgs) -> Result<Outcome<Paid>> {
    let actor = session.actor()?;
    let owner = actor.address();
    // Nobody pays for cranks on the way to what is refused.
    Holding::read(&session.rpc, &session.pool()?, owner)?.take(arguments.amount)?;
    let snapshot = fresh_snapshot(session, &actor, arguments.no_crank)?;
    let pool = &snapshot.addresses;
    let holding = Holding::read(&session.rpc, pool, owner)?;
    let amount = holding.take(arguments.amount)?;
    let quote = snapshot.quote_instant_exit(amount)?;
    let tolerance = arguments.slippage.tolerance(session.send_mode());
    let minimum_lamports = tolerance.minimum(quote.lamports.get())?;
    let withdrawal = pool.withdraw_sol(
        owner,
        holding.address,
        owner,
        amount.get(),
        minimum_lamports,
    );

    let transaction = Transaction::new([withdrawal]);
    perform(session, &actor, "leaving", transaction, |done| {
        let withdrawn = done.event(|event| match event {
            Event::SolWithdrawn(withdrawn) => Some(withdrawn),
            _ => None,
        })?;
        Ok(Paid {
            pool: pool.pool.to_string(),
            owner: owner.to_string(),
            burned_lst: withdrawn.lst,
            paid_lamports: withdrawn.lamports,
            fee_lamports: withdrawn.fee_lamports,
            balance_lst: holding.balance_at(&session.afterwards, done.slot),
            slot: withdrawn.slot,
            signature: done.signature.clone(),
        })
    })
}

impl fmt::Display for Paid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = [
            ("Gave back", lst(self.burned_lst)),
            ("Received", sol(self.paid_lamports)),
            ("Fee for leaving at once", sol(self.fee_lamports)),
            ("You hold", known(self.balance_lst, lst)),
            ("Transaction", self.signature.clone()),
        ];
        Facts(&facts).fmt(formatter)
    }
}
