//! What must add up in the end, to the lamport: every holder's SOL and LST by what the transactions
//! told, and the pool's accounts by all of its events.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use sluice::state::{Ticket, UnstakeBatch};
use sluice_client::{AccountSource, Event, MAX_ADDRESSES, PoolSnapshot, decode};
use sluice_tests::{
    indexer::{Accounts, Indexer},
    net::PoolNet,
};
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_token_interface::state::Account as TokenAccount;

use super::{
    blocks::Executed,
    crowd::{Holder, START_LAMPORTS},
};

/// What was compared, and was equal.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    /// Holders whose SOL and LST are as told.
    pub holders: usize,
    /// What they hold, in lamports.
    pub lamports: u64,
    /// What they hold, in the smallest units.
    pub lst: u64,
    /// LST in existence.
    pub supply: u64,
    /// Lamports in the reserve.
    pub reserve_lamports: u64,
    /// Lamports that claims are still owed.
    pub claims_lamports: u64,
    /// Tickets that still exist.
    pub tickets: usize,
}

/// What a wallet has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wallet {
    lamports: i128,
    lst: i128,
}

/// What lies in accounts only to keep them, in lamports.
struct Rents {
    ticket: i128,
    batch: i128,
    token_account: i128,
}

/// Compares everything.
///
/// # Errors
///
/// What does not add up.
pub fn check(net: &PoolNet, holders: &[Holder], executed: &[Executed]) -> Result<Sums> {
    let accounts = accounts(net)?;
    let events = executed.iter().flat_map(|transaction| &transaction.events);
    Indexer::of(events).compare(&net.addresses.pool, &accounts)?;
    let told = told(net, holders, executed)?;
    let (mut lamports, mut lst) = (0, 0);
    for part in holders.chunks(MAX_ADDRESSES / 2) {
        for (wallet, found) in part.iter().map(Holder::wallet).zip(found(net, part)?) {
            let expected = told[&wallet];
            ensure!(
                found == expected,
                "{wallet} has {found:?}, by its transactions {expected:?}"
            );
            lamports += found.lamports;
            lst += found.lst;
        }
    }
    let snapshot = net.snapshot();
    check_pool(net, &snapshot, &accounts, u64::try_from(lst)?)?;
    Ok(Sums {
        holders: holders.len(),
        lamports: lamports.try_into()?,
        lst: lst.try_into()?,
        supply: snapshot.mint_supply.get(),
        reserve_lamports: snapshot.reserve.get(),
        claims_lamports: snapshot.pool.claims_lamports,
        tickets: accounts.tickets.len(),
    })
}

/// Nobody burned and nobody gave: what the pool has is what it booked.
fn check_pool(
    net: &PoolNet,
    snapshot: &PoolSnapshot,
    accounts: &Accounts,
    held_lst: u64,
) -> Result<()> {
    let pool = &snapshot.pool;
    ensure!(
        snapshot.reserve.get() == pool.reserve_lamports,
        "the reserve"
    );
    let rent = net.rpc.get_minimum_balance_for_rent_exemption(0)?;
    let vault = snapshot.claims_vault.get();
    ensure!(vault == pool.claims_lamports + 2 * rent, "the claims vault");
    let batches = accounts.batches.values();
    let owed: u64 = batches
        .map(|batch| batch.paid_lamports - batch.claimed_lamports)
        .sum();
    ensure!(owed == pool.claims_lamports, "what batches owe");
    let escrow = net.tokens(&net.addresses.escrow);
    let queued = pool.open_lst + pool.locked_lst;
    ensure!(escrow == pool.dead_lst + queued, "the escrow");
    let fees = snapshot.fees.context("an account for fees")?.get();
    let treasury = net.tokens(&net.lst_account());
    let supply = snapshot.mint_supply.get();
    ensure!(supply == pool.lst_supply, "the supply");
    ensure!(
        supply == held_lst + escrow + fees + treasury,
        "LST without a holder"
    );
    Ok(())
}

/// The accounts of the pool, with every batch and ticket.
fn accounts(net: &PoolNet) -> Result<Accounts> {
    let snapshot = net.snapshot();
    let all = |bytes| net.rpc.program_accounts(&sluice::ID, Some(bytes), &[]);
    let mut batches = BTreeMap::new();
    for (address, account) in all(UnstakeBatch::SPACE)? {
        let batch: UnstakeBatch = decode(&address, &account)?;
        batches.insert(batch.id, batch);
    }
    let mut tickets = BTreeMap::new();
    for (address, account) in all(Ticket::SPACE)? {
        tickets.insert(address, decode(&address, &account)?);
    }
    Ok(Accounts {
        slot: snapshot.cluster.clock.slot,
        epoch: snapshot.cluster.clock.epoch,
        pool: snapshot.pool,
        pages: snapshot.pages,
        batches,
        tickets,
    })
}

/// What these holders have.
fn found(net: &PoolNet, holders: &[Holder]) -> Result<Vec<Wallet>> {
    let wallets = holders.iter().map(Holder::wallet);
    let lst_accounts = holders
        .iter()
        .map(|holder| holder.lst_account(&net.addresses));
    let addresses: Vec<Pubkey> = wallets.chain(lst_accounts).collect();
    let fetched = net.rpc.accounts(&addresses, None)?.accounts;
    let (wallets, lst_accounts) = fetched.split_at(holders.len());
    let pairs = wallets.iter().zip(lst_accounts);
    pairs
        .map(|(wallet, lst_account)| {
            let wallet = wallet.as_ref().context("a wallet")?;
            let lst_account = lst_account.as_ref().context("a token account")?;
            Ok(Wallet {
                lamports: wallet.lamports.into(),
                lst: TokenAccount::unpack(&lst_account.data)?.amount.into(),
            })
        })
        .collect()
}

/// What all wallets must have after these transactions.
fn told(
    net: &PoolNet,
    holders: &[Holder],
    executed: &[Executed],
) -> Result<BTreeMap<Pubkey, Wallet>> {
    let rent = |bytes| net.rpc.get_minimum_balance_for_rent_exemption(bytes);
    let rents = Rents {
        ticket: rent(Ticket::SPACE)?.into(),
        batch: rent(UnstakeBatch::SPACE)?.into(),
        token_account: rent(TokenAccount::LEN)?.into(),
    };
    let start = Wallet {
        lamports: START_LAMPORTS.into(),
        lst: 0,
    };
    let mut wallets: BTreeMap<Pubkey, Wallet> = holders
        .iter()
        .map(|holder| (holder.wallet(), start))
        .collect();
    // Who opened each batch, and its tickets.
    let mut batches: BTreeMap<u64, (Pubkey, u64)> = BTreeMap::new();
    for transaction in executed {
        let payer = wallets.entry(transaction.payer).or_default();
        payer.lamports -= i128::from(transaction.fee_lamports);
        if transaction.creates_token_account {
            payer.lamports -= rents.token_account;
        }
        for event in &transaction.events {
            apply(event, &rents, &mut batches, &mut wallets);
        }
    }
    Ok(wallets)
}

fn apply(
    event: &Event,
    rents: &Rents,
    batches: &mut BTreeMap<u64, (Pubkey, u64)>,
    wallets: &mut BTreeMap<Pubkey, Wallet>,
) {
    let mut change = |wallet: Pubkey, lamports: i128, lst: i128| {
        let wallet = wallets.entry(wallet).or_default();
        wallet.lamports += lamports;
        wallet.lst += lst;
    };
    let wide = i128::from;
    match event {
        Event::SolDeposited(event) => {
            change(event.depositor, -wide(event.lamports), wide(event.lst));
        }
        Event::SolWithdrawn(event) => {
            change(event.owner, wide(event.lamports), -wide(event.lst));
        }
        Event::UnstakeRequested(event) => {
            change(event.requester, 0, -wide(event.lst));
            change(event.payer, -rents.ticket, 0);
            let (_, tickets) = batches.entry(event.batch).or_insert_with(|| {
                change(event.payer, -rents.batch, 0);
                (event.payer, 0)
            });
            *tickets += 1;
        }
        Event::TicketClaimed(event) => {
            change(event.owner, wide(event.lamports), 0);
            if event.closed {
                change(event.payer, rents.ticket, 0);
                let (opener, tickets) = batches.entry(event.batch).or_default();
                *tickets = tickets.saturating_sub(1);
                if *tickets == 0 {
                    change(*opener, rents.batch, 0);
                }
            }
        }
        _ => {}
    }
}
