//! Steps and checks that groups of scenarios share.

use {
    crate::{
        cluster::{LAMPORTS_PER_SOL, TransactionFailure},
        pool::{Pool, PoolBuilder},
    },
    anchor_lang::{AnchorDeserialize, InstructionData},
    sluice::{
        SluiceError,
        instructions::Rate,
        state::{Pool as PoolAccount, PoolConfig, StakeAccountKind},
    },
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_stake_interface::state::StakeStateV2,
    std::fmt::Debug,
};

/// The smallest delegation that the stake program accepts.
pub const MINIMUM_DELEGATION: u64 = LAMPORTS_PER_SOL;

/// Rewards of an epoch are some hundredths of a pool of 900 SOL in these epochs.
const FIRST_EPOCH: u64 = 4;

/// A pool with 900 SOL of alice, all of it but the reserve's share active on three validators
/// with commissions of 0%, 5% and 10%. It is the window of an epoch, everything is cranked, and
/// nothing has been earned.
pub async fn earning_pool(builder: PoolBuilder) -> (Pool, Keypair) {
    let validators = [(0, 1), (500, 2), (1_000, 1)];
    let mut pool = builder
        .epoch(FIRST_EPOCH)
        .validators(&validators)
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * LAMPORTS_PER_SOL).await;
    pool.deposit(&alice, 900 * LAMPORTS_PER_SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.live_an_epoch(0).await;
    (pool, alice)
}

/// Bytes of [`Rate`]; the runtime cuts zeros at the end of return data.
const RATE_BYTES: usize = 33;

/// Panics unless the transaction was refused with this error of the program.
#[track_caller]
pub fn assert_refused<T: Debug>(outcome: Result<T, TransactionFailure>, error: SluiceError) {
    let failure = outcome.expect_err("accepted, but should be refused");
    assert_eq!(failure.custom_code, Some(error.into()), "{failure}");
}

/// `lst` at the price `lamports / supply`, rounded down.
pub fn worth(lst: u64, lamports: u64, supply: u64) -> u64 {
    let product = u128::from(lst) * u128::from(lamports);
    u64::try_from(product / u128::from(supply)).expect("at most all lamports")
}

/// Credits that a validator earns in an epoch in which it votes.
pub const CREDITS: u64 = 1_000;

/// A pool with two validators of weights 1 and 2 whose first rewards are booked, some basis points
/// of the 900 SOL that its holder has in it: exits with stake are open, and an LST is dearer than
/// a SOL. All but the reserve's share is active.
pub async fn open_pool(change: impl FnOnce(&mut PoolConfig)) -> (Pool, Keypair) {
    let builder = Pool::builder().config(change);
    opened(
        builder.validators(&[(0, 1), (0, 2)]),
        900 * LAMPORTS_PER_SOL,
    )
    .await
}

/// A pool whose holder has deposited `lamports`, which are active, and has 1,000 SOL more; its
/// first rewards are booked.
pub async fn opened(builder: PoolBuilder, lamports: u64) -> (Pool, Keypair) {
    let mut pool = builder.epoch(1).start().await;
    let rich = lamports + 1_000 * LAMPORTS_PER_SOL;
    let holder = pool.user("alice", rich).await;
    pool.deposit(&holder, lamports).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.crank_epoch().await;
    (pool, holder)
}

impl Pool {
    /// Lamports in both stake accounts of a validator, booked or not.
    pub async fn stake_lamports(&mut self, vote: &Pubkey) -> u64 {
        let slot = self.slot_of(vote).await;
        self.cluster.lamports(&slot.main).await + self.cluster.lamports(&slot.transient).await
    }

    /// Lamports in the reserve and in all stake accounts, booked or not.
    pub async fn owned_lamports(&mut self) -> u64 {
        let mut lamports = self.cluster.lamports(&self.addresses.reserve).await;
        for place in self.places().await {
            lamports += self.cluster.lamports(&place.main).await;
            lamports += self.cluster.lamports(&place.transient).await;
        }
        lamports
    }

    /// Changes the pool account past the program.
    pub async fn change_pool(&mut self, change: impl FnOnce(&mut PoolAccount)) {
        let mut pool = self.account().await;
        change(&mut pool);
        let address = self.addresses.pool;
        let store = |account: &mut solana_account::Account| {
            let content = bytemuck::bytes_of(&pool);
            let start = PoolAccount::SPACE - content.len();
            account.data[start..].copy_from_slice(content);
        };
        self.cluster.change_account(&address, store).await;
    }

    /// Takes lamports from a validator's active stake, as a slashing would.
    pub async fn slash(&mut self, vote: &Pubkey, lamports: u64) {
        self.slash_account(vote, StakeAccountKind::Main, lamports)
            .await;
    }

    /// Deactivates stake as `DeactivateDelinquent` would, which anybody may call on a validator
    /// that does not vote.
    pub async fn deactivate_by_force(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let epoch = self.cluster.epoch().await;
        let deactivate = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(_, stake, _) => stake.delegation.deactivation_epoch = epoch,
            other => panic!("no stake to deactivate: {other:?}"),
        };
        self.cluster.change_stake(&stake, deactivate).await;
    }

    /// Takes the delegation of a stake account away, as a cluster restart can: the authorities stay.
    pub async fn reset_to_initialized(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let reset = |state: &mut StakeStateV2| {
            let meta = state.meta().expect("an account with authorities");
            *state = StakeStateV2::Initialized(meta);
        };
        self.cluster.change_stake(&stake, reset).await;
    }

    /// Takes delegation and authorities of a stake account away, as a cluster restart can: from
    /// here anybody may initialize it.
    pub async fn reset_to_uninitialized(&mut self, vote: &Pubkey, kind: StakeAccountKind) {
        let stake = self.slot_of(vote).await.address(kind);
        let reset = |state: &mut StakeStateV2| *state = StakeStateV2::Uninitialized;
        self.cluster.change_stake(&stake, reset).await;
    }

    /// What the program says of its prices now.
    pub async fn rate(&mut self) -> Rate {
        let rate = Instruction {
            program_id: sluice::ID,
            accounts: vec![AccountMeta::new_readonly(self.addresses.pool, false)],
            data: sluice::instruction::Rate {}.data(),
        };
        let sent = self.must_send(&[rate], &[]).await;
        let (program, mut bytes) = sent.return_data.expect("a view answers");
        assert_eq!(program, sluice::ID);
        bytes.resize(RATE_BYTES, 0);
        Rate::deserialize(&mut bytes.as_slice()).expect("a rate")
    }

    /// Panics where an account holds active or activating stake below the minimum delegation.
    pub async fn assert_minimum_delegations(&mut self) {
        for place in self.places().await {
            for stake in [place.main, place.transient] {
                let state = self.cluster.stake_state(&stake).await;
                let Some(delegation) = state.delegation() else {
                    continue;
                };
                assert!(
                    delegation.deactivation_epoch != u64::MAX
                        || delegation.stake >= MINIMUM_DELEGATION,
                    "{stake}: {delegation:?}"
                );
            }
        }
    }

    /// Lamports that are staked with a validator, or about to be, and stay.
    pub async fn delegated(&mut self, vote: &Pubkey) -> u64 {
        let slot = self.slot_of(vote).await;
        let mut delegated = 0;
        for stake in [slot.main, slot.transient] {
            let state = self.cluster.stake_state(&stake).await;
            let stays = |delegation: &solana_stake_interface::state::Delegation| {
                delegation.deactivation_epoch == u64::MAX
            };
            delegated += state.delegation().filter(stays).map_or(0, |it| it.stake);
        }
        delegated
    }
}
