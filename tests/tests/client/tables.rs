use serde_json::json;
use sluice_client::{ClientError, Executor, send::lookup_tables as tables};
use sluice_tests::net::{LyingNode, PoolNet, SOL};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

#[test]
fn a_keeper_creates_finds_and_uses_the_lookup_tables_of_its_pool() {
    let net = PoolNet::with_pool(3);
    let find =
        || tables::tables_of(&net.rpc, &net.payer.pubkey(), &net.addresses.pool, &[]).unwrap();
    assert!(find().is_empty());
    let snapshot = net.snapshot();
    let (mut transactions, mut announced) = (0, Vec::new());
    let created = net
        .executor()
        .ensure_tables(&snapshot, &[], &mut |event| match event {
            tables::TableProgress::Created(table) => announced.push(table),
            tables::TableProgress::Sent { .. } => transactions += 1,
        })
        .unwrap();
    assert_eq!(created.len(), 1);
    assert_eq!(announced, [created[0].key], "said before it is made");
    assert!(tables::missing(&snapshot, &created).is_empty());

    // Nothing is missing, so nothing is sent again.
    let before = transactions;
    let executor = net.executor();
    let found = executor
        .ensure_tables(&snapshot, &find(), &mut |_| transactions += 1)
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

/// F3. The wait for the slot after the last change ends.
#[test]
fn a_node_whose_slot_stands_still_is_not_waited_for_without_end() {
    let net = PoolNet::with_pool(1);
    let slot = net.rpc.get_slot().unwrap();
    let node = LyingNode::before(&net.url(), move |request, answer| {
        if request["method"] == "getSlot" {
            answer["result"] = json!(slot);
        }
    });
    let rpc = RpcClient::new_with_commitment(node.url.clone(), net.rpc.commitment());
    let executor = Executor::new(&rpc, &net.payer);
    let ended = executor.ensure_tables(&net.snapshot(), &[], &mut |_| ());
    assert!(
        matches!(ended, Err(ClientError::SlotStands { seconds: 10, .. })),
        "{ended:?}"
    );
}
