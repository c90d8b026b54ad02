//! A life of a stake in which every figure that the binary prints is compared with the bytes and
//! balances of the accounts.

mod books;
mod entering;
mod figures;
mod leaving;
mod raw;

use serde_json::Value;
use sluice_tests::command::{number, text};
use solana_pubkey::Pubkey;

use self::{
    books::PricePoint,
    figures::{Figures, list},
    raw::Raw,
};
use crate::net::{CliNet, User};

/// What a transaction with one signature costs.
const TRANSACTION_FEE: u64 = 5_000;

#[test]
fn every_figure_that_the_binary_prints_is_what_the_accounts_hold() {
    let mut life = Life::begin();
    life.add_validators();
    life.stake();
    life.delegate();
    life.grow();
    let request = life.join_queue();
    life.leave_at_once();
    let leaving = life.retire_validator();
    life.settle_and_claim(&request);
    life.drain_and_close(&leaving);
    life.compare_history();
    let compared = life.figures.compared;
    assert!(compared > 500, "{compared}");
}

/// Who takes part, where, and what was compared so far.
struct Life {
    net: CliNet,
    figures: Figures,
    /// Stakes and leaves.
    holder: User,
    /// Has nothing to do with the pool, and turns its cranks.
    stranger: User,
}

impl Life {
    /// What the binary says to somebody.
    fn says(&self, user: &User, arguments: &str) -> Value {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        self.net.json(user, &arguments)
    }

    fn cranked(&self) -> Value {
        self.says(&self.stranger, "crank")
    }

    /// Compares everything that the binary says about the pool with the accounts.
    fn examine(&mut self) -> PricePoint {
        books::examine(&self.net, &mut self.figures, &self.stranger)
    }

    fn raw(&self, address: &Pubkey) -> Raw {
        Raw::read(&self.net, address)
    }

    /// Whether there is nothing at an address.
    fn is_gone(&self, address: &Pubkey) -> bool {
        self.net.lamports(address) == 0
    }

    fn wallet(&self) -> u64 {
        self.net.lamports(&self.holder.address)
    }
}

/// An address in what the binary said.
fn address(said: &Value, pointer: &str) -> Pubkey {
    text(said, pointer).parse().unwrap()
}

/// Lamports that the steps of this kind moved, as a crank said.
fn moved(said: &Value, kind: &str) -> u64 {
    let steps = list(said, "/steps").iter();
    let of_kind = steps.filter(|step| text(step, "/step") == kind);
    of_kind.map(|step| number(step, "/lamports")).sum()
}
