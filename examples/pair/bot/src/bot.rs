//! One turn after another: look, reckon, send.

use std::fmt;

use anyhow::Result;
use sluice_client::{
    ClientError, Executor, PoolAddresses, Repeat,
    words::amounts::{lst, sol},
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};

use crate::{Market, Trade, Way};

/// What stays in the wallet for fees and rent: 0.01 SOL.
const KEPT_LAMPORTS: u64 = 10_000_000;
/// The most transactions that pricing a stale pool may take.
const MOST_CRANKS: usize = 50;

/// A bot and its wallet.
pub struct Bot<'a> {
    /// The node.
    pub rpc: &'a RpcClient,
    /// Pays, and earns.
    pub wallet: &'a dyn Signer,
    /// The pool.
    pub pool: PoolAddresses,
    /// What a trade must earn at least after all fees, in lamports.
    pub minimum_profit_lamports: u64,
    /// Whether to price a stale pool, for the fees of some transactions, or to wait until somebody does.
    pub crank: bool,
}

/// What came of a turn.
#[derive(Debug)]
pub enum Turn {
    /// The pool has no price for this epoch yet.
    Stale,
    /// The breaker is tripped: the pool neither mints nor redeems at once.
    Tripped,
    /// No trade earns more than it costs.
    Idle {
        /// The best one, if any can be made.
        best: Option<Trade>,
        /// The most that its transaction could cost, and what it must earn, in lamports.
        costs_lamports: u64,
    },
    /// A transaction failed and changed nothing: somebody was faster.
    Missed {
        /// What it would have been.
        trade: Trade,
        /// Why it failed.
        why: String,
    },
    /// A trade was made.
    Traded {
        /// What it was reckoned to be.
        trade: Trade,
        /// By how much the wallet has grown, in lamports.
        earned_lamports: u64,
        /// Its transaction.
        signature: Signature,
    },
}

impl Bot<'_> {
    /// Makes the wallet's token account, which every trade passes through, where there is none.
    pub fn prepare(&self) -> Result<()> {
        let owner = self.wallet.pubkey();
        let account = get_associated_token_address(&owner, &self.pool.mint);
        let found = self
            .rpc
            .get_account_with_commitment(&account, self.rpc.commitment())?;
        if found.value.is_some() {
            return Ok(());
        }
        let create = create_token_account(&owner, &owner, &self.pool.mint);
        Executor::new(self.rpc, self.wallet).send(&[create], &[], Repeat::Harmless)?;
        Ok(())
    }

    /// Looks once, and trades if that earns something.
    pub fn turn(&self) -> Result<Turn> {
        let executor = Executor::new(self.rpc, self.wallet);
        let mut market = Market::load(self.rpc, &self.pool)?;
        if !market.pool.is_fresh() && self.crank {
            executor.refresh(&self.pool, MOST_CRANKS, &mut |_| {})?;
            market = Market::load(self.rpc, &self.pool)?;
        }
        if !market.pool.is_fresh() {
            return Ok(Turn::Stale);
        }
        if market.pool.pool.is_tripped() {
            return Ok(Turn::Tripped);
        }
        self.trade(&executor, &market)
    }

    fn trade(&self, executor: &Executor<'_>, market: &Market) -> Result<Turn> {
        let owner = self.wallet.pubkey();
        let before = self.rpc.get_balance(&owner)?;
        let fees = executor.most_fees(1).get();
        let costs_lamports = fees.saturating_add(self.minimum_profit_lamports);
        let best = market.best_trade(before.saturating_sub(KEPT_LAMPORTS));
        let earns = |trade: &Trade| trade.profit_lamports() > i128::from(costs_lamports);
        let Some(trade) = best.filter(earns) else {
            return Ok(Turn::Idle {
                best,
                costs_lamports,
            });
        };
        let least = trade.paid_lamports.saturating_add(costs_lamports);
        let instructions = trade.instructions(market, owner, least);
        // A second copy would earn something, too, or fail.
        let sent = match executor.send(&instructions, &[], Repeat::Harmless) {
            Err(refused @ ClientError::Refused(_)) => {
                let why = refused.to_string();
                return Ok(Turn::Missed { trade, why });
            }
            sent => sent?,
        };
        let after = self.rpc.get_balance(&owner)?;
        Ok(Turn::Traded {
            trade,
            earned_lamports: after.saturating_sub(before),
            signature: sent.signature,
        })
    }
}

/// The instruction that makes an associated token account, if it does not exist.
pub fn create_token_account(payer: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, owner, mint, &spl_token_interface::ID)
}

impl fmt::Display for Turn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale => formatter
                .write_str("Waiting: the pool is not priced for this epoch yet. --crank does it."),
            Self::Tripped => formatter.write_str(
                "Waiting: the pool's breaker is tripped. It neither mints nor redeems at once.",
            ),
            Self::Idle { best: None, .. } => {
                formatter.write_str("Nothing can be traded: the pair or the wallet has too little.")
            }
            Self::Idle {
                best: Some(best),
                costs_lamports,
            } => write!(
                formatter,
                "Nothing to earn: {} would come back for {}, and a trade must earn {}.",
                sol(best.returned_lamports),
                sol(best.paid_lamports),
                sol(*costs_lamports)
            ),
            Self::Missed { why, .. } => {
                write!(formatter, "Missed, and nothing was paid but a fee: {why}")
            }
            Self::Traded {
                trade,
                earned_lamports,
                signature,
            } => write!(
                formatter,
                "{} The wallet has {} more than before. Transaction {signature}",
                done(trade),
                sol(*earned_lamports)
            ),
        }
    }
}

fn done(trade: &Trade) -> String {
    let (paid, between) = (sol(trade.paid_lamports), lst(trade.lst));
    match trade.way {
        Way::MintAndSell => format!("Minted {between} for {paid} and sold them to the pair."),
        Way::BuyAndRedeem => {
            format!("Bought {between} from the pair for {paid} and redeemed them.")
        }
    }
}
