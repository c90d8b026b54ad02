//! Pauses: what they close, how long, and every game with them.

use std::collections::HashSet;

use SluiceError::{NotPaused, PauseUsedUp, Paused};
use sluice::{
    SluiceError,
    state::{PAUSE_EPOCHS, PAUSE_WINDOW_EPOCHS, Pool as PoolAccount},
};
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool, scenario::assert_refused};
use solana_keypair::Keypair;

async fn staked_pool() -> (Pool, Keypair) {
    let builder = Pool::builder().validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    (pool, alice)
}

#[tokio::test]
async fn a_pause_closes_deposits_and_delegation_until_the_first_slot_of_its_end() {
    let (mut pool, alice) = staked_pool().await;
    let vote = pool.vote(0);
    let epoch = pool.cluster.epoch().await;
    pool.pause().await;
    for _ in 1..PAUSE_EPOCHS {
        assert_refused(pool.try_deposit(&alice, SOL).await, Paused);
        pool.warp_to_window().await;
        assert_refused(pool.try_delegate(&vote).await, Paused);
        pool.cluster.next_epoch().await;
        pool.price().await;
    }
    let last = pool.cluster.last_slot_of(epoch + PAUSE_EPOCHS - 1);
    pool.cluster.warp_to_slot(last).await;
    assert_refused(pool.try_deposit(&alice, SOL).await, Paused);
    assert_refused(pool.try_delegate(&vote).await, Paused);
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.deposit(&alice, SOL).await;
    pool.warp_to_window().await;
    pool.delegate(&vote).await;
    assert_refused(pool.try_pause().await, PauseUsedUp);
}

#[tokio::test]
async fn guardian_and_admin_can_end_a_pause_at_once() {
    let (mut pool, alice) = staked_pool().await;
    for authority in [pool.guardian(), pool.admin()] {
        pool.pause().await;
        assert_refused(pool.try_deposit(&alice, SOL).await, Paused);
        pool.unpause(&authority).await;
        pool.deposit(&alice, SOL).await;
        assert_refused(pool.try_unpause(&authority).await, NotPaused);
    }
}

#[tokio::test]
async fn a_guardian_who_pauses_whenever_it_can_still_leaves_three_quarters_of_the_epochs() {
    let (mut pool, _) = staked_pool().await;
    let mut paused = Vec::new();
    for _ in 0..PAUSE_WINDOW_EPOCHS + 6 {
        let epoch = pool.cluster.epoch().await;
        let _ = pool.try_pause().await;
        paused.push(pool.account().await.is_paused(epoch));
        pool.cluster.next_epoch().await;
    }
    for window in paused.windows(PAUSE_WINDOW_EPOCHS as usize) {
        let count = window.iter().filter(|paused| **paused).count();
        assert_eq!(count as u64, PAUSE_EPOCHS);
    }
}

/// What a guardian does within one epoch.
#[derive(Clone, Copy, Debug)]
enum Play {
    Nothing,
    Pause,
    Unpause,
    PauseAndUnpause,
    UnpauseAndPause,
    PauseUnpausePause,
}

const PLAYS: [Play; 6] = [
    Play::Nothing,
    Play::Pause,
    Play::Unpause,
    Play::PauseAndUnpause,
    Play::UnpauseAndPause,
    Play::PauseUnpausePause,
];

/// A pool at the beginning of an epoch, and which of the last epochs were paused in truth: bit
/// `i` for the epoch `i + 1` before.
#[derive(Clone, Copy)]
struct State {
    pool: PoolAccount,
    epoch: u64,
    paused: u64,
}

/// The earlier epochs in a window that ends with the current one.
const EARLIER: u64 = (1 << (PAUSE_WINDOW_EPOCHS - 1)) - 1;

impl State {
    fn start() -> Self {
        Self {
            pool: bytemuck::Zeroable::zeroed(),
            epoch: 7,
            paused: 0,
        }
    }

    /// Two states with the same key have the same future: the program acts on nothing else.
    fn key(&self) -> (u64, u64) {
        let left = self.pool.paused_until_epoch.saturating_sub(self.epoch);
        (self.paused & EARLIER, left)
    }

    /// The program's pause, which must give exactly what is left of the window.
    fn pause(&mut self) {
        let used = u64::from((self.paused & EARLIER).count_ones());
        let before = self.pool;
        if self.pool.pause(self.epoch).is_ok() {
            let until = self.epoch + PAUSE_EPOCHS - used;
            assert_eq!(self.pool.paused_until_epoch, until);
            assert!(until > self.epoch);
        } else {
            assert_eq!(used, PAUSE_EPOCHS, "refused only where nothing is left");
            assert_eq!(self.pool, before);
        }
    }

    /// Plays an epoch and goes to the next one.
    fn play(mut self, play: Play) -> Self {
        let mut was_paused = self.pool.is_paused(self.epoch);
        let steps: &[bool] = match play {
            Play::Nothing => &[],
            Play::Pause => &[true],
            Play::Unpause => &[false],
            Play::PauseAndUnpause => &[true, false],
            Play::UnpauseAndPause => &[false, true],
            Play::PauseUnpausePause => &[true, false, true],
        };
        for pauses in steps {
            if *pauses {
                self.pause();
            } else {
                let until = self.pool.paused_until_epoch;
                let ended = self.pool.unpause(until, self.epoch).is_ok();
                assert!(!ended || !self.pool.is_paused(self.epoch));
            }
            was_paused |= self.pool.is_paused(self.epoch);
        }
        self.paused = (self.paused << 1) | u64::from(was_paused);
        self.epoch += 1;
        self
    }
}

/// Every state that any game can reach: in none of them have more epochs been paused than may be.
#[test]
fn no_game_pauses_more_epochs_of_any_window_than_the_guardian_may() {
    let window = (1 << PAUSE_WINDOW_EPOCHS) - 1;
    let (mut seen, mut open) = (HashSet::new(), vec![State::start()]);
    while let Some(state) = open.pop() {
        if !seen.insert(state.key()) {
            continue;
        }
        for play in PLAYS {
            let next = state.play(play);
            let count = u64::from((next.paused & window).count_ones());
            assert!(count <= PAUSE_EPOCHS, "{play:?} from {:?}", state.key());
            open.push(next);
        }
    }
    assert!(seen.len() > 10_000, "{} states", seen.len());
}

/// Years without a pause are forgotten, not misread.
#[test]
fn a_pause_after_any_number_of_quiet_epochs_is_a_whole_one() {
    for quiet in [
        20,
        21,
        63,
        64,
        65,
        127,
        128,
        1_000,
        u64::from(u32::MAX) + 25,
    ] {
        let mut state = State::start();
        state.pause();
        let epoch = state.epoch + PAUSE_EPOCHS + quiet;
        assert!(state.pool.pause(epoch).is_ok());
        assert_eq!(state.pool.paused_until_epoch, epoch + PAUSE_EPOCHS);
    }
}

/// E7. Weights that were changed before a pause unstaked a tenth of the pool in each of its five
/// windows, and nothing could be staked again: 1.5 epochs of all rewards.
#[tokio::test]
async fn a_pause_rebalances_nothing_and_still_serves_the_queue() {
    let (mut pool, alice) = staked_pool().await;
    let [heavy, light] = [0, 1].map(|number| pool.vote(number));
    pool.pass_an_epoch().await;
    pool.set_weight(&light, 3).await;
    pool.crank_next_epoch(0).await;
    pool.pause().await;
    let before = pool.delegations().await;
    pool.warp_to_window().await;
    pool.undelegate_all().await;
    assert_eq!(pool.delegations().await, before);

    pool.request(&alice, 20 * SOL).await;
    pool.crank_what_is_open().await;
    pool.live_an_epoch_as_open(0).await;
    pool.live_an_epoch_as_open(0).await;
    let after = pool.delegations().await;
    let taken = before.iter().sum::<u64>() - after.iter().sum::<u64>();
    assert!(
        (19 * SOL..=21 * SOL).contains(&taken),
        "{before:?} {after:?}"
    );

    let guardian = pool.guardian();
    pool.unpause(&guardian).await;
    let before = pool.delegated(&heavy).await;
    pool.undelegate(&heavy).await;
    assert!(pool.delegated(&heavy).await < before, "open again");
}
