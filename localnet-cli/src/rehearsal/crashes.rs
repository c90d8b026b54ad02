//! The validator and the keeper are killed in every phase of a stake. Nothing is lost, and nothing is paid
//! twice.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use sluice_client::words::amounts::sol;
use solana_pubkey::Pubkey;

use super::{Rehearsal, figures::seconds, keeper::Keeper};
use crate::{
    demo::{
        Before, address, fees,
        narration::{act, tell},
    },
    said::{difference, figure, list, total},
};

const STAKED: &str = "500";
/// 400 SOL of them.
const MOSTLY_LAMPORTS: u64 = 400_000_000_000;
/// 200 tokens.
const QUEUED: &str = "200";
/// What the keeper does, it does within this time.
const PATIENCE: Duration = Duration::from_mins(4);
const INTERVAL: Duration = Duration::from_millis(500);
/// Into what is going on.
const MIDDLE: Duration = Duration::from_millis(1_500);
/// Into a claim: it is one transaction.
const CLAIMING: Duration = Duration::from_millis(500);

impl Rehearsal {
    /// One crash in each phase. Only the keeper turns cranks.
    pub fn crashes(&mut self) -> Result<()> {
        act(
            13,
            "Kill the validator and the keeper",
            "In every phase, as a loss of power would. The keeper starts again and goes on.",
        );
        let mut keeper = Keeper::start(&self.demo.stage, &self.folder)?;
        self.delegating(&mut keeper)?;
        self.being_rewarded(&mut keeper)?;
        let request = self.waiting(&mut keeper)?;
        self.settling(&mut keeper, &request)?;
        self.claiming(&mut keeper, &request)?;
        keeper.kill()
    }

    fn delegating(&mut self, keeper: &mut Keeper) -> Result<()> {
        let (stage, holder) = (&self.demo.stage, &self.demo.holder);
        let before = Before::of(stage, holder)?;
        let stake = || stage.sluice(holder, &format!("stake {STAKED}"));
        let said = self.figures.time("a deposit, typed to confirmed", stake)?;
        let amount = figure(&said, "/deposited_lamports")?;
        before.require(&[], &[amount, fees(&said)?])?;
        let had = self.staked()?;
        self.demo.stage.to_window(&self.demo.stranger)?;
        self.crash(keeper, "stake is delegated")?;
        // The rest of it fills the reserve.
        let wanted = total(&[had, MOSTLY_LAMPORTS])?;
        self.eventually("the deposit is delegated", |this| {
            Ok(this.staked()? >= wanted)
        })?;
        self.require_priced("stake is delegated")
    }

    /// In the first blocks of an epoch, and while the keeper prices it.
    fn being_rewarded(&mut self, keeper: &mut Keeper) -> Result<()> {
        self.demo.stage.to_next_epoch(&self.demo.stranger)?;
        self.crash(keeper, "rewards are paid")?;
        self.require_priced("rewards are paid")?;
        let shown = self.demo.stage.quietly(&self.demo.stranger, "pool show")?;
        ensure!(
            figure(&shown, "/prices/last_gain_lamports")? > 0,
            "no rewards: {shown}"
        );
        Ok(())
    }

    fn waiting(&mut self, keeper: &mut Keeper) -> Result<Request> {
        self.demo.stage.to_next_epoch(&self.demo.stranger)?;
        self.require_priced("a request waits")?;
        let (stage, holder) = (&self.demo.stage, &self.demo.holder);
        let before = Before::of(stage, holder)?;
        let said = stage.sluice(holder, &format!("unstake {QUEUED}"))?;
        let ticket = address(&said, "/ticket")?;
        let rent = self.demo.rents(&ticket, figure(&said, "/batch")?)?;
        before.require(&[], &[rent, fees(&said)?])?;
        let request = Request {
            ticket,
            rent,
            payable_epoch: figure(&said, "/payable_epoch")?,
            least: figure(&said, "/least_lamports")?,
            most: figure(&said, "/most_lamports")?,
        };
        self.crash(keeper, "a request waits")?;
        let tickets = self.demo.stage.quietly(&self.demo.holder, "tickets")?;
        let [ticket] = list(&tickets, "/tickets")? else {
            bail!("the ticket is lost: {tickets}");
        };
        ensure!(
            address(ticket, "/ticket")? == request.ticket,
            "another ticket: {ticket}"
        );
        let promised = figure(ticket, "/payable_epoch")?;
        ensure!(
            promised == request.payable_epoch,
            "promised {} becomes {promised}",
            request.payable_epoch
        );
        Ok(request)
    }

    /// In the window in which the queue locks, and at the boundary after which it is paid.
    fn settling(&mut self, keeper: &mut Keeper, request: &Request) -> Result<()> {
        self.demo.stage.to_window(&self.demo.stranger)?;
        self.crash(keeper, "stake leaves for the queue")?;
        self.require_priced("stake leaves for the queue")?;
        while self.demo.stage.epoch()?.epoch < request.payable_epoch {
            self.demo.stage.to_next_epoch(&self.demo.stranger)?;
        }
        self.crash(keeper, "the queue is paid")?;
        self.eventually("the ticket can be claimed", |this| {
            let tickets = this.demo.stage.quietly(&this.demo.holder, "tickets")?;
            let claimable = figure(&tickets, "/tickets/0/claimable_lamports");
            Ok(claimable.is_ok_and(|lamports| lamports > 0))
        })?;
        let epoch = self.demo.stage.epoch()?.epoch;
        ensure!(
            epoch == request.payable_epoch,
            "promised for {}, paid in {epoch}",
            request.payable_epoch
        );
        self.demo.verify()
    }

    /// While the claim is on its way. What is not confirmed is tried again, and paid once.
    fn claiming(&mut self, keeper: &mut Keeper, request: &Request) -> Result<()> {
        let stage = &self.demo.stage;
        let tickets = stage.quietly(&self.demo.holder, "tickets")?;
        let amount = figure(&tickets, "/tickets/0/claimable_lamports")?;
        ensure!(
            (request.least..=request.most).contains(&amount),
            "{amount} is not what was promised"
        );
        let had = stage.lamports(&self.demo.holder.owner)?;
        let (demo, node) = (&self.demo, &mut self.node);
        let restarted = thread::scope(|scope| {
            let claiming = scope.spawn(|| demo.stage.quietly(&demo.holder, "claim"));
            thread::sleep(CLAIMING);
            keeper.kill()?;
            let restarted = node.kill_and_restart();
            // Whether it says that it was paid or not: the cluster is asked.
            let _said = claiming.join();
            restarted
        })?;
        keeper.restart()?;
        self.note("a claim is on its way", restarted);
        let stage = &self.demo.stage;
        if stage.lamports(&request.ticket)? > 0 {
            tell("The claim was lost with the validator, and is made again.");
            stage.sluice(&self.demo.holder, "claim")?;
        }
        let has = stage.lamports(&self.demo.holder.owner)?;
        let fees = difference(total(&[had, amount, request.rent])?, has)?;
        ensure!(fees <= FEES_AT_MOST, "{fees} of {amount} were not paid");
        tell(&format!("{} were paid, once.", sol(amount)));
        let again = stage.quietly(&self.demo.holder, "tickets")?;
        ensure!(
            list(&again, "/tickets")?.is_empty(),
            "a ticket is left: {again}"
        );
        self.demo.verify()
    }

    /// Kills both in the middle of things, and starts them again.
    fn crash(&mut self, keeper: &mut Keeper, phase: &str) -> Result<()> {
        thread::sleep(MIDDLE);
        keeper.kill()?;
        let away = self.node.kill_and_restart()?;
        keeper.restart()?;
        self.note(phase, away);
        Ok(())
    }

    fn note(&mut self, phase: &str, away: Duration) {
        tell(&format!(
            "Killed while {phase}; back after {}.",
            seconds(away)
        ));
        self.figures
            .add(&format!("killed while {phase}, back after"), seconds(away));
    }

    /// Waits until the keeper has priced the epoch: then the books must agree.
    fn require_priced(&mut self, phase: &str) -> Result<()> {
        self.eventually(&format!("the epoch is priced, after {phase}"), |this| {
            let shown = this.demo.stage.quietly(&this.demo.stranger, "pool show")?;
            Ok(shown["is_fresh"] == true)
        })?;
        self.demo.verify()
    }

    fn eventually(&self, what: &str, has_come: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        let start = Instant::now();
        while !has_come(self)? {
            ensure!(start.elapsed() < PATIENCE, "{what} does not come");
            thread::sleep(INTERVAL);
        }
        Ok(())
    }

    fn staked(&self) -> Result<u64> {
        let shown = self.demo.stage.quietly(&self.demo.stranger, "pool show")?;
        figure(&shown, "/holdings/staked_lamports")
    }
}

/// What a claim that was lost and made again may cost, in lamports.
const FEES_AT_MOST: u64 = 1_000_000;

/// A request that waits, and what was promised.
struct Request {
    ticket: Pubkey,
    rent: u64,
    payable_epoch: u64,
    least: u64,
    most: u64,
}
