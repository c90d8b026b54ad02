//! Ending between two transactions.

use std::sync::atomic::{AtomicBool, Ordering};

use sluice_client::{CrankProgress, Landing};

use crate::stage::Stage;

#[test]
fn who_is_told_to_stop_while_a_transaction_is_under_way_sends_no_further_one() {
    let stage = Stage::new();
    stage.next_epoch();
    let stop = AtomicBool::new(false);
    let executor = stage.executor().with_landing(Landing {
        stop: Some(&stop),
        ..Landing::default()
    });
    let crank = || {
        let on_progress = &mut |progress: CrankProgress<'_>| {
            if matches!(progress, CrankProgress::Sent { .. }) {
                stop.store(true, Ordering::Relaxed);
            }
        };
        executor.crank(&stage.addresses, on_progress).unwrap()
    };
    let first = crank();
    assert_eq!(first.signatures.len(), 1);
    assert!(first.failures.is_empty(), "{:?}", first.failures);
    assert_eq!(crank().signatures.len(), 0, "it is still stopped");
    stop.store(false, Ordering::Relaxed);
    assert_eq!(crank().signatures.len(), 1, "more was due");
}
