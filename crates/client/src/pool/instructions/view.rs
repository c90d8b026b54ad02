//! What a pool answers.

use sluice::{accounts, instruction};
use solana_instruction::Instruction;

use super::build;
use crate::PoolAddresses;

impl PoolAddresses {
    /// Returns both prices.
    pub fn rate(&self) -> Instruction {
        build(self.query(), instruction::Rate {})
    }

    /// Returns what a deposit would mint.
    pub fn quote_deposit(&self, lamports: u64) -> Instruction {
        build(self.query(), instruction::QuoteDeposit { lamports })
    }

    /// Returns what an instant exit would pay.
    pub fn quote_withdraw(&self, lst: u64) -> Instruction {
        build(self.query(), instruction::QuoteWithdraw { lst })
    }

    fn query(&self) -> accounts::Query {
        accounts::Query { pool: self.pool }
    }
}
