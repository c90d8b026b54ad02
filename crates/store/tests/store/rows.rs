//! What is written is read, once written it stays, and what contradicts it is told.

use sluice_client::quote::ratings::ValidatorEpoch;
use sluice_store::{Store, StoreError};

use crate::stage::{
    GENESIS, POOL, Stage, VOTE, action, cluster, epoch, paid, priced, validator, writer,
};

#[test]
fn what_is_written_is_read_again_by_both_databases() {
    for place in Stage::new().places() {
        let mut store = Store::open(&place).unwrap();
        let epochs = [epoch(5), priced(6)];
        assert_eq!(store.keep_pool_epochs(&writer(9), &epochs).unwrap().new, 2);
        store.keep_pool_validators(&writer(9), &[paid(5)]).unwrap();
        store
            .keep_actions(&GENESIS, &[action(1), action(2)])
            .unwrap();
        store
            .keep_validators(&writer(9), &[validator(5)], 6)
            .unwrap();
        store
            .keep_cluster(&writer(9), &[cluster(5), cluster(6)], 6)
            .unwrap();
        drop(store);
        let mut store = Store::read(&place).unwrap();
        let all = 0..=u64::MAX;
        assert_eq!(store.history(&GENESIS, &POOL, &all).unwrap(), epochs);
        assert_eq!(
            store.history(&GENESIS, &POOL, &(6..=9)).unwrap(),
            [priced(6)]
        );
        assert_eq!(store.history(&GENESIS, &VOTE, &all).unwrap(), []);
        assert_eq!(store.last_epoch(&GENESIS, &POOL).unwrap(), Some(6));
        assert_eq!(store.last_epoch(&GENESIS, &VOTE).unwrap(), None);
        assert_eq!(store.clusters(&POOL).unwrap(), [GENESIS]);
        assert_eq!(
            store.pool_validators(&GENESIS, &POOL, &all).unwrap(),
            [paid(5)]
        );
        assert_eq!(store.actions(&GENESIS, &POOL, 2).unwrap(), [action(2)]);
        assert_eq!(store.validator(&GENESIS, &VOTE).unwrap(), [validator(5)]);
        assert_eq!(store.validators(&GENESIS, &all).unwrap(), [validator(5)]);
        assert_eq!(
            store.cluster(&GENESIS, &all).unwrap(),
            [cluster(5)],
            "6 is not over"
        );
    }
}

#[test]
fn what_contradicts_a_row_is_told_with_its_source_and_changes_nothing() {
    for place in Stage::new().places() {
        let mut store = Store::open(&place).unwrap();
        store
            .keep_pool_epochs(&writer(9), &[priced(5), priced(6)])
            .unwrap();
        let mut lie = priced(5);
        lie.rate.full_lamports += 1;
        let kept = store
            .keep_pool_epochs(&writer(8), &[lie, priced(6), priced(7)])
            .unwrap();
        assert_eq!(kept.new, 1);
        let [told] = &kept.contradictions[..] else {
            panic!("{kept:?}");
        };
        let told = told.to_string();
        for part in [
            format!("pool_epochs of pool {POOL}, epoch 5 is stored otherwise"),
            format!("by {}", writer(9).source),
            "full_lamports 1000000000005, now 1000000000006".to_owned(),
        ] {
            assert!(told.contains(&part), "{part}: {told}");
        }
        let stored = store.history(&GENESIS, &POOL, &(0..=9)).unwrap();
        assert_eq!(stored, [priced(5), priced(6), priced(7)]);
    }
}

#[test]
fn what_was_not_known_is_filled_in_later_and_what_was_known_is_never_forgotten() {
    for place in Stage::new().places() {
        let mut store = Store::open(&place).unwrap();
        for row in [epoch(5), priced(5), epoch(5)] {
            let kept = store.keep_pool_epochs(&writer(9), &[row]).unwrap();
            assert_eq!(kept.contradictions, []);
        }
        assert_eq!(
            store.history(&GENESIS, &POOL, &(5..=5)).unwrap(),
            [priced(5)]
        );
        let running = store
            .keep_validators(&writer(9), &[validator(5)], 5)
            .unwrap();
        assert_eq!(running.new, 1);
        let so_far = ValidatorEpoch {
            credits: None,
            collected_lamports: None,
            collector_is_shared: false,
            noted_commission_bps: None,
            sample: None,
            ..validator(5)
        };
        assert_eq!(
            store.validator(&GENESIS, &VOTE).unwrap(),
            [so_far],
            "it still grows"
        );
        let later = ValidatorEpoch {
            commission_bps: None,
            version: Some("5.0.0".to_owned()),
            ..validator(5)
        };
        let kept = store.keep_validators(&writer(9), &[later], 6).unwrap();
        assert_eq!((kept.new, kept.contradictions), (0, vec![]));
        assert_eq!(store.validator(&GENESIS, &VOTE).unwrap(), [validator(5)]);
    }
}

#[test]
fn a_number_that_no_database_can_hold_is_refused_and_nothing_of_its_rows_is_written() {
    for place in Stage::new().places() {
        let mut store = Store::open(&place).unwrap();
        let mut large = epoch(6);
        large.rate.lst_supply = i64::MAX.unsigned_abs() + 1;
        let error = store
            .keep_pool_epochs(&writer(9), &[epoch(5), large])
            .unwrap_err();
        assert!(matches!(error, StoreError::TooLarge(_)), "{error}");
        assert_eq!(store.history(&GENESIS, &POOL, &(0..=9)).unwrap(), []);
    }
}

#[test]
fn a_stake_that_a_node_has_made_up_is_unknown_and_costs_no_other_row() {
    for place in Stage::new().places() {
        let mut store = Store::open(&place).unwrap();
        let made_up = ValidatorEpoch {
            vote: POOL,
            activated_stake_lamports: Some(u64::MAX),
            ..validator(5)
        };
        let rows = [validator(5), made_up.clone()];
        assert_eq!(store.keep_validators(&writer(9), &rows, 6).unwrap().new, 2);
        let unknown = ValidatorEpoch {
            activated_stake_lamports: None,
            ..made_up
        };
        assert_eq!(store.validator(&GENESIS, &POOL).unwrap(), [unknown]);
        assert_eq!(store.validator(&GENESIS, &VOTE).unwrap(), [validator(5)]);
    }
}
