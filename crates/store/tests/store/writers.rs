//! Several writers at once, and one that is killed.

use std::{process::Command, thread};

use sluice_store::{Place, Store};

use crate::stage::{GENESIS, POOL, Stage, action, epoch, priced, writer};

/// Says to the process that a test starts that it writes until it is killed.
const KILLED: &str = "SLUICE_STORE_OF_KILLED_WRITER";
/// Epochs that it writes as a whole: more than one statement has.
const TOGETHER: u64 = 250;

#[test]
fn writers_that_begin_and_write_at_once_make_one_history() {
    const WRITERS: u8 = 4;
    for place in Stage::new().places() {
        thread::scope(|scope| {
            for keeper in 0..WRITERS {
                let place = &place;
                scope.spawn(move || {
                    let mut store = Store::open(place).unwrap();
                    for last in 0..20 {
                        let rows: Vec<_> = (0..=last).map(priced).collect();
                        let kept = store.keep_pool_epochs(&writer(keeper), &rows).unwrap();
                        assert_eq!(kept.contradictions, []);
                    }
                });
            }
        });
        let mut store = Store::read(&place).unwrap();
        let stored = store.history(&GENESIS, &POOL, &(0..=99)).unwrap();
        assert_eq!(stored, (0..20).map(priced).collect::<Vec<_>>());
    }
}

#[test]
fn a_writer_that_is_killed_leaves_whole_epochs_and_the_next_one_goes_on() {
    for place in Stage::new().places() {
        Store::open(&place).unwrap();
        let url = match &place {
            Place::File(file) => file.display().to_string(),
            Place::Server(url) => url.to_string(),
        };
        let mut killed = Command::new(std::env::current_exe().unwrap())
            .args(["writers::writes_until_it_is_killed", "--exact", "--ignored"])
            .env(KILLED, url)
            .spawn()
            .unwrap();
        // Until it is in the middle of it.
        let mut store = Store::read(&place).unwrap();
        while store.last_epoch(&GENESIS, &POOL).unwrap() < Some(4 * TOGETHER) {
            assert_eq!(killed.try_wait().unwrap(), None);
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        let mut store = Store::open(&place).unwrap();
        let stored = store.history(&GENESIS, &POOL, &(0..=u64::MAX)).unwrap();
        let count = u64::try_from(stored.len()).unwrap();
        assert_eq!(stored, (0..count).map(epoch).collect::<Vec<_>>());
        assert_eq!(count % TOGETHER, 0, "they are written as a whole");
        store.keep_pool_epochs(&writer(1), &[epoch(count)]).unwrap();
        store.keep_actions(&GENESIS, &[action(1)]).unwrap();
        assert_eq!(store.last_epoch(&GENESIS, &POOL).unwrap(), Some(count));
    }
}

#[test]
#[ignore = "a test starts it and kills it"]
fn writes_until_it_is_killed() {
    let place: Place = std::env::var(KILLED).unwrap().parse().unwrap();
    let mut store = Store::open(&place).unwrap();
    for part in 0.. {
        let rows: Vec<_> = (part * TOGETHER..(part + 1) * TOGETHER)
            .map(epoch)
            .collect();
        store.keep_pool_epochs(&writer(2), &rows).unwrap();
    }
}
