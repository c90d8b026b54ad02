//! How keepers of the same pool keep out of each other's way: each begins at a moment that its key and the
//! epoch choose, so that the first one spares the others their fees.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use solana_pubkey::Pubkey;

use crate::PoolSnapshot;

/// The moments lie within so many slots, which are several times what a transaction takes to land; in a
/// short epoch within this part of it.
const MOST_SLOTS: u64 = 64;
const PARTS_OF_EPOCH: u64 = 200;
const SLOT_MS: u64 = 400;

/// How long this keeper waits before it does what all keepers of the pool see at once. It is another
/// time in each epoch, so that no keeper pays for the others for ever.
pub fn own_delay(keeper: &Pubkey, pool: &PoolSnapshot) -> Duration {
    let (epoch, schedule) = (pool.cluster.clock.epoch, &pool.cluster.epoch_schedule);
    delay(keeper, epoch, schedule.get_slots_in_epoch(epoch))
}

fn delay(keeper: &Pubkey, epoch: u64, epoch_slots: u64) -> Duration {
    let mut hasher = DefaultHasher::new();
    (keeper, epoch).hash(&mut hasher);
    let moment = hasher.finish() >> 32;
    let longest_ms = epoch_slots.min(MOST_SLOTS * PARTS_OF_EPOCH) * SLOT_MS / PARTS_OF_EPOCH;
    Duration::from_millis((longest_ms * moment) >> 32)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MAINNET: u64 = 432_000;

    #[test]
    fn keepers_begin_at_different_moments_that_change_with_the_epoch() {
        let keepers: Vec<Pubkey> = (0..64).map(|_| Pubkey::new_unique()).collect();
        let delays = |epoch| -> Vec<Duration> {
            let delays = keepers.iter().map(|keeper| delay(keeper, epoch, MAINNET));
            delays.collect()
        };
        let (now, later) = (delays(700), delays(701));
        assert_eq!(now, delays(700), "the same for who asks again");
        let different: BTreeSet<&Duration> = now.iter().collect();
        assert!(different.len() > 60, "{}", different.len());
        let longest = Duration::from_millis(MOST_SLOTS * SLOT_MS);
        assert!(now.iter().all(|delay| *delay < longest));
        assert!(now.iter().any(|delay| *delay > longest * 3 / 4));
        assert!(now.iter().any(|delay| *delay < longest / 4));
        let first = |delays: &[Duration]| {
            delays
                .iter()
                .enumerate()
                .min_by_key(|one| one.1)
                .map(|one| one.0)
        };
        assert_ne!(first(&now), first(&later), "nobody is first for ever");
    }

    #[test]
    fn in_a_short_epoch_nobody_waits_for_more_than_a_small_part_of_it() {
        for _ in 0..64 {
            let waits = delay(&Pubkey::new_unique(), 7, 150);
            assert!(
                waits < Duration::from_millis(150 * SLOT_MS / 100),
                "{waits:?}"
            );
        }
    }
}
