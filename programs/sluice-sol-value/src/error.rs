//! Why there is no answer.

use pinocchio::error::ProgramError;
use sluice_rate::RateError;

/// Why the calculator refused. Codes are part of the interface: append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ValueError {
    /// 7100: the data is not that of an instruction.
    UnknownInstruction = 7_100,
    /// 7101: the account list is too short.
    MissingAccounts,
    /// 7102: the state is not [`crate::STATE`].
    WrongState,
    /// 7103: the program that should be Sluice is another one.
    WrongProgram,
    /// 7104: the account is not that of Sluice's code.
    WrongProgramData,
    /// 7105: no deployment of Sluice was confirmed yet.
    NotConfirmed,
    /// 7106: Sluice was deployed anew since it was confirmed.
    Upgraded,
    /// 7107: the pool is an account of another program.
    OtherProgram,
    /// 7108: the account is another one of Sluice's.
    NotAPool,
    /// 7109: the account is cut off.
    PoolTooShort,
    /// 7110: the pool has a layout that is older than its prices.
    PoolTooOld,
    /// 7111: the mint is not the pool's.
    WrongMint,
    /// 7112: the price is of an earlier epoch.
    Stale,
    /// 7113: an abnormal loss tripped the pool's breaker.
    Tripped,
    /// 7114: the pool was never priced.
    NotFinalized,
    /// 7115: there is no LST.
    NoSupply,
    /// 7116: the LST are worth nothing.
    NoValue,
    /// 7117: the result does not fit 64 bits.
    Overflow,
    /// 7118: the account is not that of this program's own code.
    WrongOwnData,
    /// 7119: who confirms is not this program's upgrade authority, or did not sign.
    NotAuthority,
    /// 7120: Sluice was not deployed in the slot that is to be confirmed.
    WrongSlot,
}

impl ValueError {
    /// The sentence that is logged.
    pub const fn message(self) -> &'static str {
        match self {
            Self::UnknownInstruction => {
                "The data must be 0 (lst_to_sol), 1 (sol_to_lst) or 253 (confirm), and a u64"
            }
            Self::MissingAccounts => "The account list is too short",
            Self::WrongState => "The second account must be the calculator's state",
            Self::WrongProgram => "The program must be Sluice",
            Self::WrongProgramData => "The account must be the one that holds Sluice's code",
            Self::NotConfirmed => "No deployment of Sluice was confirmed yet",
            Self::Upgraded => "Sluice was deployed anew: it must be confirmed first",
            Self::OtherProgram => "The pool must be an account of Sluice",
            Self::NotAPool => "The account is one of Sluice's, but no pool",
            Self::PoolTooShort => "The account is shorter than a pool",
            Self::PoolTooOld => "The pool must be migrated before it has prices",
            Self::WrongMint => "The mint must be the pool's",
            Self::Stale => "The price is of an earlier epoch: crank the pool first",
            Self::Tripped => "An abnormal loss tripped the pool's breaker: it pays nobody now",
            Self::NotFinalized => "The pool was not priced yet: crank it first",
            Self::NoSupply => "The pool has no LST",
            Self::NoValue => "The LST are worth nothing",
            Self::Overflow => "The amount is too large",
            Self::WrongOwnData => "The account must be the one that holds this program's code",
            Self::NotAuthority => "The upgrade authority of this program must sign",
            Self::WrongSlot => "Sluice was not deployed in that slot: review what is there now",
        }
    }
}

impl From<RateError> for ValueError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::OtherProgram => Self::OtherProgram,
            RateError::NotAPool => Self::NotAPool,
            RateError::TooShort => Self::PoolTooShort,
            RateError::Version(_) => Self::PoolTooOld,
            RateError::NoSupply => Self::NoSupply,
            RateError::NotFinalized => Self::NotFinalized,
            RateError::Overflow => Self::Overflow,
        }
    }
}

impl From<ValueError> for ProgramError {
    #[cold]
    fn from(error: ValueError) -> Self {
        solana_msg::sol_log(error.message());
        Self::Custom(error as u32)
    }
}

/// Fails with the error unless the condition holds.
pub fn ensure(holds: bool, error: ValueError) -> Result<(), ValueError> {
    if holds { Ok(()) } else { Err(error) }
}
