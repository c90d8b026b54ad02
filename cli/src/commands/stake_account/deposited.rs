//! What came of a deposit of stake accounts.

use std::fmt;

use serde::Serialize;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lamports;

use super::advice::Way;
use crate::output::{Facts, known, table};

/// What became of somebody's stake accounts.
#[derive(Debug, Serialize)]
pub struct Deposited {
    pub(super) pool: String,
    pub(super) owner: String,
    pub(super) deposits: Vec<DepositLine>,
    pub(super) deactivated: Vec<String>,
    pub(super) left: Vec<LeftLine>,
    pub(super) minted_lst: u64,
    pub(super) balance_lst: Option<u64>,
    /// Of the token account, where it was made.
    pub(super) rent_lamports: Option<u64>,
    /// What was idle in the stake accounts, and is in the wallet now.
    pub(super) withdrawn_lamports: u64,
    #[serde(skip)]
    pub(super) rent: Vec<(&'static str, String)>,
}

#[derive(Debug, Serialize)]
pub(super) struct DepositLine {
    pub(super) stake_account: String,
    pub(super) way: Way,
    pub(super) lamports: u64,
    pub(super) fee_lamports: u64,
    pub(super) charge_lamports: u64,
    pub(super) minted_lst: u64,
    pub(super) signature: String,
}

#[derive(Debug, Serialize)]
pub(super) struct LeftLine {
    pub(super) stake_account: String,
    pub(super) way: Way,
    pub(super) advice: String,
}

impl fmt::Display for Deposited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.deposits.is_empty() {
            let mut deposits = table(["stake account", "SOL", "LST", "transaction"], 1);
            for line in &self.deposits {
                deposits.add_row([
                    line.stake_account.clone(),
                    Lamports::new(line.lamports).to_string(),
                    lst(line.minted_lst),
                    line.signature.clone(),
                ]);
            }
            writeln!(formatter, "{deposits}")?;
        }
        for stake in &self.deactivated {
            writeln!(
                formatter,
                "{stake} deactivates. `sluice stake-account deposit {stake}` deposits its SOL once it is free."
            )?;
        }
        for line in &self.left {
            writeln!(
                formatter,
                "{} is left: {}.",
                line.stake_account, line.advice
            )?;
        }
        if self.withdrawn_lamports > 0 {
            let idle = sol(self.withdrawn_lamports);
            writeln!(formatter, "{idle} that was idle is in the wallet now.")?;
        }
        if self.deposits.is_empty() {
            return Ok(());
        }
        let deposited = self
            .deposits
            .iter()
            .fold(0, |sum: u64, line| sum.saturating_add(line.lamports));
        writeln!(
            formatter,
            "{} received {} of the pool {} for {}, and holds {}.",
            self.owner,
            lst(self.minted_lst),
            self.pool,
            sol(deposited),
            known(self.balance_lst, lst)
        )?;
        write!(formatter, "\n{}", Facts(&self.rent))
    }
}
