//! A wallet's stake accounts.

use std::fmt;

use anyhow::{Error, Result, bail};
use serde::Serialize;
use sluice_client::{HeldStake, PoolSnapshot, stake_accounts_at, stake_accounts_of};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use super::advice::{NextEpoch, Way, advice};
use crate::{
    args::{DepositStakeArgs, StakeAccountsArgs},
    next,
    output::table,
    session::Session,
};

/// Somebody's stake accounts.
#[derive(Debug, Serialize)]
pub struct StakeAccounts {
    owner: String,
    pool: String,
    epoch: u64,
    next_epoch_slot: u64,
    seconds_until_next_epoch: Option<u64>,
    deposits_closed: Option<String>,
    stake_accounts: Vec<StakeAccountLine>,
}

#[derive(Debug, Serialize)]
struct StakeAccountLine {
    stake_account: String,
    state: String,
    vote: Option<String>,
    lamports: u64,
    delegated_lamports: u64,
    staker: String,
    withdrawer: String,
    way: Way,
    lst: Option<u64>,
    advice: String,
}

/// Shows the stake accounts of a wallet, with the way of each into the configured pool.
pub fn list(session: &Session, arguments: StakeAccountsArgs) -> Result<StakeAccounts> {
    let owner = session.address_or_own(arguments.owner)?;
    let snapshot = session.snapshot_with_stakes()?;
    let held = all_of(session, &owner)?;
    let next = NextEpoch::of(session, &snapshot)?;
    let line = |held: &HeldStake| StakeAccountLine::new(&snapshot, held, &owner, &next);
    Ok(StakeAccounts {
        owner: owner.to_string(),
        pool: snapshot.addresses.pool.to_string(),
        epoch: snapshot.cluster.clock.epoch,
        next_epoch_slot: next.slot,
        seconds_until_next_epoch: next.seconds,
        deposits_closed: deposits_closed(&snapshot),
        stake_accounts: held.iter().map(line).collect::<Result<_>>()?,
    })
}

/// All stake accounts of a wallet. Nobody but the node's index knows them.
pub fn all_of(session: &Session, wallet: &Pubkey) -> Result<Vec<HeldStake>> {
    stake_accounts_of(&session.rpc, wallet).map_err(|error| match error.refuses_method() {
        true => Error::from(error).context(
            "stake accounts cannot be found on this node: `sluice stake-account deposit STAKE_ACCOUNT` \
             takes those that you name",
        ),
        false => error.into(),
    })
}

/// The stake accounts that are to be deposited: those that were named, or all.
pub fn candidates(
    session: &Session,
    arguments: &DepositStakeArgs,
    wallet: &Pubkey,
) -> Result<Vec<HeldStake>> {
    if arguments.all {
        let held = all_of(session, wallet)?;
        if held.is_empty() {
            bail!("{wallet} has no stake accounts: `sluice stake` deposits SOL");
        }
        return Ok(held);
    }
    let held = stake_accounts_at(&session.rpc, &arguments.stake_accounts)?;
    for address in &arguments.stake_accounts {
        if held.iter().all(|held| held.address != *address) {
            bail!(
                "{address} is no stake account that was initialized: `sluice stake-account list` shows yours"
            );
        }
    }
    Ok(held)
}

/// Why the pool takes no deposits now. Prices that are out of date are no reason: `deposit`
/// cranks first.
fn deposits_closed(snapshot: &PoolSnapshot) -> Option<String> {
    let open = snapshot.pool.require_deposits_open(&snapshot.cluster.clock);
    let closed = open.err().filter(|_| snapshot.is_fresh());
    closed.map(|error| next::sentence(&error.into()))
}

impl StakeAccountLine {
    fn new(
        snapshot: &PoolSnapshot,
        held: &HeldStake,
        owner: &Pubkey,
        next: &NextEpoch,
    ) -> Result<Self> {
        let route = snapshot.route(held, owner)?;
        let delegated = held.stake.delegation.map(|delegation| delegation.lamports);
        Ok(Self {
            stake_account: held.address.to_string(),
            state: held.state(&snapshot.cluster).to_string(),
            vote: held.vote().map(|vote| vote.to_string()),
            lamports: held.stake.lamports.get(),
            delegated_lamports: delegated.unwrap_or_default().get(),
            staker: held.stake.staker.to_string(),
            withdrawer: held.stake.withdrawer.to_string(),
            way: Way::of(&route),
            lst: route.lst().map(Lst::get),
            advice: advice(&route, next),
        })
    }
}

impl fmt::Display for StakeAccounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stake_accounts.is_empty() {
            return writeln!(formatter, "{} has no stake accounts.", self.owner);
        }
        let mut accounts = table(["SOL", "stake account", "state", "what to do"], 4);
        for line in &self.stake_accounts {
            let validator = line.vote.as_ref();
            let validator = validator.map_or_else(String::new, |vote| format!("\n{vote}"));
            accounts.add_row([
                Lamports::new(line.lamports).to_string(),
                format!("{}{validator}", line.stake_account),
                line.state.clone(),
                sentence(&line.advice),
            ]);
        }
        writeln!(
            formatter,
            "{accounts}\nBelow each stake account is its validator. `sluice stake-account deposit --all` \
             deposits what can be deposited."
        )?;
        match &self.deposits_closed {
            Some(why) => writeln!(formatter, "Not now, though. {why}."),
            None => Ok(()),
        }
    }
}

/// With a capital letter and a full stop.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}
