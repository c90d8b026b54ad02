//! What a vote account says about its validator, read by offset.
//!
//! Layouts of the vote program's versioned state (bincode): tag u32 at 0; version 3 (tag 2) has
//! the commission in percent at 68; version 4 (tag 3) has the inflation commission in basis
//! points at 132, the block-revenue commission at 134 and the tag of the BLS key at 144. Then, in
//! both: votes, root, authorized voters, in version 3 a fixed list of prior voters, the credits
//! per epoch as (epoch, credits, credits before), and a timestamp of 16 bytes. An account counts
//! as read only if all of it is there: nobody is judged by what may be no vote account at all.

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
const V3_VOTES_AT: usize = 69;
const BLS_KEY_SPACE: usize = 48;
const VOTE_SPACE: usize = 13;
const AUTHORIZED_VOTER_SPACE: usize = 40;
const V3_PRIOR_VOTERS_SPACE: usize = 1_545;
const EPOCH_CREDITS_SPACE: usize = 24;
const TIMESTAMP_SPACE: usize = 16;
const TAG_SPACE: usize = 4;
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
        ensure!(!Self::is_gone(account), SluiceError::VoteAccountUnknown);
        let data = account.try_borrow_data()?;
        Self::parse(&data).ok_or_else(|| refuse(SluiceError::VoteAccountUnknown))
    }

    /// Reads a vote account's data, also outside the chain; `None` for an unknown layout.
    pub fn parse(data: &[u8]) -> Option<Self> {
        epoch_credits(data)?;
        let short = |at: usize| Some(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]));
        match tag(data)? {
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

    /// Whether the validator's vote account no longer exists. One that was closed and holds
    /// lamports again is still the vote program's, but cleared: nobody can vote with it.
    pub fn is_gone(account: &AccountInfo<'_>) -> bool {
        account.owner != &VOTE_PROGRAM
            || account
                .try_borrow_data()
                .is_ok_and(|data| is_cleared(&data))
    }

    /// Credits that a vote account earned in `epoch`; an unknown version is an error.
    pub fn credits(account: &AccountInfo<'_>, epoch: u64) -> Result<u64> {
        ensure!(!Self::is_gone(account), SluiceError::VoteAccountUnknown);
        let data = account.try_borrow_data()?;
        Self::credits_in(&data, epoch).ok_or_else(|| refuse(SluiceError::VoteAccountUnknown))
    }

    /// Credits earned in `epoch` by a vote account's data, also outside the chain: nothing where
    /// there is no entry. `None` for an unknown layout.
    pub fn credits_in(data: &[u8], epoch: u64) -> Option<u64> {
        let mut entries = epoch_credits(data)?.chunks_exact(EPOCH_CREDITS_SPACE).rev();
        let entry = entries.find(|entry| number(entry, 0) == Some(epoch));
        let Some(entry) = entry else {
            return Some(0);
        };
        Some(number(entry, 8)?.saturating_sub(number(entry, 16)?))
    }

    /// Whether the pool takes a validator on these terms.
    pub fn require_acceptable(&self, config: &PoolConfig) -> Result<()> {
        ensure!(
            !self.exceeds_commission(config) && !self.exceeds_block_commission(config),
            SluiceError::CommissionTooHigh
        );
        ensure!(self.has_bls_key, SluiceError::BlsKeyMissing);
        Ok(())
    }

    /// Whether the validator keeps more of inflation rewards than the pool allows.
    pub fn exceeds_commission(&self, config: &PoolConfig) -> bool {
        self.commission_bps > config.max_commission_bps
    }

    /// Whether the validator keeps more of block revenue than the pool allows. The runtime takes
    /// what is above the whole as the whole.
    pub fn exceeds_block_commission(&self, config: &PoolConfig) -> bool {
        self.block_commission_bps.min(ALL_BPS) > config.max_block_commission_bps
    }
}

/// The bytes of the list of credits per epoch.
fn epoch_credits(data: &[u8]) -> Option<&[u8]> {
    let is_v3 = match tag(data)? {
        TAG_V3 => true,
        TAG_V4 => false,
        _ => return None,
    };
    let votes_at = if is_v3 {
        V3_VOTES_AT
    } else {
        after_option(data, V4_BLS_TAG_AT, BLS_KEY_SPACE)?
    };
    let root_at = list(data, votes_at, VOTE_SPACE)?.1;
    let voters_at = after_option(data, root_at, size_of::<u64>())?;
    let mut credits_at = list(data, voters_at, AUTHORIZED_VOTER_SPACE)?.1;
    if is_v3 {
        credits_at = credits_at.checked_add(V3_PRIOR_VOTERS_SPACE)?;
    }
    let (credits, end) = list(data, credits_at, EPOCH_CREDITS_SPACE)?;
    data.get(end..)
        .is_some_and(|rest| rest.len() >= TIMESTAMP_SPACE)
        .then_some(credits)
}

/// Whether nothing was written since the account was created or cleared.
fn is_cleared(data: &[u8]) -> bool {
    data.iter().take(TAG_SPACE).all(|byte| *byte == 0)
}

/// The bytes of a list with its length in front, and where it ends.
fn list(data: &[u8], at: usize, item_space: usize) -> Option<(&[u8], usize)> {
    let length = usize::try_from(number(data, at)?).ok()?;
    let start = at.checked_add(size_of::<u64>())?;
    let end = start.checked_add(length.checked_mul(item_space)?)?;
    Some((data.get(start..end)?, end))
}

/// Where an optional field of this size ends.
fn after_option(data: &[u8], at: usize, space: usize) -> Option<usize> {
    let start = at.checked_add(1)?;
    match *data.get(at)? {
        0 => Some(start),
        1 => start.checked_add(space),
        _ => None,
    }
}

fn number(data: &[u8], at: usize) -> Option<u64> {
    let end = at.checked_add(size_of::<u64>())?;
    Some(u64::from_le_bytes(data.get(at..end)?.try_into().ok()?))
}

fn tag(data: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(..TAG_SPACE)?.try_into().ok()?))
}
