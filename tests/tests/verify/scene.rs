//! A pool with something of everything, and how a lie is planted in its bank.

use anchor_lang::{Discriminator, ZeroCopy};
use sluice_client::{Evidence, Expected, Report, quote::verify};
use sluice_tests::{
    pool::{Known, Pool},
    scenario::{CREDITS, SOL, voting_pool_with},
};
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::StakeStateV2;

/// A pool whose books have nothing that is zero.
pub struct Scene {
    pub pool: Pool,
    reader: Known,
    /// What an honest node shows.
    pub honest: Evidence,
    /// What a reader expects of the program.
    pub expected: Expected,
}

impl Scene {
    /// Four validators, one of which has left; stake that is active, activating and deactivating; a
    /// batch that is settled and half claimed, one that is locked, one that is open; a history.
    pub async fn set() -> Self {
        let (mut pool, alice) = voting_pool_with(&[2, 2, 2, 1], |config| {
            config.reserve_target_bps = 100;
            config.reward_fee_bps = 500;
            config.holder_share_bps = 2_000;
        })
        .await;
        let gone = pool.vote(3);
        pool.retire(&gone).await;
        for _ in 0..4 {
            pool.crank_next_epoch(CREDITS).await;
            pool.crank_window().await;
        }
        pool.crank_next_epoch(CREDITS).await;
        pool.close(&gone).await;
        let first = pool.request(&alice, 20 * SOL).await;
        pool.request(&alice, 30 * SOL).await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        pool.claim(&first).await;
        pool.request(&alice, 120 * SOL).await;
        pool.request(&alice, 10 * SOL).await;
        pool.crank_window().await;
        pool.request(&alice, 5 * SOL).await;
        let mut reader = pool.reader().await;
        let honest = pool.evidence(&mut reader, &[]).await;
        let deployed = honest.deployed.clone().expect("the program is deployed");
        Self {
            pool,
            reader,
            expected: Expected {
                program_hash: Some(deployed.hash),
                upgrade_authority: Some(deployed.upgrade_authority),
            },
            honest,
        }
    }

    /// Has an account read again that was changed in the bank.
    pub fn forget(&mut self, address: Pubkey) {
        self.reader.forget(&[address]);
    }

    /// What the report says once the bank has these accounts instead.
    pub async fn told(&mut self, lie: &Evidence, listed: &[Pubkey]) -> Report {
        let honest = &self.honest.accounts;
        let touched = honest.keys().chain(lie.accounts.keys());
        let touched: Vec<Pubkey> = touched
            .filter(|address| honest.get(address) != lie.accounts.get(address))
            .copied()
            .collect();
        let before = self.pool.cluster.snapshot(&touched).await;
        for address in &touched {
            let account = lie.accounts.get(address).cloned().unwrap_or_default();
            self.pool.cluster.set_account(address, account);
        }
        self.reader.forget(&touched);
        let evidence = self.pool.evidence(&mut self.reader, listed).await;
        self.pool.cluster.restore(&before).await;
        self.reader.forget(&touched);
        verify::verify(&evidence, &self.expected).expect("sums that fit")
    }
}

/// Changes an account of the program.
pub fn edit<T: ZeroCopy + Discriminator>(
    evidence: &mut Evidence,
    address: Pubkey,
    change: impl FnOnce(&mut T),
) {
    let account = evidence.accounts.get_mut(&address).expect("the account");
    let fields = &mut account.data[T::DISCRIMINATOR.len()..][..size_of::<T>()];
    let mut content: T = bytemuck::pod_read_unaligned(fields);
    change(&mut content);
    fields.copy_from_slice(bytemuck::bytes_of(&content));
}

/// Changes a mint or a token account.
pub fn edit_token<T: Pack>(evidence: &mut Evidence, address: Pubkey, change: impl FnOnce(&mut T)) {
    let account = evidence.accounts.get_mut(&address).expect("the account");
    let mut content = T::unpack_from_slice(&account.data).expect("a token");
    change(&mut content);
    content.pack_into_slice(&mut account.data);
}

/// Changes a stake account.
pub fn edit_stake(
    evidence: &mut Evidence,
    address: Pubkey,
    change: impl FnOnce(&mut StakeStateV2),
) {
    let account = evidence.accounts.get_mut(&address).expect("the account");
    let mut content: StakeStateV2 = bincode::deserialize(&account.data).expect("a stake");
    change(&mut content);
    let bytes = bincode::serialize(&content).expect("a stake");
    account.data[..bytes.len()].copy_from_slice(&bytes);
}

/// The account at an address, to change.
pub fn account(evidence: &mut Evidence, address: Pubkey) -> &mut Account {
    evidence.accounts.get_mut(&address).expect("the account")
}
