//! Several keepers at once: each reports what it did, and none fails because another was faster.

use sluice_client::{CrankReport, Executor, StepKind};
use sluice_tests::net::{PoolNet, SOL};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

const KEEPERS: usize = 3;

/// What each of several keepers reports that crank at the same time.
fn crank_at_once(net: &PoolNet) -> Vec<CrankReport> {
    let keepers: Vec<_> = (0..KEEPERS).map(|_| net.wallet(10)).collect();
    std::thread::scope(|scope| {
        let all: Vec<_> = keepers
            .iter()
            .map(|keeper| {
                scope.spawn(move || {
                    let rpc =
                        RpcClient::new_with_commitment(net.url(), CommitmentConfig::confirmed());
                    let executor = Executor::new(&rpc, keeper);
                    executor.crank(&net.addresses, &mut |_| {}).unwrap()
                })
            })
            .collect();
        all.into_iter()
            .map(|keeper| keeper.join().unwrap())
            .collect()
    })
}

/// Lamports of all steps of a kind in all reports.
fn moved(reports: &[CrankReport], kind: StepKind) -> u64 {
    let steps = reports.iter().flat_map(|report| &report.steps);
    steps
        .filter(|step| step.kind == kind)
        .filter_map(|step| step.lamports)
        .map(u64::from)
        .sum()
}

#[test]
fn keepers_that_crank_at_once_together_report_what_was_done_once() {
    let net = PoolNet::with_pool(2);
    let deposit = net
        .addresses
        .deposit_sol(net.payer.pubkey(), net.lst_account(), 1_000 * SOL, 1);
    net.send(&[deposit]);
    net.wait_for_window();
    let reserve_before = net.lamports(&net.addresses.reserve);
    let reports = crank_at_once(&net);
    for report in &reports {
        assert!(report.failures.is_empty(), "{:#?}", report.failures);
    }
    let left = reserve_before - net.lamports(&net.addresses.reserve);
    assert!(left > 0);
    assert_eq!(moved(&reports, StepKind::Delegate), left);

    net.next_epoch();
    let reports = crank_at_once(&net);
    for report in &reports {
        assert!(report.failures.is_empty(), "{:#?}", report.failures);
    }
    let finalized = reports.iter().flat_map(|report| &report.steps);
    let finalized = finalized.filter(|step| step.kind == StepKind::Finalize);
    assert_eq!(finalized.count(), 1);
    assert!(net.snapshot().is_fresh());
}
