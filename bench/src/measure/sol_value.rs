//! What the SOL-value calculator costs who asks it: Infinity, up to four times in a swap.

use std::fs;

use sluice::state::PoolConfig;
use sluice_sol_value::instruction;
use sluice_tests::{
    cluster::{ClusterBuilder, sol_value_elf},
    pool::{Pool, Watch},
    scenario::sol_value::DEPLOYED_SLOT,
};
use solana_signer::Signer;

use super::{DEPOSITS_LAMPORTS, HOLDERS, Samples, Unit, measure_cranks};

/// Measures both questions and the confirmation, on a pool whose rewards drip.
pub async fn measure_sol_value(samples: &mut Samples) {
    let builder = Pool::builder().cluster(ClusterBuilder::sol_value);
    let builder = builder.config(|config| *config = PoolConfig::RECOMMENDED);
    let builder = builder.validators(&[(500, 100); 2]);
    let mut pool = builder.epoch(10).watch(Watch::Off).start().await;
    let authority = pool.confirmed_sol_value().await;
    let confirm = instruction::confirm(authority.pubkey(), DEPLOYED_SLOT);
    let sent = pool.cluster.must_send(&[confirm], &[&authority]).await;
    samples.compute("sol_value_confirm", sent.compute_units);

    let holder = pool.user(HOLDERS[0], 1_000 * DEPOSITS_LAMPORTS[0]).await;
    pool.deposit(&holder, 500 * DEPOSITS_LAMPORTS[0]).await;
    measure_cranks(&mut pool, 3, &mut Samples::of("sluice")).await;
    for slots in [0, 7] {
        pool.cluster.warp_by(slots).await;
        for amount in DEPOSITS_LAMPORTS {
            for (measure, question) in [
                ("sol_value_lst_to_sol", pool.lst_to_sol(amount)),
                ("sol_value_sol_to_lst", pool.sol_to_lst(amount)),
            ] {
                let sent = pool.cluster.must_send(&[question], &[]).await;
                samples.compute(measure, sent.compute_units);
            }
        }
    }
    let elf = fs::metadata(sol_value_elf()).expect("the calculator is built");
    samples.add("sol_value_elf_bytes", Unit::Bytes, elf.len());
}
