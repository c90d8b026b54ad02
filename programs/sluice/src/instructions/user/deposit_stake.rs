use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::{Bps, Lamports, Lst, StakeStatus};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use crate::{
    calls::{
        signer::PoolSigner,
        stake::{self, StakeRole, StakeSigner},
        token,
    },
    ensure,
    error::{Checked, SluiceError, ensure_is, ensure_own, refuse},
    events::StakeDeposited,
    foreign::{OfferedStake, StakeDelegation, StakeView, VoteView},
    moment::Moment,
    state::{Pool, Slot, StakeAccountKind, ValidatorPage},
};

/// Accounts of `deposit_stake`.
#[derive(Accounts)]
pub struct DepositStake<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The validator's page.
    #[account(mut)]
    pub page: AccountLoader<'info, ValidatorPage>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub mint: UncheckedAccount<'info>,
    /// The pool's mint authority.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The slot's main stake account, which takes the stake in.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub main: UncheckedAccount<'info>,
    /// The validator's vote account.
    /// CHECK: compared with the slot, judged by `VoteView`
    pub vote: UncheckedAccount<'info>,
    /// The holder's stake account, which ceases to exist.
    /// CHECK: read and judged by `OfferedStake`
    #[account(mut)]
    pub stake: UncheckedAccount<'info>,
    /// Its staker.
    pub staker: Signer<'info>,
    /// Its withdrawer.
    pub withdrawer: Signer<'info>,
    /// Token account of the pool's mint that receives the LST.
    /// CHECK: the token program refuses another mint's account
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The pool's reserve.
    /// CHECK: compared with the pool
    pub reserve: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
}

impl DepositStake<'_> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.mint_authority, &pool.mint_authority),
            (&self.main, &slot.main),
            (&self.vote, &slot.vote),
            (&self.reserve, &pool.reserve),
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])
    }

    /// Takes a fully active stake account into main, and mints LST at the full price for all it
    /// holds.
    pub fn process(&mut self, slot_index: u8, minimum_lst: u64) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&pool, &page, &slot)?;
        pool.require_deposits_open(clock)?;
        slot.require_takes_stake()?;
        let offered = self.offered(&slot)?;
        let delegation = offered.require_depositable(&slot.vote, &moment)?;
        let main = self.active_main(&moment)?;
        self.require_earns(&pool, &moment)?;
        let fee = Bps::new(pool.config.deposit_fee_bps).checked()?;
        let ledger = pool.ledger();
        let quote = ledger
            .deposit_stake(offered.lamports, fee, clock.slot)
            .checked()?;
        ensure!(!quote.minted.is_zero(), SluiceError::AmountTooSmall);
        let minimum = Lst::new(minimum_lst);
        ensure!(quote.minted >= minimum, SluiceError::BelowMinimum);
        pool.require_within_limits(offered.lamports, &quote.ledger)?;
        let full = quote.ledger.full().checked()?;
        pool.require_room(&slot, offered.lamports, full, &moment)?;

        self.take_over(&pool)?;
        let merged = self.require_merged(&main, &delegation)?;
        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        let (mint, recipient) = (&self.mint, &self.recipient);
        token::mint(mint, recipient, &self.mint_authority, quote.minted, &signer)?;

        page.book_in(slot_index, StakeAccountKind::Main, offered.lamports)?;
        page.slot_mut(slot_index)?.delegated_lamports = merged.get();
        pool.book(&quote.ledger);
        pool.check_invariants(&self.reserve)?;
        emit!(StakeDeposited {
            pool: self.pool.key(),
            vote: slot.vote,
            stake: self.stake.key(),
            depositor: self.withdrawer.key(),
            lamports: offered.lamports.get(),
            fee_lamports: quote.fee.get(),
            lst: quote.minted.get(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }

    fn require_earns(&self, pool: &Pool, moment: &Moment) -> Result<()> {
        let data = self.vote.try_borrow_data()?;
        pool.require_earns(VoteView::read(self.vote.owner, &data), moment)
    }

    /// The account, offered by those who may give it away. Handing it over first and asking then
    /// whether it is the pool's would let anybody deposit the pool's own stake.
    fn offered(&self, slot: &Slot) -> Result<OfferedStake> {
        let own = [slot.main, slot.transient].contains(self.stake.key);
        ensure!(!own, SluiceError::OwnStakeAccount);
        let lamports = Lamports::new(self.stake.lamports());
        let offered =
            OfferedStake::read(self.stake.owner, &self.stake.try_borrow_data()?, lamports)
                .ok_or_else(|| refuse(SluiceError::NotStakeAccount))?;
        let authority = self.stake_authority.key;
        ensure!(
            offered.staker != *authority && offered.withdrawer != *authority,
            SluiceError::OwnStakeAccount
        );
        ensure!(
            offered.staker == *self.staker.key && offered.withdrawer == *self.withdrawer.key,
            SluiceError::WrongStakeAuthority
        );
        Ok(offered)
    }

    fn main(&self) -> Result<StakeView> {
        let data = self.main.try_borrow_data()?;
        Ok(StakeView::read(
            self.main.owner,
            &data,
            self.stake_authority.key,
        ))
    }

    fn active_main(&self, moment: &Moment) -> Result<MainBefore> {
        let (status, delegated) = self.main()?.status_and_staked(moment);
        ensure!(status == StakeStatus::Active, SluiceError::MainNotActive);
        Ok(MainBefore {
            delegated,
            lamports: Lamports::new(self.main.lamports()),
            offered: Lamports::new(self.stake.lamports()),
        })
    }

    fn take_over(&self, pool: &Pool) -> Result<()> {
        let authority = self.stake_authority.key;
        stake::hand_over(&self.stake, &self.staker, StakeRole::Staker, authority)?;
        let withdrawer = &self.withdrawer;
        stake::hand_over(&self.stake, withdrawer, StakeRole::Withdrawer, authority)?;
        StakeSigner {
            authority: &self.stake_authority,
            signer: &PoolSigner::stake_authority(self.pool.key(), pool),
        }
        .merge(&self.main, &self.stake)
    }

    /// Main, read again after calls that touched a holder's account: it must have grown by
    /// exactly what is credited. Returns its delegation.
    fn require_merged(
        &self,
        before: &MainBefore,
        delegation: &StakeDelegation,
    ) -> Result<Lamports> {
        let StakeView::Delegated(main) = self.main()? else {
            return Err(refuse(SluiceError::InvariantViolated));
        };
        let delegated = before.delegated.add(delegation.lamports).checked()?;
        let lamports = before.lamports.add(before.offered).checked()?;
        ensure!(
            main.lamports == delegated && self.main.lamports() == lamports.get(),
            SluiceError::InvariantViolated
        );
        Ok(delegated)
    }
}

/// What there was before a stake account was merged into main.
struct MainBefore {
    delegated: Lamports,
    lamports: Lamports,
    offered: Lamports,
}
