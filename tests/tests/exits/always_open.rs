//! That nothing which keys, losses or time can do to a pool closes an exit: every combination.

use SluiceError::{BreakerTripped, PoolStale};
use sluice::{
    SluiceError,
    state::{NEVER, PARAMETERS, PendingChange, Pool as PoolAccount},
};
use sluice_client::transfer_ticket;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, TicketAddress, Watch},
    scenario::earning_pool,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// How long ago the breaker tripped, in epochs.
type Tripped = Option<u64>;

/// A state that flags can put a pool in.
#[derive(Clone, Copy, Debug)]
struct Flags {
    paused: bool,
    tripped: Tripped,
    /// Which changes wait, and are due: one, all, or none.
    pending: Pending,
}

#[derive(Clone, Copy, Debug)]
enum Pending {
    None,
    /// With values within and beyond every bound.
    All(u64),
    One(usize, u64),
}

impl Flags {
    fn put(&self, pool: &mut PoolAccount, epoch: u64) {
        pool.paused_until_epoch = if self.paused { epoch + 3 } else { 0 };
        pool.breaker_epoch = tripped_for(self.tripped, epoch);
        let due = |value| PendingChange {
            value,
            from_epoch: 1,
        };
        match self.pending {
            Pending::None => {}
            Pending::All(value) => pool.governance.pending = [due(value); PARAMETERS],
            Pending::One(index, value) => pool.governance.pending[index] = due(value),
        }
    }

    /// Every combination of pause and breaker with no change and with all of them at once; each
    /// change alone while all else is closed.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        let mut pendings = vec![Pending::None];
        pendings.extend([0, 9_999, u64::MAX].map(Pending::All));
        for pending in pendings {
            for paused in [false, true] {
                for tripped in [None, Some(0), Some(1), Some(2), Some(9)] {
                    all.push(Self {
                        paused,
                        tripped,
                        pending,
                    });
                }
            }
        }
        let worst = |pending| Self {
            paused: true,
            tripped: Some(0),
            pending,
        };
        all.extend((0..PARAMETERS).map(|index| worst(Pending::One(index, u64::MAX))));
        all
    }

    fn settles(&self) -> Option<SluiceError> {
        let waits = self.tripped.is_some_and(|epochs| epochs < 2);
        waits.then_some(BreakerTripped)
    }

    fn withdraws(&self) -> Option<SluiceError> {
        self.tripped.map(|_| BreakerTripped)
    }
}

/// A pool with a ticket to claim, a batch that is due and a ticket of the open batch.
struct PoolWithExits {
    pool: Pool,
    alice: Keypair,
    claimable: TicketAddress,
    open: TicketAddress,
}

impl PoolWithExits {
    async fn new() -> Self {
        let (mut pool, alice) = earning_pool(Pool::builder()).await;
        pool.watch = Watch::Off;
        pool.live_an_epoch(1_000).await;
        pool.crank_next_epoch(1_000).await;
        let claimable = pool.request(&alice, 10 * SOL).await;
        pool.crank_window().await;
        pool.crank_next_epoch(1_000).await;
        pool.request(&alice, 5 * SOL).await;
        pool.crank_window().await;
        pool.next_epoch_with_rewards(1_000).await;
        pool.price().await;
        pool.collect_all().await;
        let open = pool.request(&alice, SOL).await;
        Self {
            pool,
            alice,
            claimable,
            open,
        }
    }

    /// The exits that nothing closes, and those that only a stale price or a loss may.
    async fn exits(&mut self) -> (Vec<Instruction>, [Instruction; 2]) {
        let it = self.pool.addresses;
        let owner = self.alice.pubkey();
        let lst = self.pool.lst_account(&owner);
        let bob = self.pool.cluster.address("bob");
        let (request, _) = self.pool.request_instruction(&owner, SOL).await;
        let always = vec![
            request,
            it.cancel_ticket(&self.open.of(&owner), lst),
            transfer_ticket(&self.open.of(&owner), bob, self.open.lst),
            self.pool.claim_instruction(&self.claimable).await,
        ];
        let head = self.pool.account().await.head_batch;
        let priced = [
            it.settle_batch(head),
            it.withdraw_sol(owner, lst, owner, SOL / 100, 0),
        ];
        (always, priced)
    }

    /// Sends it, compares what comes of it, and puts every account back.
    async fn expect(
        &mut self,
        instructions: &[Instruction],
        expected: Option<SluiceError>,
        at: &str,
    ) {
        let outcome = self.pool.try_out(instructions, &[&self.alice]).await;
        let code = outcome.as_ref().err().map(|failure| failure.custom_code);
        assert_eq!(
            code,
            expected.map(|error| Some(error.into())),
            "{at}: {outcome:?}"
        );
    }

    async fn flag(&mut self, flags: &Flags, clean: &PoolAccount) {
        let epoch = self.pool.cluster.epoch().await;
        self.pool
            .change_pool(|pool| {
                *pool = *clean;
                flags.put(pool, epoch);
            })
            .await;
    }
}

#[tokio::test]
async fn no_combination_of_flags_and_keys_closes_an_exit_of_a_priced_pool() {
    let mut exits = PoolWithExits::new().await;
    let clean = exits.pool.account().await;
    assert_eq!(clean.breaker_epoch, NEVER);
    let (always, [settle, withdraw]) = exits.exits().await;
    for flags in Flags::all() {
        exits.flag(&flags, &clean).await;
        let at = format!("{flags:?}");
        for exit in &always {
            exits.expect(std::slice::from_ref(exit), None, &at).await;
        }
        exits
            .expect(std::slice::from_ref(&settle), flags.settles(), &at)
            .await;
        exits
            .expect(std::slice::from_ref(&withdraw), flags.withdraws(), &at)
            .await;
    }
}

#[tokio::test]
async fn no_combination_of_flags_and_keys_stops_a_stale_pool_from_being_priced() {
    let mut exits = PoolWithExits::new().await;
    exits.pool.cluster.next_epoch().await;
    let alice = exits.alice.insecure_clone();
    exits.open = exits.pool.request(&alice, SOL).await;
    let clean = exits.pool.account().await;
    let (always, [settle, withdraw]) = exits.exits().await;
    let price = [
        exits.pool.observe_instruction(0, 0, 64).await,
        exits.pool.finalize_instruction().await,
    ];
    for flags in Flags::all() {
        exits.flag(&flags, &clean).await;
        let at = format!("stale, {flags:?}");
        for exit in &always {
            exits.expect(std::slice::from_ref(exit), None, &at).await;
        }
        for exit in [&settle, &withdraw] {
            exits
                .expect(std::slice::from_ref(exit), Some(PoolStale), &at)
                .await;
        }
        exits.expect(&price, None, &at).await;
        let mut priced = price.to_vec();
        priced.push(settle.clone());
        exits.expect(&priced, flags.settles(), &at).await;
    }
}

/// The epoch in which a breaker tripped that has been so for this many epochs.
pub fn tripped_for(epochs: Option<u64>, epoch: u64) -> u64 {
    epochs.map_or(NEVER, |epochs| epoch - epochs)
}
