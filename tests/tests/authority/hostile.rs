//! Admin, curator and guardian together against a holder who only waits: in random sequences the
//! holder gets out through the queue at the booked price within three epochs of the lock, and all
//! holders together can take out what the pool owns.

use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice::state::{PARAMETERS, Parameter};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, TicketAddress},
    scenario::earning_pool,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const SEEDS: u64 = 6;
const EPOCHS: u64 = 9;

/// All keys in one hostile hand.
struct Villains {
    rng: StdRng,
    pool: Pool,
    newcomers: u64,
}

impl Villains {
    /// Something that a key may do; whether the program takes it is its own business.
    async fn act(&mut self) {
        let pool = &mut self.pool;
        let validators = pool.account().await.next_serial;
        let vote = pool.vote(self.rng.random_range(0..validators.min(3)));
        match self.rng.random_range(0..12) {
            0..=3 => {
                let parameter = Parameter::ALL[self.rng.random_range(0..PARAMETERS)];
                let (least, most) = parameter.bounds();
                let value = match self.rng.random_range(0..4) {
                    0 => least,
                    1 => most,
                    2 => self.rng.random(),
                    _ => self.rng.random_range(least..=most),
                };
                let _ = pool.try_schedule_change(parameter, value).await;
            }
            4 => {
                let parameter = Parameter::ALL[self.rng.random_range(0..PARAMETERS)];
                let _ = pool.try_cancel_change(parameter).await;
            }
            5 => {
                let _ = pool.try_pause().await;
            }
            6 => {
                let (guardian, admin) = (pool.guardian(), pool.admin());
                let by = if self.rng.random() { guardian } else { admin };
                let _ = pool.try_unpause(&by).await;
            }
            7 => {
                let weight = self.rng.random_range(0..4);
                let _ = pool.try_set_weight(&vote, weight).await;
            }
            8 => {
                let _ = pool.try_retire(&vote).await;
            }
            9 => {
                let nowhere = Pubkey::new_from_array([7; 32]);
                let _ = pool.try_set_treasury(&nowhere).await;
            }
            10 => {
                let _ = pool.try_acknowledge_loss().await;
            }
            _ => self.add_validator().await,
        }
    }

    async fn add_validator(&mut self) {
        let name = format!("newcomer {}", self.newcomers);
        self.newcomers += 1;
        let vote = self.pool.cluster.create_validator(&name, 0).await;
        let _ = self.pool.try_add_validator(&vote, 3).await;
    }

    async fn act_some_times(&mut self) {
        for _ in 0..self.rng.random_range(0..5) {
            self.act().await;
        }
    }

    /// Lives an epoch under their hands, now and then with a loss.
    async fn live(&mut self) {
        self.act_some_times().await;
        if self.rng.random_range(0..4) == 0 {
            let vote = self.pool.vote(1);
            let main = self.pool.slot_of(&vote).await.main;
            let active = self.pool.cluster.stake_activation(&main).await;
            let lost = active.effective / self.rng.random_range(5..200);
            if lost > 0 && active.deactivating == 0 {
                self.pool.slash(&vote, lost).await;
            }
        }
        self.pool.live_an_epoch_as_open(1_000).await;
        self.act_some_times().await;
    }

    /// Lives until the ticket's batch is settled: within three epochs of its lock, at the value
    /// of the moment. The watcher compares every payment with the price to the lamport.
    async fn wait_for(&mut self, ticket: &TicketAddress) {
        let requested = self.pool.cluster.epoch().await;
        while !self.pool.batch(ticket.batch_id).await.is_settled() {
            self.live().await;
            let epoch = self.pool.cluster.epoch().await;
            let locked = self.pool.batch(ticket.batch_id).await.lock_epoch;
            assert!(
                locked <= requested + 1,
                "locked {locked}, requested {requested}"
            );
            assert!(
                epoch <= locked + 3,
                "not paid in epoch {epoch}, locked {locked}"
            );
        }
    }
}

async fn leave(pool: &mut Pool, holder: &Keypair) -> TicketAddress {
    let lst = pool.lst_balance(&holder.pubkey()).await;
    pool.request(holder, lst).await
}

#[tokio::test]
async fn attack_34_hostile_keys_together_cannot_hold_a_passive_holder() {
    for seed in 0..SEEDS {
        let builder = Pool::builder().cluster(|cluster| cluster.seed(seed));
        let (mut pool, alice) = earning_pool(builder).await;
        let passive = pool.user("passive", 200 * SOL).await;
        pool.deposit(&passive, 100 * SOL).await;
        let mut villains = Villains {
            rng: StdRng::seed_from_u64(seed),
            pool,
            newcomers: 0,
        };
        let at = villains.rng.random_range(1..EPOCHS - 3);
        for _ in 0..at {
            villains.live().await;
        }
        let ticket = leave(&mut villains.pool, &passive).await;
        villains.wait_for(&ticket).await;
        let had = villains.pool.cluster.lamports(&passive.pubkey()).await;
        villains.pool.claim(&ticket).await;
        let has = villains.pool.cluster.lamports(&passive.pubkey()).await;
        assert!(has - had > 50 * SOL, "seed {seed}: the losses were smaller");

        // All others leave too, the treasury's fees included: nothing is left but the seed's.
        let last = leave(&mut villains.pool, &alice).await;
        villains.wait_for(&last).await;
        villains.pool.claim(&last).await;
        let books = villains.pool.books().await;
        let seed_lst = books.pool.dead_lst;
        assert_eq!(
            books.pool.lst_supply,
            seed_lst + books.fees_lst + treasury_lst(&mut villains.pool).await
        );
        assert_eq!(books.pool.locked_lst + books.pool.open_lst, 0);
        let prices = books.prices();
        // Everything that the pool owns is somebody's: what is left is what the rest can take.
        assert_eq!(prices.full, prices.value + books.unreleased());
        assert!(books.vault_lamports >= books.pool.claims_lamports);
    }
}

async fn treasury_lst(pool: &mut Pool) -> u64 {
    let treasury = pool.treasury().pubkey();
    pool.lst_balance(&treasury).await
}
