//! What an instant exit changes, and no more, and what it is quoted at.

use sluice::{events::SolWithdrawn, instructions::WithdrawAnswer, state::PoolConfig};
use sluice_math::{Bps, InstantFee, Lamports, Lst, queue_lamports};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    scenario::two_pools::{Stage, TwoPools, content, lamports, lst},
};
use solana_signer::Signer;

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn an_instant_exit_burns_at_the_value_and_keeps_the_fee_in_the_reserve() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "withdraw_sol").await;
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let recipient = pools.pool.cluster.address("alice's vault");
    let (pool, slot) = (&acted.before.pool, acted.before.slot);
    let ledger = pool.ledger();
    let redeemed = ledger.redeem(Lst::new(SOL), slot).unwrap();
    let full = ledger.full().unwrap();
    let queue = queue_lamports(Lst::new(pool.locked_lst), full, ledger.supply).unwrap();
    let rent = Lamports::new(u64::try_from(pools.rent(0).await).unwrap());
    let buffer = ledger.reserve.sub(rent).unwrap().sub(queue).unwrap();
    let config = PoolConfig::RECOMMENDED;
    let charge = InstantFee {
        max: Bps::new(config.instant_fee_max_bps).unwrap(),
        min: Bps::new(config.instant_fee_min_bps).unwrap(),
        target: Lamports::new(ledger.full().unwrap().get() / 100),
    };
    let fee = charge.charge(redeemed.lamports, buffer).unwrap();
    let paid = redeemed.lamports.sub(fee).unwrap();
    acted.assert_changes(&[
        (addresses.reserve, lamports(-i128::from(paid.get()))),
        (recipient, lamports(paid.get().into())),
        (addresses.mint, lst(-ONE)),
        (pools.pool.lst_account(&alice), lst(-ONE)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| {
        pool.book(&redeemed.ledger);
        pool.reserve_lamports -= paid.get();
        pool.pending_lamports += fee.get();
        pool.instant_fee_lamports += fee.get();
        pool.instant_paid_lamports += paid.get();
    });
    acted.assert_event(&SolWithdrawn {
        pool: addresses.pool,
        owner: alice,
        lst: SOL,
        lamports: paid.get(),
        fee_lamports: fee.get(),
        slot,
        books: (&acted.after.pool).into(),
    });
}

#[tokio::test]
async fn an_exits_quote_is_what_the_exit_pays() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "quote_withdraw").await;
    let quoted: WithdrawAnswer = acted.answer(16);
    assert!(quoted.fee_lamports > 0);
    let alice = pools.alice.insecure_clone();
    let had = pools.pool.cluster.lamports(&alice.pubkey()).await;
    pools.pool.withdraw(&alice, SOL).await;
    let has = pools.pool.cluster.lamports(&alice.pubkey()).await;
    assert_eq!(has - had, quoted.lamports);
}
