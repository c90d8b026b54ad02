//! Vote accounts in every state, serialized as the vote program does it.

use sluice_tests::cluster::{VOTE_ACCOUNT_BYTES, VoteVersion};
use solana_pubkey::Pubkey;
use solana_vote_interface::{
    authorized_voters::AuthorizedVoters,
    state::{LandedVote, Lockout, VoteStateV3, VoteStateV4, VoteStateVersions},
};

/// What a validator may have earned, as seen in some epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credits {
    /// It never voted.
    None,
    /// It voted, but not in the last epoch.
    OnlyOlder,
    /// It voted in the last epoch.
    LastEpoch,
    /// It votes in this epoch for the first time.
    CurrentOnly,
    /// It has an entry of the last epoch, without a single credit.
    ZeroDifference,
    /// It has voted in each of the last 64 epochs.
    Full,
}

pub const CREDITS: [Credits; 6] = [
    Credits::None,
    Credits::OnlyOlder,
    Credits::LastEpoch,
    Credits::CurrentOnly,
    Credits::ZeroDifference,
    Credits::Full,
];

impl Credits {
    /// The entries: epoch, credits, credits before.
    pub fn entries(self, epoch: u64) -> Vec<(u64, u64, u64)> {
        match self {
            Self::None => vec![],
            Self::OnlyOlder => vec![(epoch - 3, 40, 0), (epoch - 2, 90, 40)],
            Self::LastEpoch => vec![(epoch - 3, 40, 0), (epoch - 1, 90, 40)],
            Self::CurrentOnly => vec![(epoch, 7, 0)],
            Self::ZeroDifference => vec![(epoch - 2, 40, 0), (epoch - 1, 40, 40)],
            Self::Full => {
                let epochs = epoch.saturating_sub(64)..epoch;
                epochs
                    .map(|epoch| (epoch, 10 * epoch + 10, 10 * epoch))
                    .collect()
            }
        }
    }

    /// Whether it earned any in the last epoch.
    pub fn earned_in_last_epoch(self) -> bool {
        matches!(self, Self::LastEpoch | Self::Full)
    }
}

/// A vote account to serialize.
#[derive(Clone, Copy, Debug)]
pub struct Fixture {
    pub version: VoteVersion,
    /// Whole percents in version 3.
    pub commission_bps: u16,
    /// Only in version 4.
    pub block_commission_bps: u16,
    /// Only in version 4.
    pub bls_key: bool,
    pub credits: Credits,
    /// Votes of the tower, and whether it has a root.
    pub votes: u64,
    pub root: Option<u64>,
    /// Authorized voters.
    pub voters: u64,
}

impl Fixture {
    /// A well-behaved validator that voted in the last epoch.
    pub fn good() -> Self {
        Self {
            version: VoteVersion::V4,
            commission_bps: 500,
            block_commission_bps: 10_000,
            bls_key: true,
            credits: Credits::LastEpoch,
            votes: 31,
            root: Some(77),
            voters: 1,
        }
    }

    /// The longest account of its version: every list full.
    pub fn longest(version: VoteVersion) -> Self {
        Self {
            version,
            credits: Credits::Full,
            voters: 4,
            ..Self::good()
        }
    }

    /// The account's data, at `vote`, in `epoch`.
    pub fn data(&self, vote: &Pubkey, epoch: u64) -> Vec<u8> {
        let state = self.state(vote, epoch);
        let mut data = bincode::serialize(&state).expect("a vote state serializes");
        assert!(data.len() <= VOTE_ACCOUNT_BYTES, "{self:?}");
        data.resize(VOTE_ACCOUNT_BYTES, 0);
        data
    }

    fn state(&self, vote: &Pubkey, epoch: u64) -> VoteStateVersions {
        let mut voters = AuthorizedVoters::default();
        for number in 0..self.voters {
            voters.insert(epoch + number, *vote);
        }
        let landed = (0..self.votes).map(|slot| LandedVote {
            latency: 1,
            lockout: Lockout::new(1_000 + slot),
        });
        match self.version {
            VoteVersion::V3 => VoteStateVersions::new_v3(VoteStateV3 {
                node_pubkey: *vote,
                authorized_withdrawer: *vote,
                commission: u8::try_from(self.commission_bps / 100).expect("a percentage"),
                votes: landed.collect(),
                root_slot: self.root,
                authorized_voters: voters,
                epoch_credits: self.credits.entries(epoch),
                ..VoteStateV3::default()
            }),
            VoteVersion::V4 => VoteStateVersions::new_v4(VoteStateV4 {
                node_pubkey: *vote,
                authorized_withdrawer: *vote,
                inflation_rewards_commission_bps: self.commission_bps,
                block_revenue_commission_bps: self.block_commission_bps,
                bls_pubkey_compressed: self.bls_key.then_some([3; 48]),
                votes: landed.collect(),
                root_slot: self.root,
                authorized_voters: voters,
                epoch_credits: self.credits.entries(epoch),
                ..VoteStateV4::default()
            }),
        }
    }
}

/// Every combination of what a vote account can say, some hundreds of them.
pub fn all() -> impl Iterator<Item = Fixture> {
    let versions = [VoteVersion::V3, VoteVersion::V4];
    let terms = versions.into_iter().flat_map(|version| {
        let commissions: &[u16] = match version {
            VoteVersion::V3 => &[0, 900, 1_000, 1_100, 10_000, 25_500],
            VoteVersion::V4 => &[0, 999, 1_000, 1_001, 10_000, u16::MAX],
        };
        commissions.iter().flat_map(move |commission| {
            let blocks = [0, 4_999, 5_000, 5_001, 10_000, u16::MAX];
            blocks.into_iter().flat_map(move |block| {
                [false, true].map(move |bls_key| (version, *commission, block, bls_key))
            })
        })
    });
    terms.flat_map(|(version, commission_bps, block_commission_bps, bls_key)| {
        let lists = [(0, None, 1), (1, None, 2), (31, Some(9), 4)];
        let credits = CREDITS.into_iter();
        credits.enumerate().map(move |(number, credits)| {
            let (votes, root, voters) = lists[number % lists.len()];
            Fixture {
                version,
                commission_bps,
                block_commission_bps,
                bls_key,
                credits,
                votes,
                root,
                voters,
            }
        })
    })
}
