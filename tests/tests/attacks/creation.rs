//! V27: mints, accounts and parameters that no pool may be created with.

use sluice::{
    SluiceError,
    state::{Parameters, PoolConfig, PoolLimits},
};
use sluice_tests::{
    cluster::{Cluster, LAMPORTS_PER_SOL as SOL, Sent, TransactionFailure},
    idl,
    pool::Pool,
    scenario::assert_refused,
};
use solana_program_pack::Pack;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use spl_token_interface::state::Mint;

async fn with_mint(change: impl FnOnce(&mut Mint)) -> Pool {
    let mut pool = Pool::not_created(Cluster::start().await, "pool");
    pool.create_mint().await;
    let creator = pool.creator().pubkey();
    pool.cluster.fund(&creator, 100 * SOL).await;
    let mint = pool.addresses.mint;
    pool.cluster
        .change_account(&mint, |account| {
            let mut mint = Mint::unpack(&account.data).expect("a mint");
            change(&mut mint);
            mint.pack_into_slice(&mut account.data);
        })
        .await;
    pool
}

async fn create(pool: &mut Pool, config: PoolConfig) -> Result<Sent, TransactionFailure> {
    let (creator, minter) = (pool.creator(), pool.minter());
    let create = pool.create_pool_instruction(config);
    pool.send(&[create], &[&creator, &minter]).await
}

#[tokio::test]
async fn v27_an_unsuitable_mint_makes_no_pool() {
    let unsuitable: [fn(&mut Mint); 5] = [
        |mint| mint.decimals = 8,
        |mint| mint.supply = 1,
        |mint| mint.freeze_authority = mint.mint_authority,
        |mint| mint.mint_authority = None.into(),
        |mint| mint.mint_authority = Some(sluice::ID).into(),
    ];
    for change in unsuitable {
        let mut pool = with_mint(change).await;
        let outcome = create(&mut pool, PoolConfig::RECOMMENDED).await;
        assert_refused(outcome, SluiceError::MintUnsuitable);
    }
}

#[tokio::test]
async fn v27_a_mint_of_another_token_program_makes_no_pool() {
    let mut pool = with_mint(|_| ()).await;
    let mint = pool.addresses.mint;
    let other = solana_pubkey::pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
    pool.cluster
        .change_account(&mint, |account| account.owner = other)
        .await;
    assert!(create(&mut pool, PoolConfig::RECOMMENDED).await.is_err());
}

#[tokio::test]
async fn v27_a_pool_is_created_once() {
    let mut pool = Pool::start().await;
    let before = pool.books().await;
    assert!(create(&mut pool, PoolConfig::RECOMMENDED).await.is_err());
    assert_eq!(pool.books().await, before);
}

#[tokio::test]
async fn v27_every_parameter_has_bounds() {
    type Parameter = fn(&mut PoolConfig) -> &mut u16;
    let bounds: [(Parameter, u16, u16); 16] = [
        (|config| &mut config.reward_fee_bps, 0, 1_000),
        (|config| &mut config.deposit_fee_bps, 0, 20),
        (|config| &mut config.stake_exit_fee_bps, 0, 20),
        (|config| &mut config.instant_fee_min_bps, 1, 300),
        (|config| &mut config.instant_fee_max_bps, 10, 300),
        (|config| &mut config.reserve_target_bps, 0, 2_000),
        (|config| &mut config.window_bps, 5_000, 9_000),
        (|config| &mut config.tolerance_bps, 10, 5_000),
        (|config| &mut config.movement_cap_bps, 10, 5_000),
        (|config| &mut config.drip_bound_bps, 1, 10_000),
        (|config| &mut config.breaker_bound_bps, 10, 10_000),
        (|config| &mut config.max_commission_bps, 0, 2_000),
        (|config| &mut config.max_block_commission_bps, 0, 10_000),
        (|config| &mut config.share_cap_bps, 1, 10_000),
        (|config| &mut config.holder_share_bps, 0, 10_000),
        (|config| &mut config.entry_charge_bps, 0, 10_000),
    ];
    // The lowest and the highest instant-exit fee bound each other.
    let valid = PoolConfig {
        instant_fee_max_bps: 300,
        instant_fee_min_bps: 10,
        ..PoolConfig::RECOMMENDED
    };
    let mut pool = with_mint(|_| ()).await;
    for (parameter, least, most) in bounds {
        for outside in [least.checked_sub(1), most.checked_add(1), Some(u16::MAX)] {
            let Some(outside) = outside else { continue };
            let mut config = valid;
            *parameter(&mut config) = outside;
            let outcome = create(&mut pool, config).await;
            assert_refused(outcome, SluiceError::ParameterOutOfBounds);
        }
        for inside in [least, most] {
            let mut config = valid;
            *parameter(&mut config) = inside;
            let parameters = Parameters::of(&config, &PoolLimits::RECOMMENDED);
            assert!(parameters.validate().is_ok(), "{config:?}");
        }
    }
    create(&mut pool, PoolConfig::RECOMMENDED)
        .await
        .expect("the mint is good");
}

/// Catalogue 21: what is read of the runtime is read by syscall, so it cannot be faked.
#[test]
fn attack_21_no_instruction_takes_a_sysvar_as_an_account() {
    let addresses = idl::idl()["instructions"].to_string();
    let sysvars = [
        sysvar::clock::ID,
        sysvar::rent::ID,
        sysvar::epoch_schedule::ID,
        sysvar::epoch_rewards::ID,
        sysvar::stake_history::ID,
        sysvar::instructions::ID,
    ];
    for sysvar in sysvars {
        assert!(!addresses.contains(&sysvar.to_string()), "{sysvar}");
    }
    for name in [
        "clock",
        "rent",
        "epoch_schedule",
        "epoch_rewards",
        "stake_history",
    ] {
        assert!(
            !addresses.contains(&format!("\"name\":\"{name}\"")),
            "{name}"
        );
    }
}
