use anchor_lang::{prelude::*, system_program};
use anchor_spl::token::Token;
use sluice_math::{Lamports, Lst, StakeExit};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use crate::{
    calls::{
        signer::PoolSigner,
        stake::{self, StakeSigner},
        system, token,
    },
    ensure,
    error::{Checked, SluiceError, ensure_is, ensure_own, refuse},
    events::StakeWithdrawn,
    foreign::{StakeDelegation, StakeView},
    moment::Moment,
    state::{Pool, Slot, StakeAccountKind, StakeExitWay, ValidatorPage},
};

/// Accounts of `withdraw_stake`.
#[derive(Accounts)]
pub struct WithdrawStake<'info> {
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
    /// The slot's main stake account, which gives the stake.
    /// CHECK: compared with the slot
    #[account(mut)]
    pub main: UncheckedAccount<'info>,
    /// The pool's reserve, which tops main up where rent has risen.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// Owner of the LST.
    pub owner: Signer<'info>,
    /// Token account whose LST is burned.
    /// CHECK: the token program checks mint and owner
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// The new stake account: an unused address.
    #[account(mut)]
    pub stake: Signer<'info>,
    /// Staker and withdrawer of the new stake account.
    /// CHECK: chosen by the owner
    pub recipient: UncheckedAccount<'info>,
    /// Pays the new stake account's rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

/// Where what leaves and what stays are more than this, the minimum delegation is not asked for,
/// which costs 2,200 compute units: the stake program refuses by itself to split below it.
const ASK_BELOW: Lamports = Lamports::new(1_500_000_000);

impl WithdrawStake<'_> {
    fn validate(&self, pool: &Pool, page: &ValidatorPage, slot: &Slot) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (self.pool.as_ref(), &page.pool),
            (&self.main, &slot.main),
            (&self.reserve, &pool.reserve),
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])?;
        let unused = self.stake.owner == &system_program::ID && self.stake.data_is_empty();
        ensure!(unused, SluiceError::StakeAccountInUse);
        // A wallet that became a stake account would take all its lamports with it.
        let parties = [self.owner.key, self.recipient.key, self.payer.key];
        ensure!(
            !parties.contains(&self.stake.key),
            SluiceError::AccountsNotDistinct
        );
        Ok(())
    }

    /// Burns LST for active stake of a validator, in a new stake account.
    pub fn process(&mut self, slot_index: u8, lst: u64, minimum_lamports: u64) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let lst = Lst::new(lst);
        ensure!(!lst.is_zero(), SluiceError::ZeroAmount);

        let mut pool = Pool::current_mut(&self.pool)?;
        let mut page = self.page.load_mut()?;
        let slot = *page.slot(slot_index)?;
        self.validate(&pool, &page, &slot)?;
        pool.require_stake_exits_open(clock)?;
        let main = self.active_main(clock)?;
        let rent = moment.stake_rent()?;
        self.top_up_main(&mut pool, &mut page, slot_index, &main, &moment)?;
        let quote = pool.quote_stake_exit(lst, clock.slot)?;
        let minimum = minimum_for(&quote, main.lamports, &moment)?;
        let (exit, way) =
            pool.fit_stake_exit(quote, slot.is_leaving(), main.lamports, minimum, clock.slot)?;
        ensure!(!exit.lamports.is_zero(), SluiceError::AmountTooSmall);
        pool.require_balanced(page.slot(slot_index)?, exit.lamports, &moment)?;
        let minimum = Lamports::new(minimum_lamports);
        ensure!(exit.lamports >= minimum, SluiceError::BelowMinimum);

        token::burn(&self.mint, &self.source, &self.owner, exit.lst)?;
        self.give(&pool, exit.lamports, rent, &way)?;

        page.book_out(slot_index, StakeAccountKind::Main, exit.lamports)?;
        let stays = main.lamports.saturating_sub(exit.lamports);
        page.slot_mut(slot_index)?.delegated_lamports = stays.get();
        pool.book(&exit.ledger);
        pool.check_invariants(&self.reserve)?;
        emit!(StakeWithdrawn {
            pool: self.pool.key(),
            vote: slot.vote,
            stake: self.stake.key(),
            owner: self.owner.key(),
            recipient: self.recipient.key(),
            lst: exit.lst.get(),
            lamports: exit.lamports.get(),
            fee_lamports: exit.fee.get(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }

    /// Main's delegation, if all of it is effective: main only ever takes in what is fully active,
    /// so its epochs tell, without the stake history.
    fn active_main(&self, clock: &Clock) -> Result<StakeDelegation> {
        let data = self.main.try_borrow_data()?;
        match StakeView::read(self.main.owner, &data, self.stake_authority.key) {
            StakeView::Delegated(main) if main.is_settled(clock.epoch) => Ok(main),
            _ => Err(refuse(SluiceError::MainNotActive)),
        }
    }

    /// The stake program splits nothing off an account below today's rent.
    fn top_up_main(
        &self,
        pool: &mut Pool,
        page: &mut ValidatorPage,
        index: u8,
        main: &StakeDelegation,
        moment: &Moment,
    ) -> Result<()> {
        let needed = main.lamports.add(moment.stake_rent()?).checked()?;
        let missing = needed.saturating_sub(Lamports::new(self.main.lamports()));
        if missing.is_zero() {
            return Ok(());
        }
        ensure!(
            missing <= pool.spendable(moment.reserve_rent()?),
            SluiceError::InsufficientReserve
        );
        let signer = PoolSigner::reserve(self.pool.key(), pool);
        system::transfer_signed(&self.reserve, &self.main, missing, &signer)?;
        pool.book_from_reserve(page, index, StakeAccountKind::Main, missing)
    }

    /// Creates the new stake account, fills it and gives it away, in one go: nobody else can
    /// ever act on it.
    fn give(
        &self,
        pool: &Pool,
        lamports: Lamports,
        rent: Lamports,
        way: &StakeExitWay,
    ) -> Result<()> {
        let (stake, payer) = (&self.stake, &self.payer);
        system::create_account(stake, payer, rent, stake::SPACE, &STAKE_PROGRAM, &[])?;
        let signer = PoolSigner::stake_authority(self.pool.key(), pool);
        let ours = StakeSigner {
            authority: &self.stake_authority,
            signer: &signer,
        };
        match way {
            StakeExitWay::Part => ours.split(&self.main, &self.stake, lamports)?,
            StakeExitWay::Whole => {
                ours.initialize(&self.stake)?;
                ours.move_stake(&self.main, &self.stake, lamports)?;
            }
        }
        ours.give_away(&self.stake, self.recipient.key)
    }
}

/// The minimum delegation where it can matter, zero where it cannot.
fn minimum_for(exit: &StakeExit, delegated: Lamports, moment: &Moment) -> Result<Lamports> {
    let kept = delegated.saturating_sub(exit.lamports);
    if exit.lamports.min(kept) < ASK_BELOW {
        moment.minimum_delegation()
    } else {
        Ok(Lamports::ZERO)
    }
}
