//! Leaving at once, for a fee.

use std::fmt;

use anyhow::{Error, Result};
use serde::Serialize;
use sluice::SluiceError;
use sluice_client::{
    ClientError, Event, PoolSnapshot,
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};

use crate::{
    args::{UnstakeArgs, least_sol},
    commands::{
        freshness::{PoolDue, Proposal, Upkept, View, propose},
        funds::Takes,
    },
    confirm::Asked,
    output::{Facts, known},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Outcome, Transaction, perform},
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

/// An exit at the prices of now.
struct Exit {
    holding: Holding,
    amount: Lst,
    minimum_lamports: u64,
}

/// Burns tokens for what the reserve holds.
pub fn exit(session: &Session, arguments: &UnstakeArgs) -> Result<Outcome<Upkept<Paid>>> {
    let actor = session.actor()?;
    let owner = actor.address();
    // Nobody pays for cranks on the way to what is refused.
    Holding::read(&session.rpc, &session.pool()?, owner)?.take(arguments.amount)?;
    let due = PoolDue::of(session, &actor, arguments.no_crank, View::Prices)?;
    let agreed = propose(
        session,
        &actor,
        (due, Asked::AtTerminal),
        |snapshot, agreed| Exit::proposed(session, snapshot, (arguments, &actor), agreed),
    )?;
    let Exit {
        holding,
        amount,
        minimum_lamports,
    } = agreed.what;
    let (pool, upkeep) = (&agreed.books.addresses, agreed.upkeep);
    let withdrawal = pool.withdraw_sol(
        owner,
        holding.address,
        owner,
        amount.get(),
        minimum_lamports,
    );

    let transaction = Transaction::new([withdrawal]).paying_again();
    let outcome = perform(session, &actor, "leaving", transaction, |done| {
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
    })?;
    Ok(outcome.map(|paid| upkeep.with(paid)))
}

impl Exit {
    fn proposed(
        session: &Session,
        snapshot: &PoolSnapshot,
        (arguments, actor): (&UnstakeArgs, &Actor),
        agreed: Option<u64>,
    ) -> Result<Proposal<Self>> {
        let pool = snapshot.addresses;
        let holding = Holding::read(&session.rpc, &pool, actor.address())?;
        let amount = holding.take(arguments.amount)?;
        let quoted = snapshot.quote_instant_exit(amount);
        let quoted = quoted.map_err(|error| with_room(snapshot, error))?;
        let quoted = quoted.lamports.get();
        let tolerance = arguments.slippage.tolerance(session.send_mode());
        let bound = least_sol(arguments.min_sol).at_least(agreed);
        let minimum_lamports = bound.minimum(quoted, tolerance)?;
        let facts = [
            ("Gives back", lst(amount.get())),
            bound.fact(&[minimum_lamports], &[quoted]),
        ];
        Ok(Proposal {
            what: Self {
                holding,
                amount,
                minimum_lamports,
            },
            pool,
            facts: facts.into(),
            plan: String::new(),
            quoted,
            least: minimum_lamports,
            takes: Takes::signatures(actor.signatures()),
        })
    }
}

/// The same error, with how much could leave at once, where it is that too much would.
fn with_room(snapshot: &PoolSnapshot, error: ClientError) -> Error {
    let is_too_much = error.sluice_code() == Some(SluiceError::InsufficientReserve.into());
    let room = || {
        let buffer = snapshot.instant_buffer()?;
        Ok((snapshot.rate()?.worth(buffer)?, buffer))
    };
    let room: Result<(Lst, Lamports), ClientError> = room();
    match room {
        Ok((most, buffer)) if is_too_much => Error::from(error).context(format!(
            "at most {} can leave at once now, for {} less the fee",
            lst(most.get()),
            sol(buffer.get())
        )),
        _ => error.into(),
    }
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
