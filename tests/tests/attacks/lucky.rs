//! Stake of the one validator that earned most, carried off over the boundary at which it is paid.

use sluice::SluiceError;
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const POOL: u64 = 100_000 * SOL;
const VALIDATORS: u64 = 10;
/// From this epoch on all are of the same length.
const STEADY_EPOCH: u64 = 14;
/// Of so many lamports the inflation of an epoch is about 3.3 basis points of all stake.
const SUPPLY: u64 = 690_000_000 * SOL;
/// Stake elsewhere with the same credits, so large that nobody's luck is at the expense of others.
const ELSEWHERE_LAMPORTS: u64 = 14_000_000 * SOL;
/// What the lucky validator earns, in multiples of what all others do.
const LUCK: u64 = 10;

/// A pool of ten validators in the last slot of an epoch.
struct Scene {
    pool: Pool,
    holder: Keypair,
    mallory: Keypair,
    elsewhere: Pubkey,
}

impl Scene {
    async fn new() -> Self {
        let validators = [(0, 1); VALIDATORS as usize];
        let builder = Pool::builder()
            .cluster(|cluster| cluster.payer_lamports(SUPPLY))
            .epoch(STEADY_EPOCH)
            .validators(&validators);
        let mut pool = builder.start().await;
        let holder = pool.user("holder", POOL + SOL).await;
        let mallory = pool.user("mallory", POOL).await;
        pool.deposit(&holder, POOL).await;
        let elsewhere = pool.cluster.create_validator("elsewhere", 0).await;
        let owner = holder.pubkey();
        pool.active_stake("witness", &owner, ELSEWHERE_LAMPORTS, &elsewhere)
            .await;
        let mut scene = Self {
            pool,
            holder,
            mallory,
            elsewhere,
        };
        for _ in 0..3 {
            scene.pool.crank_window().await;
            scene.boundary(1).await;
        }
        let epoch = scene.pool.cluster.epoch().await;
        let last = scene.pool.cluster.last_slot_of(epoch);
        scene.pool.cluster.warp_to_slot(last).await;
        scene
    }

    /// The first validator earns `luck` times as much as the others. Everything is priced.
    async fn boundary(&mut self, luck: u64) {
        let (first, elsewhere) = (self.pool.vote(0), self.elsewhere);
        let cluster = &mut self.pool.cluster;
        cluster.earn_credits(&first, CREDITS * (luck - 1)).await;
        cluster.earn_credits(&elsewhere, CREDITS).await;
        self.pool.crank_next_epoch(CREDITS).await;
    }

    async fn worth_of_the_holder(&mut self) -> u64 {
        let lst = self.pool.lst_balance(&self.holder.pubkey()).await;
        let prices = self.pool.prices().await;
        worth(lst, prices.full, prices.supply)
    }

    /// Mallory buys LST for so many lamports, takes them out as stake of the lucky validator, and what
    /// she has beyond that after the boundary is hers. `None` where she is refused.
    async fn carries_off(&mut self, lamports: u64) -> Option<i128> {
        let (mallory, vote) = (self.mallory.insecure_clone(), self.pool.vote(0));
        let address = mallory.pubkey();
        let before = self.pool.cluster.lamports(&address).await;
        self.pool.deposit(&mallory, lamports).await;
        let lst = self.pool.lst_balance(&address).await;
        let taken = self.pool.try_withdraw_stake(&mallory, &vote, lst).await;
        let Ok(taken) = taken else {
            assert_refused(taken, SluiceError::StakeExitUnbalanced);
            return None;
        };
        self.boundary(LUCK).await;
        let wallet = self.pool.cluster.lamports(&address).await;
        let stake = self.pool.cluster.lamports(&taken.stake).await;
        Some(i128::from(wallet + stake) - i128::from(before))
    }
}

/// E4. In the last minutes of an epoch she took nearly all stake of a validator that had earned ten
/// times as much as the others, for a fee by what the pool earns on average, and won 25 SOL of the
/// holders' at the boundary. She can still take what the validator has a little below its part.
#[tokio::test]
async fn the_stake_of_the_validator_that_earned_most_is_not_carried_off() {
    let mut honest = Scene::new().await;
    honest.boundary(LUCK).await;
    let worth = honest.worth_of_the_holder().await;

    let mut scene = Scene::new().await;
    let all = POOL / VALIDATORS - 200 * SOL;
    if let Some(won) = scene.carries_off(all).await {
        let lost = worth - scene.worth_of_the_holder().await;
        panic!("she won {won} lamports, and the holder lost {lost}");
    }

    let mut scene = Scene::new().await;
    let vote = scene.pool.vote(0);
    let most = scene.pool.most_stake(&vote).await;
    // The tolerance of its part, and a tenth of that again, since its part shrinks with it.
    assert!(
        most.abs_diff(POOL / VALIDATORS / 20 * 10 / 9) < 10 * SOL,
        "{most}"
    );
    let won = scene.carries_off(most).await.expect("so much is hers");
    let lost = worth.saturating_sub(scene.worth_of_the_holder().await);
    println!("of {most} lamports she won {won}, and the holder lost {lost}");
    assert!(won < 2 * i128::from(SOL), "{won}");
}

/// E4. The one that earned most retires, or has lost its weight, and keeps its stake for some epochs more:
/// she won the same 25 SOL. Nobody knows who will have earned most while an epoch is young.
#[tokio::test]
async fn a_validator_without_weight_gives_stake_only_while_nobody_knows_what_it_will_have_earned() {
    for retires in [true, false] {
        let mut scene = Scene::new().await;
        let pool = &mut scene.pool;
        for number in 0..VALIDATORS / 2 {
            let vote = pool.vote(number);
            if retires {
                pool.retire(&vote).await;
            } else {
                pool.set_weight(&vote, 0).await;
            }
        }
        scene.boundary(1).await;
        let pool = &mut scene.pool;
        pool.warp_to_window().await;
        // The movement cap is spent on others: the first keeps all of its stake.
        for number in (1..VALIDATORS / 2).rev() {
            let vote = pool.vote(number);
            pool.undelegate(&vote).await;
        }
        let epoch = pool.cluster.epoch().await;
        let last = pool.cluster.last_slot_of(epoch);
        pool.cluster.warp_to_slot(last).await;
        let won = scene.carries_off(POOL / VALIDATORS - 200 * SOL).await;
        assert_eq!(won, None);

        scene.boundary(1).await;
        let mallory = scene.mallory.insecure_clone();
        let vote = scene.pool.vote(0);
        scene
            .pool
            .withdraw_stake(&mallory, &vote, 1_000 * SOL)
            .await;
    }
}
