//! What the creation of a pool changes, and no more.

use sluice::{
    events::PoolCreated,
    state::{PoolConfig, PoolLimits},
};
use sluice_tests::scenario::two_pools::{Stage, TwoPools, content, lamports, lst};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

#[tokio::test]
async fn a_pool_is_created_with_its_accounts_its_seed_and_nothing_else() {
    let mut pools = TwoPools::at(Stage::Fresh).await;
    let case = pools.case("create_pool").await;
    let signers: Vec<_> = case.signers.iter().collect();
    let creator = case.signers[0].pubkey();
    let acted = pools.act(&case.instruction, &signers).await;
    pools.pool.turn_to("pool's heir");
    let addresses = pools.pool.addresses;
    let created = pools.pool.books().await;
    let seed = i128::from(sluice::state::SEED_LAMPORTS);
    let rent = pools.rent(0).await;
    let token_rent = pools.rent(165).await;
    let pool_rent = pools.rent(sluice::state::Pool::SPACE).await;
    let history_rent = pools.rent(sluice::state::RateHistory::SPACE).await;
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
    let mint = pools.pool.cluster.mint(&addresses.mint).await;
    assert_eq!(mint.mint_authority, Some(addresses.mint_authority).into());
    let params = pools.pool.params(PoolConfig::RECOMMENDED);
    acted.assert_event(&PoolCreated {
        pool: addresses.pool,
        mint: addresses.mint,
        epoch: created.epoch,
        admin: params.admin,
        curator: params.curator,
        guardian: params.guardian,
        treasury: params.treasury,
        config: PoolConfig::RECOMMENDED,
        limits: PoolLimits::NONE,
        books: (&created.pool).into(),
    });
    let pool = created.pool;
    assert_eq!(pool.finalized_epoch, created.epoch);
    assert_eq!(pool.config, PoolConfig::RECOMMENDED);
    assert_eq!(pool.governance.limits, PoolLimits::NONE);
    assert_eq!(pool.nominated_admin, Pubkey::default());
    let staff = (pool.admin, pool.curator, pool.guardian);
    assert_eq!(staff, (params.admin, params.curator, params.guardian));
    assert_eq!(pool.treasury, params.treasury);
    assert_eq!(
        (pool.page_count, pool.validator_count, pool.next_serial),
        (0, 0, 0)
    );
    assert!(!pool.is_tripped() && !pool.is_paused(created.epoch));
}
