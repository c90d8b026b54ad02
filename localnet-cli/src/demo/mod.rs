//! The whole life of a stake, walked through the binary itself on a cluster of its own.
//!
//! Every figure that the binary prints on the way is compared with the bytes and balances of the
//! accounts; the first that differs ends the demo with an error.

mod audit;
mod books;
mod chart;
mod closing;
mod exits;
mod growth;
mod narration;
mod raw;
mod setup;
mod stage;

use std::{net::Ipv4Addr, time::Instant};

use anyhow::Result;
use serde_json::Value;
use solana_pubkey::Pubkey;

use self::{
    audit::{Audit, figure, list, sum, text},
    books::PricePoint,
    narration::{show, tell},
    stage::Stage,
};
use crate::{
    args::{DemoArgs, StartArgs},
    cluster::LocalCluster,
    wallet::Wallet,
};

/// Long enough that nothing happens by itself: the story jumps from epoch to epoch.
const EPOCH_SECONDS: u64 = 240;
/// What an epoch pays on the validators' stake: 0.2%.
const EPOCH_YIELD_PPM: u32 = 2_000;
const COMMISSIONS_BPS: [u16; 5] = [0, 200, 500, 700, 1_000];

/// What a transaction with one signature costs.
const TRANSACTION_FEE: u64 = 5_000;
/// The pool's stake moves in the last fifth of an epoch.
const TO_WINDOW: &str = "advance --percent 80";

/// Who takes part, where, and what has been seen so far.
struct Demo {
    stage: Stage,
    audit: Audit,
    /// Creates and curates the pool.
    curator: Wallet,
    /// Stakes and leaves.
    holder: Wallet,
    /// Has nothing to do with the pool, and turns its cranks.
    stranger: Wallet,
    pool: Pubkey,
    mint: Pubkey,
    prices: Vec<PricePoint>,
}

/// Tells the story; fails at the first figure that is not true.
pub fn run(arguments: &DemoArgs) -> Result<()> {
    let started = Instant::now();
    let cluster = LocalCluster::start(&StartArgs {
        epoch_seconds: EPOCH_SECONDS,
        epoch_yield_ppm: EPOCH_YIELD_PPM,
        commissions_bps: COMMISSIONS_BPS.to_vec(),
        port: 0,
        bind: Ipv4Addr::LOCALHOST.into(),
        program: arguments.program.clone(),
        load: Vec::new(),
    })?;
    show(
        "The whole life of a stake, through the sluice command, on a cluster in this process.\n\
         Every figure is compared with the bytes and balances of the accounts.",
    );
    let mut demo = Demo::create_pool(Stage::new(&cluster)?)?;
    demo.add_validators()?;
    demo.stake()?;
    demo.delegate()?;
    demo.grow()?;
    let request = demo.join_queue()?;
    demo.leave_at_once()?;
    let leaving = demo.retire_validator()?;
    demo.settle_and_claim(&request)?;
    demo.drain_and_close(&leaving)?;
    demo.sum_up()?;
    tell(&format!(
        "{} figures compared, none differed. {} seconds.",
        demo.audit.compared(),
        started.elapsed().as_secs()
    ));
    Ok(())
}

impl Demo {
    /// Compares everything that the binary says about the pool with the accounts.
    fn examine(&mut self) -> Result<PricePoint> {
        books::examine(&self.stage, &mut self.audit, &self.stranger, self.pool)
    }

    /// The balance of the reserve.
    fn reserve_balance(&self) -> Result<u64> {
        let pool = self.stage.raw(self.pool)?;
        Ok(self.stage.raw(pool.address(raw::pool::RESERVE)?)?.lamports)
    }

    /// Lamports that the steps of this kind moved, as a crank said.
    fn moved(&self, said: &Value, kind: &str) -> Result<u64> {
        let amounts = list(said, "/steps")?
            .iter()
            .filter(|step| text(step, "/step").is_ok_and(|step| step == kind))
            .map(|step| figure(step, "/lamports"))
            .collect::<Result<Vec<u64>>>()?;
        sum(&amounts)
    }
}
