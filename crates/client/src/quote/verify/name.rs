//! What the token is called, and who can call it otherwise.

use solana_pubkey::Pubkey;

use super::{
    books::Books,
    check::{Check, Subject, Verdict},
};
use crate::{TokenMetadata, pool::token_metadata::TOKEN_METADATA_PROGRAM};

/// Where wallets and exchanges read it.
const NAMED: &str = "Wallets show the name, the symbol and the logo";

impl Books<'_> {
    /// Who can rename the token can make it look like another one.
    pub fn name(&self) -> Check {
        let own = &self.evidence.addresses;
        let address = own.metadata();
        let account = self.evidence.account(&address);
        // Anybody can send lamports to the address of metadata that does not exist.
        let account = account.filter(|account| account.owner == TOKEN_METADATA_PROGRAM);
        let Some(account) = account else {
            let fine = "The token has no name, and nobody can give it one.";
            return Check::new(Subject::Name, fine);
        };
        let Some(token) = TokenMetadata::of_account(own, account) else {
            let mut check = Check::new(Subject::Name, "");
            let says = "It should say what the token is called, and cannot be read.";
            check.about(Verdict::Warning, address, says);
            return check;
        };
        let called = format!("{} ({})", token.name(), token.symbol());
        if !token.is_mutable {
            let fine = format!("The token is called {called}, and nobody can change that.");
            return Check::new(Subject::Name, fine);
        }
        let authority = token.update_authority;
        let fine = format!(
            "The token is called {called}. {authority} can call it otherwise at once; only a program signs for it, \
             as for a multisig's vault."
        );
        let mut check = Check::new(Subject::Name, fine);
        if authority.is_on_curve() && authority != Pubkey::default() {
            let says = format!(
                "It can call the token otherwise at once, now {called}. {NAMED}. It is a single key and no multisig."
            );
            check.about(Verdict::Notice, authority, says);
        }
        check
    }
}
