//! Whether somebody has the SOL that a command takes, before anything is sent.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use sluice_client::{ClientError, pool::rent, words::amounts::sol};
use solana_pubkey::Pubkey;

use crate::{
    args::SendMode,
    new_accounts::NewAccounts,
    session::{Actor, Session},
};

/// Fails where `address` has less than this and the rent that every account keeps, which the cluster would
/// refuse to take. Says where SOL comes from. Where nothing is sent, nobody pays.
pub fn require_sol_beside_rent(
    session: &Session,
    address: &Pubkey,
    needed_lamports: u64,
) -> Result<()> {
    require_sol(session, address, &[(needed_lamports, "")], false)
}

/// The same for one transaction, which may leave nothing at all.
pub fn require_sol_at_once(
    session: &Session,
    address: &Pubkey,
    needed_lamports: u64,
) -> Result<()> {
    require_sol(session, address, &[(needed_lamports, "")], true)
}

/// What a command takes of wallets: lamports, and signatures that whoever pays the fees pays.
#[derive(Clone, Debug)]
pub struct Takes {
    parts: Vec<(Pubkey, u64, &'static str)>,
    signatures: usize,
}

impl Takes {
    /// The fees of so many signatures.
    pub fn signatures(signatures: usize) -> Self {
        Self {
            parts: Vec::new(),
            signatures,
        }
    }

    /// Beside it the rent of new accounts.
    pub fn and_rent(self, payer: Pubkey, new: &NewAccounts) -> Self {
        self.and(payer, new.lamports(), "of rent")
    }

    /// Beside it lamports, for what is said, such as `to deposit`.
    pub fn and(mut self, payer: Pubkey, lamports: u64, what: &'static str) -> Self {
        let mut parts = self.parts.iter_mut();
        match parts.find(|part| (part.0, part.2) == (payer, what)) {
            Some(part) => part.1 = part.1.saturating_add(lamports),
            None => self.parts.push((payer, lamports, what)),
        }
        self
    }

    /// Fails where a wallet has less than is taken of it, with the usual fees, also of so many transactions
    /// that come first.
    pub fn require(&self, session: &Session, actor: &Actor, first: usize) -> Result<()> {
        let signatures = self.signatures.saturating_add(first);
        let fees = session.executor(actor.payer())?.usual_fees(signatures);
        let all = self
            .clone()
            .and(actor.payer_address(), fees.get(), "of fees");
        let wallets: BTreeSet<Pubkey> = all.parts.iter().map(|(wallet, ..)| *wallet).collect();
        wallets.iter().try_for_each(|wallet| {
            let parts = all.parts.iter().filter(|(payer, ..)| payer == wallet);
            let parts: Vec<_> = parts
                .map(|(_, lamports, what)| (*lamports, *what))
                .collect();
            require_sol(session, wallet, &parts, true)
        })
    }
}

fn require_sol(
    session: &Session,
    address: &Pubkey,
    parts: &[(u64, &str)],
    may_be_all: bool,
) -> Result<()> {
    if session.send_mode() != SendMode::Send {
        return Ok(());
    }
    let needed_lamports = parts
        .iter()
        .fold(0_u64, |sum, (part, _)| sum.saturating_add(*part));
    let has = session
        .rpc
        .get_balance(address)
        .map_err(ClientError::from)?;
    let kept = rent::read(&session.rpc)?.minimum_balance(0);
    let least = needed_lamports.saturating_add(kept);
    if has >= least || may_be_all && has == needed_lamports {
        return Ok(());
    }
    bail!(
        "this takes {}{}, and {address} has {} and must keep {}, the rent of a wallet: {} are lacking. \
         Nothing was sent. {}",
        sol(needed_lamports),
        listed(parts),
        sol(has),
        sol(kept),
        sol(least.saturating_sub(has)),
        source_of_sol(&session.cluster_name()?)
    )
}

/// The parts of a sum in brackets; nothing where it has only one.
fn listed(parts: &[(u64, &str)]) -> String {
    let parts = parts.iter().filter(|(lamports, _)| *lamports > 0);
    let parts: Vec<String> = parts
        .map(|(lamports, what)| format!("{} {what}", sol(*lamports)))
        .collect();
    match parts.len() {
        0 | 1 => String::new(),
        _ => format!(" ({})", parts.join(", ")),
    }
}

/// Where SOL comes from.
fn source_of_sol(cluster: &str) -> &'static str {
    match cluster {
        "mainnet-beta" => "Send SOL to that address",
        "devnet" | "testnet" => {
            "faucet.solana.com gives SOL of this cluster to an address, and says how much a day"
        }
        _ => {
            "On a local cluster `sluice-localnet airdrop` gives SOL; on another one, send SOL to that address"
        }
    }
}
