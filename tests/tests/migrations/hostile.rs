//! What a stranger can do with a migration, which anybody may send: nothing else.

use std::mem::offset_of;

use anchor_lang::{Discriminator, error::ErrorCode};
use sluice::{
    SluiceError,
    state::{Pool, VERSION, ValidatorPage},
};
use sluice_tests::cluster::TransactionFailure;
use solana_account::Account;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::frozen::{FrozenPool, VERSION_BYTE};

impl FrozenPool {
    /// A copy of an account at an address of the stranger's, changed.
    async fn forged(&mut self, of: &Pubkey, change: impl FnOnce(&mut Account)) -> Pubkey {
        let address = Pubkey::new_unique();
        let mut account = self.pool.cluster.account(of).await;
        change(&mut account);
        self.pool.cluster.set_account(&address, account);
        address
    }

    /// Sends what must be refused with this code and change nothing.
    async fn refused(&mut self, instruction: Instruction, code: u32) -> TransactionFailure {
        let before = self.snapshot().await;
        let failure = self.pool.cluster.must_fail(&[instruction], &[]).await;
        assert_eq!(failure.custom_code, Some(code), "{failure}");
        before.assert_identical(&self.snapshot().await);
        failure
    }

    fn migrate_pool_instruction(&self) -> Instruction {
        let payer = self.pool.cluster.payer().pubkey();
        self.pool.addresses.migrate_pool(payer, 2)
    }
}

/// The offset of an account's field in its data.
const fn at(field: usize) -> usize {
    VERSION_BYTE + field
}

#[tokio::test]
async fn only_pages_are_migrated_as_pages() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let payer = frozen.pool.cluster.payer().pubkey();
    frozen.migrate_page(1).await;
    let theirs = frozen
        .forged(&addresses.page(0), |page| page.owner = Pubkey::new_unique())
        .await;
    let migrate = |account: Pubkey| {
        let mut migrate = addresses.migrate_page(payer, 0, Some(1));
        migrate.accounts[0].pubkey = account;
        migrate
    };
    let code = ErrorCode::AccountOwnedByWrongProgram.into();
    frozen.refused(migrate(theirs), code).await;
    let code = ErrorCode::AccountDiscriminatorMismatch.into();
    for account in [addresses.pool, addresses.history, frozen.open.ticket] {
        frozen.refused(migrate(account), code).await;
    }
}

#[tokio::test]
async fn slots_move_to_a_page_of_the_same_pool_only() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let payer = frozen.pool.cluster.payer().pubkey();
    frozen.migrate_page(1).await;
    let foreign = frozen
        .forged(&addresses.page(1), |page| {
            page.data[at(offset_of!(ValidatorPage, pool))] ^= 1;
        })
        .await;
    let mut migrate = addresses.migrate_page(payer, 0, Some(1));
    let other = addresses.page(1);
    let mut accounts = migrate.accounts.iter_mut();
    let place = accounts.find(|meta| meta.pubkey == other);
    place.expect("the other page").pubkey = foreign;
    frozen
        .refused(migrate, SluiceError::WrongPages.into())
        .await;
    frozen.migrate_page(0).await;
}

#[tokio::test]
async fn a_pool_is_migrated_with_all_of_its_own_pages_only() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate_page(1).await;
    frozen.migrate_page(0).await;
    let addresses = frozen.pool.addresses;
    let whole = frozen.migrate_pool_instruction();
    let pages = whole.accounts.len() - 2;
    let with = |change: &dyn Fn(&mut Vec<AccountMeta>)| {
        let mut instruction = whole.clone();
        change(&mut instruction.accounts);
        instruction
    };
    let wrong = SluiceError::WrongPages.into();
    let one_less = with(&|accounts| accounts.truncate(pages + 1));
    frozen.refused(one_less, wrong).await;
    let swapped = with(&|accounts| accounts.swap(pages, pages + 1));
    frozen.refused(swapped, wrong).await;
    let doubled = with(&|accounts| accounts[pages + 1] = accounts[pages].clone());
    frozen.refused(doubled, wrong).await;
    let more = with(&|accounts| accounts.push(accounts[pages].clone()));
    frozen.refused(more, wrong).await;

    let foreign = frozen
        .forged(&addresses.page(0), |page| {
            page.data[at(offset_of!(ValidatorPage, pool))] ^= 1;
        })
        .await;
    let foreign = with(&|accounts| accounts[pages].pubkey = foreign);
    frozen.refused(foreign, wrong).await;
    frozen.migrate_pool().await;
}

#[tokio::test]
async fn a_pool_is_migrated_with_its_own_history_and_a_payer_who_signs() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate_page(1).await;
    frozen.migrate_page(0).await;
    let addresses = frozen.pool.addresses;
    let history = frozen.forged(&addresses.history, |_| {}).await;
    let mut migrate = frozen.migrate_pool_instruction();
    migrate.accounts[1].pubkey = history;
    frozen
        .refused(migrate, SluiceError::ForeignAccount.into())
        .await;

    let mut migrate = frozen.migrate_pool_instruction();
    migrate.accounts[2] = AccountMeta::new(frozen.alice.pubkey(), false);
    frozen
        .refused(migrate, ErrorCode::AccountNotSigner.into())
        .await;

    // The pool's own lamports cannot pay: none of its addresses can sign.
    let mut migrate = frozen.migrate_pool_instruction();
    migrate.accounts[2] = AccountMeta::new(addresses.reserve, false);
    frozen
        .refused(migrate, ErrorCode::AccountNotSigner.into())
        .await;
}

/// A program that was rolled back after the first migration touches nothing it does not know.
#[tokio::test]
async fn accounts_of_a_newer_program_are_left_alone() {
    let newer = |_: &Pubkey, account: &mut Account| {
        let kinds = [Pool::DISCRIMINATOR, ValidatorPage::DISCRIMINATOR];
        if kinds.iter().any(|kind| account.data.starts_with(kind)) {
            account.data[VERSION_BYTE] = VERSION + 1;
        }
    };
    let mut frozen = FrozenPool::start_with(newer).await;
    frozen.assert_newer_is_refused().await;
}

/// Prefunding, the stranger's only way to touch the accounts, changes nothing but who pays.
#[tokio::test]
async fn lamports_sent_to_the_history_stay_there() {
    let mut frozen = FrozenPool::start().await;
    let history = frozen.pool.addresses.history;
    frozen.pool.cluster.fund(&history, 5_000_000_000).await;
    let before = frozen.pool.cluster.lamports(&history).await;
    frozen.migrate().await;
    assert_eq!(frozen.pool.cluster.lamports(&history).await, before);
}
