//! What a vote account says about its validator, read by offset.
//!
//! Layouts of the vote program's versioned state (bincode): tag u32 at 0; version 3 (tag 2) has
//! the commission in percent at 68; version 4 (tag 3) has the inflation commission in basis
//! points at 132, the block-revenue commission at 134 and the tag of the BLS key at 144.

use crate::{
    ensure,
    error::{SluiceError, refuse},
    state::PoolConfig,
};
use anchor_lang::prelude::*;

/// The vote program.
pub const VOTE_PROGRAM: Pubkey = pubkey!("Vote111111111111111111111111111111111111111");

const TAG_V3: u32 = 2;
const TAG_V4: u32 = 3;
const V3_COMMISSION_AT: usize = 68;
const V4_INFLATION_COMMISSION_AT: usize = 132;
const V4_BLOCK_COMMISSION_AT: usize = 134;
const V4_BLS_TAG_AT: usize = 144;
const BPS_PER_PERCENT: u16 = 100;
const ALL_BPS: u16 = 10_000;

/// The terms on which a validator takes stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteView {
    /// Share of inflation rewards that the validator keeps.
    pub commission_bps: u16,
    /// Share of block revenue that the validator keeps.
    pub block_commission_bps: u16,
    /// Whether the validator can join the active set.
    pub has_bls_key: bool,
}

impl VoteView {
    /// Reads a vote account; an unknown version is an error.
    pub fn read(account: &AccountInfo<'_>) -> Result<Self> {
        ensure!(
            account.owner == &VOTE_PROGRAM,
            SluiceError::VoteAccountUnknown
        );
        let data = account.try_borrow_data()?;
        Self::parse(&data).ok_or_else(|| refuse(SluiceError::VoteAccountUnknown))
    }

    fn parse(data: &[u8]) -> Option<Self> {
        let short = |at: usize| Some(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]));
        let tag = u32::from_le_bytes(data.get(..4)?.try_into().ok()?);
        match tag {
            TAG_V3 => Some(Self {
                commission_bps: u16::from(*data.get(V3_COMMISSION_AT)?)
                    .saturating_mul(BPS_PER_PERCENT),
                block_commission_bps: ALL_BPS,
                has_bls_key: false,
            }),
            TAG_V4 => Some(Self {
                commission_bps: short(V4_INFLATION_COMMISSION_AT)?,
                block_commission_bps: short(V4_BLOCK_COMMISSION_AT)?,
                has_bls_key: *data.get(V4_BLS_TAG_AT)? == 1,
            }),
            _ => None,
        }
    }

    /// Whether the pool takes a validator on these terms.
    pub fn require_acceptable(&self, config: &PoolConfig) -> Result<()> {
        ensure!(
            self.commission_bps <= config.max_commission_bps
                && self.block_commission_bps.min(ALL_BPS) <= config.max_block_commission_bps,
            SluiceError::CommissionTooHigh
        );
        ensure!(self.has_bls_key, SluiceError::BlsKeyMissing);
        Ok(())
    }
}
