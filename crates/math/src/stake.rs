//! What one of a slot's two stake accounts is, and what it holds.

use crate::{Lamports, Result};

/// Whose a stake account is, and whether its stake is meant to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeKind {
    /// No account, another owner, or other authorities than the pool's.
    Foreign,
    /// A layout that this version does not know.
    Unknown,
    /// Reset by a cluster restart: anybody can give it the pool's authority again.
    Reset,
    /// The pool's: delegated, and meant to stay so.
    Staying,
    /// The pool's: all above rent is free, or on its way back to the reserve.
    Returning,
}

impl StakeKind {
    /// Whether the pool can act on the account.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Staying | Self::Returning)
    }

    /// What an account of `lamports`, of which `booked` are in the books, is worth to the pool:
    /// whole where it is the pool's, whatever its state; nothing where it is not; never more than
    /// booked where its layout is unknown. `None` where it was reset and can be reclaimed.
    pub fn worth(self, lamports: Lamports, booked: Lamports, rent: Lamports) -> Option<Lamports> {
        match self {
            Self::Reset if lamports >= rent => None,
            Self::Reset | Self::Unknown => Some(lamports.min(booked)),
            Self::Foreign => Some(Lamports::ZERO),
            Self::Staying | Self::Returning => Some(lamports),
        }
    }

    /// The part of an account's lamports that is on its way back to the reserve: all above rent,
    /// once nothing of it is meant to stay staked.
    pub fn returning(self, lamports: Lamports, rent: Lamports) -> Lamports {
        match self {
            Self::Returning => lamports.saturating_sub(rent),
            _ => Lamports::ZERO,
        }
    }
}

/// How much of a delegation is in which state, by the stake history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeStatus {
    /// No delegation of the pool's, or one that has cooled down entirely.
    Inactive,
    /// Delegated in this epoch: nothing is effective.
    Activating,
    /// Everything is effective and stays so.
    Active,
    /// Partly effective, or deactivating.
    Between,
}

/// A stake account of a slot beside what the books say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose it is.
    pub kind: StakeKind,
    /// Lamports that it really has.
    pub lamports: Lamports,
    /// Lamports that it has by the books.
    pub booked: Lamports,
}

impl Holding {
    /// What of the booked lamports is there; all of it where it was reset and can be reclaimed.
    pub(crate) fn left(&self, rent: Lamports) -> Lamports {
        let worth = self.kind.worth(self.lamports, self.booked, rent);
        worth.unwrap_or(self.booked).min(self.booked)
    }

    /// The booked lamports that are on their way back.
    pub(crate) fn returning(&self, rent: Lamports) -> Lamports {
        self.kind.returning(self.booked, rent)
    }
}

/// A stake account of a slot, and what the stake program lets the pool do with it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeNow {
    /// Whose it is and what it holds.
    pub holding: Holding,
    /// In which state its stake is.
    pub status: StakeStatus,
    /// Lamports that the stake program holds back as staked; all of the delegation where it is
    /// active or activating.
    pub staked: Lamports,
}

impl StakeNow {
    /// Whether the pool can act on the account.
    pub const fn is_ours(&self) -> bool {
        self.holding.kind.is_ours()
    }

    /// Lamports that the account could give to the reserve: what the stake program does not hold
    /// back, and never more than is booked. What strangers sent stays until it is observed.
    pub fn free(&self, rent: Lamports) -> Result<Lamports> {
        if !self.is_ours() {
            return Ok(Lamports::ZERO);
        }
        let there = self.holding.lamports.min(self.holding.booked);
        Ok(there.saturating_sub(self.held_back(rent)?))
    }

    /// Lamports that the account lacks to hold today's rent beside its stake: rent may rise.
    pub fn shortfall(&self, rent: Lamports) -> Result<Lamports> {
        Ok(self.held_back(rent)?.saturating_sub(self.holding.lamports))
    }

    fn held_back(&self, rent: Lamports) -> Result<Lamports> {
        self.staked.add(rent)
    }

    /// The pool's account without stake and without lamports to collect.
    pub(crate) fn is_idle(&self, rent: Lamports) -> Result<bool> {
        Ok(self.is_ours() && self.status == StakeStatus::Inactive && self.free(rent)?.is_zero())
    }

    /// With lamports from the reserve.
    pub(crate) fn funded(self, lamports: Lamports) -> Result<Self> {
        Ok(Self {
            holding: Holding {
                lamports: self.holding.lamports.add(lamports)?,
                booked: self.holding.booked.add(lamports)?,
                ..self.holding
            },
            ..self
        })
    }

    /// Without lamports that went to the reserve.
    pub(crate) fn relieved(self, lamports: Lamports) -> Result<Self> {
        Ok(Self {
            holding: Holding {
                lamports: self.holding.lamports.sub(lamports)?,
                booked: self.holding.booked.sub(lamports)?,
                ..self.holding
            },
            ..self
        })
    }

    /// After the stake program's Delegate: all above rent.
    pub(crate) fn delegated(self, rent: Lamports) -> Self {
        Self {
            holding: Holding {
                kind: StakeKind::Staying,
                ..self.holding
            },
            status: StakeStatus::Activating,
            staked: self.holding.lamports.saturating_sub(rent),
        }
    }

    /// After the stake program's Deactivate: what is not effective yet is free at once.
    pub(crate) fn deactivated(self) -> Self {
        let (status, staked) = match self.status {
            StakeStatus::Activating => (StakeStatus::Inactive, Lamports::ZERO),
            _ => (StakeStatus::Between, self.staked),
        };
        Self {
            holding: Holding {
                kind: StakeKind::Returning,
                ..self.holding
            },
            status,
            staked,
        }
    }

    /// Both accounts after the stake program's MoveStake of active stake; the other one is active
    /// or inactive. The books follow as far as they know of the lamports.
    pub(crate) fn moved(self, to: Self, lamports: Lamports) -> Result<(Self, Self)> {
        let booked = lamports.min(self.holding.booked);
        let staked = self.staked.sub(lamports)?;
        let (kind, status) = if staked.is_zero() {
            (StakeKind::Returning, StakeStatus::Inactive)
        } else {
            (self.holding.kind, self.status)
        };
        let from = Self {
            holding: Holding {
                kind,
                lamports: self.holding.lamports.sub(lamports)?,
                booked: self.holding.booked.sub(booked)?,
            },
            status,
            staked,
        };
        let to = Self {
            holding: Holding {
                kind: StakeKind::Staying,
                lamports: to.holding.lamports.add(lamports)?,
                booked: to.holding.booked.add(booked)?,
            },
            status: StakeStatus::Active,
            staked: to.active().add(lamports)?,
        };
        Ok((from, to))
    }

    /// Active stake; an inactive delegation counts nothing.
    pub fn active(&self) -> Lamports {
        match self.status {
            StakeStatus::Active => self.staked,
            _ => Lamports::ZERO,
        }
    }
}
