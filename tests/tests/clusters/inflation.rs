//! A cluster of short epochs whose validators vote and are paid nothing.

use std::time::Duration;

use sluice_client::{
    CrankReport,
    StepKind::{Eject, Settle},
    UnstakeRequest, tickets_of,
};
use sluice_localnet::LocalnetConfig;
use sluice_tests::net::{PoolNet, SOL, count};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The next epoch with its cranks, which accuse nobody of paying nothing.
fn live(net: &PoolNet) -> CrankReport {
    net.next_epoch();
    let report = net.crank();
    assert_eq!(count(&report, Eject), 0);
    report
}

/// The client's dates hold, the price stays one, and everybody keeps its validators.
#[test]
fn epochs_of_32_slots_without_inflation_eject_nobody_and_pay_as_the_client_said() {
    let config = LocalnetConfig {
        epoch_duration: Duration::from_secs(12),
        epoch_yield_ppm: 0,
        ..LocalnetConfig::default()
    };
    let net = PoolNet::start(config, Keypair::new(), 3);
    let info = net.rpc.get_epoch_info().expect("an epoch");
    assert_eq!(info.slots_in_epoch, 32);
    net.stake_and_activate(100 * SOL);
    for _ in 0..4 {
        live(&net);
    }
    let payer = net.payer.pubkey();
    let snapshot = net.snapshot();
    let schedule = snapshot.exit_schedule().expect("dates");
    let open = snapshot.rolled_pool().expect("a pool").open_batch;
    let own = UnstakeRequest::own(payer, net.lst_account(), open, 0, 40 * SOL);
    net.send(&[net.addresses.request_unstake(&own)]);
    while net.snapshot().cluster.clock.epoch < schedule.settle_epoch {
        net.wait_for_window();
        net.crank();
        let report = live(&net);
        let is_due = net.snapshot().cluster.clock.epoch == schedule.settle_epoch;
        assert_eq!(count(&report, Settle), usize::from(is_due));
    }
    let found = tickets_of(&net.rpc, &payer, None).expect("tickets");
    assert_eq!(found[0].batch.paid_lamports, 40 * SOL);
    let rate = net.snapshot().rate().expect("a rate");
    assert_eq!(rate.full.get(), rate.supply.get());
    assert_eq!(net.snapshot().slots().count(), 3);
}
