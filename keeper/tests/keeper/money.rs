//! What a keeper pays and gets back, to the lamport.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::Value;
use sluice_client::{
    Event, Executor, PoolAddresses, Repeat, UnstakeRequest, sluice_events, tickets_at,
};
use sluice_tests::net::{LyingNode, SOL};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::stage::Stage;

/// What a transaction with one signature costs.
const SIGNATURE_FEE: u64 = 5_000;

/// Somebody who claims a ticket just when a keeper has looked at it.
struct Rival {
    is_armed: Arc<AtomicBool>,
    claim: Arc<Mutex<Option<Instruction>>>,
    node: LyingNode,
}

impl Rival {
    fn of(stage: &Stage) -> Self {
        let is_armed = Arc::new(AtomicBool::new(true));
        let claim: Arc<Mutex<Option<Instruction>>> = Arc::default();
        let (armed, wanted) = (Arc::clone(&is_armed), Arc::clone(&claim));
        let (url, payer) = (stage.url(), stage.payer.insecure_clone());
        let node = LyingNode::before(&stage.url(), move |request, answer| {
            if request["method"] == "simulateTransaction"
                && answer.pointer("/result/value/logs").is_some_and(claims)
                && armed.swap(false, Ordering::Relaxed)
            {
                let wanted = wanted.lock().unwrap().take();
                let (url, payer) = (url.clone(), payer.insecure_clone());
                let claimed = thread::spawn(move || claim_first(url, &payer, &wanted.unwrap()));
                claimed.join().unwrap();
            }
        });
        Self {
            is_armed,
            claim,
            node,
        }
    }
}

fn claims(logs: &Value) -> bool {
    let logs: Vec<String> = serde_json::from_value(logs.clone()).unwrap_or_default();
    let mut events = sluice_events(&logs).into_iter();
    events.any(|event| matches!(event, Event::TicketClaimed(_)))
}

fn claim_first(url: String, payer: &Keypair, claim: &Instruction) {
    let rpc = RpcClient::new_with_commitment(url, CommitmentConfig::confirmed());
    let executor = Executor::new(&rpc, payer);
    let claim = std::slice::from_ref(claim);
    executor.send(claim, &[], Repeat::Harmful).unwrap();
}

fn claim_of(stage: &Stage, ticket: Pubkey) -> Instruction {
    let owned = tickets_at(&stage.rpc, [ticket]).unwrap().remove(0);
    stage.addresses.claim(&owned.accounts(), owned.batch.opener)
}

/// A ticket of the pool's payer that the keeper pays for, with its batch.
fn ticket_paid_by(stage: &Stage, keeper: &Keypair, lst: u64) -> Pubkey {
    let addresses: &PoolAddresses = &stage.addresses;
    let (payer, batch) = (stage.payer.pubkey(), stage.snapshot().pool.open_batch);
    let own = UnstakeRequest::own(payer, stage.lst_account(), batch, 99, lst);
    let request = UnstakeRequest {
        payer: keeper.pubkey(),
        ..own
    };
    let executor = Executor::new(&stage.rpc, keeper);
    let request = [addresses.request_unstake(&request)];
    let signers: [&dyn Signer; 1] = [&stage.payer];
    executor.send(&request, &signers, Repeat::Harmful).unwrap();
    addresses.ticket(&payer, 99)
}

fn executed(stage: &Stage, keeper: &Pubkey) -> u64 {
    let signatures = stage.rpc.get_signatures_for_address(keeper).unwrap();
    signatures.len() as u64
}

#[test]
fn all_that_a_keeper_pays_and_gets_back_is_in_its_metrics_to_the_lamport() {
    let stage = Stage::new();
    let key = stage.wallet(1);
    let owner = key.pubkey();
    // Whoever pays the reward fee pays the rent of the treasury's token account.
    let (treasury, payer) = (Pubkey::new_unique(), stage.payer.pubkey());
    stage.send(&[stage.addresses.set_treasury(payer, treasury, payer)]);
    let tables = Executor::new(&stage.rpc, &key).ensure_tables(&stage.snapshot(), &[], &mut |_| ());
    let table = tables.unwrap()[0].key;
    let batch = stage.snapshot().pool.open_batch;
    let ticket = ticket_paid_by(&stage, &key, 3 * SOL);
    for number in 0..2 {
        stage.request(number, 2 * SOL);
    }
    let comes_back = [table, ticket, stage.addresses.batch(batch)].map(|one| stage.lamports(&one));
    let comes_back: u64 = comes_back.iter().sum();
    let (at_start, before) = (stage.lamports(&owner), executed(&stage, &owner));

    let rival = Rival::of(&stage);
    let first = stage.addresses.ticket(&payer, 0);
    *rival.claim.lock().unwrap() = Some(claim_of(&stage, first));
    let more = "claim = \"all\"\npriority_fee = \"1000\"";
    let keeper = stage.keeper(&stage.configuration_of(&key, &rival.node.url, more));
    keeper.await_log("is taken out of use");
    stage.to_window();
    keeper.eventually("stake that leaves", || {
        (stage.snapshot().pool.deactivating_lamports > 0).then_some(())
    });
    stage.blocks(520);
    keeper.await_log("of rent back");
    for _ in 0..2 {
        stage.next_epoch();
        keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    }
    keeper.await_metric("claims_total", 2);
    assert!(!rival.is_armed.load(Ordering::Relaxed));
    let log = keeper.await_log("Somebody else has claimed 1 ticket meanwhile.");
    assert!(!log.contains("WARN"), "who loses a race is calm: {log}");

    assert_eq!(
        keeper.metric("rent_recovered_lamports_total"),
        Some(comes_back)
    );
    let paid = keeper.metric("rent_paid_lamports_total").unwrap();
    let token_account = get_associated_token_address(&treasury, &stage.addresses.mint);
    assert_eq!(paid, stage.lamports(&token_account));
    let [landed, failed] = ["landed", "failed"].map(|outcome| {
        let count = keeper.of_outcome("transactions_total", outcome);
        let fees = keeper.of_outcome("fees_lamports_total", outcome);
        assert!(fees > count * SIGNATURE_FEE, "and the priority fee");
        (count, fees)
    });
    assert_eq!(failed.0, 1);
    // The rival's claim names the keeper too: it opened the batch.
    assert_eq!(landed.0 + failed.0 + 1, executed(&stage, &owner) - before);
    let now = stage.lamports(&owner);
    assert_eq!(at_start + comes_back - paid - landed.1 - failed.1, now);
    keeper.await_metric("keeper_balance_lamports", now);
    assert_eq!(keeper.metric("batches_closed_total"), Some(1));
}
