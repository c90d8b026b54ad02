//! The same for SPL Stake Pool.

mod holders;
mod setup;
mod staker;
mod stakes;

use {
    crate::{bytes, thousand::VALIDATORS},
    anyhow::{Context, Result},
    setup::Peer,
    sluice_tests::measure::{Figure, STAKE_POOL_SIZES, Samples, Unit},
    stakes::measure_stakes,
    std::{env, path::PathBuf},
};

/// Measures the peer.
pub async fn figures(seeds: &[u64]) -> Result<Vec<Figure>> {
    let mut samples = Samples::of("spl-stake-pool");
    for seed in seeds {
        let mut small = Peer::start(*seed, 8).await?;
        holders::measure_holders(&mut small, &mut samples).await;
        staker::measure_cranks(&mut small, &mut samples).await;
    }
    for validators in STAKE_POOL_SIZES {
        let mut pool = Peer::start(0, validators).await?;
        if validators == VALIDATORS {
            measure_pricing(&mut pool, &mut samples).await;
        }
        measure_stakes(&mut pool, &mut samples).await;
    }
    samples.add("elf_bytes", Unit::Bytes, bytes(&peer_elf()?)?);
    Ok(samples.figures())
}

async fn measure_pricing(pool: &mut Peer, samples: &mut Samples) {
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

fn peer_elf() -> Result<PathBuf> {
    let elf = env::var_os("SLUICE_PEER_ELF").context(
        "SLUICE_PEER_ELF does not say where the ELF of SPL Stake Pool is: run `cargo xtask bench`",
    )?;
    Ok(elf.into())
}
