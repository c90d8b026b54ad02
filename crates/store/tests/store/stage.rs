//! Both kinds of store, and rows to write.

use std::{cell::OnceCell, path::PathBuf};

use sluice::state::EpochRate;
use sluice_client::quote::ratings::{ClusterEpoch, StakeSample, ValidatorEpoch};
use sluice_store::{KeeperAction, Place, PoolEpoch, PoolValidator, Priced, Writer};
use sluice_tests::postgres::Postgres;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use tempfile::TempDir;

/// A folder for files of SQLite, and a server.
pub struct Stage {
    pub folder: TempDir,
    server: OnceCell<Postgres>,
}

impl Stage {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            server: OnceCell::new(),
        }
    }

    /// A place of each kind where nothing is yet.
    pub fn places(&self) -> [Place; 2] {
        [
            Place::File(self.file()),
            self.postgres().database().parse().unwrap(),
        ]
    }

    /// The server, which runs from the first time on that it is wanted.
    pub fn postgres(&self) -> &Postgres {
        self.server.get_or_init(Postgres::start)
    }

    /// A file in a folder that is not there yet.
    pub fn file(&self) -> PathBuf {
        let name = Pubkey::new_unique().to_string();
        self.folder.path().join(name).join("history of 50%.sqlite")
    }
}

pub const GENESIS: Hash = Hash::new_from_array([7; 32]);
pub const POOL: Pubkey = Pubkey::new_from_array([1; 32]);
pub const VOTE: Pubkey = Pubkey::new_from_array([2; 32]);

pub fn writer(keeper: u8) -> Writer {
    Writer {
        genesis: GENESIS,
        source: Pubkey::new_from_array([keeper; 32]),
        timestamp: 1_700_000_000,
    }
}

/// An epoch of [`POOL`], as its history on the chain tells it.
pub fn epoch(epoch: u64) -> PoolEpoch {
    PoolEpoch {
        pool: POOL,
        rate: EpochRate {
            epoch,
            full_lamports: 1_000_000_000_000 + epoch,
            lst_supply: 900_000_000_000,
            gain_lamports: 300,
            fee_lamports: 20,
            fee_kept_lamports: 10,
            epoch_start_timestamp: 1_600_000_000,
        },
        priced: None,
    }
}

/// The same, as it is seen in that epoch.
pub fn priced(of: u64) -> PoolEpoch {
    let priced = Priced {
        slot: 432_000 * of + 17,
        value_lamports: 999_999_999_999,
        fallen_lamports: 5,
    };
    PoolEpoch {
        priced: Some(priced),
        ..epoch(of)
    }
}

pub fn paid(epoch: u64) -> PoolValidator {
    PoolValidator {
        pool: POOL,
        epoch,
        vote: VOTE,
        active_lamports: 500_000_000_000,
        paid_lamports: 160_000_000,
    }
}

pub fn action(number: u64) -> KeeperAction {
    KeeperAction {
        keeper: Pubkey::new_from_array([3; 32]),
        number,
        pool: POOL,
        kind: "finalize".to_owned(),
        outcome: "landed".to_owned(),
        signature: Some("signature".to_owned()),
        fee_lamports: Some(5_000),
        rent_lamports: Some(-890_880),
    }
}

/// All that can be known of an epoch of a validator.
pub fn validator(epoch: u64) -> ValidatorEpoch {
    ValidatorEpoch {
        vote: VOTE,
        identity: Pubkey::new_from_array([4; 32]),
        epoch,
        activated_stake_lamports: Some(i64::MAX.unsigned_abs()),
        credits: Some(6_900_000),
        first_credits_epoch: Some(3),
        commission_bps: Some(500),
        block_revenue_commission_bps: Some(10_000),
        has_bls_key: Some(true),
        collected_lamports: Some(123),
        collector_is_shared: true,
        noted_commission_bps: Some(501),
        sample: Some(StakeSample {
            balance_lamports: 10,
            reward_lamports: 1,
        }),
        delinquent: Some(false),
        version: Some("4.2.2".to_owned()),
    }
}

pub fn cluster(epoch: u64) -> ClusterEpoch {
    ClusterEpoch {
        epoch,
        stake_lamports: 400_000_000_000_000_000,
        rewards_lamports: Some(145_000_000_000_000),
        points: Some(u128::MAX),
    }
}
