use std::cell::RefMut;

use anchor_lang::prelude::*;
use anchor_spl::token::{
    self as token_program, Mint, SetAuthority, Token, TokenAccount, set_authority,
    spl_token::instruction::AuthorityType,
};
use sluice_math::{BPS, Lamports, Lst};

use crate::{
    calls::{account, signer::PoolSigner, system, token},
    ensure,
    error::{Checked, SluiceError, ensure_is},
    events::PoolCreated,
    moment::rent_of,
    state::{
        CLAIMS_SEED, ESCROW_SEED, FEES_SEED, HISTORY_SEED, MINT_AUTHORITY_SEED, NEVER, POOL_SEED,
        Parameters, Pool, PoolConfig, PoolLimits, RESERVE_SEED, RateHistory, SEED_LAMPORTS,
        STAKE_AUTHORITY_SEED, VERSION,
    },
};

/// Decimals of every LST: those of SOL.
const LST_DECIMALS: u8 = 9;

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
    /// Limits on deposits.
    pub limits: PoolLimits,
}

/// Accounts of `create_pool`.
#[derive(Accounts)]
pub struct CreatePool<'info> {
    /// The new pool.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The LST mint: classic SPL Token, nine decimals, no supply, no freeze authority.
    #[account(mut)]
    pub mint: Account<'info, Mint>,
    /// The mint's present authority, which the pool takes over.
    pub current_mint_authority: Signer<'info>,
    /// Pays rent and the seed deposit.
    #[account(mut)]
    pub creator: Signer<'info>,
    /// Staker and withdrawer of every stake account of the pool.
    /// CHECK: compared with the derived address
    pub stake_authority: UncheckedAccount<'info>,
    /// Mint authority, and owner of escrow and fees.
    /// CHECK: compared with the derived address
    pub mint_authority: UncheckedAccount<'info>,
    /// The reserve: a system account.
    /// CHECK: compared with the derived address
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The claims vault: a system account.
    /// CHECK: compared with the derived address
    #[account(mut)]
    pub claims_vault: UncheckedAccount<'info>,
    /// Queued LST and the seed's LST: a token account.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The reward fee until it is paid: a token account.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub fees: UncheckedAccount<'info>,
    /// Rates of the last epochs.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub history: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> CreatePool<'info> {
    fn validate(&self, params: &PoolParams) -> Result<()> {
        Parameters::of(&params.config, &params.limits).validate()?;
        let mint = &self.mint;
        let authority = Some(self.current_mint_authority.key());
        ensure!(
            mint.decimals == LST_DECIMALS
                && mint.supply == 0
                && mint.freeze_authority.is_none()
                && Option::from(mint.mint_authority) == authority,
            SluiceError::MintUnsuitable
        );
        Ok(())
    }

    /// Creates a pool whose first LST belongs to nobody, so that supply and value never start
    /// from zero.
    pub fn process(&mut self, params: &PoolParams) -> Result<()> {
        self.validate(params)?;
        let reserve_rent = rent_of(0)?;
        let seed = Lamports::new(SEED_LAMPORTS);

        let mut pool = self.create_pool(params)?;
        self.create_history()?;
        self.take_mint_authority()?;
        self.create_token_account(&self.escrow, ESCROW_SEED)?;
        self.create_token_account(&self.fees, FEES_SEED)?;
        self.fund(reserve_rent, seed)?;
        pool.start(reserve_rent, seed, Clock::get()?.epoch)?;
        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        let seed_lst = Lst::new(pool.dead_lst);
        token::mint(
            self.mint.as_ref(),
            &self.escrow,
            &self.mint_authority,
            seed_lst,
            &signer,
        )?;

        pool.check_invariants(&self.reserve)?;
        emit!(PoolCreated {
            pool: self.pool.key(),
            mint: self.mint.key(),
            epoch: pool.finalized_epoch,
            admin: pool.admin,
            curator: pool.curator,
            guardian: pool.guardian,
            treasury: pool.treasury,
            config: pool.config,
            limits: pool.governance.limits,
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// The pool account with its addresses, roles and configuration; its books are still empty.
    fn create_pool(&self, params: &PoolParams) -> Result<RefMut<'_, Pool>> {
        let mint = self.mint.key();
        let seeds: &[&[u8]] = &[POOL_SEED, mint.as_ref()];
        let wrong = SluiceError::ForeignAccount;
        let (mut pool, bump) = account::create::<Pool>(&self.pool, &self.creator, seeds, wrong)?;
        pool.version = VERSION;
        pool.bump = bump;
        pool.stake_authority_bump = self.derive(&self.stake_authority, STAKE_AUTHORITY_SEED)?;
        pool.mint_authority_bump = self.derive(&self.mint_authority, MINT_AUTHORITY_SEED)?;
        pool.reserve_bump = self.derive(&self.reserve, RESERVE_SEED)?;
        pool.claims_vault_bump = self.derive(&self.claims_vault, CLAIMS_SEED)?;
        pool.mint = mint;
        pool.stake_authority = self.stake_authority.key();
        pool.mint_authority = self.mint_authority.key();
        pool.reserve = self.reserve.key();
        pool.claims_vault = self.claims_vault.key();
        pool.escrow = self.escrow.key();
        pool.fees = self.fees.key();
        pool.history = self.history.key();
        pool.admin = params.admin;
        pool.curator = params.curator;
        pool.guardian = params.guardian;
        pool.treasury = params.treasury;
        pool.config = params.config;
        pool.governance.limits = params.limits;
        self.validate_roles(&pool)?;
        Ok(pool)
    }

    /// Somebody can administer the pool and be paid its fees, and no role is the pool's own.
    fn validate_roles(&self, pool: &Pool) -> Result<()> {
        let nobody = Pubkey::default();
        ensure!(
            pool.admin != nobody && pool.treasury != nobody,
            SluiceError::KeyUnusable
        );
        [&pool.admin, &pool.curator, &pool.guardian, &pool.treasury]
            .into_iter()
            .try_for_each(|key| pool.require_assignable(self.pool.key, key))
    }

    /// The bump of an address of the pool, which must be the account's.
    fn derive(&self, account: &AccountInfo<'info>, seed: &[u8]) -> Result<u8> {
        let pool = self.pool.key();
        let (address, bump) = Pubkey::find_program_address(&[seed, pool.as_ref()], &crate::ID);
        ensure_is(account, &address, SluiceError::ForeignAccount)?;
        Ok(bump)
    }

    fn create_history(&self) -> Result<()> {
        let pool = self.pool.key();
        let seeds: &[&[u8]] = &[HISTORY_SEED, pool.as_ref()];
        let wrong = SluiceError::ForeignAccount;
        let (mut history, bump) =
            account::create::<RateHistory>(&self.history, &self.creator, seeds, wrong)?;
        history.version = VERSION;
        history.bump = bump;
        history.pool = pool;
        Ok(())
    }

    fn create_token_account(&self, token_account: &AccountInfo<'info>, seed: &[u8]) -> Result<()> {
        let pool = self.pool.key();
        account::create_for(
            token_account,
            &self.creator,
            TokenAccount::LEN,
            &token_program::ID,
            &[seed, pool.as_ref()],
            SluiceError::ForeignAccount,
        )?;
        token::initialize_account(token_account, self.mint.as_ref(), &self.mint_authority)
    }

    /// Reserve: its rent and the seed. Claims vault: twice its rent, owed to nobody.
    fn fund(&self, rent: Lamports, seed: Lamports) -> Result<()> {
        system::transfer(&self.creator, &self.reserve, rent.add(seed).checked()?)?;
        system::transfer(&self.creator, &self.claims_vault, rent.add(rent).checked()?)
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
}

impl Pool {
    /// The books of a pool that owns its seed: one LST for one SOL.
    fn start(&mut self, reserve_rent: Lamports, seed: Lamports, epoch: u64) -> Result<()> {
        self.reserve_lamports = reserve_rent.add(seed).checked()?.get();
        self.locked_lamports = reserve_rent.get();
        self.reserve_rent_lamports = reserve_rent.get();
        self.lst_supply = seed.get();
        self.dead_lst = seed.get();
        self.high_water_lamports = seed.get();
        self.high_water_lst = seed.get();
        self.finalized_epoch = epoch;
        self.breaker_epoch = NEVER;
        self.ejection_epoch = NEVER;
        self.spread_cap_bps = BPS;
        Ok(())
    }
}
