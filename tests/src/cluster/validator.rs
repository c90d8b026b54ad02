//! Vote accounts: a validator as far as stake is concerned.

use solana_account::Account;
use solana_clock::Epoch;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::vote::ID as VOTE_PROGRAM;
use solana_signer::Signer;
use solana_vote_interface::{
    authorized_voters::AuthorizedVoters,
    state::{VoteStateV3, VoteStateV4, VoteStateVersions},
};

use super::Cluster;

/// Bytes of a vote account.
pub const VOTE_ACCOUNT_BYTES: usize = VoteStateV4::size_of();

/// Epochs of credits that a vote account remembers.
const MAX_EPOCH_CREDITS: usize = 64;

const BPS_PER_PERCENT: u16 = 100;
const BLS_KEY: [u8; 48] = [7; 48];

/// Layout of a vote account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteVersion {
    /// Commission in percent, no BLS key: earns nothing since validators need admission.
    V3,
    /// Commission in basis points and room for a BLS key: what the vote program writes today.
    V4,
}

/// A vote account to make.
#[derive(Clone, Debug)]
pub struct VoteAccount {
    /// The account's layout.
    pub version: VoteVersion,
    /// The validator's share of inflation rewards, in basis points; whole percents in V3.
    pub commission_bps: u16,
    /// The validator's share of block revenue, in basis points.
    pub block_revenue_commission_bps: u16,
    /// Whether it has a BLS key, without which no stake on it earns rewards.
    pub bls_key: bool,
    /// Whether it has voted, in the epoch before: anybody could undo a delegation to who has not.
    pub has_voted: bool,
}

impl Default for VoteAccount {
    fn default() -> Self {
        Self {
            version: VoteVersion::V4,
            commission_bps: 0,
            block_revenue_commission_bps: 10_000,
            bls_key: true,
            has_voted: true,
        }
    }
}

impl VoteAccount {
    /// The account at `vote`, which is also its own identity, voter, withdrawer and collector.
    pub(super) fn account(&self, vote: &Pubkey, epoch: Epoch, rent: &Rent) -> Account {
        Account {
            lamports: rent.minimum_balance(VOTE_ACCOUNT_BYTES),
            data: vote_account_data(&self.state(vote, epoch)),
            owner: VOTE_PROGRAM,
            rent_epoch: u64::MAX,
            executable: false,
        }
    }

    fn state(&self, vote: &Pubkey, epoch: Epoch) -> VoteStateVersions {
        let mut epoch_credits = Vec::new();
        if self.has_voted {
            add_credits(&mut epoch_credits, epoch.saturating_sub(1), 1);
        }
        match self.version {
            VoteVersion::V3 => VoteStateVersions::new_v3(VoteStateV3 {
                node_pubkey: *vote,
                authorized_withdrawer: *vote,
                authorized_voters: AuthorizedVoters::new(epoch, *vote),
                commission: percent(self.commission_bps),
                epoch_credits,
                ..VoteStateV3::default()
            }),
            VoteVersion::V4 => VoteStateVersions::new_v4(VoteStateV4 {
                node_pubkey: *vote,
                authorized_withdrawer: *vote,
                authorized_voters: AuthorizedVoters::new(epoch, *vote),
                inflation_rewards_collector: *vote,
                block_revenue_collector: *vote,
                inflation_rewards_commission_bps: self.commission_bps,
                block_revenue_commission_bps: self.block_revenue_commission_bps,
                bls_pubkey_compressed: self.bls_key.then_some(BLS_KEY),
                epoch_credits,
                ..VoteStateV4::default()
            }),
        }
    }
}

impl Cluster {
    /// Makes a validator with a BLS key and returns its vote account.
    pub async fn create_validator(&mut self, name: &str, commission_bps: u16) -> Pubkey {
        let account = VoteAccount {
            commission_bps,
            ..VoteAccount::default()
        };
        self.create_vote_account(name, &account).await
    }

    /// Makes a vote account of choice and returns its address.
    pub async fn create_vote_account(&mut self, name: &str, account: &VoteAccount) -> Pubkey {
        let vote = self.keypair(name).pubkey();
        let (epoch, rent) = (self.epoch().await, self.rent().await);
        self.set_account(&vote, account.account(&vote, epoch, &rent));
        vote
    }

    /// A vote account's state, converted to the newest layout.
    pub async fn vote_state(&mut self, vote: &Pubkey) -> VoteStateV4 {
        let account = self.account(vote).await;
        VoteStateV4::deserialize(&account.data, vote).expect("a vote account")
    }

    /// Adds credits of the current epoch, as if the validator had voted. It keeps the layout.
    pub async fn earn_credits(&mut self, vote: &Pubkey, credits: u64) {
        let epoch = self.epoch().await;
        self.change_vote(vote, |state| {
            add_credits(epoch_credits(state), epoch, credits);
        })
        .await;
    }

    /// Sets the validator's share of inflation rewards; the runtime acts on it epochs later.
    pub async fn set_commission(&mut self, vote: &Pubkey, commission_bps: u16) {
        let set = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V3(state) => state.commission = percent(commission_bps),
            VoteStateVersions::V4(state) => state.inflation_rewards_commission_bps = commission_bps,
            other => panic!("no vote state with a commission: {other:?}"),
        };
        self.change_vote(vote, set).await;
    }

    /// Gives a validator a BLS key or takes it away: a boundary passes over who has none.
    pub async fn set_bls_key(&mut self, vote: &Pubkey, has_key: bool) {
        let set = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V4(state) => {
                state.bls_pubkey_compressed = has_key.then_some(BLS_KEY);
            }
            other => panic!("no vote state with a key: {other:?}"),
        };
        self.change_vote(vote, set).await;
    }

    /// Changes a vote account past the vote program.
    pub async fn change_vote(
        &mut self,
        vote: &Pubkey,
        change: impl FnOnce(&mut VoteStateVersions),
    ) {
        let mut account = self.account(vote).await;
        let mut state = VoteStateVersions::deserialize(&account.data).expect("a vote account");
        change(&mut state);
        account.data = vote_account_data(&state);
        self.set_account(vote, account);
    }
}

fn percent(commission_bps: u16) -> u8 {
    assert_eq!(
        commission_bps % BPS_PER_PERCENT,
        0,
        "V3 knows whole percents only"
    );
    u8::try_from(commission_bps / BPS_PER_PERCENT).expect("100% at most")
}

fn vote_account_data(state: &VoteStateVersions) -> Vec<u8> {
    let mut data = bincode::serialize(state).expect("a vote state serializes");
    data.resize(VOTE_ACCOUNT_BYTES, 0);
    data
}

fn epoch_credits(state: &mut VoteStateVersions) -> &mut Vec<(Epoch, u64, u64)> {
    match state {
        VoteStateVersions::V3(state) => &mut state.epoch_credits,
        VoteStateVersions::V4(state) => &mut state.epoch_credits,
        other => panic!("no vote state with credits: {other:?}"),
    }
}

/// Each entry is an epoch, the credits at its end and those at the end of the one before.
fn add_credits(history: &mut Vec<(Epoch, u64, u64)>, epoch: Epoch, credits: u64) {
    let earned = history.last().map_or(0, |last| last.1);
    match history.last_mut() {
        Some(last) if last.0 == epoch => last.1 += credits,
        _ => history.push((epoch, earned + credits, earned)),
    }
    let excess = history.len().saturating_sub(MAX_EPOCH_CREDITS);
    history.drain(..excess);
}
