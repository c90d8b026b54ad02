//! Rent, and changing it while the cluster runs.

use agave_feature_set as features;
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::feature;

use super::Cluster;

/// Rents that [`Cluster::schedule_rent`] can set, in lamports per byte. 6,960 is the first one.
pub const RENT_STEPS_LAMPORTS_PER_BYTE: [u64; 6] = [6_960, 6_333, 5_080, 2_575, 1_322, 696];

/// An account of the feature program that waits for activation: `None` in its nine bytes.
const PENDING_FEATURE: [u8; 9] = [0; 9];

impl Cluster {
    /// The rent sysvar.
    pub async fn rent(&mut self) -> Rent {
        self.context
            .banks_client
            .get_rent()
            .await
            .expect("the bank has a rent")
    }

    /// Lamports that an account of `data_bytes` must hold today.
    pub async fn rent_exempt_lamports(&mut self, data_bytes: usize) -> u64 {
        self.rent().await.minimum_balance(data_bytes)
    }

    /// Lets the runtime change rent to one of [`RENT_STEPS_LAMPORTS_PER_BYTE`] when the next
    /// epoch starts, each of them once in a cluster's life. The runtime's own feature gates do it.
    pub async fn schedule_rent(&mut self, lamports_per_byte: u64) {
        let feature = step_feature(lamports_per_byte);
        self.activate_feature(&feature).await;
    }

    /// Activates a feature, left inactive at the start, when the next epoch starts.
    pub async fn activate_feature(&mut self, address: &Pubkey) {
        assert!(
            self.try_account(address).await.is_none(),
            "the feature {address} is active or about to be"
        );
        let lamports = self.rent_exempt_lamports(PENDING_FEATURE.len()).await;
        let pending = Account {
            lamports,
            data: PENDING_FEATURE.to_vec(),
            owner: feature::ID,
            ..Account::default()
        };
        self.set_account(address, pending);
    }
}

/// The gates of all rent changes. Active at genesis they do nothing, and can do nothing later.
pub(super) fn step_features() -> [Pubkey; 6] {
    RENT_STEPS_LAMPORTS_PER_BYTE.map(step_feature)
}

fn step_feature(lamports_per_byte: u64) -> Pubkey {
    match lamports_per_byte {
        6_960 => features::set_lamports_per_byte_to_6960::ID,
        6_333 => features::set_lamports_per_byte_to_6333::ID,
        5_080 => features::set_lamports_per_byte_to_5080::ID,
        2_575 => features::set_lamports_per_byte_to_2575::ID,
        1_322 => features::set_lamports_per_byte_to_1322::ID,
        696 => features::set_lamports_per_byte_to_696::ID,
        other => panic!("no feature of the runtime sets rent to {other} lamports per byte"),
    }
}
