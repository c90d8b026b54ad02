//! Pools that are paused, stale or in another state in which not everything is open.

use sluice_client::Repeat;
use sluice_tests::net::{PoolNet, SOL};
use solana_signer::Signer;

use crate::{
    stage::{Desk, lst, pool, pool_of, sign_and_send},
    words,
};

fn pause(net: &PoolNet) {
    let pause = net.addresses.pause(net.payer.pubkey());
    net.executor().send(&[pause], &[], Repeat::Harmful).unwrap();
}

#[test]
fn a_paused_pool_is_shown_as_closed_and_takes_no_deposit_but_lets_everybody_leave() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    sign_and_send(
        &net,
        &wallet,
        &desk.post("/api/stake?amount=3", wallet.pubkey()),
    );
    pause(&net);
    // A service that has not looked yet.
    let desk = Desk::of(&net, &[]);
    let shown = desk.get("/api/stake");
    assert_eq!(shown.json["disabled"], true, "{shown:?}");
    let why = shown.json["error"]["message"].as_str().unwrap();
    assert!(why.contains("paused"), "{why}");
    let refused = desk.post("/api/stake?amount=1", wallet.pubkey());
    assert_eq!((refused.status, refused.message()), (400, why));
    assert_eq!(desk.get("/api/unstake").json["disabled"], false);
    let had = lst(&net, &wallet);
    for path in ["/api/unstake?amount=1", "/api/unstake/instant?amount=1"] {
        sign_and_send(&net, &wallet, &desk.post(path, wallet.pubkey()));
    }
    assert_eq!(lst(&net, &wallet), had - 2 * SOL);
}

#[test]
fn a_stale_pool_is_priced_in_the_same_transaction() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    sign_and_send(
        &net,
        &wallet,
        &desk.post("/api/stake?amount=3", wallet.pubkey()),
    );
    for path in ["/api/stake?amount=1", "/api/unstake/instant?amount=1"] {
        net.next_epoch();
        assert!(!net.snapshot().is_fresh());
        let prepared = desk.post(path, wallet.pubkey());
        let said = prepared.message();
        assert!(
            said.contains("Nobody has priced the pool for epoch"),
            "{said}"
        );
        let (had, told) = (lst(&net, &wallet), words::lst(said));
        sign_and_send(&net, &wallet, &prepared);
        assert!(net.snapshot().is_fresh(), "{path}");
        if let [least, quoted] = told[..] {
            assert_eq!(lst(&net, &wallet) - had, quoted, "{said}");
            assert!(least < quoted, "{said}");
        }
    }
}

#[test]
fn a_stale_pool_of_more_validators_than_a_transaction_reads_waits_for_a_crank_but_its_queue_is_open()
 {
    let (net, wallet) = pool_of(20);
    let desk = Desk::of(&net, &[]);
    sign_and_send(
        &net,
        &wallet,
        &desk.post("/api/stake?amount=3", wallet.pubkey()),
    );
    net.next_epoch();
    for path in ["/api/stake?amount=1", "/api/unstake/instant?amount=1"] {
        let refused = desk.post(path, wallet.pubkey());
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(
            refused.message().contains("not priced for this epoch"),
            "{refused:?}"
        );
    }
    let request = desk.post("/api/unstake?amount=1", wallet.pubkey());
    sign_and_send(&net, &wallet, &request);
    net.crank();
    assert_eq!(
        desk.post("/api/stake?amount=1", wallet.pubkey()).status,
        200
    );
}
