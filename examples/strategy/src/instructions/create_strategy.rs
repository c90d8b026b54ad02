use anchor_lang::{
    prelude::*,
    system_program::{self, Transfer},
};
use anchor_spl::token::{self, InitializeMint2, Mint, Token, TokenAccount};

use crate::{
    Strategy, StrategyError,
    holdings::Holdings,
    state::{SHARES_SEED, STRATEGY_SEED, TILL_SEED, rate_of},
};

/// Decimals of SOL, of every LST, and of the shares.
const DECIMALS: u8 = 9;

/// Accounts of `create_strategy`.
#[derive(Accounts)]
pub struct CreateStrategy<'info> {
    /// Who pays the rents. That of the till stays in it for ever.
    #[account(mut)]
    pub creator: Signer<'info>,
    /// The pool. Which pool it is, is the users' to check.
    /// CHECK: read as a pool of Sluice
    pub pool: UncheckedAccount<'info>,
    /// The pool's LST.
    pub lst_mint: Account<'info, Mint>,
    /// The strategy to be.
    #[account(
        init,
        payer = creator,
        space = Strategy::DISCRIMINATOR.len().saturating_add(Strategy::INIT_SPACE),
        seeds = [STRATEGY_SEED, pool.key().as_ref()],
        bump
    )]
    pub strategy: Account<'info, Strategy>,
    /// Where its LST will be: the strategy's associated token account, which anybody creates before.
    #[account(associated_token::mint = lst_mint, associated_token::authority = strategy)]
    pub vault: Account<'info, TokenAccount>,
    /// Where its SOL will be.
    /// CHECK: an address of this program, which has no account yet
    #[account(mut, seeds = [TILL_SEED, strategy.key().as_ref()], bump)]
    pub till: UncheckedAccount<'info>,
    /// The mint of its shares to be.
    /// CHECK: made here
    #[account(
        init,
        payer = creator,
        space = Mint::LEN,
        owner = token::ID,
        seeds = [SHARES_SEED, strategy.key().as_ref()],
        bump
    )]
    pub share_mint: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl CreateStrategy<'_> {
    /// Notes what belongs together, makes the mint of the shares, and pays the rent of the till.
    pub fn process(&mut self, bump: u8, till_bump: u8) -> Result<()> {
        let rate = rate_of(&self.pool)?;
        require!(
            rate.mint == self.lst_mint.key().to_bytes(),
            StrategyError::WrongMint
        );
        self.strategy.set_inner(Strategy {
            pool: self.pool.key(),
            lst_mint: self.lst_mint.key(),
            vault: self.vault.key(),
            till: self.till.key(),
            share_mint: self.share_mint.key(),
            holdings: Holdings::default(),
            exits: 0,
            bump,
            till_bump,
        });
        let accounts = InitializeMint2 {
            mint: self.share_mint.to_account_info(),
        };
        let initialize = CpiContext::new(self.token_program.key(), accounts);
        token::initialize_mint2(initialize, DECIMALS, &self.strategy.key(), None)?;
        self.open_till()
    }

    /// The rent is never counted, so however little the till receives or keeps, its account stays.
    fn open_till(&self) -> Result<()> {
        let accounts = Transfer {
            from: self.creator.to_account_info(),
            to: self.till.to_account_info(),
        };
        let open = CpiContext::new(self.system_program.key(), accounts);
        system_program::transfer(open, Rent::get()?.minimum_balance(0))
    }
}
