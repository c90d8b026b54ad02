use std::cell::Ref;

use anchor_lang::{prelude::*, solana_program::program_pack::Pack};
use anchor_spl::token::{Token, spl_token};
use sluice_math::{Bps, Finalize, Finalized, Lamports, Lst, RewardRate};

use crate::{
    calls::{signer::PoolSigner, token},
    ensure,
    error::{Checked, SluiceError, ensure_is, ensure_own},
    events::{ChangeApplied, ChangeDropped, EpochFinalized},
    moment::Moment,
    state::{EpochRate, Pool, RateHistory, ValidatorPage, all_pages},
    sums::Tally,
};

/// Accounts of `finalize_epoch`. Every page of the pool follows as a remaining account, in
/// ascending order.
#[derive(Accounts)]
pub struct FinalizeEpoch<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub mint: UncheckedAccount<'info>,
    /// The pool's mint authority.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The pool's reserve.
    /// CHECK: compared with the pool
    pub reserve: UncheckedAccount<'info>,
    /// The token account that collects the reward fee.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub fees: UncheckedAccount<'info>,
    /// The rates of the last epochs.
    #[account(mut)]
    pub history: AccountLoader<'info, RateHistory>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

/// Sums over all pages.
#[derive(Default)]
struct PageTotals {
    staked: Lamports,
    deactivating: Lamports,
    earning: Lamports,
    paid: Lamports,
    rewarded: Lamports,
    weight: u64,
}

impl<'info> FinalizeEpoch<'info> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (&self.mint_authority, &pool.mint_authority),
            (&self.reserve, &pool.reserve),
            (&self.fees, &pool.fees),
            (self.history.as_ref(), &pool.history),
        ])
    }

    /// Books the epoch's rewards or losses and makes the prices hold for this epoch.
    /// Does nothing once the epoch is finalized.
    pub fn process(&mut self, pages: &'info [AccountInfo<'info>]) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        self.validate(&pool)?;
        if pool.is_fresh(clock.epoch) {
            return Ok(());
        }
        moment.require_rewards_paid()?;
        let pages = self.pages(&pool, pages, clock.epoch)?;
        let totals = PageTotals::of(&pages, clock.epoch)?;
        let before = pool.ledger();
        let value_before = before.value(clock.slot).checked()?;
        let booked = self
            .calculation(&pool, &totals, &moment)?
            .book()
            .checked()?;

        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        token::mint(
            &self.mint,
            &self.fees,
            &self.mint_authority,
            booked.fee_lst,
            &signer,
        )?;

        pool.begin_epoch(&booked, &totals, clock)?;
        pool.roll_queue(clock.slot)?;
        self.history.load_mut()?.record(EpochRate {
            epoch: clock.epoch,
            full_lamports: booked.ledger.full().checked()?.get(),
            lst_supply: booked.ledger.supply.get(),
            gain_lamports: booked.gain.get(),
            fee_lamports: booked.fee.get(),
            fee_kept_lamports: booked.fee_kept.get(),
            epoch_start_timestamp: clock.epoch_start_timestamp,
        });
        emit!(EpochFinalized {
            pool: self.pool.key(),
            epoch: clock.epoch,
            epoch_start_timestamp: clock.epoch_start_timestamp,
            slot: clock.slot,
            full_before_lamports: before.full().checked()?.get(),
            value_before_lamports: value_before.get(),
            supply_before_lst: before.supply.get(),
            burned_lst: booked.burned.get(),
            gain_lamports: booked.gain.get(),
            loss_lamports: booked.loss.get(),
            fall_lamports: booked.fall.get(),
            restored_lamports: booked.restored.get(),
            fee_lamports: booked.fee.get(),
            fee_kept_lamports: booked.fee_kept.get(),
            fee_lst: booked.fee_lst.get(),
            drip_epochs: booked.drip_epochs,
            tripped: booked.trips,
            books: (&*pool).into(),
        });
        self.apply_changes(&mut pool, &moment)?;
        pool.spread_weights(&pages)?;
        pool.check_invariants(&self.reserve)
    }

    /// Puts due changes in force, after the rewards were booked: what an epoch earned is shared
    /// by the rules that it began with.
    fn apply_changes(&self, pool: &mut Pool, moment: &Moment) -> Result<()> {
        let clock = &moment.clock;
        let window_is_open =
            |pool: &Pool| Ok(clock.slot >= pool.window_start(clock.epoch, moment)?);
        for change in pool.apply_due_changes(clock.epoch, window_is_open)? {
            let (pool, parameter) = (self.pool.key(), change.parameter);
            let (before, value) = (change.before, change.value);
            if change.applies {
                emit!(ChangeApplied {
                    pool,
                    parameter,
                    before,
                    value,
                });
            } else {
                emit!(ChangeDropped {
                    pool,
                    parameter,
                    before,
                    value,
                });
            }
        }
        Ok(())
    }

    /// The pool's pages, all of them observed in this epoch.
    fn pages(
        &self,
        pool: &Pool,
        accounts: &'info [AccountInfo<'info>],
        epoch: u64,
    ) -> Result<Vec<Ref<'info, ValidatorPage>>> {
        let pages = all_pages(self.pool.as_ref().key, pool, accounts)?;
        let all_observed = pages.iter().all(|page| page.is_observed(epoch));
        ensure!(all_observed, SluiceError::NotObserved);
        Ok(pages)
    }

    fn calculation(&self, pool: &Pool, totals: &PageTotals, moment: &Moment) -> Result<Finalize> {
        let clock = &moment.clock;
        let mint = spl_token::state::Mint::unpack(&self.mint.try_borrow_data()?)?;
        let slots_per_epoch = moment.schedule()?.get_slots_in_epoch(clock.epoch);
        Ok(Finalize {
            ledger: pool.ledger(),
            mint_supply: Lst::new(mint.supply),
            observed_staked: totals.staked,
            observed_reserve: Lamports::new(self.reserve.lamports()),
            slot: clock.slot,
            slots_per_epoch,
            epochs_elapsed: clock.epoch.saturating_sub(pool.finalized_epoch),
            high_water: pool.high_water(),
            reward_fee: Bps::new(pool.config.reward_fee_bps).checked()?,
            holder_share: Bps::new(pool.config.holder_share_bps).checked()?,
            drip_bound: Bps::new(pool.config.drip_bound_bps).checked()?,
            breaker_bound: Bps::new(pool.config.breaker_bound_bps).checked()?,
            unrestored: Lamports::new(pool.unrestored_lamports),
            tripped: pool.is_tripped() && !pool.breaker_ends(clock.epoch),
        })
    }
}

impl PageTotals {
    fn of(pages: &[Ref<'_, ValidatorPage>], epoch: u64) -> Result<Self> {
        let mut totals = Self::default();
        for page in pages {
            totals.add(page, epoch)?;
        }
        Ok(totals)
    }

    fn add(&mut self, page: &ValidatorPage, epoch: u64) -> Result<()> {
        self.staked.increase(Lamports::new(page.staked_lamports))?;
        self.deactivating
            .increase(Lamports::new(page.deactivating_lamports))?;
        self.earning
            .increase(Lamports::new(page.earning_lamports_in(epoch)))?;
        let (paid, rewarded) = page.paid_and_rewarded_in(epoch);
        self.paid.increase(Lamports::new(paid))?;
        self.rewarded.increase(Lamports::new(rewarded))?;
        self.weight = self.weight.saturating_add(page.total_weight);
        Ok(())
    }
}

impl Pool {
    /// Writes what was booked; from here the prices hold for this epoch.
    fn begin_epoch(
        &mut self,
        booked: &Finalized,
        totals: &PageTotals,
        clock: &Clock,
    ) -> Result<()> {
        let epoch = clock.epoch;
        self.book(&booked.ledger);
        self.high_water_lamports = booked.high_water.full.get();
        self.high_water_lst = booked.high_water.supply.get();
        if !booked.gain.is_zero() {
            self.last_gain_lamports = booked.gain.get();
            self.last_gain_stake_lamports = totals.earning.get();
            self.last_gain_epochs = epoch.saturating_sub(self.finalized_epoch);
            self.reward_rate_e12 = RewardRate::new(self.reward_rate_e12)
                .after(booked.gain, totals.earning, self.last_gain_epochs)
                .checked()?
                .get();
        }
        self.paid_rate_e12 = RewardRate::new(self.paid_rate_e12)
            .measured(totals.paid, totals.rewarded, 1)
            .get();
        self.finalized_epoch = epoch;
        self.epoch_start_timestamp = clock.epoch_start_timestamp;
        self.finalized_value_lamports = booked.ledger.value(clock.slot).checked()?.get();
        self.finalized_lst = booked.ledger.supply.get();
        self.instant_fee_lamports = 0;
        self.instant_paid_lamports = 0;
        self.moved_lamports = 0;
        self.fallen_lamports = booked.fall.get();
        self.deactivating_lamports = totals.deactivating.get();
        self.total_weight = totals.weight;
        self.unrestored_lamports = booked.unrestored.get();
        if booked.trips {
            self.breaker_epoch = epoch;
        } else if self.breaker_ends(epoch) {
            self.end_breaker();
        }
        Ok(())
    }
}
