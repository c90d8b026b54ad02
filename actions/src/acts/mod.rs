//! What can be done: how each Action looks, and its transaction.

mod claim;
mod stake;
mod unstake;

use std::str::FromStr;

use sluice_client::words::{amounts::sol, times::in_about};
use sluice_math::{Lamports, ParseAmountError};

use crate::{
    desk::Desk,
    refusal::Refusal,
    spec::{ActionGetResponse, TransactionResponse},
};

/// An Action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// SOL for LST.
    Stake,
    /// LST into the queue.
    Unstake,
    /// LST for SOL at once.
    Instant,
    /// SOL of settled tickets.
    Claim,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Stake, Self::Unstake, Self::Instant, Self::Claim];

    /// Its path on a website.
    pub fn page(self) -> &'static str {
        match self {
            Self::Stake => "/stake",
            Self::Unstake => "/unstake",
            Self::Instant => "/unstake/instant",
            Self::Claim => "/claim",
        }
    }

    /// Its path in this service.
    pub fn path(self) -> String {
        format!("/api{}", self.page())
    }

    /// How it looks now.
    ///
    /// # Errors
    ///
    /// Where the pool cannot be read.
    pub fn show(self, desk: &Desk) -> Result<ActionGetResponse, Refusal> {
        match self {
            Self::Stake => stake::show(desk),
            Self::Unstake => unstake::show(desk),
            Self::Instant => unstake::instant::show(desk),
            Self::Claim => Ok(claim::show(desk)),
        }
    }

    /// Its transaction, for the wallet at this address.
    ///
    /// # Errors
    ///
    /// Where there is none, in words.
    pub fn prepare(
        self,
        desk: &Desk,
        account: &str,
        amount: Option<&str>,
    ) -> Result<TransactionResponse, Refusal> {
        match self {
            Self::Stake => stake::prepare(desk, account, read(amount)?),
            Self::Unstake => unstake::prepare(desk, account, read(amount)?),
            Self::Instant => unstake::instant::prepare(desk, account, read(amount)?),
            Self::Claim => claim::prepare(desk, desk.wallet(account)?),
        }
    }

    /// The URL of its button for this amount.
    fn button(self, desk: &Desk, amount: &str) -> String {
        format!("{}?amount={amount}", desk.url(&self.path()))
    }
}

/// The place of an amount in a URL, which wallets fill in.
const TO_FILL_IN: &str = "{amount}";

/// An amount of the query, by the type that reads amounts everywhere.
fn read<T: FromStr<Err = ParseAmountError>>(amount: Option<&str>) -> Result<T, Refusal> {
    let Some(amount) = amount else {
        return Err(Refusal::bad(
            "The URL names no amount: it ends with ?amount=12.5",
        ));
    };
    amount
        .parse()
        .map_err(|error: ParseAmountError| Refusal::bad(format!("The amount is wrong: {error}")))
}

/// The Action's picture.
fn icon(desk: &Desk) -> String {
    desk.url("/icon.svg")
}

/// What is received at least, and by the quote.
fn receives(least: u64, quoted: u64, in_words: fn(u64) -> String) -> String {
    let least_in_words = in_words(least);
    match least == quoted {
        true => format!("You receive {least_in_words}."),
        false => format!(
            "You receive at least {least_in_words}, and {} at the price of now.",
            in_words(quoted)
        ),
    }
}

/// What the cluster takes.
fn takes(fee: Lamports) -> String {
    format!("The cluster takes {} as its fee.", sol(fee.get()))
}

/// ` (in about 2 days)`, where slots pass.
fn when(seconds: Option<u64>) -> String {
    seconds.map_or_else(String::new, |seconds| format!(" ({})", in_about(seconds)))
}
