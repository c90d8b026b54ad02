//! Sluice for Jupiter: [`SluiceAmm`] is a pool as a market of SOL against its LST, over the router.
//!
//! Quotes are the program's own functions, so they equal what the router's swap does at the clock's
//! slot, to the lamport. Two accounts are enough for every pool, however many validators it has:
//! the pool, and the cluster's rent. No node is asked.
//!
//! Jupiter's list of swaps has none of Sluice yet: [`PLACEHOLDER`] stands for it.

mod accounts;
mod refusal;

use std::sync::{Arc, atomic::Ordering};

use anchor_lang::prelude::{Clock, EpochSchedule, Rent};
use anyhow::{Context, Result, bail};
use jupiter_amm_interface::{
    AccountMap, Amm, AmmContext, ClockRef, KeyedAccount, Quote, QuoteParams, SingleProgramAmm,
    Swap, SwapAndAccountMetas, SwapMode, SwapParams, single_program_amm,
};
pub use refusal::Refusal;
use rust_decimal::Decimal;
use sluice::{moment::Moment, state::Pool};
use sluice_math::{Lamports, Lst};
use sluice_router::instruction::{RoutedPool, Swapper};
use solana_epoch_rewards::EpochRewards;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
use solana_stake_interface::stake_history::StakeHistory;
use spl_token_interface::native_mint::ID as WRAPPED_SOL;

/// What stands for Sluice among Jupiter's swaps until there is a variant. As in other integrations
/// it is the one of SPL Token Swap; Jupiter's program would call that program with it.
pub const PLACEHOLDER: Swap = Swap::TokenSwap;

/// Accounts of a swap, the router itself included: those of a deposit, the longer list.
const MOST_ACCOUNTS: usize = 12;

/// A pool as a market of SOL against its LST.
#[derive(Clone)]
pub struct SluiceAmm {
    key: Pubkey,
    pool: Pool,
    /// Not known before the first update.
    rent: Option<Rent>,
    clock: ClockRef,
}

single_program_amm!(SluiceAmm, sluice_router::ID, "Sluice");

/// Which way a swap goes.
#[derive(Clone, Copy)]
enum Way {
    /// SOL for LST.
    Deposit,
    /// LST for SOL.
    Exit,
}

impl SluiceAmm {
    /// Fails where one of the mints is of another market.
    fn way(&self, from: &Pubkey, to: &Pubkey) -> Result<Way> {
        match (*from, *to) {
            (WRAPPED_SOL, mint) if mint == self.pool.mint => Ok(Way::Deposit),
            (mint, WRAPPED_SOL) if mint == self.pool.mint => Ok(Way::Exit),
            _ => bail!("the pool {} has no swap from {from} to {to}", self.key),
        }
    }

    fn clock(&self) -> Clock {
        let ClockRef {
            slot,
            epoch_start_timestamp,
            epoch,
            leader_schedule_epoch,
            unix_timestamp,
        } = &self.clock;
        Clock {
            slot: slot.load(Ordering::Relaxed),
            epoch_start_timestamp: epoch_start_timestamp.load(Ordering::Relaxed),
            epoch: epoch.load(Ordering::Relaxed),
            leader_schedule_epoch: leader_schedule_epoch.load(Ordering::Relaxed),
            unix_timestamp: unix_timestamp.load(Ordering::Relaxed),
        }
    }

    /// The moment of the clock. What the price of SOL does not depend on is left empty.
    fn moment(&self) -> Result<Moment> {
        let rent = self.rent.as_ref().context("the pool was not updated yet")?;
        Ok(Moment::given(
            self.clock(),
            rent,
            EpochSchedule::default(),
            Arc::new(StakeHistory::default()),
            Lamports::ZERO,
            EpochRewards::default(),
        ))
    }

    fn quote_deposit(&self, lamports: u64) -> Result<Quote> {
        let quote = self.pool.deposit_at(Lamports::new(lamports), &self.clock());
        let quote = quote.map_err(Refusal::of)?;
        let fees = quote.fee.add(quote.charge)?;
        Ok(Quote {
            in_amount: lamports,
            out_amount: quote.minted.get(),
            fee_amount: fees.get(),
            fee_mint: WRAPPED_SOL,
            fee_pct: share(fees.get(), lamports),
        })
    }

    fn quote_exit(&self, lst: u64) -> Result<Quote> {
        let exit = self.pool.instant_exit_at(Lst::new(lst), &self.moment()?);
        let exit = exit.map_err(Refusal::of)?;
        let worth = exit.lamports.add(exit.fee)?;
        Ok(Quote {
            in_amount: lst,
            out_amount: exit.lamports.get(),
            fee_amount: exit.fee.get(),
            fee_mint: WRAPPED_SOL,
            fee_pct: share(exit.fee.get(), worth.get()),
        })
    }
}

impl Amm for SluiceAmm {
    /// Fails where the account is no pool of this version.
    fn from_keyed_account(account: &KeyedAccount, context: &AmmContext) -> Result<Self> {
        Ok(Self {
            key: account.key,
            pool: accounts::pool(&account.key, &account.account)?,
            rent: None,
            clock: context.clock_ref.clone(),
        })
    }

    fn label(&self) -> String {
        Self::LABEL.into()
    }

    fn program_id(&self) -> Pubkey {
        Self::PROGRAM_ID
    }

    fn key(&self) -> Pubkey {
        self.key
    }

    fn get_reserve_mints(&self) -> Vec<Pubkey> {
        vec![WRAPPED_SOL, self.pool.mint]
    }

    fn get_accounts_to_update(&self) -> Vec<Pubkey> {
        vec![self.key, sysvar::rent::ID]
    }

    /// Fails, and keeps what it knew, where one of the accounts is missing or is not what it was.
    fn update(&mut self, accounts: &AccountMap) -> Result<()> {
        let get = |address: &Pubkey| {
            let account = accounts.get(address);
            account.with_context(|| format!("the account {address} is missing"))
        };
        let pool = accounts::pool(&self.key, get(&self.key)?)?;
        self.rent = Some(accounts::rent(get(&sysvar::rent::ID)?)?);
        self.pool = pool;
        Ok(())
    }

    /// Fails with a [`Refusal`] where the pool would refuse the swap.
    fn quote(&self, params: &QuoteParams) -> Result<Quote> {
        if params.swap_mode != SwapMode::ExactIn {
            bail!("the amount that is paid must be given: results are rounded down");
        }
        match self.way(&params.input_mint, &params.output_mint)? {
            Way::Deposit => self.quote_deposit(params.amount),
            Way::Exit => self.quote_exit(params.amount),
        }
    }

    /// The router, then its account list. Whoever moves the source's tokens signs.
    fn get_swap_and_account_metas(
        &self,
        params: &SwapParams<'_, '_>,
    ) -> Result<SwapAndAccountMetas> {
        let swap = swap(
            self.key,
            &self.pool,
            params,
            self.way(&params.source_mint, &params.destination_mint)?,
        );
        let program = AccountMeta::new_readonly(swap.program_id, false);
        Ok(SwapAndAccountMetas {
            swap: PLACEHOLDER,
            account_metas: [vec![program], swap.accounts].concat(),
        })
    }

    fn clone_amm(&self) -> Box<dyn Amm + Send + Sync> {
        Box::new(self.clone())
    }

    fn program_dependencies(&self) -> Vec<(Pubkey, String)> {
        vec![(sluice::ID, "sluice".into())]
    }

    fn get_accounts_len(&self) -> usize {
        MOST_ACCOUNTS
    }

    /// Only while the pool is priced and no breaker is tripped: then one way is open at least.
    fn is_active(&self) -> bool {
        self.pool.require_instant_exits_open(&self.clock()).is_ok()
    }
}

/// The router's instruction: least results are Jupiter's to check, over the whole route.
fn swap(key: Pubkey, pool: &Pool, params: &SwapParams<'_, '_>, way: Way) -> Instruction {
    let routed = RoutedPool {
        pool: key,
        mint: pool.mint,
        mint_authority: pool.mint_authority,
        reserve: pool.reserve,
    };
    let by = Swapper {
        owner: params.token_transfer_authority,
        source: params.source_token_account,
        recipient: params.destination_token_account,
    };
    match way {
        Way::Deposit => routed.deposit_sol(&by, params.in_amount, 0),
        Way::Exit => routed.withdraw_sol(&by, params.in_amount, 0),
    }
}

/// A part of a whole, as a fraction.
fn share(part: u64, whole: u64) -> Decimal {
    let share = Decimal::from(part).checked_div(Decimal::from(whole));
    share.unwrap_or_default()
}
