//! Accounts that are no wallets, and tickets of others.

use sluice_client::{UnstakeRequest, tickets_of};
use sluice_tests::net::{Net, PoolNet, SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::{
    life::settle,
    stage::{Desk, pool, sign_and_send},
    words,
};

#[test]
fn an_account_that_is_no_wallet_gets_no_transaction() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let addresses = &net.addresses;
    let (keyless, _) = Pubkey::find_program_address(&[b"nobody"], &system_program::ID);
    let nobodies = [
        addresses.pool.to_string(),
        addresses.mint.to_string(),
        addresses.reserve.to_string(),
        sluice::ID.to_string(),
        system_program::ID.to_string(),
        net.lst_account().to_string(),
        net.votes()[0].to_string(),
        keyless.to_string(),
        String::new(),
        "wallet".to_owned(),
        format!(" {}", wallet.pubkey()),
        format!("{}1", wallet.pubkey()),
    ];
    for nobody in nobodies {
        for path in ["/api/stake?amount=1", "/api/unstake?amount=1", "/api/claim"] {
            let refused = desk.post(path, &nobody);
            assert_eq!(refused.status, 400, "{nobody}: {refused:?}");
            assert!(refused.message().len() > 20, "{refused:?}");
            assert_eq!(refused.json.get("transaction"), None);
        }
    }
    assert_eq!(
        desk.post("/api/stake?amount=1", wallet.pubkey()).status,
        200
    );
}

#[test]
fn anothers_ticket_is_not_claimed_and_nothing_of_another_is_given_back() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let stranger = net.wallet(10);
    for path in ["/api/stake?amount=2", "/api/unstake?amount=1"] {
        sign_and_send(&net, &wallet, &desk.post(path, wallet.pubkey()));
    }
    settle(&net);
    let refused = desk.post("/api/claim", stranger.pubkey());
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.message().contains("has no ticket"), "{refused:?}");
    for path in ["/api/unstake?amount=all", "/api/unstake/instant?amount=1"] {
        let refused = desk.post(path, stranger.pubkey());
        assert_eq!(refused.status, 400);
        assert!(
            refused.message().ends_with("holds no tokens of this pool"),
            "{refused:?}"
        );
    }
    // What names the ticket in the request changes nothing.
    let owned = tickets_of(&net.rpc, &wallet.pubkey(), None)
        .unwrap()
        .remove(0);
    let path = format!("/api/claim?ticket={}", owned.address);
    assert_eq!(desk.post(&path, stranger.pubkey()).status, 400);
    sign_and_send(&net, &wallet, &desk.post(&path, wallet.pubkey()));
    assert!(
        tickets_of(&net.rpc, &wallet.pubkey(), None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn rent_that_goes_to_who_paid_it_is_not_promised_to_who_claims() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let stranger = net.wallet(10);
    let path = "/api/stake?amount=5";
    sign_and_send(&net, &stranger, &desk.post(path, stranger.pubkey()));
    let requester = stranger.pubkey();
    let source = get_associated_token_address(&requester, &net.addresses.mint);
    let give = |number| {
        let gift = UnstakeRequest {
            owner: wallet.pubkey(),
            ..UnstakeRequest::own(
                requester,
                source,
                net.snapshot().pool.open_batch,
                number,
                SOL,
            )
        };
        Net::send(&net, &[net.addresses.request_unstake(&gift)], &[&stranger]);
    };
    give(0);
    settle(&net);
    assert_eq!(claimed(&net, &desk, &wallet).len(), 2, "SOL and a fee");

    // A batch that the stranger opened, with a ticket of hers and an own one.
    give(1);
    for path in ["/api/stake?amount=2", "/api/unstake?amount=1"] {
        sign_and_send(&net, &wallet, &desk.post(path, wallet.pubkey()));
    }
    let own = tickets_of(&net.rpc, &wallet.pubkey(), None).unwrap();
    let own = own
        .iter()
        .find(|one| one.ticket.payer == wallet.pubkey())
        .unwrap();
    let rent = net.lamports(&own.address);
    settle(&net);
    let told = claimed(&net, &desk, &wallet);
    assert_eq!((told.len(), told[1]), (3, rent), "the own ticket's alone");

    // Of an own batch, which the second claim closes.
    for _ in 0..2 {
        let path = "/api/unstake?amount=0.4";
        sign_and_send(&net, &wallet, &desk.post(path, wallet.pubkey()));
    }
    settle(&net);
    let told = claimed(&net, &desk, &wallet);
    assert!(told[1] > 2 * rent, "two tickets' and the batch's");
}

/// What a claim of the wallet's tickets tells, which is what it gets.
fn claimed(net: &PoolNet, desk: &Desk, wallet: &Keypair) -> Vec<u64> {
    let prepared = desk.post("/api/claim", wallet.pubkey());
    let told = words::sol(prepared.message());
    let had = net.lamports(&wallet.pubkey());
    sign_and_send(net, wallet, &prepared);
    let (fee, parts) = told.split_last().unwrap();
    let got = net.lamports(&wallet.pubkey()) + fee - had;
    assert_eq!(parts.iter().sum::<u64>(), got, "{}", prepared.message());
    told
}

#[test]
fn dust_tickets_that_a_stranger_made_do_not_stand_before_ones_own() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let stranger = net.wallet(10);
    for path in ["/api/stake?amount=2", "/api/unstake?amount=1"] {
        sign_and_send(&net, &wallet, &desk.post(path, wallet.pubkey()));
    }
    let path = "/api/stake?amount=1";
    sign_and_send(&net, &stranger, &desk.post(path, stranger.pubkey()));
    let (requester, batch) = (stranger.pubkey(), net.snapshot().pool.open_batch);
    let source = get_associated_token_address(&requester, &net.addresses.mint);
    for number in 0..5 {
        let dust = UnstakeRequest {
            owner: wallet.pubkey(),
            ..UnstakeRequest::own(requester, source, batch, number, 1_000)
        };
        Net::send(&net, &[net.addresses.request_unstake(&dust)], &[&stranger]);
    }
    settle(&net);
    let prepared = desk.post("/api/claim", wallet.pubkey());
    assert!(
        prepared.message().starts_with("Claims 1 ticket of"),
        "{prepared:?}"
    );
    sign_and_send(&net, &wallet, &prepared);
    let left = tickets_of(&net.rpc, &wallet.pubkey(), None).unwrap();
    assert_eq!(left.len(), 5, "the dust is left");
    let refused = desk.post("/api/claim", wallet.pubkey());
    assert_eq!(refused.status, 400, "{refused:?}");
}
