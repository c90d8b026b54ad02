//! Several keepers of one pool.

use std::{thread, time::Duration};

use sluice_client::own_delay;
use sluice_tests::net::{LyingNode, SOL};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{executed, is_quiet, next_day, number, until};
use crate::stage::{Keeper, Stage};

/// Keepers wait for at most a two hundredth of an epoch: here for two seconds.
const EPOCH: Duration = Duration::from_secs(400);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// The part of that time that lies between a look at the pool and the arrival of what was sent then: as if
/// a transaction took a second on mainnet, where keepers wait for up to 26 seconds.
const LANDING: Duration = Duration::from_millis(80);
/// Transactions that cost something, of all keepers together, for a hundred of one keeper.
const MOST_PERCENT: u64 = 130;

/// Set where the proof is a long one: how many epochs.
const EPOCHS: &str = "SLUICE_PROOF_EPOCHS";

fn is_long() -> bool {
    std::env::var(EPOCHS).is_ok()
}

/// Transactions that cost something.
#[derive(Debug, Default)]
struct Cost {
    of_each: Vec<u64>,
    failed: u64,
}

impl Cost {
    fn all(&self) -> u64 {
        self.of_each.iter().sum()
    }
}

/// A node before which everything takes its time.
fn slow(stage: &Stage) -> LyingNode {
    LyingNode::before(&stage.url(), |request, _| {
        if request["method"] == "simulateTransaction" {
            thread::sleep(LANDING);
        }
    })
}

/// Any keys, or such as begin well apart in each of these epochs: a machine that builds something beside
/// the tests takes its time, too.
fn keys(stage: &Stage, keepers: usize, days: Option<u64>) -> Vec<Keypair> {
    let now = stage.snapshot();
    let epoch = now.cluster.clock.epoch;
    let are_apart = |keys: &[Keypair]| {
        (0..=days.unwrap_or_default()).all(|day| {
            let mut then = now.clone();
            then.cluster.clock.epoch = epoch + day;
            let delays = keys.iter().map(|key| own_delay(&key.pubkey(), &then));
            let mut delays: Vec<Duration> = delays.collect();
            delays.sort_unstable();
            let mut pairs = delays.windows(2);
            days.is_none() || pairs.all(|pair| pair[1] - pair[0] > LONGEST_DELAY / 4)
        })
    };
    let any = || (0..keepers).map(|_| Keypair::new()).collect::<Vec<_>>();
    let keys = std::iter::repeat_with(any)
        .find(|keys| are_apart(keys))
        .unwrap();
    keys.iter()
        .for_each(|key| stage.airdrop(&key.pubkey(), SOL));
    keys
}

/// What so many keepers pay for so many days of the same pool.
fn days_of(keepers: usize, days: u64, validators: usize) -> Cost {
    let stage = Stage::with(EPOCH, validators);
    let node = slow(&stage);
    let keys = keys(&stage, keepers, (!is_long()).then_some(days));
    let executed_by_all = || -> Vec<u64> {
        let executed = keys.iter().map(|key| executed(&stage, &key.pubkey()));
        executed.collect()
    };
    let before = executed_by_all();
    let keepers = keys
        .iter()
        .map(|key| stage.keeper(&stage.configuration_of(key, &node.url, "claim = \"all\"")));
    let keepers: Vec<Keeper> = keepers.collect();
    for keeper in &keepers {
        keeper.await_status("/readyz", 200);
    }
    for day in 0..days {
        next_day(&stage, day);
        rest(&stage);
        stage.to_window();
        rest(&stage);
        let epoch = stage.snapshot().cluster.clock.epoch;
        assert_eq!(stage.snapshot().pool.finalized_epoch, epoch, "it is priced");
    }
    let after = executed_by_all();
    let failed = |keeper: Keeper| {
        let failed = keeper.of_outcome("transactions_total", "failed");
        keeper.end("-TERM");
        failed
    };
    Cost {
        of_each: after
            .iter()
            .zip(before)
            .map(|(after, before)| after - before)
            .collect(),
        failed: keepers.into_iter().map(failed).sum(),
    }
}

/// Until everything is done, and until the last keeper has seen that.
fn rest(stage: &Stage) {
    until("rest", || is_quiet(stage));
    thread::sleep(LONGEST_DELAY + Duration::from_millis(1_300));
}

#[test]
fn three_keepers_of_a_pool_pay_hardly_more_than_one() {
    let days = number(EPOCHS, 2);
    let validators = number("SLUICE_PROOF_VALIDATORS", 2) as usize;
    let (one, three) = thread::scope(|scope| {
        let one = scope.spawn(|| days_of(1, days, validators));
        let three = days_of(3, days, validators);
        (one.join().unwrap(), three)
    });
    println!(
        "{validators} validators, {days} epochs: one keeper {} transactions, three {} ({:?}), of them {} in \
         vain",
        one.all(),
        three.all(),
        three.of_each,
        three.failed
    );
    assert!(
        three.all() >= one.all(),
        "the same work: {one:?}, {three:?}"
    );
    assert!(
        three.all() * 100 <= one.all() * MOST_PERCENT,
        "{one:?}, {three:?}"
    );
}
