use crate::{
    net::SOL,
    peer_net::{PeerNet, TOKENS},
};
use sluice_client::{
    Event, Executor, Sent,
    plan::convert::{ConversionAccounts, ConversionPart, Obstacle},
    sluice_events,
};
use sluice_tests::peer::Peer;
use solana_keypair::Keypair;
use solana_signer::Signer;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

/// What the other pool has with our three validators.
const THREE: [(usize, u64); 3] = [(0, 300 * SOL), (1, 200 * SOL), (2, 100 * SOL)];

fn ready(world: &PeerNet) -> ConversionAccounts {
    ConversionAccounts {
        recipient: world.net.lst_account(),
        creation: None,
    }
}

/// The deposit of a part was worth exactly what was quoted.
fn assert_quoted(sent: &Sent, part: &ConversionPart) {
    let [Event::StakeDeposited(event)] = &sluice_events(&sent.logs)[..] else {
        panic!("a deposit is one event: {:#?}", sent.logs);
    };
    assert_eq!(event.lst, part.lst.get());
    assert_eq!(event.vote, part.place.vote);
    assert_eq!(event.lamports, part.lamports.add(part.rent).unwrap().get());
}

#[test]
fn tokens_of_another_pool_become_lst_in_one_transaction_exactly_as_quoted() {
    let world = PeerNet::start(&THREE, None);
    let net = &world.net;
    // Nobody has updated the other pool in this epoch: it gives nothing.
    let early = world.snapshot().plan_conversion(&world.peer(), 40 * SOL);
    assert_eq!(early.unwrap(), Err(Obstacle::NotUpdated));
    assert_eq!(world.update_peer(), 2);

    let tokens = 40 * SOL;
    let conversion = world.snapshot().plan_conversion(&world.peer(), tokens);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts.len(), 1);
    let part = conversion.parts[0];
    assert_eq!(part.fee_tokens, tokens / 1_000);
    let transactions = world.transactions(&conversion, &ready(&world));
    assert_eq!(transactions.len(), 1, "withdrawal and deposit are atomic");

    let lst_before = net.tokens(&net.lst_account());
    let sent = net.send(&transactions[0]);
    println!("a conversion takes {} compute units", sent.compute_units);
    assert_quoted(&sent, &part);
    assert_eq!(world.tokens(), TOKENS - tokens);
    assert_eq!(net.tokens(&Peer::fees()), part.fee_tokens);
    assert_eq!(net.tokens(&net.lst_account()) - lst_before, part.lst.get());
    let main = world.snapshot().active_main(&part.place).unwrap();
    assert!(main > part.lamports, "it was merged");

    // The address between the pools is free again, and the next conversion uses it.
    let again = world.snapshot().plan_conversion(&world.peer(), tokens);
    let again = again.unwrap().unwrap();
    let transactions = world.transactions(&again, &ready(&world));
    assert_quoted(&net.send(&transactions[0]), &again.parts[0]);
}

#[test]
fn what_no_validator_has_alone_comes_from_several() {
    let world = PeerNet::start(&THREE, None);
    world.update_peer();
    // They are worth almost 475 SOL; the largest has 300 SOL.
    let tokens = 380 * SOL;
    let conversion = world.snapshot().plan_conversion(&world.peer(), tokens);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts.len(), 2);
    let transactions = world.transactions(&conversion, &ready(&world));
    assert_eq!(transactions.len(), 2);
    for (transaction, part) in transactions.iter().zip(&conversion.parts) {
        assert_quoted(&world.net.send(transaction), part);
    }
    assert_eq!(world.tokens(), TOKENS - tokens);
}

#[test]
fn the_largest_conversion_fits_one_transaction_without_a_lookup_table() {
    let world = PeerNet::start(&THREE, None);
    let net = &world.net;
    world.update_peer();
    let conversion = world.snapshot().plan_conversion(&world.peer(), 40 * SOL);
    let conversion = conversion.unwrap().unwrap();
    // Somebody else pays the fees, and would pay for the token account if it were missing.
    let fee_payer = Keypair::new();
    net.rpc.request_airdrop(&fee_payer.pubkey(), SOL).unwrap();
    let (payer, owner) = (fee_payer.pubkey(), net.payer.pubkey());
    let (mint, token) = (net.addresses.mint, spl_token_interface::ID);
    let creation = create_associated_token_account_idempotent(&payer, &owner, &mint, &token);
    let accounts = ConversionAccounts {
        creation: Some(creation),
        ..ready(&world)
    };
    let before = net.tokens(&accounts.recipient);
    let transactions = world.transactions(&conversion, &accounts);
    assert_eq!(transactions.len(), 1);
    let executor = Executor::new(&net.rpc, &fee_payer);
    let sent = executor.send(&transactions[0], &[&net.payer]).unwrap();
    println!("with a token account: {} compute units", sent.compute_units);
    assert_quoted(&sent, &conversion.parts[0]);
    let minted = net.tokens(&accounts.recipient) - before;
    assert_eq!(minted, conversion.parts[0].lst.get());
}

#[test]
fn the_other_pools_preferred_validator_gives_first() {
    let world = PeerNet::start(&THREE, Some(2));
    world.update_peer();
    let conversion = world.snapshot().plan_conversion(&world.peer(), 40 * SOL);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts[0].place.vote, world.votes[2]);
    let transactions = world.transactions(&conversion, &ready(&world));
    assert_quoted(&world.net.send(&transactions[0]), &conversion.parts[0]);
}

#[test]
fn what_cannot_be_converted_is_said_before_anything_is_sent() {
    // The preferred validator is none of ours.
    let world = PeerNet::start(&[(0, 300 * SOL), (4, 300 * SOL)], Some(4));
    world.update_peer();
    let (snapshot, peer) = (world.snapshot(), world.peer());
    let refused = |tokens| {
        snapshot
            .plan_conversion(&peer, tokens)
            .unwrap()
            .unwrap_err()
    };
    assert_eq!(refused(40 * SOL), Obstacle::Preferred(world.votes[4]));
    let Obstacle::TooSmall { minimum, .. } = refused(SOL / 2) else {
        panic!("a stake account needs the minimum delegation");
    };
    assert_eq!(minimum.get(), SOL);

    let mut peer = peer.clone();
    peer.account.preferred_withdraw_validator_vote_address = None;
    let most = snapshot
        .plan_conversion(&peer, TOKENS)
        .unwrap()
        .unwrap_err();
    let Obstacle::TooLarge { tokens } = most else {
        panic!("only one validator is common");
    };
    assert!(snapshot.plan_conversion(&peer, tokens).unwrap().is_ok());
    peer.list.validators.remove(0);
    let nobody = snapshot.plan_conversion(&peer, 40 * SOL).unwrap();
    assert_eq!(nobody, Err(Obstacle::NoCommonValidator));

    peer.account.lockup.epoch = 1;
    let locked = snapshot.plan_conversion(&peer, 40 * SOL).unwrap();
    assert_eq!(locked, Err(Obstacle::LockedUp));
}
