//! Taking a request back.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    TicketAccounts,
    pool::rent,
    words::amounts::{lst, sol},
};
use sluice_math::Lamports;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_token_interface::state::Account;

use super::read_ticket;
use crate::{
    new_accounts::NewAccounts,
    output::{Facts, known},
    session::Session,
    tokens::Holding,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A ticket that its owner took back.
#[derive(Debug, Serialize)]
pub struct Cancelled {
    pool: String,
    ticket: String,
    owner: String,
    returned_lst: u64,
    balance_lst: Option<u64>,
    /// Of the token account, where it was made.
    rent_lamports: Option<u64>,
    /// Of the ticket, to who had paid it.
    returned_rent_lamports: u64,
    signature: String,
    #[serde(skip)]
    rent: Vec<(&'static str, String)>,
}

/// Takes a ticket's tokens out of the queue again.
pub fn cancel(session: &Session, address: Pubkey) -> Result<Outcome<Cancelled>> {
    let actor = session.actor()?;
    let owner = actor.address();
    let (ticket, lamports) = read_ticket(session, &address)?;
    let pool = session.pool_at(&ticket.pool)?;
    let holding = Holding::read(&session.rpc, &pool, owner)?;
    let accounts = TicketAccounts {
        owner,
        ..TicketAccounts::of(address, &ticket)
    };
    let cancel = pool.cancel_ticket(&accounts, holding.address);
    let ensured = holding.ensured(&actor.payer_address());
    let transaction = Transaction::new([ensured, cancel]).repeatable();
    let new = match holding.exists() {
        true => NewAccounts::default(),
        false => {
            let rent = rent::read(&session.rpc)?.minimum_balance(Account::LEN);
            NewAccounts::of_holding_at(Lamports::new(rent), &holding)
        }
    };
    let (returned, to) = (lamports, *ticket.rent_recipient());
    let back = ("Rent back", format!("{} to {to}", sol(returned)));
    let mut facts = vec![
        ("Leaves the queue", address.to_string()),
        ("Receives", lst(ticket.lst)),
    ];
    facts.extend(new.facts());
    facts.push(back.clone());
    beforehand(session, &actor, Some(&pool), &facts)?;
    perform(session, &actor, "leaving the queue", transaction, |done| {
        let own = if to == actor.payer_address() {
            returned
        } else {
            0
        };
        let rent_lamports = done.rent_lamports(-i128::from(own));
        let mut rent = new.facts_of_paid(rent_lamports);
        rent.push(back);
        Ok(Cancelled {
            rent_lamports,
            returned_rent_lamports: returned,
            rent,
            pool: pool.pool.to_string(),
            ticket: address.to_string(),
            owner: owner.to_string(),
            returned_lst: ticket.lst,
            balance_lst: holding.balance_at(&session.afterwards, done.slot),
            signature: done.signature,
        })
    })
}

impl fmt::Display for Cancelled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} are back from the queue of the pool {}: {} holds {}.",
            lst(self.returned_lst),
            self.pool,
            self.owner,
            known(self.balance_lst, lst)
        )?;
        write!(formatter, "\n{}", Facts(&self.rent))
    }
}
