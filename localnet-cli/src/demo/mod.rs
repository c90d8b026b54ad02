//! The whole life of a stake, walked through the `sluice` command on a cluster of its own.

mod books;
mod chart;
mod closing;
mod exits;
mod growth;
pub mod narration;
mod opening;
mod setup;
mod told;

use std::{net::Ipv4Addr, time::Instant};

use anyhow::Result;
use serde_json::Value;

pub use self::books::{Before, address, fees};
use self::{
    chart::PricePoint,
    narration::{show, tell},
    told::Told,
};
use crate::{
    args::{AppArgs, DemoArgs, StartArgs},
    cluster::LocalCluster,
    said::figure,
    stage::{Binaries, Stage},
    wallet::Wallet,
};

/// Two days, as on mainnet. Nobody waits for them: the story jumps from epoch to epoch, and the
/// cluster's clock with it, by the time that the slots would have taken.
const EPOCH_SECONDS: u64 = 2 * 86_400;
/// What an epoch pays on the validators' stake: 0.035%, as on mainnet.
const EPOCH_YIELD_PPM: u32 = 350;
const COMMISSIONS_BPS: [u16; 5] = [0, 200, 500, 700, 1_000];

/// Who takes part, where, and how prices went so far.
pub struct Demo {
    /// Where all of them are.
    pub stage: Told,
    /// Creates and curates the pool.
    pub curator: Wallet,
    /// Stakes and leaves.
    pub holder: Wallet,
    /// Has nothing to do with the pool, and turns its cranks.
    pub stranger: Wallet,
    prices: Vec<PricePoint>,
    /// What was said of the tokens that wait in the queue.
    queued: Option<Value>,
}

/// Tells the story on a cluster of its own.
pub fn run(arguments: &DemoArgs) -> Result<()> {
    let binaries = Binaries::find()?;
    let cluster = LocalCluster::start(&StartArgs {
        without_program: false,
        epoch_seconds: EPOCH_SECONDS,
        epoch_yield_ppm: EPOCH_YIELD_PPM,
        commissions_bps: COMMISSIONS_BPS.to_vec(),
        port: 0,
        bind: Ipv4Addr::LOCALHOST.into(),
        program: arguments.program.clone(),
        load: Vec::new(),
        cors: Vec::new(),
        app: AppArgs {
            app: arguments.open,
        },
    })?;
    show("The whole life of a stake, through the sluice command, on a cluster in this process.");
    let demo = Demo::tell_on(Stage::new(binaries, &cluster))?;
    let Some(page) = cluster.page_url(demo.stage.pool()) else {
        tell(
            "`cargo xtask demo --open` ends with this pool as a page in your browser, where you can stake.",
        );
        return Ok(());
    };
    opening::show_page(&page, demo.stage.url());
    cluster.run_until_interrupted()
}

impl Demo {
    /// Tells the story on a cluster that has the program, and no pool. Where it has one validator alone,
    /// none leaves.
    pub fn tell_on(stage: Stage) -> Result<Self> {
        let started = Instant::now();
        let mut demo = Self::begin_on(stage)?;
        demo.grow()?;
        demo.join_queue()?;
        let kept_lst = demo.leave_at_once()?;
        let can_lose_one = demo.stage.votes.len() > 1;
        let leaving = can_lose_one.then(|| demo.retire_validator()).transpose()?;
        demo.settle_and_claim()?;
        if let Some(leaving) = leaving {
            demo.drain_and_close(&leaving)?;
        }
        demo.sum_up(kept_lst)?;
        demo.verify()?;
        tell(&format!(
            "That was the whole life of a stake: {} commands in {} seconds.",
            demo.stage.commands(),
            started.elapsed().as_secs()
        ));
        Ok(demo)
    }

    /// Tells its beginning: a pool with stake that is on its way to the validators.
    pub fn begin_on(stage: Stage) -> Result<Self> {
        let mut demo = Self::create_pool(Told::new(stage))?;
        demo.add_validators()?;
        demo.stake()?;
        demo.delegate()?;
        Ok(demo)
    }

    /// Where the prices stand now.
    fn price(&self) -> Result<PricePoint> {
        let said = self.stage.quietly(&self.stranger, "pool show")?;
        Ok(PricePoint {
            epoch: figure(&said, "/epoch")?,
            deposit_lamports: figure(&said, "/prices/deposit_price_lamports")?,
            exit_lamports: figure(&said, "/prices/exit_price_lamports")?,
            gain_lamports: figure(&said, "/prices/last_gain_lamports")?,
        })
    }
}
