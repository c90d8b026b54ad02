//! Whose tokens leave, who will be paid, and which number was chosen for the ticket.

use anyhow::{Context, Result, bail};
use sluice_client::{AccountSource, PoolAddresses, Sum, TicketNumber};
use sluice_math::Lst;
use solana_pubkey::Pubkey;

use crate::{
    args::RequestArgs,
    output::announce,
    session::{Actor, Session},
    tokens::Holding,
};

/// What a request says of tokens and people: all that can be refused before anything is paid for.
pub struct Leaving {
    /// Who signs.
    pub requester: Pubkey,
    /// Whose tokens.
    pub holding: Holding,
    /// Who will be paid.
    pub owner: Pubkey,
    /// The ticket's number, where one was chosen.
    pub chosen: Option<TicketNumber>,
    /// In so many epochs to come it can join the queue, where that was said.
    pub valid_epochs: Option<u64>,
}

impl Leaving {
    /// Reads the tokens. Fails where the owner could never be paid, and where the chosen number has a
    /// ticket already.
    pub fn read(
        session: &Session,
        pool: &PoolAddresses,
        actor: &Actor,
        arguments: RequestArgs,
    ) -> Result<Self> {
        let requester = actor.address();
        let chosen = arguments.ticket_number.map(|value| TicketNumber {
            value,
            address: pool.ticket(&requester, value),
        });
        if let Some(number) = chosen {
            require_free(session, &number)?;
        }
        Ok(Self {
            requester,
            holding: Holding::read(&session.rpc, pool, arguments.from.unwrap_or(requester))?,
            owner: session.recipient_or_own(
                pool,
                arguments.owner,
                arguments.program_owned,
                actor,
            )?,
            chosen,
            valid_epochs: arguments.valid_epochs,
        })
    }

    /// The tokens that shall leave, if they are there and the requester may move them.
    pub fn take(&self, sum: Sum) -> Result<Lst> {
        self.holding.take_by(&self.requester, sum)
    }

    /// Says who will be paid, where it is not whoever signs and owns the tokens.
    pub fn announce(&self, will: &str) {
        let (owner, whose) = (self.owner, self.holding.owner);
        if owner != whose {
            announce(format_args!(
                "{owner} {will} be paid, and not {whose}, whose tokens these are. --owner {whose} would \
                 pay them."
            ));
        } else if owner != self.requester {
            announce(format_args!(
                "{owner} {will} be paid, whose tokens these are."
            ));
        }
    }
}

/// A ticket keeps its number until it is closed; lamports that a stranger sent there take nothing.
fn require_free(session: &Session, number: &TicketNumber) -> Result<()> {
    let fetched = session.rpc.accounts(&[number.address], None)?;
    let account = fetched.accounts.into_iter().next();
    let account = account.context("the node answered nothing")?;
    if account.is_some_and(|account| account.owner == sluice::ID) {
        bail!(
            "the number {} has a ticket already, {}: choose another --ticket-number, or leave it off",
            number.value,
            number.address
        );
    }
    Ok(())
}
