use anchor_lang::prelude::*;
use anchor_spl::token::{self, InitializeMint2, Mint, Token, TokenAccount};

use super::moves::take_lamports;
use crate::{
    Market, VaultError,
    book::Book,
    price,
    state::{MARKET_SEED, SHARES_SEED},
    terms::SEED_LAMPORTS,
};

/// Decimals of SOL, of every LST, and of the shares.
const DECIMALS: u8 = 9;

/// Accounts of `create_market`.
#[derive(Accounts)]
pub struct CreateMarket<'info> {
    /// Who pays the rents and the seed.
    #[account(mut)]
    pub creator: Signer<'info>,
    /// The pool. Which pool it is, is the users' to check.
    /// CHECK: read as a pool of Sluice
    pub pool: UncheckedAccount<'info>,
    /// The pool's LST.
    pub lst_mint: Account<'info, Mint>,
    /// The market to be.
    #[account(
        init,
        payer = creator,
        space = Market::DISCRIMINATOR.len().saturating_add(Market::INIT_SPACE),
        seeds = [MARKET_SEED, pool.key().as_ref()],
        bump
    )]
    pub market: Account<'info, Market>,
    /// Where its LST will be: the market's associated token account, which anybody creates before.
    #[account(associated_token::mint = lst_mint, associated_token::authority = market)]
    pub vault: Account<'info, TokenAccount>,
    /// The mint of its shares to be.
    /// CHECK: made here
    #[account(
        init,
        payer = creator,
        space = Mint::LEN,
        owner = token::ID,
        seeds = [SHARES_SEED, market.key().as_ref()],
        bump
    )]
    pub share_mint: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl CreateMarket<'_> {
    /// Notes what belongs together, takes the seed, and makes the mint of the shares.
    pub fn process(&mut self, bump: u8) -> Result<()> {
        let rate = price::read(&self.pool)?;
        require!(
            rate.mint == self.lst_mint.key().to_bytes(),
            VaultError::WrongMint
        );
        self.market.set_inner(Market {
            pool: self.pool.key(),
            lst_mint: self.lst_mint.key(),
            vault: self.vault.key(),
            share_mint: self.share_mint.key(),
            book: Book::begin(Clock::get()?.slot),
            seizures: 0,
            bump,
        });
        take_lamports(
            &self.creator,
            &self.market,
            &self.system_program,
            SEED_LAMPORTS,
        )?;
        let accounts = InitializeMint2 {
            mint: self.share_mint.to_account_info(),
        };
        let initialize = CpiContext::new(self.token_program.key(), accounts);
        token::initialize_mint2(initialize, DECIMALS, &self.market.key(), None)
    }
}
