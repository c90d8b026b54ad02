//! Who does what in a pool that lives.

use std::{thread, time::Duration};

use anyhow::Result;

use crate::{said::text, stage::Stage, wallet::Wallet};

const NAME: &str = "--name LivingSOL --symbol livSOL --uri https://example.com/livsol.json";
/// The weights of the validators, in turn.
const WEIGHTS: [u16; 4] = [100, 200, 50, 150];
/// 10,000 SOL for each of the two.
const ACTOR_LAMPORTS: u64 = 10_000_000_000_000;
/// Epochs that have passed before a keeper comes.
const EPOCHS: u32 = 12;
/// What the holder does, again and again: comes with a little more than leaves.
const ACTS: [&str; 6] = [
    "stake 40",
    "unstake 25",
    "unstake 12",
    "stake 30",
    "unstake 2 --instant",
    "unstake 8",
];

/// A pool, and who has to do with it.
pub struct Script {
    /// The pool's address.
    pub pool: String,
    /// Has all roles of the pool.
    pub curator: Wallet,
    holder: Wallet,
}

impl Script {
    /// Creates a pool of all validators of the cluster, and its first deposit.
    pub fn begin(stage: &mut Stage) -> Result<Self> {
        let curator = stage.actor("curator", ACTOR_LAMPORTS)?;
        let holder = stage.actor("holder", ACTOR_LAMPORTS)?;
        let created = stage.sluice(&curator, &format!("pool create {NAME}"))?;
        let pool = text(&created, "/pool")?.to_owned();
        stage.set_pool(&pool);
        for (first, weight) in WEIGHTS.into_iter().enumerate() {
            let votes = stage.votes.iter().skip(first).step_by(WEIGHTS.len());
            let votes: Vec<String> = votes.map(ToString::to_string).collect();
            if !votes.is_empty() {
                let votes = votes.join(" ");
                stage.sluice(
                    &curator,
                    &format!("validator add {votes} --weight {weight}"),
                )?;
            }
        }
        stage.sluice(&holder, "stake 2000")?;
        Ok(Self {
            pool,
            curator,
            holder,
        })
    }

    /// Lets epochs pass: stake is active and earns. The last one is not priced yet, and a batch waits for
    /// its payment.
    pub fn live(&self, stage: &Stage) -> Result<()> {
        self.window(stage)?;
        for epoch in 1..=EPOCHS {
            stage.to_next_epoch(&self.curator)?;
            stage.sluice(&self.curator, "crank")?;
            if epoch % 4 == 0 {
                stage.sluice(&self.holder, "stake 50")?;
                stage.sluice(&self.holder, "unstake 30")?;
                self.window(stage)?;
            }
        }
        stage.to_next_epoch(&self.curator)?;
        Ok(())
    }

    /// The holder goes on as long as the process does. What cannot be done is left out: prices are
    /// stale, for example, until a keeper has priced the epoch.
    pub fn go_on(&self, stage: &Stage, pause: Duration) {
        for act in ACTS.into_iter().cycle() {
            thread::sleep(pause);
            let _left_out = stage.sluice(&self.holder, act);
        }
    }

    /// Stake moves.
    fn window(&self, stage: &Stage) -> Result<()> {
        stage.to_window(&self.curator)?;
        stage.sluice(&self.curator, "crank")?;
        Ok(())
    }
}
