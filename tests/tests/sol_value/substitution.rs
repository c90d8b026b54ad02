//! Every account of a question and of a confirmation, replaced by every wrong one.

use sluice_sol_value::{OWN_DATA, SLUICE, SLUICE_DATA, STATE, SYSTEM, ValueError, instruction};
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{assert_refused, valued};

/// Accounts that might stand in for another: unknown, of the pool, of the loader; and a copy of the
/// account itself at another address.
async fn others(pool: &mut Pool, of: Pubkey) -> Vec<Pubkey> {
    let copy = pool.cluster.address("a copy");
    let original = pool.cluster.account(&of).await;
    pool.cluster.set_account(&copy, original);
    let known = [STATE, SLUICE, SLUICE_DATA, OWN_DATA, SYSTEM];
    let mut others = vec![copy, pool.cluster.address("unknown")];
    others.extend(known);
    others.extend([pool.addresses.mint, pool.addresses.history]);
    others.retain(|other| *other != of);
    others
}

async fn assert_replaced(pool: &mut Pool, good: &Instruction, at: usize, errors: &[ValueError]) {
    let authority = pool.cluster.keypair("authority of sol-value");
    for other in others(pool, good.accounts[at].pubkey).await {
        let mut bad = good.clone();
        bad.accounts[at].pubkey = other;
        let is_confirm = bad.accounts.iter().any(|meta| meta.is_signer);
        let signers = if is_confirm { vec![&authority] } else { vec![] };
        let failure = pool.try_out(&[bad], &signers).await.expect_err("refused");
        let codes: Vec<_> = errors.iter().map(|error| Some(*error as u32)).collect();
        assert!(codes.contains(&failure.custom_code), "{at}: {failure}");
    }
}

#[tokio::test]
async fn every_account_of_a_question_is_the_only_one() {
    let (mut pool, _alice) = valued().await;
    for good in [pool.lst_to_sol(SOL), pool.sol_to_lst(SOL)] {
        let expected = [
            [ValueError::WrongMint].as_slice(),
            &[ValueError::WrongState],
            &[ValueError::OtherProgram, ValueError::NotAPool],
            &[ValueError::WrongProgram],
            &[ValueError::WrongProgramData],
        ];
        assert_eq!(good.accounts.len(), expected.len());
        // A copy of a pool would be one; but only the program can write an account of its own.
        for (at, errors) in expected.into_iter().enumerate() {
            if at == 2 {
                for other in [
                    STATE,
                    SLUICE_DATA,
                    pool.addresses.mint,
                    pool.addresses.history,
                ] {
                    let mut bad = good.clone();
                    bad.accounts[at].pubkey = other;
                    let failure = pool.ask(bad).await.expect_err("no pool");
                    let codes = errors.iter().map(|error| Some(*error as u32));
                    assert!(codes.into_iter().any(|code| code == failure.custom_code));
                }
            } else {
                assert_replaced(&mut pool, &good, at, errors).await;
            }
        }
    }
}

#[tokio::test]
async fn every_account_of_a_confirmation_is_the_only_one() {
    let (mut pool, _alice) = super::unconfirmed().await;
    let authority = pool.authority_of_sol_value().await;
    let slot = sluice_tests::scenario::sol_value::DEPLOYED_SLOT;
    let good = instruction::confirm(authority.pubkey(), slot);
    for (at, error) in [
        (2, ValueError::WrongProgram),
        (3, ValueError::WrongProgramData),
        (4, ValueError::WrongOwnData),
        (5, ValueError::WrongProgram),
    ] {
        assert_replaced(&mut pool, &good, at, &[error]).await;
    }
    let mut elsewhere = good.clone();
    elsewhere.accounts[1].pubkey = pool.cluster.address("another state");
    let outcome = pool.try_out(&[elsewhere], &[&authority]).await;
    assert_refused(outcome, ValueError::WrongState);
    pool.try_out(&[good], &[&authority])
        .await
        .expect("all right");
}

#[tokio::test]
async fn i5_the_pool_of_another_mint_is_not_taken_for_a_mints_own() {
    let (mut pool, _alice) = valued().await;
    let question = pool.lst_to_sol(SOL);
    let first = pool.addresses.mint;
    pool.turn_to("other");
    pool.found("other", sluice::state::PoolConfig::RECOMMENDED)
        .await;
    let mut mixed = question.clone();
    mixed.accounts[2].pubkey = pool.addresses.pool;
    assert_ne!(pool.addresses.mint, first);
    assert_refused(pool.ask(mixed).await, ValueError::WrongMint);
    pool.ask(question).await.expect("the pool of the mint");
}
