//! For programs off the chain: where a market's accounts are, and its instructions.

use anchor_lang::{
    InstructionData, ToAccountMetas,
    prelude::*,
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::{associated_token::get_associated_token_address, token};

use crate::{
    accounts, instruction,
    state::{LOAN_SEED, MARKET_SEED, SEIZURE_SEED, SHARES_SEED},
};

/// The addresses of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketAddresses {
    /// The Sluice pool.
    pub pool: Pubkey,
    /// The pool's LST.
    pub lst_mint: Pubkey,
    /// The market.
    pub market: Pubkey,
    /// The market's LST.
    pub vault: Pubkey,
    /// The mint of the lenders' shares.
    pub share_mint: Pubkey,
}

/// What a liquidation by the queue names of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueAccounts {
    /// The open batch.
    pub batch: Pubkey,
    /// The ticket of the market with the seizure's number.
    pub ticket: Pubkey,
    /// The pool's escrow.
    pub escrow: Pubkey,
}

impl MarketAddresses {
    /// Those of the market of this pool.
    pub fn of(pool: Pubkey, lst_mint: Pubkey) -> Self {
        let market = derived(&[MARKET_SEED, pool.as_ref()]);
        Self {
            pool,
            lst_mint,
            market,
            vault: get_associated_token_address(&market, &lst_mint),
            share_mint: derived(&[SHARES_SEED, market.as_ref()]),
        }
    }

    /// A loan of this borrower.
    pub fn loan(&self, borrower: &Pubkey, number: u8) -> Pubkey {
        derived(&[
            LOAN_SEED,
            self.market.as_ref(),
            borrower.as_ref(),
            &[number],
        ])
    }

    /// A seizure by its number.
    pub fn seizure(&self, number: u64) -> Pubkey {
        derived(&[SEIZURE_SEED, self.market.as_ref(), &number.to_le_bytes()])
    }

    /// Creates the market. Its vault, an associated token account, is created before.
    pub fn create_market(&self, creator: Pubkey) -> Instruction {
        build(
            accounts::CreateMarket {
                creator,
                pool: self.pool,
                lst_mint: self.lst_mint,
                market: self.market,
                vault: self.vault,
                share_mint: self.share_mint,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::CreateMarket {},
        )
    }

    /// Lends SOL, for shares in the lender's associated token account.
    pub fn lend(&self, lender: Pubkey, lamports: u64, minimum_shares: u64) -> Instruction {
        build(
            accounts::Lend {
                market: self.market,
                share_mint: self.share_mint,
                lender,
                lender_shares: get_associated_token_address(&lender, &self.share_mint),
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::Lend {
                lamports,
                minimum_shares,
            },
        )
    }

    /// Takes SOL back for shares.
    pub fn withdraw(&self, lender: Pubkey, shares: u64, minimum_lamports: u64) -> Instruction {
        build(
            accounts::Withdraw {
                market: self.market,
                share_mint: self.share_mint,
                lender,
                lender_shares: get_associated_token_address(&lender, &self.share_mint),
                token_program: token::ID,
            },
            instruction::Withdraw {
                shares,
                minimum_lamports,
            },
        )
    }

    /// Opens a loan against LST of the borrower's associated token account.
    pub fn open_loan(&self, borrower: Pubkey, number: u8, lst: u64, lamports: u64) -> Instruction {
        build(
            accounts::OpenLoan {
                market: self.market,
                pool: self.pool,
                vault: self.vault,
                loan: self.loan(&borrower, number),
                borrower,
                borrower_lst: get_associated_token_address(&borrower, &self.lst_mint),
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::OpenLoan {
                number,
                lst,
                lamports,
            },
        )
    }

    /// Adds LST of the giver's associated token account to a loan.
    pub fn add_collateral(&self, loan: Pubkey, giver: Pubkey, lst: u64) -> Instruction {
        build(
            accounts::AddCollateral {
                market: self.market,
                vault: self.vault,
                loan,
                giver,
                giver_lst: get_associated_token_address(&giver, &self.lst_mint),
                token_program: token::ID,
            },
            instruction::AddCollateral { lst },
        )
    }

    /// Pays a loan back; `u64::MAX` pays all of it.
    pub fn repay(&self, loan: Pubkey, payer: Pubkey, lamports: u64) -> Instruction {
        build(
            accounts::Repay {
                market: self.market,
                loan,
                payer,
                system_program: system_program::ID,
            },
            instruction::Repay { lamports },
        )
    }

    /// Closes a loan that owes nothing.
    pub fn close_loan(&self, borrower: Pubkey, number: u8) -> Instruction {
        build(
            accounts::CloseLoan {
                market: self.market,
                vault: self.vault,
                loan: self.loan(&borrower, number),
                borrower,
                borrower_lst: get_associated_token_address(&borrower, &self.lst_mint),
                token_program: token::ID,
            },
            instruction::CloseLoan {},
        )
    }

    /// Liquidates through the pool's instant exit, and pays the liquidator.
    pub fn liquidate_now(&self, loan: Pubkey, liquidator: Pubkey, reserve: Pubkey) -> Instruction {
        build(
            accounts::LiquidateNow {
                market: self.market,
                vault: self.vault,
                loan,
                liquidator,
                pool: self.pool,
                lst_mint: self.lst_mint,
                reserve,
                sluice: sluice::ID,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::LiquidateNow {},
        )
    }

    /// Liquidates through the pool's queue. `number` is `seizures` of the market.
    pub fn liquidate_by_queue(
        &self,
        loan: Pubkey,
        number: u64,
        keeper: Pubkey,
        queue: &QueueAccounts,
    ) -> Instruction {
        build(
            accounts::LiquidateByQueue {
                market: self.market,
                vault: self.vault,
                loan,
                seizure: self.seizure(number),
                keeper,
                pool: self.pool,
                batch: queue.batch,
                ticket: queue.ticket,
                escrow: queue.escrow,
                sluice: sluice::ID,
                token_program: token::ID,
                system_program: system_program::ID,
            },
            instruction::LiquidateByQueue {},
        )
    }

    /// Books what the queue has paid for a seizure.
    pub fn collect(&self, number: u64, ticket: Pubkey, payer: Pubkey) -> Instruction {
        build(
            accounts::Collect {
                market: self.market,
                seizure: self.seizure(number),
                ticket,
                payer,
            },
            instruction::Collect {},
        )
    }
}

fn derived(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &crate::ID).0
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: crate::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}
