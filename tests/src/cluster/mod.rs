//! A Solana cluster in the test process: solana-program-test's bank with the real stake, vote and
//! token programs and the compiled ELF under test. This layer knows Solana and nothing of Sluice.
//!
//! A harness panics where a test is wrong (a missing signer, a warp into the past); what the
//! runtime refuses comes back as a [`TransactionFailure`].

mod accounts;
mod clock;
mod genesis;
mod loader;
mod lookup_table;
mod outcome;
mod rent;
mod snapshot;
mod stake;
mod token;
mod transaction;
mod validator;

use std::time::Instant;

pub use genesis::{
    ClusterBuilder, built, router_elf, sluice_elf, sol_value_elf, spl_pool_elf, token_metadata_elf,
};
pub use outcome::{Sent, TransactionFailure};
pub use rent::RENT_STEPS_LAMPORTS_PER_BYTE;
pub use snapshot::{AccountChange, AccountsSnapshot};
use solana_hash::Hash;
use solana_keypair::{Keypair, keypair_from_seed};
use solana_program_test::ProgramTestContext;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
pub use stake::{STAKE_ACCOUNT_BYTES, active_stake_account};
pub use transaction::{MAX_TRANSACTION_BYTES, Sending, addresses_of};
pub use validator::{VOTE_ACCOUNT_BYTES, VoteAccount, VoteVersion};

/// One SOL in lamports.
pub const LAMPORTS_PER_SOL: u64 = 1_000_000_000;

/// A running cluster. It stands still between two calls: slots only pass when a test says so.
pub struct Cluster {
    context: ProgramTestContext,
    payer: Keypair,
    seed: u64,
    sent: u64,
    blockhash: Hash,
    blockhash_read_at: Instant,
}

impl Cluster {
    /// Starts a cluster with the compiled Sluice program and otherwise default settings.
    pub async fn start() -> Self {
        Self::builder().sluice().start().await
    }

    /// Settings of a cluster to start, with no program under test yet.
    pub fn builder() -> ClusterBuilder {
        ClusterBuilder::default()
    }

    /// The seed all keypairs derive from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The rich account that pays every fee and funds users. It is never a party of a test, so
    /// that the lamports of users change only by what the instructions do.
    pub fn payer(&self) -> Keypair {
        self.payer.insecure_clone()
    }

    /// The keypair of this name: the same for the same name and seed. It has no lamports yet.
    pub fn keypair(&self, name: &str) -> Keypair {
        named_keypair(self.seed, name)
    }

    /// The keypair of this name, topped up by `lamports` from the payer.
    pub async fn funded(&mut self, name: &str, lamports: u64) -> Keypair {
        let keypair = self.keypair(name);
        self.fund(&keypair.pubkey(), lamports).await;
        keypair
    }

    /// An address of this name that nobody has the key of.
    pub fn address(&self, name: &str) -> Pubkey {
        Pubkey::find_program_address(
            &[name.as_bytes(), &self.seed.to_le_bytes()],
            &solana_sdk_ids::system_program::ID,
        )
        .0
    }
}

fn named_keypair(seed: u64, name: &str) -> Keypair {
    let digest = solana_sha256_hasher::hashv(&[&seed.to_le_bytes(), name.as_bytes()]);
    keypair_from_seed(&digest.to_bytes()).expect("32 bytes are a keypair's seed")
}
