//! What came of an exit with stake accounts.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{Event, PoolAddresses, words::amounts::lst};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use crate::{
    new_accounts::NewAccounts,
    output::{Facts, known, table},
    session::Session,
    tokens::Holding,
    transaction::{Done, last_slot, rent_of},
};

/// An exit with stake accounts.
#[derive(Debug, Serialize)]
pub struct Withdrawn {
    pool: String,
    owner: String,
    recipient: String,
    stake_accounts: Vec<StakeLine>,
    queued_lst: u64,
    ticket: Option<String>,
    balance_lst: Option<u64>,
    /// Of the stake accounts, and of ticket and batch where they were made.
    rent_lamports: Option<u64>,
    #[serde(skip)]
    rent: Vec<(&'static str, String)>,
}

#[derive(Debug, Serialize)]
struct StakeLine {
    stake_account: String,
    vote: String,
    burned_lst: u64,
    lamports: u64,
    fee_lamports: u64,
    signature: String,
}

/// What came of it.
pub(super) fn report(
    session: &Session,
    pool: &PoolAddresses,
    holding: &Holding,
    recipient: Pubkey,
    new: &NewAccounts,
    done: &[Done],
) -> Result<Withdrawn> {
    let mut stake_accounts = Vec::new();
    let rent_lamports = rent_of(done);
    let (mut ticket, mut queued_lst) = (None, 0);
    for one in done {
        let withdrawals = one.events(|event| match event {
            Event::StakeWithdrawn(withdrawn) => Some(StakeLine {
                stake_account: withdrawn.stake.to_string(),
                vote: withdrawn.vote.to_string(),
                burned_lst: withdrawn.lst,
                lamports: withdrawn.lamports,
                fee_lamports: withdrawn.fee_lamports,
                signature: one.signature.clone(),
            }),
            _ => None,
        })?;
        stake_accounts.extend(withdrawals);
        let mut requests = one.events(|event| match event {
            Event::UnstakeRequested(requested) => Some((requested.ticket, requested.lst)),
            _ => None,
        })?;
        if let Some((address, lst)) = requests.next() {
            (ticket, queued_lst) = (Some(address.to_string()), lst);
        }
    }
    Ok(Withdrawn {
        pool: pool.pool.to_string(),
        owner: holding.owner.to_string(),
        recipient: recipient.to_string(),
        stake_accounts,
        queued_lst,
        ticket,
        balance_lst: holding.balance_at(&session.afterwards, last_slot(done)),
        rent_lamports,
        rent: new.facts_of_paid(rent_lamports),
    })
}

impl fmt::Display for Withdrawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.stake_accounts.is_empty() {
            let mut accounts = table(["stake account", "LST", "SOL of stake", "transaction"], 1);
            for line in &self.stake_accounts {
                accounts.add_row([
                    format!("{}\n{}", line.stake_account, line.vote),
                    Lst::new(line.burned_lst).to_string(),
                    Lamports::new(line.lamports).to_string(),
                    line.signature.clone(),
                ]);
            }
            writeln!(
                formatter,
                "{accounts}\nBelow each stake account is its validator. {} is their staker and withdrawer.",
                self.recipient
            )?;
        }
        if let Some(ticket) = &self.ticket {
            writeln!(
                formatter,
                "{} is in the queue with ticket {ticket}: `sluice tickets` says when it is paid.",
                lst(self.queued_lst)
            )?;
        }
        writeln!(
            formatter,
            "{} holds {} of the pool {}.",
            self.owner,
            known(self.balance_lst, lst),
            self.pool
        )?;
        write!(formatter, "\n{}", Facts(&self.rent))
    }
}
