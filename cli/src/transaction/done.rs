//! What came of a transaction that was sent.

use anyhow::{Context, Result, bail};
use sluice_client::{Confirmed, Event, Sent, Shown, sluice_events};
use solana_rpc_client::rpc_client::RpcClient;

/// Of logs that are cut, nobody knows what is missing.
const CUT_OFF: &str = "its logs are cut off";

/// A confirmed transaction.
pub struct Done {
    /// Its signature.
    pub signature: String,
    /// The slot that it is in.
    pub slot: u64,
    /// What it cost, priority included; none where the node does not say.
    pub fee_lamports: Option<u64>,
    /// What the payer gave beside that; negative where it was given more; none where the node does not say.
    given_lamports: Option<i128>,
    /// Whether it is confirmed by a status alone: asked for the transaction itself, nodes know none.
    pub(super) is_denied: bool,
    /// What the program said, or why that is not known.
    events: std::result::Result<Vec<Event>, &'static str>,
}

/// The slot of the last of several transactions.
pub fn last_slot(done: &[Done]) -> u64 {
    done.iter().map(|done| done.slot).max().unwrap_or_default()
}

/// What the payer put into new accounts in several transactions, where it gave nothing else.
pub fn rent_of(done: &[Done]) -> Option<u64> {
    rent_beside(done, 0)
}

/// The same where it gave this much beside, or was given it where that is negative.
pub fn rent_beside(done: &[Done], beside_lamports: i128) -> Option<u64> {
    u64::try_from(given(done)?.checked_sub(beside_lamports)?).ok()
}

/// The rent of closed accounts that the payer was given back, where it received this much beside.
pub fn returned_rent(done: &[Done], beside_lamports: u64) -> Option<u64> {
    let received = given(done)?.checked_neg()?;
    u64::try_from(received.checked_sub(beside_lamports.into())?).ok()
}

fn given(done: &[Done]) -> Option<i128> {
    let mut given = done.iter().map(|done| done.given_lamports);
    given.try_fold(0, |sum: i128, given| sum.checked_add(given?))
}

impl Done {
    /// Reads what the program said.
    pub(super) fn read(rpc: &RpcClient, sent: Sent) -> Self {
        let shown = Confirmed::look(rpc, &sent.signature);
        let is_denied = shown == Shown::Denied;
        let confirmed = match shown {
            Shown::Executed(confirmed) => Some(confirmed),
            Shown::Denied | Shown::Untold => None,
        };
        let fee_lamports = confirmed.as_ref().map(|confirmed| confirmed.fee_lamports);
        Self {
            signature: sent.signature.to_string(),
            slot: sent.slot,
            fee_lamports,
            given_lamports: confirmed.as_ref().and_then(Confirmed::rent_lamports),
            is_denied,
            events: match confirmed.and_then(|confirmed| confirmed.logs) {
                None => Err("no node tells its logs"),
                Some(logs) if logs.iter().any(|line| line == "Log truncated") => Err(CUT_OFF),
                Some(logs) => Ok(sluice_events(&logs)),
            },
        }
    }

    /// What the payer put into new accounts, where it gave this much beside. None where the node does not say,
    /// or says what cannot be.
    pub fn rent_lamports(&self, beside_lamports: impl Into<i128>) -> Option<u64> {
        let rent = self.given_lamports?.checked_sub(beside_lamports.into())?;
        u64::try_from(rent).ok()
    }

    /// What the program said that `pick` wants.
    pub fn event<'a, T>(&'a self, pick: impl FnMut(&'a Event) -> Option<T> + 'a) -> Result<T> {
        self.events(pick)?.next().with_context(|| self.cut_off())
    }

    /// The same, or none where no node tells what the program said.
    pub fn known<'a, T>(&'a self, pick: impl FnMut(&'a Event) -> Option<T> + 'a) -> Option<T> {
        self.event(pick).ok()
    }

    /// What is said where something that the program must have said is missing.
    pub fn cut_off(&self) -> String {
        self.but(CUT_OFF)
    }

    /// Everything that the program said and `pick` wants. Fails where no node tells what it said: that
    /// is not the same as nothing.
    pub fn events<'a, T>(
        &'a self,
        pick: impl FnMut(&'a Event) -> Option<T> + 'a,
    ) -> Result<impl Iterator<Item = T> + 'a> {
        match &self.events {
            Ok(events) => Ok(events.iter().filter_map(pick)),
            Err(unknown) => bail!(self.but(unknown)),
        }
    }

    fn but(&self, what: &str) -> String {
        format!("transaction {} was confirmed, but {what}", self.signature)
    }
}
