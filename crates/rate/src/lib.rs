//! The price of a Sluice pool's token, from the bytes of one account.
//!
//! For lenders, oracles and other programs that must know what the token is worth and nothing else: no
//! dependencies, no allocation, no panic. It reads the pool's account alone, at offsets that never move
//! in any version of the program.
//!
//! ```
//! # fn lend(owner: &[u8; 32], data: &[u8], slot: u64, epoch: u64) -> Result<u64, sluice_rate::RateError> {
//! let pool = sluice_rate::PoolRate::read(owner, data)?;
//! if pool.is_stale(epoch) || pool.is_tripped() {
//!     return Ok(0); // lend nothing new until it is priced and sound
//! }
//! pool.collateral_lamports(sluice_rate::LST_UNIT, slot)
//! # }
//! ```
//!
//! Which price is for what, and what the flags mean: the page "Using the LST as collateral" of the book.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use core::{error::Error, fmt};

/// The address of the program that owns pools.
pub const PROGRAM_ID: [u8; 32] = [
    6, 125, 138, 206, 217, 44, 165, 161, 236, 78, 249, 158, 42, 200, 98, 151, 25, 4, 176, 138, 42,
    226, 147, 0, 200, 173, 115, 15, 198, 98, 135, 164,
];
/// Smallest units in one whole LST; one SOL has as many lamports.
pub const LST_UNIT: u64 = 1_000_000_000;
/// The highest fee that an instant exit can ever cost, in basis points of the exit price: no pool can be
/// set higher.
pub const MAX_INSTANT_FEE_BPS: u64 = 300;
/// The first bytes of a pool: what kind of account it is.
const DISCRIMINATOR: [u8; 8] = [0xf1, 0x9a, 0x6d, 0x04, 0x11, 0xb1, 0x6d, 0xbc];
/// The first layout in which the prices are where they are for ever.
const FIRST_VERSION: u8 = 1;
/// How the program writes that an epoch never came.
const NEVER: u64 = u64::MAX;

/// Why there is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateError {
    /// The account belongs to another program.
    OtherProgram,
    /// The account is another one of Sluice's: no pool.
    NotAPool,
    /// The account is cut off.
    TooShort,
    /// The pool has this layout, which is older than the prices: it must be migrated.
    Version(u8),
    /// There is no LST, and so no price of it.
    NoSupply,
    /// The pool was never priced since it can tell the last price.
    NotFinalized,
    /// The result does not fit 64 bits.
    Overflow,
}

impl fmt::Display for RateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherProgram => formatter.write_str("the account is not one of Sluice"),
            Self::NotAPool => formatter.write_str("the account is no pool"),
            Self::TooShort => formatter.write_str("the account is shorter than a pool"),
            Self::Version(version) => write!(
                formatter,
                "the pool has layout version {version}, which must be migrated before it has prices"
            ),
            Self::NoSupply => formatter.write_str("the pool has no LST"),
            Self::NotFinalized => formatter.write_str("the pool was not priced yet"),
            Self::Overflow => formatter.write_str("the amount is too large"),
        }
    }
}

impl Error for RateError {}

/// What a pool says about the price of its token, as of its last instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolRate {
    /// The mint of the token.
    pub mint: [u8; 32],
    /// The epoch for which the prices hold.
    pub finalized_epoch: u64,
    /// When that epoch began by the cluster's clock, in seconds since 1970; zero if it is not known.
    pub epoch_start_timestamp: i64,
    /// Tokens in existence, in smallest units.
    pub lst_supply: u64,
    /// What the pool owns, in lamports: what deposits buy shares of.
    pub full_lamports: u64,
    /// Booked rewards that exits do not share yet at [`Self::drip_start_slot`], in lamports.
    pub withheld_lamports: u64,
    /// The slot at which all of them are withheld.
    pub drip_start_slot: u64,
    /// The slot from which nothing is withheld.
    pub drip_end_slot: u64,
    /// Lamports that join the drip at the next finalize.
    pub pending_lamports: u64,
    /// What exits shared right after the last finalize, in lamports.
    pub finalized_value_lamports: u64,
    /// Tokens in existence then.
    pub finalized_lst: u64,
    /// The epoch in which an abnormal loss tripped the breaker, while it is tripped.
    pub breaker_epoch: Option<u64>,
    /// What is left of that loss, in lamports.
    pub unrestored_lamports: u64,
    /// What the value has fallen in the finalized epoch, in lamports.
    pub fallen_lamports: u64,
}

impl PoolRate {
    /// Reads the account of a pool. Compare [`Self::mint`] or the account's address with the pool that
    /// you mean: anybody can create one.
    ///
    /// Fails with [`RateError::OtherProgram`], [`RateError::NotAPool`], [`RateError::TooShort`] and
    /// [`RateError::Version`]. A later version than today's is read: these offsets never move.
    pub fn read(owner: &[u8; 32], data: &[u8]) -> Result<Self, RateError> {
        if *owner != PROGRAM_ID {
            return Err(RateError::OtherProgram);
        }
        if bytes(data, 0)? != DISCRIMINATOR {
            return Err(RateError::NotAPool);
        }
        let [version] = bytes(data, 8)?;
        if version < FIRST_VERSION {
            return Err(RateError::Version(version));
        }
        let number = |offset| bytes(data, offset).map(u64::from_le_bytes);
        let owned = number(432)?
            .checked_add(number(440)?)
            .ok_or(RateError::Overflow)?;
        Ok(Self {
            mint: bytes(data, 16)?,
            full_lamports: owned.saturating_sub(number(448)?),
            withheld_lamports: number(456)?,
            drip_start_slot: number(464)?,
            drip_end_slot: number(472)?,
            pending_lamports: number(480)?,
            lst_supply: number(496)?,
            finalized_epoch: number(568)?,
            breaker_epoch: Some(number(632)?).filter(|epoch| *epoch != NEVER),
            unrestored_lamports: number(640)?,
            fallen_lamports: number(736)?,
            epoch_start_timestamp: bytes(data, 1128).map(i64::from_le_bytes)?,
            finalized_value_lamports: number(1136)?,
            finalized_lst: number(1144)?,
        })
    }

    /// Whether the prices are of an epoch before `epoch`, the clock's: its rewards, and its losses, are
    /// not booked yet.
    pub fn is_stale(&self, epoch: u64) -> bool {
        self.finalized_epoch != epoch
    }

    /// Whether an abnormal loss stopped the pool's deposits, instant exits and settlements for a while.
    pub fn is_tripped(&self) -> bool {
        self.breaker_epoch.is_some()
    }

    /// Whether value was lost in the finalized epoch, or of an abnormal loss is not restored.
    pub fn has_loss(&self) -> bool {
        self.fallen_lamports > 0 || self.is_tripped() && self.unrestored_lamports > 0
    }

    /// What exits share at `slot`, in lamports: what the pool owns, less rewards that still drip.
    pub fn value_lamports(&self, slot: u64) -> Result<u64, RateError> {
        let unreleased = self.withheld_at(slot)?.checked_add(self.pending_lamports);
        let unreleased = unreleased.ok_or(RateError::Overflow)?;
        Ok(self.full_lamports.saturating_sub(unreleased))
    }

    /// What `lst` smallest units are worth at the exit price of `slot`, in lamports, before any fee:
    /// what the queue pays. Rounded down.
    pub fn exit_lamports(&self, lst: u64, slot: u64) -> Result<u64, RateError> {
        share(lst, self.value_lamports(slot)?, self.lst_supply)
    }

    /// What `lst` smallest units cost at the deposit price, in lamports, before any fee. Rounded down.
    /// Never a price to lend upon: nobody is paid it.
    pub fn deposit_lamports(&self, lst: u64) -> Result<u64, RateError> {
        share(lst, self.full_lamports, self.lst_supply)
    }

    /// What `lst` smallest units are worth as collateral at `slot`, in lamports: the lower of the exit
    /// price now and right after the last finalize. A deposit lifts the present one, also one in the
    /// same transaction, and a loss lowers it at once; nothing lifts the other within an epoch.
    ///
    /// Fails with [`RateError::NotFinalized`] before the first finalize.
    pub fn collateral_lamports(&self, lst: u64, slot: u64) -> Result<u64, RateError> {
        if self.finalized_lst == 0 {
            return Err(RateError::NotFinalized);
        }
        let finalized = share(lst, self.finalized_value_lamports, self.finalized_lst)?;
        Ok(self.exit_lamports(lst, slot)?.min(finalized))
    }

    /// Rewards that still drip at `slot`, rounded up.
    fn withheld_at(&self, slot: u64) -> Result<u64, RateError> {
        if self.withheld_lamports == 0 || slot >= self.drip_end_slot {
            return Ok(0);
        }
        if slot <= self.drip_start_slot {
            return Ok(self.withheld_lamports);
        }
        let length = self.drip_end_slot.saturating_sub(self.drip_start_slot);
        let left = self.drip_end_slot.saturating_sub(slot);
        let product = u128::from(self.withheld_lamports).checked_mul(u128::from(left));
        let withheld = product
            .ok_or(RateError::Overflow)?
            .div_ceil(u128::from(length.max(1)));
        u64::try_from(withheld).map_err(|_| RateError::Overflow)
    }
}

/// `amount x whole / supply`, rounded down.
fn share(amount: u64, whole: u64, supply: u64) -> Result<u64, RateError> {
    let product = u128::from(amount).checked_mul(u128::from(whole));
    let quotient = product
        .ok_or(RateError::Overflow)?
        .checked_div(u128::from(supply));
    u64::try_from(quotient.ok_or(RateError::NoSupply)?).map_err(|_| RateError::Overflow)
}

/// So many bytes from an offset on.
fn bytes<const N: usize>(data: &[u8], offset: usize) -> Result<[u8; N], RateError> {
    let rest = data.get(offset..).ok_or(RateError::TooShort)?;
    rest.first_chunk().copied().ok_or(RateError::TooShort)
}
