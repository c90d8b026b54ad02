//! Observations packed into as few transactions as account locks and bytes allow.

use {
    sluice_client::{PoolAddresses, SlotAddress},
    sluice_tests::cluster::{Cluster, MAX_TRANSACTION_BYTES, Sending, addresses_of},
    solana_instruction::Instruction,
};

/// Accounts that mainnet lets one transaction lock.
const MAX_ACCOUNT_LOCKS: usize = 64;
/// Payer, compute budget program and Sluice.
const OWN_LOCKS: usize = 3;

/// Main stake accounts of neighbouring slots of one page.
struct Run {
    page: u16,
    first: u8,
    mains: Vec<solana_pubkey::Pubkey>,
}

/// The transactions that observe these slots, none of which has anything in transit.
pub fn pack(
    cluster: &Cluster,
    addresses: &PoolAddresses,
    places: &[SlotAddress],
    sending: &Sending,
) -> Vec<Vec<Instruction>> {
    let mut transactions = vec![Vec::new()];
    let mut open: Vec<Run> = Vec::new();
    for place in places {
        let before = instructions(addresses, &open);
        push(&mut open, place);
        if !fits(cluster, &instructions(addresses, &open), sending) {
            transactions.push(Vec::new());
            open.clear();
            push(&mut open, place);
            let last = transactions.len() - 2;
            transactions[last] = before;
        }
    }
    let last = transactions.len() - 1;
    transactions[last] = instructions(addresses, &open);
    transactions
}

fn push(runs: &mut Vec<Run>, place: &SlotAddress) {
    match runs.last_mut().filter(|run| run.page == place.page) {
        Some(run) => run.mains.push(place.main),
        None => runs.push(Run {
            page: place.page,
            first: place.slot,
            mains: vec![place.main],
        }),
    }
}

fn instructions(addresses: &PoolAddresses, runs: &[Run]) -> Vec<Instruction> {
    let observe = |run: &Run| {
        let count = u8::try_from(run.mains.len()).expect("a page has 64 slots");
        addresses.observe(run.page, run.first, count, &run.mains)
    };
    runs.iter().map(observe).collect()
}

/// Whether these instructions fit one transaction, by locks and by bytes.
pub fn fits(cluster: &Cluster, instructions: &[Instruction], sending: &Sending) -> bool {
    let locks = addresses_of(instructions).len() + OWN_LOCKS;
    locks <= MAX_ACCOUNT_LOCKS
        && cluster.transaction_bytes(instructions, sending) <= MAX_TRANSACTION_BYTES
}
