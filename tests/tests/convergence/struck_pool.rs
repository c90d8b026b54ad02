//! A pool in the middle of its life, what strikes it, and the cranks that bring it back.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sluice::state::PoolConfig;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL,
    pool::{Pool, TicketAddress},
    scenario::{
        CREDITS,
        recovery::{recover, shuffled, turn_cranks},
    },
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use crate::corruption::Corruption;

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Epochs within which cranks alone must have brought every pool back.
const EPOCHS: usize = 5;
/// What warming up and cooling down may add where the cluster lets only 9% of its stake go or come
/// per epoch.
const HEAVY_EPOCHS: usize = 10;
/// How much more a heavy pool holds: up to a quarter of the cluster's stake.
const HEAVY: u64 = 400;

/// A pool, and what is known of it.
pub struct StruckPool {
    pub pool: Pool,
    pub rng: StdRng,
    pub votes: Vec<Pubkey>,
    /// Validators that were told to leave.
    pub retired: Vec<Pubkey>,
    /// Exits that wait in the queue.
    pub tickets: Vec<TicketAddress>,
    /// Rents that were there, in lamports per byte.
    pub rents: Vec<u64>,
    /// Owns LST and does with it what she likes.
    pub stranger: Keypair,
    holder: Keypair,
    heavy: bool,
}

impl StruckPool {
    /// A pool of the seed's choice is struck, and must come to rest.
    pub async fn play(seed: u64) {
        let mut struck = Self::build(seed).await;
        struck.live().await;
        for _ in 0..struck.rng.random_range(1..=4) {
            let corruption = Corruption::draw(&mut struck).await;
            println!("seed {seed}: {corruption:?}");
            corruption.strike(&mut struck).await;
        }
        struck.recover().await;
    }

    async fn build(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut validators = vec![(0, *[1, 2, 5].choose(&mut rng).expect("some"))];
        for _ in 0..rng.random_range(1..=3) {
            let weight = *[0, 1, 1, 2, 5].choose(&mut rng).expect("some");
            validators.push((500, weight));
        }
        let builder = Pool::builder()
            .cluster(|cluster| cluster.seed(seed))
            .epoch(rng.random_range(0..=4))
            .config(|config| configure(config, &mut rng))
            .validators(&validators);
        let mut pool = builder.start().await;
        let votes = pool.places().await.iter().map(|place| place.vote).collect();
        let heavy = rng.random_ratio(1, 8);
        let scale = if heavy { HEAVY } else { 1 };
        let holder = pool.user("holder", 2_000 * SOL * scale).await;
        let stranger = pool.user("stranger", 100 * SOL).await;
        let lamports = rng.random_range(3 * SOL..600 * SOL);
        pool.deposit(&holder, lamports * scale).await;
        pool.deposit(&stranger, 20 * SOL).await;
        Self {
            pool,
            rng,
            votes,
            retired: Vec::new(),
            tickets: Vec::new(),
            rents: vec![6_960],
            stranger,
            holder,
            heavy,
        }
    }

    fn scale(&self) -> u64 {
        if self.heavy { HEAVY } else { 1 }
    }

    /// Some epochs in which holders and curator act and the cranks are not always turned, up to
    /// any moment of an epoch.
    async fn live(&mut self) {
        self.pool.warp_to_window().await;
        turn_cranks(&mut self.pool, &mut self.rng).await;
        for _ in 0..self.rng.random_range(1..=2) {
            self.pool.next_epoch_with_rewards(CREDITS).await;
            if self.rng.random_ratio(9, 10) {
                turn_cranks(&mut self.pool, &mut self.rng).await;
                self.people_act().await;
                self.pool.warp_to_window().await;
                self.turn_some_cranks().await;
            }
        }
        if self.rng.random() {
            self.pool.next_epoch_with_rewards(CREDITS).await;
            if self.rng.random() {
                turn_cranks(&mut self.pool, &mut self.rng).await;
            }
        }
    }

    async fn people_act(&mut self) {
        let vote = *self.votes.choose(&mut self.rng).expect("validators");
        match self.rng.random_range(0..6) {
            _ if self.retired.contains(&vote) => {}
            0 => {
                self.pool.retire(&vote).await;
                self.retired.push(vote);
            }
            1 => {
                let weight = *[0, 1, 3].choose(&mut self.rng).expect("some");
                self.pool.set_weight(&vote, weight).await;
            }
            _ => {}
        }
        let lamports = self.rng.random_range(SOL..50 * SOL) * self.scale();
        if self.rng.random() {
            self.pool.deposit(&self.holder, lamports).await;
        }
        if self.rng.random() {
            let lst = lamports.min(self.pool_lst().await / 2);
            let ticket = self.pool.request(&self.holder, lst).await;
            self.tickets.push(ticket);
        }
    }

    async fn pool_lst(&mut self) -> u64 {
        let holder = solana_signer::Signer::pubkey(&self.holder);
        self.pool.lst_balance(&holder).await
    }

    /// Cranks bring it back, and who waited to leave has left.
    async fn recover(&mut self) {
        let earning = self.rng.random_range(0..=2);
        let epochs = EPOCHS + if self.heavy { HEAVY_EPOCHS } else { 0 };
        recover(&mut self.pool, epochs, earning, &mut self.rng).await;
        for ticket in &self.tickets {
            self.pool.claim(ticket).await;
        }
        for vote in &self.retired {
            self.pool.close(vote).await;
        }
        self.pool.check().await;
    }

    /// Some of the cranks of the window, for some of the validators.
    async fn turn_some_cranks(&mut self) {
        let addresses = self.pool.addresses;
        for place in shuffled(&mut self.pool, &mut self.rng).await {
            let instruction = match self.rng.random_range(0..4) {
                0 => addresses.undelegate(&place),
                1 => addresses.collect(&place),
                2 => addresses.delegate(&place),
                _ => continue,
            };
            self.pool.must_send(&[instruction], &[]).await;
        }
    }
}

fn configure(config: &mut PoolConfig, rng: &mut StdRng) {
    config.reserve_target_bps = *[0, 100, 1_000].choose(rng).expect("some");
    config.tolerance_bps = *[10, 500].choose(rng).expect("some");
    // Convergence within a few epochs must not wait for the cap.
    config.movement_cap_bps = 5_000;
}
