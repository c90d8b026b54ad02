//! What is known of validators, epoch by epoch, from any source: the chain now, or a store of what it
//! was.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;

/// What an epoch of a validator was, as the chain tells it. The chain forgets: what it does not tell of
/// a past epoch is `None`, unless somebody looked while that epoch ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidatorEpoch {
    /// The vote account.
    pub vote: Pubkey,
    /// The node that votes with it.
    pub identity: Pubkey,
    /// The epoch.
    pub epoch: u64,
    /// Stake that was effective in this epoch.
    pub activated_stake_lamports: Option<u64>,
    /// Credits that were earned in this epoch, so far if it is not over. `None` where the cluster went
    /// over to Alpenglow in it, which counts otherwise.
    pub credits: Option<u64>,
    /// The first epoch of which the vote account shows credits.
    pub first_credits_epoch: Option<u64>,
    /// What the vote account said in this epoch: the share of inflation rewards that it keeps.
    pub commission_bps: Option<u16>,
    /// The same of block revenue.
    pub block_revenue_commission_bps: Option<u16>,
    /// Whether the vote account had a BLS key, without which it is not admitted.
    pub has_bls_key: Option<bool>,
    /// What the collector of inflation rewards was paid for this epoch.
    pub collected_lamports: Option<u64>,
    /// Whether that collector collects for other validators too, so that the amount is of all.
    pub collector_is_shared: bool,
    /// The commission that stands beside that payment. Clusters with collectors note none.
    pub noted_commission_bps: Option<u16>,
    /// What a stake account of this validator was paid for this epoch, where one was looked at.
    pub sample: Option<StakeSample>,
    /// Whether a node said in this epoch that it does not vote.
    pub delinquent: Option<bool>,
    /// The software of its node, as gossip says.
    pub version: Option<String>,
}

/// The reward of a stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeSample {
    /// What the account held before it was paid: its stake, its rent, and what else is in it.
    pub balance_lamports: u64,
    /// What it was paid.
    pub reward_lamports: u64,
}

/// What a cluster paid for an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterEpoch {
    /// The epoch.
    pub epoch: u64,
    /// Stake that was effective in it.
    pub stake_lamports: u64,
    /// Inflation rewards of all stake, before any commission. `None` where they are not known: the
    /// chain keeps them of the last epoch only.
    pub rewards_lamports: Option<u64>,
    /// Points that shared them: stake times credits. Zero where votes are counted by Alpenglow.
    pub points: Option<u128>,
}

/// Facts of many epochs: one of each validator and epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    validators: BTreeMap<(Pubkey, u64), ValidatorEpoch>,
    cluster: BTreeMap<u64, ClusterEpoch>,
}

impl Facts {
    /// Facts from rows in any order. Of two rows of one validator and epoch the later one counts, where
    /// it knows something.
    pub fn from_rows(
        validators: impl IntoIterator<Item = ValidatorEpoch>,
        cluster: impl IntoIterator<Item = ClusterEpoch>,
    ) -> Self {
        let mut facts = Self::default();
        validators.into_iter().for_each(|row| facts.add(row));
        cluster.into_iter().for_each(|row| facts.add_cluster(row));
        facts
    }

    /// These facts and newer ones: what the newer ones know counts.
    #[must_use]
    pub fn merged(mut self, newer: Self) -> Self {
        let rows = newer.validators.into_values();
        rows.for_each(|row| self.add(row));
        let rows = newer.cluster.into_values();
        rows.for_each(|row| self.add_cluster(row));
        self
    }

    /// Adds a newer row.
    pub fn add(&mut self, newer: ValidatorEpoch) {
        let key = (newer.vote, newer.epoch);
        let row = match self.validators.remove(&key) {
            Some(older) => older.overlaid(newer),
            None => newer,
        };
        self.validators.insert(key, row);
    }

    /// Adds a newer row of the cluster.
    pub fn add_cluster(&mut self, newer: ClusterEpoch) {
        let older = self.cluster.get(&newer.epoch);
        let row = ClusterEpoch {
            rewards_lamports: newer
                .rewards_lamports
                .or(older.and_then(|older| older.rewards_lamports)),
            points: newer.points.or(older.and_then(|older| older.points)),
            ..newer
        };
        self.cluster.insert(newer.epoch, row);
    }

    /// All rows of validators, by address and epoch.
    pub fn validators(&self) -> impl Iterator<Item = &ValidatorEpoch> {
        self.validators.values()
    }

    /// What is known of a validator in an epoch.
    pub fn row(&self, vote: &Pubkey, epoch: u64) -> Option<&ValidatorEpoch> {
        self.validators.get(&(*vote, epoch))
    }

    /// All rows of the cluster, by epoch.
    pub fn cluster(&self) -> impl Iterator<Item = &ClusterEpoch> {
        self.cluster.values()
    }

    /// What is known of the cluster in an epoch.
    pub fn cluster_in(&self, epoch: u64) -> Option<&ClusterEpoch> {
        self.cluster.get(&epoch)
    }

    /// The latest epoch that anything is known of: the current one, which is not over.
    pub fn latest_epoch(&self) -> Option<u64> {
        self.validators.keys().map(|(_, epoch)| *epoch).max()
    }
}

impl ValidatorEpoch {
    /// This row under a newer one: what the newer one knows counts.
    fn overlaid(self, newer: Self) -> Self {
        let is_told = newer.collected_lamports.is_some();
        Self {
            vote: newer.vote,
            identity: newer.identity,
            epoch: newer.epoch,
            activated_stake_lamports: newer
                .activated_stake_lamports
                .or(self.activated_stake_lamports),
            credits: newer.credits.or(self.credits),
            // The list forgets its oldest epochs.
            first_credits_epoch: earlier(newer.first_credits_epoch, self.first_credits_epoch),
            commission_bps: newer.commission_bps.or(self.commission_bps),
            block_revenue_commission_bps: newer
                .block_revenue_commission_bps
                .or(self.block_revenue_commission_bps),
            has_bls_key: newer.has_bls_key.or(self.has_bls_key),
            collected_lamports: newer.collected_lamports.or(self.collected_lamports),
            collector_is_shared: match is_told {
                true => newer.collector_is_shared,
                false => self.collector_is_shared,
            },
            noted_commission_bps: newer.noted_commission_bps.or(self.noted_commission_bps),
            sample: newer.sample.or(self.sample),
            delinquent: newer.delinquent.or(self.delinquent),
            version: newer.version.or(self.version),
        }
    }
}

fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    [one, other].into_iter().flatten().min()
}
