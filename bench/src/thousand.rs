//! A pool of a thousand validators: what it takes to price it, and whether holders notice.

use sluice::state::PoolConfig;
use sluice_client::{
    PoolAddresses, SlotAddress, Step, StepKind,
    plan::crank::{ObservedSlot, Work},
    send::packing::{Batch, Packing},
};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, Sending},
    pool::{Pool, Watch},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use crate::measure::{Samples, Unit, measure_holders, measure_observe, measure_stakes};

/// Validators of the large pool.
pub const VALIDATORS: usize = 1_000;
/// Stake of each, in lamports, more or less.
const STAKE_LAMPORTS: u64 = 5 * LAMPORTS_PER_SOL;
/// Cranks of a validator that fit one transaction without lookup tables.
const CRANKS_PER_TRANSACTION: usize = 4;
/// Addresses that fit a lookup table.
const ADDRESSES_PER_TABLE: usize = 256;

/// Measures a pool of a thousand validators.
pub async fn measure(samples: &mut Samples) {
    let (mut pool, whale) = staked_pool().await;
    let sending = Sending::with_tables(&tables(&mut pool).await);
    for _ in 0..3 {
        pool.next_epoch_with_rewards(100_000).await;
        price(&mut pool, &sending, samples).await;
    }
    pool.next_epoch_with_rewards(100_000).await;
    for page in 0..pool.account().await.page_count {
        measure_observe(&mut pool, page, samples).await;
    }
    pool.price().await;
    measure_holders(&mut pool, samples, "_1000_validators").await;
    let vote = pool.vote(0);
    measure_stakes(&mut pool, &vote, samples, "_1000_validators").await;
    measure_departure(&mut pool, &whale, samples).await;
}

/// Four fifths leave: what the client sends in the window and at the start of the next epoch, and
/// its longest logs.
async fn measure_departure(pool: &mut Pool, whale: &Keypair, samples: &mut Samples) {
    let supply = pool.account().await.lst_supply;
    pool.request(whale, supply / 5 * 4).await;
    let tables = pool.wanted_tables().await;
    pool.warp_to_window().await;
    let taken = pool.turn_as_planned(&tables).await;
    assert_eq!(taken.count(StepKind::Undelegate), VALIDATORS);
    pool.next_epoch_with_rewards(100_000).await;
    let returned = pool.turn_as_planned(&tables).await;
    assert_eq!(returned.count(StepKind::Collect), VALIDATORS);
    for (name, turned) in [("take_back", taken), ("return", returned)] {
        let transactions = format!("{name}_1000_validators_transactions");
        samples.add(transactions, Unit::Transactions, turned.transactions as u64);
        let log_bytes = format!("{name}_1000_validators_log_bytes");
        samples.add(log_bytes, Unit::Bytes, turned.most_log_bytes as u64);
    }
}

/// Every validator has active stake of the whale, and nothing is in transit.
async fn staked_pool() -> (Pool, Keypair) {
    let validators = vec![(500, 100); VALIDATORS];
    let builder = Pool::builder().config(|config| *config = PoolConfig::RECOMMENDED);
    let builder = builder.epoch(10).watch(Watch::Off);
    let mut pool = builder.validators(&validators).start().await;
    let lamports = VALIDATORS as u64 * STAKE_LAMPORTS;
    let whale = pool.user("whale", 2 * lamports).await;
    pool.deposit(&whale, lamports).await;
    // Weights hold from the epoch after their validator was added.
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.warp_to_window().await;
    at_all(&mut pool, PoolAddresses::delegate).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    at_all(&mut pool, PoolAddresses::collect).await;
    assert_at_rest(&mut pool).await;
    (pool, whale)
}

/// Cranks every validator.
async fn at_all(pool: &mut Pool, crank: fn(&PoolAddresses, &SlotAddress) -> Instruction) {
    let addresses = pool.addresses;
    for places in pool.places().await.chunks(CRANKS_PER_TRANSACTION) {
        let cranks: Vec<Instruction> = places.iter().map(|at| crank(&addresses, at)).collect();
        pool.must_send(&cranks, &[]).await;
    }
}

async fn assert_at_rest(pool: &mut Pool) {
    let epoch = pool.cluster.epoch().await;
    let places = pool.places().await;
    assert_eq!(places.len(), VALIDATORS);
    for place in places {
        let stake = pool.cluster.stake_activation(&place.main).await;
        let at_rest = stake.effective > 0 && stake.activating == 0 && stake.deactivating == 0;
        assert!(at_rest, "{} is not at rest: {stake:?}", place.main);
        let slot = pool.slot_of(&place.vote).await;
        assert!(!slot.must_observe_transient(epoch + 1));
    }
}

/// What pricing names, in tables that the accounts of few pages share.
async fn tables(pool: &mut Pool) -> Vec<AddressLookupTableAccount> {
    let page_count = pool.account().await.page_count;
    let finalize = pool.addresses.finalize_epoch(page_count);
    let mut addresses: Vec<_> = finalize.accounts.iter().map(|meta| meta.pubkey).collect();
    addresses.extend(pool.places().await.iter().map(|place| place.main));
    let mut tables = Vec::new();
    for (number, some) in addresses.chunks(ADDRESSES_PER_TABLE).enumerate() {
        let name = format!("table {number}");
        tables.push(pool.cluster.lookup_table(&name, some).await);
    }
    tables
}

/// Prices the pool with the transactions that the client packs, and counts.
async fn price(pool: &mut Pool, sending: &Sending, samples: &mut Samples) {
    let steps = pricing_steps(pool).await;
    let packing = Packing {
        addresses: &pool.addresses,
        payer: pool.cluster.payer().pubkey(),
        tables: &sending.lookup_tables,
    };
    let batches = packing.pack(&steps).expect("every step fits a transaction");
    let mut units = 0;
    let mut finalize_units = 0;
    for Batch { instructions, .. } in &batches {
        let sent = pool.send_as(instructions, &[], sending).await;
        let sent = sent.unwrap_or_else(|failure| panic!("the pool is not priced: {failure}"));
        units += sent.compute_units;
        // The last instruction of all.
        finalize_units = sent.compute_units_of(&sluice::ID).pop().unwrap_or_default();
    }
    let clock = pool.cluster.clock().await;
    assert!(pool.account().await.is_fresh(clock.epoch));
    samples.add(
        "price_1000_validators_transactions",
        Unit::Transactions,
        batches.len() as u64,
    );
    samples.compute("price_1000_validators_compute", units);
    samples.compute("finalize_epoch_16_pages", finalize_units);
}

/// Observe every page, then finalize.
async fn pricing_steps(pool: &mut Pool) -> Vec<Step> {
    let mut steps = Vec::new();
    for page in pool.pages().await {
        let slots = (0u8..)
            .zip(&page.slots)
            .filter(|(_, slot)| !slot.is_empty());
        let slots = slots.map(|(index, slot)| ObservedSlot {
            index,
            stakes: vec![slot.main],
        });
        let work = Work::Observe {
            page: page.index,
            slots: slots.collect(),
        };
        steps.push(step(StepKind::Observe, work));
    }
    let finalize = Work::Instruction(pool.finalize_instruction().await);
    steps.push(step(StepKind::Finalize, finalize));
    steps
}

fn step(kind: StepKind, work: Work) -> Step {
    Step {
        kind,
        validator: None,
        lamports: None,
        what: String::new(),
        because: String::new(),
        work,
    }
}
