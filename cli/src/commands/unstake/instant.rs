//! Leaving at once, for a fee.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Event,
    words::amounts::{lst, sol},
};

use crate::{
    args::{UnstakeArgs, least_sol},
    commands::freshness::fresh_snapshot,
    output::{Facts, known},
    session::Session,
    tokens::Holding,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// An instant exit. What only the program says is none where no node tells that yet.
#[derive(Debug, Serialize)]
pub struct Paid {
    pool: String,
    owner: String,
    burned_lst: u64,
    paid_lamports: Option<u64>,
    fee_lamports: Option<u64>,
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
    let (bound, quoted) = (least_sol(arguments.min_sol), quote.lamports.get());
    let minimum_lamports = bound.minimum(quoted, tolerance)?;
    let facts = [
        ("Gives back", lst(amount.get())),
        bound.fact(&[minimum_lamports], &[quoted]),
    ];
    beforehand(session, &actor, Some(pool), &facts)?;
    let withdrawal = pool.withdraw_sol(
        owner,
        holding.address,
        owner,
        amount.get(),
        minimum_lamports,
    );

    let transaction = Transaction::new([withdrawal]);
    perform(session, &actor, "leaving", transaction, |done| {
        let told = done.known(|event| match event {
            Event::SolWithdrawn(withdrawn) => Some(withdrawn),
            _ => None,
        });
        Ok(Paid {
            pool: pool.pool.to_string(),
            owner: owner.to_string(),
            burned_lst: amount.get(),
            paid_lamports: told.map(|told| told.lamports),
            fee_lamports: told.map(|told| told.fee_lamports),
            balance_lst: holding.balance_at(&session.afterwards, done.slot),
            slot: done.slot,
            signature: done.signature.clone(),
        })
    })
}

impl fmt::Display for Paid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = [
            ("Pool", self.pool.clone()),
            ("Owner", self.owner.clone()),
            ("Gave back", lst(self.burned_lst)),
            ("Received", known(self.paid_lamports, sol)),
            ("Fee for leaving at once", known(self.fee_lamports, sol)),
            ("You hold", known(self.balance_lst, lst)),
            ("Transaction", self.signature.clone()),
        ];
        Facts(&facts).fmt(formatter)
    }
}
