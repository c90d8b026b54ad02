//! Random reserves and random traders.

use pair::{
    Direction::{LstForSol, SolForLst},
    curve::Reserves,
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice_tests::{pool::Pool, scenario::SOL, seeds};
use solana_signer::Signer;

use crate::market::Market;

const CASES: u32 = 10_000;

/// Reserves as liquidity and trades can leave them.
fn reserves() -> impl Strategy<Value = Reserves> {
    let amount = || (1_u32..50).prop_flat_map(|bits| 1..=(1_u64 << bits));
    (amount(), amount(), amount()).prop_map(|(lamports, lst, shares)| Reserves {
        lamports,
        lst,
        shares,
    })
}

fn product(reserves: &Reserves) -> u128 {
    u128::from(reserves.lamports) * u128::from(reserves.lst)
}

/// Whether each share has at least as much of the product as before, which has no unit.
fn is_no_thinner(before: &Reserves, after: &Reserves) -> bool {
    let root = |reserves: &Reserves| product(reserves).isqrt();
    // A root is rounded down, hence the one.
    (root(after) + 1) * u128::from(before.shares) >= root(before) * u128::from(after.shares)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_swap_lowers_the_product_and_none_earns_by_going_back(
        reserves in reserves(),
        amount in 1_u64..1 << 50,
    ) {
        for (there, back) in [(SolForLst, LstForSol), (LstForSol, SolForLst)] {
            let Ok((bought, after)) = reserves.swap(there, amount) else { continue };
            prop_assert!(product(&after) >= product(&reserves));
            let Ok((returned, last)) = after.swap(back, bought) else { continue };
            prop_assert!(returned < amount);
            prop_assert!(product(&last) >= product(&after));
        }
    }

    #[test]
    fn liquidity_that_comes_and_goes_costs_those_who_stay_nothing(
        reserves in reserves(),
        lamports in 1_u64..1 << 50,
        lst in 1_u64..1 << 50,
    ) {
        let Ok(added) = reserves.add(lamports, lst) else { return Ok(()) };
        prop_assert!(added.lamports <= lamports && added.lst <= lst);
        prop_assert!(is_no_thinner(&reserves, &added.reserves));
        let Ok(removed) = added.reserves.remove(added.shares) else { return Ok(()) };
        prop_assert!(removed.lamports <= added.lamports && removed.lst <= added.lst);
        prop_assert!(is_no_thinner(&added.reserves, &removed.reserves));
    }
}

/// Many actions in one market: the books are those of the pure functions, and its accounts hold what
/// they say.
#[tokio::test]
async fn in_a_random_market_the_product_of_a_share_never_falls() {
    let seed = seeds::number("SLUICE_SEED").unwrap_or(1);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut market = Market::beside(Pool::builder().validators(&[(0, 1), (0, 1)])).await;
    let users = [
        market.provider.insecure_clone(),
        market.trader.insecure_clone(),
    ];
    let address = market.pair.pair;
    let rent = market.pool.cluster.lamports(&address).await - market.reserves().await.lamports;
    let mut done = 0;
    for _ in 0..400 {
        let user = &users[rng.random_range(0..2)];
        let before = market.reserves().await;
        let amount = 1_u64 << rng.random_range(0..36_u32);
        let amount = rng.random_range(1..=amount);
        let outcome = match rng.random_range(0..8_u32) {
            0 => market.add(user, amount, amount).await,
            1 => {
                let shares = market.shares(&user.pubkey()).await;
                let part = rng.random_range(0..=shares / 20);
                market.remove(user, part).await
            }
            2 | 3 => market.swap(user, SolForLst, amount).await,
            4 | 5 => market.swap(user, LstForSol, amount).await,
            6 => market.best_swap(user, SolForLst, amount).await,
            _ => market.best_swap(user, LstForSol, amount).await,
        };
        done += u32::from(outcome.is_ok());
        let after = market.reserves().await;
        assert!(is_no_thinner(&before, &after), "seed {seed}: {after:?}");
        let (lamports, lst) = (
            market.pool.cluster.lamports(&address).await,
            market.pool.lst_balance(&address).await,
        );
        assert_eq!(
            (lamports - rent, lst),
            (after.lamports, after.lst),
            "seed {seed}"
        );
        assert!(outcome.is_ok() || before == after, "seed {seed}");
    }
    assert!(done > 200, "seed {seed}: {done}");
    assert!(market.reserves().await.lamports > SOL);
}
