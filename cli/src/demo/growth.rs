//! Epochs pass, rewards come in, prices rise.

use anyhow::{Result, ensure};
use sluice_client::words::amounts::sol;
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::{
    COMMISSIONS_BPS, Demo,
    audit::{difference, sum},
    books::{Books, PricePoint, stake_balances},
    chart::{chart, numbers},
    narration::{act, show, tell},
};
use crate::output::table;

/// The first is the one in which the stake becomes active: it earns nothing yet.
const EPOCHS: u32 = 5;

impl Demo {
    /// Act 5.
    pub fn grow(&mut self) -> Result<()> {
        act(
            5,
            "Let five epochs pass",
            "Inflation pays stakers, less the validator's commission. Rewards raise the deposit\n   \
             price at once, and drip into the exit price within the epoch.",
        );
        for passed in 1..=EPOCHS {
            let before = self.balances()?;
            let point = self.next_epoch()?;
            if passed == 2 {
                self.show_rewards(&before)?;
            }
            self.require_growth(point, passed > 1)?;
            self.prices.push(point);
        }
        show(&chart(&self.prices)?);
        show(&numbers(&self.prices));
        Ok(())
    }

    /// Jumps to the next epoch and lets a stranger turn the crank. What was booked is what the
    /// balances of the stake accounts rose by.
    pub fn next_epoch(&mut self) -> Result<PricePoint> {
        let before = total(&self.balances()?)?;
        self.stage.sluice(&self.stranger, "localnet advance")?;
        let rewards = difference(total(&self.balances()?)?, before)?;
        let said = self.stage.sluice(&self.stranger, "crank")?;
        let point = self.examine()?;
        self.audit.figure(&said, "/epoch", point.epoch)?;
        self.audit
            .same("rewards of the epoch", point.gain_lamports, rewards)?;
        tell(&format!(
            "Epoch {}: {} of rewards; deposit {}, exit {} per token.",
            point.epoch,
            sol(rewards),
            sol(point.deposit_lamports),
            sol(point.exit_lamports)
        ));
        Ok(point)
    }

    fn require_growth(&self, point: PricePoint, has_earned: bool) -> Result<()> {
        let Some(last) = self.prices.last().filter(|_| has_earned) else {
            return Ok(());
        };
        ensure!(
            point.gain_lamports > 0 && point.deposit_lamports > last.deposit_lamports,
            "epoch {} brought no rewards",
            point.epoch
        );
        ensure!(
            point.exit_lamports >= last.exit_lamports,
            "the exit price fell in epoch {}",
            point.epoch
        );
        Ok(())
    }

    fn balances(&self) -> Result<Vec<(Pubkey, u64)>> {
        let books = Books::read(&self.stage, self.pool)?;
        stake_balances(&self.stage, &books, self.pool)
    }

    /// What each validator's stake earned since `before`, in the order of the commissions.
    fn show_rewards(&self, before: &[(Pubkey, u64)]) -> Result<()> {
        let mut rewards = table(
            ["vote account", "commission bps", "staked SOL", "reward SOL"],
            1,
        );
        let earned = before.iter().zip(self.balances()?).zip(COMMISSIONS_BPS);
        for (((vote, staked), (_, now)), commission_bps) in earned {
            rewards.add_row([
                vote.to_string(),
                commission_bps.to_string(),
                Lamports::new(*staked).to_string(),
                Lamports::new(difference(now, *staked)?).to_string(),
            ]);
        }
        show(&rewards.to_string());
        Ok(())
    }
}

fn total(balances: &[(Pubkey, u64)]) -> Result<u64> {
    let balances: Vec<u64> = balances.iter().map(|(_, balance)| *balance).collect();
    sum(&balances)
}
