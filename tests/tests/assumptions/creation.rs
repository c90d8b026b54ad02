//! How a stake account comes to be, also at an address that somebody has paid lamports into.

use sluice_tests::cluster::STAKE_ACCOUNT_BYTES;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake::ID as STAKE_PROGRAM;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake,
    state::{Authorized, Lockup, StakeStateV2},
};
use solana_system_interface::{error::SystemError, instruction as system};

use crate::stake_cluster::{SOL, STAKE_RENT, StakeCluster};

const BYTES: u64 = STAKE_ACCOUNT_BYTES as u64;

/// An account of the stake program that nobody has initialized.
async fn uninitialized(stakes: &mut StakeCluster, name: &str, lamports: u64) -> Pubkey {
    let (payer, account) = (
        stakes.cluster.payer().pubkey(),
        stakes.cluster.keypair(name),
    );
    let create = system::create_account(&payer, &account.pubkey(), lamports, BYTES, &STAKE_PROGRAM);
    stakes.cluster.must_send(&[create], &[&account]).await;
    account.pubkey()
}

/// An address that a stranger has paid a SOL into, and its key.
async fn prefunded(stakes: &mut StakeCluster, name: &str) -> Keypair {
    stakes.cluster.funded(name, SOL).await
}

#[tokio::test]
async fn a_stranger_takes_over_an_uninitialized_stake_account_by_initializing_it() {
    let mut stakes = StakeCluster::new().await;
    let account = uninitialized(&mut stakes, "stake", STAKE_RENT + SOL).await;
    let thief = stakes.cluster.funded("thief", SOL).await;
    let take = stake::initialize(
        &account,
        &Authorized::auto(&thief.pubkey()),
        &Lockup::default(),
    );
    stakes.cluster.must_send(&[take], &[]).await;
    let loot = STAKE_RENT + SOL;
    let withdraw = stake::withdraw(&account, &thief.pubkey(), &thief.pubkey(), loot, None);
    stakes.cluster.must_send(&[withdraw], &[&thief]).await;
    assert_eq!(stakes.cluster.lamports(&thief.pubkey()).await, SOL + loot);
}

#[tokio::test]
async fn an_account_is_initialized_only_once() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.initialized("stake", 0).await;
    let again = stake::initialize(&account, &Authorized::auto(&account), &Lockup::default());
    stakes
        .refuses(&[again], InstructionError::InvalidAccountData)
        .await;
}

#[tokio::test]
async fn an_account_below_todays_rent_cannot_be_initialized() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.cluster.address("poor");
    stakes.cluster.set_account(
        &account,
        solana_account::Account {
            lamports: STAKE_RENT - 1,
            data: vec![0; STAKE_ACCOUNT_BYTES],
            owner: STAKE_PROGRAM,
            ..Default::default()
        },
    );
    let initialize = stake::initialize(
        &account,
        &Authorized::auto(&stakes.owner()),
        &Lockup::default(),
    );
    stakes
        .refuses(&[initialize], InstructionError::InsufficientFunds)
        .await;
}

#[tokio::test]
async fn create_account_fails_at_an_address_that_holds_lamports() {
    let mut stakes = StakeCluster::new().await;
    let (account, payer) = (
        prefunded(&mut stakes, "stake").await,
        stakes.cluster.payer().pubkey(),
    );
    let create =
        system::create_account(&payer, &account.pubkey(), STAKE_RENT, BYTES, &STAKE_PROGRAM);
    let failure = stakes.cluster.must_fail(&[create], &[&account]).await;
    assert_eq!(
        failure.custom_code,
        Some(SystemError::AccountAlreadyInUse as u32)
    );
}

#[tokio::test]
async fn allocate_and_assign_work_at_an_address_that_holds_lamports() {
    let mut stakes = StakeCluster::new().await;
    let account = prefunded(&mut stakes, "stake").await;
    let create = [
        system::allocate(&account.pubkey(), BYTES),
        system::assign(&account.pubkey(), &STAKE_PROGRAM),
        stake::initialize(
            &account.pubkey(),
            &Authorized::auto(&stakes.owner()),
            &Lockup::default(),
        ),
    ];
    stakes.cluster.must_send(&create, &[&account]).await;
    let state = stakes.cluster.stake_state(&account.pubkey()).await;
    assert!(matches!(state, StakeStateV2::Initialized(_)), "{state:?}");
    assert_eq!(stakes.cluster.lamports(&account.pubkey()).await, SOL);
}

#[tokio::test]
async fn one_system_instruction_creates_an_account_at_an_address_that_holds_lamports() {
    let mut stakes = StakeCluster::new().await;
    let (account, payer) = (
        prefunded(&mut stakes, "stake").await,
        stakes.cluster.payer().pubkey(),
    );
    let create = system::create_account_allow_prefund(
        &account.pubkey(),
        Some((&payer, STAKE_RENT)),
        BYTES,
        &STAKE_PROGRAM,
    );
    stakes.cluster.must_send(&[create], &[&account]).await;
    let created = stakes.cluster.account(&account.pubkey()).await;
    assert_eq!(
        (created.lamports, created.owner),
        (SOL + STAKE_RENT, STAKE_PROGRAM)
    );
}

#[tokio::test]
async fn a_system_account_is_no_stake_account() {
    let mut stakes = StakeCluster::new().await;
    let account = prefunded(&mut stakes, "system account").await.pubkey();
    let initialize = stake::initialize(
        &account,
        &Authorized::auto(&stakes.owner()),
        &Lockup::default(),
    );
    stakes
        .refuses(&[initialize], InstructionError::InvalidAccountData)
        .await;
}

#[tokio::test]
async fn nothing_moves_into_an_uninitialized_account() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    stakes.cluster.fund(&main, 10).await;
    let other = uninitialized(&mut stakes, "other", STAKE_RENT).await;
    let merge = stake::merge(&main, &other, &stakes.owner()).remove(0);
    for instruction in [
        stakes.move_stake(&main, &other, SOL),
        stakes.move_lamports(&main, &other, 10),
        merge,
    ] {
        stakes
            .refuses(&[instruction], InstructionError::InvalidAccountData)
            .await;
    }
}
