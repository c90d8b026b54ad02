use sluice_client::{
    ClientError, Event, Executor, PoolSnapshot, Repeat,
    plan::convert::{ConversionAccounts, ConversionPart, Obstacle},
    send::fees::Budget,
    sluice_events,
};
use sluice_math::Lamports;
use sluice_tests::net::{Executed, HELD_TOKENS, PoolNet, SOL, SplPoolAccounts, SplPoolNet};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

/// What the other pool has with our three validators.
const THREE: [(usize, u64); 3] = [(0, 300 * SOL), (1, 200 * SOL), (2, 100 * SOL)];

fn ready(nets: &SplPoolNet) -> ConversionAccounts {
    ConversionAccounts {
        recipient: nets.net.lst_account(),
        ensured: ensured_by(&nets.net, &nets.net.payer.pubkey()),
    }
}

/// What makes sure of the owner's token account at the expense of `payer`.
fn ensured_by(net: &PoolNet, payer: &Pubkey) -> Instruction {
    let (owner, mint, token) = (
        net.payer.pubkey(),
        net.addresses.mint,
        spl_token_interface::ID,
    );
    create_associated_token_account_idempotent(payer, &owner, &mint, &token)
}

/// The deposit of a part was worth exactly what was quoted.
fn assert_quoted(sent: &Executed, part: &ConversionPart) {
    let [Event::StakeDeposited(event)] = &sluice_events(&sent.logs)[..] else {
        panic!("a deposit is one event: {:#?}", sent.logs);
    };
    assert_eq!(event.lst, part.lst.get());
    assert_eq!(event.vote, part.place.vote);
    assert_eq!(event.lamports, part.lamports.add(part.rent).unwrap().get());
}

#[test]
fn tokens_of_another_pool_become_lst_in_one_transaction_exactly_as_quoted() {
    let nets = SplPoolNet::start(&THREE, None);
    let net = &nets.net;
    // Nobody has updated the other pool in this epoch: it gives nothing.
    let early = nets.snapshot().plan_conversion(&nets.spl_pool(), 40 * SOL);
    assert_eq!(early.unwrap(), Err(Obstacle::NotUpdated));
    assert_eq!(nets.update_spl_pool(), 2);

    let tokens = 40 * SOL;
    let conversion = nets.snapshot().plan_conversion(&nets.spl_pool(), tokens);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts.len(), 1);
    let part = conversion.parts[0];
    assert_eq!(part.fee_tokens, tokens / 1_000);
    let transactions = nets.transactions(&conversion, &ready(&nets));
    assert_eq!(transactions.len(), 1, "withdrawal and deposit are atomic");

    let lst_before = net.tokens(&net.lst_account());
    let sent = net.send(&transactions[0]);
    println!("a conversion takes {} compute units", sent.compute_units);
    assert_quoted(&sent, &part);
    assert_eq!(nets.tokens(), HELD_TOKENS - tokens);
    assert_eq!(net.tokens(&SplPoolAccounts::fees()), part.fee_tokens);
    assert_eq!(net.tokens(&net.lst_account()) - lst_before, part.lst.get());
    let main = nets.snapshot().active_main(&part.place).unwrap();
    assert!(main > part.lamports, "it was merged");

    // The address between the pools is free again, and the next conversion uses it.
    let again = nets.snapshot().plan_conversion(&nets.spl_pool(), tokens);
    let again = again.unwrap().unwrap();
    let transactions = nets.transactions(&again, &ready(&nets));
    assert_quoted(&net.send(&transactions[0]), &again.parts[0]);
}

#[test]
fn what_no_validator_has_alone_comes_from_several() {
    let nets = SplPoolNet::start(&THREE, None);
    nets.update_spl_pool();
    // They are worth almost 475 SOL; the largest has 300 SOL.
    let tokens = 380 * SOL;
    let conversion = nets.snapshot().plan_conversion(&nets.spl_pool(), tokens);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts.len(), 2);
    let transactions = nets.transactions(&conversion, &ready(&nets));
    assert_eq!(transactions.len(), 2);
    for (transaction, part) in transactions.iter().zip(&conversion.parts) {
        assert_quoted(&nets.net.send(transaction), part);
    }
    assert_eq!(nets.tokens(), HELD_TOKENS - tokens);
}

/// By their stake in the other pool one validator could give it all.
#[test]
fn what_a_share_cap_leaves_no_room_for_comes_from_others() {
    let nets = SplPoolNet::start(&THREE, None);
    nets.update_spl_pool();
    let mut snapshot = nets.snapshot();
    let plan = |snapshot: &PoolSnapshot| {
        let planned = snapshot.plan_conversion(&nets.spl_pool(), 100 * SOL);
        planned.unwrap().unwrap().parts
    };
    assert_eq!(plan(&snapshot).len(), 1);
    // Small enough that the pool is not exempt from its share cap.
    snapshot.cluster.minimum_delegation = Lamports::new(1_000);
    snapshot.pool.spread_cap_bps = 4_000;
    let parts = plan(&snapshot);
    assert!(parts.len() > 1, "{parts:?}");
    for part in &parts {
        let placed = snapshot.slot_of(&part.place.vote).unwrap();
        let has = placed.slot.main_lamports + part.lamports.get();
        let full = snapshot.pool.ledger().full().unwrap().get() + 130 * SOL;
        assert!(has < full * 42 / 100, "{part:?} of {full}");
    }
    // What nobody has room for is said.
    snapshot.pool.spread_cap_bps = 1;
    let refused = snapshot.plan_conversion(&nets.spl_pool(), 100 * SOL);
    assert_eq!(refused.unwrap(), Err(Obstacle::NoCommonValidator));
}

#[test]
fn the_largest_conversion_fits_one_transaction_without_a_lookup_table() {
    let nets = SplPoolNet::start(&THREE, None);
    let net = &nets.net;
    nets.update_spl_pool();
    let conversion = nets.snapshot().plan_conversion(&nets.spl_pool(), 40 * SOL);
    let conversion = conversion.unwrap().unwrap();
    // Somebody else pays the fees, and would pay for the token account if it were missing.
    let fee_payer = Keypair::new();
    net.rpc.request_airdrop(&fee_payer.pubkey(), SOL).unwrap();
    let accounts = ConversionAccounts {
        ensured: ensured_by(net, &fee_payer.pubkey()),
        ..ready(&nets)
    };
    let before = net.tokens(&accounts.recipient);
    let transactions = nets.transactions(&conversion, &accounts);
    assert_eq!(transactions.len(), 2, "the token account comes first");
    let executor = Executor::new(&net.rpc, &fee_payer);
    let together = executor.message(&transactions.concat(), &Budget::default(), Hash::default());
    let Err(ClientError::TooLarge { bytes, .. }) = together else {
        panic!("both fit: {together:?}");
    };
    println!("together: {bytes} bytes");
    executor
        .send(&transactions[0], &[], Repeat::Harmful)
        .unwrap();
    let sent = executor
        .send(&transactions[1], &[&net.payer], Repeat::Harmful)
        .unwrap();
    let sent = net.executed(&sent);
    println!("somebody else pays: {} compute units", sent.compute_units);
    assert_quoted(&sent, &conversion.parts[0]);
    let minted = net.tokens(&accounts.recipient) - before;
    assert_eq!(minted, conversion.parts[0].lst.get());
}

#[test]
fn the_other_pools_preferred_validator_gives_first() {
    let nets = SplPoolNet::start(&THREE, Some(2));
    nets.update_spl_pool();
    let conversion = nets.snapshot().plan_conversion(&nets.spl_pool(), 40 * SOL);
    let conversion = conversion.unwrap().unwrap();
    assert_eq!(conversion.parts[0].place.vote, nets.votes[2]);
    let transactions = nets.transactions(&conversion, &ready(&nets));
    assert_quoted(&nets.net.send(&transactions[0]), &conversion.parts[0]);
}

#[test]
fn what_cannot_be_converted_is_said_before_anything_is_sent() {
    // The preferred validator is none of ours.
    let nets = SplPoolNet::start(&[(0, 300 * SOL), (4, 300 * SOL)], Some(4));
    nets.update_spl_pool();
    let (snapshot, other) = (nets.snapshot(), nets.spl_pool());
    let refused = |tokens| {
        snapshot
            .plan_conversion(&other, tokens)
            .unwrap()
            .unwrap_err()
    };
    assert_eq!(refused(40 * SOL), Obstacle::Preferred(nets.votes[4]));
    let Obstacle::TooSmall { minimum, .. } = refused(SOL / 2) else {
        panic!("a stake account needs the minimum delegation");
    };
    assert_eq!(minimum.get(), SOL);

    let mut other = other.clone();
    other.account.preferred_withdraw_validator_vote_address = None;
    let most = snapshot
        .plan_conversion(&other, HELD_TOKENS)
        .unwrap()
        .unwrap_err();
    let Obstacle::TooLarge { tokens } = most else {
        panic!("only one validator is common");
    };
    assert!(snapshot.plan_conversion(&other, tokens).unwrap().is_ok());
    other.list.validators.remove(0);
    let nobody = snapshot.plan_conversion(&other, 40 * SOL).unwrap();
    assert_eq!(nobody, Err(Obstacle::NoCommonValidator));

    other.account.lockup.epoch = 1;
    let locked = snapshot.plan_conversion(&other, 40 * SOL).unwrap();
    assert_eq!(locked, Err(Obstacle::LockedUp));
}
