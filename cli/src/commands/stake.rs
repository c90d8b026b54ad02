//! Depositing SOL.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Event, PoolAddresses, PoolSnapshot,
    words::{
        amounts::{lst, sol},
        drips::what_drips,
    },
};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use super::{
    freshness::{PoolDue, Proposal, Upkept, View, propose},
    funds::Takes,
};
use crate::{
    args::StakeArgs,
    confirm::Asked,
    new_accounts::NewAccounts,
    output::{Facts, known},
    session::{Actor, Session},
    tokens::{Holding, balance_fact},
    transaction::{Done, Outcome, Transaction, perform},
};

/// A deposit and what it is worth. What only the program says is none where no node tells that yet.
#[derive(Debug, Serialize)]
pub struct Staked {
    pool: String,
    owner: String,
    token_account: String,
    deposited_lamports: u64,
    fee_lamports: Option<u64>,
    charge_lamports: Option<u64>,
    minted_lst: Option<u64>,
    /// Of the token account, where it was made.
    rent_lamports: Option<u64>,
    balance_lst: Option<u64>,
    slot: u64,
    redeemable_lamports: Option<u64>,
    dripping_lamports: Option<u64>,
    signature: String,
    #[serde(skip)]
    is_own_balance: bool,
    #[serde(skip)]
    rent: Vec<(&'static str, String)>,
}

/// A deposit at the prices of now.
struct Deposit {
    holding: Holding,
    new: NewAccounts,
    minimum_lst: u64,
}

/// Deposits SOL into the configured pool.
pub fn stake(session: &Session, arguments: &StakeArgs) -> Result<Outcome<Upkept<Staked>>> {
    let actor = session.actor()?;
    // Nobody pays for cranks on the way to what is refused.
    let owner = session.recipient_or_own(
        &session.pool()?,
        arguments.recipient,
        arguments.program_owned,
        &actor,
    )?;
    Holding::read(&session.rpc, &session.pool()?, owner)?;
    let due = PoolDue::of(session, &actor, arguments.no_crank, View::Prices)?;
    let agreed = propose(
        session,
        &actor,
        (due, Asked::AtTerminal),
        |snapshot, agreed| Deposit::proposed(session, snapshot, (arguments, &actor, owner), agreed),
    )?;
    let (what, upkeep) = (agreed.what, agreed.upkeep);
    let holding = &what.holding;
    let pool = &agreed.books.addresses;
    let deposit = pool.deposit_sol(
        actor.address(),
        holding.address,
        arguments.amount.get(),
        what.minimum_lst,
    );
    let transaction =
        Transaction::new([holding.ensured(&actor.payer_address()), deposit]).paying_again();
    let outcome = perform(session, &actor, "depositing", transaction, |done| {
        let deposited = arguments.amount;
        Ok(report(session, pool, deposited, (&actor, &what), &done))
    })?;
    Ok(outcome.map(|staked| upkeep.with(staked)))
}

impl Deposit {
    fn proposed(
        session: &Session,
        snapshot: &PoolSnapshot,
        (arguments, actor, owner): (&StakeArgs, &Actor, Pubkey),
        agreed: Option<u64>,
    ) -> Result<Proposal<Self>> {
        let pool = snapshot.addresses;
        let minted = snapshot.quote_deposit(arguments.amount)?.minted;
        let tolerance = arguments.slippage.tolerance(session.send_mode());
        let (bound, quoted) = (arguments.least.bound().at_least(agreed), minted.get());
        let minimum_lst = bound.minimum(quoted, tolerance)?;
        let holding = Holding::read(&session.rpc, &pool, owner)?;
        let new = NewAccounts::of_holding(snapshot, &holding);
        let mut facts = vec![("Deposits", sol(arguments.amount.get()))];
        facts.extend(new.facts());
        facts.extend([
            bound.fact(&[minimum_lst], &[quoted]),
            ("Received by", owner.to_string()),
        ]);
        let takes = Takes::signatures(actor.signatures())
            .and(actor.address(), arguments.amount.get(), "to deposit")
            .and_rent(actor.payer_address(), &new);
        Ok(Proposal {
            takes,
            what: Self {
                holding,
                new,
                minimum_lst,
            },
            pool,
            facts,
            plan: what_drips(snapshot, minted)?.unwrap_or_default(),
            quoted,
            least: minimum_lst,
        })
    }
}

fn report(
    session: &Session,
    pool: &PoolAddresses,
    deposited: Lamports,
    (actor, what): (&Actor, &Deposit),
    done: &Done,
) -> Staked {
    let holding = &what.holding;
    let given_beside = match actor.payer_address() == actor.address() {
        true => deposited.get(),
        false => 0,
    };
    let rent_lamports = done.rent_lamports(given_beside);
    let told = done.known(|event| match event {
        Event::SolDeposited(deposited) => Some(deposited),
        _ => None,
    });
    let minted = told.map(|told| Lst::new(told.lst));
    let now = session.snapshot_afterwards(pool);
    let rate = now.and_then(|now| Ok(now.rate()?)).ok().zip(minted);
    let redeemable = rate
        .as_ref()
        .and_then(|(rate, minted)| rate.redeemable(*minted).ok());
    let later = rate.and_then(|(rate, minted)| rate.redeemable_later(minted).ok());
    Staked {
        pool: pool.pool.to_string(),
        owner: holding.owner.to_string(),
        token_account: holding.address.to_string(),
        deposited_lamports: deposited.get(),
        fee_lamports: told.map(|told| told.fee_lamports),
        charge_lamports: told.map(|told| told.charge_lamports),
        minted_lst: minted.map(Lst::get),
        rent_lamports,
        rent: what.new.facts_of_paid(rent_lamports),
        balance_lst: holding.balance_at(&session.afterwards, done.slot),
        slot: done.slot,
        redeemable_lamports: redeemable.map(Lamports::get),
        dripping_lamports: later
            .zip(redeemable)
            .map(|(later, now)| later.saturating_sub(now).get()),
        signature: done.signature.clone(),
        is_own_balance: holding.owner == actor.address(),
    }
}

impl fmt::Display for Staked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minted = known(self.minted_lst, lst);
        let received = match self.is_own_balance {
            true => minted,
            false => format!("{minted}, by {}", self.owner),
        };
        let mut facts = vec![
            ("Pool", self.pool.clone()),
            ("Owner", self.owner.clone()),
            ("Deposited", sol(self.deposited_lamports)),
        ];
        facts.extend_from_slice(&self.rent);
        facts.extend([
            ("Deposit fee", known(self.fee_lamports, sol)),
            ("Entry charge", known(self.charge_lamports, sol)),
            ("Received", received),
            ("Redeemable now", known(self.redeemable_lamports, sol)),
            ("Still dripping", known(self.dripping_lamports, sol)),
            balance_fact(self.balance_lst, &self.owner, self.is_own_balance),
            ("Transaction", self.signature.clone()),
        ]);
        Facts(&facts).fmt(formatter)
    }
}
