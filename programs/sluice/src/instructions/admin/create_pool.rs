use crate::{
    cpi::{account, signer::PoolSigner, system, token},
    error::{Checked, SluiceError},
    events::PoolCreated,
    state::{
        CLAIMS_SEED, ESCROW_SEED, FEES_SEED, HISTORY_SEED, MINT_AUTHORITY_SEED, NEVER, POOL_SEED,
        Pool, PoolConfig, RESERVE_SEED, RateHistory, SEED_LAMPORTS, STAKE_AUTHORITY_SEED, VERSION,
    },
};
use anchor_lang::prelude::*;
use anchor_spl::token::{
    self as token_program, Mint, SetAuthority, Token, TokenAccount, set_authority,
    spl_token::instruction::AuthorityType,
};
use sluice_math::{Lamports, Lst};

/// Keys and rates of a new pool.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolParams {
    /// May change roles and configuration.
    pub admin: Pubkey,
    /// May add, weigh and retire validators.
    pub curator: Pubkey,
    /// May pause deposits and delegation for a while.
    pub guardian: Pubkey,
    /// Owner of the token account that fees are paid to.
    pub treasury: Pubkey,
    /// Rates and limits.
    pub config: PoolConfig,
}

impl PoolConfig {
    /// The bounds that no pool can leave.
    pub fn validate(&self) -> Result<()> {
        let within = |value: u16, least: u16, most: u16| value >= least && value <= most;
        require!(
            within(self.reward_fee_bps, 0, 1_000)
                && within(self.deposit_fee_bps, 0, 20)
                && within(self.stake_exit_fee_bps, 0, 20)
                && within(self.instant_fee_min_bps, 1, 300)
                && within(self.instant_fee_max_bps, self.instant_fee_min_bps, 300)
                && within(self.reserve_target_bps, 0, 2_000)
                && within(self.window_bps, 5_000, 9_000)
                && within(self.tolerance_bps, 10, 5_000)
                && within(self.movement_cap_bps, 10, 5_000)
                && within(self.drip_bound_bps, 1, 10_000)
                && within(self.breaker_bound_bps, 10, 10_000)
                && within(self.max_commission_bps, 0, 2_000)
                && within(self.max_block_commission_bps, 0, 10_000)
                && within(self.share_cap_bps, 1, 10_000),
            SluiceError::ParameterOutOfBounds
        );
        Ok(())
    }
}

/// Accounts of `create_pool`.
#[derive(Accounts)]
pub struct CreatePool<'info> {
    /// The new pool.
    #[account(init, payer = creator, space = Pool::SPACE, seeds = [POOL_SEED, mint.key().as_ref()], bump)]
    pub pool: AccountLoader<'info, Pool>,
    /// The LST mint: classic SPL Token, nine decimals, no supply, no freeze authority.
    #[account(
        mut,
        constraint = mint.decimals == 9 @ SluiceError::MintUnsuitable,
        constraint = mint.supply == 0 @ SluiceError::MintUnsuitable,
        constraint = mint.freeze_authority.is_none() @ SluiceError::MintUnsuitable,
        constraint = mint.mint_authority.contains(&current_mint_authority.key()) @ SluiceError::MintUnsuitable,
    )]
    pub mint: Box<Account<'info, Mint>>,
    /// The mint's present authority, which the pool takes over.
    pub current_mint_authority: Signer<'info>,
    /// Pays rent and the seed deposit.
    #[account(mut)]
    pub creator: Signer<'info>,
    /// Staker and withdrawer of every stake account of the pool.
    /// CHECK: derived
    #[account(seeds = [STAKE_AUTHORITY_SEED, pool.key().as_ref()], bump)]
    pub stake_authority: UncheckedAccount<'info>,
    /// Mint authority, and owner of escrow and fees.
    /// CHECK: derived
    #[account(seeds = [MINT_AUTHORITY_SEED, pool.key().as_ref()], bump)]
    pub mint_authority: UncheckedAccount<'info>,
    /// The reserve.
    /// CHECK: derived; a system account
    #[account(mut, seeds = [RESERVE_SEED, pool.key().as_ref()], bump)]
    pub reserve: UncheckedAccount<'info>,
    /// The claims vault.
    /// CHECK: derived; a system account
    #[account(mut, seeds = [CLAIMS_SEED, pool.key().as_ref()], bump)]
    pub claims_vault: UncheckedAccount<'info>,
    /// Queued LST and the seed's LST.
    /// CHECK: derived; created here as a token account
    #[account(mut, seeds = [ESCROW_SEED, pool.key().as_ref()], bump)]
    pub escrow: UncheckedAccount<'info>,
    /// The reward fee until it is paid.
    /// CHECK: derived; created here as a token account
    #[account(mut, seeds = [FEES_SEED, pool.key().as_ref()], bump)]
    pub fees: UncheckedAccount<'info>,
    /// Rates of the last epochs.
    #[account(
        init, payer = creator, space = RateHistory::SPACE,
        seeds = [HISTORY_SEED, pool.key().as_ref()], bump
    )]
    pub history: AccountLoader<'info, RateHistory>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> CreatePool<'info> {
    /// Creates a pool whose first LST belongs to nobody, so that supply and value never start
    /// from zero.
    pub fn process(&mut self, params: &PoolParams, bumps: &CreatePoolBumps) -> Result<()> {
        params.config.validate()?;
        let reserve_rent = Lamports::new(Rent::get()?.minimum_balance(0));
        let seed = Lamports::new(SEED_LAMPORTS);
        self.fund(reserve_rent, seed)?;
        self.take_mint_authority()?;
        self.create_token_account(&self.escrow, ESCROW_SEED, bumps.escrow)?;
        self.create_token_account(&self.fees, FEES_SEED, bumps.fees)?;

        let mut pool = self.pool.load_init()?;
        self.write_addresses(&mut pool, bumps);
        pool.admin = params.admin;
        pool.curator = params.curator;
        pool.guardian = params.guardian;
        pool.treasury = params.treasury;
        pool.config = params.config;
        pool.start(reserve_rent, seed, Clock::get()?.epoch)?;

        let mut history = self.history.load_init()?;
        history.version = VERSION;
        history.bump = bumps.history;
        history.pool = self.pool.key();

        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        token::mint(
            self.mint.as_ref().as_ref(),
            &self.escrow,
            &self.mint_authority,
            Lst::new(pool.dead_lst),
            &signer,
        )?;
        pool.check_invariants(&self.reserve)?;
        emit!(PoolCreated {
            pool: self.pool.key(),
            mint: self.mint.key(),
            config: pool.config,
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// Reserve: its rent and the seed. Claims vault: twice its rent, owed to nobody.
    fn fund(&self, rent: Lamports, seed: Lamports) -> Result<()> {
        system::transfer(&self.creator, &self.reserve, rent.add(seed).checked()?)?;
        system::transfer(&self.creator, &self.claims_vault, rent.add(rent).checked()?)
    }

    fn create_token_account(
        &self,
        token_account: &AccountInfo<'info>,
        seed: &[u8],
        bump: u8,
    ) -> Result<()> {
        let pool = self.pool.key();
        let seeds: &[&[u8]] = &[seed, pool.as_ref(), &[bump]];
        account::create(
            token_account,
            &self.creator,
            TokenAccount::LEN,
            &token_program::ID,
            seeds,
        )?;
        token::initialize_account(
            token_account,
            self.mint.as_ref().as_ref(),
            &self.mint_authority,
        )
    }

    fn take_mint_authority(&self) -> Result<()> {
        let accounts = SetAuthority {
            current_authority: self.current_mint_authority.to_account_info(),
            account_or_mint: self.mint.to_account_info(),
        };
        set_authority(
            CpiContext::new(token_program::ID, accounts),
            AuthorityType::MintTokens,
            Some(self.mint_authority.key()),
        )
    }

    fn write_addresses(&self, pool: &mut Pool, bumps: &CreatePoolBumps) {
        pool.version = VERSION;
        pool.bump = bumps.pool;
        pool.stake_authority_bump = bumps.stake_authority;
        pool.mint_authority_bump = bumps.mint_authority;
        pool.reserve_bump = bumps.reserve;
        pool.claims_vault_bump = bumps.claims_vault;
        pool.mint = self.mint.key();
        pool.stake_authority = self.stake_authority.key();
        pool.mint_authority = self.mint_authority.key();
        pool.reserve = self.reserve.key();
        pool.claims_vault = self.claims_vault.key();
        pool.escrow = self.escrow.key();
        pool.fees = self.fees.key();
        pool.history = self.history.key();
    }
}

impl Pool {
    /// The books of a pool that owns its seed: one LST for one SOL.
    fn start(&mut self, reserve_rent: Lamports, seed: Lamports, epoch: u64) -> Result<()> {
        self.reserve_lamports = reserve_rent.add(seed).checked()?.get();
        self.locked_lamports = reserve_rent.get();
        self.lst_supply = seed.get();
        self.dead_lst = seed.get();
        self.high_water_lamports = seed.get();
        self.high_water_lst = seed.get();
        self.finalized_epoch = epoch;
        self.breaker_epoch = NEVER;
        Ok(())
    }
}
