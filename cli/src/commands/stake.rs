//! Depositing SOL.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Event, PoolAddresses, PoolSnapshot,
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};

use super::freshness::fresh_snapshot;
use crate::{
    args::StakeArgs,
    output::{Facts, announce, known},
    session::{Actor, Session},
    tokens::{Holding, balance_fact},
    transaction::{Done, Outcome, Transaction, perform},
};

/// A deposit and what it is worth.
#[derive(Debug, Serialize)]
pub struct Staked {
    pool: String,
    owner: String,
    token_account: String,
    deposited_lamports: u64,
    fee_lamports: u64,
    charge_lamports: u64,
    minted_lst: u64,
    balance_lst: Option<u64>,
    slot: u64,
    redeemable_lamports: Option<u64>,
    dripping_lamports: Option<u64>,
    signature: String,
    #[serde(skip)]
    is_own_balance: bool,
}

/// Deposits SOL into the configured pool.
pub fn stake(session: &Session, arguments: &StakeArgs) -> Result<Outcome<Staked>> {
    let actor = session.actor()?;
    // Nobody pays for cranks on the way to what is refused.
    let owner = session.recipient_or_own(
        &session.pool()?,
        arguments.recipient,
        arguments.program_owned,
        &actor,
    )?;
    Holding::read(&session.rpc, &session.pool()?, owner)?;
    let snapshot = fresh_snapshot(session, &actor, arguments.no_crank)?;
    let pool = &snapshot.addresses;
    let quote = snapshot.quote_deposit(arguments.amount)?;
    let tolerance = arguments.slippage.tolerance(session.send_mode());
    let minimum_lst = tolerance.minimum(quote.minted.get())?;
    warn_of_what_drips(&snapshot, quote.minted)?;
    let holding = Holding::read(&session.rpc, pool, owner)?;
    let deposit = pool.deposit_sol(
        actor.address(),
        holding.address,
        arguments.amount.get(),
        minimum_lst,
    );
    let transaction = Transaction::new([holding.ensured(&actor.payer_address()), deposit]);
    perform(session, &actor, "depositing", transaction, |done| {
        report(session, pool, (&actor, &holding), &done)
    })
}

/// Says how much of what is bought cannot be redeemed at once, where that is far more than an epoch's
/// rewards: after a donation, or where nearly everybody has left.
fn warn_of_what_drips(snapshot: &PoolSnapshot, minted: Lst) -> Result<()> {
    let rate = snapshot.rate()?;
    let (now, later) = (rate.redeemable(minted)?, rate.redeemable_later(minted)?);
    if now.get().saturating_mul(100) < later.get().saturating_mul(99) {
        announce(format_args!(
            "A part of the price is for rewards that still drip: of {} that this buys, {} can be redeemed \
             at today's exit price, and the rest over the epochs to come.",
            sol(later.get()),
            sol(now.get())
        ));
    }
    Ok(())
}

fn report(
    session: &Session,
    pool: &PoolAddresses,
    (actor, holding): (&Actor, &Holding),
    done: &Done,
) -> Result<Staked> {
    let deposited = done.event(|event| match event {
        Event::SolDeposited(deposited) => Some(deposited),
        _ => None,
    })?;
    let minted = Lst::new(deposited.lst);
    let now = session.snapshot_afterwards(pool);
    let rate = now.and_then(|now| Ok(now.rate()?)).ok();
    let redeemable = rate.as_ref().and_then(|rate| rate.redeemable(minted).ok());
    let later = rate.and_then(|rate| rate.redeemable_later(minted).ok());
    Ok(Staked {
        pool: pool.pool.to_string(),
        owner: holding.owner.to_string(),
        token_account: holding.address.to_string(),
        deposited_lamports: deposited.lamports,
        fee_lamports: deposited.fee_lamports,
        charge_lamports: deposited.charge_lamports,
        minted_lst: deposited.lst,
        balance_lst: holding.balance_at(&session.afterwards, done.slot),
        slot: done.slot,
        redeemable_lamports: redeemable.map(Lamports::get),
        dripping_lamports: later
            .zip(redeemable)
            .map(|(later, now)| later.saturating_sub(now).get()),
        signature: done.signature.clone(),
        is_own_balance: holding.owner == actor.address(),
    })
}

impl fmt::Display for Staked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = [
            ("Deposited", sol(self.deposited_lamports)),
            ("Deposit fee", sol(self.fee_lamports)),
            ("Entry charge", sol(self.charge_lamports)),
            ("Received", lst(self.minted_lst)),
            ("Redeemable now", known(self.redeemable_lamports, sol)),
            ("Still dripping", known(self.dripping_lamports, sol)),
            balance_fact(self.balance_lst, &self.owner, self.is_own_balance),
            ("Transaction", self.signature.clone()),
        ];
        Facts(&facts).fmt(formatter)
    }
}
