//! Holds what the events of a world's whole history tell against its accounts.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use sluice_client::{Expected, Verdict, quote::verify};

use super::{compare::decode, world::World};
use crate::{indexer::Accounts, pool::Known};

impl World {
    /// Compares what somebody knows who has read the logs alone with the accounts.
    pub(super) async fn check_told(&mut self) -> Result<()> {
        self.check_verified().await?;
        let accounts = self.accounts().await?;
        let pool = &self.addresses.pool;
        self.indexer.compare(pool, &accounts)?;
        let indexed = self.indexer.pools.get(pool).context("a pool")?;
        // Users give LST away, also to the fees.
        ensure!(
            self.life.model.fees >= indexed.unpaid_fee_lst(),
            "the fees hold {} LST, by the events {}",
            self.life.model.fees,
            indexed.unpaid_fee_lst()
        );
        Ok(())
    }

    /// Who knows nothing of the program but its accounts finds nothing wrong: as long as nothing was
    /// taken that no instruction takes.
    async fn check_verified(&mut self) -> Result<()> {
        if self.character.losses {
            return Ok(());
        }
        let listed = self.life.model.queue.tickets.keys().copied().collect();
        let mut known = Known::new(&mut self.cluster, self.life.model.now.minimum_delegation).await;
        known.hide(sluice::ID);
        let addresses = self.addresses;
        let mut evidence = known.evidence(&mut self.cluster, &addresses, listed).await;
        // The code is hidden, since nothing changes it here and comparing it takes long.
        evidence.is_program_gone = false;
        let report = verify::verify(&evidence, &Expected::default())?;
        let failed = report.checks.iter();
        let failed = failed.filter(|check| check.verdict() == Verdict::Fail);
        let failed: Vec<String> = failed.map(verify::Check::says).collect();
        ensure!(
            failed.is_empty(),
            "an honest pool is called a liar: {failed:?}"
        );
        Ok(())
    }

    /// Which accounts exist was compared with the model before.
    async fn accounts(&mut self) -> Result<Accounts> {
        let (addresses, queue) = (&self.addresses, &self.life.model.queue);
        let cluster = &mut self.cluster;
        let mut accounts = Accounts {
            slot: self.life.model.now.slot,
            epoch: self.life.model.now.epoch,
            pool: decode(&cluster.account(&addresses.pool).await)?,
            pages: Vec::new(),
            batches: BTreeMap::new(),
            tickets: BTreeMap::new(),
        };
        if self.life.model.page.exists {
            let page = cluster.account(&addresses.page(0)).await;
            accounts.pages.push(decode(&page)?);
        }
        for id in queue.batches.keys() {
            let batch = cluster.account(&addresses.batch(*id)).await;
            accounts.batches.insert(*id, decode(&batch)?);
        }
        for address in queue.tickets.keys() {
            let ticket = cluster.account(address).await;
            accounts.tickets.insert(*address, decode(&ticket)?);
        }
        Ok(accounts)
    }
}
