//! Two pools in the same state, in which every instruction has something to do.

use {
    anchor_lang::Discriminator,
    sluice::state::{Parameter, Pool as PoolAccount, PoolConfig, StakeAccountKind, v0},
    sluice_tests::{
        cluster::{LAMPORTS_PER_SOL as SOL, sluice_elf},
        pool::{Pool, TicketAddress, Watch},
    },
    solana_account::Account,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::collections::BTreeMap,
};

/// The pools, by name. All tests act on the first one; the second is the foreign one.
pub const POOLS: [&str; 2] = ["pool", "second"];

/// A program of a stranger: executable, but none that the pools trust.
pub const FAKE_PROGRAM: Pubkey = Pubkey::new_from_array([0xfa; 32]);

/// Where an account of the program has its layout version.
const VERSION_AT: usize = PoolAccount::DISCRIMINATOR.len();
/// Lamports of rent that the migration of a history must add.
const HISTORY_GROWTH_LAMPORTS: u64 = SOL / 1_000;

/// When the world stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Fresh, but the pools are paused and in loss mode, an admin is nominated, a change waits.
    Governed,
    /// Just priced: users, curator, `collect`, `settle_batch`, `claim`, `close_slot` have to do.
    Fresh,
    /// In the rebalance window: `delegate` has v0 to serve and `undelegate` v1.
    Window,
    /// The next epoch has begun and nothing is observed.
    Unobserved,
    /// All is observed and nothing finalized.
    Observed,
    /// Unobserved, and the main stake account of v0 has been reset.
    Reset,
    /// Fresh, but pools and pages have the layout version before.
    OldPages,
    /// The same, and the pages have the current one again.
    OldPool,
}

/// The tickets of one pool.
#[derive(Clone, Copy, Debug)]
pub struct Tickets {
    /// Bob's, of a settled batch that Alice opened; not claimed.
    pub claimable: TicketAddress,
    /// Of the batch that is due and not settled.
    pub due: TicketAddress,
    /// Of the open batch.
    pub open: TicketAddress,
}

pub struct World {
    pub pool: Pool,
    /// Holds LST of both pools.
    pub alice: Keypair,
    /// Owns the claimable tickets.
    pub bob: Keypair,
    tickets: BTreeMap<String, Tickets>,
}

impl World {
    pub async fn at(stage: Stage) -> Self {
        let mut world = Self::fresh().await;
        match stage {
            Stage::Fresh | Stage::Governed | Stage::OldPages | Stage::OldPool => {}
            Stage::Window => world.pool.warp_to_window().await,
            Stage::Unobserved | Stage::Observed | Stage::Reset => world.next_epoch().await,
        }
        for name in POOLS {
            world.pool.turn_to(name);
            match stage {
                Stage::Observed => world.pool.observe_all().await,
                Stage::Reset => world.reset_main_of_v0().await,
                Stage::Governed => world.govern().await,
                Stage::OldPages => world.age(true).await,
                Stage::OldPool => world.age(false).await,
                _ => {}
            }
        }
        world.pool.turn_to(POOLS[0]);
        world.pool.watch = Watch::Full;
        world
    }

    /// The tickets of the pool that verbs act on.
    pub fn tickets(&self) -> Tickets {
        self.tickets[self.pool.name()]
    }

    /// v2 leaves, v1 loses its weight, a batch is settled, one is due and one is open, fees wait
    /// for the treasury, and a stranger has given v0 a lamport or two.
    async fn fresh() -> Self {
        let mut pool = Pool::builder()
            .cluster(|cluster| cluster.program(FAKE_PROGRAM, sluice_elf()))
            .epoch(1)
            .watch(Watch::Books)
            .start()
            .await;
        pool.found(POOLS[1], PoolConfig::RECOMMENDED).await;
        let alice = pool.cluster.keypair("alice");
        let bob = pool.cluster.keypair("bob");
        let mut world = Self {
            pool,
            alice,
            bob,
            tickets: BTreeMap::new(),
        };
        for name in POOLS {
            world.pool.turn_to(name);
            world.stake().await;
        }
        world.next_epoch().await;
        let mut claimable = Vec::new();
        for name in POOLS {
            world.pool.turn_to(name);
            claimable.push(world.leave().await);
        }
        world.next_epoch().await;
        let mut due = Vec::new();
        for name in POOLS {
            world.pool.turn_to(name);
            due.push(world.leave_again().await);
        }
        world.next_epoch().await;
        for ((name, claimable), due) in POOLS.into_iter().zip(claimable).zip(due) {
            world.pool.turn_to(name);
            let open = world.end_up().await;
            let tickets = Tickets {
                claimable,
                due,
                open,
            };
            world.tickets.insert(name.to_string(), tickets);
        }
        world.pool.turn_to(POOLS[0]);
        world
    }

    async fn stake(&mut self) {
        let pool = &mut self.pool;
        pool.add_validators(&[(0, 2), (500, 1), (1_000, 1)]).await;
        pool.user("alice", 2_000 * SOL).await;
        pool.user("bob", 200 * SOL).await;
        pool.deposit(&self.alice, 1_000 * SOL).await;
        pool.deposit(&self.bob, 100 * SOL).await;
    }

    async fn leave(&mut self) -> TicketAddress {
        self.pool.crank_epoch().await;
        let v2 = self.pool.vote(2);
        self.pool.retire(&v2).await;
        self.pool.request(&self.alice, SOL).await;
        self.pool.request(&self.bob, 50 * SOL).await
    }

    async fn leave_again(&mut self) -> TicketAddress {
        self.pool.crank_epoch().await;
        let v1 = self.pool.vote(1);
        self.pool.set_weight(&v1, 0).await;
        self.pool.request(&self.alice, 20 * SOL).await
    }

    async fn end_up(&mut self) -> TicketAddress {
        let (v0, v2) = (self.pool.vote(0), self.pool.vote(2));
        let v0_main = self.pool.slot_of(&v0).await.main;
        self.pool.cluster.fund(&v0_main, SOL).await;
        self.pool.price().await;
        self.pool.collect(&v2).await;
        self.pool.request(&self.alice, 5 * SOL).await
    }

    /// Cranks both pools in the window and goes on to the next epoch, with rewards.
    async fn next_epoch(&mut self) {
        self.pool.warp_to_window().await;
        for name in POOLS {
            self.pool.turn_to(name);
            self.pool.crank_epoch().await;
            for place in self.pool.places().await {
                self.pool.cluster.earn_credits(&place.vote, 1_000).await;
            }
        }
        self.pool.cluster.next_epoch().await;
    }

    async fn govern(&mut self) {
        let heir = self.heir().pubkey();
        let pool = &mut self.pool;
        pool.nominate_admin(&heir).await;
        pool.schedule_change(Parameter::RewardFeeBps, 700).await;
        pool.pause().await;
        let epoch = pool.cluster.epoch().await;
        let trip = |account: &mut PoolAccount| {
            account.breaker_epoch = epoch;
            account.unrestored_lamports = SOL;
        };
        pool.change_pool(trip).await;
    }

    /// Who gets the roles of the pool that verbs act on.
    pub fn heir(&self) -> Keypair {
        let name = format!("{}'s heir to all roles", self.pool.name());
        self.pool.cluster.keypair(&name)
    }

    async fn reset_main_of_v0(&mut self) {
        let v0 = self.pool.vote(0);
        let main = self.pool.place(&v0).await.stake(StakeAccountKind::Main);
        self.pool
            .cluster
            .change_account(&main, |account| account.data.fill(0))
            .await;
    }

    /// Gives the pool and its history, and where wanted its page, the layout version before.
    async fn age(&mut self, with_page: bool) {
        let it = self.pool.addresses;
        let mut old: v0::RateHistory = bytemuck::Zeroable::zeroed();
        old.pool = it.pool;
        let cluster = &mut self.pool.cluster;
        let age = |account: &mut Account| account.data[VERSION_AT] = v0::VERSION;
        cluster.change_account(&it.pool, age).await;
        if with_page {
            cluster.change_account(&it.page(0), age).await;
        }
        let shrink = |account: &mut Account| {
            account.lamports -= HISTORY_GROWTH_LAMPORTS;
            account.data.truncate(VERSION_AT);
            account.data.extend_from_slice(bytemuck::bytes_of(&old));
        };
        cluster.change_account(&it.history, shrink).await;
    }

    /// The keypair behind an address that a test may need to sign for.
    pub fn keypairs(&self) -> Vec<Keypair> {
        let pool = &self.pool;
        vec![
            self.alice.insecure_clone(),
            self.bob.insecure_clone(),
            pool.creator(),
            pool.curator(),
            pool.cluster.keypair("second's curator"),
            pool.cluster.keypair("second's creator"),
            pool.cluster.keypair("mallory"),
        ]
    }

    pub fn mallory(&self) -> Pubkey {
        self.pool.cluster.keypair("mallory").pubkey()
    }
}
