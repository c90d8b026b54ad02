//! What a pool at rest looks like, computed here from its books and accounts alone.

use rand::rngs::StdRng;
use sluice::state::Slot;

use super::turn_cranks;
use crate::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::{Books, Pool},
    scenario::MINIMUM_DELEGATION,
};

/// An excess that is not worth a move, whatever the tolerance.
const NOT_WORTHWHILE: u64 = MINIMUM_DELEGATION / 4 * 5;

/// Every validator is at its target, every validator that left is drained, every exit is paid, and
/// another epoch of cranks changes no stake account.
pub async fn assert_at_rest(pool: &mut Pool, rng: &mut StdRng) {
    let books = pool.books().await;
    let amounts = Amounts::of(pool, &books).await;
    for slot in books.slots() {
        amounts.assert_at_target(slot);
        amounts.assert_idle(pool, slot).await;
    }
    assert!(amounts.need() == 0, "queue and reserve wait: {amounts:?}");
    assert_eq!(books.pool.locked_lst, 0, "every locked batch is paid");
    pool.warp_to_window().await;
    turn_cranks(pool, rng).await;
    pool.next_epoch_with_rewards(0).await;
    turn_cranks(pool, rng).await;
    assert_eq!(pool.books().await.stakes, books.stakes, "not at rest");
    pool.check().await;
}

/// The amounts that decide whether stake should move.
#[derive(Debug)]
struct Amounts {
    stakeable: u64,
    total_weight: u64,
    tolerance_bps: u64,
    reserve_target: u64,
    spendable: u64,
    stake_rent: u64,
}

impl Amounts {
    async fn of(pool: &mut Pool, books: &Books) -> Self {
        let full = books.prices().full;
        let config = &books.pool.config;
        let reserve_target = share(full, config.reserve_target_bps.into());
        let cluster = &mut pool.cluster;
        let rent = cluster.rent_exempt_lamports(0).await;
        Self {
            stakeable: full - reserve_target,
            total_weight: books.slots().map(|slot| u64::from(slot.weight)).sum(),
            tolerance_bps: config.tolerance_bps.into(),
            reserve_target,
            spendable: books.pool.reserve_lamports.saturating_sub(rent),
            stake_rent: cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await,
        }
    }

    fn target(&self, slot: &Slot) -> u64 {
        let product = u128::from(self.stakeable) * u128::from(slot.weight);
        let target = product.checked_div(self.total_weight.into()).unwrap_or(0);
        u64::try_from(target).expect("a part of it")
    }

    fn surplus(&self) -> u64 {
        self.spendable.saturating_sub(self.reserve_target)
    }

    /// An emptied buffer is filled up again once less than half of it is there.
    fn need(&self) -> u64 {
        if 2 * self.spendable < self.reserve_target {
            self.reserve_target - self.spendable
        } else {
            0
        }
    }

    fn assert_at_target(&self, slot: &Slot) {
        let booked = slot.main_lamports + slot.transient_lamports;
        let has = booked.saturating_sub(slot.rent_lamports.into());
        let target = self.target(slot);
        let context = format!("{has} of {target} with {}: {self:?}", slot.vote);
        if slot.is_leaving() {
            assert!(
                booked <= 2 * self.stake_rent.max(slot.rent_lamports.into()),
                "{context}"
            );
            return;
        }
        let tolerance = share(target, self.tolerance_bps).max(NOT_WORTHWHILE);
        assert!(has < target + tolerance, "too much: {context}");
        let deficit = target.saturating_sub(has);
        assert!(
            deficit < MINIMUM_DELEGATION || self.surplus() < MINIMUM_DELEGATION,
            "too little: {context}"
        );
        assert!(
            has > 0 || deficit == 0 || self.surplus() < MINIMUM_DELEGATION,
            "nothing: {context}"
        );
    }

    /// Nothing is on its way: main is active, transient holds rent. Only where the reserve cannot
    /// pay a risen rent does active stake stay in transient.
    async fn assert_idle(&self, pool: &mut Pool, slot: &Slot) {
        let cluster = &mut pool.cluster;
        assert_eq!(slot.deactivating_lamports, 0, "{slot:?}");
        let main = cluster.stake_activation(&slot.main).await;
        assert_eq!((main.activating, main.deactivating), (0, 0), "{slot:?}");
        let transient = cluster.stake_activation(&slot.transient).await;
        let held = cluster.lamports(&slot.transient).await;
        let missing = (self.stake_rent + transient.effective).saturating_sub(held);
        assert_eq!(
            (transient.activating, transient.deactivating),
            (0, 0),
            "{slot:?}"
        );
        assert!(
            transient.effective == 0 || missing > self.spendable,
            "{slot:?}"
        );
        let staked = main.effective + transient.effective;
        assert!(staked == 0 || staked >= MINIMUM_DELEGATION, "{slot:?}");
    }
}

fn share(lamports: u64, bps: u64) -> u64 {
    u64::try_from(u128::from(lamports) * u128::from(bps) / 10_000).expect("a part of it")
}
