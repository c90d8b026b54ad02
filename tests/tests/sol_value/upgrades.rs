//! After an upgrade of Sluice nothing is answered until the new program is confirmed.

use sluice_sol_value::{ID, OWN_DATA, SLUICE_DATA, STATE, ValueError, instruction};
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, sol_value::DEPLOYED_SLOT},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{assert_refused, unconfirmed, valued};

async fn confirm(
    pool: &mut Pool,
    authority: &Keypair,
    slot: u64,
) -> Result<(), sluice_tests::cluster::TransactionFailure> {
    let confirm = instruction::confirm(authority.pubkey(), slot);
    let addresses = [STATE, SLUICE_DATA, OWN_DATA];
    let before = pool.cluster.snapshot(&addresses).await;
    let outcome = pool.cluster.send(&[confirm], &[authority]).await;
    if outcome.is_err() {
        before.assert_identical(&pool.cluster.snapshot(&addresses).await);
    }
    outcome.map(drop)
}

async fn assert_refuses(pool: &mut Pool, error: ValueError) {
    for question in [pool.lst_to_sol(SOL), pool.sol_to_lst(SOL)] {
        assert_refused(pool.ask(question).await, error);
    }
}

#[tokio::test]
async fn i6_an_upgrade_ends_all_answers_until_its_slot_is_confirmed() {
    let (mut pool, _alice) = unconfirmed().await;
    let authority = pool.confirmed_sol_value().await;
    pool.ask(pool.lst_to_sol(SOL)).await.expect("confirmed");

    pool.deploy(SLUICE_DATA, 77, None);
    assert_refuses(&mut pool, ValueError::Upgraded).await;
    let old = confirm(&mut pool, &authority, DEPLOYED_SLOT).await;
    assert_refused(old, ValueError::WrongSlot);
    assert_refuses(&mut pool, ValueError::Upgraded).await;
    confirm(&mut pool, &authority, 77).await.expect("reviewed");
    pool.ask(pool.lst_to_sol(SOL)).await.expect("confirmed");

    // Also an older slot is another deployment.
    pool.deploy(SLUICE_DATA, DEPLOYED_SLOT, None);
    assert_refuses(&mut pool, ValueError::Upgraded).await;
}

#[tokio::test]
async fn i7_nobody_but_the_calculators_upgrade_authority_confirms() {
    let (mut pool, alice) = unconfirmed().await;
    assert_refuses(&mut pool, ValueError::NotConfirmed).await;
    let authority = pool.authority_of_sol_value().await;
    assert_refuses(&mut pool, ValueError::NotConfirmed).await;
    let stranger = confirm(&mut pool, &alice, DEPLOYED_SLOT).await;
    assert_refused(stranger, ValueError::NotAuthority);

    let mut unsigned = instruction::confirm(authority.pubkey(), DEPLOYED_SLOT);
    unsigned.accounts[0].is_signer = false;
    let outcome = pool.try_out(&[unsigned], &[]).await;
    assert_refused(outcome, ValueError::NotAuthority);

    // Who upgrades Sluice is not who says that the upgrade is good.
    pool.deploy(SLUICE_DATA, DEPLOYED_SLOT, Some(alice.pubkey()));
    let upgrader = confirm(&mut pool, &alice, DEPLOYED_SLOT).await;
    assert_refused(upgrader, ValueError::NotAuthority);
    assert!(pool.cluster.try_account(&STATE).await.is_none());
    confirm(&mut pool, &authority, DEPLOYED_SLOT)
        .await
        .expect("it may");
}

#[tokio::test]
async fn an_immutable_calculator_confirms_nothing_more_and_goes_on_until_the_next_upgrade() {
    let (mut pool, _alice) = unconfirmed().await;
    let authority = pool.confirmed_sol_value().await;
    pool.deploy(OWN_DATA, DEPLOYED_SLOT, None);
    pool.ask(pool.lst_to_sol(SOL)).await.expect("confirmed");
    pool.deploy(SLUICE_DATA, 77, None);
    let late = confirm(&mut pool, &authority, 77).await;
    assert_refused(late, ValueError::NotAuthority);
    assert_refuses(&mut pool, ValueError::Upgraded).await;
}

#[tokio::test]
async fn i8_lamports_at_the_states_address_beforehand_stop_nothing() {
    for lamports in [1, SOL] {
        let (mut pool, _alice) = unconfirmed().await;
        pool.cluster.fund(&STATE, 2 * SOL).await;
        pool.cluster
            .change_account(&STATE, |account| account.lamports = lamports)
            .await;
        assert_refuses(&mut pool, ValueError::NotConfirmed).await;
        pool.confirmed_sol_value().await;
        let state = pool.cluster.account(&STATE).await;
        assert_eq!((state.owner, state.data.len()), (ID, 8));
        assert_eq!(state.data, DEPLOYED_SLOT.to_le_bytes());
        pool.ask(pool.lst_to_sol(SOL)).await.expect("confirmed");
    }
}

#[tokio::test]
async fn a_program_account_that_is_closed_or_cut_off_is_no_deployment() {
    let (mut pool, _alice) = valued().await;
    let before = pool.cluster.account(&SLUICE_DATA).await;
    for bytes in [0, 3, 4, 11] {
        let cut = |account: &mut solana_account::Account| account.data.truncate(bytes);
        pool.cluster.change_account(&SLUICE_DATA, cut).await;
        assert_refuses(&mut pool, ValueError::WrongProgramData).await;
        pool.cluster.set_account(&SLUICE_DATA, before.clone());
    }
    // The loader marks what is closed, or not deployed yet, with another number.
    let closed = |account: &mut solana_account::Account| account.data[0] = 0;
    pool.cluster.change_account(&SLUICE_DATA, closed).await;
    assert_refuses(&mut pool, ValueError::WrongProgramData).await;
    pool.cluster.set_account(&SLUICE_DATA, before.clone());
    let stranger = pool.cluster.address("another loader");
    let moved = |account: &mut solana_account::Account| account.owner = stranger;
    pool.cluster.change_account(&SLUICE_DATA, moved).await;
    assert_refuses(&mut pool, ValueError::WrongProgramData).await;
}
