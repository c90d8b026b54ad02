//! The shortest honest way of a stake account into a pool.

use sluice::{SluiceError, foreign::OfferedStake};
use sluice_math::{Lamports, Lst};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_stake_interface::{
    instruction::{self as stake_program, LockupArgs},
    state::StakeAuthorize,
};

use super::{HeldStake, HeldState};
use crate::{
    ClientError, PlacedSlot, PoolAddresses, PoolSnapshot, Result, SlotAddress, StakeSource,
};

/// What has to be done before, in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparation {
    /// The withdrawer makes itself the staker.
    TakeStaker,
    /// The withdrawer removes the custodian of a lockup that has ended.
    ClearCustodian,
    /// The deactivation of this very epoch is taken back, for this validator.
    Reactivate(Pubkey),
    /// Lamports that are neither staked nor rent go to the wallet.
    WithdrawIdle(Lamports),
    /// Stake that only this epoch began to activate is deactivated: it was never effective.
    Deactivate,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The stake cools down; then its SOL can be withdrawn and deposited.
    CoolDown,
    /// The stake becomes fully active; then it can be deposited.
    WarmUp,
    /// The pool's own stake with the validator becomes fully active.
    PoolStake,
}

/// A way into the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Deposit it as it is.
    Deposit {
        /// With whose stake it is merged.
        place: SlotAddress,
        /// What comes first.
        first: Vec<Preparation>,
        /// What is deposited, after that.
        offered: Box<OfferedStake>,
        /// LST for it at the price of now.
        lst: Lst,
    },
    /// Withdraw its SOL at once, and deposit that.
    DepositSol {
        /// What comes first.
        first: Vec<Preparation>,
        /// The SOL in it.
        lamports: Lamports,
        /// LST for it at the price of now.
        lst: Lst,
    },
    /// Deactivate it now, and come back once its SOL is free.
    Deactivate {
        /// What comes first.
        first: Vec<Preparation>,
        /// Why it cannot be deposited, as a sentence without its full stop.
        why: String,
    },
    /// Nothing can be done now but waiting, until the next epoch at least.
    Wait(Wait),
    /// There is no way, because of this: a sentence without its full stop.
    Impossible(String),
}

impl PoolSnapshot {
    /// The shortest ways of several stake accounts of `wallet` into the pool, each as those before
    /// it leave the pool: together they may be more than a validator's share of it.
    pub fn routes(&self, held: &[HeldStake], wallet: &Pubkey) -> Result<Vec<Route>> {
        let mut left = self.clone();
        let mut routes = Vec::with_capacity(held.len());
        for held in held {
            let route = left.route(held, wallet)?;
            if let Route::Deposit { place, offered, .. } = &route {
                left.book_stake_deposit(place, offered.lamports)?;
            }
            routes.push(route);
        }
        Ok(routes)
    }

    /// The shortest way of `wallet`'s stake account into the pool. Whether deposits are open at
    /// all is not asked here: quotes say so. The snapshot must have its stakes.
    pub fn route(&self, held: &HeldStake, wallet: &Pubkey) -> Result<Route> {
        if let Some(why) = self.obstacle(held, wallet) {
            return Ok(Route::Impossible(why));
        }
        let first = taken_over(held, wallet);
        match held.state(&self.cluster) {
            HeldState::Inactive => self.as_sol(held, first),
            HeldState::Activating => {
                let first = [first, vec![Preparation::Deactivate]].concat();
                self.as_sol(held, first)
            }
            HeldState::Active | HeldState::PartlyActive | HeldState::Deactivating => {
                self.as_stake(held, wallet, first)
            }
        }
    }

    fn obstacle(&self, held: &HeldStake, wallet: &Pubkey) -> Option<String> {
        let OfferedStake {
            withdrawer,
            locked_until_epoch,
            locked_until,
            ..
        } = held.stake;
        let clock = &self.cluster.clock;
        if withdrawer == self.addresses.stake_authority {
            return Some("it is the pool's own".to_owned());
        }
        if withdrawer != *wallet {
            return Some(format!(
                "its withdrawer is {withdrawer}, who alone can give it away"
            ));
        }
        if locked_until_epoch > clock.epoch {
            return Some(format!("it is locked up until epoch {locked_until_epoch}"));
        }
        (locked_until > clock.unix_timestamp).then(|| {
            let seconds = locked_until.saturating_sub(clock.unix_timestamp);
            format!("it is locked up for another {seconds} seconds")
        })
    }

    fn as_sol(&self, held: &HeldStake, first: Vec<Preparation>) -> Result<Route> {
        let lamports = held.stake.lamports;
        let lst = self.value_of_sol(lamports)?.minted;
        Ok(if lst.is_zero() {
            Route::Impossible("it is worth less than the smallest unit of LST".to_owned())
        } else {
            Route::DepositSol {
                first,
                lamports,
                lst,
            }
        })
    }

    fn as_stake(
        &self,
        held: &HeldStake,
        wallet: &Pubkey,
        first: Vec<Preparation>,
    ) -> Result<Route> {
        let state = held.state(&self.cluster);
        let taker = held.vote().and_then(|vote| self.slot_of(&vote));
        let taker = match self.taker(taker) {
            Ok(placed) => placed,
            Err(why) => {
                return Ok(match state {
                    HeldState::Deactivating => Route::Wait(Wait::CoolDown),
                    _ => Route::Deactivate { first, why },
                });
            }
        };
        let can_reactivate = held
            .stake
            .delegation
            .is_some_and(|delegation| delegation.deactivation_epoch == self.cluster.clock.epoch);
        let has_active_main = self.active_main(&taker.place).is_some();
        Ok(match state {
            // A deactivation can be taken back in its own epoch alone, so nothing else is worth waiting for.
            HeldState::Deactivating if !can_reactivate || !has_active_main => {
                Route::Wait(Wait::CoolDown)
            }
            HeldState::PartlyActive => Route::Wait(Wait::WarmUp),
            _ if !has_active_main => Route::Wait(Wait::PoolStake),
            _ => self.deposit(held, wallet, &taker, first)?,
        })
    }

    /// The slot, if it takes stake; or why it does not.
    fn taker<'a>(
        &self,
        placed: Option<PlacedSlot<'a>>,
    ) -> std::result::Result<PlacedSlot<'a>, String> {
        let placed = placed.ok_or("its validator is not one of the pool's")?;
        if placed.slot.require_takes_stake().is_err() {
            return Err("its validator is leaving the pool".to_owned());
        }
        if let Err(refusal) = self.require_earns(&placed.place.vote) {
            return Err(unearning(&refusal).to_owned());
        }
        let unwanted = placed.slot.weight == 0 && placed.slot.next_weight == 0;
        if unwanted && self.active_main(&placed.place).is_none() {
            return Err("the pool has no stake with its validator, and wants none".to_owned());
        }
        Ok(placed)
    }

    fn deposit(
        &self,
        held: &HeldStake,
        wallet: &Pubkey,
        taker: &PlacedSlot<'_>,
        mut first: Vec<Preparation>,
    ) -> Result<Route> {
        let mut offered = held.stake;
        offered.staker = *wallet;
        if offered.custodian != Pubkey::default() {
            offered.custodian = Pubkey::default();
            first.push(Preparation::ClearCustodian);
        }
        let mut cools_down = false;
        if let Some(delegation) = &mut offered.delegation
            && delegation.deactivation_epoch != u64::MAX
        {
            cools_down = true;
            delegation.deactivation_epoch = u64::MAX;
            first.push(Preparation::Reactivate(delegation.vote));
        }
        let rent = self.cluster.stake_rent();
        let idle = offered
            .delegation
            .map_or(Lamports::ZERO, |delegation| offered.idle(&delegation, rent));
        if idle > rent {
            offered.lamports = offered.lamports.sub(idle)?;
            first.push(Preparation::WithdrawIdle(idle));
        }
        let lst = self.value_of_stake(offered.lamports)?.minted;
        if lst.is_zero() {
            let why = "it is worth less than the smallest unit of LST";
            return Ok(Route::Impossible(why.to_owned()));
        }
        let room = self.room_for_stake(taker.slot)?;
        if offered.lamports > room {
            let why = without_room(room.saturating_sub(rent));
            return Ok(match cools_down {
                // It is on its way out already.
                true => Route::Wait(Wait::CoolDown),
                false => Route::Deactivate { first, why },
            });
        }
        Ok(Route::Deposit {
            place: taker.place,
            first,
            offered: Box::new(offered),
            lst,
        })
    }
}

/// Why the pool takes no stake of a validator of its own.
fn unearning(refusal: &ClientError) -> &'static str {
    let is = |error: SluiceError| refusal.sluice_code() == Some(error.into());
    if is(SluiceError::ValidatorNotVoting) {
        "its validator has not voted in this epoch, so it earns nothing"
    } else {
        "its validator keeps more than the pool allows, or its vote account is unusable"
    }
}

/// Why the pool takes no more stake of a validator, and how much less it would take.
fn without_room(room: Lamports) -> String {
    let full = "its validator would have more of the pool than its share cap allows";
    if room.is_zero() {
        full.to_owned()
    } else {
        format!("{full} ({room} SOL of it can be split off and deposited)")
    }
}

/// The withdrawer may name another staker, so its own signature is enough.
fn taken_over(held: &HeldStake, wallet: &Pubkey) -> Vec<Preparation> {
    if held.stake.staker == *wallet {
        Vec::new()
    } else {
        vec![Preparation::TakeStaker]
    }
}

impl Route {
    /// LST that the way brings now.
    pub fn lst(&self) -> Option<Lst> {
        match self {
            Self::Deposit { lst, .. } | Self::DepositSol { lst, .. } => Some(*lst),
            _ => None,
        }
    }

    /// What takes the way, signed by the wallet alone: nothing where there is only waiting. LST
    /// goes to `recipient`.
    pub fn instructions(
        &self,
        pool: &PoolAddresses,
        stake: &Pubkey,
        wallet: &Pubkey,
        recipient: &Pubkey,
        minimum_lst: u64,
    ) -> Vec<Instruction> {
        let prepared = |first: &[Preparation]| -> Vec<Instruction> {
            let steps = first.iter();
            steps.map(|step| step.instruction(stake, wallet)).collect()
        };
        match self {
            Self::Deposit { place, first, .. } => {
                let source = StakeSource {
                    stake: *stake,
                    staker: *wallet,
                    withdrawer: *wallet,
                };
                let mut instructions = prepared(first);
                instructions.push(pool.deposit_stake(place, &source, *recipient, minimum_lst));
                instructions
            }
            Self::DepositSol {
                first, lamports, ..
            } => {
                let lamports = lamports.get();
                let mut instructions = prepared(first);
                instructions.push(stake_program::withdraw(
                    stake, wallet, wallet, lamports, None,
                ));
                instructions.push(pool.deposit_sol(*wallet, *recipient, lamports, minimum_lst));
                instructions
            }
            Self::Deactivate { first, .. } => {
                let mut instructions = prepared(first);
                instructions.push(stake_program::deactivate_stake(stake, wallet));
                instructions
            }
            Self::Wait(_) | Self::Impossible(_) => Vec::new(),
        }
    }
}

impl Route {
    /// What comes first.
    fn first(&self) -> &[Preparation] {
        match self {
            Self::Deposit { first, .. }
            | Self::DepositSol { first, .. }
            | Self::Deactivate { first, .. } => first,
            Self::Wait(_) | Self::Impossible(_) => &[],
        }
    }

    /// Idle lamports that go to the wallet on the way.
    pub fn idle(&self) -> Lamports {
        let mut steps = self.first().iter();
        let idle = steps.find_map(|step| match step {
            Preparation::WithdrawIdle(idle) => Some(*idle),
            _ => None,
        });
        idle.unwrap_or_default()
    }
}

impl Preparation {
    fn instruction(&self, stake: &Pubkey, wallet: &Pubkey) -> Instruction {
        match self {
            Self::TakeStaker => {
                stake_program::authorize(stake, wallet, wallet, StakeAuthorize::Staker, None)
            }
            Self::ClearCustodian => {
                let lockup = LockupArgs {
                    custodian: Some(Pubkey::default()),
                    ..LockupArgs::default()
                };
                stake_program::set_lockup(stake, &lockup, wallet)
            }
            Self::Reactivate(vote) => stake_program::delegate_stake(stake, wallet, vote),
            Self::WithdrawIdle(idle) => {
                stake_program::withdraw(stake, wallet, wallet, idle.get(), None)
            }
            Self::Deactivate => stake_program::deactivate_stake(stake, wallet),
        }
    }
}
