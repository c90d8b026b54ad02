//! What a deposit changes, and no more, and what it is quoted at.

use sluice::{events::SolDeposited, instructions::DepositAnswer};
use sluice_math::{Bps, EntryCharge, Lamports};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    scenario::two_pools::{Stage, TwoPools, content, lamports, lst},
};
use solana_signer::Signer;

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn a_deposit_moves_lamports_into_the_reserve_and_mints_at_the_full_price() {
    let (pools, acted) = TwoPools::acted(Stage::Fresh, "deposit_sol").await;
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let ledger = acted.before.pool.ledger();
    let slot = acted.before.slot;
    let quote = ledger.deposit(Lamports::new(SOL), Bps::ZERO, EntryCharge::NONE, slot);
    let quote = quote.unwrap();
    let minted = i128::from(quote.minted.get());
    assert!(minted < ONE, "rewards have made LST dearer than SOL");
    acted.assert_changes(&[
        (alice, lamports(-ONE)),
        (addresses.reserve, lamports(ONE)),
        (addresses.mint, lst(minted)),
        (pools.pool.lst_account(&alice), lst(minted)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.book(&quote.ledger));
    acted.assert_event(&SolDeposited {
        pool: addresses.pool,
        depositor: alice,
        lamports: SOL,
        fee_lamports: 0,
        charge_lamports: 0,
        lst: quote.minted.get(),
        slot,
        books: (&acted.after.pool).into(),
    });
}

#[tokio::test]
async fn a_deposits_quote_is_what_the_deposit_mints() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "quote_deposit").await;
    let ledger = acted.before.pool.ledger();
    let slot = acted.before.slot;
    let quote = ledger.deposit(Lamports::new(SOL), Bps::ZERO, EntryCharge::NONE, slot);
    let quoted: DepositAnswer = acted.answer(24);
    assert_eq!(quoted.lst, quote.unwrap().minted.get());
    assert_eq!((quoted.fee_lamports, quoted.charge_lamports), (0, 0));
    let alice = pools.alice.insecure_clone();
    let had = pools.pool.lst_balance(&alice.pubkey()).await;
    pools.pool.deposit(&alice, SOL).await;
    let has = pools.pool.lst_balance(&alice.pubkey()).await;
    assert_eq!(has - had, quoted.lst);
}
