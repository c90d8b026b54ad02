//! A holder stakes, leaves at once, asks the queue and is paid, in solana-program-test.

#[path = "../../holder.rs"]
mod holder;

use sluice_fixture::Fixture;
use solana_account::Account;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_program_test::{BanksClientError, ProgramTest, ProgramTestContext};
use solana_sdk_ids::{bpf_loader, sysvar};
use solana_signer::Signer;
use solana_transaction::Transaction;

use self::holder::{ONE, at, claim, deposit, exit, request, ticket};

/// A bank that has the pool, and whose clock says what the pool's said. Token and stake program are its own.
async fn bank(fixture: &Fixture) -> ProgramTestContext {
    let mut test = ProgramTest::default();
    for (address, account) in fixture.accounts().unwrap() {
        test.add_account(address, account);
    }
    test.add_account(sluice::ID, program(fixture.elf("sluice").unwrap()));
    let context = test.start_with_context().await;
    context.set_sysvar(&clock(fixture));
    context
}

/// A program of the loader that has its code in the program's own account.
fn program(data: Vec<u8>) -> Account {
    Account {
        lamports: 10 * ONE,
        data,
        owner: bpf_loader::ID,
        executable: true,
        rent_epoch: u64::MAX,
    }
}

fn clock(fixture: &Fixture) -> Clock {
    let sysvars = fixture.sysvars().unwrap();
    let mut sysvars = sysvars.iter();
    let (_, clock) = sysvars.find(|(id, _)| *id == sysvar::clock::ID).unwrap();
    bincode::deserialize(&clock.data).unwrap()
}

async fn send(
    context: &mut ProgramTestContext,
    fixture: &Fixture,
    instruction: Instruction,
) -> Result<(), BanksClientError> {
    let holder = fixture.keypair("holder").unwrap();
    let blockhash = context.last_blockhash;
    let payer = Some(&holder.pubkey());
    let transaction =
        Transaction::new_signed_with_payer(&[instruction], payer, &[&holder], blockhash);
    context.banks_client.process_transaction(transaction).await
}

async fn account(context: &mut ProgramTestContext, fixture: &Fixture, name: &str) -> Account {
    let found = context.banks_client.get_account(at(fixture, name)).await;
    found.unwrap().unwrap()
}

async fn lst(context: &mut ProgramTestContext, fixture: &Fixture) -> u64 {
    holder::lst_in(&account(context, fixture, "holder-lst").await.data)
}

#[tokio::test]
async fn a_holder_lives_in_a_program_test() {
    let fixture = Fixture::open().unwrap();
    let mut context = bank(&fixture).await;
    let before = lst(&mut context, &fixture).await;

    let stake = deposit(&fixture, 10 * ONE, 9 * ONE);
    send(&mut context, &fixture, stake).await.unwrap();
    let minted = lst(&mut context, &fixture).await - before;
    assert!(minted < 10 * ONE, "an LST is dearer than a SOL: {minted}");

    let leave = exit(&fixture, 2 * ONE, ONE);
    send(&mut context, &fixture, leave).await.unwrap();
    let ask = request(&fixture, ONE, 1_000);
    send(&mut context, &fixture, ask).await.unwrap();
    assert_eq!(lst(&mut context, &fixture).await, before + minted - 3 * ONE);
    let ticket = context.banks_client.get_account(ticket(&fixture, 1_000));
    assert!(ticket.await.unwrap().is_some());

    let poor = account(&mut context, &fixture, "holder").await.lamports;
    send(&mut context, &fixture, claim(&fixture)).await.unwrap();
    let rich = account(&mut context, &fixture, "holder").await.lamports;
    assert!(rich - poor > 50 * ONE, "{} for 50 LST", rich - poor);
}
