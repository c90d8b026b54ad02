//! A holder stakes, leaves at once, asks the queue and is paid, in litesvm.

#[path = "../../holder.rs"]
mod holder;

use litesvm::{LiteSVM, types::TransactionResult};
use sluice_fixture::Fixture;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_signer::Signer;
use solana_transaction::Transaction;

use self::holder::{ONE, at, claim, deposit, exit, request, ticket};

/// A runtime that has the pool, and stands where the pool does. Token and stake program are its own.
fn runtime(fixture: &Fixture) -> LiteSVM {
    let mut svm = LiteSVM::new();
    svm.add_program(sluice::ID, &fixture.elf("sluice").unwrap())
        .unwrap();
    // A sysvar is set as any account is.
    let (accounts, sysvars) = (fixture.accounts().unwrap(), fixture.sysvars().unwrap());
    for (address, account) in accounts.into_iter().chain(sysvars) {
        svm.set_account(address, account).unwrap();
    }
    svm
}

fn send(svm: &mut LiteSVM, fixture: &Fixture, instruction: Instruction) -> TransactionResult {
    let holder = fixture.keypair("holder").unwrap();
    let blockhash = svm.latest_blockhash();
    let payer = Some(&holder.pubkey());
    svm.send_transaction(Transaction::new_signed_with_payer(
        &[instruction],
        payer,
        &[&holder],
        blockhash,
    ))
}

fn lst(svm: &LiteSVM, fixture: &Fixture) -> u64 {
    let account = svm.get_account(&at(fixture, "holder-lst")).unwrap();
    holder::lst_in(&account.data)
}

#[test]
fn a_holder_lives_in_litesvm() {
    let fixture = Fixture::open().unwrap();
    let mut svm = runtime(&fixture);
    let before = lst(&svm, &fixture);

    send(&mut svm, &fixture, deposit(&fixture, 10 * ONE, 9 * ONE)).unwrap();
    let minted = lst(&svm, &fixture) - before;
    assert!(minted < 10 * ONE, "an LST is dearer than a SOL: {minted}");

    send(&mut svm, &fixture, exit(&fixture, 2 * ONE, ONE)).unwrap();
    send(&mut svm, &fixture, request(&fixture, ONE, 1_000)).unwrap();
    assert_eq!(lst(&svm, &fixture), before + minted - 3 * ONE);
    assert!(svm.get_account(&ticket(&fixture, 1_000)).is_some());

    let poor = svm.get_balance(&at(&fixture, "holder")).unwrap();
    send(&mut svm, &fixture, claim(&fixture)).unwrap();
    let paid = svm.get_balance(&at(&fixture, "holder")).unwrap() - poor;
    assert!(paid > 50 * ONE, "{paid} for 50 LST");
}

#[test]
fn in_another_epoch_the_pool_is_stale() {
    let fixture = Fixture::open().unwrap();
    let mut svm = runtime(&fixture);
    let mut clock: Clock = svm.get_sysvar();
    clock.epoch += 1;
    svm.set_sysvar(&clock);
    let refused = send(&mut svm, &fixture, deposit(&fixture, ONE, 0)).unwrap_err();
    let code = u32::from(sluice::SluiceError::PoolStale);
    assert!(refused.err.to_string().contains(&format!("{code:#x}")));
}
