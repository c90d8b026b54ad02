//! What the router itself refuses. Everything else is an error of Sluice or of the token program,
//! with its own code.

use pinocchio::error::ProgramError;

/// Why the router refused. Codes are part of the interface: append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum RouterError {
    /// 7000: the data is not that of an instruction.
    UnknownInstruction = 7_000,
    /// 7001: the account list is too short.
    MissingAccounts,
    /// 7002: the owner or delegate of the source did not sign.
    NotSigned,
    /// 7003: the token program is another one, such as Token-2022.
    WrongTokenProgram,
    /// 7004: the program that should be Sluice is another one.
    WrongSluiceProgram,
    /// 7005: the account that deposits is not [`crate::TRANSIT`].
    WrongTransit,
    /// 7006: the account for SOL is not a wrapped SOL account.
    NotWrappedSol,
    /// 7007: the account for LST is not a token account of the mint.
    NotLst,
    /// 7008: the wrapped SOL account has fewer tokens more than the least result.
    FewerTokens,
}

impl RouterError {
    /// The sentence that is logged.
    pub const fn message(self) -> &'static str {
        match self {
            Self::UnknownInstruction => {
                "The data must be that of deposit_sol or withdraw_sol, 24 bytes"
            }
            Self::MissingAccounts => "The account list is too short",
            Self::NotSigned => "The owner of the source, or its delegate, must sign",
            Self::WrongTokenProgram => "The token program must be the SPL token program",
            Self::WrongSluiceProgram => "The program to call must be Sluice",
            Self::WrongTransit => "The account that deposits must be the router's own",
            Self::NotWrappedSol => {
                "The account for SOL must be a wrapped SOL account of the SPL token program"
            }
            Self::NotLst => {
                "The account for LST must be one of the pool's mint, of the SPL token program"
            }
            Self::FewerTokens => {
                "The wrapped SOL account got fewer tokens than the minimum: its rent has risen"
            }
        }
    }
}

impl From<RouterError> for ProgramError {
    #[cold]
    fn from(error: RouterError) -> Self {
        solana_msg::sol_log(error.message());
        Self::Custom(error as u32)
    }
}

/// Fails with the error unless the condition holds.
pub fn ensure(holds: bool, error: RouterError) -> Result<(), ProgramError> {
    if holds { Ok(()) } else { Err(error.into()) }
}
