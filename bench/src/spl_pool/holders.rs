//! What its holders pay for: deposits and exits of SOL.

use sluice_tests::cluster::{LAMPORTS_PER_SOL, Sent};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_stake_pool::{ID, instruction, state::StakePool};
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::setup::SplPool;
use crate::measure::{DEPOSITS_LAMPORTS, EXITS_LST, HOLDERS, Samples};

pub(super) async fn measure_holders(spl_pool: &mut SplPool, samples: &mut Samples) {
    for holder in HOLDERS {
        let holder = spl_pool.holder(holder).await;
        for lamports in DEPOSITS_LAMPORTS {
            let sent = spl_pool.deposit(&holder, lamports).await;
            samples.compute("DepositSol", sent.compute_units);
        }
        for tokens in EXITS_LST {
            let sent = spl_pool.withdraw(&holder, tokens).await;
            samples.compute("WithdrawSol", sent.compute_units);
        }
    }
}

impl SplPool {
    /// A holder with lamports and a token account.
    pub(super) async fn holder(&mut self, name: &str) -> Keypair {
        let lamports = 10_000 * LAMPORTS_PER_SOL;
        let holder = self.cluster.funded(name, lamports).await;
        let mint = self.account().await.pool_mint;
        self.cluster
            .create_token_account(&mint, &holder.pubkey())
            .await;
        holder
    }

    /// The holder's account for the pool's token.
    pub(super) fn tokens_of(holder: &Keypair, pool: &StakePool) -> Pubkey {
        get_associated_token_address(&holder.pubkey(), &pool.pool_mint)
    }

    /// Deposits lamports of the holder.
    pub(super) async fn deposit(&mut self, holder: &Keypair, lamports: u64) -> Sent {
        let account = self.account().await;
        let deposit = instruction::deposit_sol(
            &ID,
            &self.pool,
            &self.authority,
            &account.reserve_stake,
            &holder.pubkey(),
            &Self::tokens_of(holder, &account),
            &account.manager_fee_account,
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
            lamports,
        );
        self.cluster.must_send(&[deposit], &[holder]).await
    }

    async fn withdraw(&mut self, holder: &Keypair, tokens: u64) -> Sent {
        let account = self.account().await;
        let withdraw = instruction::withdraw_sol(
            &ID,
            &self.pool,
            &self.authority,
            &holder.pubkey(),
            &Self::tokens_of(holder, &account),
            &account.reserve_stake,
            &holder.pubkey(),
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
            tokens,
        );
        self.cluster.must_send(&[withdraw], &[holder]).await
    }
}
