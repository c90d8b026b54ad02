//! Which wish something is about, so that it can be told with its line.

use sluice::state::Parameter;
use solana_pubkey::Pubkey;
use strum::{Display, EnumString};
use thiserror::Error;

/// What a wish is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All validators together.
    Validators,
    /// One validator, by its vote account.
    Validator(Pubkey),
    /// A parameter.
    Parameter(Parameter),
    /// A role.
    Role(RoleKey),
    /// The token's name.
    Token(TokenKey),
}

/// A role, or a nomination for one.
#[derive(Clone, Copy, Debug, Display, EnumString, PartialEq, Eq)]
#[strum(serialize_all = "snake_case")]
pub enum RoleKey {
    /// Changes roles and parameters.
    Admin,
    /// May become admin.
    NominatedAdmin,
    /// Adds, weighs and retires validators.
    Curator,
    /// Pauses deposits and delegation.
    Guardian,
    /// Is paid the fees.
    Treasury,
}

/// A part of what a token is called.
#[derive(Clone, Copy, Debug, Display, EnumString, PartialEq, Eq)]
#[strum(serialize_all = "snake_case")]
pub enum TokenKey {
    /// Its name.
    Name,
    /// Its short name.
    Symbol,
    /// Where its logo and description are.
    Uri,
    /// Who may change the three.
    UpdateAuthority,
}

/// A wish that cannot be fulfilled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct Impossible {
    /// Which one.
    pub place: Place,
    /// Why: a sentence without its full stop.
    pub why: String,
}
