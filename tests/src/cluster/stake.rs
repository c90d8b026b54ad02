//! Stake accounts, made by the real stake program or stored as fixtures.

use solana_account::Account;
use solana_clock::Epoch;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake_program,
    program::ID as STAKE_PROGRAM,
    stake_flags::StakeFlags,
    stake_history::StakeHistory,
    state::{Authorized, Delegation, Lockup, Meta, Stake, StakeActivationStatus, StakeStateV2},
};

use super::Cluster;

/// Bytes of a stake account.
pub const STAKE_ACCOUNT_BYTES: usize = StakeStateV2::size_of();

/// What the stake program 5.x writes as every account's rent-exempt reserve, whatever rent is.
const META_RENT_EXEMPT_RESERVE: u64 = 2_282_880;

/// The fixed-point warm-up of today holds from this epoch on.
const NEW_RATE_ACTIVATION_EPOCH: Option<Epoch> = Some(0);

impl Cluster {
    /// Decodes a stake account, whatever its owner.
    pub async fn stake_state(&mut self, address: &Pubkey) -> StakeStateV2 {
        let account = self.account(address).await;
        bincode::deserialize(&account.data).expect("a stake account")
    }

    /// The delegation of a stake account, stale or not; panics if it has none.
    pub async fn delegation(&mut self, address: &Pubkey) -> Delegation {
        let state = self.stake_state(address).await;
        state
            .delegation()
            .unwrap_or_else(|| panic!("{address} has no delegation: {state:?}"))
    }

    /// The parts of a delegation that are effective, activating and deactivating now, in lamports,
    /// from the stake history; all zero without a delegation.
    pub async fn stake_activation(&mut self, address: &Pubkey) -> StakeActivationStatus {
        let Some(delegation) = self.stake_state(address).await.delegation() else {
            return StakeActivationStatus::default();
        };
        let epoch = self.epoch().await;
        let history = self.stake_history().await;
        delegation.stake_activating_and_deactivating_v2(epoch, &history, NEW_RATE_ACTIVATION_EPOCH)
    }

    /// The stake history sysvar.
    pub async fn stake_history(&mut self) -> StakeHistory {
        let account = self.account(&sysvar::stake_history::ID).await;
        bincode::deserialize(&account.data).expect("the stake history")
    }

    /// Lamports of a stake account beyond today's rent and its delegation. Only meaningful where
    /// the delegation is not stale.
    pub async fn free_lamports(&mut self, address: &Pubkey) -> u64 {
        let rent = self.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let delegated = self
            .stake_state(address)
            .await
            .delegation()
            .map_or(0, |delegation| delegation.stake);
        self.lamports(address)
            .await
            .saturating_sub(rent + delegated)
    }

    /// Creates and initializes a stake account with today's rent and `lamports` on top. The
    /// authority may stake and withdraw.
    pub async fn create_stake(&mut self, name: &str, authority: &Pubkey, lamports: u64) -> Pubkey {
        let account = self.keypair(name);
        let rent = self.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let create = stake_program::create_account(
            &self.payer.pubkey(),
            &account.pubkey(),
            &Authorized::auto(authority),
            &Lockup::default(),
            rent + lamports,
        );
        self.must_send(&create, &[&account]).await;
        account.pubkey()
    }

    /// Creates a stake account and delegates all its lamports but rent.
    pub async fn create_delegated_stake(
        &mut self,
        name: &str,
        authority: &Keypair,
        lamports: u64,
        vote: &Pubkey,
    ) -> Pubkey {
        let stake = self.create_stake(name, &authority.pubkey(), lamports).await;
        let delegate = stake_program::delegate_stake(&stake, &authority.pubkey(), vote);
        self.must_send(&[delegate], &[authority]).await;
        stake
    }

    /// Stores a stake account that is wholly active at once, however large, with today's rent.
    /// Like stake of the genesis its activation epoch is `Epoch::MAX`: with any other the stake
    /// history would have to know of it.
    pub async fn inject_active_stake(
        &mut self,
        name: &str,
        authority: &Pubkey,
        delegated_lamports: u64,
        vote: &Pubkey,
    ) -> Pubkey {
        let address = self.address(name);
        let rent = self.rent().await;
        self.set_account(
            &address,
            active_stake_account(authority, vote, delegated_lamports, &rent),
        );
        address
    }

    /// Changes the state of a stake account past the stake program.
    pub async fn change_stake(&mut self, address: &Pubkey, change: impl FnOnce(&mut StakeStateV2)) {
        let mut state = self.stake_state(address).await;
        change(&mut state);
        self.change_account(address, |account| {
            account.data = stake_account(&state, 0).data;
        })
        .await;
    }
}

/// A delegated stake account that is wholly active since before the first epoch.
pub fn active_stake_account(
    authority: &Pubkey,
    vote: &Pubkey,
    delegated_lamports: u64,
    rent: &Rent,
) -> Account {
    #[expect(deprecated, reason = "the stake program still writes the field")]
    let meta = Meta {
        rent_exempt_reserve: META_RENT_EXEMPT_RESERVE,
        authorized: Authorized::auto(authority),
        lockup: Lockup::default(),
    };
    let delegation = Delegation::new(vote, delegated_lamports, Epoch::MAX);
    let stake = Stake {
        delegation,
        credits_observed: 0,
    };
    let state = StakeStateV2::Stake(meta, stake, StakeFlags::empty());
    stake_account(
        &state,
        delegated_lamports + rent.minimum_balance(STAKE_ACCOUNT_BYTES),
    )
}

fn stake_account(state: &StakeStateV2, lamports: u64) -> Account {
    let mut data = bincode::serialize(state).expect("a stake state serializes");
    data.resize(STAKE_ACCOUNT_BYTES, 0);
    Account {
        lamports,
        data,
        owner: STAKE_PROGRAM,
        rent_epoch: u64::MAX,
        executable: false,
    }
}
