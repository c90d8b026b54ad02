//! What really happened, by the cluster's own word.

use std::collections::HashSet;

use solana_pubkey::Pubkey;

use crate::net::CliNet;

/// A wallet, and what it had done before.
pub struct Wallet<'a> {
    net: &'a CliNet,
    address: Pubkey,
    before: HashSet<String>,
}

/// Transactions that arrived.
pub struct Landed {
    /// Signatures of those that did what they say.
    pub done: Vec<String>,
    /// Signatures of those that only cost their fee.
    pub failed: Vec<String>,
}

impl<'a> Wallet<'a> {
    /// A wallet as it is now.
    pub fn open(net: &'a CliNet, address: &Pubkey) -> Self {
        let mut wallet = Self {
            net,
            address: *address,
            before: HashSet::new(),
        };
        let now = wallet.landed();
        wallet.before = [now.done, now.failed].concat().into_iter().collect();
        wallet
    }

    /// What has arrived since then. Who opened a batch is named by claims of others, too: what counts is
    /// what the wallet signed.
    pub fn landed(&self) -> Landed {
        let all = self.net.rpc.get_signatures_for_address(&self.address);
        let new = all.unwrap().into_iter();
        let new = new.filter(|one| !self.before.contains(&one.signature));
        let new = new.filter(|one| self.has_signed(&one.signature));
        let (done, failed): (Vec<_>, Vec<_>) = new.partition(|one| one.err.is_none());
        let [done, failed] = [done, failed].map(|all| {
            let signatures = all.into_iter().map(|one| one.signature);
            signatures.collect()
        });
        Landed { done, failed }
    }

    fn has_signed(&self, signature: &str) -> bool {
        let message = self.net.transaction(signature).message;
        let signers = usize::from(message.header().num_required_signatures);
        message.static_account_keys()[..signers].contains(&self.address)
    }
}
