//! What stake accounts cost in it: coming in and going out, by the number of validators.
//!
//! The program walks its list of validators, so the first, the middle and the last are measured.

use sluice_tests::cluster::{LAMPORTS_PER_SOL, STAKE_ACCOUNT_BYTES, Sent};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::program::ID as STAKE_PROGRAM;
use solana_system_interface::instruction::create_account;
use spl_stake_pool::{ID, find_stake_program_address, instruction};
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::setup::SplPool;
use crate::measure::{STAKE_DEPOSIT_LAMPORTS, STAKE_EXIT_LST, Samples};

/// What every validator gets above the minimum, so that stake can be taken from any of them.
const MORE_STAKE_LAMPORTS: u64 = 3 * LAMPORTS_PER_SOL;

/// Measures stake deposits and exits in a pool whose validators all have stake to give.
pub(super) async fn measure_stakes(spl_pool: &mut SplPool, samples: &mut Samples) {
    let unused = &mut Samples::of("unused");
    spl_pool.next_epoch().await;
    spl_pool.update(unused).await;
    for vote in spl_pool.votes.clone() {
        spl_pool.increase(&vote, MORE_STAKE_LAMPORTS, unused).await;
    }
    spl_pool.next_epoch().await;
    spl_pool.update(unused).await;

    let validators = spl_pool.votes.len();
    let holder = spl_pool.holder("holder of stake").await;
    for place in [0, validators / 2, validators - 1] {
        let sent = spl_pool.deposit_stake(&holder, place).await;
        record(samples, "DepositStake", validators, &sent);
        let sent = spl_pool.withdraw_stake(&holder, place).await;
        record(samples, "WithdrawStake", validators, &sent);
    }
}

/// Everything that the holder's transaction takes, and the program's instruction alone.
fn record(samples: &mut Samples, name: &str, validators: usize, sent: &Sent) {
    let whole = format!("{name}_{validators}_validators");
    samples.compute(&whole, sent.compute_units);
    let alone = sent.compute_units_of(&ID);
    samples.compute(format!("{whole}_alone"), alone[0]);
}

impl SplPool {
    fn stake_of(&self, vote: &Pubkey) -> Pubkey {
        find_stake_program_address(&ID, vote, &self.pool, None).0
    }

    /// Hands an active stake account over and deposits it.
    async fn deposit_stake(&mut self, holder: &Keypair, place: usize) -> Sent {
        let (owner, vote) = (holder.pubkey(), self.votes[place]);
        let name = format!("stake for {place}");
        let lamports = STAKE_DEPOSIT_LAMPORTS;
        let cluster = &mut self.cluster;
        let stake = cluster
            .inject_active_stake(&name, &owner, lamports, &vote)
            .await;
        let account = self.account().await;
        let deposit = instruction::deposit_stake(
            &ID,
            &self.pool,
            &account.validator_list,
            &self.authority,
            &stake,
            &owner,
            &self.stake_of(&vote),
            &account.reserve_stake,
            &Self::tokens_of(holder, &account),
            &account.manager_fee_account,
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
        );
        self.cluster.must_send(&deposit, &[holder]).await
    }

    /// Creates an account and takes stake out into it.
    async fn withdraw_stake(&mut self, holder: &Keypair, place: usize) -> Sent {
        let (owner, vote) = (holder.pubkey(), self.votes[place]);
        let received = self.cluster.keypair(&format!("stake from {place}"));
        let rent = self.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let size = STAKE_ACCOUNT_BYTES as u64;
        let account = self.account().await;
        let withdraw = instruction::withdraw_stake(
            &ID,
            &self.pool,
            &account.validator_list,
            &self.authority,
            &self.stake_of(&vote),
            &received.pubkey(),
            &owner,
            &owner,
            &Self::tokens_of(holder, &account),
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
            STAKE_EXIT_LST,
        );
        let create = create_account(&owner, &received.pubkey(), rent, size, &STAKE_PROGRAM);
        let instructions = [create, withdraw];
        let signers = [holder, &received];
        self.cluster.must_send(&instructions, &signers).await
    }
}
