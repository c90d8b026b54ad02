//! Two pools in the same state, in which every instruction has something to do.

mod acted;
mod cases;
mod siblings;

use std::collections::BTreeMap;

pub use acted::{Acted, Change, content, lamports, lst};
use anchor_lang::Discriminator;
pub use cases::{Case, STAGES};
pub use siblings::Sibling;
use sluice::state::{Parameter, Pool as PoolAccount, PoolConfig, StakeAccountKind, v0};
use sluice_client::UnstakeRequest;
use solana_account::Account;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    cluster::{LAMPORTS_PER_SOL as SOL, sluice_elf},
    pool::{Pool, TicketAddress, Watch},
};

/// The pools, by name. All tests act on the first one; the second is the foreign one.
pub const POOLS: [&str; 2] = ["pool", "second"];

/// A program of a stranger: executable, but none that the pools trust.
pub const FAKE_PROGRAM: Pubkey = Pubkey::new_from_array([0xfa; 32]);

/// Where an account of the program has its layout version.
const VERSION_AT: usize = PoolAccount::DISCRIMINATOR.len();
/// Lamports of rent that the migration of a history must add.
const HISTORY_GROWTH_LAMPORTS: u64 = SOL / 1_000;

/// What the pools wait for.
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
    /// Bob's at the expense of the pool's creator, of a settled batch that Alice opened; not claimed.
    pub claimable: TicketAddress,
    /// Of the batch that is due and not settled.
    pub due: TicketAddress,
    /// Of the open batch.
    pub open: TicketAddress,
}

/// Two pools on one cluster, at a [`Stage`].
pub struct TwoPools {
    /// Both pools; [`Pool::turn_to`] chooses the one that verbs act on.
    pub pool: Pool,
    /// Holds LST of both pools.
    pub alice: Keypair,
    /// Owns the claimable tickets.
    pub bob: Keypair,
    tickets: BTreeMap<String, Tickets>,
}

impl TwoPools {
    /// Both pools at this stage; verbs act on the first one.
    pub async fn at(stage: Stage) -> Self {
        let mut pools = Self::fresh().await;
        match stage {
            Stage::Fresh | Stage::Governed | Stage::OldPages | Stage::OldPool => {}
            Stage::Window => pools.pool.warp_to_window().await,
            Stage::Unobserved | Stage::Observed | Stage::Reset => pools.next_epoch().await,
        }
        for name in POOLS {
            pools.pool.turn_to(name);
            match stage {
                Stage::Observed => pools.pool.observe_all().await,
                Stage::Reset => pools.reset_main_of_v0().await,
                Stage::Governed => pools.govern().await,
                Stage::OldPages => pools.age(true).await,
                Stage::OldPool => pools.age(false).await,
                _ => {}
            }
        }
        pools.pool.turn_to(POOLS[0]);
        pools.pool.watch = Watch::Full;
        pools
    }

    /// The tickets of the pool that verbs act on.
    pub fn tickets(&self) -> Tickets {
        self.tickets[self.pool.name()]
    }

    /// v2 leaves, v3 has nothing left, v1 loses its weight, a batch is settled, one is due and one is open, fees wait
    /// for the treasury, and a stranger has given v0 a lamport or two.
    async fn fresh() -> Self {
        let mut pool = Pool::builder()
            .cluster(|cluster| cluster.program(FAKE_PROGRAM, sluice_elf()))
            // Less than v1 has: a part of it moves.
            .config(|config| config.movement_cap_bps = 1_000)
            .epoch(1)
            .watch(Watch::Books)
            .start()
            .await;
        pool.found(POOLS[1], PoolConfig::RECOMMENDED).await;
        let alice = pool.cluster.keypair("alice");
        let bob = pool.cluster.keypair("bob");
        let mut pools = Self {
            pool,
            alice,
            bob,
            tickets: BTreeMap::new(),
        };
        for name in POOLS {
            pools.pool.turn_to(name);
            pools.stake().await;
        }
        pools.next_epoch().await;
        let mut claimable = Vec::new();
        for name in POOLS {
            pools.pool.turn_to(name);
            claimable.push(pools.leave().await);
        }
        pools.next_epoch().await;
        let mut due = Vec::new();
        for name in POOLS {
            pools.pool.turn_to(name);
            due.push(pools.leave_again().await);
        }
        pools.next_epoch().await;
        for ((name, claimable), due) in POOLS.into_iter().zip(claimable).zip(due) {
            pools.pool.turn_to(name);
            let open = pools.end_up().await;
            let tickets = Tickets {
                claimable,
                due,
                open,
            };
            pools.tickets.insert(name.to_string(), tickets);
        }
        pools.pool.turn_to(POOLS[0]);
        pools
    }

    async fn stake(&mut self) {
        let pool = &mut self.pool;
        let validators = [(0, 2), (500, 1), (1_000, 1), (0, 0)];
        pool.add_validators(&validators).await;
        pool.user("alice", 2_000 * SOL).await;
        pool.user("bob", 200 * SOL).await;
        pool.deposit(&self.alice, 1_000 * SOL).await;
        pool.deposit(&self.bob, 100 * SOL).await;
    }

    async fn leave(&mut self) -> TicketAddress {
        self.pool.crank_epoch().await;
        for number in [2, 3] {
            let vote = self.pool.vote(number);
            self.pool.retire(&vote).await;
        }
        self.pool.request(&self.alice, SOL).await;
        let (bob, payer) = (self.bob.pubkey(), self.pool.creator());
        let request = UnstakeRequest {
            payer: payer.pubkey(),
            ..self.pool.own_request(&bob, 50 * SOL).await
        };
        let ticket = self.pool.ticket_of(&request);
        let request = self.pool.addresses.request_unstake(&request);
        let signers = [&self.bob, &payer];
        self.pool.must_send(&[request], &signers).await;
        ticket
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
        self.pool.reset_account(&v0, StakeAccountKind::Main).await;
    }

    /// Gives the pool and its history, and where wanted its page, the layout version before.
    async fn age(&mut self, with_page: bool) {
        let it = self.pool.addresses;
        let mut old: v0::RateHistory = bytemuck::Zeroable::zeroed();
        old.pool = it.pool;
        if with_page {
            self.pool.age_page(0).await;
        }
        let cluster = &mut self.pool.cluster;
        let age = |account: &mut Account| account.data[VERSION_AT] = v0::VERSION;
        cluster.change_account(&it.pool, age).await;
        let shrink = |account: &mut Account| {
            account.lamports -= HISTORY_GROWTH_LAMPORTS;
            account.data.truncate(VERSION_AT);
            account.data.extend_from_slice(bytemuck::bytes_of(&old));
        };
        cluster.change_account(&it.history, shrink).await;
    }

    /// The keypairs behind the addresses that a test may need to sign for.
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

    /// A stranger who attacks.
    pub fn mallory(&self) -> Pubkey {
        self.pool.cluster.keypair("mallory").pubkey()
    }
}
