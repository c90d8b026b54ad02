use {
    super::scene::Acted,
    crate::world::{Stage, World},
    anchor_lang::AnchorDeserialize,
    sluice::instructions::{DepositAnswer, RATE_STALE, Rate, WithdrawAnswer},
    sluice_math::{Bps, Lamports},
    sluice_tests::cluster::LAMPORTS_PER_SOL as SOL,
    solana_signer::Signer,
};

/// What a view returned; the runtime cuts trailing zeros off.
fn answer<T: AnchorDeserialize>(acted: &Acted, bytes: usize) -> T {
    acted.assert_changes(&[]);
    let (program, mut data) = acted.sent.return_data.clone().expect("an answer");
    assert_eq!(program, sluice::ID);
    data.resize(bytes, 0);
    T::try_from_slice(&data).expect("the answer decodes")
}

#[tokio::test]
async fn the_rate_is_both_prices_at_this_slot() {
    let (_, acted) = World::acted(Stage::Fresh, "rate").await;
    let prices = acted.before.prices();
    assert!(prices.value < prices.full, "something drips");
    let expected = Rate {
        full_lamports: prices.full,
        value_lamports: prices.value,
        lst_supply: prices.supply,
        slot: prices.slot,
        flags: 0,
    };
    assert_eq!(answer::<Rate>(&acted, 33), expected);
}

#[tokio::test]
async fn the_rate_of_a_stale_pool_says_so() {
    let mut world = World::at(Stage::Unobserved).await;
    let rate = world.pool.addresses.rate();
    let acted = world.act(&rate, &[]).await;
    assert_eq!(answer::<Rate>(&acted, 33).flags, RATE_STALE);
}

#[tokio::test]
async fn a_deposits_quote_is_what_the_deposit_mints() {
    let (mut world, acted) = World::acted(Stage::Fresh, "quote_deposit").await;
    let ledger = acted.before.pool.ledger();
    let quote = ledger.deposit(Lamports::new(SOL), Bps::ZERO, acted.before.slot);
    let quoted: DepositAnswer = answer(&acted, 16);
    assert_eq!(quoted.lst, quote.unwrap().minted.get());
    assert_eq!(quoted.fee_lamports, 0);
    let alice = world.alice.insecure_clone();
    let had = world.pool.lst_balance(&alice.pubkey()).await;
    world.pool.deposit(&alice, SOL).await;
    let has = world.pool.lst_balance(&alice.pubkey()).await;
    assert_eq!(has - had, quoted.lst);
}

#[tokio::test]
async fn an_exits_quote_is_what_the_exit_pays() {
    let (mut world, acted) = World::acted(Stage::Fresh, "quote_withdraw").await;
    let quoted: WithdrawAnswer = answer(&acted, 16);
    assert!(quoted.fee_lamports > 0);
    let alice = world.alice.insecure_clone();
    let had = world.pool.cluster.lamports(&alice.pubkey()).await;
    world.pool.withdraw(&alice, SOL).await;
    let has = world.pool.cluster.lamports(&alice.pubkey()).await;
    assert_eq!(has - had, quoted.lamports);
}
