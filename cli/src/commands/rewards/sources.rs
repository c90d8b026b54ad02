//! Where a statement comes from: the pool, the history of the holder's accounts, and a keeper's store.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use anyhow::Result;
use sluice::state::EpochRate;
use sluice_client::{
    AccountSource, ClientError, MAX_ADDRESSES, PoolSnapshot,
    quote::statement::{
        Extent, Holder, LiveTicket, ReadError, Records, Sources, read_history, tickets_in,
    },
    tickets_at, tickets_of,
};
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::request::TokenAccountsFilter;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::state::Account as TokenAccount;

use super::kept::Kept;
use crate::{
    args::RewardsArgs, commands::stored::prices, next, output::announce, progress::Progress,
    session::Session,
};

/// What was read of a holder.
pub struct Read {
    pub snapshot: PoolSnapshot,
    pub rates: Vec<EpochRate>,
    pub extent: Extent,
    owner: Pubkey,
    records: Records,
    balances: BTreeMap<String, u64>,
    slot: u64,
    tickets: BTreeMap<Pubkey, LiveTicket>,
}

impl Read {
    /// Reads everything that is final.
    pub fn of(session: &Session, owner: Pubkey, arguments: &RewardsArgs) -> Result<Self> {
        let addresses = session.pool()?;
        let rpc = session.nodes.finalized_client();
        let snapshot = PoolSnapshot::load(&rpc, &addresses)?;
        let rates = prices(session, &snapshot, &arguments.store)?;
        let holder = Holder {
            owner,
            mint: addresses.mint,
        };
        let accounts = token_accounts(&rpc, &holder);
        let (slot, balances) = balances(&rpc, &holder, &accounts)?;
        let live = match tickets_of(&rpc, &owner, Some(&addresses.pool)) {
            Ok(live) => live,
            Err(error @ ClientError::Rpc(_)) => {
                announce(format_args!(
                    "The node has no index of tickets, so what others gave may be missing: {}",
                    next::sentence(&error)
                ));
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        let mut named: BTreeSet<Pubkey> = accounts.into_iter().collect();
        named.extend(live.iter().map(|ticket| ticket.address));
        named.extend(arguments.all_transactions.then_some(owner));
        let name = format!("rewards-{}-{owner}", addresses.mint);
        let kept = Kept::at(session.state_file(&name)?);
        let mut records = kept.read();
        let extent = {
            let _progress = Progress::spinner("reading what happened to the tokens");
            let mut keep = |records: &Records| kept.keep(records);
            let pool = &addresses.pool;
            read_history(&rpc, &holder, pool, named, &mut records, &mut keep).map_err(unread)?
        };
        let tickets = tickets_in(&records, &owner, &addresses.pool);
        let there = tickets_at(&rpc, tickets)?;
        let there = there.iter().filter(|ticket| ticket.ticket.owner == owner);
        let tickets = there
            .map(|ticket| Ok((ticket.address, LiveTicket::of(ticket, &snapshot)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            snapshot,
            rates,
            extent,
            owner,
            records,
            balances,
            slot,
            tickets,
        })
    }

    /// All of it, for these epochs.
    pub fn sources(&self, epochs: RangeInclusive<u64>) -> Sources<'_> {
        Sources {
            owner: self.owner,
            snapshot: &self.snapshot,
            rates: &self.rates,
            records: &self.records,
            balances: &self.balances,
            slot: self.slot,
            tickets: &self.tickets,
            extent: &self.extent,
            epochs,
        }
    }
}

/// What a node did not say is told as by every other command.
fn unread(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Node(error) => error.into(),
        not_kept @ ReadError::NotKept(_) => not_kept.into(),
    }
}

/// The holder's token accounts of the mint, as far as the node lists them, and always the usual one.
fn token_accounts(rpc: &RpcClient, holder: &Holder) -> Vec<Pubkey> {
    let usual = get_associated_token_address(&holder.owner, &holder.mint);
    let filter = TokenAccountsFilter::Mint(holder.mint);
    let listed = match rpc.get_token_accounts_by_owner(&holder.owner, filter) {
        Ok(listed) => listed,
        Err(error) => {
            announce(format_args!(
                "The node does not list token accounts, so only the usual one is looked at: {}",
                next::sentence(&ClientError::from(error))
            ));
            Vec::new()
        }
    };
    let listed = listed
        .iter()
        .filter_map(|account| account.pubkey.parse().ok());
    let accounts: BTreeSet<Pubkey> = listed.chain([usual]).collect();
    accounts.into_iter().take(MAX_ADDRESSES).collect()
}

/// What the accounts hold, at one slot.
fn balances(
    rpc: &RpcClient,
    holder: &Holder,
    accounts: &[Pubkey],
) -> Result<(u64, BTreeMap<String, u64>)> {
    let fetched = rpc.accounts(accounts, None)?;
    let held = accounts
        .iter()
        .zip(fetched.accounts)
        .filter_map(|(address, account)| {
            let account = account.filter(|account| account.owner == spl_token_interface::ID)?;
            let token = TokenAccount::unpack(&account.data).ok()?;
            let is_theirs = token.mint == holder.mint && token.owner == holder.owner;
            is_theirs.then(|| (address.to_string(), token.amount))
        });
    Ok((fetched.slot, held.collect()))
}
