//! The same of SPL Stake Pool.

mod holders;
mod setup;
mod staker;
mod stakes;

use anyhow::Result;
use setup::SplPool;
use sluice_tests::cluster::spl_pool_elf;
use stakes::measure_stakes;

use crate::{
    measure::{Figure, STAKE_POOL_SIZES, Samples, Unit},
    report::bytes,
    thousand::VALIDATORS,
};

/// Measures SPL Stake Pool.
pub async fn figures(seeds: &[u64]) -> Result<Vec<Figure>> {
    let mut samples = Samples::of("spl-stake-pool");
    for seed in seeds {
        let mut small = SplPool::start(*seed, 8).await;
        holders::measure_holders(&mut small, &mut samples).await;
        staker::measure_cranks(&mut small, &mut samples).await;
    }
    for validators in STAKE_POOL_SIZES {
        let mut pool = SplPool::start(0, validators).await;
        if validators == VALIDATORS {
            measure_pricing(&mut pool, &mut samples).await;
        }
        measure_stakes(&mut pool, &mut samples).await;
    }
    samples.add("elf_bytes", Unit::Bytes, bytes(&spl_pool_elf())?);
    Ok(samples.figures())
}

async fn measure_pricing(pool: &mut SplPool, samples: &mut Samples) {
    for _ in 0..2 {
        pool.next_epoch().await;
        let updates = pool.update(&mut Samples::of("unused")).await;
        samples.add(
            "price_1000_validators_transactions",
            Unit::Transactions,
            updates.len() as u64,
        );
        samples.compute("price_1000_validators_compute", updates.iter().sum());
    }
}
