//! What a vote account says about its validator, field by field as bincode writes the vote
//! program's versioned state.
//!
//! An account counts as read only if all of it is there: nobody is judged by what may be no vote
//! account at all.

use anchor_lang::prelude::*;

use crate::{
    ensure,
    error::{SluiceError, refuse},
    moment::Moment,
    state::PoolConfig,
};

/// The vote program.
pub const VOTE_PROGRAM: Pubkey = pubkey!("Vote111111111111111111111111111111111111111");

const TAG_V3: u32 = 2;
const TAG_V4: u32 = 3;
const TAG_SPACE: usize = 4;
/// Version 3: node and withdrawer.
const V3_KEYS_SPACE: usize = 64;
/// Version 4: node, withdrawer and the collectors of both kinds of revenue.
const V4_KEYS_SPACE: usize = 128;
const V4_PENDING_REWARDS_SPACE: usize = 8;
const BLS_KEY_SPACE: usize = 48;
const VOTE_SPACE: usize = 13;
const ROOT_SPACE: usize = 8;
const AUTHORIZED_VOTER_SPACE: usize = 40;
const V3_PRIOR_VOTERS_SPACE: usize = 1_545;
const EPOCH_CREDITS_SPACE: usize = 24;
const TIMESTAMP_SPACE: usize = 16;
/// Epochs without credits after which anybody may deactivate the stake that is delegated to a vote
/// account: the stake program's `MINIMUM_DELINQUENT_EPOCHS_FOR_DEACTIVATION`.
const DELINQUENT_EPOCHS: u64 = 5;
/// What stands in the place of an epoch between the credits by Tower and those by Alpenglow: Agave's
/// `AG_MIGRATION_EPOCH_CREDIT`.
const ALPENGLOW_MARK: u64 = u64::MAX;
const BPS_PER_PERCENT: u16 = 100;
const ALL_BPS: u16 = 10_000;

/// What is at a vote account's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteView<'a> {
    /// No account, or another owner. Also a vote account that was closed and holds lamports
    /// again: it is still the vote program's, but cleared, and nobody can vote with it.
    Gone,
    /// A layout that this version does not know.
    Unknown,
    /// A vote account.
    Known(VoteAccount<'a>),
}

/// A vote account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteAccount<'a> {
    /// The terms on which the validator takes stake.
    pub terms: VoteTerms,
    /// The list of credits per epoch.
    credits: &'a [u8],
}

/// The terms on which a validator takes stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteTerms {
    /// Share of inflation rewards that the validator keeps.
    pub commission_bps: u16,
    /// Share of block revenue that the validator keeps.
    pub block_commission_bps: u16,
    /// Whether the validator can be admitted where the cluster asks for its ticket, and on every
    /// cluster once it does.
    pub has_bls_key: bool,
}

impl<'a> VoteView<'a> {
    /// Reads an account.
    pub fn read(owner: &Pubkey, data: &'a [u8]) -> Self {
        if Self::is_gone(owner, data) {
            return Self::Gone;
        }
        VoteAccount::parse(data).map_or(Self::Unknown, Self::Known)
    }

    /// Whether [`Self::read`] says that the account is gone: cheaper.
    pub fn is_gone(owner: &Pubkey, data: &[u8]) -> bool {
        owner != &VOTE_PROGRAM || data.iter().take(TAG_SPACE).all(|byte| *byte == 0)
    }

    /// Whether stake can be delegated to it in `epoch` for good: it is there, and anybody could undo
    /// nothing. An account of an unknown version is given the benefit of the doubt.
    pub fn holds_delegation(&self, epoch: u64) -> bool {
        match self {
            Self::Gone => false,
            Self::Unknown => true,
            Self::Known(vote) => !vote.is_delinquent(epoch),
        }
    }

    /// The vote account; anything else is an error.
    pub fn known(self) -> Result<VoteAccount<'a>> {
        match self {
            Self::Known(account) => Ok(account),
            Self::Gone | Self::Unknown => Err(refuse(SluiceError::VoteAccountUnknown)),
        }
    }
}

impl<'a> VoteAccount<'a> {
    /// Reads a vote account's data; `None` for an unknown layout.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let rest = &mut &*data;
        let tag = u32::from_le_bytes(array(rest)?);
        let terms = match tag {
            TAG_V3 => VoteTerms::of_v3(rest)?,
            TAG_V4 => VoteTerms::of_v4(rest)?,
            _ => return None,
        };
        list(rest, VOTE_SPACE)?;
        option(rest, ROOT_SPACE)?;
        list(rest, AUTHORIZED_VOTER_SPACE)?;
        if tag == TAG_V3 {
            rest.split_off(..V3_PRIOR_VOTERS_SPACE)?;
        }
        let credits = list(rest, EPOCH_CREDITS_SPACE)?;
        rest.split_off(..TIMESTAMP_SPACE)?;
        Some(Self { terms, credits })
    }

    /// Whether anybody may deactivate the stake that is delegated to it: it never earned credits, or
    /// none for five epochs. The rule of the stake program's DeactivateDelinquent.
    pub fn is_delinquent(&self, epoch: u64) -> bool {
        let oldest = epoch.checked_sub(DELINQUENT_EPOCHS);
        let last = self.latest().next();
        last.is_none_or(|last| oldest.is_some_and(|oldest| last.epoch <= oldest))
    }

    /// Credits earned in `epoch`: nothing where there is no entry.
    pub fn credits(&self, epoch: u64) -> u64 {
        let of_epoch = self.latest().find(|entry| entry.epoch == epoch);
        of_epoch.map_or(0, |entry| entry.after.saturating_sub(entry.before))
    }

    /// Credits earned in all epochs up to the end of `epoch`.
    pub fn credits_until(&self, epoch: u64) -> u64 {
        let mut entries = self.latest();
        let last = entries.find(|entry| entry.epoch <= epoch);
        last.map_or(0, |entry| entry.after)
    }

    /// Whether the cluster went over to Alpenglow in `epoch`: then a mark stands before the credits
    /// that the validator earned after it. One that earned its first credits after it an epoch later
    /// may have been there, and one that has earned none since shows nothing.
    pub fn went_over_to_alpenglow_in(&self, epoch: u64) -> bool {
        let mut since = None;
        for entry in self.latest() {
            if entry.epoch == ALPENGLOW_MARK {
                return since.is_some_and(|since| since <= epoch.saturating_add(1));
            }
            if entry.epoch < epoch {
                break;
            }
            since = Some(entry.epoch);
        }
        false
    }

    /// Whether it votes now: it earned credits in this epoch or, while that is young, in the last.
    pub fn is_voting(&self, moment: &Moment) -> Result<bool> {
        let now = moment.clock.epoch;
        // Each epoch with credits adds an entry: these two epochs can only be among the last two.
        let earned = |epoch| {
            let mut latest = self.latest().take(2);
            latest.any(|entry| entry.epoch == epoch && entry.after > entry.before)
        };
        if earned(now) {
            return Ok(true);
        }
        Ok(now.checked_sub(1).is_some_and(earned) && moment.is_epoch_young()?)
    }

    /// The epochs with credits, the latest first.
    fn latest(&self) -> impl Iterator<Item = EpochCredits> + use<'a> {
        let (entries, _) = self.credits.as_chunks::<EPOCH_CREDITS_SPACE>();
        entries
            .iter()
            .rev()
            .filter_map(|entry| EpochCredits::of(entry))
    }
}

/// An entry of the list of credits.
struct EpochCredits {
    epoch: u64,
    after: u64,
    before: u64,
}

impl EpochCredits {
    fn of(mut entry: &[u8]) -> Option<Self> {
        let rest = &mut entry;
        Some(Self {
            epoch: number(rest)?,
            after: number(rest)?,
            before: number(rest)?,
        })
    }
}

impl VoteTerms {
    fn of_v3(rest: &mut &[u8]) -> Option<Self> {
        rest.split_off(..V3_KEYS_SPACE)?;
        let percent = u16::from(*rest.split_off_first()?);
        Some(Self {
            commission_bps: percent.saturating_mul(BPS_PER_PERCENT),
            block_commission_bps: ALL_BPS,
            has_bls_key: false,
        })
    }

    fn of_v4(rest: &mut &[u8]) -> Option<Self> {
        rest.split_off(..V4_KEYS_SPACE)?;
        let commission_bps = u16::from_le_bytes(array(rest)?);
        let block_commission_bps = u16::from_le_bytes(array(rest)?);
        rest.split_off(..V4_PENDING_REWARDS_SPACE)?;
        Some(Self {
            commission_bps,
            block_commission_bps,
            has_bls_key: option(rest, BLS_KEY_SPACE)?,
        })
    }

    /// Whether the pool takes a validator on these terms. The BLS key is asked for also where the
    /// cluster does not yet: stake without it would earn nothing from one boundary to the next.
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

// Each takes what it reads off the front.

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    array(rest).map(u64::from_le_bytes)
}

/// A list with its length in front.
fn list<'a>(rest: &mut &'a [u8], item_space: usize) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    rest.split_off(..length.checked_mul(item_space)?)
}

/// An optional field of this size: whether it is there.
fn option(rest: &mut &[u8], space: usize) -> Option<bool> {
    match rest.split_off_first()? {
        0 => Some(false),
        1 => rest.split_off(..space).map(|_| true),
        _ => None,
    }
}
