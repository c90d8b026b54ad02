use anchor_lang::prelude::*;
use anchor_spl::token::{self, InitializeMint2, Mint, Token, TokenAccount};
use sluice::state::Pool;

use crate::{
    Pair, PairError,
    curve::Reserves,
    state::{PAIR_SEED, SHARES_SEED},
};

/// Decimals of SOL, of every LST, and of the shares.
const DECIMALS: u8 = 9;

/// Accounts of `create_pair`.
#[derive(Accounts)]
pub struct CreatePair<'info> {
    /// Who pays the rent.
    #[account(mut)]
    pub creator: Signer<'info>,
    /// The pool. Its type checks that it belongs to Sluice; which pool it is, is the users' to check.
    pub pool: AccountLoader<'info, Pool>,
    /// The pool's LST.
    #[account(address = pool.load()?.mint @ PairError::WrongMint)]
    pub lst_mint: Account<'info, Mint>,
    /// The pair to be.
    #[account(
        init,
        payer = creator,
        space = Pair::DISCRIMINATOR.len().saturating_add(Pair::INIT_SPACE),
        seeds = [PAIR_SEED, pool.key().as_ref()],
        bump
    )]
    pub pair: Account<'info, Pair>,
    /// Where its LST will be: the pair's associated token account, which anybody creates before.
    #[account(associated_token::mint = lst_mint, associated_token::authority = pair)]
    pub vault: Account<'info, TokenAccount>,
    /// The mint of its shares to be.
    /// CHECK: made here
    #[account(
        init,
        payer = creator,
        space = Mint::LEN,
        owner = token::ID,
        seeds = [SHARES_SEED, pair.key().as_ref()],
        bump
    )]
    pub share_mint: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl CreatePair<'_> {
    /// Notes what belongs together, and makes the mint of the shares. Nobody can freeze them.
    pub fn process(&mut self, bump: u8) -> Result<()> {
        self.pair.set_inner(Pair {
            pool: self.pool.key(),
            lst_mint: self.lst_mint.key(),
            vault: self.vault.key(),
            share_mint: self.share_mint.key(),
            reserves: Reserves::default(),
            bump,
        });
        let accounts = InitializeMint2 {
            mint: self.share_mint.to_account_info(),
        };
        let initialize = CpiContext::new(self.token_program.key(), accounts);
        token::initialize_mint2(initialize, DECIMALS, &self.pair.key(), None)
    }
}
