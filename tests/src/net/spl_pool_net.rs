//! A localnet on which there is a pool of SPL Stake Pool too.

use std::time::Duration;

use sluice_client::{
    Conversion, PoolSnapshot, SplPool,
    plan::convert::{ConversionAccounts, ConversionPart, Minimums},
};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_signer::Signer;

use super::{PoolNet, SOL, SplPoolAccounts};
use crate::cluster::spl_pool_elf;

/// What the payer holds of the other pool's tokens.
pub const HELD_TOKENS: u64 = 400 * SOL;

/// Two pools, and the payer with tokens of the other one.
pub struct SplPoolNet {
    /// Our pool, and the cluster.
    pub net: PoolNet,
    /// The vote accounts of the cluster.
    pub votes: Vec<Pubkey>,
}

impl SplPoolNet {
    /// Ours has the first three of five validators, with active stake; the other pool has these.
    pub fn start(validators: &[(usize, u64)], preferred: Option<usize>) -> Self {
        let payer = Keypair::new();
        let mut config = LocalnetConfig {
            epoch_duration: Duration::from_secs(600),
            ..LocalnetConfig::default()
        };
        let vote = |index: usize| config.validators[index].vote.pubkey();
        let votes: Vec<Pubkey> = (0..config.validators.len()).map(vote).collect();
        let of = |index: usize| votes[index];
        let spl_pool = SplPoolAccounts {
            validators: validators
                .iter()
                .map(|(index, lamports)| (of(*index), *lamports))
                .collect(),
            holders: vec![(payer.pubkey(), HELD_TOKENS)],
            preferred: preferred.map(of),
        };
        config.accounts = spl_pool.accounts(&Rent::default());
        config.programs = vec![ProgramConfig {
            id: spl_stake_pool::ID,
            elf: ProgramElf::Path(spl_pool_elf()),
            upgrade_authority: None,
        }];
        let net = PoolNet::start(config, payer, 3);
        net.stake_and_activate(100 * SOL);
        Self { net, votes }
    }

    /// The other pool as it is now.
    pub fn spl_pool(&self) -> SplPool {
        SplPool::load(&self.net.rpc, &SplPoolAccounts::pool(), None).unwrap()
    }

    /// Our pool with its stake accounts, as it is now.
    pub fn snapshot(&self) -> PoolSnapshot {
        PoolSnapshot::with_stakes(&self.net.rpc, &self.net.addresses).unwrap()
    }

    /// Brings the other pool to the current epoch; how many transactions that took.
    pub fn update_spl_pool(&self) -> usize {
        let updates = self.spl_pool().updates(self.snapshot().cluster.clock.epoch);
        for update in &updates {
            self.net.send(update);
        }
        updates.len()
    }

    /// The transactions of a conversion that accepts nothing less than was quoted.
    pub fn transactions(
        &self,
        conversion: &Conversion,
        accounts: &ConversionAccounts,
    ) -> Vec<Vec<Instruction>> {
        let pools = (&self.net.addresses, &self.spl_pool());
        let owner = self.net.payer.pubkey();
        let exactly = |part: &ConversionPart| Minimums {
            lamports: part.lamports.get(),
            lst: part.lst.get(),
        };
        let exactly: Vec<Minimums> = conversion.parts.iter().map(exactly).collect();
        conversion
            .transactions(&self.net.rpc, pools, &owner, accounts, &exactly)
            .unwrap()
    }

    /// Tokens of the other pool that the payer holds.
    pub fn tokens(&self) -> u64 {
        let owner = self.net.payer.pubkey();
        self.spl_pool().tokens_of(&self.net.rpc, &owner).unwrap()
    }
}
