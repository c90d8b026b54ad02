//! Stake accounts leave a pool and come back.

use anyhow::{Result, ensure};
use sluice_client::words::amounts::{lst, sol};

use super::Rehearsal;
use crate::{
    demo::{
        Before, address, fees,
        narration::{act, tell},
    },
    said::{difference, figure, list, total},
};

impl Rehearsal {
    /// Active stake for tokens, and tokens for active stake.
    pub fn stake_accounts(&mut self) -> Result<()> {
        act(
            12,
            "Stake accounts",
            "Active stake leaves for tokens and comes back, and nothing cools down.",
        );
        let (stage, holder) = (&self.demo.stage, &self.demo.holder);
        let before = Before::of(stage, holder)?;
        let said = stage.sluice(holder, "--yes stake-account withdraw 10")?;
        let [left] = list(&said, "/stake_accounts")? else {
            anyhow::bail!("one stake account should leave: {said}");
        };
        let (account, lamports) = (address(left, "/stake_account")?, figure(left, "/lamports")?);
        let rent = difference(stage.lamports(&account)?, lamports)?;
        before.require(&[], &[rent, fees(&said)?])?;
        tell(&format!(
            "{} left in {account}, for {}.",
            sol(lamports),
            lst(figure(left, "/burned_lst")?)
        ));

        let owned = stage.quietly(holder, "stake-account list")?;
        ensure!(
            list(&owned, "/stake_accounts")?.len() == 1,
            "not listed: {owned}"
        );
        let before = Before::of(stage, holder)?;
        let said = stage.sluice(holder, &format!("--yes stake-account deposit {account}"))?;
        let [came] = list(&said, "/deposits")? else {
            anyhow::bail!("one stake account should come: {said}");
        };
        before.require(&[], &[fees(&said)?])?;
        ensure!(stage.lamports(&account)? == 0, "{account} is still there");
        ensure!(
            figure(came, "/lamports")? == total(&[lamports, rent])?,
            "{lamports} and {rent} went, and {came} came"
        );
        tell(&format!(
            "It came back for {}.",
            lst(figure(came, "/minted_lst")?)
        ));
        self.demo.verify()
    }
}
