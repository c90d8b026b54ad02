//! Stake of validators that fail, or of which there is too much, brought in at the full price.

use sluice::SluiceError;
use sluice_tests::{
    cluster::addresses_of,
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, opened},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// What the pool owns, and what is brought in beside it.
const POOL: u64 = 100_000 * SOL;
/// Of so many lamports the inflation of such an epoch is about 3.3 basis points of all stake.
const SUPPLY: u64 = 3_770_000_000 * SOL;
/// Epochs in which stake of a silent validator earns nothing: the one of the deposit, the one in which
/// the silence is proven, and the one in which the stake comes back.
const EPOCHS: usize = 3;

/// A pool of five validators and a share cap, its holder, and as much stake of mallory with the first
/// of them; the minutes before a boundary.
struct Scene {
    pool: Pool,
    holder: Keypair,
    mallory: Keypair,
    vote: Pubkey,
    stake: Pubkey,
}

impl Scene {
    async fn new(share_cap_bps: u16, stake_lamports: u64) -> Self {
        let builder = Pool::builder()
            .config(|config| config.share_cap_bps = share_cap_bps)
            .cluster(|cluster| cluster.payer_lamports(SUPPLY))
            .validators(&[(0, 1), (0, 100), (0, 100), (0, 100), (0, 100)]);
        let (mut pool, holder) = opened(builder, POOL).await;
        pool.crank_window().await;
        let mallory = pool.user("mallory", SOL).await;
        let vote = pool.vote(0);
        let owner = mallory.pubkey();
        let stake = pool
            .active_stake("offered", &owner, stake_lamports, &vote)
            .await;
        Self {
            pool,
            holder,
            mallory,
            vote,
            stake,
        }
    }

    /// The others vote, and whoever can be ejected is.
    async fn epochs_without_its_votes(&mut self) {
        let others: Vec<Pubkey> = (1..5).map(|number| self.pool.vote(number)).collect();
        for _ in 0..EPOCHS {
            self.pool.crank_next_epoch_of(&others, CREDITS).await;
            let reference = others[0];
            // Only the first time: afterwards it is ejected already.
            drop(self.pool.try_eject_beside(&self.vote, &reference).await);
            self.pool.crank_window().await;
        }
    }

    async fn worth_of_the_holder(&mut self) -> u64 {
        let lst = self.pool.lst_balance(&self.holder.pubkey()).await;
        let prices = self.pool.prices().await;
        sluice_tests::scenario::worth(lst, prices.full, prices.supply)
    }

    /// Offers the stake; whether it was taken. A refusal changes nothing.
    async fn offers(&mut self, error: SluiceError) -> bool {
        let (owner, stake, vote) = (self.mallory.pubkey(), self.stake, self.vote);
        let deposit = self.pool.deposit_stake_instruction(&owner, &stake, &vote);
        let mut addresses = addresses_of(&[deposit.await]);
        addresses.retain(|address| *address != self.pool.cluster.payer().pubkey());
        let before = self.pool.cluster.snapshot(&addresses).await;
        let sent = self.pool.try_deposit_stake(&self.mallory, &stake, &vote);
        let sent = sent.await;
        if sent.is_ok() {
            return true;
        }
        assert_refused(sent, error);
        let after = self.pool.cluster.snapshot(&addresses).await;
        assert_eq!(before.changes(&after), [], "all accounts are as they were");
        false
    }
}

/// E6. Whoever had delegated to a validator that stopped voting brought the stake in before the
/// boundary: 100,000 SOL of it, which earn nothing for three epochs, halve what a pool of 100,000 SOL
/// earns in them. It is refused, and the holders lose not a lamport to it.
#[tokio::test]
async fn stake_of_a_validator_that_has_stopped_voting_is_not_dumped_on_the_holders() {
    let mut worths = [0; 2];
    let mut taken = false;
    for (dumped, worth) in [false, true].into_iter().zip(&mut worths) {
        let mut scene = Scene::new(10_000, POOL).await;
        if dumped {
            taken = scene.offers(SluiceError::ValidatorNotVoting).await;
        }
        let before = scene.worth_of_the_holder().await;
        scene.epochs_without_its_votes().await;
        *worth = scene.worth_of_the_holder().await - before;
    }
    let [alone, beside] = worths;
    println!("the holder earns {alone} lamports alone, and {beside} beside the dead stake");
    assert!(!taken, "the holder lost {} lamports", alone - beside);
    assert_eq!(alone, beside);
}

/// A5. The share cap bounds what one validator can cost the holders, also where its operator brings the
/// stake himself.
#[tokio::test]
async fn stake_beyond_the_share_cap_of_a_validator_is_not_brought_in() {
    let mut scene = Scene::new(2_000, POOL / 2).await;
    let vote = scene.vote;
    scene.pool.cluster.earn_credits(&vote, CREDITS).await;
    let taken = scene.offers(SluiceError::ShareCapReached).await;
    let delegated = scene.pool.delegated(&vote).await;
    let full = scene.pool.prices().await.full;
    let share_bps = delegated * 10_000 / full;
    assert!(!taken, "it has {share_bps} of 10,000 parts of the pool");
}
