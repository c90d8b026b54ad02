//! The benchmark that `cargo xtask bench` runs: exact compute units of the compiled programs,
//! Sluice and SPL Stake Pool, on the same virtual machine with the real stake program.

use std::path::Path;

use anyhow::{Result, ensure};
use sluice::state::PoolConfig;
use sluice_bench::{
    measure::{
        Figure, STAKE_POOL_SIZES, Samples, Target, Unit, measure_cranks, measure_ejections,
        measure_finalize_of_many, measure_holders, measure_router, measure_sol_value,
        measure_stakes,
    },
    report::{self, bytes},
    spl_pool, thousand,
};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, router_elf, sluice_elf},
    pool::{Pool, Watch},
};

/// Epochs that the cranks of the small pool are measured in.
const CRANK_EPOCHS: u64 = 6;
/// Clusters with other keys, and so other addresses.
const SEEDS: [u64; 2] = [0, 1];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut samples = Samples::of("sluice");
    eprintln!("sluice: pools of few validators");
    for seed in SEEDS {
        let mut pool = small_pool(seed, 5).await;
        measure_holders(&mut pool, &mut samples, "").await;
        measure_router(&mut pool, &mut samples).await;
        measure_cranks(&mut pool, CRANK_EPOCHS, &mut samples).await;
    }
    let mut pool = small_pool(0, 1).await;
    measure_holders(&mut pool, &mut samples, "_1_validator").await;
    measure_ejections(&mut small_pool(0, 2).await, &mut samples).await;
    measure_finalize_of_many(&mut samples).await;
    measure_sol_value(&mut samples).await;
    for validators in STAKE_POOL_SIZES {
        // The thousand have their own pool.
        if validators < thousand::VALIDATORS {
            let mut pool = small_pool(0, validators).await;
            stake(&mut pool).await;
            let (vote, suffix) = (pool.vote(0), format!("_{validators}_validators"));
            measure_stakes(&mut pool, &vote, &mut samples, &suffix).await;
        }
    }
    eprintln!("sluice: a pool of 1,000 validators");
    thousand::measure(&mut samples).await;
    samples.add("elf_bytes", Unit::Bytes, bytes(&sluice_elf())?);
    samples.add("router_elf_bytes", Unit::Bytes, bytes(&router_elf())?);

    eprintln!("spl-stake-pool: pools of 8 to 1,000 validators");
    let mut figures = samples.figures();
    figures.extend(spl_pool::figures(&SEEDS).await?);
    println!("{}", report::table(&figures));
    println!("{}", report::comparison(&figures));
    report::write(&figures, Path::new("target/bench.json"))?;
    let exceeded: Vec<&str> = figures.iter().filter_map(exceeded).collect();
    ensure!(exceeded.is_empty(), "too high: {}", exceeded.join(", "));
    Ok(())
}

fn exceeded(figure: &Figure) -> Option<&str> {
    let target = Target::of(figure)?;
    (!target.is_met_by(figure)).then_some(figure.measure.as_str())
}

async fn small_pool(seed: u64, validators: usize) -> Pool {
    let builder = Pool::builder()
        .cluster(|cluster| cluster.seed(seed).router())
        .config(|config| *config = PoolConfig::RECOMMENDED);
    let builder = builder.validators(&vec![(500, 100); validators]);
    builder.epoch(10).watch(Watch::Off).start().await
}

/// Stakes a large deposit, and goes on to the epoch in which it is active.
async fn stake(pool: &mut Pool) {
    let whale = pool.user("whale", 2_000 * LAMPORTS_PER_SOL).await;
    pool.deposit(&whale, 1_000 * LAMPORTS_PER_SOL).await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
}
