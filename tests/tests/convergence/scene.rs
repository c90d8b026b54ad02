//! A pool in the middle of its life, what strikes it, and the cranks that bring it back.

use {
    crate::{corruption::Corruption, rest},
    rand::{
        Rng, SeedableRng,
        rngs::StdRng,
        seq::{IndexedRandom, SliceRandom},
    },
    sluice::state::{
        PoolConfig,
        StakeAccountKind::{Main, Transient},
    },
    sluice_client::SlotAddress,
    sluice_tests::{
        cluster::{LAMPORTS_PER_SOL, STAKE_ACCOUNT_BYTES},
        pool::{Books, Pool, Prices, TicketAddress},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_stake_interface::state::StakeStateV2,
};

pub const SOL: u64 = LAMPORTS_PER_SOL;

/// Epochs within which cranks alone must have brought every pool back.
const EPOCHS: usize = 5;
/// Credits of validators that earn.
const CREDITS: u64 = 1_000;
/// Turns of all cranks at one moment, at most.
const TURNS: usize = 6;

/// A pool, and what is known of it.
pub struct Scene {
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
}

impl Scene {
    /// A pool of the seed's choice is struck, and must come to rest.
    pub async fn play(seed: u64) {
        let mut scene = Self::build(seed).await;
        scene.live().await;
        for _ in 0..scene.rng.random_range(1..=4) {
            let corruption = Corruption::draw(&mut scene).await;
            eprintln!("seed {seed}: {corruption:?}");
            corruption.strike(&mut scene).await;
        }
        scene.recover().await;
        rest::assert_at_rest(&mut scene).await;
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
        let holder = pool.user("holder", 2_000 * SOL).await;
        let stranger = pool.user("stranger", 100 * SOL).await;
        let lamports = rng.random_range(3 * SOL..600 * SOL);
        pool.deposit(&holder, lamports).await;
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
        }
    }

    /// Some epochs in which holders and curator act and the cranks are not always turned, up to
    /// any moment of an epoch.
    async fn live(&mut self) {
        self.pool.warp_to_window().await;
        self.turn_cranks().await;
        for _ in 0..self.rng.random_range(1..=2) {
            self.next_epoch(CREDITS).await;
            if self.rng.random_ratio(9, 10) {
                self.turn_cranks().await;
                self.people_act().await;
                self.pool.warp_to_window().await;
                self.turn_some_cranks().await;
            }
        }
        if self.rng.random() {
            self.next_epoch(CREDITS).await;
            if self.rng.random() {
                self.turn_cranks().await;
            }
        }
    }

    async fn people_act(&mut self) {
        let vote = *self.votes.choose(&mut self.rng).expect("validators");
        match self.rng.random_range(0..6) {
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
        let lamports = self.rng.random_range(SOL..50 * SOL);
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

    /// Cranks alone, for some epochs: no lamport is lost, and no price falls.
    async fn recover(&mut self) {
        let earning = self.rng.random_range(0..=2);
        let mut price = self.turn_and_compare(None).await;
        for epoch in 0..EPOCHS {
            self.pool.warp_to_window().await;
            price = self.turn_and_compare(price).await;
            self.next_epoch(if epoch < earning { CREDITS } else { 0 })
                .await;
            price = self.turn_and_compare(price).await;
        }
    }

    async fn turn_and_compare(&mut self, before: Option<Prices>) -> Option<Prices> {
        self.turn_cranks().await;
        let now = self.pool.prices().await;
        if let Some(before) = before {
            let worth =
                |of: &Prices, other: &Prices| u128::from(of.value) * u128::from(other.supply);
            assert!(
                worth(&now, &before) >= worth(&before, &now),
                "{before:?} -> {now:?}"
            );
        }
        Some(now)
    }

    /// Lets validators earn, and goes to the next epoch.
    pub async fn next_epoch(&mut self, credits: u64) {
        self.pool.next_epoch_with_rewards(credits).await;
    }

    /// Turns every crank, in any order, until no crank changes anything. They move lamports only
    /// between accounts of the pool.
    pub async fn turn_cranks(&mut self) {
        self.reclaim().await;
        let owned = owned_lamports(&self.pool.books().await);
        for _ in 0..TURNS {
            let before = self.pool.books().await;
            self.turn_once().await;
            let after = self.pool.books().await;
            assert_eq!(owned_lamports(&after), owned, "cranks lose nothing");
            if after == before {
                return;
            }
        }
        panic!("the cranks of one moment never end");
    }

    async fn turn_once(&mut self) {
        let clock = self.pool.cluster.clock().await;
        if !self.pool.account().await.is_fresh(clock.epoch) {
            self.pool.price().await;
        }
        let addresses = self.pool.addresses;
        for place in self.shuffled().await {
            self.pool.must_send(&[addresses.collect(&place)], &[]).await;
        }
        self.pool.settle().await;
        if clock.slot < self.pool.window_slot().await {
            return;
        }
        for place in self.shuffled().await {
            let undelegate = addresses.undelegate(&place);
            self.pool.must_send(&[undelegate], &[]).await;
        }
        for place in self.shuffled().await {
            let delegate = addresses.delegate(&place);
            self.pool.must_send(&[delegate], &[]).await;
        }
    }

    /// Some of the cranks of the window, for some of the validators.
    async fn turn_some_cranks(&mut self) {
        let addresses = self.pool.addresses;
        for place in self.shuffled().await {
            let instruction = match self.rng.random_range(0..4) {
                0 => addresses.undelegate(&place),
                1 => addresses.collect(&place),
                2 => addresses.delegate(&place),
                _ => continue,
            };
            self.pool.must_send(&[instruction], &[]).await;
        }
    }

    async fn shuffled(&mut self) -> Vec<SlotAddress> {
        let mut places = self.pool.places().await;
        places.shuffle(&mut self.rng);
        places
    }

    /// Whoever reclaims an account below today's rent adds what it lacks: the stake program
    /// initializes no other.
    async fn reclaim(&mut self) {
        let rent = self
            .pool
            .cluster
            .rent_exempt_lamports(STAKE_ACCOUNT_BYTES)
            .await;
        for place in self.pool.places().await {
            for kind in [Main, Transient] {
                let stake = place.stake(kind);
                if self.pool.cluster.stake_state(&stake).await != StakeStateV2::Uninitialized {
                    continue;
                }
                let lamports = self.pool.cluster.lamports(&stake).await;
                if lamports < rent {
                    self.pool.cluster.fund(&stake, rent - lamports).await;
                }
                self.pool.reclaim(&place.vote, kind).await;
            }
        }
    }
}

fn configure(config: &mut PoolConfig, rng: &mut StdRng) {
    config.reserve_target_bps = *[0, 100, 1_000].choose(rng).expect("some");
    config.tolerance_bps = *[10, 500].choose(rng).expect("some");
    // Convergence within a few epochs must not wait for the cap.
    config.movement_cap_bps = 5_000;
}

/// Lamports in reserve, claims vault and stake accounts.
fn owned_lamports(books: &Books) -> u64 {
    let stakes: u64 = books.stakes.values().map(|stake| stake.lamports).sum();
    books.reserve_lamports + books.vault_lamports + stakes
}
