//! What somebody wants of a pool.

use sluice::state::Parameter;
use solana_pubkey::Pubkey;

/// A pool as it is wanted. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// All validators that it has: others leave.
    pub validators: Option<Vec<WantedValidator>>,
    /// Values of parameters, each in its unit.
    pub parameters: Vec<(Parameter, u64)>,
    /// Who has which role.
    pub roles: WantedRoles,
    /// What its token is called.
    pub token: WantedToken,
}

/// A validator that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedValidator {
    /// Its vote account.
    pub vote: Pubkey,
    /// Its weight: zero takes all stake away and keeps the slot.
    pub weight: u16,
}

/// Who has which role; the zero key for nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WantedRoles {
    /// Who is admin.
    pub admin: Option<Pubkey>,
    /// Who may follow as admin.
    pub nominated_admin: Option<Pubkey>,
    /// Who is curator.
    pub curator: Option<Pubkey>,
    /// Who is guardian.
    pub guardian: Option<Pubkey>,
    /// Who is paid the fees.
    pub treasury: Option<Pubkey>,
}

/// What the token is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedToken {
    /// Its name.
    pub name: Option<String>,
    /// Its short name.
    pub symbol: Option<String>,
    /// Where its logo and description are.
    pub uri: Option<String>,
    /// Who may change the three.
    pub update_authority: Option<Pubkey>,
}
