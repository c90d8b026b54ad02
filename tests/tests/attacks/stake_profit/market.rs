//! A market with honest holders, in which all stake earns the same.

use rand::{Rng, rngs::StdRng};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::attacker::Attacker;

/// Stake that earns with the same credits elsewhere, so large that nothing else matters.
const ELSEWHERE_LAMPORTS: u64 = 2_000_000 * SOL;
/// From this epoch on all are of the same length.
const STEADY_EPOCH: u64 = 14;

/// A pool at the least fees that the program allows, and its honest holders.
pub struct Market {
    pub pool: Pool,
    holders: [Keypair; 2],
    elsewhere: Pubkey,
    witness: Pubkey,
}

/// What honest stake grew by at a boundary.
#[derive(Clone, Copy, Debug)]
pub struct Earned {
    from: u64,
    to: u64,
}

impl Earned {
    /// What lamports of stake would be had they earned that, rounded up.
    pub fn by(self, lamports: u64) -> u64 {
        let product = u128::from(lamports) * u128::from(self.to);
        u64::try_from(product.div_ceil(u128::from(self.from))).expect("lamports")
    }
}

impl Market {
    /// A pool of 500 SOL whose rewards are booked.
    pub async fn open(seed: u64) -> Self {
        let builder = Pool::builder()
            .cluster(|cluster| cluster.seed(seed))
            .epoch(STEADY_EPOCH)
            .config(|config| {
                config.instant_fee_min_bps = 1;
                config.instant_fee_max_bps = 1;
                config.stake_exit_fee_bps = 0;
                config.reserve_target_bps = 1_000;
                // She can take most of what a validator has.
                config.tolerance_bps = 5_000;
            })
            .validators(&[(0, 1), (0, 1)]);
        let mut pool = builder.start().await;
        let holders = [
            pool.user("bob", 2_000 * SOL).await,
            pool.user("carol", 2_000 * SOL).await,
        ];
        pool.deposit(&holders[0], 500 * SOL).await;
        let elsewhere = pool.cluster.create_validator("elsewhere", 0).await;
        let owner = holders[0].pubkey();
        let lamports = ELSEWHERE_LAMPORTS;
        let witness = pool
            .active_stake("witness", &owner, lamports, &elsewhere)
            .await;
        let mut market = Self {
            pool,
            holders,
            elsewhere,
            witness,
        };
        for _ in 0..2 {
            market.pool.crank_window().await;
            market.pass_boundary().await;
        }
        let rate = market.pool.account().await.reward_rate_e12;
        assert!((1..5_000_000_000).contains(&rate), "{rate} of 10^12");
        market
    }

    /// An honest holder.
    pub fn holder(&self) -> Keypair {
        self.holders[0].insecure_clone()
    }

    /// What a holder's LST is worth.
    pub async fn worth_of(&mut self, holder: &Keypair) -> u64 {
        let lst = self.pool.lst_balance(&holder.pubkey()).await;
        let prices = self.pool.prices().await;
        worth(lst, prices.value, prices.supply)
    }

    /// About as much LST as can be burned for stake of a validator.
    pub async fn most_lst_for_stake(&mut self, validator: u64) -> u64 {
        let vote = self.pool.vote(validator);
        let prices = self.pool.prices().await;
        let most = self.pool.most_stake(&vote).await;
        worth(most, prices.supply, prices.value)
    }

    /// The last slot of this epoch.
    pub async fn warp_to_last_slot(&mut self) {
        let epoch = self.pool.cluster.epoch().await;
        let last = self.pool.cluster.last_slot_of(epoch);
        self.pool.cluster.warp_to_slot(last).await;
    }

    /// Everybody earns the same, and the next epoch is priced. Returns what honest stake earned.
    pub async fn pass_boundary(&mut self) -> Earned {
        let earned = self.boundary().await;
        self.pool.crank_epoch().await;
        earned
    }

    /// The next epoch, not priced.
    async fn boundary(&mut self) -> Earned {
        let witness = self.witness;
        let from = self.pool.cluster.delegation(&witness).await.stake;
        self.all_vote(CREDITS).await;
        self.pool.cluster.next_epoch().await;
        self.all_vote(1).await;
        let to = self.pool.cluster.delegation(&witness).await.stake;
        assert!(to > from, "honest stake earns");
        Earned { from, to }
    }

    /// All validators vote: only from who has is stake taken in.
    async fn all_vote(&mut self, credits: u64) {
        let votes = [self.elsewhere, self.pool.vote(0), self.pool.vote(1)];
        for vote in votes {
            self.pool.cluster.earn_credits(&vote, credits).await;
        }
    }

    /// An honest holder comes, goes or waits.
    pub async fn somebody_else_acts(&mut self, random: &mut StdRng) {
        let holder = self.holders[random.random_range(0..2)].insecure_clone();
        let vote = self.pool.vote(random.random_range(0..2));
        let lamports = random.random_range(SOL..60 * SOL);
        let lst = self.pool.lst_balance(&holder.pubkey()).await.min(lamports);
        // What is refused is one of the things that can happen.
        match random.random_range(0..4) {
            0 => drop(self.pool.try_deposit(&holder, lamports).await),
            1 => drop(self.pool.try_withdraw(&holder, lst).await),
            2 => drop(self.pool.try_withdraw_stake(&holder, &vote, lst).await),
            _ => drop(self.pool.try_request(&holder, lst).await),
        }
    }

    /// Cranks the window, lets her act up to the boundary, before the price of the next epoch is
    /// made, and right after it.
    pub async fn next_epoch(&mut self, attacker: &mut Attacker, random: &mut StdRng) -> Earned {
        self.pool.crank_window().await;
        attacker.acts(self, random).await;
        self.warp_to_last_slot().await;
        for _ in 0..3 {
            attacker.acts(self, random).await;
        }
        let earned = self.boundary().await;
        assert!(!attacker.trades(self, random).await, "it is stale");
        self.pool.crank_epoch().await;
        earned
    }
}
