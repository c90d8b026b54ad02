//! Which validators' stake carries a conversion: those that this pool wants most.

use std::cmp::Reverse;

use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;
use spl_stake_pool::{minimum_delegation, minimum_stake_lamports, state::ValidatorStakeInfo};

use super::{SplPool, spl_pool::is_active};
use crate::{PoolSnapshot, Result, SlotAddress, words::explain::Explanation};

const WITHDRAW_SOL: &str = "Withdraw SOL there, and deposit it with {stake}";

/// One stake account on its way from pool to pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversionPart {
    /// The validator's place here.
    pub place: SlotAddress,
    /// The validator's stake account there.
    pub from: Pubkey,
    /// Tokens given there, in the smallest unit.
    pub tokens: u64,
    /// The part of them that the other pool's manager takes.
    pub fee_tokens: u64,
    /// Stake for the rest.
    pub lamports: Lamports,
    /// Rent that the wallet pays in, and is credited for.
    pub rent: Lamports,
    /// The part of both that buys nothing here.
    pub fee: Lamports,
    /// LST for all of it.
    pub lst: Lst,
}

/// A conversion at the prices of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// Its stake accounts.
    pub parts: Vec<ConversionPart>,
}

/// Why nothing, or not all of it, can be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The other pool's books are of an earlier epoch.
    NotUpdated,
    /// Its stake accounts are locked up.
    LockedUp,
    /// It gives stake of this validator only, of which this pool takes none.
    Preferred(Pubkey),
    /// It has no validator with stake enough that this pool takes.
    NoCommonValidator,
    /// The tokens are worth less than a stake account needs.
    TooSmall {
        /// What they are worth.
        lamports: Lamports,
        /// What a stake account needs.
        minimum: Lamports,
    },
    /// The common validators have stake, or room here, for this many tokens only.
    TooLarge {
        /// In the smallest unit.
        tokens: u64,
    },
}

impl PoolSnapshot {
    /// Plans how `tokens` of another pool become LST; or says why they cannot. The snapshot must
    /// have its stakes. Fails where this pool takes no deposits.
    pub fn plan_conversion(
        &self,
        spl_pool: &SplPool,
        tokens: u64,
    ) -> Result<std::result::Result<Conversion, Obstacle>> {
        self.pool.require_deposits_open(&self.cluster.clock)?;
        if !spl_pool.is_updated(self.cluster.clock.epoch) {
            return Ok(Err(Obstacle::NotUpdated));
        }
        if spl_pool.account.lockup != Default::default() {
            return Ok(Err(Obstacle::LockedUp));
        }
        Planner::new(self, spl_pool)?.plan(tokens)
    }
}

/// A validator that both pools have.
#[derive(Clone, Copy, Debug)]
struct Common {
    place: SlotAddress,
    below_target: Lamports,
    above_target: Lamports,
    index: usize,
}

/// Both pools' books as the parts planned so far leave them.
struct Planner {
    here: PoolSnapshot,
    spl_pool: SplPool,
    commons: Vec<Common>,
    required: u64,
    minimum: u64,
}

impl Planner {
    fn new(snapshot: &PoolSnapshot, spl_pool: &SplPool) -> Result<Self> {
        let mut commons = Vec::new();
        for (index, validator) in spl_pool.list.validators.iter().enumerate() {
            let Some(placed) = snapshot.slot_of(&validator.vote_account_address) else {
                continue;
            };
            let takes = placed.slot.require_takes_stake().is_ok()
                && snapshot.active_main(&placed.place).is_some()
                && snapshot.require_earns(&placed.place.vote).is_ok();
            if !takes || !is_active(validator) {
                continue;
            }
            let target = snapshot.target_of(&placed)?;
            let has = placed.slot.stake(snapshot.cluster.clock.epoch)?.has;
            commons.push(Common {
                place: placed.place,
                below_target: target.saturating_sub(has),
                above_target: has.saturating_sub(target),
                index,
            });
        }
        commons.sort_by_key(|common| (Reverse(common.below_target), common.above_target));
        let rent = snapshot.cluster.stake_rent().get();
        let minimum = snapshot.cluster.minimum_delegation.get();
        Ok(Self {
            here: snapshot.clone(),
            spl_pool: spl_pool.clone(),
            commons,
            required: minimum_stake_lamports(rent, minimum),
            minimum: minimum_delegation(minimum),
        })
    }

    fn plan(mut self, tokens: u64) -> Result<std::result::Result<Conversion, Obstacle>> {
        let worth = self.lamports_for(tokens);
        if worth < self.minimum {
            return Ok(Err(Obstacle::TooSmall {
                lamports: Lamports::new(worth),
                minimum: Lamports::new(self.minimum),
            }));
        }
        let mut conversion = Conversion::default();
        let mut left = tokens;
        while left > 0 {
            let Some((common, part)) = self.next(left)? else {
                return Ok(Err(match (self.only(), tokens - left) {
                    (_, tokens) if tokens > 0 => Obstacle::TooLarge { tokens },
                    (Some(vote), _) => Obstacle::Preferred(vote),
                    (None, _) => Obstacle::NoCommonValidator,
                }));
            };
            conversion.parts.push(self.take(&common, part)?);
            left -= part;
        }
        Ok(Ok(conversion))
    }

    /// Who gives next, and for how many tokens: for all that are left where one can, else for as
    /// many as the one can that has most.
    fn next(&self, left: u64) -> Result<Option<(Common, u64)>> {
        let givers = self.givers()?;
        let serves = |spare: u64, tokens| {
            let lamports = self.lamports_for(tokens);
            lamports >= self.minimum && lamports <= spare
        };
        if let Some((common, _)) = givers.iter().find(|(_, spare)| serves(*spare, left)) {
            return Ok(Some((*common, left)));
        }
        let Some((common, spare)) = givers.into_iter().max_by_key(|(_, spare)| *spare) else {
            return Ok(None);
        };
        let most = last(left, |tokens| self.lamports_for(tokens) <= spare);
        // The rest must be enough for another account.
        let least = last(left, |tokens| self.lamports_for(tokens) < self.minimum) + 1;
        let part = most.min(left.saturating_sub(least));
        Ok(serves(spare, part).then_some((common, part)))
    }

    /// Who may give, and how much: what the other pool can spare, and this one has room for.
    fn givers(&self) -> Result<Vec<(Common, u64)>> {
        let rent = self.here.cluster.stake_rent();
        let mut givers = Vec::new();
        for common in self.commons.iter().filter(|common| self.may_give(common)) {
            let room = match self.here.slot_of(&common.place.vote) {
                Some(placed) => self.here.room_for_stake(placed.slot)?.saturating_sub(rent),
                None => Lamports::ZERO,
            };
            givers.push((*common, self.spare(common).min(room.get())));
        }
        Ok(givers)
    }

    /// Whether the other pool lets go of this validator's stake: while it prefers one that has
    /// enough, of no other's.
    fn may_give(&self, common: &Common) -> bool {
        self.only().is_none_or(|vote| vote == common.place.vote)
    }

    /// The validator that the other pool prefers, as long as that has enough.
    fn only(&self) -> Option<Pubkey> {
        let preferred = self
            .spl_pool
            .account
            .preferred_withdraw_validator_vote_address?;
        let per_token = self.spl_pool.account.get_lamports_per_pool_token()?;
        let enough = self
            .required
            .saturating_add(self.minimum)
            .saturating_add(per_token);
        let mut validators = self.spl_pool.list.validators.iter();
        let validator = validators.find(|one| one.vote_account_address == preferred)?;
        (u64::from(validator.active_stake_lamports) >= enough).then_some(preferred)
    }

    fn validator(&self, common: &Common) -> Option<&ValidatorStakeInfo> {
        self.spl_pool.list.validators.get(common.index)
    }

    /// What a validator can give beside what must stay.
    fn spare(&self, common: &Common) -> u64 {
        self.validator(common).map_or(0, |validator| {
            u64::from(validator.active_stake_lamports).saturating_sub(self.required)
        })
    }

    fn lamports_for(&self, tokens: u64) -> u64 {
        let burnt = self
            .spl_pool
            .fee(tokens)
            .map(|fee| tokens.saturating_sub(fee));
        burnt
            .and_then(|burnt| self.spl_pool.account.calc_lamports_withdraw_amount(burnt))
            .unwrap_or(0)
    }

    fn take(&mut self, common: &Common, tokens: u64) -> Result<ConversionPart> {
        let fee_tokens = self.spl_pool.fee(tokens).unwrap_or_default();
        let lamports = self.lamports_for(tokens);
        let from = self
            .validator(common)
            .map(|validator| self.spl_pool.stake_of(validator));
        let account = &mut self.spl_pool.account;
        account.pool_token_supply = account
            .pool_token_supply
            .saturating_sub(tokens - fee_tokens);
        account.total_lamports = account.total_lamports.saturating_sub(lamports);
        if let Some(validator) = self.spl_pool.list.validators.get_mut(common.index) {
            let active = u64::from(validator.active_stake_lamports);
            validator.active_stake_lamports = active.saturating_sub(lamports).into();
        }
        let (lamports, rent) = (Lamports::new(lamports), self.here.cluster.stake_rent());
        let quote = self.here.value_of_stake(lamports.add(rent)?)?;
        self.here
            .book_stake_deposit(&common.place, lamports.add(rent)?)?;
        Ok(ConversionPart {
            place: common.place,
            from: from.unwrap_or_default(),
            tokens,
            fee_tokens,
            lamports,
            rent,
            fee: quote.fee,
            lst: quote.minted,
        })
    }
}

/// The last amount up to `limit` of which `holds` is true, where it is true up to there.
fn last(limit: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut least, mut most) = (0, limit);
    while least < most {
        let middle = least + (most - least).div_ceil(2);
        if holds(middle) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    least
}

impl Obstacle {
    /// What it is, and what to do about it.
    pub fn explanation(&self) -> Explanation {
        match self {
            Self::NotUpdated => Explanation::new(
                "the other pool's books are of an earlier epoch, and until somebody updates them it gives nothing",
                "",
            ),
            Self::LockedUp => Explanation::new(
                "the other pool's stake accounts are locked up, and this pool takes none that is",
                "",
            ),
            Self::Preferred(vote) => Explanation::new(
                format!(
                    "the other pool gives stake of {vote} first, of which this pool takes none"
                ),
                WITHDRAW_SOL,
            ),
            Self::NoCommonValidator => Explanation::new(
                "no validator of the other pool has stake enough and takes more here",
                WITHDRAW_SOL,
            ),
            Self::TooSmall { lamports, minimum } => Explanation::new(
                format!(
                    "the tokens are worth {lamports} SOL, and a stake account needs {minimum} SOL"
                ),
                "Give more, or withdraw SOL there and deposit it with {stake}",
            ),
            Self::TooLarge { tokens } => Explanation::new(
                format!(
                    "the validators that both pools have give stake for {} tokens only, of which this pool takes no more than its share cap allows",
                    Lst::new(*tokens)
                ),
                "Give that many at most, or withdraw SOL there and deposit it with {stake}",
            ),
        }
    }
}
