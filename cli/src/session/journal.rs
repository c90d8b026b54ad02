//! What a command and those before it have signed.

use anyhow::Result;
use sluice_client::{ClientError, Journal, Outlook, Pending, send::pending};
use solana_signature::Signature;

use super::Session;
use crate::output::announce;

impl Session {
    /// The journal of this cluster.
    pub fn journal(&self) -> Result<&Journal> {
        if let Some(journal) = self.journal.get() {
            return Ok(journal);
        }
        let journal = Journal::new(self.settings.journal()?, self.genesis()?);
        Ok(self.journal.get_or_init(|| journal))
    }

    /// Every transaction that this command signed and perhaps sent, in order.
    pub fn signatures(&self) -> Vec<Signature> {
        self.journal.get().map(Journal::signed).unwrap_or_default()
    }

    /// Looks up what is undecided: what is known of it now.
    pub fn settle_pending(&self) -> Result<Vec<(Pending, Outlook)>> {
        Ok(pending::settle(
            &self.rpc,
            self.nodes.each(),
            self.journal()?,
        )?)
    }

    /// Looks up what earlier commands left undecided: what is new since this command has looked before.
    /// What another command is at work on is not left.
    pub fn look_behind(&self) -> Result<Vec<(Pending, Outlook)>> {
        let journal = self.journal()?;
        let own = journal.signed();
        let mut settled = self.settle_pending()?;
        settled.retain(|(entry, _)| {
            let is_own = own.iter().any(|own| own.to_string() == entry.signature);
            !is_own && !journal.is_under_way(entry)
        });
        let mut known = self.left_behind.borrow_mut();
        settled.retain(|seen| !known.contains(seen));
        for (entry, _) in &settled {
            known.retain(|(known, _)| known.signature != entry.signature);
        }
        known.extend(settled.iter().cloned());
        Ok(settled)
    }

    /// What other commands are at work on at this moment.
    pub fn under_way(&self) -> Result<Vec<Pending>> {
        let journal = self.journal()?;
        let mut pending = journal.pending()?;
        pending.retain(|entry| journal.is_under_way(entry));
        Ok(pending)
    }

    /// All that earlier commands left, as this one has seen it last.
    pub fn left_behind(&self) -> Vec<(Pending, Outlook)> {
        self.left_behind.borrow().clone()
    }

    /// Strikes out of the journal what is decided, once it was told, and notes of the rest that it was
    /// told. Where that does not work, it is told once more by the next command: no reason to call what
    /// was done a failure.
    pub fn strike_out_told(&self) {
        let Some(journal) = self.journal.get() else {
            return;
        };
        journal.tell_open();
        match journal.strike_out_decided() {
            // It was told: whoever sends ends with it, and `sluice pending` begins with it.
            Ok(()) | Err(ClientError::JournalDamaged { .. }) => {}
            Err(error) => announce(error),
        }
    }
}
