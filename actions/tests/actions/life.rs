//! From the first look to SOL in the wallet: what was promised is what comes.

use sluice_client::{PoolSnapshot, tickets_of};
use sluice_math::Lst;
use sluice_tests::net::{PoolNet, SOL};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    stage::{Desk, lst, pool, sign_and_send},
    words,
};

/// What a transaction with one signature costs.
const FEE: u64 = 5_000;

/// The URL of the first button with this label, as a wallet finds it, with this amount filled in.
fn button(desk: &Desk, path: &str, label: &str, amount: &str) -> String {
    let shown = desk.get(path);
    let buttons = shown.json["links"]["actions"].as_array().unwrap().clone();
    let found = buttons.iter().find(|button| button["label"] == label);
    let found = found.unwrap_or_else(|| panic!("no button {label}: {buttons:?}"));
    let url = found["href"].as_str().unwrap();
    let path = url.strip_prefix(crate::stage::PUBLIC).unwrap();
    path.replace("{amount}", amount)
}

#[test]
fn a_stake_brings_the_promised_tokens_to_the_lamport() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    for (label, amount) in [("Stake 5 SOL", ""), ("Stake SOL", "1.234567891")] {
        let had = (net.lamports(&wallet.pubkey()), has_lst(&net, &wallet));
        let prepared = desk.post(&button(&desk, "/api/stake", label, amount), wallet.pubkey());
        sign_and_send(&net, &wallet, &prepared);
        let [least, quoted] = words::lst(prepared.message())[..] else {
            panic!("{}", prepared.message());
        };
        let minted = has_lst(&net, &wallet) - had.1;
        assert_eq!(minted, quoted, "{}", prepared.message());
        assert_eq!(least, quoted - quoted.div_ceil(1_000), "ten basis points");
        let mut told = words::sol(prepared.message());
        // What the holders keep is a part of the deposit.
        told.remove(1);
        let paid = had.0 - net.lamports(&wallet.pubkey());
        assert_eq!(told.iter().sum::<u64>(), paid, "{}", prepared.message());
    }
}

fn has_lst(net: &PoolNet, wallet: &Keypair) -> u64 {
    let held = sluice_client::Holding::read(&net.rpc, &net.addresses, wallet.pubkey());
    held.unwrap().balance().get()
}

/// A wallet with so many whole LST and a little more, by way of the service.
fn holder(net: &PoolNet, desk: &Desk, wallet: &Keypair, sol: u64) -> u64 {
    let path = format!("/api/stake?amount={sol}");
    sign_and_send(net, wallet, &desk.post(&path, wallet.pubkey()));
    lst(net, wallet)
}

#[test]
fn the_price_that_is_shown_is_what_who_leaves_gets_before_the_fee() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    holder(&net, &desk, &wallet, 4);
    // Rewards that drip: a deposit pays for them already, and an exit does not bring them yet.
    net.next_epoch();
    net.crank();
    let shown = desk.get("/api/stake");
    let said = shown.json["description"].as_str().unwrap();
    let [now, later] = words::sol(said)[..] else {
        panic!("{said}");
    };
    let prepared = desk.post("/api/unstake/instant?amount=1", wallet.pubkey());
    let [fee, _, quoted, _] = words::sol(prepared.message())[..] else {
        panic!("{}", prepared.message());
    };
    let gross = quoted + fee;
    assert!(now <= gross && gross < later, "{now} {gross} {later}");
    let full = net
        .snapshot()
        .rate()
        .unwrap()
        .redeemable_later(Lst::new(SOL));
    assert_eq!(full.unwrap().get(), later);
    let most = desk.get("/api/unstake/instant");
    let buffer = net.snapshot().instant_buffer().unwrap().get();
    assert_eq!(
        words::sol(most.json["description"].as_str().unwrap()),
        [buffer]
    );
}

#[test]
fn a_deposit_after_a_donation_says_how_much_of_what_it_buys_still_drips() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let path = "/api/stake?amount=1";
    let usual = desk.post(path, wallet.pubkey());
    assert!(!usual.message().contains("still drip"), "{usual:?}");
    net.airdrop(&net.addresses.reserve, 5 * SOL);
    net.next_epoch();
    net.crank();
    let prepared = desk.post(path, wallet.pubkey());
    let said = prepared.message();
    assert!(said.contains("for rewards that still drip"), "{said}");
    let [_, _, later, now, ..] = words::sol(said)[..] else {
        panic!("{said}");
    };
    sign_and_send(&net, &wallet, &prepared);
    let bought = Lst::new(lst(&net, &wallet));
    let rate = net.snapshot().rate().unwrap();
    assert!(now <= rate.redeemable(bought).unwrap().get(), "{said}");
    assert!(now < later && later <= SOL, "no more than was paid: {said}");
}

#[test]
fn who_leaves_at_once_receives_the_quote_of_that_slot_and_no_less_than_promised() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let held = holder(&net, &desk, &wallet, 4);
    let had = net.lamports(&wallet.pubkey());
    let path = button(&desk, "/api/unstake", "Leave now", "1.5");
    let before = net.snapshot();
    let prepared = desk.post(&path, wallet.pubkey());
    let signature = sign_and_send(&net, &wallet, &prepared);
    assert_eq!(held - lst(&net, &wallet), 3 * SOL / 2);
    let received = net.lamports(&wallet.pubkey()) + FEE - had;
    let status = net.rpc.get_signature_statuses(&[signature]).unwrap().value;
    let slot = status[0].as_ref().unwrap().slot;
    assert_eq!(received, exit_at(&before, slot, 3 * SOL / 2));
    let told = words::sol(prepared.message());
    assert!(told[1] <= received, "{}: {received}", prepared.message());
    let all = desk.post("/api/unstake/instant?amount=all", wallet.pubkey());
    sign_and_send(&net, &wallet, &all);
    assert_eq!(lst(&net, &wallet), 0);
}

fn exit_at(before: &PoolSnapshot, slot: u64, lst: u64) -> u64 {
    let mut then = before.clone();
    then.cluster.clock.slot = slot;
    then.quote_instant_exit(Lst::new(lst))
        .unwrap()
        .lamports
        .get()
}

#[test]
fn tickets_of_the_queue_are_claimed_four_at_a_time_for_the_promised_sol() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    holder(&net, &desk, &wallet, 20);
    let mut promised = 0;
    for amount in ["1", "2", "3", "4", "all"] {
        let path = format!("/api/unstake?amount={amount}");
        let prepared = desk.post(&path, wallet.pubkey());
        let had = net.lamports(&wallet.pubkey());
        sign_and_send(&net, &wallet, &prepared);
        let told = words::sol(prepared.message());
        let [least, rents @ .., fee] = &told[..] else {
            panic!("{}", prepared.message());
        };
        assert_eq!(
            rents.len(),
            if promised == 0 { 2 } else { 1 },
            "a batch opens once"
        );
        let paid = had - net.lamports(&wallet.pubkey());
        assert_eq!(
            paid,
            rents.iter().sum::<u64>() + fee,
            "{}",
            prepared.message()
        );
        promised += least;
    }
    assert_eq!(lst(&net, &wallet), 0);
    let waits = desk.post("/api/claim", wallet.pubkey());
    assert_eq!(waits.status, 400);
    assert!(
        waits.message().contains("the first ticket is due in epoch"),
        "{waits:?}"
    );
    settle(&net);
    let mut received = 0;
    for (claimed, rest) in [("4 tickets", "1 more ticket can"), ("1 ticket", "")] {
        let prepared = desk.post("/api/claim", wallet.pubkey());
        let said = prepared.message();
        assert!(
            said.starts_with(&format!("Claims {claimed} ")) && said.contains(rest),
            "{said}"
        );
        let [told, rent, fee] = words::sol(said)[..] else {
            panic!("{said}");
        };
        let rents = rents(&net, &wallet);
        let had = net.lamports(&wallet.pubkey());
        sign_and_send(&net, &wallet, &prepared);
        let freed = rents - self::rents(&net, &wallet);
        let got = net.lamports(&wallet.pubkey()) + fee - had;
        assert_eq!((got, freed), (told + rent, rent), "{said}");
        received += told;
    }
    assert!(received >= promised, "{received} of {promised}");
    let empty = desk.post("/api/claim", wallet.pubkey());
    assert!(empty.message().contains("nothing to claim"), "{empty:?}");
}

/// What lies in the accounts of the wallet's tickets, and in those of their batches.
fn rents(net: &PoolNet, wallet: &Keypair) -> u64 {
    let pool = Some(&net.addresses.pool);
    let tickets = tickets_of(&net.rpc, &wallet.pubkey(), pool).unwrap();
    let mut accounts: Vec<_> = tickets.iter().map(|owned| owned.address).collect();
    accounts.extend(tickets.first().map(|owned| owned.accounts().batch));
    accounts.iter().map(|address| net.lamports(address)).sum()
}

/// Goes on until what is in the queue is paid for.
pub fn settle(net: &PoolNet) {
    net.to_slot(net.snapshot().window_start().unwrap());
    net.crank();
    for _ in 0..2 {
        net.next_epoch();
        net.crank();
    }
}
