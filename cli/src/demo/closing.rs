//! A validator leaves, and what is left at the end.

use anyhow::{Context, Result};
use serde_json::Value;
use sluice_client::words::amounts::{lst, sol};
use solana_pubkey::Pubkey;

use super::{
    Demo, TO_WINDOW,
    audit::{address, difference, figure, list, text},
    books::Books,
    chart::{chart, numbers},
    narration::{act, show, tell},
    raw::history,
};

/// The validator with the highest commission.
const RETIRED: usize = 4;
/// Seed of the history's address, as the program derives it.
const HISTORY_SEED: &[u8] = b"history";

/// A validator on its way out.
pub struct Leaving {
    vote: Pubkey,
    main: Pubkey,
    transient: Pubkey,
    rent_lamports: u64,
}

impl Demo {
    /// Act 8.
    pub fn retire_validator(&mut self) -> Result<Leaving> {
        act(
            8,
            "Retire a validator",
            "The curator's change acts from the next epoch on: nothing changes within one.",
        );
        let vote = *self
            .stage
            .votes
            .get(RETIRED)
            .context("there are five validators")?;
        let said = self
            .stage
            .sluice(&self.curator, &format!("validator retire {vote}"))?;
        let listed = self.stage.quietly(&self.curator, "validator list")?;
        let line = list(&listed, "/validators")?
            .iter()
            .find(|line| text(line, "/vote").is_ok_and(|listed| listed == vote.to_string()))
            .context("the retiring validator is not listed")?;
        self.audit
            .figure(line, "/due_epoch", figure(&said, "/from_epoch")?)?;
        tell(&format!(
            "{vote} will drain from epoch {} on.",
            figure(&said, "/from_epoch")?
        ));
        Ok(Leaving {
            vote,
            main: address(line, "/main")?,
            transient: address(line, "/transient")?,
            rent_lamports: figure(line, "/rent_lamports")?,
        })
    }

    /// Act 10.
    pub fn drain_and_close(&mut self, leaving: &Leaving) -> Result<()> {
        act(
            10,
            "Drain it and close its slot",
            "Its stake leaves in the window, cools down over the boundary and goes to the others.",
        );
        self.stage.sluice(&self.stranger, TO_WINDOW)?;
        let cranked = self.stage.sluice(&self.stranger, "crank")?;
        tell(&format!(
            "{} left the validator.",
            sol(self.moved(&cranked, "undelegate")?)
        ));
        self.examine()?;
        let locked_before = Books::read(&self.stage, self.pool)?.ledger.locked.get();
        let point = self.next_epoch()?;
        self.prices.push(point);
        for account in [leaving.main, leaving.transient] {
            let is_gone = self.stage.raw_if_any(account)?.is_none();
            self.audit
                .same("stake accounts of the validator are gone", true, is_gone)?;
        }
        let locked = Books::read(&self.stage, self.pool)?.ledger.locked.get();
        let freed = difference(locked_before, locked)?;
        self.audit
            .same("rent of the closed slot", leaving.rent_lamports, freed)?;
        tell(&format!(
            "The slot of {} is closed: its rent of {} drips to all holders.",
            leaving.vote,
            sol(freed)
        ));
        Ok(())
    }

    /// What the holder put in and got out, and both prices once more.
    pub fn sum_up(&mut self) -> Result<()> {
        act(
            11,
            "Sum up",
            "Every epoch's rate stays on the chain, for anybody to check.",
        );
        let said = self.stage.sluice(&self.stranger, "pool history")?;
        self.compare_history(&said)?;
        show(&chart(&self.prices)?);
        show(&numbers(&self.prices));
        let books = Books::read(&self.stage, self.pool)?;
        let tokens = self.holder_tokens()?;
        let (_, worth) = books.worth(tokens, 0)?;
        tell(&format!(
            "The holder still has {}, which own {}.",
            lst(tokens),
            sol(worth)
        ));
        Ok(())
    }

    /// Every line of the history is what the ring of epochs holds.
    fn compare_history(&mut self, said: &Value) -> Result<()> {
        let seeds: [&[u8]; 2] = [HISTORY_SEED, self.pool.as_ref()];
        let (history_address, _) = Pubkey::find_program_address(&seeds, &sluice::ID);
        let raw = self.stage.raw(history_address)?;
        let epochs = list(said, "/epochs")?;
        self.audit.same(
            "epochs in the history",
            epochs.len(),
            usize::from(raw.u16(history::COUNT)?),
        )?;
        for (index, epoch) in epochs.iter().enumerate() {
            let at = history::EPOCHS + index * history::EPOCH_BYTES;
            for (name, offset) in [
                ("/epoch", 0),
                ("/full_lamports", history::FULL),
                ("/supply_lst", history::SUPPLY),
                ("/gain_lamports", history::GAIN),
                ("/fee_lamports", history::FEE),
                ("/fee_kept_lamports", history::FEE_KEPT),
            ] {
                self.audit.figure(epoch, name, raw.u64(at + offset)?)?;
            }
        }
        Ok(())
    }
}
