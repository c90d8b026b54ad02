use sluice_client::send::lookup_tables as tables;
use sluice_tests::net::{PoolNet, SOL};

#[test]
fn a_keeper_creates_finds_and_uses_the_lookup_tables_of_its_pool() {
    let net = PoolNet::with_pool(3);
    assert!(
        net.executor()
            .find_tables(&net.addresses)
            .unwrap()
            .is_empty()
    );
    let snapshot = net.snapshot();
    let mut transactions = 0;
    let created = net
        .executor()
        .ensure_tables(&snapshot, &mut |_, _| transactions += 1)
        .unwrap();
    assert_eq!(created.len(), 1);
    assert!(tables::missing(&snapshot, &created).is_empty());

    // Nothing is missing, so nothing is sent again.
    let before = transactions;
    let executor = net.executor();
    let found = executor
        .ensure_tables(&snapshot, &mut |_, _| transactions += 1)
        .unwrap();
    assert_eq!(
        (found.as_slice(), transactions),
        (created.as_slice(), before)
    );

    net.next_epoch();
    let with_tables = executor.with_lookup_tables(found);
    let report = with_tables.crank(&net.addresses, &mut |_| {}).unwrap();
    assert!(report.failures.is_empty(), "{:#?}", report.failures);
    assert!(report.snapshot.is_fresh());
    assert!(report.snapshot.rate().unwrap().full.get() < SOL);
}
