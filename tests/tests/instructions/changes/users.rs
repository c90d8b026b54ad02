use {
    super::scene::{content, lamports, lst},
    crate::world::{Stage, World},
    sluice::{
        events::{PoolCreated, SolDeposited, SolWithdrawn},
        state::{PoolConfig, PoolLimits},
    },
    sluice_math::{Bps, InstantFee, Lamports, Lst, queue_lamports},
    sluice_tests::cluster::LAMPORTS_PER_SOL as SOL,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn a_deposit_moves_lamports_into_the_reserve_and_mints_at_the_full_price() {
    let (world, acted) = World::acted(Stage::Fresh, "deposit_sol").await;
    let (alice, addresses) = (world.alice.pubkey(), world.pool.addresses);
    let ledger = acted.before.pool.ledger();
    let slot = acted.before.slot;
    let quote = ledger.deposit(Lamports::new(SOL), Bps::ZERO, slot).unwrap();
    let minted = i128::from(quote.minted.get());
    assert!(minted < ONE, "rewards have made LST dearer than SOL");
    acted.assert_changes(&[
        (alice, lamports(-ONE)),
        (addresses.reserve, lamports(ONE)),
        (addresses.mint, lst(minted)),
        (world.pool.lst_account(&alice), lst(minted)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.book(&quote.ledger));
    acted.assert_event(&SolDeposited {
        pool: addresses.pool,
        depositor: alice,
        lamports: SOL,
        fee_lamports: 0,
        lst: quote.minted.get(),
        slot,
        books: (&acted.after.pool).into(),
    });
}

#[tokio::test]
async fn an_instant_exit_burns_at_the_value_and_keeps_the_fee_in_the_reserve() {
    let (mut world, acted) = World::acted(Stage::Fresh, "withdraw_sol").await;
    let (alice, addresses) = (world.alice.pubkey(), world.pool.addresses);
    let recipient = world.pool.cluster.address("alice's vault");
    let (pool, slot) = (&acted.before.pool, acted.before.slot);
    let ledger = pool.ledger();
    let redeemed = ledger.redeem(Lst::new(SOL), slot).unwrap();
    let value = ledger.value(slot).unwrap();
    let queue = queue_lamports(Lst::new(pool.locked_lst), value, ledger.supply).unwrap();
    let rent = Lamports::new(u64::try_from(world.rent(0).await).unwrap());
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
        (world.pool.lst_account(&alice), lst(-ONE)),
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
async fn a_pool_is_created_with_its_accounts_its_seed_and_nothing_else() {
    let mut world = World::at(Stage::Fresh).await;
    let case = world.case("create_pool").await;
    let signers: Vec<_> = case.signers.iter().collect();
    let creator = case.signers[0].pubkey();
    let acted = world.act(&case.instruction, &signers).await;
    world.pool.turn_to("pool's heir");
    let addresses = world.pool.addresses;
    let created = world.pool.books().await;
    let seed = i128::from(sluice::state::SEED_LAMPORTS);
    let rent = world.rent(0).await;
    let token_rent = world.rent(165).await;
    let pool_rent = world.rent(sluice::state::Pool::SPACE).await;
    let history_rent = world.rent(sluice::state::RateHistory::SPACE).await;
    let all = 3 * rent + seed + 2 * token_rent + pool_rent + history_rent;
    let mut minted = lst(seed);
    minted.content = true;
    let mut escrow = minted;
    escrow.lamports = token_rent;
    acted.assert_changes(&[
        (creator, lamports(-all)),
        (addresses.pool, content(pool_rent)),
        (addresses.history, content(history_rent)),
        (addresses.mint, minted),
        (addresses.escrow, escrow),
        (addresses.fees, content(token_rent)),
        (addresses.reserve, lamports(rent + seed)),
        (addresses.claims_vault, lamports(2 * rent)),
    ]);
    let mint = world.pool.cluster.mint(&addresses.mint).await;
    assert_eq!(mint.mint_authority, Some(addresses.mint_authority).into());
    acted.assert_event(&PoolCreated {
        pool: addresses.pool,
        mint: addresses.mint,
        config: PoolConfig::RECOMMENDED,
        limits: PoolLimits::NONE,
        books: (&created.pool).into(),
    });
    let pool = created.pool;
    assert_eq!(pool.finalized_epoch, created.epoch);
    assert_eq!(pool.config, PoolConfig::RECOMMENDED);
    assert_eq!(pool.governance.limits, PoolLimits::NONE);
    assert_eq!(pool.nominated_admin, Pubkey::default());
    let params = world.pool.params(PoolConfig::RECOMMENDED);
    let roles = (pool.admin, pool.curator, pool.guardian, pool.treasury);
    let expected = (
        params.admin,
        params.curator,
        params.guardian,
        params.treasury,
    );
    assert_eq!(roles, expected);
    assert_eq!(
        (pool.page_count, pool.validator_count, pool.next_serial),
        (0, 0, 0)
    );
    assert!(!pool.is_tripped() && !pool.is_paused(created.epoch));
}
