//! The script: three epochs in the life of a pool.

use std::time::Duration;

use anyhow::{Context, Result};
use sluice_client::PoolSnapshot;
use sluice_localnet::{LocalnetConfig, ValidatorConfig};
use sluice_tests::net::{PoolNet, SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use super::{
    Load, Outcome, books,
    crowd::{HeldTicket, Holder, Job},
    figures,
    record::Record,
};

/// Longer than any run: the clock is turned by hand.
const EPOCH: Duration = Duration::from_secs(3_600);
/// Commission of every validator.
const COMMISSION_BPS: u16 = 500;

/// What a run has.
struct Stage {
    net: PoolNet,
    holders: Vec<Holder>,
}

/// Runs, and checks that everything adds up; `tell` hears of every part before it begins.
///
/// # Errors
///
/// If a transaction fails, or anything does not add up.
pub fn run(load: &Load, tell: &mut dyn FnMut(&str)) -> Result<Outcome> {
    let stage = Stage::set(load);
    let mut record = Record::begin(&stage.net, tell)?;
    let first = stage.first_epoch(&mut record)?;
    let second = stage.second_epoch(&mut record, &first)?;
    stage.third_epoch(&mut record, &first, &second)?;
    let sums = books::check(&stage.net, &stage.holders, &record.executed)?;
    Ok(figures::outcome(&stage.net, &record, sums))
}

/// Tickets of an epoch: of its beginning, and of its rebalance window or the epoch after.
struct Tickets {
    early: Vec<HeldTicket>,
    late: Vec<HeldTicket>,
}

impl Stage {
    fn set(load: &Load) -> Self {
        let holders: Vec<Holder> = (0..load.holders).map(|_| Holder::somebody()).collect();
        let validator = |_| ValidatorConfig::with_commission_bps(COMMISSION_BPS);
        let config = LocalnetConfig {
            epoch_duration: EPOCH,
            validators: (0..load.validators).map(validator).collect(),
            accounts: holders.iter().map(Holder::account).collect(),
            ..LocalnetConfig::default()
        };
        let net = PoolNet::start(config, Keypair::new(), load.validators);
        Self { net, holders }
    }

    /// Everybody comes; in the window, a crank delegates meanwhile.
    fn first_epoch(&self, record: &mut Record<'_>) -> Result<Tickets> {
        let net = &self.net;
        let first =
            self.each(|number, holder| holder.first_deposit(&net.addresses, 10 * SOL + number));
        record.crowd(net, "first deposits", &first)?;
        let calm = mixed([self.deposits(SOL), self.exits(SOL / 10)]);
        record.crowd(net, "deposits and instant exits", &calm)?;
        let (requests, mut early) = self.requests(0, 2 * SOL)?;
        record.crowd(net, "requests", &requests)?;
        let transfers = self.transfers(&mut early);
        record.crowd(net, "transfers of tickets", &transfers)?;
        net.to_slot(net.snapshot().window_start()?);
        let (requests, late) = self.requests(1, SOL)?;
        let busy = mixed([self.deposits(SOL / 10), self.exits(SOL / 100), requests]);
        let what = "deposits, instant exits and requests; a crank delegates";
        record.crowd_and_crank(net, what, &busy)?;
        Ok(Tickets { early, late })
    }

    /// A crank prices the pool and settles the first batch; then half of it is claimed.
    fn second_epoch(&self, record: &mut Record<'_>, first: &Tickets) -> Result<Tickets> {
        let net = &self.net;
        net.next_epoch();
        let mut early = first.late.clone();
        let (requests, late) = self.requests(0, SOL)?;
        let busy = mixed([requests, self.transfers(&mut early)]);
        let what = "requests and transfers; a crank prices, collects and settles";
        record.crowd_and_crank(net, what, &busy)?;
        let (half, _) = halves(&first.early);
        record.crowd(net, "claims", &self.claims(half)?)?;
        net.to_slot(net.snapshot().window_start()?);
        record.crowd_and_crank(net, "nobody; a crank takes stake back", &[])?;
        Ok(Tickets { early, late })
    }

    /// The other half is claimed while a crank prices the pool and settles the second batch, which
    /// is claimed then.
    fn third_epoch(
        &self,
        record: &mut Record<'_>,
        first: &Tickets,
        second: &Tickets,
    ) -> Result<()> {
        let net = &self.net;
        net.next_epoch();
        let (_, half) = halves(&first.early);
        let (requests, _) = self.requests(0, SOL / 2)?;
        let mut late = second.late.clone();
        let busy = mixed([self.claims(half)?, requests, self.transfers(&mut late)]);
        let what = "claims, requests and transfers; a crank prices, collects and settles";
        record.crowd_and_crank(net, what, &busy)?;
        let rest = mixed([self.claims(&second.early)?, self.claims(&late)?]);
        record.crowd(net, "claims of all", &rest)
    }

    /// One transaction of every holder; amounts differ by the holder's number.
    fn each<'a>(&'a self, job: impl Fn(u64, &'a Holder) -> Job<'a>) -> Vec<Job<'a>> {
        let holders = (0..).zip(&self.holders);
        holders
            .map(|(number, holder)| job(number, holder))
            .collect()
    }

    fn deposits(&self, lamports: u64) -> Vec<Job<'_>> {
        self.each(|number, holder| holder.deposit(&self.net.addresses, lamports + number))
    }

    fn exits(&self, lst: u64) -> Vec<Job<'_>> {
        self.each(|number, holder| holder.exit(&self.net.addresses, lst + number))
    }

    /// Everybody asks to leave with a part; `earlier` requests did so in this epoch.
    fn requests(&self, earlier: usize, lst: u64) -> Result<(Vec<Job<'_>>, Vec<HeldTicket>)> {
        let snapshot: PoolSnapshot = self.net.snapshot();
        let (batch, epoch) = (
            snapshot.rolled_pool()?.open_batch,
            snapshot.cluster.clock.epoch,
        );
        let (mut jobs, mut tickets) = (Vec::new(), Vec::new());
        for (owner, holder) in self.holders.iter().enumerate() {
            let pool = &self.net.addresses;
            let lst = lst + owner as u64;
            let mut numbers = pool.ticket_numbers(holder.wallet(), epoch);
            let number = numbers.nth(earlier).context("an epoch has many numbers")?;
            let (job, accounts) = holder.request(pool, batch, number.value, lst);
            jobs.push(job);
            tickets.push(HeldTicket {
                owner,
                accounts,
                lst,
            });
        }
        Ok((jobs, tickets))
    }

    /// Every second ticket goes to the next holder.
    fn transfers(&self, tickets: &mut [HeldTicket]) -> Vec<Job<'_>> {
        let given = tickets.iter_mut().step_by(2);
        given
            .map(|ticket| {
                let to = (ticket.owner + 1) % self.holders.len();
                let job = self.holders[ticket.owner].transfer(ticket, &self.holders[to]);
                ticket.owner = to;
                ticket.accounts.owner = self.holders[to].wallet();
                job
            })
            .collect()
    }

    /// The owners have their tickets paid: all of one batch.
    fn claims(&self, tickets: &[HeldTicket]) -> Result<Vec<Job<'_>>> {
        let Some(first) = tickets.first() else {
            return Ok(Vec::new());
        };
        let opener = self.opener(&first.accounts.batch)?;
        let claim = |ticket: &HeldTicket| {
            self.holders[ticket.owner].claim(&self.net.addresses, ticket, opener)
        };
        Ok(tickets.iter().map(claim).collect())
    }

    fn opener(&self, batch: &Pubkey) -> Result<Pubkey> {
        let account = self.net.rpc.get_account(batch)?;
        let batch: sluice::state::UnstakeBatch = sluice_client::decode(batch, &account)?;
        Ok(batch.opener)
    }
}

/// One of each in turn, so that all kinds run at the same time.
fn mixed<'a, const KINDS: usize>(kinds: [Vec<Job<'a>>; KINDS]) -> Vec<Job<'a>> {
    let mut kinds = kinds.map(Vec::into_iter);
    let mut jobs = Vec::new();
    loop {
        let before = jobs.len();
        jobs.extend(kinds.iter_mut().filter_map(Iterator::next));
        if jobs.len() == before {
            return jobs;
        }
    }
}

fn halves(tickets: &[HeldTicket]) -> (&[HeldTicket], &[HeldTicket]) {
    tickets.split_at(tickets.len() / 2)
}
